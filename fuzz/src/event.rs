//! Messages as they leave the broker: header lines `name: value`, an empty line, the body.

use makegood::event::{DEPTH_MAX, DecodeError, DecodeLimits, Event, Message, QUOTE_CHARS_MAX, decode};

use super::text::assert_fit_to_show;

/// The daemon's default.
const LIMITS: DecodeLimits = DecodeLimits { body_bytes_max: 256 * 1024 };

/// Longest text of an error: a pointer, what was expected (a list of causes), a quote.
const ERROR_CHARS_MAX: usize = 4_096;

/// A pointer has a segment a level; a character of it is at most `\u{10ffff}` when escaped.
const POINTER_CHARS_MAX: usize = (DEPTH_MAX + 2) * (QUOTE_CHARS_MAX + 1) * 10;

/// Decodes it, and what came of it once more.
pub fn run(data: &[u8]) {
    match decode(&message(data), LIMITS) {
        Ok(event) => assert_same_again(&event),
        Err(error) => assert_explained(&error),
    }
}

/// The message of an input; shared by the targets that begin with one.
pub fn message(data: &[u8]) -> Message {
    let mut message = Message { exchange: "marketplace".to_owned(), ..Message::default() };
    let mut rest = data;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = (&rest[..end], &rest[end + 1..]);
        rest = after;
        if line.is_empty() {
            break;
        }
        let line = String::from_utf8_lossy(line);
        let (name, value) = line.split_once(": ").unwrap_or((&line, ""));
        match name {
            "content-type" => message.content_type = Some(value.to_owned()),
            "content-encoding" => message.content_encoding = Some(value.to_owned()),
            "routing-key" => value.clone_into(&mut message.routing_key),
            name => drop(message.headers.insert(name.to_owned(), value.to_owned())),
        }
    }
    message.body = rest.to_vec();
    message
}

fn assert_same_again(event: &Event) {
    assert!(event.canonical.len() <= LIMITS.body_bytes_max);
    assert!(!event.canonical.contains('\0'));
    let again = decode(&Message::structured(event.canonical.clone().into_bytes()), LIMITS);
    let mut again = again.unwrap_or_else(|error| panic!("{error}: {}", event.canonical));
    // It may have come from a header beside the event, which the canonical text does not have.
    again.traceparent = again.traceparent.or_else(|| event.traceparent.clone());
    assert_eq!(again.canonical, event.canonical);
    assert_eq!(again.hash, event.hash);
    assert!(again == *event, "{}", event.canonical);
}

/// Every error has a stable code and says nothing that must not be shown.
pub fn assert_explained(error: &DecodeError) {
    assert!(DecodeError::CODES.contains(&error.code()), "{}", error.code());
    let text = error.to_string();
    assert!(!text.is_empty());
    assert_fit_to_show(&text, ERROR_CHARS_MAX + POINTER_CHARS_MAX);
    assert_fit_to_show(error.expected().unwrap_or_default(), ERROR_CHARS_MAX);
    let pointer = error.pointer().unwrap_or_default();
    assert_fit_to_show(pointer, POINTER_CHARS_MAX);
    assert!(pointer.is_empty() || pointer.starts_with('/'), "{pointer}");
    for text in [error.type_text(), error.event_key().map(|key| key.id.as_str())].into_iter().flatten() {
        assert!((1..=256).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()), "{text:?}");
    }
}
