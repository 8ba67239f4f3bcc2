//! The AsyncAPI 3.0 document: what makegood takes from, and sends to, which exchange under which routing key.

use serde_json::{Map, Value, json};

use crate::event::{EventType, published_keys, schema, set_keyword};
use crate::worker::{PUBLISHED, published_schema};

/// Version of AsyncAPI's AMQP binding.
const BINDING: &str = "0.3.0";

/// The document, whole in itself.
pub(super) fn document(consumed: &str, published: &str) -> Value {
    let each = |part: fn(EventType, &str) -> (String, Value)| -> Map<String, Value> {
        EventType::ALL.into_iter().map(|event_type| part(event_type, consumed)).collect()
    };
    let (mut channels, mut operations, mut messages, mut schemas) =
        (each(channel), each(operation), each(message), each(payload));
    for name in PUBLISHED {
        channels.insert(name.to_owned(), outward(name, published));
        operations.insert(format!("publish-{name}"), act("send", name));
        messages.insert(name.to_owned(), body(name));
        schemas.extend(published_schema(name).map(|schema| (name.to_owned(), embedded(schema))));
    }
    let about = "One CloudEvent (1.0, JSON) a message, in structured mode; what is consumed may come in binary mode of \
                 the AMQP binding, too. docs/integration.md says what comes of each.";
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "makegood",
            "version": env!("CARGO_PKG_VERSION"),
            "description": about,
            "license": { "name": env!("CARGO_PKG_LICENSE") },
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": channels,
        "operations": operations,
        "components": { "messages": messages, "schemas": schemas },
    })
}

/// What is published under which keys.
fn outward(name: &str, exchange: &str) -> Value {
    let keys: Vec<String> = published_keys().into_iter().filter(|key| key.starts_with(name)).collect();
    let parameter = keys.iter().filter_map(|key| key.strip_prefix(name)?.strip_prefix('.')).collect::<Vec<_>>();
    let mut channel = address(name, exchange);
    if !parameter.is_empty() {
        set_keyword(&mut channel, "address", format!("{name}.{{event_type}}"));
        set_keyword(
            &mut channel,
            "parameters",
            json!({ "event_type": { "enum": parameter, "description": "Type of the event behind it." } }),
        );
    }
    channel
}

fn channel(event_type: EventType, exchange: &str) -> (String, Value) {
    (event_type.as_str().to_owned(), address(event_type.as_str(), exchange))
}

fn address(name: &str, exchange: &str) -> Value {
    json!({
        "address": name,
        "messages": { name: { "$ref": format!("#/components/messages/{name}") } },
        "bindings": { "amqp": {
            "is": "routingKey",
            "exchange": { "name": exchange, "type": "topic", "durable": true, "autoDelete": false },
            "bindingVersion": BINDING,
        } },
    })
}

fn operation(event_type: EventType, _: &str) -> (String, Value) {
    let name = event_type.as_str();
    let mut operation = act("receive", name);
    set_keyword(&mut operation, "bindings", json!({ "amqp": { "ack": true, "bindingVersion": BINDING } }));
    (format!("consume-{name}"), operation)
}

fn act(action: &str, name: &str) -> Value {
    json!({
        "action": action,
        "channel": { "$ref": format!("#/channels/{name}") },
        "messages": [{ "$ref": format!("#/channels/{name}/messages/{name}") }],
    })
}

fn message(event_type: EventType, _: &str) -> (String, Value) {
    let mut message = body(event_type.as_str());
    set_keyword(&mut message, "examples", json!([{ "payload": example(event_type) }]));
    (event_type.as_str().to_owned(), message)
}

fn body(name: &str) -> Value {
    json!({
        "name": name,
        "contentType": "application/cloudevents+json",
        "payload": { "$ref": format!("#/components/schemas/{name}") },
    })
}

fn payload(event_type: EventType, _: &str) -> (String, Value) {
    (event_type.as_str().to_owned(), embedded(schema(event_type)))
}

/// Without what only a file of its own needs: AsyncAPI reads a schema as draft-07, where it means the same.
fn embedded(mut schema: Value) -> Value {
    if let Some(object) = schema.as_object_mut() {
        object.remove("$schema");
        object.remove("$id");
    }
    schema
}

/// The shortest event that says something.
fn example(event_type: EventType) -> Value {
    let data = match event_type {
        EventType::JobCanceled => json!({ "job_id": "job-logo", "cause": "dropped" }),
        EventType::PostRemoved => json!({ "job_id": "job-copy", "cause": "terms-of-service" }),
        EventType::ClientSuspended => json!({ "client_id": "client-mole", "cause": "fraud", "final": true }),
        EventType::JobExpired => json!({ "job_id": "job-flyer" }),
        EventType::ProposalDeclined => json!({ "proposal_id": "proposal-81", "cause": "price" }),
        EventType::InvitationWithdrawn => json!({
            "invitation_id": "invitation-7", "job_id": "job-logo", "person_id": "ana", "cause": "client-withdrew",
        }),
        EventType::ApplicationDeclined => json!({
            "application_id": "application-12", "person_id": "ben", "cause": "skills-mix", "may_reapply": true,
        }),
        EventType::ApplicationReceived => json!({ "application_id": "application-12", "person_id": "ben" }),
    };
    json!({
        "specversion": "1.0", "id": "0d1f8a52", "source": "/marketplace", "type": event_type.as_str(),
        "time": "2026-03-14T12:00:00Z", "data": data,
    })
}
