//! Gaps and findings as rows.

use serde::Serialize;

use super::{AuditFinding, FindingState, Gap};
use crate::store::StoreError;
use crate::store::at::At;
use crate::store::letters::row;

/// code, kind, subject, details
pub(in crate::store) type GapRow = (String, String, String, String);

/// subject, event_no, source, event_id, type, occurred_at, state, payload
pub(in crate::store) type KnownRow = (String, i64, String, String, String, At, String, String);

row! {
    /// A row of `findings_list.sql`.
    FindingRow {
        finding_no: i64,
        code: String,
        kind: String,
        subject: String,
        details: String,
        state: String,
        first_seen: At,
        last_seen: At,
        due_at: At,
        settled_at: Option<At>,
        operator: Option<String>,
        reason: Option<String>,
    }
}

/// A gap on its way into the findings.
#[derive(Debug, Clone, Serialize)]
pub(in crate::store) struct GapWrite {
    pub(in crate::store) code: String,
    pub(in crate::store) kind: String,
    pub(in crate::store) subject: String,
    pub(in crate::store) details: String,
}

impl GapWrite {
    pub(in crate::store) fn of(gap: &Gap) -> GapWrite {
        GapWrite {
            code: gap.code.clone(),
            kind: gap.kind.clone(),
            subject: gap.subject.clone(),
            details: gap.details.to_string(),
        }
    }
}

/// The gap of a row.
pub(in crate::store) fn read_gap((code, kind, subject, details): GapRow) -> Result<Gap, StoreError> {
    let details = serde_json::from_str(&details).map_err(|_| unreadable("details", "JSON"))?;
    Ok(Gap { code, kind, subject, details })
}

/// The finding of a row.
pub(in crate::store) fn read_finding(row: FindingRow) -> Result<AuditFinding, StoreError> {
    let state = FindingState::parse(&row.state).ok_or_else(|| unreadable("state", "a state of a finding"))?;
    Ok(AuditFinding {
        no: row.finding_no,
        gap: read_gap((row.code, row.kind, row.subject, row.details))?,
        state,
        first_seen: row.first_seen.0,
        last_seen: row.last_seen.0,
        due_at: row.due_at.0,
        settled_at: row.settled_at.map(|at| at.0),
        operator: row.operator,
        reason: row.reason,
    })
}

fn unreadable(column: &'static str, expected: &'static str) -> StoreError {
    StoreError::Inconsistent { table: "audit_findings", column, found: "something else".to_owned(), expected }
}
