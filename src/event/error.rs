//! Why a message is no event: a stable code, the place, what stood there and what was expected, in words that are safe
//! to log.
//!
//! No message, pointer or `Debug` form holds more than a short quote of what was read, and none holds a text with an
//! `@`: a producer's mistake must not carry an e-mail address into a log.

use std::fmt;

use serde_json::Value;

use super::EventKey;

/// Longest quote of an offending text, in characters: enough to recognise a typing error, too short to be a payload.
pub const QUOTE_CHARS_MAX: usize = 64;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)?) => {
        /// The closed set of codes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Code { $($(#[$doc])* $variant),+ }

        impl Code {
            fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text),+ }
            }
        }

        impl DecodeError {
            /// Every code there is. They are stable: stored with dead letters, counted in metrics.
            pub const CODES: &'static [&'static str] = &[$($text),+];
        }
    };
}

codes! {
    /// The body, or its canonical form, is longer than the limit.
    BodyTooLarge = "body_too_large",
    /// There is no body.
    EmptyBody = "empty_body",
    /// `content-encoding` says that the body is compressed or the like.
    ContentEncoding = "content_encoding",
    /// `content-type` is neither CloudEvents nor JSON.
    ContentType = "content_type",
    /// The charset is not UTF-8.
    Charset = "charset",
    /// A CloudEvents format other than JSON.
    EventFormat = "event_format",
    /// A batch of CloudEvents in one message.
    Batch = "batch",
    /// The body begins with a byte order mark.
    Bom = "bom",
    /// Bytes that are no UTF-8.
    InvalidUtf8 = "invalid_utf8",
    /// Not JSON (lone surrogates and a text that ends too early included).
    InvalidJson = "invalid_json",
    /// Something follows the JSON value.
    TrailingData = "trailing_data",
    /// Arrays and objects within each other beyond the limit.
    TooDeep = "too_deep",
    /// An object names a key twice.
    DuplicateKey = "duplicate_key",
    /// U+0000, which PostgreSQL cannot store.
    Nul = "nul",
    /// A number that could only be kept changed.
    NumberRange = "number_range",
    /// JSON, but no CloudEvent: neither its content type nor its content says so.
    NotAnEvent = "not_an_event",
    /// The message says one thing in two ways.
    Contradiction = "contradiction",
    /// A required attribute or field is not there.
    Missing = "missing",
    /// A value of another JSON type than expected.
    WrongType = "wrong_type",
    /// A `specversion` other than `1.0`.
    SpecVersion = "spec_version",
    /// A `type` that makegood does not handle.
    UnknownType = "unknown_type",
    /// The data stands in `data_base64`.
    DataBase64 = "data_base64",
    /// `datacontenttype` is not JSON.
    DataContentType = "data_content_type",
    /// No RFC 3339 time, or one outside the range.
    BadTime = "bad_time",
    /// An id that breaks the rules of ids.
    BadId = "bad_id",
    /// A word outside a closed list.
    UnknownValue = "unknown_value",
    /// A text longer than its field allows.
    TooLong = "too_long",
}

/// Why a message is no event. Always permanent: the same bytes fail the same way for ever.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.message)]
pub struct DecodeError(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    code: Code,
    pointer: Option<String>,
    expected: Option<String>,
    message: String,
    event_key: Option<EventKey>,
    type_text: Option<String>,
}

