//! What a database does inside one transaction: a method a statement, each in an SQL file of its name.

use async_trait::async_trait;
use serde::Serialize;
use time::OffsetDateTime;

use super::{LetterTx, Reach};
use crate::store::announcement_rows::AnnouncementRow;
use crate::store::at::At;
use crate::store::rows::{
    AccountRow, AgainRow, BalanceRow, ClientRow, DecisionRow, EntryRow, EventRow, InboxRow, JobRow, NewEventRow,
    NoticeRow, PriorRow, ProposalRow, ReturnRow,
};
use crate::store::{DeadLetter, StoreError};

/// One event's reach, to be counted: a job's proposals, or those of a client's posts that were open at `since`.
#[derive(Debug, Clone, Serialize)]
pub(in crate::store) struct Scope {
    pub(in crate::store) job: Option<String>,
    pub(in crate::store) client: Option<String>,
    pub(in crate::store) since: At,
}

/// The statements of a transaction under way. Dropping it rolls back.
#[async_trait]
pub(in crate::store) trait Tx: LetterTx {
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
    /// Jobs by id.
    async fn jobs_read(&mut self, jobs: &[String]) -> Result<Vec<JobRow>, StoreError>;
    /// Clients by id.
    async fn clients_read(&mut self, clients: &[String]) -> Result<Vec<ClientRow>, StoreError>;
    /// Those of these people who are known.
    async fn people_read(&mut self, people: &[String]) -> Result<Vec<String>, StoreError>;
    /// Ledger entries that name these proposals, oldest first.
    async fn entries_read(&mut self, proposals: &[String]) -> Result<Vec<EntryRow>, StoreError>;
    /// Earlier decisions about these proposals, oldest first, without those that these events hold themselves.
    async fn prior_read(&mut self, proposals: &[String]) -> Result<Vec<PriorRow>, StoreError>;

    /// Inserts returns; the number of rows.
    async fn returns_write(&mut self, rows: &[ReturnRow]) -> Result<u64, StoreError>;
    /// Raises balances, one row an account; the number of rows changed.
    async fn balances_raise(&mut self, rows: &[BalanceRow]) -> Result<u64, StoreError>;
    /// Writes decisions, replacing what their event holds; `(event_no, proposal_id)` of those written.
    async fn decisions_write(&mut self, rows: &[DecisionRow]) -> Result<Vec<(i64, String)>, StoreError>;
    /// Puts notices into the outbox, or adds their lines to the notice that is there; the number of rows.
    async fn notices_write(&mut self, rows: &[NoticeRow]) -> Result<u64, StoreError>;
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
