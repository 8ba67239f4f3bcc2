//! The words of the store: what goes in and what comes out of its use cases.

use std::collections::BTreeMap;
use std::sync::Arc;

use time::OffsetDateTime;

use super::DeadLetter;
use crate::event::{Event, EventKey, Message};
use crate::policy::{Ground, Reason, Returned, Verdict};

/// A decoded event with the message it came in.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// What it says.
    pub event: Event,
    /// As it came: kept in the dead letter if it has to become one.
    pub message: Arc<Message>,
}

/// What one transaction takes in.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Events, in the order of delivery. The same event may stand in it more than once.
    pub arrivals: Vec<Arrival>,
    /// Messages that were no events.
    pub dead: Vec<DeadLetter>,
}

/// What became of one arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Decided and written.
    Applied {
        /// Which event.
        key: EventKey,
        /// Proposals credited.
        credits: u64,
        /// Connects returned.
        connects: i64,
        /// Both, by reason.
        returned: Vec<Returned>,
        /// Decisions written.
        decisions: u64,
        /// Notices put into the outbox.
        notices: u64,
    },
    /// Too large for a batch: recorded, to be applied in chunks.
    FanningOut {
        /// Which event.
        key: EventKey,
    },
    /// Recorded, to be decided again when `due`.
    Waiting {
        /// Which event.
        key: EventKey,
        /// What it waits for (`Missing::code`, or `suspension_not_final`).
        code: &'static str,
        /// When it is tried again.
        due: OffsetDateTime,
    },
    /// Known before, with the same content. Nothing was written.
    Duplicate {
        /// Which event.
        key: EventKey,
    },
    /// Became a dead letter: a conflict, refused by the policy, or waited too often.
    Dead {
        /// Which event.
        key: EventKey,
        /// Its code.
        code: String,
    },
}

/// Hears what a step of a fan-out did, once it is committed.
pub type FanOutTold<'a> = &'a (dyn Fn(FanOutStep) + Send + Sync);

/// What a step of a fan-out did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FanOutStep {
    /// No event fans out, or others hold them all.
    Idle,
    /// The accounts of an event were listed.
    Planned {
        /// Which event.
        key: EventKey,
        /// How many accounts.
        accounts: u64,
    },
    /// A chunk was applied; there may be more.
    Advanced {
        /// What the chunk did.
        outcome: Outcome,
        /// It was the last: the event is applied (or waits for the end of its hold).
        done: bool,
    },
}

/// State of a notice in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NoticeState {
    /// To be sent when due.
    Pending,
    /// A worker is at it.
    Leased,
    /// The server took it (RFC 5321 2xx after the final dot), or it lies in the folder.
    Sent,
    /// Put off after a transient refusal.
    Deferred,
    /// Given up: refused for good, too old, bounced, or not renderable.
    Failed,
    /// Not sent: its person has no address that mail can go to.
    Undeliverable,
    /// Not sent: the address is suppressed.
    Suppressed,
    /// Cut off after DATA: it may or may not have arrived.
    Unknown,
    /// Kept back: by a replay without mail, or because the policy sends no late mail.
    Withheld,
}

impl NoticeState {
    /// Every state.
    pub const ALL: [NoticeState; 9] = [
        NoticeState::Pending,
        NoticeState::Leased,
        NoticeState::Sent,
        NoticeState::Deferred,
        NoticeState::Failed,
        NoticeState::Undeliverable,
        NoticeState::Suppressed,
        NoticeState::Unknown,
        NoticeState::Withheld,
    ];

    /// Stable name, as in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            NoticeState::Pending => "pending",
            NoticeState::Leased => "leased",
            NoticeState::Sent => "sent",
            NoticeState::Deferred => "deferred",
            NoticeState::Failed => "failed",
            NoticeState::Undeliverable => "undeliverable",
            NoticeState::Suppressed => "suppressed",
            NoticeState::Unknown => "unknown",
            NoticeState::Withheld => "withheld",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// How far an event of the inbox has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventState {
    /// Decided and written.
    Applied,
    /// Applied in chunks.
    FanningOut,
    /// Tried again when due.
    Waiting,
    /// Given up: a dead letter holds it.
    Dead,
}

