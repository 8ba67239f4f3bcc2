//! Dead letters as lines of JSON: what `makegood dlq export` writes and `makegood dlq import` reads.
//!
//! One letter a line, version 1:
//!
//! | field | what |
//! | --- | --- |
//! | `version` | 1 |
//! | `id` | its id in the database it was exported from; an import gives it a new one |
//! | `digest`, `body_hash` | SHA-256 in hex: the letter's identity, and that of the whole body |
//! | `state`, `class`, `code`, `message`, `pointer` | what is to happen to it, and its cause |
//! | `source`, `event_id`, `event_type`, `job`, `client` | the event, as far as it was read |
//! | `times`, `first_seen`, `last_seen`, `settled_at` | how often it came and when |
//! | `makegood` | the version that failed on it last |
//! | `body`, `body_len` | the body, or its head, in base64; the length of the whole |
//! | `headers`, `exchange`, `routing_key` | how it came |
//! | `history` | a list of `at`, `kind`, `replay`, `outcome`, `class`, `code`, `message`, `pointer`, `makegood` |
//!
//! What is not known is absent or `null`. Reading is strict: an unknown version or field, a key twice, a hash that is
//! not the body's, or a size beyond the limits below refuses the line.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

pub use super::fields::LineError;
use super::fields::{Fields, base64, rfc3339};
use super::fingerprint;
use super::letter::{Attempt, AttemptKind, Letter, LetterState, LetterSummary};
use crate::event;
use crate::store::{DEAD_BODY_MAX, DeadClass};

/// The format that is written, and the only one that is read.
pub const VERSION: i64 = 1;

/// Entries of a history at most; of a longer one the newest are written.
pub const HISTORY_MAX: usize = 1_000;
/// Headers at most. The intake keeps fewer.
pub const HEADERS_MAX: usize = 256;
/// Bytes of all headers, names and values: an AMQP frame holds 128 KiB by default.
pub const HEADERS_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of a message for a person.
pub const MESSAGE_BYTES_MAX: usize = 32 * 1024;
/// Bytes of a JSON pointer.
pub const POINTER_BYTES_MAX: usize = 8 * 1024;
/// Bytes of any other text: some are keys of indexes.
pub const TEXT_BYTES_MAX: usize = 1_024;
/// How often a letter came, at most: a thousand times a second for thirty years.
pub const TIMES_MAX: i64 = 1_000_000_000_000;

const CLASSES: &str = "undecodable, unknown-type, conflict, unresolved, refused or given-up";

/// A letter as one line, without its end.
pub fn line(letter: &Letter) -> String {
    let summary = &letter.summary;
    // What is left of one that was erased is not what its length and hash are of.
    let body = if summary.erased_at.is_some() { &[][..] } else { &letter.body };
    let skipped = letter.history.len().saturating_sub(HISTORY_MAX);
    let history: Vec<Value> = letter.history.iter().skip(skipped).map(attempt_line).collect();
    let value = json!({
        "version": VERSION,
        "id": summary.id,
        "digest": hex::encode(summary.digest),
        "state": summary.state.as_str(),
        "class": summary.class.as_str(),
        "code": summary.code,
        "message": summary.message,
        "pointer": summary.pointer,
        "source": summary.source,
        "event_id": summary.event_id,
        "event_type": summary.event_type,
        "job": summary.job,
        "client": summary.client,
        "times": summary.times,
        "first_seen": rfc3339(summary.first_seen),
        "last_seen": rfc3339(summary.last_seen),
        "settled_at": summary.settled_at.map(rfc3339),
        "makegood": summary.version,
        "body": base64(body),
        "body_len": summary.body_len,
        "body_hash": hex::encode(letter.body_hash),
        "headers": letter.headers,
        "exchange": letter.exchange,
        "routing_key": letter.routing_key,
        "history": history,
    });
    without_nulls(value).to_string()
}

fn attempt_line(attempt: &Attempt) -> Value {
    without_nulls(json!({
        "at": rfc3339(attempt.at),
        "kind": attempt.kind.as_str(),
        "replay": attempt.replay,
        "outcome": attempt.outcome,
        "class": attempt.class,
        "code": attempt.code,
        "message": attempt.message,
        "pointer": attempt.pointer,
        "makegood": attempt.version,
    }))
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.into_iter().filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>())
        }
        other => other,
    }
}

