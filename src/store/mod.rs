//! Facts, ledger, inbox, outbox and dead letters, on PostgreSQL or SQLite.
//!
//! [`Store`] is drawn by use case: a method is a whole transaction. Both implementations pass the same suite
//! (`tests/it/store/`). Time and randomness are arguments; the end of a lease alone is told by the database's own
//! clock, so that replicas whose clocks disagree still agree on who holds what.

mod announcement;
mod announcement_rows;
mod at;
mod audit;
mod dead;
mod delegate;
mod dlq;
mod effect_rows;
mod erasure;
mod error;
mod flow;
mod import;
mod import_rules;
mod inquiry;
mod letters;
mod migrate;
mod notice;
mod notice_rows;
mod notices;
mod number_rows;
mod open;
mod past;
mod postgres;
mod replay_rows;
mod rows;
mod retention;
mod seals;
mod sqlite;
mod suppressions;
mod types;
mod wait;

pub use announcement::{
    Announced, AnnouncedReturn, AnnouncementLease, AnnouncementResult, AnnouncementStore, Charge, LeasedAnnouncement,
};
pub use audit::{
    AuditCase, AuditCheck, AuditFinding, AuditKey, AuditMark, AuditPage, AuditRule, AuditStore, Canary, Examiner,
    FindingFilter, FindingState, Gap, KnownEvent, RowRepair,
};
pub use dlq::ndjson;
pub use dlq::{
    Act, Attempt, AttemptKind, DEAD_BODY_MAX, DeadClass, DeadLetter, DeadLetterStore, GROUPS_MAX, Letter, LetterFilter,
    LetterGroup, LetterOutcome, LetterPage, LetterState, LetterSummary, OperatorEntry, OperatorFilter, PAGE_MAX,
    Prediction, REPLAY_ITEMS_MAX, Replay, ReplayCall, ReplayEffects, ReplayEnd, ReplayOrder, ReplayState, ReplayStep,
    Selection, Trial,
};
pub use erasure::{Erased, Erasure, ErasureStore, HELD_ROWS_MAX, HeldRows, PersonFacts, PersonHeld};
pub use error::StoreError;
pub use import::{
    ImportAccount, ImportBatch, ImportClient, ImportCounts, ImportEntry, ImportJob, ImportPerson, ImportProposal,
};
pub use inquiry::{
    CLIENT_JOBS_MAX, Dossier, HistoryPage, HistoryQuery, HistoryRow, InquiryStore, Listed, NAMESAKES_MAX, Place,
    SEEN_EVENTS_MAX, SEEN_LETTERS_MAX, SEEN_ROWS_MAX, SeenAccount, SeenAnnouncement, SeenAttempt, SeenDecision,
    SeenEntry, SeenEvent, SeenFinding, SeenJob, SeenLetter, SeenNotice, SeenNoticeEvent, SeenPerson, SeenProposal,
    TALLY_MAX, Tally, Thing, ThingKind,
};
pub use notice::{Address, BadMailbox, LeasedNotice, NoticeResult, Settlement, THROTTLED};
pub use notices::{
    NOTICE_GROUPS_MAX, NoticeAct, NoticeCursor, NoticeDossier, NoticeEvent, NoticeEventKind, NoticeFilter, NoticeGroup,
    NoticeOrder, NoticePage, NoticeSelection, NoticeStore, NoticeSummary, NoticesChanged,
};
pub use open::{StoreOptions, open};
pub use past::{
    PAST_ACCOUNTS_MAX, PAST_EVENTS_MAX, PastDecision, PastEvent, PastFacts, PastSpan, PastStore, PastWindow,
};
pub use retention::{ArchiveMonth, Fate, PURGE_PAGE_MAX, Purged, RetentionStore};
pub use seals::{SEAL_ENTRIES_MAX, Seal, SealStep, SealStore};
pub use suppressions::{
    BOUNCES_MAX, BounceEntry, BounceKind, BounceStore, Bounced, BouncedNotice, HELD_PEOPLE_MAX, ReleaseSelection,
    Released, SUPPRESSIONS_MAX, Suppression, SuppressionCause, SuppressionFilter, SuppressionStore,
};
pub use types::{
    Agreement, Arrival, Batch, EventState, EventSummary, FanOutStep, FanOutTold, MigrationStatus, NoticeState, Outcome,
    PendingMigration, PoolUse, ReportRow, Stats,
};
pub use wait::WaitRule;

use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::event::Event;
use crate::policy::{Facts, Ruling, Stage};

/// What decides. Pure and quick: it runs inside the transaction.
pub trait Judge: Send + Sync {
    /// Decides one event over locked facts.
    ///
    /// It must also take what it decided into the facts ([`Facts::record`]), so that the next event of the batch sees
    /// it.
    fn judge(&self, event: &Event, stage: Stage, facts: &mut Facts) -> Ruling;

    /// The version of the policy that will decide the event, where that is known beforehand: a row that is right from
    /// the first is written once.
    fn version(&self, _event: &Event) -> Option<String> {
        None
    }
}

impl<F: Fn(&Event, Stage, &mut Facts) -> Ruling + Send + Sync> Judge for F {
    fn judge(&self, event: &Event, stage: Stage, facts: &mut Facts) -> Ruling {
        self(event, stage, facts)
    }
}

