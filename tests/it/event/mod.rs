//! Tests of: event.

mod corpus;
mod hostile;
mod letters;
mod modes;
mod property;
mod schema;
mod table;

use makegood::event::{DecodeError, DecodeLimits, Event, Message, decode};
use serde_json::{Value, json};

/// The limit of these tests; the daemon's comes from its configuration.
pub const LIMITS: DecodeLimits = DecodeLimits { body_bytes_max: 256 * 1024 };

pub fn read(message: &Message) -> Result<Event, DecodeError> {
    decode(message, LIMITS)
}

/// A good `job-canceled`, to be spoilt.
pub fn canceled() -> Value {
    json!({
        "specversion": "1.0", "id": "e-1", "source": "/market/jobs", "type": "job-canceled",
        "time": "2026-08-01T12:00:00Z", "data": {"job_id": "job-1", "cause": "accident", "note": "posted twice"},
    })
}

pub fn removed() -> Value {
    json!({
        "specversion": "1.0", "id": "e-2", "source": "/market/trust", "type": "post-removed",
        "time": "2026-08-01T12:00:00.25+02:00", "data": {"job_id": "job-2", "cause": "fraud", "rule": "Payment outside",
        "statement": {"ground": "terms", "clause": "4.2", "facts": "…", "automated_detection": true,
                      "automated_decision": false, "redress": "/appeals"}},
    })
}

pub fn suspended() -> Value {
    json!({
        "specversion": "1.0", "id": "e-3", "source": "/market/trust", "type": "client-suspended",
        "time": "2026-08-01T12:00:00Z", "data": {"client_id": "client-1", "cause": "billing", "final": false},
    })
}

/// The event with what stands at `pointer` replaced (or added, where its parent is there).
pub fn with(mut event: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    event.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(key.to_owned(), value);
    event
}

/// The event without what stands at `pointer`.
pub fn without(mut event: Value, pointer: &str) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    event.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key).unwrap();
    event
}

pub fn structured(event: &Value) -> Message {
    Message::structured(event.to_string().into_bytes())
}

/// The same event in binary mode, all attributes as strings.
pub fn binary(event: &Value, prefix: &str) -> Message {
    let mut message = Message { content_type: Some("application/json".to_owned()), ..Message::default() };
    for (name, value) in event.as_object().unwrap() {
        match (name.as_str(), value) {
            ("data", data) => message.body = data.to_string().into_bytes(),
            ("datacontenttype", value) => message.content_type = value.as_str().map(str::to_owned),
            (_, Value::Null) => {}
            (name, Value::String(text)) => drop(message.headers.insert(format!("{prefix}{name}"), text.clone())),
            (name, other) => drop(message.headers.insert(format!("{prefix}{name}"), other.to_string())),
        }
    }
    message
}