/// Reads one line.
pub fn parse(line: &[u8]) -> Result<Letter, LineError> {
    let value = event::strict_json(line).map_err(|error| LineError::new("line", error.to_string()))?;
    let mut fields = Fields::of(value, "")?;
    match fields.take("version") {
        Some(Value::Number(version)) if version.as_i64() == Some(VERSION) => {}
        Some(_) => return Err(fields.wrong("version", format!("this makegood reads version {VERSION} alone"))),
        None => return Err(fields.wrong("version", "it is missing: is this an export of dead letters?")),
    }
    let history = history(&mut fields)?;
    let (body, body_len, body_hash) = body(&mut fields)?;
    let summary = summary(&mut fields, body_len, history.len())?;
    let headers = headers(&mut fields)?;
    let exchange = fields.text("exchange", TEXT_BYTES_MAX)?;
    let routing_key = fields.text("routing_key", TEXT_BYTES_MAX)?;
    fields.end()?;
    Ok(Letter { summary, body, body_hash, headers, exchange, routing_key, history })
}

fn summary(fields: &mut Fields, body_len: u64, attempts: usize) -> Result<LetterSummary, LineError> {
    let code = fields.code("code", TEXT_BYTES_MAX)?;
    let event_type = fields.optional("event_type", TEXT_BYTES_MAX)?;
    let pointer = fields.optional("pointer", POINTER_BYTES_MAX)?;
    let summary = LetterSummary {
        id: fields.count("id", 0)?,
        state: fields.word("state", LetterState::parse, "open, trial, resolved or discarded")?,
        class: fields.word("class", DeadClass::parse, CLASSES)?,
        message: fields.text("message", MESSAGE_BYTES_MAX)?,
        source: fields.optional("source", TEXT_BYTES_MAX)?,
        event_id: fields.optional("event_id", TEXT_BYTES_MAX)?,
        job: fields.optional("job", TEXT_BYTES_MAX)?,
        client: fields.optional("client", TEXT_BYTES_MAX)?,
        fingerprint: fingerprint(&code, event_type.as_deref(), pointer.as_deref()),
        times: fields.count("times", 1)?.unsigned_abs(),
        attempts: attempts as u64,
        first_seen: fields.time("first_seen")?,
        last_seen: fields.time("last_seen")?,
        settled_at: fields.optional_time("settled_at")?,
        erased_at: None,
        body_len,
        digest: fields.hash("digest")?,
        version: fields.code("makegood", TEXT_BYTES_MAX)?,
        code,
        event_type,
        pointer,
    };
    if summary.times > TIMES_MAX.unsigned_abs() {
        return Err(fields.wrong("times", format!("at most {TIMES_MAX} is expected")));
    }
    if summary.last_seen < summary.first_seen {
        return Err(fields.wrong("last_seen", "it is not to lie before first_seen"));
    }
    let settled = matches!(summary.state, LetterState::Resolved | LetterState::Discarded);
    if settled != summary.settled_at.is_some() {
        return Err(fields.wrong("settled_at", "it belongs to a letter that is resolved or discarded, and to no other"));
    }
    Ok(summary)
}

/// The body, its whole length and hash, which must be those of the body where that is whole.
fn body(fields: &mut Fields) -> Result<(Vec<u8>, u64, [u8; 32]), LineError> {
    let body = fields.bytes("body", DEAD_BODY_MAX)?;
    let body_len = fields.count("body_len", 0)?.unsigned_abs();
    let body_hash = fields.hash("body_hash")?;
    if body_len < body.len() as u64 {
        return Err(fields.wrong("body_len", "it is not to be less than the bytes of the body"));
    }
    if body_len == body.len() as u64 && body_hash != <[u8; 32]>::from(Sha256::digest(&body)) {
        return Err(fields.wrong("body_hash", "it is not the SHA-256 of the body"));
    }
    Ok((body, body_len, body_hash))
}

fn headers(fields: &mut Fields) -> Result<BTreeMap<String, String>, LineError> {
    let wrong = || format!("an object of at most {HEADERS_MAX} texts, together {HEADERS_BYTES_MAX} bytes, is expected");
    let Some(Value::Object(map)) = fields.take("headers") else { return Err(fields.wrong("headers", wrong())) };
    let mut headers = BTreeMap::new();
    let mut bytes = 0_usize;
    for (name, value) in map {
        let Value::String(value) = value else { return Err(fields.wrong("headers", wrong())) };
        bytes = bytes.saturating_add(name.len()).saturating_add(value.len());
        headers.insert(name, value);
    }
    if headers.len() > HEADERS_MAX || bytes > HEADERS_BYTES_MAX {
        return Err(fields.wrong("headers", wrong()));
    }
    Ok(headers)
}

fn history(fields: &mut Fields) -> Result<Vec<Attempt>, LineError> {
    match fields.take("history") {
        Some(Value::Array(items)) if items.len() <= HISTORY_MAX => {
            items.into_iter().enumerate().map(|(at, item)| attempt(item, &format!("history[{at}]."))).collect()
        }
        _ => Err(fields.wrong("history", format!("a list of at most {HISTORY_MAX} attempts is expected"))),
    }
}

