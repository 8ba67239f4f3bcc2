//! From a message to an event, or to an error that says where and what was expected.

use super::{Event, Message};

/// Limits on what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodeLimits {
    /// Longest body in bytes; checked before anything is parsed.
    pub body_bytes_max: usize,
}

/// Why a message is no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DecodeError {
    code: &'static str,
    pointer: Option<String>,
    message: String,
}

impl DecodeError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// JSON pointer (RFC 6901) to the place, if it is about one.
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    /// It is an event, of a type makegood does not handle.
    pub fn is_unknown_type(&self) -> bool {
        self.code == "unknown_type"
    }
}

/// Reads one message.
pub fn decode(message: &Message, limits: DecodeLimits) -> Result<Event, DecodeError> {
    let _ = (message, limits);
    Err(DecodeError { code: "not_built", pointer: None, message: String::new() })
}
