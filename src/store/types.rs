//! The words of the store: what goes in and what comes out of its use cases.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::LetterState;
use crate::event::{DecodeError, Event, EventKey, Message};
use crate::policy::{Ground, Reason, Verdict};

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

/// How long and how often an event waits for what it speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitRule {
    /// Pause before the second attempt; doubles with each.
    pub first: Duration,
    /// Longest pause.
    pub longest: Duration,
    /// Attempts in all; after the last the event is a dead letter.
    pub attempts_max: u32,
}

impl WaitRule {
    /// The pause after `attempts` attempts (at least 1), or `None` when that was the last.
    ///
    /// Without jitter: the due times of a database that one query polls do not stampede.
    pub fn pause(&self, attempts: u32) -> Option<Duration> {
        (attempts < self.attempts_max).then(|| {
            let factor = 1_u32.checked_shl(attempts.saturating_sub(1).min(31)).unwrap_or(u32::MAX);
            self.first.saturating_mul(factor).min(self.longest)
        })
    }
}

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

/// Class of a dead letter: what kind of trouble, and so what an operator can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeadClass {
    /// No event could be read from it.
    Undecodable,
    /// An event of a type makegood does not handle.
    UnknownType,
    /// The same event id came before with other content.
    Conflict,
    /// What it speaks of never became known.
    Unresolved,
    /// The policy, or a rule of the database, refuses it.
    Refused,
    /// The broker dead-lettered it, or it ended the process whenever it was tried.
    GivenUp,
}

impl DeadClass {
    /// Every class.
    pub const ALL: [DeadClass; 6] = [
        DeadClass::Undecodable,
        DeadClass::UnknownType,
        DeadClass::Conflict,
        DeadClass::Unresolved,
        DeadClass::Refused,
        DeadClass::GivenUp,
    ];

    /// The class of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == name)
    }

    /// Stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            DeadClass::Undecodable => "undecodable",
            DeadClass::UnknownType => "unknown-type",
            DeadClass::Conflict => "conflict",
            DeadClass::Unresolved => "unresolved",
            DeadClass::Refused => "refused",
            DeadClass::GivenUp => "given-up",
        }
    }
}

/// Longest body, in bytes, that a dead letter keeps whole: the default size limit of an event. Of a longer one it keeps
/// this much of the head, its length and its hash.
pub const DEAD_BODY_MAX: usize = 256 * 1024;

/// A message that could not be applied, with its cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// SHA-256 over body, content type, CloudEvents headers, exchange, routing key and code: the same trouble with the
    /// same event is the same letter, whatever a publisher or the broker adds each time (message id, `x-death`).
    pub digest: [u8; 32],
    /// The body, or its head ([`DEAD_BODY_MAX`]).
    pub body: Vec<u8>,
    /// Length of the whole body in bytes.
    pub body_len: u64,
    /// SHA-256 of the whole body.
    pub body_hash: [u8; 32],
    /// Headers, content type and encoding.
    pub headers: BTreeMap<String, String>,
    /// Exchange it came from.
    pub exchange: String,
    /// Routing key it came with.
    pub routing_key: String,
    /// What kind of trouble.
    pub class: DeadClass,
    /// Stable code.
    pub code: String,
    /// For a person: what, where, what to do. No e-mail address.
    pub message: String,
    /// JSON pointer to where in the payload, if it is about one place.
    pub pointer: Option<String>,
    /// The event it would have been, as far as it was read.
    pub event: Option<EventKey>,
    /// Its type, as far as it was read.
    pub event_type: Option<String>,
    /// The job it speaks of, as far as it was read.
    pub job: Option<String>,
    /// The client it speaks of, as far as it was read.
    pub client: Option<String>,
    /// [`LetterState::Open`], or [`LetterState::Trial`] for what the broker gave up.
    pub state: LetterState,
}