impl DecodeError {
    /// Stable code, one of [`DecodeError::CODES`].
    pub fn code(&self) -> &'static str {
        self.0.code.as_str()
    }

    /// JSON pointer (RFC 6901) to the place in the structured form of the event, if it is about one: `/data/cause`, or
    /// `/id` also where binary mode has the header `cloudEvents_id`. The empty pointer is the whole body.
    ///
    /// A key that is too long or must not be shown stands as `…`; control characters stand escaped.
    pub fn pointer(&self) -> Option<&str> {
        self.0.pointer.as_deref()
    }

    /// What should have stood there.
    pub fn expected(&self) -> Option<&str> {
        self.0.expected.as_deref()
    }

    /// It is an event, of a type makegood does not handle.
    pub fn is_unknown_type(&self) -> bool {
        self.0.code == Code::UnknownType
    }

    /// The event's identity, if that much could be read.
    pub fn event_key(&self) -> Option<&EventKey> {
        self.0.event_key.as_ref()
    }

    /// The event's `type`, if that much could be read: 1 to 256 visible ASCII characters, known or not.
    pub fn type_text(&self) -> Option<&str> {
        self.0.type_text.as_deref()
    }

    /// An error about the message as a whole.
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        let message = message.into();
        Self(Box::new(Inner { code, pointer: None, expected: None, message, event_key: None, type_text: None }))
    }

    /// An error at a place: what was expected, what was found instead. `found` is a phrase, already fit to be shown.
    pub(super) fn at(code: Code, pointer: &str, expected: impl Into<String>, found: impl fmt::Display) -> Self {
        let expected = expected.into();
        let place = if pointer.is_empty() { "the body" } else { pointer };
        let mut error = Self::new(code, format!("{place}: expected {expected}, found {found}"));
        error.0.pointer = Some(pointer.to_owned());
        error.0.expected = Some(expected);
        error
    }

    /// With what was to be expected.
    pub(super) fn expecting(mut self, expected: &str) -> Self {
        self.0.expected = Some(expected.to_owned());
        self
    }

    /// With the place.
    pub(super) fn pointing(mut self, pointer: String) -> Self {
        self.0.pointer = Some(pointer);
        self
    }

    /// With the event's identity and type as far as they are known; what is set already stays.
    pub(super) fn identified(mut self, key: Option<EventKey>, type_text: Option<String>) -> Self {
        self.0.event_key = self.0.event_key.take().or(key);
        self.0.type_text = self.0.type_text.take().or(type_text);
        self
    }
}

impl fmt::Debug for DecodeError {
    /// Without the event's identity: that is the producer's own text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("code", &self.code())
            .field("pointer", &self.pointer())
            .field("message", &self.0.message)
            .finish_non_exhaustive()
    }
}

/// The place of `key` within `base`, escaped as RFC 6901 says and bounded.
pub(super) fn pointer_to(base: &str, key: &str) -> String {
    format!("{base}/{}", pointer_segment(key))
}

/// One segment of a pointer, fit to be shown.
pub(super) fn pointer_segment(key: &str) -> String {
    if may_hold_address(key) || key.chars().nth(QUOTE_CHARS_MAX).is_some() {
        return "…".to_owned();
    }
    let mut segment = String::with_capacity(key.len());
    for c in key.chars() {
        match c {
            '~' => segment.push_str("~0"),
            '/' => segment.push_str("~1"),
            '\'' | '"' | '\\' => segment.push(c),
            c => segment.extend(c.escape_debug()),
        }
    }
    segment
}

/// A text as a short quote: bounded, control characters escaped, no e-mail address.
pub(super) fn quote(text: &str) -> String {
    if may_hold_address(text) {
        return "a text that is not shown because it holds an @".to_owned();
    }
    let mut quoted: String = text.chars().take(QUOTE_CHARS_MAX).flat_map(char::escape_debug).collect();
    if text.chars().nth(QUOTE_CHARS_MAX).is_some() {
        quoted.push('…');
    }
    format!("\"{quoted}\"")
}

/// A value as a phrase.
pub(super) fn found(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(b) => b.to_string(),
        Value::Number(n) => format!("the number {n}"),
        Value::String(s) => quote(s),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// The sign in each form in which it survives as text; better one quote too few than one address in a log.
fn may_hold_address(text: &str) -> bool {
    text.contains(['@', '\u{FF20}', '\u{FE6B}']) || text.contains("%40") || text.contains("&#64;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_short_and_plain() {
        assert_eq!(quote("twelve"), "\"twelve\"");
        assert_eq!(quote("a\nb\0\u{202e}c"), "\"a\\nb\\0\\u{202e}c\"");
        assert_eq!(quote(&"x".repeat(65)), format!("\"{}…\"", "x".repeat(64)));
        for address in ["jane@example.com", "mailto:jane%40example.com", "jane＠example.com"] {
            assert!(!quote(address).contains("jane"), "{address}");
            assert_eq!(pointer_to("/data", address), "/data/…");
        }
    }

    #[test]
    fn a_pointer_is_escaped_and_bounded() {
        assert_eq!(pointer_to("", "a/b~c"), "/a~1b~0c");
        assert_eq!(pointer_to("/data", ""), "/data/");
        assert_eq!(pointer_to("/data", "a\0b"), "/data/a\\0b");
        assert_eq!(pointer_to("/data", &"k".repeat(65)), "/data/…");
    }

    #[test]
    fn codes_are_distinct() {
        let distinct: std::collections::BTreeSet<_> = DecodeError::CODES.iter().collect();
        assert_eq!(distinct.len(), DecodeError::CODES.len());
    }
}
