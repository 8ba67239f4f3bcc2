//! Exported letters on their way back in.

use std::collections::HashMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::rows::AttemptRow;
use crate::store::at::At;
use crate::store::dead::plain;
use crate::store::dlq::fingerprint;
use crate::store::{Attempt, DEAD_BODY_MAX, Letter, LetterState, StoreError};

/// Letters in one statement: bodies of 256 KiB in hex are 50 MB then.
pub(in crate::store) const CHUNK: usize = 100;

/// Longest word (a code, an id, a name) in bytes: some are keys of indexes.
const WORD_BYTES_MAX: usize = 1_024;
/// Longest text for people, and all headers of a letter, in bytes.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Longest history.
const HISTORY_MAX: usize = 10_000;
/// More often nothing comes: a thousand times a second for thirty years.
const TIMES_MAX: u64 = 1_000_000_000_000;

/// A row of `dead_letters` as `letters_import.sql` takes it. Bytes stand in hex.
#[derive(Debug, Clone, Serialize)]
pub(in crate::store) struct ImportLetterRow {
    pub(in crate::store) digest: String,
    pub(in crate::store) body: String,
    pub(in crate::store) body_len: i64,
    pub(in crate::store) body_hash: String,
    pub(in crate::store) headers: String,
    pub(in crate::store) exchange: String,
    pub(in crate::store) routing_key: String,
    pub(in crate::store) class: &'static str,
    pub(in crate::store) code: String,
    pub(in crate::store) message: String,
    pub(in crate::store) pointer: Option<String>,
    pub(in crate::store) source: Option<String>,
    pub(in crate::store) event_id: Option<String>,
    pub(in crate::store) event_type: Option<String>,
    pub(in crate::store) job_id: Option<String>,
    pub(in crate::store) client_id: Option<String>,
    pub(in crate::store) fingerprint: String,
    pub(in crate::store) state: &'static str,
    pub(in crate::store) settled_at: Option<At>,
    pub(in crate::store) version: String,
    pub(in crate::store) times: i64,
    pub(in crate::store) first_seen: At,
    pub(in crate::store) last_seen: At,
}

/// The row of a letter, or what is wrong with it.
pub(in crate::store) fn row(letter: &Letter) -> Result<ImportLetterRow, StoreError> {
    check(letter)?;
    let summary = &letter.summary;
    let headers: serde_json::Map<_, _> =
        letter.headers.iter().map(|(name, value)| (plain(name), plain(value).into())).collect();
    let settled = matches!(summary.state, LetterState::Resolved | LetterState::Discarded);
    let word = |word: &Option<String>| word.as_deref().map(plain);
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    Ok(ImportLetterRow {
        digest: hex::encode(summary.digest),
        body: hex::encode(&letter.body),
        body_len: number(summary.body_len),
        body_hash: hex::encode(letter.body_hash),
        headers: serde_json::Value::Object(headers).to_string(),
        exchange: plain(&letter.exchange),
        routing_key: plain(&letter.routing_key),
        class: summary.class.as_str(),
        code: plain(&summary.code),
        message: plain(&summary.message),
        pointer: word(&summary.pointer),
        source: word(&summary.source),
        event_id: word(&summary.event_id),
        event_type: word(&summary.event_type),
        job_id: word(&summary.job),
        client_id: word(&summary.client),
        fingerprint: fingerprint(
            &plain(&summary.code),
            word(&summary.event_type).as_deref(),
            word(&summary.pointer).as_deref(),
        ),
        state: summary.state.as_str(),
        settled_at: settled.then(|| At(summary.settled_at.unwrap_or(summary.last_seen))),
        version: plain(&summary.version),
        times: number(summary.times),
        first_seen: At(summary.first_seen),
        last_seen: At(summary.last_seen),
    })
}

