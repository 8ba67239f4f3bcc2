//! Dead letters: lines of an export, read strictly and written again the same; and messages nobody can apply, which
//! become letters that are bounded, recognised when they come again, and fit to be shown.

use makegood::event::{DecodeLimits, decode};
use makegood::store::{DEAD_BODY_MAX, DeadClass, DeadLetter, ndjson};

use super::event::{assert_explained, message};
use super::text::assert_fit_to_show;

/// Small, so that inputs of a fuzzer reach it.
const LIMITS: DecodeLimits = DecodeLimits { body_bytes_max: 2_048 };

/// Longest text of an error about a line: where the line stopped to be JSON, or a field and what is expected there.
const ERROR_CHARS_MAX: usize = 4_096;

/// Takes what begins as JSON for a line of an export, all else for a message.
pub fn run(data: &[u8]) {
    if data.starts_with(b"{") { as_line(data) } else { as_message(data) }
}

fn as_line(data: &[u8]) {
    match ndjson::parse(data) {
        Ok(letter) => {
            assert!(letter.body.len() <= DEAD_BODY_MAX && letter.history.len() <= ndjson::HISTORY_MAX);
            assert!(letter.headers.len() <= ndjson::HEADERS_MAX && letter.body.len() as u64 <= letter.summary.body_len);
            let line = ndjson::line(&letter);
            assert!(!line.contains('\n'), "{line}");
            let again = ndjson::parse(line.as_bytes()).unwrap_or_else(|error| panic!("{error}: {line}"));
            assert!(again == letter, "{line}");
            assert_eq!(ndjson::line(&again), line);
        }
        Err(error) => assert_fit_to_show(&error.to_string(), ERROR_CHARS_MAX),
    }
}

fn as_message(data: &[u8]) {
    let message = message(data);
    let letter = match decode(&message, LIMITS) {
        Ok(_) => DeadLetter::new(&message, DeadClass::Refused, "refused", "a test".to_owned()),
        Err(error) => {
            assert_explained(&error);
            let letter = DeadLetter::undecodable(&message, &error);
            assert_eq!(letter.class == DeadClass::UnknownType, error.is_unknown_type());
            assert_eq!((letter.code.as_str(), letter.pointer.as_deref()), (error.code(), error.pointer()));
            assert_eq!((letter.event.as_ref(), letter.event_type.as_deref()), (error.event_key(), error.type_text()));
            letter
        }
    };
    assert!(letter.body.len() <= DEAD_BODY_MAX && message.body.starts_with(&letter.body));
    assert_eq!(letter.body_len, message.body.len() as u64);

    let same = DeadLetter::new(&message, letter.class, &letter.code, "told in other words".to_owned());
    assert_eq!((same.digest, same.body_hash), (letter.digest, letter.body_hash));
    let mut travelled = message.clone();
    travelled.headers.insert("x-death".to_owned(), "[]".to_owned());
    travelled.headers.insert("amqp:message-id".to_owned(), "another".to_owned());
    travelled.redelivered = true;
    assert_eq!(DeadLetter::new(&travelled, letter.class, &letter.code, String::new()).digest, letter.digest);
    let mut other = message;
    other.body.push(b'!');
    assert_ne!(DeadLetter::new(&other, letter.class, &letter.code, String::new()).digest, letter.digest);
}
