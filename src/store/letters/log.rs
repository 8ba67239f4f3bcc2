//! Rows of the operators' log.

use serde_json::Value;
use time::OffsetDateTime;

use super::row;
use crate::store::at::At;
use crate::store::dead::plain;
use crate::store::number_rows::count;
use crate::store::{Act, OperatorEntry, StoreError};

/// A row of `operator_log` to write.
#[derive(Debug)]
pub(in crate::store) struct LogRow {
    pub(in crate::store) at: At,
    pub(in crate::store) operator: String,
    pub(in crate::store) action: &'static str,
    pub(in crate::store) reason: String,
    pub(in crate::store) affected: i64,
    /// JSON.
    pub(in crate::store) details: String,
}

impl LogRow {
    /// What `act` did.
    pub(in crate::store) fn new(
        action: &'static str, affected: u64, details: &Value, act: &Act, now: OffsetDateTime,
    ) -> LogRow {
        LogRow {
            at: At(now),
            operator: plain(act.operator.trim()),
            action,
            reason: plain(act.reason.trim()),
            affected: i64::try_from(affected).unwrap_or(i64::MAX),
            details: plain_json(details).to_string(),
        }
    }
}

/// JSON writes a NUL as an escape, which jsonb refuses.
fn plain_json(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(plain(text)),
        Value::Array(items) => items.iter().map(plain_json).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (plain(name), plain_json(value))).collect(),
        other => other.clone(),
    }
}

row! {
    /// A row of `operator_log_read.sql`.
    EntryRow {
        log_no: i64,
        at: At,
        operator: String,
        action: String,
        reason: String,
        affected: i64,
        details: String,
        version: String,
    }
}

/// The entry of a row.
pub(in crate::store) fn read_entry(row: EntryRow) -> Result<OperatorEntry, StoreError> {
    let details = serde_json::from_str(&row.details).map_err(|_| StoreError::Inconsistent {
        table: "operator_log",
        column: "details",
        found: format!("a text of {} bytes", row.details.len()),
        expected: "JSON",
    })?;
    Ok(OperatorEntry {
        no: row.log_no,
        at: row.at.0,
        operator: row.operator,
        action: row.action,
        reason: row.reason,
        affected: count(row.affected),
        details,
        version: row.version,
    })
}