/// The histories of letters that were `written`, by number and digest in hex. A digest that stands twice in `letters`
/// is the first of them. Numbers of replays are kept: they are of the database that the letter comes from.
pub(in crate::store) fn histories(letters: &[Letter], written: &[(i64, String)]) -> Vec<AttemptRow> {
    let mut numbers: HashMap<_, _> = written.iter().map(|(no, digest)| (digest.as_str(), *no)).collect();
    let rows = letters.iter().filter_map(|letter| {
        let no = numbers.remove(hex::encode(letter.summary.digest).as_str())?;
        Some(letter.history.iter().map(move |attempt| AttemptRow::of(attempt, no)))
    });
    rows.flatten().collect()
}

impl AttemptRow {
    fn of(attempt: &Attempt, no: i64) -> AttemptRow {
        let word = |word: &Option<String>| word.as_deref().map(plain);
        AttemptRow {
            dead_letter_no: no,
            at: At(attempt.at),
            kind: attempt.kind.as_str(),
            replay_no: attempt.replay,
            outcome: plain(&attempt.outcome),
            class: word(&attempt.class),
            code: word(&attempt.code),
            message: word(&attempt.message),
            pointer: word(&attempt.pointer),
            version: plain(&attempt.version),
        }
    }
}

/// What no export writes, and what a row or an index cannot hold, is refused before anything is written.
fn check(letter: &Letter) -> Result<(), StoreError> {
    let summary = &letter.summary;
    let wrong = |what: String| Err(StoreError::Rows(format!("letter {}: {what}", summary.id)));
    if letter.body.len() > DEAD_BODY_MAX || letter.body.len() as u64 > summary.body_len {
        return wrong(format!(
            "its body has {} bytes, of {} in all; at most {DEAD_BODY_MAX} are kept",
            letter.body.len(),
            summary.body_len
        ));
    }
    if letter.is_whole() && Sha256::digest(&letter.body)[..] != letter.body_hash {
        return wrong("its body is not the one that its hash was taken of".to_owned());
    }
    if !(1..=TIMES_MAX).contains(&summary.times) {
        return wrong(format!("it came {} times: expected 1 to {TIMES_MAX}", summary.times));
    }
    if letter.history.len() > HISTORY_MAX {
        return wrong(format!("its history has more than {HISTORY_MAX} entries"));
    }
    if let Some((name, length, most)) = too_long(letter) {
        return wrong(format!("{name} has {length} bytes: expected at most {most}"));
    }
    Ok(())
}

/// The first text that is too long, its length, and what may be.
fn too_long(letter: &Letter) -> Option<(&'static str, usize, usize)> {
    let summary = &letter.summary;
    let length = |text: &Option<String>| text.as_deref().map_or(0, str::len);
    let headers = letter.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    let history = letter.history.iter().map(|attempt| {
        let words = [&attempt.class, &attempt.code, &attempt.message, &attempt.pointer];
        words.into_iter().map(length).sum::<usize>() + attempt.outcome.len() + attempt.version.len()
    });
    [
        ("the exchange", letter.exchange.len(), WORD_BYTES_MAX),
        ("the routing key", letter.routing_key.len(), WORD_BYTES_MAX),
        ("the code", summary.code.len(), WORD_BYTES_MAX),
        ("the source", length(&summary.source), WORD_BYTES_MAX),
        ("the event id", length(&summary.event_id), WORD_BYTES_MAX),
        ("the type", length(&summary.event_type), WORD_BYTES_MAX),
        ("the job", length(&summary.job), WORD_BYTES_MAX),
        ("the client", length(&summary.client), WORD_BYTES_MAX),
        ("the version", summary.version.len(), WORD_BYTES_MAX),
        ("the message", summary.message.len(), TEXT_BYTES_MAX),
        ("the pointer", length(&summary.pointer), TEXT_BYTES_MAX),
        ("all headers", headers, 16 * TEXT_BYTES_MAX),
        ("an entry of the history", history.max().unwrap_or(0), TEXT_BYTES_MAX),
    ]
    .into_iter()
    .find(|(_, length, most)| length > most)
}
