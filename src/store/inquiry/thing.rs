//! What is asked, and the answer's material.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::{
    HistoryRow, SeenAccount, SeenAnnouncement, SeenAttempt, SeenDecision, SeenEntry, SeenEvent, SeenFinding, SeenJob,
    SeenLetter, SeenNotice, SeenNoticeEvent, SeenPerson, SeenProposal,
};

/// What an id may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ThingKind {
    /// One proposal on one job.
    Proposal,
    /// A human being.
    Person,
    /// A balance of Connects.
    Account,
    /// A job post.
    Job,
    /// Who posts jobs.
    Client,
    /// An event of the inbox.
    Event,
    /// A notice of the outbox.
    Notice,
    /// A line of the ledger.
    Entry,
}

impl ThingKind {
    /// Every kind, as commands list them.
    pub const ALL: [ThingKind; 8] = [
        ThingKind::Proposal,
        ThingKind::Person,
        ThingKind::Account,
        ThingKind::Job,
        ThingKind::Client,
        ThingKind::Event,
        ThingKind::Notice,
        ThingKind::Entry,
    ];

    /// Stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            ThingKind::Proposal => "proposal",
            ThingKind::Person => "person",
            ThingKind::Account => "account",
            ThingKind::Job => "job",
            ThingKind::Client => "client",
            ThingKind::Event => "event",
            ThingKind::Notice => "notice",
            ThingKind::Entry => "entry",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// One thing that can be asked about.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Thing {
    /// What it is.
    pub kind: ThingKind,
    /// Its id; of an event the CloudEvents id.
    pub id: String,
    /// Of an event: its CloudEvents source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Of an event: its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_no: Option<i64>,
}

impl Thing {
    /// A thing that its id alone names.
    pub fn new(kind: ThingKind, id: impl Into<String>) -> Thing {
        Thing { kind, id: id.into(), source: None, event_no: None }
    }
}

/// Which proposals of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed<'a> {
    /// Only those behind this proposal: the last of the page before.
    pub before: Option<&'a str>,
    /// At most so many.
    pub limit: u32,
}

/// What an event decided, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Decisions and Connects by verdict.
    pub verdicts: BTreeMap<String, (u64, i64)>,
    /// Notices by state.
    pub notices: BTreeMap<String, u64>,
}

/// All that is known about one thing, as of one moment. Lists are bounded; `more` says which were cut.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dossier {
    /// Accounts that were asked for, or belong to what was.
    pub accounts: Vec<SeenAccount>,
    /// Jobs that were asked for, or that the event names.
    pub jobs: Vec<SeenJob>,
    /// Clients that were asked for: suspended or not.
    pub clients: Vec<(String, bool)>,
    /// People concerned, and whether mail reaches them.
    pub people: Vec<SeenPerson>,
    /// Proposals, in the order of the page.
    pub proposals: Vec<SeenProposal>,
    /// Where the next page of proposals goes on.
    pub next: Option<String>,
    /// Events that speak of it, in the order in which they came.
    pub events: Vec<SeenEvent>,
    /// Decisions, oldest first.
    pub decisions: Vec<SeenDecision>,
    /// Entries of the ledger, oldest first.
    pub entries: Vec<SeenEntry>,
    /// Notices, oldest first.
    pub notices: Vec<SeenNotice>,
    /// What their rows no longer say, in order.
    pub notice_history: Vec<SeenNoticeEvent>,
    /// What the marketplace itself was told.
    pub announcements: Vec<SeenAnnouncement>,
    /// Dead letters that speak of it.
    pub letters: Vec<SeenLetter>,
    /// What happened to them, oldest first.
    pub attempts: Vec<SeenAttempt>,
    /// What the audit found about it, its job or its client.
    pub findings: Vec<SeenFinding>,
    /// Of an event: what it decided, counted.
    pub tally: Tally,
    /// Names of the lists that were cut.
    pub more: Vec<&'static str>,
}

/// A line of a statement: when, and which entry.
pub type Place = (OffsetDateTime, String);

/// Which part of which statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryQuery<'a> {
    /// Whose.
    pub account: &'a str,
    /// Entries at or after this moment.
    pub from: Option<OffsetDateTime>,
    /// Entries before this moment.
    pub before: Option<OffsetDateTime>,
    /// The last line of the page before.
    pub beyond: Option<Place>,
    /// From the end of the period back.
    pub newest_first: bool,
    /// Lines at most.
    pub limit: u32,
}

/// A page of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPage {
    /// The account, if it is known.
    pub account: Option<SeenAccount>,
    /// Lines, in the order asked for.
    pub rows: Vec<HistoryRow>,
    /// The balance before the earliest of them: the sum of all entries before it. Of an empty page the balance at the
    /// end of the period.
    pub opening: i64,
    /// There are lines beyond this page.
    pub more: bool,
}
