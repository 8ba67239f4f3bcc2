//! Replays: frozen ids, done one by one, each letter in one transaction with everything it does.

use time::OffsetDateTime;

use super::letter::{LetterFilter, LetterState};
use crate::event::DecodeLimits;
use crate::policy::Returned;
use crate::store::{DeadClass, Judge, WaitRule};

/// Letters in one replay at most: their ids are frozen in one transaction.
pub const REPLAY_ITEMS_MAX: u64 = 1_000_000;

/// Which effects of an event a replay has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReplayEffects {
    /// Decisions and returns; the notices are kept back, to be sent by a replay with [`ReplayEffects::Mail`].
    Credit,
    /// Sends the notices of the event that were kept back; never credits, and so never tells of a credit that is not in
    /// the ledger.
    Mail,
    /// All of it.
    Both,
}

impl ReplayEffects {
    /// Every value.
    pub const ALL: [ReplayEffects; 3] = [ReplayEffects::Credit, ReplayEffects::Mail, ReplayEffects::Both];

    /// Stable name, as in the database and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            ReplayEffects::Credit => "credit",
            ReplayEffects::Mail => "mail",
            ReplayEffects::Both => "both",
        }
    }

    /// The effects of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effects| effects.as_str() == name)
    }

    /// States of the letters that such a replay may touch.
    pub fn states(self) -> &'static [LetterState] {
        match self {
            ReplayEffects::Credit | ReplayEffects::Both => &[LetterState::Open],
            ReplayEffects::Mail => &[LetterState::Open, LetterState::Resolved],
        }
    }
}

/// Which letters an act is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "an act has one")]
pub enum Selection {
    /// These.
    Ids(Vec<i64>),
    /// All that match.
    Filter(LetterFilter),
}

/// A replay as it is ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayOrder {
    /// Which letters; those in a state that the effects cannot touch are left out of a filter, and skipped by id.
    pub selection: Selection,
    /// Letters at most; [`REPLAY_ITEMS_MAX`] holds besides.
    pub limit: Option<u64>,
    /// Which effects.
    pub effects: ReplayEffects,
    /// Letters a second at most.
    pub rate: Option<u32>,
    /// Letters a second in each of the first seconds; then `rate`.
    pub ramp: Vec<u32>,
    /// Failures after which it stops.
    pub stop_after_failures: Option<u32>,
    /// The body to use instead of the letter's. One that is a whole event in JSON (it has a `specversion`) replaces the
    /// headers, too. Only with a selection of one id.
    pub patch: Option<Vec<u8>>,
}

/// How far a replay has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReplayState {
    /// Nobody has begun.
    Pending,
    /// Somebody works at it, or did until their lease ran out.
    Running,
    /// Every item was tried.
    Done,
    /// Stopped after too many failures; the rest was not tried.
    Stopped,
    /// Canceled by an operator; the rest was not tried.
    Canceled,
}

impl ReplayState {
    /// Every state.
    pub const ALL: [ReplayState; 5] =
        [ReplayState::Pending, ReplayState::Running, ReplayState::Done, ReplayState::Stopped, ReplayState::Canceled];

    /// Stable name, as in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            ReplayState::Pending => "pending",
            ReplayState::Running => "running",
            ReplayState::Done => "done",
            ReplayState::Stopped => "stopped",
            ReplayState::Canceled => "canceled",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// A replay as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// Its number.
    pub no: i64,
    /// How far it has come.
    pub state: ReplayState,
    /// Who ordered it.
    pub operator: String,
    /// Why.
    pub reason: String,
    /// Which effects.
    pub effects: ReplayEffects,
    /// Letters a second at most.
    pub rate: Option<u32>,
    /// Letters a second in each of the first seconds.
    pub ramp: Vec<u32>,
    /// Failures after which it stops.
    pub stop_after_failures: Option<u32>,
    /// It uses an edited payload.
    pub patched: bool,
    /// Letters in all.
    pub items: u64,
    /// Letters that were applied, wait, or were applied before.
    pub done: u64,
    /// Letters that failed again.
    pub failed: u64,
    /// Letters that were settled by another, or had nothing to do.
    pub skipped: u64,
    /// Proposals credited.
    pub credits: u64,
    /// Connects returned.
    pub connects: i64,
    /// Notices put into the outbox, or let go.
    pub notices: u64,
    /// When it was ordered.
    pub created_at: OffsetDateTime,
    /// When somebody first worked at it.
    pub started_at: Option<OffsetDateTime>,
    /// When it ended.
    pub ended_at: Option<OffsetDateTime>,
    /// Somebody holds it, by the database's clock.
    pub held: bool,
}

