//! Letters and groups for machines.

use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;

use super::next::letter_next;
use crate::store::{Letter, LetterGroup, LetterSummary, ndjson};

/// Bytes of a payload that is no text, shown in hex.
const HEX_BYTES: usize = 512;
/// Bytes in a line of hex.
const HEX_LINE: usize = 16;

/// A letter in a list, by the names that an export uses.
pub fn summary_json(letter: &LetterSummary) -> Value {
    json!({
        "id": letter.id,
        "state": letter.state.as_str(),
        "class": letter.class.as_str(),
        "code": letter.code,
        "message": letter.message,
        "pointer": letter.pointer,
        "source": letter.source,
        "event_id": letter.event_id,
        "event_type": letter.event_type,
        "job": letter.job,
        "client": letter.client,
        "group": letter.fingerprint,
        "times": letter.times,
        "attempts": letter.attempts,
        "first_seen": letter.first_seen.format(&Rfc3339).ok(),
        "last_seen": letter.last_seen.format(&Rfc3339).ok(),
        "settled_at": letter.settled_at.and_then(|at| at.format(&Rfc3339).ok()),
        "erased_at": letter.erased_at.and_then(|at| at.format(&Rfc3339).ok()),
        "body_len": letter.body_len,
        "digest": hex::encode(letter.digest),
        "makegood": letter.version,
    })
}

/// A group, by the same names.
pub fn group_json(group: &LetterGroup) -> Value {
    json!({
        "group": group.fingerprint,
        "class": group.class.as_str(),
        "code": group.code,
        "event_type": group.event_type,
        "pointer": group.pointer,
        "letters": group.letters,
        "times": group.times,
        "first_seen": group.first_seen.format(&Rfc3339).ok(),
        "last_seen": group.last_seen.format(&Rfc3339).ok(),
        "example": group.newest,
        "message": group.message,
    })
}

/// A letter as an export has it, with its payload read and what to type next.
pub fn letter_json(letter: &Letter) -> Result<Value, serde_json::Error> {
    let mut value: Map<String, Value> = serde_json::from_str(&ndjson::line(letter))?;
    value.remove("version");
    value.insert("group".to_owned(), letter.summary.fingerprint.clone().into());
    value.insert("whole".to_owned(), letter.is_whole().into());
    value.insert("payload".to_owned(), payload_json(letter).unwrap_or_default());
    value.insert("next".to_owned(), json!(letter_next(letter).lines()));
    Ok(Value::Object(value))
}

/// The payload, where it is JSON.
pub fn payload_json(letter: &Letter) -> Option<Value> {
    serde_json::from_slice(&letter.body).ok()
}

/// The head of a payload that is no text, in hex and as what can be read of it; and whether that is all.
pub fn hex_lines(body: &[u8]) -> (Vec<String>, bool) {
    let head = body.get(..HEX_BYTES).unwrap_or(body);
    let visible = |byte: &u8| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' };
    let lines: Vec<String> = head
        .chunks(HEX_LINE)
        .map(|chunk| format!("{:<32}  {}", hex::encode(chunk), chunk.iter().map(visible).collect::<String>()))
        .collect();
    (lines, head.len() == body.len())
}
