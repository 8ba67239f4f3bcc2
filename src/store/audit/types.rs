//! What the audit looks at, what it finds, and what becomes of that.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use crate::policy::Facts;

/// A check: what it walks over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AuditCheck {
    /// Closed jobs: charges that nothing gave back and no event decided.
    Jobs,
    /// Suspended clients: the same, of their open jobs.
    Clients,
    /// Decisions: against returns and notices.
    Decisions,
    /// Returns: against events, decisions, jobs and announcements.
    Entries,
    /// Balances: against the sums of entries.
    Accounts,
    /// Notices: against decisions and announcements.
    Notices,
    /// Seals: against the entries they are over.
    Seals,
    /// Leases, events, fan-outs and replays that stand still.
    Stuck,
    /// The audit itself.
    Canary,
}

impl AuditCheck {
    /// Those that walk over a table.
    pub const WALKS: [AuditCheck; 7] = [
        AuditCheck::Jobs,
        AuditCheck::Clients,
        AuditCheck::Decisions,
        AuditCheck::Entries,
        AuditCheck::Accounts,
        AuditCheck::Notices,
        AuditCheck::Seals,
    ];

    /// Stable name, as in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            AuditCheck::Jobs => "jobs",
            AuditCheck::Clients => "clients",
            AuditCheck::Decisions => "decisions",
            AuditCheck::Entries => "returns",
            AuditCheck::Accounts => "balances",
            AuditCheck::Notices => "notices",
            AuditCheck::Seals => "sealed",
            AuditCheck::Stuck => "stuck",
            AuditCheck::Canary => "canary",
        }
    }

    /// Its order goes with time, so that what is new lies behind what was seen.
    pub fn has_a_front(self) -> bool {
        matches!(self, AuditCheck::Jobs | AuditCheck::Decisions | AuditCheck::Entries | AuditCheck::Notices)
    }

    /// The key a subject of this check stands for; only the parts by which it is looked up.
    pub(in crate::store) fn key(self, subject: &str) -> Option<AuditKey> {
        let start = AuditKey::start();
        match self {
            AuditCheck::Decisions | AuditCheck::Notices => {
                let (no, id) = subject.split_once(':')?;
                Some(AuditKey { no: no.parse().ok()?, id: id.to_owned(), ..start })
            }
            _ => Some(AuditKey { id: subject.to_owned(), ..start }),
        }
    }
}

/// Before every fact. Not the calendar's first day: PostgreSQL's begins later.
const EARLIEST: OffsetDateTime = time::macros::datetime!(0001-01-01 00:00 UTC);

/// A place in a check's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditKey {
    /// A moment, where the order goes by one.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// A number, where it goes by one.
    pub no: i64,
    /// An id.
    pub id: String,
}

impl AuditKey {
    /// Before everything.
    pub fn start() -> AuditKey {
        AuditKey { at: EARLIEST, no: i64::MIN, id: String::new() }
    }
}

/// How to look.
#[derive(Debug, Clone, Copy)]
pub struct AuditRule {
    /// As of when.
    pub now: OffsetDateTime,
    /// How long something may be late before it counts as missing.
    pub lag: Duration,
    /// Subjects in one page at most.
    pub page: u32,
    /// Notices and returns are announced.
    pub announces: bool,
}

impl AuditRule {
    /// What is younger than this is left alone.
    pub fn before(&self) -> OffsetDateTime {
        self.now.saturating_sub(self.lag)
    }

    /// From when on what is found now counts. A suspension has no moment of its own among the facts, so its lag begins
    /// when it is first seen.
    pub(in crate::store) fn due(&self, check: AuditCheck) -> OffsetDateTime {
        if check == AuditCheck::Clients { self.now.saturating_add(self.lag) } else { self.now }
    }

    /// The lag as the databases count.
    pub(in crate::store) fn lag_micros(&self) -> i64 {
        i64::try_from(self.lag.whole_microseconds()).unwrap_or(i64::MAX)
    }
}

/// An event of the inbox that can explain what became of a job or client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownEvent {
    /// Its number.
    pub no: i64,
    /// Its type.
    pub event_type: String,
    /// When it happened.
    pub at: OffsetDateTime,
    /// `events.state`
    pub state: String,
    /// Its canonical text.
    pub payload: String,
}