impl EventState {
    /// Stable name, as in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            EventState::Applied => "applied",
            EventState::FanningOut => "fanning_out",
            EventState::Waiting => "waiting",
            EventState::Dead => "dead",
        }
    }
}

/// An event of the inbox, without its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSummary {
    /// Its number, rising in the order in which events came.
    pub no: i64,
    /// Its identity.
    pub key: EventKey,
    /// Its type.
    pub event_type: String,
    /// How far it has come (`events.state`).
    pub state: String,
    /// What it waits for, or why it is dead.
    pub code: Option<String>,
    /// Attempts so far.
    pub attempts: u32,
    /// When it happened.
    pub occurred_at: OffsetDateTime,
    /// When it came.
    pub received_at: OffsetDateTime,
    /// When it is tried again.
    pub due_at: Option<OffsetDateTime>,
}

/// Which migrations there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MigrationStatus {
    /// Applied, `0001_name`, in order.
    pub applied: Vec<String>,
    /// Known to this version and not applied, in order.
    pub pending: Vec<PendingMigration>,
    /// Applied by a newer makegood.
    pub unknown: Vec<i64>,
    /// The newest migration that this version knows.
    pub newest: i64,
    /// Programs must know this migration to work on the schema. `None`: the database is older than that rule.
    pub needs: Option<i64>,
}

/// A migration that is to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingMigration {
    /// `0001_name`.
    pub name: String,
    /// What it is for.
    pub summary: String,
    /// Whether daemons of the version before may go on while it runs and afterwards: it only adds.
    pub expands: bool,
}

/// Numbers for metrics.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stats {
    /// Notices by state; states with none are absent, and so is `sent`: it would mean counting the whole table.
    pub notices: BTreeMap<&'static str, u64>,
    /// Age in seconds of the oldest notice that is due and unsent.
    pub oldest_due_notice_seconds: f64,
    /// Events that wait.
    pub events_waiting: u64,
    /// Age in seconds of the oldest of them: since it was received.
    pub oldest_waiting_event_seconds: f64,
    /// Events that fan out.
    pub events_fanning_out: u64,
    /// Dead letters that are open.
    pub dead_letters: u64,
    /// Age in seconds of the oldest of them: since it first came.
    pub oldest_dead_letter_seconds: f64,
    /// Announcements that are due, not published and not under way.
    pub announcements_due: u64,
    /// Age in seconds of the oldest of them.
    pub oldest_due_announcement_seconds: f64,
}

/// Whether the ledger agrees with itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agreement {
    /// Accounts looked at.
    pub accounts: u64,
    /// Entries looked at.
    pub entries: u64,
    /// Accounts whose balance is not the sum of their entries, at most 20.
    pub disagreeing: Vec<String>,
    /// Charges with more than one return, at most 20.
    pub doubled: Vec<String>,
}

impl Agreement {
    /// Nothing disagrees.
    pub fn holds(&self) -> bool {
        self.disagreeing.is_empty() && self.doubled.is_empty()
    }
}

/// One decision, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    /// The event.
    pub key: EventKey,
    /// Its type.
    pub event_type: String,
    /// Name of the person who had submitted the proposal; the id where no name is known.
    pub person: String,
    /// The proposal.
    pub proposal: String,
    /// Title of the job.
    pub job_title: String,
    /// The account.
    pub account: String,
    /// What became of it.
    pub verdict: Verdict,
    /// Why it happened.
    pub reason: Reason,
    /// Why nothing came back.
    pub ground: Option<Ground>,
    /// Connects.
    pub amount: i64,
    /// The rule that decided.
    pub rule: String,
    /// Balance of the account now.
    pub balance: i64,
}

/// Connections of one pool to the database at a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PoolUse {
    /// `work`: intake and outbox; `questions`: everybody else.
    pub name: &'static str,
    /// At work.
    pub used: u64,
    /// Open and free.
    pub idle: u64,
    /// As many as may be open.
    pub max: u64,
}

impl PoolUse {
    pub(super) fn new<DB: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<DB>) -> Self {
        let (open, max) = (u64::from(pool.size()), pool.options().get_max_connections().into());
        let idle = (pool.num_idle() as u64).min(open);
        Self { name, used: open - idle, idle, max }
    }
}
