//! Dead letters as rows: what both databases write.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use time::OffsetDateTime;

use super::at::At;
use super::dlq::fingerprint;
use super::letters::rows::AttemptRow;
use super::{AttemptKind, DeadLetter};

/// One row of `dead_letters` to write or to count up. Bytes stand in hex, so that the row can be a JSON parameter.
#[derive(Debug, Serialize)]
pub(super) struct DeadRow {
    pub(super) digest: String,
    pub(super) body: String,
    pub(super) body_len: i64,
    pub(super) body_hash: String,
    pub(super) headers: String,
    pub(super) exchange: String,
    pub(super) routing_key: String,
    pub(super) class: &'static str,
    pub(super) code: String,
    pub(super) message: String,
    pub(super) pointer: Option<String>,
    pub(super) source: Option<String>,
    pub(super) event_id: Option<String>,
    pub(super) event_type: Option<String>,
    pub(super) job_id: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) fingerprint: String,
    pub(super) state: &'static str,
    pub(super) version: &'static str,
    pub(super) times: i64,
}

/// One row a digest, with the newest cause, in the order of digests: two processes that bury the same letters meet in
/// the same order.
pub(super) fn rows(letters: &[DeadLetter]) -> Vec<DeadRow> {
    let mut rows: BTreeMap<[u8; 32], DeadRow> = BTreeMap::new();
    for letter in letters {
        let before = rows.get(&letter.digest).map_or(0, |row| row.times);
        rows.insert(letter.digest, DeadRow { times: before + 1, ..row(letter) });
    }
    rows.into_values().collect()
}

/// What stands for the history once `rows` are written: an arrival where a letter is new, or was settled, or has to be
/// tried (again). A repeat of one that stands open only counts up, so that a history is as long as what people did.
///
/// `known` is `dead_known.sql`, `written` is `dead_write.sql`.
pub(super) fn arrivals(
    rows: &[DeadRow], known: Vec<(String, String)>, written: Vec<(i64, String, i64)>, now: OffsetDateTime,
) -> Vec<AttemptRow> {
    let known: HashMap<_, _> = known.into_iter().collect();
    let written: HashMap<_, _> = written.into_iter().map(|(no, digest, times)| (digest, (no, times))).collect();
    let arrived = rows.iter().filter_map(|row| {
        let &(no, times) = written.get(&row.digest)?;
        let is_new = times == row.times;
        let changed = known.get(&row.digest).is_some_and(|before| before != row.state);
        (is_new || changed).then(|| arrival(row, no, now))
    });
    arrived.collect()
}

fn arrival(row: &DeadRow, no: i64, now: OffsetDateTime) -> AttemptRow {
    AttemptRow {
        dead_letter_no: no,
        at: At(now),
        kind: AttemptKind::Arrival.as_str(),
        replay_no: None,
        outcome: "dead".to_owned(),
        class: Some(row.class.to_owned()),
        code: Some(row.code.clone()),
        message: Some(row.message.clone()),
        pointer: row.pointer.clone(),
        version: row.version.to_owned(),
    }
}

fn row(letter: &DeadLetter) -> DeadRow {
    let headers: BTreeMap<_, _> = letter.headers.iter().map(|(name, value)| (plain(name), plain(value))).collect();
    DeadRow {
        digest: hex::encode(letter.digest),
        body: hex::encode(&letter.body),
        body_len: i64::try_from(letter.body_len).unwrap_or(i64::MAX),
        body_hash: hex::encode(letter.body_hash),
        headers: serde_json::to_string(&headers).unwrap_or_else(|_| "{}".to_owned()),
        exchange: plain(&letter.exchange),
        routing_key: plain(&letter.routing_key),
        class: letter.class.as_str(),
        code: plain(&letter.code),
        message: plain(&letter.message),
        pointer: letter.pointer.as_deref().map(plain),
        source: letter.event.as_ref().map(|key| plain(&key.source)),
        event_id: letter.event.as_ref().map(|key| plain(&key.id)),
        event_type: letter.event_type.as_deref().map(plain),
        job_id: letter.job.as_deref().map(plain),
        client_id: letter.client.as_deref().map(plain),
        fingerprint: fingerprint(&letter.code, letter.event_type.as_deref(), letter.pointer.as_deref()),
        state: letter.state.as_str(),
        version: env!("CARGO_PKG_VERSION"),
        times: 1,
    }
}

/// PostgreSQL's text and jsonb hold no NUL; a dead letter must never be refused for one.
pub(super) fn plain(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
