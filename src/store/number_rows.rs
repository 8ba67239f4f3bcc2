//! Statistics and report as rows: what both databases share of the numbers.

use time::OffsetDateTime;

use super::at::At;
use super::{NoticeState, ReportRow, Stats, StoreError};
use crate::event::EventKey;
use crate::policy::{Ground, Reason, Verdict};

/// Accounts and charges [`super::Agreement`] names at most.
pub(super) const NAMED_MAX: i64 = 20;

/// The row of `stats.sql`: oldest due, events waiting, the oldest of them, events fanning out, dead letters, first seen
/// of the oldest.
pub(super) type StatsRow = (Option<At>, i64, Option<At>, i64, i64, Option<At>);

/// The row of `stats_announcements.sql`: due, oldest due.
pub(super) type AnnouncementStatsRow = (i64, Option<At>);

/// The numbers at `now`, from the rows of `stats_notices.sql`, `stats.sql` and `stats_announcements.sql`.
pub(super) fn read_stats(
    notices: Vec<(String, i64)>, row: StatsRow, announcements: AnnouncementStatsRow, now: OffsetDateTime,
) -> Result<Stats, StoreError> {
    let (oldest_due, waiting, oldest_waiting, fanning_out, dead_letters, oldest_dead) = row;
    let notices = notices.into_iter().map(|(state, number)| {
        let known =
            NoticeState::parse(&state).ok_or_else(|| unreadable("notices", "state", &state, "a state of a notice"))?;
        Ok((known.as_str(), count(number)))
    });
    Ok(Stats {
        notices: notices.collect::<Result<_, StoreError>>()?,
        oldest_due_notice_seconds: age(oldest_due, now),
        events_waiting: count(waiting),
        oldest_waiting_event_seconds: age(oldest_waiting, now),
        events_fanning_out: count(fanning_out),
        dead_letters: count(dead_letters),
        oldest_dead_letter_seconds: age(oldest_dead, now),
        announcements_due: count(announcements.0),
        oldest_due_announcement_seconds: age(announcements.1, now),
    })
}

/// `count(*)` is never negative.
pub(super) fn count(number: i64) -> u64 {
    number.unsigned_abs()
}

/// Seconds since then; 0 if there is none, or if it lies ahead.
fn age(since: Option<At>, now: OffsetDateTime) -> f64 {
    since.map_or(0.0, |At(since)| (now - since).as_seconds_f64().max(0.0))
}

/// A row of `report.sql`: source, event id, type, person, proposal, job title, account, verdict, reason, ground,
/// amount, rule, balance.
pub(super) type ReportSqlRow =
    (String, String, String, String, String, String, String, String, String, Option<String>, i64, String, i64);

/// The decision of a row.
pub(super) fn read_report(row: ReportSqlRow) -> Result<ReportRow, StoreError> {
    let (source, id, event_type, person, proposal, job_title, account, verdict, reason, ground, amount, rule, balance) =
        row;
    let code = |column, found: &str| unreadable("decisions", column, found, "a code this version knows");
    Ok(ReportRow {
        key: EventKey { source, id },
        event_type,
        person,
        proposal,
        job_title,
        account,
        verdict: Verdict::parse(&verdict).ok_or_else(|| code("verdict", &verdict))?,
        reason: Reason::parse(&reason).ok_or_else(|| code("reason", &reason))?,
        ground: ground.map(|found| Ground::parse(&found).ok_or_else(|| code("ground", &found))).transpose()?,
        amount,
        rule,
        balance,
    })
}

fn unreadable(table: &'static str, column: &'static str, found: &str, expected: &'static str) -> StoreError {
    StoreError::Inconsistent { table, column, found: found.to_owned(), expected }
}
