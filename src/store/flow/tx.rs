//! What a database does inside one transaction: a method a statement, each in an SQL file of its name.

use std::collections::HashMap;

use async_trait::async_trait;
use serde::Serialize;
use time::OffsetDateTime;

use super::{LetterTx, Reach};
use crate::store::announcement_rows::AnnouncementRow;
use crate::store::at::At;
use crate::store::effect_rows::{EffectRows, EffectsWritten};
use crate::store::rows::{AccountRow, AgainRow, EventRow, FactRow, InboxRow, NewEventRow, ProposalRow};
use crate::store::{DeadLetter, StoreError};

/// One event's reach, to be counted: a job's proposals, or those of a client's posts that were open at `since`.
#[derive(Debug, Clone, Serialize)]
pub(in crate::store) struct Scope {
    pub(in crate::store) job: Option<String>,
    pub(in crate::store) client: Option<String>,
    pub(in crate::store) since: At,
}

/// How many proposals are decided in one transaction.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Limits {
    /// Of one event; one with more is too large, and left to the fan-out.
    pub(in crate::store) each: i64,
    /// Of all its events.
    pub(in crate::store) all: i64,
}

impl Limits {
    /// How many proposals each event has; `None`: too many to be decided at once.
    pub(in crate::store) fn sizes(self, counts: Vec<i64>) -> Vec<Option<i64>> {
        counts.into_iter().map(|count| Some(count).filter(|count| *count <= self.each)).collect()
    }

    /// How many of the events, from the first on, are decided in one transaction: at least one. One that is too large
    /// takes no share, as it is not decided there.
    pub(in crate::store) fn share(self, sizes: &[Option<i64>]) -> usize {
        let mut left = self.all;
        let beyond = sizes.iter().position(|size| {
            left -= size.unwrap_or(0);
            left < 0
        });
        beyond.map_or(sizes.len(), |first| first.max(1))
    }
}

/// An event that this transaction answers for.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Taken {
    /// Its number; `None`: its key is known.
    pub(in crate::store) no: Option<i64>,
    /// It is not too large to be decided at once.
    pub(in crate::store) fits: bool,
}

/// The statements of a transaction under way. Dropping it rolls back.
#[async_trait]
pub(in crate::store) trait Tx: LetterTx {
    /// Takes events whose key is new into the inbox, from the first on, as many as `limits` let one transaction decide;
    /// one answer for each of them. No key comes twice.
    async fn take_in(
        &mut self, rows: &[NewEventRow], scopes: &[Scope], limits: Limits, now: OffsetDateTime,
    ) -> Result<Vec<Taken>, StoreError> {
        let counts = self.scope_count(scopes, limits.each.saturating_add(1)).await?;
        let sizes = limits.sizes(counts);
        let (rows, _) = rows.split_at(limits.share(&sizes).min(rows.len()));
        let new = self.events_insert(rows, now).await?;
        let new: HashMap<_, _> = new.into_iter().map(|(no, source, id)| ((source, id), no)).collect();
        let taken = rows.iter().zip(sizes).map(|(row, size)| {
            let no = new.get(&(row.source.clone(), row.event_id.clone())).copied();
            Taken { no, fits: size.is_some() }
        });
        Ok(taken.collect())
    }
    /// Inserts events whose key is new and returns `(event_no, source, event_id)` of those.
    async fn events_insert(
        &mut self, rows: &[NewEventRow], now: OffsetDateTime,
    ) -> Result<Vec<(i64, String, String)>, StoreError>;
    /// `(source, event_id, payload_hash)` of events in the inbox.
    async fn events_stored(&mut self, keys: &[(&str, &str)]) -> Result<Vec<(String, String, Vec<u8>)>, StoreError>;
    /// Counts events that came again. One that another transaction is at is passed over: the intake waits for nobody.
    async fn events_again(&mut self, rows: &[AgainRow], now: OffsetDateTime) -> Result<(), StoreError>;
    /// Locks waiting events whose time has come, oldest due first.
    async fn events_due(&mut self, limit: u32, now: OffsetDateTime) -> Result<Vec<InboxRow>, StoreError>;
    /// Locks the event that fans out and has waited longest for a step.
    async fn events_fan_out_next(&mut self) -> Result<Option<InboxRow>, StoreError>;
    /// Locks one event that waits or fans out.
    async fn events_lock(&mut self, event: i64) -> Result<Option<InboxRow>, StoreError>;
    /// Writes what events became; the number of rows changed.
    async fn events_settle(&mut self, rows: &[EventRow]) -> Result<u64, StoreError>;

    /// Proposals in each scope, in order, counted up to `limit`.
    async fn scope_count(&mut self, scopes: &[Scope], limit: i64) -> Result<Vec<i64>, StoreError>;
    /// Locks the accounts of all proposals in reach, in the order of their ids, and reads them.
    async fn reach_lock(&mut self, reach: &Reach) -> Result<Vec<AccountRow>, StoreError>;
    /// The proposals in reach.
    async fn scope_proposals(&mut self, reach: &Reach) -> Result<Vec<ProposalRow>, StoreError>;
    /// Locks these accounts, in the order of their ids, and reads them.
    async fn accounts_lock(&mut self, accounts: &[String]) -> Result<Vec<AccountRow>, StoreError>;
    /// The proposals in reach that these accounts paid for.
    async fn chunk_proposals(&mut self, reach: &Reach, accounts: &[String]) -> Result<Vec<ProposalRow>, StoreError>;
    /// What is known around these proposals: their jobs, the ledger entries that name them and earlier decisions about
    /// them, oldest first; and the clients and people in reach.
    async fn facts_read(
        &mut self, jobs: &[String], proposals: &[String], reach: &Reach,
    ) -> Result<Vec<FactRow>, StoreError>;

    /// Writes returns, balances with them, decisions in place of what their event holds, and notices, or lines of
    /// theirs into those that are there.
    async fn effects_write(&mut self, rows: &EffectRows) -> Result<EffectsWritten, StoreError>;
    /// Makes the notices these events hold back due now.
    async fn notices_release(&mut self, events: &[i64], now: OffsetDateTime) -> Result<(), StoreError>;
    /// Writes down what is to be announced, after its notices and returns; the number of rows.
    async fn announcements_write(&mut self, rows: &[AnnouncementRow]) -> Result<u64, StoreError>;
    /// Lets the announcements of these events' notices follow what became of the notices.
    async fn announcements_follow(&mut self, events: &[i64]) -> Result<(), StoreError>;
    /// Writes dead letters or counts them up.
    async fn bury(&mut self, letters: &[DeadLetter], now: OffsetDateTime) -> Result<(), StoreError>;

    /// Lists the accounts an event has to come to; their number.
    async fn fanout_list(&mut self, event: i64, reach: &Reach) -> Result<u64, StoreError>;
    /// The next accounts after `cursor`.
    async fn fanout_next(&mut self, event: i64, cursor: &str, limit: i64) -> Result<Vec<String>, StoreError>;
    /// Those of `people` who submitted for, own or manage an account that comes after `cursor`.
    async fn fanout_people(&mut self, event: i64, cursor: &str, people: &[String]) -> Result<Vec<String>, StoreError>;
    /// Forgets the list.
    async fn fanout_end(&mut self, event: i64) -> Result<(), StoreError>;
}
