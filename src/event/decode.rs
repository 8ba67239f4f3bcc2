//! From a message to an event, or to an error that says where and what was expected.
//!
//! Which of the two modes of the CloudEvents AMQP binding (1.0.2 §3) a message is in:
//! - `content-type: application/cloudevents+json` is structured mode. Headers of binary mode may stand beside it
//!   (§3.2.3) but must not say otherwise.
//! - Else a header with the prefix `cloudEvents_` or `cloudEvents:` makes it binary mode: the body is the data, and the
//!   content type is that of the data: JSON, or absent.
//! - Else, when the content type is JSON or absent and the body is an object with `specversion`, it is read as
//!   structured: a convenience for `makegood process` and for events published by hand, beyond the binding.

use serde_json::Value;

use super::cloud::{self, Attributes};
use super::error::{Code, found, quote};
use super::json::{self, Place};
use super::media::{self, Media};
use super::{DecodeError, Event, Message};

/// Limits on what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodeLimits {
    /// Longest body in bytes; checked before anything is parsed. [`Event::canonical`] is never longer either.
    pub body_bytes_max: usize,
}

/// Reads one message.
///
/// The result depends on the body, the content type and encoding and the CloudEvents headers alone. `traceparent` of
/// the event wins over the AMQP header of that name: it is the trace in which the event arose, and it is part of the
/// canonical text.
///
/// # Errors
/// Always permanent. [`DecodeError::event_key`] and [`DecodeError::type_text`] say what the event calls itself, as far
/// as read.
pub fn decode(message: &Message, limits: DecodeLimits) -> Result<Event, DecodeError> {
    let headers = cloud::of_headers(&message.headers);
    let (key, type_text) = headers.as_ref().map_or((None, None), cloud::identity);
    let event = (|| {
        check_body(message, limits)?;
        let (attributes, data) = read(message, headers?)?;
        cloud::event(attributes, data, limits)
    })();
    let mut event = event.map_err(|e| e.identified(key, type_text))?;
    if event.traceparent.is_none() {
        event.traceparent = message.headers.get("traceparent").and_then(|t| cloud::traceparent(t));
    }
    Ok(event)
}

/// What can be known about the body without reading it.
fn check_body(message: &Message, limits: DecodeLimits) -> Result<(), DecodeError> {
    let (bytes, bytes_max) = (message.body.len(), limits.body_bytes_max);
    if bytes > bytes_max {
        let message = format!("the body has {bytes} bytes; at most {bytes_max} are read");
        return Err(DecodeError::new(Code::BodyTooLarge, message).expecting(&format!("at most {bytes_max} bytes")));
    }
    if bytes == 0 {
        return Err(DecodeError::new(Code::EmptyBody, "the body is empty").expecting("an event in JSON"));
    }
    let encoding = message.content_encoding.as_deref().unwrap_or_default();
    if !["", "identity", "utf-8", "utf8"].iter().any(|known| encoding.eq_ignore_ascii_case(known)) {
        let message = format!("content-encoding is {}; send the body as it is", quote(encoding));
        return Err(DecodeError::new(Code::ContentEncoding, message).expecting("none, identity or utf-8"));
    }
    Ok(())
}

/// The message taken apart into the event's attributes and its data, whichever mode it is in.
fn read(message: &Message, headers: Attributes) -> Result<(Attributes, Option<Value>), DecodeError> {
    let content_type = message.content_type.as_deref().map(str::trim).filter(|t| !t.is_empty());
    let media = content_type.map_or(Ok(Media::Json), |text| media::read(text, None))?;
    let quoted = quote(content_type.unwrap_or_default());
    match media {
        Media::CloudEvent => structured(&message.body, &headers),
        Media::CloudEventBatch => {
            let message = "a batch of events in one message; send each event as a message of its own";
            Err(DecodeError::new(Code::Batch, message).expecting("application/cloudevents+json"))
        }
        Media::CloudEventOther => {
            let message = format!("content type {quoted}: of the CloudEvents formats only JSON is read");
            Err(DecodeError::new(Code::EventFormat, message).expecting("application/cloudevents+json"))
        }
        Media::Other => {
            let message = format!("content type {quoted} is neither CloudEvents nor JSON");
            Err(DecodeError::new(Code::ContentType, message)
                .expecting("application/cloudevents+json, or application/json with cloudEvents_ headers"))
        }
        Media::Json if headers.is_empty() => structured(&message.body, &headers),
        Media::Json => binary(&message.body, headers),
    }
}

fn structured(body: &[u8], headers: &Attributes) -> Result<(Attributes, Option<Value>), DecodeError> {
    let mut attributes = match json::parse(body, Place::Event)? {
        Value::Object(object) => object,
        other => return Err(DecodeError::at(Code::NotAnEvent, "", "an event (a JSON object)", found(&other))),
    };
    if !attributes.contains_key("specversion") {
        let (key, type_text) = cloud::identity(&attributes);
        return Err(DecodeError::at(
            Code::NotAnEvent,
            "/specversion",
            "the specversion of a CloudEvent, or cloudEvents_ headers",
            "neither",
        )
        .identified(key, type_text));
    }
    let data = attributes.remove("data");
    let attributes = cloud::normal(attributes);
    cloud::check_agreement(headers, &attributes)?;
    Ok((attributes, data))
}

fn binary(body: &[u8], headers: Attributes) -> Result<(Attributes, Option<Value>), DecodeError> {
    let data = json::parse(body, Place::Data)?;
    // An event within an event: a publisher that sets the headers and also sends the whole event. Which of the two is
    // meant is not ours to guess.
    if ["specversion", "id", "source", "type"].iter().all(|name| data.get(name).is_some()) {
        return Err(DecodeError::at(
            Code::Contradiction,
            "/data",
            "the event's data, because there are cloudEvents_ headers (for a whole event, content-type application/cloudevents+json)",
            "a whole event",
        ));
    }
    Ok((headers, Some(data)))
}
