//! Leased notices and settlements as rows: what both databases share of the outbox.

use std::cmp::Ordering;
use std::time::{Duration, Instant};

use serde::Serialize;
use uuid::Uuid;

use super::at::At;
use super::{Address, LeasedNotice, NoticeResult, Settlement};
use crate::clock::to_micros;
use crate::event::{EventKey, PersonId};

/// A row of `notices_lease.sql` and of `notice_read.sql`: id, person, about, lines, due, attempts, created, resends,
/// event source, event id, name, address, locale, time zone, standing (1: throttled, 2: suppressed, 3: both), trace
/// context.
pub(super) type LeasedRow = (
    Uuid,
    String,
    String,
    String,
    Option<At>,
    i32,
    At,
    i32,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    i32,
    Option<String>,
);

/// Put off by a limit before (code [`THROTTLED`](super::THROTTLED)).
const THROTTLED: i32 = 1;
/// The address is on the list.
const SUPPRESSED: i32 = 2;

/// Rows that were leased, oldest due first, and the ids of those that cannot be read; these are logged.
pub(super) fn read_leased(
    mut rows: Vec<LeasedRow>, token: Uuid, lease_ends: Instant,
) -> (Vec<LeasedNotice>, Vec<Uuid>) {
    rows.sort_by(by_due);
    let mut notices = Vec::with_capacity(rows.len());
    let mut unreadable = Vec::new();
    for row in rows {
        let id = row.0;
        match read_one(row, token, lease_ends) {
            Ok(notice) => notices.push(notice),
            Err(column) => {
                // Not the parser's words: they quote the row, and a row speaks of people.
                tracing::error!(notice = %id, column, "a notice cannot be read: given up as failed, code unreadable");
                unreadable.push(id);
            }
        }
    }
    (notices, unreadable)
}

/// The notice of a row that nobody leased: its lease is over already.
pub(super) fn read_looked_at(row: LeasedRow) -> Result<LeasedNotice, &'static str> {
    read_one(row, Uuid::nil(), Instant::now())
}

fn by_due(a: &LeasedRow, b: &LeasedRow) -> Ordering {
    (a.4, a.0).cmp(&(b.4, b.0))
}

/// The notice, or the column that cannot be read.
fn read_one(row: LeasedRow, token: Uuid, lease_ends: Instant) -> Result<LeasedNotice, &'static str> {
    let (id, person, about, lines, _, attempts, created_at, resends, source, event_id, name, address, ..) = row;
    let (.., locale, time_zone, standing, traceparent) = row;
    Ok(LeasedNotice {
        id,
        event: EventKey { source: source.ok_or("event_no")?, id: event_id.ok_or("event_no")? },
        person: PersonId::parse(person).map_err(|_| "person_id")?,
        name,
        address: address.map(Address),
        locale,
        time_zone,
        suppressed: standing & SUPPRESSED != 0,
        throttled: standing & THROTTLED != 0,
        traceparent,
        resends: u32::try_from(resends).map_err(|_| "resends")?,
        created_at: created_at.0,
        attempts: u32::try_from(attempts).map_err(|_| "attempts")?,
        about: serde_json::from_str(&about).map_err(|_| "about")?,
        lines: serde_json::from_str(&lines).map_err(|_| "lines")?,
        token,
        lease_ends,
    })
}

/// Local end of a lease that is asked for now: never later than the end the database writes down.
///
/// `coarse` is how much earlier than the true time the database's clock may read.
pub(super) fn lease_ends(lease_for: Duration, coarse: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(lease_for.saturating_sub(coarse)).unwrap_or(now)
}

/// Length of a lease in microseconds.
pub(super) fn lease_micros(lease_for: Duration) -> i64 {
    /// A century: far beyond any lease, far within what the databases can add to a date.
    const LEASE_MICROS_MAX: i64 = 100 * 365 * 86_400 * 1_000_000;
    i64::try_from(lease_for.as_micros()).map_or(LEASE_MICROS_MAX, |micros| micros.min(LEASE_MICROS_MAX))
}

/// One settlement as a row.
#[derive(Debug, Serialize)]
pub(super) struct SettleRow {
    pub(super) notice_id: Uuid,
    pub(super) token: Uuid,
    /// A state, or `released`.
    pub(super) result: &'static str,
    pub(super) due_at: Option<At>,
    pub(super) code: String,
    pub(super) reply: Option<String>,
}

impl SettleRow {
    /// An attempt that is not the last: the history keeps it. What ends a notice stands in its row, and costs nothing
    /// more.
    pub(super) fn is_kept(&self) -> bool {
        self.result == "deferred"
    }
}

impl From<&Settlement> for SettleRow {
    fn from(settlement: &Settlement) -> Self {
        let (result, due) = match &settlement.result {
            NoticeResult::Sent => ("sent", None),
            NoticeResult::Deferred { due } => ("deferred", Some(*due)),
            NoticeResult::Released { due } => ("released", Some(*due)),
            NoticeResult::Failed { .. } => ("failed", None),
            NoticeResult::Undeliverable => ("undeliverable", None),
            NoticeResult::Suppressed => ("suppressed", None),
            NoticeResult::Unknown => ("unknown", None),
        };
        SettleRow {
            notice_id: settlement.id,
            token: settlement.token,
            result,
            due_at: due.map(|due| At(to_micros(due))),
            code: clean(&settlement.code),
            reply: settlement.reply.as_deref().map(clean),
        }
    }
}

/// An address no mail goes to any more. Not `Debug`: addresses are never printed.
#[derive(Serialize)]
pub(super) struct SuppressRow {
    /// The notice that found out.
    pub(super) notice_id: Uuid,
    pub(super) token: Uuid,
    pub(super) address: String,
    pub(super) expires_at: At,
}

/// The addresses the settlements want suppressed.
pub(super) fn suppress_rows(results: &[Settlement]) -> Vec<SuppressRow> {
    let bad = results.iter().filter_map(|settlement| match &settlement.result {
        NoticeResult::Failed { suppress_address: Some(bad) } => Some(SuppressRow {
            notice_id: settlement.id,
            token: settlement.token,
            address: clean(&bad.address.0),
            expires_at: At(to_micros(bad.until)),
        }),
        _ => None,
    });
    bad.collect()
}

/// Without NUL, which PostgreSQL refuses: a mail server's reply must not be able to keep a notice from being settled,
/// or it would be sent again with every lease.
fn clean(text: &str) -> String {
    text.replace('\0', "")
}
