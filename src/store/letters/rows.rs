//! Letters as rows are read.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use sqlx::{FromRow, Row};

use super::row;
use crate::store::at::At;
use crate::store::number_rows::count;
use crate::store::{
    Attempt, AttemptKind, DeadClass, EventSummary, Letter, LetterGroup, LetterState, LetterSummary, StoreError,
};

const TABLE: &str = "dead_letters";

row! {
    /// A row of `letters_newest.sql`.
    SummaryRow {
        dead_letter_no: i64,
        state: String,
        class: String,
        code: String,
        message: String,
        pointer: Option<String>,
        source: Option<String>,
        event_id: Option<String>,
        event_type: Option<String>,
        job_id: Option<String>,
        client_id: Option<String>,
        fingerprint: String,
        times: i64,
        first_seen: At,
        last_seen: At,
        settled_at: Option<At>,
        erased_at: Option<At>,
        body_len: i64,
        digest: Vec<u8>,
        version: String,
        attempts: i64,
    }
}

row! {
    /// What `letters_whole.sql` has besides.
    BodyRow {
        body: Vec<u8>,
        body_hash: Vec<u8>,
        headers: String,
        exchange: String,
        routing_key: String,
    }
}

/// A row of `letters_whole.sql`.
pub(in crate::store) struct WholeRow(SummaryRow, BodyRow);

impl<'r, R: Row> FromRow<'r, R> for WholeRow
where
    SummaryRow: FromRow<'r, R>,
    BodyRow: FromRow<'r, R>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        Ok(WholeRow(SummaryRow::from_row(row)?, BodyRow::from_row(row)?))
    }
}

/// A row of `letters_groups.sql`: fingerprint, class, code, type, pointer, letters, times, first and last seen, number
/// and message of the newest.
pub(in crate::store) type GroupRow =
    (String, String, String, Option<String>, Option<String>, i64, i64, At, At, i64, String);

/// A row of `dead_letter_attempts`.
#[derive(Debug, Clone, Serialize)]
pub(in crate::store) struct AttemptRow {
    pub(in crate::store) dead_letter_no: i64,
    pub(in crate::store) at: At,
    pub(in crate::store) kind: &'static str,
    pub(in crate::store) replay_no: Option<i64>,
    pub(in crate::store) outcome: String,
    pub(in crate::store) class: Option<String>,
    pub(in crate::store) code: Option<String>,
    pub(in crate::store) message: Option<String>,
    pub(in crate::store) pointer: Option<String>,
    pub(in crate::store) version: String,
}

/// A row of `attempts_read.sql`: dead_letter_no, at, kind, replay_no, outcome, class, code, message, pointer, version.
pub(in crate::store) type AttemptReadRow =
    (i64, At, String, Option<i64>, String, Option<String>, Option<String>, Option<String>, Option<String>, String);

/// A row of `events_open.sql`: event_no, source, event_id, type, state, code, attempts, occurred, received, due.
pub(in crate::store) type EventReadRow = (i64, String, String, String, String, Option<String>, i32, At, At, Option<At>);

/// The letter of a row, without body.
pub(in crate::store) fn read_summary(row: SummaryRow) -> Result<LetterSummary, StoreError> {
    Ok(LetterSummary {
        id: row.dead_letter_no,
        state: read_state(&row.state)?,
        class: read_class(&row.class)?,
        code: row.code,
        message: row.message,
        pointer: row.pointer,
        source: row.source,
        event_id: row.event_id,
        event_type: row.event_type,
        job: row.job_id,
        client: row.client_id,
        fingerprint: row.fingerprint,
        times: count(row.times),
        attempts: count(row.attempts),
        first_seen: row.first_seen.0,
        last_seen: row.last_seen.0,
        settled_at: row.settled_at.map(|at| at.0),
        erased_at: row.erased_at.map(|at| at.0),
        body_len: count(row.body_len),
        digest: read_hash("digest", &row.digest)?,
        version: row.version,
    })
}

/// The letters of rows, each with its attempts.
pub(in crate::store) fn read_whole(
    rows: Vec<WholeRow>, attempts: Vec<AttemptReadRow>,
) -> Result<Vec<Letter>, StoreError> {
    let mut histories: HashMap<i64, Vec<Attempt>> = HashMap::new();
    for row in attempts {
        histories.entry(row.0).or_default().push(read_attempt(row)?);
    }
    let letters = rows.into_iter().map(|WholeRow(summary, body)| {
        let headers: BTreeMap<_, _> = serde_json::from_str(&body.headers)
            .map_err(|_| unreadable(TABLE, "headers", "another text", "a JSON object of texts"))?;
        Ok(Letter {
            history: histories.remove(&summary.dead_letter_no).unwrap_or_default(),
            summary: read_summary(summary)?,
            body: body.body,
            body_hash: read_hash("body_hash", &body.body_hash)?,
            headers,
            exchange: body.exchange,
            routing_key: body.routing_key,
        })
    });
    letters.collect()
}

/// The group of a row.
pub(in crate::store) fn read_group(row: GroupRow) -> Result<LetterGroup, StoreError> {
    let (fingerprint, class, code, event_type, pointer, letters, times, first_seen, last_seen, newest, message) = row;
    Ok(LetterGroup {
        fingerprint,
        class: read_class(&class)?,
        code,
        event_type,
        pointer,
        letters: count(letters),
        times: count(times),
        first_seen: first_seen.0,
        last_seen: last_seen.0,
        newest,
        message,
    })
}

/// The event of a row.
pub(in crate::store) fn read_event(row: EventReadRow) -> EventSummary {
    let (no, source, id, event_type, state, code, attempts, occurred_at, received_at, due_at) = row;
    EventSummary {
        no,
        key: crate::event::EventKey { source, id },
        event_type,
        state,
        code,
        attempts: attempts.unsigned_abs(),
        occurred_at: occurred_at.0,
        received_at: received_at.0,
        due_at: due_at.map(|at| at.0),
    }
}

fn read_attempt(row: AttemptReadRow) -> Result<Attempt, StoreError> {
    let (_, at, kind, replay, outcome, class, code, message, pointer, version) = row;
    let known = AttemptKind::parse(&kind)
        .ok_or_else(|| unreadable("dead_letter_attempts", "kind", &kind, "arrival, trial or replay"))?;
    Ok(Attempt { at: at.0, kind: known, replay, outcome, class, code, message, pointer, version })
}

/// The state of this name.
pub(in crate::store) fn read_state(name: &str) -> Result<LetterState, StoreError> {
    LetterState::parse(name).ok_or_else(|| unreadable(TABLE, "state", name, "open, trial, resolved or discarded"))
}

fn read_class(name: &str) -> Result<DeadClass, StoreError> {
    DeadClass::parse(name).ok_or_else(|| unreadable(TABLE, "class", name, "a class of dead letters"))
}

fn read_hash(column: &'static str, bytes: &[u8]) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| unreadable(TABLE, column, "another number of bytes", "32 bytes"))
}

fn unreadable(table: &'static str, column: &'static str, found: &str, expected: &'static str) -> StoreError {
    StoreError::Inconsistent { table, column, found: found.to_owned(), expected }
}