impl DeadLetter {
    /// A dead letter of `message`.
    pub fn new(message: &Message, class: DeadClass, code: &str, text: String) -> Self {
        let mut headers = message.headers.clone();
        for (name, value) in [("content-type", &message.content_type), ("content-encoding", &message.content_encoding)]
        {
            if let Some(value) = value {
                headers.insert(name.to_owned(), value.clone());
            }
        }
        DeadLetter {
            digest: digest(message, &headers, code),
            body: message.body.iter().copied().take(DEAD_BODY_MAX).collect(),
            body_len: message.body.len() as u64,
            body_hash: Sha256::digest(&message.body).into(),
            headers,
            exchange: message.exchange.clone(),
            routing_key: message.routing_key.clone(),
            class,
            code: code.to_owned(),
            message: text,
            pointer: None,
            event: None,
            event_type: None,
            job: None,
            client: None,
            state: LetterState::Open,
        }
    }

    /// A message that was no event.
    pub fn undecodable(message: &Message, error: &DecodeError) -> Self {
        let class = if error.is_unknown_type() { DeadClass::UnknownType } else { DeadClass::Undecodable };
        let mut letter = Self::new(message, class, error.code(), error.to_string());
        letter.pointer = error.pointer().map(str::to_owned);
        letter.event = error.event_key().cloned();
        letter.event_type = error.type_text().map(str::to_owned);
        letter
    }

    /// An event that cannot be applied.
    pub fn of_event(arrival: &Arrival, class: DeadClass, code: &str, text: String) -> Self {
        let mut letter = Self::new(&arrival.message, class, code, text);
        letter.event = Some(arrival.event.key.clone());
        letter.event_type = Some(arrival.event.body.event_type().as_str().to_owned());
        letter
    }
}

fn digest(message: &Message, headers: &BTreeMap<String, String>, code: &str) -> [u8; 32] {
    let own = headers.iter().filter(|(name, _)| name.starts_with("cloudEvents") || name.starts_with("content-"));
    let own = own.flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
    let place = [&message.body[..], message.exchange.as_bytes(), message.routing_key.as_bytes(), code.as_bytes()];
    let mut digest = Sha256::new();
    for part in place.into_iter().chain(own) {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
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
    /// Given up: refused for good, too old, no usable address, or not renderable.
    Failed,
    /// Not sent: the address is suppressed.
    Suppressed,
    /// Cut off after DATA: it may or may not have arrived.
    Unknown,
    /// Kept back: by a replay without mail, or because the policy sends no late mail.
    Withheld,
}

impl NoticeState {
    /// Every state.
    pub const ALL: [NoticeState; 8] = [
        NoticeState::Pending,
        NoticeState::Leased,
        NoticeState::Sent,
        NoticeState::Deferred,
        NoticeState::Failed,
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
            NoticeState::Suppressed => "suppressed",
            NoticeState::Unknown => "unknown",
            NoticeState::Withheld => "withheld",
        }
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
    /// Known to this version and not applied.
    pub pending: Vec<String>,
    /// Applied by a newer makegood: this version must not run.
    pub unknown: Vec<i64>,
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
    /// Events that fan out.
    pub events_fanning_out: u64,
    /// Dead letters.
    pub dead_letters: u64,
    /// Age in seconds of the oldest dead letter.
    pub oldest_dead_letter_seconds: f64,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_letter_is_told_apart_by_its_event_and_not_by_its_journey() {
        let message = |name: &str, value: &str| Message {
            body: b"{".to_vec(),
            headers: BTreeMap::from([(name.to_owned(), value.to_owned())]),
            ..Message::default()
        };
        let digest =
            |message: &Message| DeadLetter::new(message, DeadClass::Undecodable, "syntax", String::new()).digest;
        let one = digest(&message("cloudEvents_id", "1"));
        assert_ne!(one, digest(&message("cloudEvents_id", "2")));
        assert_eq!(digest(&message("x-death", "1")), digest(&message("x-death", "2")));
        assert_eq!(digest(&message("amqp:message-id", "1")), digest(&message("amqp:message-id", "2")));
    }
}
