//! Notices as rows are read.

use uuid::Uuid;

use crate::event::EventKey;
use crate::store::at::At;
use crate::store::letters::row;
use crate::store::number_rows::count;
use crate::store::{NoticeEvent, NoticeEventKind, NoticeGroup, NoticeState, NoticeSummary, StoreError};

row! {
    /// A row of `notices_newest.sql`.
    NoticeSummaryRow {
        notice_id: Uuid,
        event_no: i64,
        person_id: String,
        state: String,
        code: Option<String>,
        reply: Option<String>,
        due_at: Option<At>,
        attempts: i32,
        resends: i32,
        lease_until: Option<At>,
        created_at: At,
        settled_at: Option<At>,
        erased_at: Option<At>,
        source: String,
        event_id: String,
        event_type: String,
        event_state: String,
    }
}

/// A row of `notices_groups.sql`: state, event type, code, notices, oldest, newest.
pub(in crate::store) type NoticeGroupRow = (String, String, Option<String>, i64, At, At);

/// A row of `notice_history_read.sql`: at, what, state, code, reply.
pub(in crate::store) type NoticeEventRow = (At, String, String, Option<String>, Option<String>);

/// The notice of a row.
pub(in crate::store) fn read_notice(row: NoticeSummaryRow) -> Result<NoticeSummary, StoreError> {
    Ok(NoticeSummary {
        id: row.notice_id,
        event: EventKey { source: row.source, id: row.event_id },
        event_no: row.event_no,
        event_type: row.event_type,
        event_state: row.event_state,
        person: row.person_id,
        state: read_state(&row.state)?,
        code: row.code,
        reply: row.reply,
        due_at: row.due_at.map(|at| at.0),
        attempts: row.attempts.unsigned_abs(),
        resends: row.resends.unsigned_abs(),
        lease_until: row.lease_until.map(|at| at.0),
        created_at: row.created_at.0,
        settled_at: row.settled_at.map(|at| at.0),
        erased_at: row.erased_at.map(|at| at.0),
    })
}

/// The group of a row.
pub(in crate::store) fn read_notice_group(row: NoticeGroupRow) -> Result<NoticeGroup, StoreError> {
    let (state, event_type, code, notices, oldest, newest) = row;
    let state = read_state(&state)?;
    Ok(NoticeGroup { state, event_type, code, notices: count(notices), oldest: oldest.0, newest: newest.0 })
}

/// The entry of a row.
pub(in crate::store) fn read_notice_event(row: NoticeEventRow) -> Result<NoticeEvent, StoreError> {
    let (at, what, state, code, reply) = row;
    let kind = NoticeEventKind::parse(&what).ok_or_else(|| StoreError::Inconsistent {
        table: "notice_history",
        column: "what",
        found: what,
        expected: "attempt, bounce, complaint, hold, release or resend",
    })?;
    Ok(NoticeEvent { at: at.0, kind, state, code, reply })
}

/// The state of this name.
pub(in crate::store) fn read_state(name: &str) -> Result<NoticeState, StoreError> {
    NoticeState::parse(name).ok_or_else(|| StoreError::Inconsistent {
        table: "notices",
        column: "state",
        found: name.to_owned(),
        expected: "a state of a notice",
    })
}
