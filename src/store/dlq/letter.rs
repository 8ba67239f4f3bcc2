//! A dead letter as it is kept, listed and grouped.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use crate::store::DeadClass;

/// Letters in one answer at most: what a page of a terminal, and one transaction, can bear.
pub const PAGE_MAX: u32 = 1_000;

/// Groups in one answer at most.
pub const GROUPS_MAX: u32 = 1_000;

/// What is to happen to a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LetterState {
    /// Somebody has to decide.
    Open,
    /// The broker gave it up; the daemon tries it alone before anybody has to decide.
    Trial,
    /// A replay or a trial applied it.
    Resolved,
    /// An operator put it into the archive.
    Discarded,
}

impl LetterState {
    /// Every state.
    pub const ALL: [LetterState; 4] =
        [LetterState::Open, LetterState::Trial, LetterState::Resolved, LetterState::Discarded];

    /// Stable name, as in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            LetterState::Open => "open",
            LetterState::Trial => "trial",
            LetterState::Resolved => "resolved",
            LetterState::Discarded => "discarded",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// Which letters; every condition that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LetterFilter {
    /// In one of these states; none named: any.
    pub states: Vec<LetterState>,
    /// Of this class.
    pub class: Option<DeadClass>,
    /// With this error code.
    pub code: Option<String>,
    /// Of this event type, as far as it could be read.
    pub event_type: Option<String>,
    /// From this CloudEvents source.
    pub source: Option<String>,
    /// With this CloudEvents id.
    pub event_id: Option<String>,
    /// About this job.
    pub job: Option<String>,
    /// About this client, or about a job of this client.
    pub client: Option<String>,
    /// With this text in the error's message, in any case of the letters of ASCII. No wildcards: `%` and `_` mean
    /// themselves. At most 1,000 bytes.
    pub text: Option<String>,
    /// Of this group.
    pub fingerprint: Option<String>,
    /// Last seen at or after this moment.
    pub seen_from: Option<OffsetDateTime>,
    /// Last seen before this moment.
    pub seen_before: Option<OffsetDateTime>,
}

/// Which part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LetterPage {
    /// Only letters with a lower id: the last id of the page before.
    pub before: Option<i64>,
    /// Letters at most; more than [`PAGE_MAX`] is the same as that.
    pub limit: u32,
}

/// A letter without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterSummary {
    /// Its id, for ever.
    pub id: i64,
    /// What is to happen to it.
    pub state: LetterState,
    /// What kind of trouble.
    pub class: DeadClass,
    /// Stable code of the trouble.
    pub code: String,
    /// For a person.
    pub message: String,
    /// JSON pointer to where in the payload.
    pub pointer: Option<String>,
    /// CloudEvents source, as far as it was read.
    pub source: Option<String>,
    /// CloudEvents id, as far as it was read.
    pub event_id: Option<String>,
    /// Event type, as far as it was read.
    pub event_type: Option<String>,
    /// The job it speaks of.
    pub job: Option<String>,
    /// The client it speaks of.
    pub client: Option<String>,
    /// What groups letters of the same trouble: code, type and place.
    pub fingerprint: String,
    /// How often it came.
    pub times: u64,
    /// Attempts on record: arrivals, trials, replays.
    pub attempts: u64,
    /// When it first came.
    pub first_seen: OffsetDateTime,
    /// When it last came or failed.
    pub last_seen: OffsetDateTime,
    /// When it was resolved or discarded.
    pub settled_at: Option<OffsetDateTime>,
    /// When what it says of a person was taken out, at their request.
    pub erased_at: Option<OffsetDateTime>,
    /// Length of the whole body in bytes.
    pub body_len: u64,
    /// SHA-256 that is this letter's identity.
    pub digest: [u8; 32],
    /// The makegood that failed on it last.
    pub version: String,
}

/// A letter, whole.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// All but the message.
    pub summary: LetterSummary,
    /// The body, or its head ([`DEAD_BODY_MAX`](crate::store::DEAD_BODY_MAX)): shorter than `summary.body_len` then.
    pub body: Vec<u8>,
    /// SHA-256 of the whole body.
    pub body_hash: [u8; 32],
    /// Headers, content type and encoding.
    pub headers: BTreeMap<String, String>,
    /// Exchange it was published to.
    pub exchange: String,
    /// Routing key it was published with.
    pub routing_key: String,
    /// What happened to it, oldest first.
    pub history: Vec<Attempt>,
}

impl Letter {
    /// The body is whole: what is kept can be replayed.
    pub fn is_whole(&self) -> bool {
        self.summary.erased_at.is_none() && self.body.len() as u64 == self.summary.body_len
    }
}

/// Shows neither body nor headers, which may hold what people wrote.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("summary", &self.summary).finish_non_exhaustive()
    }
}

/// What an entry of a letter's history is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptKind {
    /// It came: for the first time, or again after it had been settled.
    Arrival,
    /// It was tried alone by the daemon.
    Trial,
    /// It was replayed.
    Replay,
}

impl AttemptKind {
    /// Stable name, as in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            AttemptKind::Arrival => "arrival",
            AttemptKind::Trial => "trial",
            AttemptKind::Replay => "replay",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [AttemptKind::Arrival, AttemptKind::Trial, AttemptKind::Replay].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// One entry of a letter's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When.
    pub at: OffsetDateTime,
    /// What was done.
    pub kind: AttemptKind,
    /// In which replay.
    pub replay: Option<i64>,
    /// What came of it: `dead`, `begun`, or as [`LetterOutcome::as_str`](super::LetterOutcome::as_str).
    pub outcome: String,
    /// Where it failed: class, code, message, pointer.
    pub class: Option<String>,
    /// Stable code.
    pub code: Option<String>,
    /// For a person.
    pub message: Option<String>,
    /// JSON pointer.
    pub pointer: Option<String>,
    /// Which makegood.
    pub version: String,
}

/// Letters of the same trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterGroup {
    /// What they have in common: code, type and place, as text.
    pub fingerprint: String,
    /// Class of the newest.
    pub class: DeadClass,
    /// Code of the trouble.
    pub code: String,
    /// Event type, as far as it was read.
    pub event_type: Option<String>,
    /// Where in the payload.
    pub pointer: Option<String>,
    /// Letters in it.
    pub letters: u64,
    /// How often they came, together.
    pub times: u64,
    /// When the first came.
    pub first_seen: OffsetDateTime,
    /// When the last came.
    pub last_seen: OffsetDateTime,
    /// Id of the newest: an example.
    pub newest: i64,
    /// Message of the newest.
    pub message: String,
}
