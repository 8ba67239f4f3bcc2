//! What was settled long ago leaves the tables that every event looks into: decisions, letters and payloads go, into an
//! archive of months or for good; keys and the ledger stay.

use async_trait::async_trait;
use serde_json::json;
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime};

use super::flow::{Begin, LetterTx, end};
use super::letters::log::LogRow;
use super::{Act, StoreError};

/// Events that one transaction looks at, at most: some thousand rows in ten tables.
pub const PURGE_PAGE_MAX: u32 = 1_000;

/// Months that one answer names, at most: a century.
const MONTHS_MAX: i64 = 1_200;

/// What a page of a purge, or of the archiving, took out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    /// Events of whose rows no more is left than what they are about.
    pub events: u64,
    /// Decisions deleted, or moved.
    pub decisions: u64,
    /// Notices deleted, or moved, each with its history.
    pub notices: u64,
    /// Where the next page begins; `None`: no event behind it came before the moment.
    pub next: Option<i64>,
}

/// A month of the archive: of the events that were applied in it, by UTC. Written `2026-10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArchiveMonth(pub(in crate::store) Date);

impl std::fmt::Display for ArchiveMonth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), u8::from(self.0.month()))
    }
}

/// What becomes of what a purge takes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It lies afterwards in the tables of the month in which its event was applied: explanations, erasures and trials
    /// of a policy find it there. Of a month that was dropped it is deleted. PostgreSQL alone has an archive.
    Archived,
    /// It is gone.
    Deleted,
}

impl Fate {
    /// As the operators' log names it.
    fn action(self) -> &'static str {
        match self {
            Fate::Archived => "events.archive",
            Fate::Deleted => "events.purge",
        }
    }
}

/// The use case of retention. As in [`Store`](super::Store), every method is one transaction.
#[async_trait]
pub trait RetentionStore {
    /// Purges a page of the inbox: of at most [`PURGE_PAGE_MAX`] events with a number above `after`, those that were
    /// applied before `before` and have nothing left to send or to announce. Their decisions, notices, histories and
    /// announcements meet their `fate`, and of their payloads no more is left than what they are about (ids, cause,
    /// times). The ledger stays whole, and so does each event's key: one that comes again is a duplicate. `dry_run`
    /// rolls it back. What is purged is a row of the operators' log. [`StoreError::Setup`] where there is no archive.
    async fn purge_events(
        &self, fate: Fate, before: OffsetDateTime, after: i64, dry_run: bool, act: &Act, now: OffsetDateTime,
    ) -> Result<Purged, StoreError>;

    /// Months of the archive that were over at this moment, the oldest first; none on SQLite.
    async fn archived_months(&self, before: OffsetDateTime) -> Result<Vec<ArchiveMonth>, StoreError>;

    /// Drops a month of the archive with all it holds, whatever its size: tables are dropped, no rows are deleted.
    /// `false`: it was not there. It is a row of the operators' log.
    async fn drop_month(&self, month: ArchiveMonth, act: &Act, now: OffsetDateTime) -> Result<bool, StoreError>;
}

/// The statements of retention: a method a statement, each in an SQL file of its name.
#[async_trait]
pub(super) trait RetentionTx: LetterTx {
    /// Prepares for statements that last: one event may have a million decisions.
    async fn purge_begin(&mut self) -> Result<(), StoreError>;
    /// Locks a page of events: number, whether it came before the moment, whether it can go.
    async fn purge_page(
        &mut self, after: i64, before: OffsetDateTime, limit: u32,
    ) -> Result<Vec<(i64, bool, bool)>, StoreError>;
    /// Deletes the announcements of these events.
    async fn purge_announcements(&mut self, events: &[i64]) -> Result<(), StoreError>;
    /// Deletes their notices with their histories; how many notices.
    async fn purge_notices(&mut self, events: &[i64]) -> Result<u64, StoreError>;
    /// Deletes their decisions; how many.
    async fn purge_decisions(&mut self, events: &[i64]) -> Result<u64, StoreError>;
    /// Shortens their payloads, and says of those that were copied into a month which it is; how many.
    async fn purge_events(&mut self, events: &[i64], now: OffsetDateTime) -> Result<u64, StoreError>;
    /// Keeps erasures, and who drops a month, away until the transaction ends, after those that were at it.
    async fn archive_begin(&mut self) -> Result<(), StoreError>;
    /// Copies all about these events into their months.
    async fn archive_write(&mut self, events: &[i64], now: OffsetDateTime) -> Result<(), StoreError>;
    /// Months that were over by then.
    async fn archive_months(&mut self, before: OffsetDateTime, limit: i64) -> Result<Vec<Date>, StoreError>;
    /// Drops the tables of a month, after those that were at the archive; whether they were there.
    async fn archive_drop(&mut self, month: Date, now: OffsetDateTime) -> Result<bool, StoreError>;
}

