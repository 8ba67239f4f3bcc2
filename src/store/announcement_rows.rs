//! Announcements as rows: what both databases share of them.

use std::collections::HashMap;
use std::time::Instant;

use serde::Serialize;
use uuid::Uuid;

use super::LeasedNotice;
use super::announcement::{Announced, AnnouncedReturn, AnnouncementResult, Charge, LeasedAnnouncement};
use super::at::At;
use super::effect_rows::{NoticeRow, ReturnRow};
use crate::event::{
    AccountId, CONNECTS_RETURNED, EntryId, EventKey, EventType, JobId, PersonId, ProposalId, notice_key,
};
use crate::policy::Reason;

/// An announcement on its way into the database.
#[derive(Debug, Clone, Serialize)]
pub(super) struct AnnouncementRow {
    /// In hex.
    pub(super) notice_id: Option<String>,
    pub(super) entry_id: Option<String>,
    pub(super) event_no: i64,
    pub(super) routing_key: String,
    pub(super) balance_after: Option<i64>,
    pub(super) created_at: At,
}

impl AnnouncementRow {
    /// Of a notice about an event of this type.
    pub(super) fn of_notice(notice: &NoticeRow, about: EventType) -> Self {
        Self {
            notice_id: Some(notice.notice_id.clone()),
            entry_id: None,
            event_no: notice.event_no,
            routing_key: notice_key(about),
            balance_after: None,
            created_at: notice.created_at,
        }
    }

    /// Of a return, with the balance it led to.
    pub(super) fn of_return(entry: &ReturnRow, balance_after: i64) -> Self {
        Self {
            notice_id: None,
            entry_id: Some(entry.entry_id.clone()),
            event_no: entry.event_no,
            routing_key: CONNECTS_RETURNED.to_owned(),
            balance_after: Some(balance_after),
            created_at: entry.created_at,
        }
    }
}

/// A row of `announcements_lease.sql`: number, entry, routing key, due, event source, event id, type, occurred,
/// traceparent.
pub(super) type LeasedRow = (
    i64,
    Option<String>,
    String,
    Option<At>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<At>,
    Option<String>,
);

/// A row of `announcements_notices.sql`: number, notice, person, about, lines, created, name, locale, time zone.
pub(super) type NoticeRead = (i64, Uuid, String, String, String, At, Option<String>, Option<String>, Option<String>);

/// A row of `announcements_returns.sql`: number, account, proposal, amount, reverses, reason, created, expires,
/// balance, kind of the charge, job, title.
pub(super) type ReturnRead =
    (i64, String, String, i64, String, String, At, Option<At>, i64, Option<String>, String, Option<String>);

/// Code of a row that cannot be read.
const UNREADABLE: &str = "unreadable";

/// What was leased, oldest due first, and what cannot be read: this is logged, and to be given up.
pub(super) fn read_leased(
    mut leased: Vec<LeasedRow>, notices: Vec<NoticeRead>, returns: Vec<ReturnRead>, lease_ends: Instant,
) -> (Vec<LeasedAnnouncement>, Vec<(i64, AnnouncementResult)>) {
    leased.sort_by_key(|row| (row.3, row.0));
    let mut notices: HashMap<i64, NoticeRead> = notices.into_iter().map(|row| (row.0, row)).collect();
    let mut returns: HashMap<i64, ReturnRead> = returns.into_iter().map(|row| (row.0, row)).collect();
    let (mut read, mut unreadable) = (Vec::with_capacity(leased.len()), Vec::new());
    for row in leased {
        let no = row.0;
        match read_one(row, notices.remove(&no), returns.remove(&no), lease_ends) {
            Ok(announcement) => read.push(announcement),
            Err(column) => {
                // Not the parser's words: they quote the row, and a row speaks of people.
                tracing::error!(announcement = no, column, "an announcement cannot be read: given up as failed");
                unreadable.push((no, AnnouncementResult::Failed { code: UNREADABLE }));
            }
        }
    }
    (read, unreadable)
}

