//! What was settled long ago leaves the database: decisions, letters and payloads go; keys and the ledger stay.

use async_trait::async_trait;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::flow::{Begin, LetterTx};
use super::letters::log::LogRow;
use super::{Act, StoreError};

/// Events that one transaction looks at, at most: some thousand rows in ten tables.
pub const PURGE_PAGE_MAX: u32 = 1_000;

/// What a page of a purge took out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    /// Events of which no more is left than what they are about.
    pub events: u64,
    /// Decisions deleted.
    pub decisions: u64,
    /// Notices deleted, each with its history.
    pub notices: u64,
    /// Where the next page begins; `None`: no event behind it came before the moment.
    pub next: Option<i64>,
}

/// The use case of retention. As in [`Store`](super::Store), every method is one transaction.
#[async_trait]
pub trait RetentionStore {
    /// Purges a page of the inbox: of at most [`PURGE_PAGE_MAX`] events with a number above `after`, those that were
    /// applied before `before` and have nothing left to send or to announce. Their decisions, notices, histories and
    /// announcements are deleted, and of their payloads no more is left than what they are about (ids, cause, times).
    /// The ledger stays whole, and so does each event's key: one that comes again is a duplicate. `dry_run` rolls it
    /// back. What is purged is a row of the operators' log.
    async fn purge_events(
        &self, before: OffsetDateTime, after: i64, dry_run: bool, act: &Act, now: OffsetDateTime,
    ) -> Result<Purged, StoreError>;
}

/// The statements of a purge: a method a statement, each in an SQL file of its name.
#[async_trait]
pub(super) trait RetentionTx: LetterTx {
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
    /// Shortens their payloads; how many.
    async fn purge_events(&mut self, events: &[i64], now: OffsetDateTime) -> Result<u64, StoreError>;
}

/// [`RetentionStore::purge_events`]
pub(super) async fn purge_events<B: Begin>(
    store: &B, (before, after): (OffsetDateTime, i64), dry_run: bool, act: &Act, now: OffsetDateTime,
) -> Result<Purged, StoreError>
where
    B::Tx: RetentionTx,
{
    const DOING: &str = "purge_events";
    let mut tx = store.begin(DOING).await?;
    match page(&mut tx, (before, after), act, now).await {
        Ok(purged) if dry_run => {
            B::roll_back(tx).await;
            Ok(purged)
        }
        Ok(purged) => B::commit(DOING, tx).await.map(|()| purged),
        Err(error) => {
            B::roll_back(tx).await;
            Err(error)
        }
    }
}

async fn page<T: RetentionTx>(
    tx: &mut T, (before, after): (OffsetDateTime, i64), act: &Act, now: OffsetDateTime,
) -> Result<Purged, StoreError> {
    let rows = tx.purge_page(after, before, PURGE_PAGE_MAX).await?;
    let full = rows.len() >= PURGE_PAGE_MAX as usize;
    // Numbers are given in the order in which events come, but for those that come at the same moment.
    let next = rows.last().filter(|(_, came_before, _)| full && *came_before).map(|(no, ..)| *no);
    let events: Vec<i64> = rows.iter().filter(|(_, _, can_go)| *can_go).map(|(no, ..)| *no).collect();
    if events.is_empty() {
        return Ok(Purged { next, ..Purged::default() });
    }
    tx.purge_announcements(&events).await?;
    let notices = tx.purge_notices(&events).await?;
    let decisions = tx.purge_decisions(&events).await?;
    let purged = Purged { events: tx.purge_events(&events, now).await?, decisions, notices, next };
    let details = json!({
        "applied_before": before.format(&Rfc3339).ok(), "decisions": decisions, "notices": notices,
        "first": events.first(), "last": events.last(),
    });
    tx.log(&LogRow::new("events.purge", purged.events, &details, act, now)).await?;
    Ok(purged)
}