fn attempt(item: Value, place: &str) -> Result<Attempt, LineError> {
    let mut fields = Fields::of(item, place)?;
    let class = fields.optional("class", TEXT_BYTES_MAX)?;
    if class.as_deref().is_some_and(|class| DeadClass::parse(class).is_none()) {
        return Err(fields.wrong("class", format!("{CLASSES} is expected")));
    }
    let attempt = Attempt {
        at: fields.time("at")?,
        kind: fields.word("kind", AttemptKind::parse, "arrival, trial or replay")?,
        replay: fields.take("replay").map(|value| replay(&fields, &value)).transpose()?,
        outcome: fields.code("outcome", TEXT_BYTES_MAX)?,
        class,
        code: fields.optional("code", TEXT_BYTES_MAX)?,
        message: fields.optional("message", MESSAGE_BYTES_MAX)?,
        pointer: fields.optional("pointer", POINTER_BYTES_MAX)?,
        version: fields.code("makegood", TEXT_BYTES_MAX)?,
    };
    fields.end()?;
    Ok(attempt)
}

fn replay(fields: &Fields, value: &Value) -> Result<i64, LineError> {
    let number = value.as_i64().filter(|number| *number >= 1);
    number.ok_or_else(|| fields.wrong("replay", "a whole number of at least 1 is expected"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn letter() -> Letter {
        let body = b"{\"no\": \"event\xff\"".to_vec();
        let at = datetime!(2026-11-03 09:30:00.25 UTC);
        Letter {
            summary: LetterSummary {
                id: 7,
                state: LetterState::Discarded,
                class: DeadClass::Undecodable,
                code: "invalid_json".to_owned(),
                message: "no JSON: \u{1b}[31m\"quoted\"\n".to_owned(),
                pointer: Some(String::new()),
                source: None,
                event_id: Some("e-1".to_owned()),
                event_type: None,
                job: None,
                client: None,
                fingerprint: "invalid_json - ".to_owned(),
                times: 3,
                attempts: 1,
                first_seen: at,
                last_seen: at,
                settled_at: Some(at),
                erased_at: None,
                body_len: body.len() as u64,
                digest: [9; 32],
                version: "0.1.0".to_owned(),
            },
            body_hash: Sha256::digest(&body).into(),
            body,
            headers: BTreeMap::from([("x".to_owned(), "y\"\u{1b}".to_owned())]),
            exchange: "market".to_owned(),
            routing_key: String::new(),
            history: vec![Attempt {
                at,
                kind: AttemptKind::Replay,
                replay: Some(4),
                outcome: "dead".to_owned(),
                class: Some("undecodable".to_owned()),
                code: None,
                message: None,
                pointer: None,
                version: "0.1.0".to_owned(),
            }],
        }
    }

    #[test]
    fn a_line_read_again_is_the_letter() {
        let letter = letter();
        let text = line(&letter);
        assert!(!text.contains(['\n', '\u{1b}']), "{text}");
        assert_eq!(parse(text.as_bytes()), Ok(letter));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_field_and_not_quoted() {
        let good: Value = serde_json::from_str(&line(&letter())).expect("JSON");
        let with = |name: &str, value: Value| {
            let mut changed = good.clone();
            changed[name] = value;
            parse(changed.to_string().as_bytes()).expect_err(name)
        };
        let too_long = json!(base64(&vec![0; DEAD_BODY_MAX + 1]));
        for (field, value) in [
            ("version", json!(2)),
            ("version", json!("1")),
            ("digest", json!("09")),
            ("digest", json!("0A".repeat(32))),
            ("state", json!("jane@example.com")),
            ("class", json!("unknown_type")),
            ("code", json!("")),
            ("times", json!(0)),
            ("times", json!(1.5)),
            ("times", json!(TIMES_MAX + 1)),
            ("first_seen", json!("1969-12-31T23:59:59Z")),
            ("last_seen", json!("2026-11-03T09:30:00Z")),
            ("settled_at", json!("jane@example.com")),
            ("settled_at", Value::Null),
            ("body", json!("jane@example.com")),
            ("body", too_long),
            ("body_len", json!(1)),
            ("body_hash", json!("00".repeat(32))),
            ("headers", json!({"a": 1})),
            ("headers", json!([])),
            ("history", json!({})),
            ("history", Value::Array(vec![json!({}); HISTORY_MAX + 1])),
            ("message", json!("x".repeat(MESSAGE_BYTES_MAX + 1))),
            ("surprise", json!(true)),
        ] {
            let error = with(field, value);
            assert_eq!(error.field, field, "{error}");
            assert!(!error.to_string().contains("jane"), "{error}");
        }
        assert_eq!(with("history", json!([{"at": "2026-11-03T09:30:00Z"}])).field, "history[0].kind");
        assert_eq!(with("history", json!([7])).field, "history[0]");
        assert!(!with("jane@example.com", json!(1)).to_string().contains("jane"));
        for text in ["", "[]", "{\"version\":1,\"version\":1}", "{\"version\":1} {}", "\u{feff}{}"] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
