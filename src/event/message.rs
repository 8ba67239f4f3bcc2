//! A message as it left the broker (or a line of a file): bytes and what stood around them, before anyone reads it.

use std::collections::BTreeMap;

/// One message. Kept whole, so that a dead letter can be shown and replayed as it was.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// The body, unread.
    pub body: Vec<u8>,
    /// AMQP `content-type`, if any.
    pub content_type: Option<String>,
    /// AMQP `content-encoding`, if any.
    pub content_encoding: Option<String>,
    /// AMQP headers as text; values that are no text stand as JSON, bytes that are no UTF-8 as `base64:…`.
    pub headers: BTreeMap<String, String>,
    /// Exchange it was published to; empty for a file.
    pub exchange: String,
    /// Routing key it was published with; empty for a file.
    pub routing_key: String,
    /// The broker's hint that it was delivered before.
    pub redelivered: bool,
}

impl Message {
    /// A message that holds one whole event in JSON (CloudEvents structured mode), and nothing around it.
    pub fn structured(body: Vec<u8>) -> Self {
        Self { body, content_type: Some("application/cloudevents+json".to_owned()), ..Self::default() }
    }
}