/// What a replay, a prediction or a trial decides with.
#[derive(Clone, Copy)]
pub struct ReplayCall<'a> {
    /// Decides.
    pub judge: &'a dyn Judge,
    /// How long events wait.
    pub wait: &'a WaitRule,
    /// Limits on a message.
    pub limits: DecodeLimits,
    /// What time it is.
    pub now: OffsetDateTime,
}

/// What replaying one letter did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetterOutcome {
    /// Decided and written; the letter is resolved.
    Applied {
        /// Proposals credited.
        credits: u64,
        /// Connects returned.
        connects: i64,
        /// Both, by reason.
        returned: Vec<Returned>,
        /// Proposals whose charges had all come back before.
        already: u64,
        /// Decisions written.
        decisions: u64,
        /// Notices put into the outbox, those kept back included.
        notices: u64,
        /// Of these, kept back.
        withheld: u64,
    },
    /// Its event had been applied in another way; the letter is resolved.
    AlreadyApplied,
    /// Too large for one transaction: recorded, the daemon applies it in chunks; the letter is resolved.
    FanningOut,
    /// Its event waits in the database; the letter is resolved, and open again should the event die once more.
    Waiting {
        /// What it waits for.
        code: String,
        /// When it is tried again.
        due: OffsetDateTime,
    },
    /// Notices that had been kept back are on their way.
    Mailed {
        /// How many.
        notices: u64,
    },
    /// Failed again: the same letter, open, with this cause.
    Failed {
        /// What kind of trouble.
        class: DeadClass,
        /// Stable code.
        code: String,
        /// For a person.
        message: String,
        /// JSON pointer.
        pointer: Option<String>,
    },
    /// Nothing was done, and the letter is as it was: another settled it (`resolved`, `discarded`), the daemon is
    /// trying it (`trial`), no such letter (`gone`), or no notice of its event is kept back (`nothing_to_mail`).
    Skipped {
        /// Why.
        code: &'static str,
    },
}

impl LetterOutcome {
    /// Stable name, as in the database.
    pub fn as_str(&self) -> &'static str {
        match self {
            LetterOutcome::Applied { .. } => "applied",
            LetterOutcome::AlreadyApplied => "already_applied",
            LetterOutcome::FanningOut => "fanning_out",
            LetterOutcome::Waiting { .. } => "waiting",
            LetterOutcome::Mailed { .. } => "mailed",
            LetterOutcome::Failed { .. } => "dead",
            LetterOutcome::Skipped { .. } => "skipped",
        }
    }

    /// What its event waits for, why it failed, or why it was left alone.
    pub fn code(&self) -> Option<&str> {
        match self {
            LetterOutcome::Waiting { code, .. } | LetterOutcome::Failed { code, .. } => Some(code),
            LetterOutcome::Skipped { code } => Some(code),
            _ => None,
        }
    }
}

/// What replaying a letter would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prediction {
    /// Which letter.
    pub id: i64,
    /// What would come of it.
    pub outcome: LetterOutcome,
}

/// What a step of a replay did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayStep {
    /// An item was tried.
    Tried {
        /// Which letter.
        id: i64,
        /// What came of it.
        outcome: LetterOutcome,
        /// The replay with this item counted.
        replay: Box<Replay>,
    },
    /// No item is left: call [`replay_end`](super::DeadLetterStore::replay_end).
    Exhausted,
    /// The replay is not ours any more: canceled, or taken over when the lease had run out.
    Lost,
}

/// How a replay ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayEnd {
    /// Every item was tried.
    Done,
    /// Too many failures.
    Stopped,
}

/// The trial of a letter that the broker gave up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trial {
    /// It has begun: call [`trial_apply`](super::DeadLetterStore::trial_apply).
    Begun {
        /// Which letter.
        id: i64,
    },
    /// The process ended during each of its trials: it is an open letter now.
    Condemned {
        /// Which letter.
        id: i64,
    },
}
