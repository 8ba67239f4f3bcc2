//! What has happened, read again so that another policy can be tried on it. Nothing in here writes or locks.

pub(in crate::store) mod rows;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::StoreError;
use crate::event::{Event, ProposalId};
use crate::policy::{Facts, Verdict};

/// Events read at once.
pub const PAST_EVENTS_MAX: u32 = 100;
/// Accounts whose facts are read at once.
pub const PAST_ACCOUNTS_MAX: u32 = 1_000;

/// Which applied events: those that happened in this time, the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastWindow {
    /// At or after this moment.
    pub since: Option<OffsetDateTime>,
    /// Before this moment.
    pub until: Option<OffsetDateTime>,
    /// So many at most, in the order in which they were taken in.
    pub limit: u32,
}

/// How far a window reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastSpan {
    /// Events in it.
    pub events: u64,
    /// Number of the first; 0: none.
    pub first: i64,
    /// Number of the last; 0: none.
    pub last: i64,
}

/// One event of a window.
#[derive(Debug, Clone)]
pub struct PastEvent {
    /// Its number.
    pub no: i64,
    /// The event; none: this makegood cannot read it any more.
    pub event: Option<Event>,
    /// When it was applied.
    pub applied_at: OffsetDateTime,
}

/// A decision on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastDecision {
    /// By which event of the window.
    pub event: i64,
    /// About which proposal.
    pub proposal: ProposalId,
    /// What became of it.
    pub verdict: Verdict,
    /// Connects that came back.
    pub amount: i64,
    /// Code of the reason.
    pub reason: String,
}

/// Facts as they are now, without what the events of the window did.
#[derive(Debug, Clone)]
pub struct PastFacts {
    /// The facts.
    pub facts: Facts,
    /// What the events of the window decided about these proposals, by the record.
    pub decisions: Vec<PastDecision>,
    /// There are more accounts in reach: the last of these; the next page goes on behind it.
    pub next: Option<String>,
}

/// Reads of what has happened; each method is one transaction that can only read.
#[async_trait]
pub trait PastStore {
    /// How far a window reaches now.
    async fn past_span(&self, window: &PastWindow) -> Result<PastSpan, StoreError>;

    /// Its events with a number above `after`, at most `limit` ([`PAST_EVENTS_MAX`]).
    async fn past_events(
        &self, window: &PastWindow, span: PastSpan, after: i64, limit: u32,
    ) -> Result<Vec<PastEvent>, StoreError>;

    /// What some of its events speak of, for the first `limit` ([`PAST_ACCOUNTS_MAX`]) accounts behind `after`.
    async fn past_facts(
        &self, window: &PastWindow, span: PastSpan, events: &[&Event], after: &str, limit: u32,
    ) -> Result<PastFacts, StoreError>;
}