/// The announcement, or the column that cannot be read.
fn read_one(
    row: LeasedRow, notice: Option<NoticeRead>, entry: Option<ReturnRead>, lease_ends: Instant,
) -> Result<LeasedAnnouncement, &'static str> {
    let (no, entry_id, routing_key, _, source, event_id, event_type, occurred_at, traceparent) = row;
    let event = EventKey { source: source.ok_or("event_no")?, id: event_id.ok_or("event_no")? };
    let subject = match (notice, entry) {
        (Some(notice), None) => Announced::Notice(Box::new(read_notice(notice, event, lease_ends)?)),
        (None, Some(entry)) => {
            let event_type = EventType::ALL.into_iter().find(|known| Some(known.as_str()) == event_type.as_deref());
            let cause = (event, event_type.ok_or("type")?, occurred_at.ok_or("occurred_at")?);
            Announced::Return(Box::new(read_return(entry_id.ok_or("entry_id")?, entry, cause)?))
        }
        _ => return Err("notice_id or entry_id"),
    };
    Ok(LeasedAnnouncement { no, routing_key, traceparent, subject })
}

fn read_notice(row: NoticeRead, event: EventKey, lease_ends: Instant) -> Result<LeasedNotice, &'static str> {
    let (_, id, person, about, lines, created_at, name, locale, time_zone) = row;
    Ok(LeasedNotice {
        id,
        event,
        person: PersonId::parse(person).map_err(|_| "person_id")?,
        name,
        address: None,
        locale,
        time_zone,
        suppressed: false,
        created_at: created_at.0,
        resends: 0,
        attempts: 0,
        throttled: false,
        about: serde_json::from_str(&about).map_err(|_| "about")?,
        lines: serde_json::from_str(&lines).map_err(|_| "lines")?,
        // The announcement has it.
        traceparent: None,
        // The announcement was leased, not the notice.
        token: Uuid::nil(),
        lease_ends,
    })
}

fn read_return(
    entry: String, row: ReturnRead, (event, event_type, occurred_at): (EventKey, EventType, At),
) -> Result<AnnouncedReturn, &'static str> {
    let (_, account, proposal, amount, reverses, reason, at, expires_at, balance_after, charge, job, job_title) = row;
    Ok(AnnouncedReturn {
        entry: EntryId::parse(entry).map_err(|_| "entry_id")?,
        account: AccountId::parse(account).map_err(|_| "account_id")?,
        proposal: ProposalId::parse(proposal).map_err(|_| "proposal_id")?,
        job: JobId::parse(job).map_err(|_| "job_id")?,
        job_title,
        amount,
        reverses: EntryId::parse(reverses).map_err(|_| "reverses")?,
        charge: match charge.as_deref() {
            Some("fee") => Charge::Fee,
            Some("boost") => Charge::Boost,
            _ => return Err("kind of the charge"),
        },
        reason: Reason::parse(&reason).ok_or("reason")?,
        balance_after,
        at: at.0,
        expires_at: expires_at.map(|at| at.0),
        event,
        event_type,
        occurred_at: occurred_at.0,
    })
}

/// One result as a row.
#[derive(Debug, Serialize)]
pub(super) struct ResultRow {
    pub(super) announcement_no: i64,
    pub(super) result: &'static str,
    pub(super) code: Option<&'static str>,
}

impl From<&(i64, AnnouncementResult)> for ResultRow {
    fn from((announcement_no, result): &(i64, AnnouncementResult)) -> Self {
        let (result, code) = match result {
            AnnouncementResult::Published => ("published", None),
            AnnouncementResult::Released { code } => ("released", Some(*code)),
            AnnouncementResult::Failed { code } => ("failed", Some(*code)),
        };
        ResultRow { announcement_no: *announcement_no, result, code }
    }
}
