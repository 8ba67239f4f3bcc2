//! Replays, the letters they are about and their history as rows: what both databases share.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::at::At;
use super::dead::plain;
use super::letters::row;
use super::letters::rows::AttemptRow;
use super::number_rows::count;
use super::{
    AttemptKind, DeadClass, DeadLetter, LetterOutcome, Replay, ReplayEffects, ReplayOrder, ReplayState, StoreError,
};

row! {
    /// A row of `letter_lock.sql`.
    LetterRow {
        state: String,
        class: String,
        body: Vec<u8>,
        body_len: i64,
        headers: String,
        exchange: String,
        routing_key: String,
        event_type: Option<String>,
    }
}

row! {
    /// A row of `events_by_key.sql`.
    KnownRow {
        event_no: i64,
        state: String,
        stage: String,
        attempts: i32,
        cursor: Option<String>,
        held_until: Option<At>,
        code: Option<String>,
        due_at: Option<At>,
        payload_hash: Vec<u8>,
    }
}

row! {
    /// A replay as `replays_read.sql` and its kin name it.
    ReplayRow {
        replay_no: i64,
        state: String,
        operator: String,
        reason: String,
        effects: String,
        rate: Option<i32>,
        ramp: Option<String>,
        stop_after_failures: Option<i32>,
        patched: bool,
        items: i64,
        done: i64,
        failed: i64,
        skipped: i64,
        credits: i64,
        connects: i64,
        notices: i64,
        created_at: At,
        started_at: Option<At>,
        ended_at: Option<At>,
        held: bool,
    }
}

impl TryFrom<ReplayRow> for Replay {
    type Error = StoreError;

    fn try_from(row: ReplayRow) -> Result<Replay, StoreError> {
        let state = ReplayState::parse(&row.state);
        Ok(Replay {
            no: row.replay_no,
            state: state.ok_or_else(|| unreadable("state", &row.state, "a state of a replay"))?,
            operator: row.operator,
            reason: row.reason,
            effects: read_effects(&row.effects)?,
            rate: row.rate.and_then(|rate| u32::try_from(rate).ok()),
            ramp: match &row.ramp {
                Some(ramp) => serde_json::from_str(ramp).map_err(|_| unreadable("ramp", ramp, "a JSON array"))?,
                None => Vec::new(),
            },
            stop_after_failures: row.stop_after_failures.and_then(|failures| u32::try_from(failures).ok()),
            patched: row.patched,
            items: count(row.items),
            done: count(row.done),
            failed: count(row.failed),
            skipped: count(row.skipped),
            credits: count(row.credits),
            connects: row.connects,
            notices: count(row.notices),
            created_at: row.created_at.0,
            started_at: row.started_at.map(|at| at.0),
            ended_at: row.ended_at.map(|at| at.0),
            held: row.held,
        })
    }
}

/// The effects of this name.
pub(super) fn read_effects(name: &str) -> Result<ReplayEffects, StoreError> {
    ReplayEffects::parse(name).ok_or_else(|| unreadable("effects", name, "credit, mail or both"))
}

fn unreadable(column: &'static str, found: &str, expected: &'static str) -> StoreError {
    StoreError::Inconsistent { table: "replays", column, found: found.to_owned(), expected }
}

/// Why a letter is dead, as its row and its history have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cause {
    pub(super) class: DeadClass,
    pub(super) code: String,
    pub(super) message: String,
    pub(super) pointer: Option<String>,
}

impl Cause {
    pub(super) fn of(letter: &DeadLetter) -> Cause {
        Cause {
            class: letter.class,
            code: plain(&letter.code),
            message: plain(&letter.message),
            pointer: letter.pointer.as_deref().map(plain),
        }
    }
}

impl From<Cause> for LetterOutcome {
    fn from(Cause { class, code, message, pointer }: Cause) -> LetterOutcome {
        LetterOutcome::Failed { class, code, message, pointer }
    }
}

/// What happens to a letter, as its history tells it.
#[derive(Debug, Clone)]
pub(super) struct Entry<'a> {
    pub(super) letter: i64,
    pub(super) kind: AttemptKind,
    pub(super) replay: Option<i64>,
    pub(super) outcome: &'a str,
    /// What it waits for; a cause has its own.
    pub(super) code: Option<&'a str>,
    pub(super) cause: Option<&'a Cause>,
}

impl<'a> Entry<'a> {
    pub(super) fn new(letter: i64, kind: AttemptKind, outcome: &'a str) -> Entry<'a> {
        Entry { letter, kind, replay: None, outcome, code: None, cause: None }
    }

    pub(super) fn row(&self, now: OffsetDateTime) -> AttemptRow {
        let cause = self.cause;
        AttemptRow {
            dead_letter_no: self.letter,
            at: At(now),
            kind: self.kind.as_str(),
            replay_no: self.replay,
            outcome: self.outcome.to_owned(),
            class: cause.map(|cause| cause.class.as_str().to_owned()),
            code: cause.map(|cause| &*cause.code).or(self.code).map(str::to_owned),
            message: cause.map(|cause| cause.message.clone()),
            pointer: cause.and_then(|cause| cause.pointer.clone()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// By how much the counts of a replay rise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Rise {
    pub(super) done: i64,
    pub(super) failed: i64,
    pub(super) skipped: i64,
    pub(super) credits: i64,
    pub(super) connects: i64,
    pub(super) notices: i64,
}

impl Rise {
    /// What this outcome of one letter adds.
    pub(super) fn of(outcome: &LetterOutcome) -> Rise {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let done = Rise { done: 1, ..Rise::default() };
        match outcome {
            LetterOutcome::Applied { credits, connects, notices, .. } => {
                Rise { credits: number(*credits), connects: *connects, notices: number(*notices), ..done }
            }
            LetterOutcome::Mailed { notices } => Rise { notices: number(*notices), ..done },
            LetterOutcome::AlreadyApplied | LetterOutcome::FanningOut | LetterOutcome::Waiting { .. } => done,
            LetterOutcome::Failed { .. } => Rise { failed: 1, ..Rise::default() },
            LetterOutcome::Skipped { .. } => Rise { skipped: 1, ..Rise::default() },
        }
    }

    /// As in `replay_items.state`.
    pub(super) fn item_state(self) -> &'static str {
        match (self.failed, self.skipped) {
            (0, 0) => "done",
            (0, _) => "skipped",
            _ => "failed",
        }
    }
}

/// How a replay is ordered, for the operators' log.
pub(super) fn order_details(replay: &Replay, order: &ReplayOrder) -> [(&'static str, Value); 7] {
    [
        ("replay", json!(replay.no)),
        ("effects", json!(order.effects.as_str())),
        ("rate", json!(order.rate)),
        ("ramp", json!(order.ramp)),
        ("limit", json!(order.limit)),
        ("stop_after_failures", json!(order.stop_after_failures)),
        ("patch_sha256", json!(order.patch.as_deref().map(|patch| hex::encode(Sha256::digest(patch))))),
    ]
}

/// A ramp as `replays.ramp` has it; `None`: there is none.
pub(super) fn ramp_json(ramp: &[u32]) -> Option<String> {
    (!ramp.is_empty()).then(|| Value::from(ramp).to_string())
}

/// How far a replay came, for the operators' log.
pub(super) fn end_details(replay: &Replay) -> Value {
    json!({
        "replay": replay.no, "state": replay.state.as_str(), "effects": replay.effects.as_str(), "items": replay.items,
        "done": replay.done, "failed": replay.failed, "skipped": replay.skipped, "credits": replay.credits,
        "connects": replay.connects, "notices": replay.notices,
    })
}