/// The use cases of the database. Every method is one transaction; none holds one open across anything but SQL and the
/// [`Judge`]. None retries: an error says whether trying again may help ([`StoreError`]).
///
/// Futures must run to their end: dropping one in `begin` or `commit` can leave an open transaction in the pool (sqlx
/// #4385). Time is bounded by the server (`statement_timeout`, `lock_timeout`, `busy_timeout`), not by cancelling.
#[async_trait]
pub trait Store:
    AnnouncementStore
    + AuditStore
    + BounceStore
    + DeadLetterStore
    + ErasureStore
    + InquiryStore
    + NoticeStore
    + RetentionStore
    + SealStore
    + PastStore
    + SuppressionStore
    + Send
    + Sync
    + std::fmt::Debug
{
    /// Brings the schema to this version, under a lock. Safe to call from several processes at once.
    async fn migrate(&self) -> Result<MigrationStatus, StoreError>;

    /// Which migrations are applied and which are missing. Never writes.
    async fn migration_status(&self) -> Result<MigrationStatus, StoreError>;

    /// A round trip that proves the database answers and has this version's schema.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Takes a batch of arrivals in: inbox, decisions, ledger, balances, outbox and dead letters, all or nothing.
    ///
    /// The answer has one [`Outcome`] for each of `batch.arrivals`, in order, up to the one with which the
    /// transaction would have more than [`StoreOptions::batch_proposals_max`] proposals, but for at least one: those
    /// from there on are as if they had not been given; give them again. An event seen before is an answer, not an
    /// error. An event with more proposals than [`StoreOptions::inline_proposals_max`] is left to [`Store::fan_out`].
    /// Accounts are locked in the order of their ids before facts are read.
    async fn apply(
        &self, batch: &Batch, judge: &dyn Judge, wait: &WaitRule, now: OffsetDateTime,
    ) -> Result<Vec<Outcome>, StoreError>;

    /// Decides up to `limit` waiting events whose time has come, skipping those another process holds.
    ///
    /// Where the database refuses what one of them does, all are rolled back with that error; call again with a `limit`
    /// of 1: an event refused alone is put off (code `store_refused`) by `wait`, and buried after its last attempt.
    async fn apply_due(
        &self, limit: u32, judge: &dyn Judge, wait: &WaitRule, now: OffsetDateTime,
    ) -> Result<Vec<Outcome>, StoreError>;

    /// One step of one event that fans out: the list of its accounts, or the next chunk of them with the cursor, in one
    /// transaction. Skips events another process is at. Call again until [`FanOutStep::Idle`]. An event whose chunk the
    /// database refuses is put off as in [`Store::apply_due`].
    async fn fan_out(&self, judge: &dyn Judge, wait: &WaitRule, now: OffsetDateTime) -> Result<FanOutStep, StoreError>;

    /// As [`Store::fan_out`], up to `chunks_max` chunks of one event in a row, each in a transaction of its own: on
    /// PostgreSQL the next one is decided while this one is written. `told` hears of each step once it is committed;
    /// `false`: there was none to take. A chunk beyond the first that goes wrong ends the row, and is met again by the
    /// next call.
    async fn fan_out_chunks(
        &self, judge: &dyn Judge, wait: &WaitRule, now: OffsetDateTime, chunks_max: usize, told: FanOutTold<'_>,
    ) -> Result<bool, StoreError>;

    /// Records dead letters that have no place in a [`Batch`]. The same letter again ([`DeadLetter::digest`]) raises
    /// its count and takes the newest cause; one that had been settled is open again.
    async fn bury(&self, letters: &[DeadLetter], now: OffsetDateTime) -> Result<(), StoreError>;

    /// Leases up to `limit` notices that are due, or whose lease has run out, for `lease_for` under the fencing
    /// `token`. Oldest due first. Each comes with the address as it is now and whether it is suppressed.
    async fn lease_notices(
        &self, limit: u32, token: Uuid, lease_for: Duration, now: OffsetDateTime,
    ) -> Result<Vec<LeasedNotice>, StoreError>;

    /// Writes down what became of leased notices. Only rows still leased under their tokens change; the number of
    /// them is returned, so that a worker that woke up too late learns it.
    async fn settle_notices(&self, results: &[Settlement], now: OffsetDateTime) -> Result<u64, StoreError>;

    /// Loads facts and entries; what is there already is updated (facts) or left alone (entries, which must be equal).
    /// Balances move with the entries that are new.
    async fn import(&self, batch: &ImportBatch) -> Result<ImportCounts, StoreError>;

    /// Numbers for metrics and health, cheap enough to be read every few seconds.
    async fn stats(&self, now: OffsetDateTime) -> Result<Stats, StoreError>;

    /// Whether every balance equals the sum of its entries, and every charge has at most one return.
    async fn agreement(&self) -> Result<Agreement, StoreError>;

    /// Decisions with names and amounts, newest last, at most `limit`: what `makegood demo` shows.
    async fn report(&self, limit: u32) -> Result<Vec<ReportRow>, StoreError>;

    /// Events of the inbox in this state, newest first, at most `limit` with a number below `before`.
    async fn events(&self, state: EventState, before: Option<i64>, limit: u32)
    -> Result<Vec<EventSummary>, StoreError>;

    /// What of the connections is in use now, for work and for questions.
    fn pools(&self) -> [PoolUse; 2];

    /// Closes the pool after the statements under way.
    async fn close(&self);
}
