//! Rows of an erasure, as both databases read and write them.

use serde::Serialize;
use serde_json::Value;

use super::redact::Words;
use super::{HeldRows, PersonFacts};
use crate::store::StoreError;
use crate::store::at::At;
use crate::store::letters::row;

/// Stands for the message of a dead letter that spoke of a person.
pub(in crate::store) const MESSAGE: &str = "what it said was erased at the request of the person it spoke of";
/// Rows looked at at once: bodies of dead letters are up to 256 KiB.
pub(in crate::store) const PAGE: i64 = 50;

row! {
    /// The row of `erasure_person.sql`.
    PersonRow {
        name: Option<String>,
        email: Option<String>,
        locale: Option<String>,
        time_zone: Option<String>,
        known: bool,
        own_table: bool,
        erased_at: Option<At>,
        named: bool,
    }
}

impl PersonRow {
    pub(in crate::store) fn facts(self) -> PersonFacts {
        PersonFacts {
            name: self.name,
            email: self.email,
            locale: self.locale,
            time_zone: self.time_zone,
            known: self.known,
            own_table: self.own_table,
            named: self.named,
            erased_at: self.erased_at.map(|at| at.0),
        }
    }
}

/// A row of `erasure_events.sql`: number, payload, about this person alone.
pub(in crate::store) type EventRow = (i64, String, bool);
/// A row of `erasure_letters.sql`: number, body, headers, message, about this person alone.
pub(in crate::store) type LetterRow = (i64, Vec<u8>, String, String, bool);
/// A row of `erasure_patches.sql`: number, body, about this person alone.
pub(in crate::store) type PatchRow = (i64, Vec<u8>, bool);

/// What goes back: number, text, or body in hex with headers.
#[derive(Debug, Clone, Default, Serialize)]
pub(in crate::store) struct Cleared {
    pub(in crate::store) no: i64,
    pub(in crate::store) text: String,
    pub(in crate::store) body: String,
    pub(in crate::store) headers: String,
}

/// The events of a page that lose something.
pub(in crate::store) fn events(rows: &[EventRow], words: &Words) -> Vec<Cleared> {
    let cleared = rows.iter().filter_map(|(no, payload, alone)| {
        let text = String::from_utf8(words.without(payload.as_bytes(), *alone)).unwrap_or_default();
        (text != *payload).then(|| Cleared { no: *no, text, ..Cleared::default() })
    });
    cleared.collect()
}

/// The dead letters of a page that lose something.
pub(in crate::store) fn letters(rows: &[LetterRow], words: &Words) -> Vec<Cleared> {
    let cleared = rows.iter().filter_map(|(no, body, headers, message, alone)| {
        let left = words.without(body, *alone);
        let same = left == *body && message == MESSAGE;
        let headers = words.headers(headers);
        (!same).then(|| Cleared { no: *no, body: hex::encode(left), headers, ..Cleared::default() })
    });
    cleared.collect()
}

/// The replays of a page that lose something.
pub(in crate::store) fn patches(rows: &[PatchRow], words: &Words) -> Vec<Cleared> {
    let cleared = rows.iter().filter_map(|(no, patch, alone)| {
        let left = words.without(patch, *alone);
        (left != *patch).then(|| Cleared { no: *no, body: hex::encode(left), ..Cleared::default() })
    });
    cleared.collect()
}

/// Rows of one kind, of which one more than `limit` was asked for.
pub(in crate::store) fn held(kind: &'static str, texts: &[String], limit: u32) -> Result<HeldRows, StoreError> {
    let more = texts.len() > limit as usize;
    let rows = texts.iter().take(limit as usize).map(|text| serde_json::from_str(text));
    let rows: Result<Vec<Value>, _> = rows.collect();
    let rows = rows.map_err(|_| StoreError::Inconsistent {
        table: kind,
        column: "row",
        found: "a text".to_owned(),
        expected: "JSON",
    })?;
    Ok(HeldRows { kind, rows, more })
}