/// [`RetentionStore::purge_events`]
pub(super) async fn purge_events<B: Begin>(
    store: &B, fate: Fate, page: (OffsetDateTime, i64), dry_run: bool, act: &Act, now: OffsetDateTime,
) -> Result<Purged, StoreError>
where
    B::Tx: RetentionTx,
{
    const DOING: &str = "purge_events";
    let mut tx = store.begin(DOING).await?;
    let purged = purge(&mut tx, fate, page, act, now).await;
    if dry_run {
        B::roll_back(tx).await;
        return purged;
    }
    end::<B, _>(DOING, tx, purged).await
}

/// [`RetentionStore::archived_months`]
pub(super) async fn archived_months<B: Begin>(
    store: &B, before: OffsetDateTime,
) -> Result<Vec<ArchiveMonth>, StoreError>
where
    B::Tx: RetentionTx,
{
    const DOING: &str = "archived_months";
    let mut tx = store.begin_reading(DOING).await?;
    let months = tx.archive_months(before, MONTHS_MAX).await;
    Ok(end::<B, _>(DOING, tx, months).await?.into_iter().map(ArchiveMonth).collect())
}

/// [`RetentionStore::drop_month`]
pub(super) async fn drop_month<B: Begin>(
    store: &B, month: ArchiveMonth, act: &Act, now: OffsetDateTime,
) -> Result<bool, StoreError>
where
    B::Tx: RetentionTx,
{
    const DOING: &str = "drop_month";
    let mut tx = store.begin(DOING).await?;
    let dropped = async {
        let dropped = tx.archive_drop(month.0, now).await?;
        if dropped {
            let details = json!({ "month": month.to_string() });
            tx.log(&LogRow::new("events.drop_month", 1, &details, act, now)).await?;
        }
        Ok(dropped)
    };
    let dropped = dropped.await;
    end::<B, _>(DOING, tx, dropped).await
}

async fn purge<T: RetentionTx>(
    tx: &mut T, fate: Fate, (before, after): (OffsetDateTime, i64), act: &Act, now: OffsetDateTime,
) -> Result<Purged, StoreError> {
    tx.purge_begin().await?;
    if fate == Fate::Archived {
        tx.archive_begin().await?;
    }
    let rows = tx.purge_page(after, before, PURGE_PAGE_MAX).await?;
    let full = rows.len() >= PURGE_PAGE_MAX as usize;
    // Numbers are given in the order in which events come, but for those that come at the same moment.
    let next = rows.last().filter(|(_, came_before, _)| full && *came_before).map(|(no, ..)| *no);
    let events: Vec<i64> = rows.iter().filter(|(_, _, can_go)| *can_go).map(|(no, ..)| *no).collect();
    if events.is_empty() {
        return Ok(Purged { next, ..Purged::default() });
    }
    if fate == Fate::Archived {
        tx.archive_write(&events, now).await?;
    }
    tx.purge_announcements(&events).await?;
    let notices = tx.purge_notices(&events).await?;
    let decisions = tx.purge_decisions(&events).await?;
    let purged = Purged { events: tx.purge_events(&events, now).await?, decisions, notices, next };
    let details = json!({
        "applied_before": before.format(&Rfc3339).ok(), "decisions": decisions, "notices": notices,
        "first": events.first(), "last": events.last(),
    });
    tx.log(&LogRow::new(fate.action(), purged.events, &details, act, now)).await?;
    Ok(purged)
}