/// A closed job, or a suspended client, with proposals that nothing was given back for.
#[derive(Debug)]
pub struct AuditCase<'a> {
    /// [`AuditCheck::Jobs`] or [`AuditCheck::Clients`].
    pub check: AuditCheck,
    /// The job or client.
    pub subject: &'a str,
    /// Events about it, newest first.
    pub events: &'a [KnownEvent],
    /// The proposals in question, or a part of them.
    pub proposals: &'a [String],
}

/// Judges a case over the facts about it; `None`: the policy gives nothing back.
pub type Examiner<'a> = dyn Fn(&AuditCase<'_>, &mut Facts) -> Option<Gap> + Send + Sync + 'a;

/// Something that does not agree, as it was just seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Stable code.
    pub code: String,
    /// What kind of thing `subject` is: job, client, decision, entry, account, notice, announcement, event, replay.
    pub kind: String,
    /// Which one.
    pub subject: String,
    /// More about it. Numbers under the same name add up where a subject is examined in parts.
    pub details: Value,
}

/// What a page held.
#[derive(Debug, Clone, Default)]
pub struct AuditPage {
    /// Subjects examined.
    pub examined: u64,
    /// Where the next page begins; `None`: this was the last.
    pub next: Option<AuditKey>,
    /// The last subject, if there was any.
    pub last: Option<AuditKey>,
    /// What does not agree.
    pub gaps: Vec<Gap>,
}

/// Whether the audit sees gaps that were planted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Canary {
    /// It found them all.
    Found,
    /// It missed those of these codes: what it says of others is worth nothing.
    Blind(Vec<&'static str>),
    /// The facts cannot be written: they are views.
    NotPlanted,
}

/// What became of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingState {
    /// It still does not agree.
    Open,
    /// It was repaired.
    Repaired,
    /// An operator has looked and says that it is right.
    Accepted,
    /// It agrees by itself now.
    Gone,
}

impl FindingState {
    /// Every state.
    pub const ALL: [FindingState; 4] =
        [FindingState::Open, FindingState::Repaired, FindingState::Accepted, FindingState::Gone];

    /// Stable name, as in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            FindingState::Open => "open",
            FindingState::Repaired => "repaired",
            FindingState::Accepted => "accepted",
            FindingState::Gone => "gone",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// A finding as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFinding {
    /// Its number.
    pub no: i64,
    /// What does not agree.
    pub gap: Gap,
    /// Its state.
    pub state: FindingState,
    /// When it was first seen.
    pub first_seen: OffsetDateTime,
    /// When it was last seen.
    pub last_seen: OffsetDateTime,
    /// Before this moment it may be no more than late, and counts for nothing.
    pub due_at: OffsetDateTime,
    /// When it was settled.
    pub settled_at: Option<OffsetDateTime>,
    /// Who accepted it or ordered its repair.
    pub operator: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Which findings; every condition that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindingFilter {
    /// In this state.
    pub state: Option<FindingState>,
    /// With this code.
    pub code: Option<String>,
    /// Of this check.
    pub check: Option<AuditCheck>,
    /// About this subject.
    pub subject: Option<String>,
    /// With one of these numbers; empty: any.
    pub nos: Vec<i64>,
}

/// What is repaired in its own row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowRepair {
    /// The balance of this account becomes the sum of its entries.
    Balance(String),
    /// The lease of this notice ends, and it is due.
    Lease(uuid::Uuid),
}

impl RowRepair {
    /// The act's name in the operators' log.
    pub(in crate::store) fn action(&self) -> &'static str {
        match self {
            RowRepair::Balance(_) => "audit.repair-balance",
            RowRepair::Lease(_) => "audit.repair-lease",
        }
    }
}

/// How far a walk has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditMark {
    /// Where it goes on; `None`: at the beginning.
    pub cursor: Option<AuditKey>,
    /// When it began.
    pub began_at: Option<OffsetDateTime>,
    /// When it last came to the end.
    pub completed_at: Option<OffsetDateTime>,
    /// Subjects since it began.
    pub examined: u64,
}
