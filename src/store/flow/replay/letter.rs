//! One dead letter, replayed: its effects, its new state and its history, in the transaction of the caller.

use std::collections::BTreeMap;
use std::sync::Arc;

use time::OffsetDateTime;

use super::LetterCall;
use crate::event::{Message, decode};
use crate::policy::Stage;
use crate::store::flow::Tx;
use crate::store::flow::apply::decide;
use crate::store::flow::inbox::{Item, Origin, stage_of};
use crate::store::flow::known::{conflict, new_event_row};
use crate::store::flow::write::{HELD, Writes};
use crate::store::replay_rows::{Cause, Entry, KnownRow, LetterRow};
use crate::store::{
    Arrival, AttemptKind, DeadClass, DeadLetter, LetterOutcome, LetterState, Outcome, ReplayEffects, StoreError,
};

/// Why the notices of a replay without mail are kept back.
const CREDIT_ONLY: &str = "credit_only";

/// A letter, and how it is to be replayed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt<'a> {
    pub(super) letter: i64,
    pub(super) effects: ReplayEffects,
    pub(super) patch: Option<&'a [u8]>,
    /// The replay; `None`: it is a trial.
    pub(super) replay: Option<i64>,
    /// States in which it may be touched.
    pub(super) states: &'a [LetterState],
}

/// Applies a letter. An error leaves nothing behind but a transaction to be rolled back.
pub(super) async fn apply_letter<T: Tx>(
    tx: &mut T, attempt: &Attempt<'_>, call: LetterCall<'_>,
) -> Result<LetterOutcome, StoreError> {
    let row = match open(tx, attempt).await? {
        Ok(row) => row,
        Err(code) => return Ok(LetterOutcome::Skipped { code }),
    };
    let outcome = match read(&row, attempt.patch, call)? {
        read if attempt.effects == ReplayEffects::Mail => mail(tx, attempt, read.ok(), call).await?,
        Ok(arrival) => credit(tx, attempt, arrival, call).await?,
        Err(cause) => cause.into(),
    };
    settle(tx, attempt, row.event_type.as_deref(), &outcome, call.flow.now).await?;
    Ok(outcome)
}

/// Writes down a letter's failure without having tried it: the database refused what it does.
pub(super) async fn fail_letter<T: Tx>(
    tx: &mut T, attempt: &Attempt<'_>, cause: Cause, now: OffsetDateTime,
) -> Result<LetterOutcome, StoreError> {
    let row = match open(tx, attempt).await? {
        Ok(row) => row,
        Err(code) => return Ok(LetterOutcome::Skipped { code }),
    };
    let outcome = cause.into();
    settle(tx, attempt, row.event_type.as_deref(), &outcome, now).await?;
    Ok(outcome)
}

/// Locks the letter, or says why it is left alone.
async fn open<T: Tx>(tx: &mut T, attempt: &Attempt<'_>) -> Result<Result<LetterRow, &'static str>, StoreError> {
    let Some(row) = tx.letter_lock(attempt.letter).await? else {
        return Ok(Err("gone"));
    };
    Ok(match LetterState::parse(&row.state) {
        Some(state) if attempt.states.contains(&state) => Ok(row),
        Some(state) => Err(state.as_str()),
        None => return Err(unreadable("state", "open, trial, resolved or discarded")),
    })
}

/// The letter after its attempt, and the attempt in its history. What was left alone has none.
async fn settle<T: Tx>(
    tx: &mut T, attempt: &Attempt<'_>, event_type: Option<&str>, outcome: &LetterOutcome, now: OffsetDateTime,
) -> Result<(), StoreError> {
    let mut cause = None;
    match outcome {
        LetterOutcome::Skipped { .. } => return Ok(()),
        LetterOutcome::Mailed { .. } => {}
        LetterOutcome::Failed { class, code, message, pointer } => {
            let (code, message) = (code.clone(), message.clone());
            let failed = Cause { class: *class, code, message, pointer: pointer.clone() };
            tx.letter_fail(attempt.letter, &failed, event_type, now).await?;
            cause = Some(failed);
        }
        _ => tx.letter_resolve(attempt.letter, now).await?,
    }
    let kind = if attempt.replay.is_some() { AttemptKind::Replay } else { AttemptKind::Trial };
    let entry = Entry::new(attempt.letter, kind, outcome.as_str());
    let entry = Entry { replay: attempt.replay, code: outcome.code(), cause: cause.as_ref(), ..entry };
    tx.letter_attempt(entry.row(now)).await
}

/// The event that the letter, or what an operator made of it, is; or why it is none.
fn read(row: &LetterRow, patch: Option<&[u8]>, call: LetterCall<'_>) -> Result<Result<Arrival, Cause>, StoreError> {
    if patch.is_none() && u64::try_from(row.body_len) != Ok(row.body.len() as u64) {
        let class = DeadClass::parse(&row.class).ok_or_else(|| unreadable("class", "a class of dead letters"))?;
        let message = format!(
            "the body had {} bytes and only its first {} are kept: replay it with --patch and the whole body, or publish the \
             event again",
            row.body_len,
            row.body.len()
        );
        return Ok(Err(Cause { class, code: "body_truncated".to_owned(), message, pointer: None }));
    }
    let message = message(row, patch)?;
    Ok(match decode(&message, call.limits) {
        Ok(event) => Ok(Arrival { event, message: Arc::new(message) }),
        Err(error) => Err(Cause::of(&DeadLetter::undecodable(&message, &error))),
    })
}

/// The message as it came, or with another body. A patch that is a whole event stands for itself.
fn message(row: &LetterRow, patch: Option<&[u8]>) -> Result<Message, StoreError> {
    let mut headers: BTreeMap<String, String> =
        serde_json::from_str(&row.headers).map_err(|_| unreadable("headers", "a JSON object of texts"))?;
    let place = Message { exchange: row.exchange.clone(), routing_key: row.routing_key.clone(), ..Message::default() };
    if let Some(patch) = patch.filter(|patch| is_whole_event(patch)) {
        let whole = Message::structured(patch.to_vec());
        return Ok(Message { body: whole.body, content_type: whole.content_type, ..place });
    }
    Ok(Message {
        body: patch.unwrap_or(&row.body).to_vec(),
        content_type: headers.remove("content-type"),
        content_encoding: headers.remove("content-encoding"),
        headers,
        ..place
    })
}

fn is_whole_event(patch: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Map<_, _>>(patch).is_ok_and(|event| event.contains_key("specversion"))
}

fn unreadable(column: &'static str, expected: &'static str) -> StoreError {
    StoreError::Inconsistent { table: "dead_letters", column, found: "something else".to_owned(), expected }
}

/// Lets the notices go that an earlier replay of the letter, or the policy, kept back.
async fn mail<T: Tx>(
    tx: &mut T, attempt: &Attempt<'_>, arrival: Option<Arrival>, call: LetterCall<'_>,
) -> Result<LetterOutcome, StoreError> {
    let event = arrival.as_ref().map(|arrival| &arrival.event);
    let event = event.map(|event| (&*event.key.source, &*event.key.id, &event.hash[..]));
    let (mut notices, mut more) = (0, false);
    for (event, state, withhold) in tx.events_of_letter(attempt.letter, event).await? {
        // What still waits or fans out may have more to tell the same people, and makes their notices due at its end.
        let under_way = matches!(state.as_str(), "waiting" | "fanning_out");
        notices += tx.notices_let_go(event, (!under_way).then_some(call.flow.now), None).await?;
        tx.announcements_follow(&[event]).await?;
        if withhold.is_some() {
            tx.events_mark(event, None, None).await?;
            more |= under_way;
        }
    }
    Ok(match (notices, more) {
        (0, false) => LetterOutcome::Skipped { code: "nothing_to_mail" },
        _ => LetterOutcome::Mailed { notices },
    })
}

/// What there is to do about an event.
enum Standing {
    Decide {
        no: i64,
        stage: Stage,
        attempts: u32,
    },
    /// A fan-out that had to wait goes on where it stood.
    Resume {
        no: i64,
        row: KnownRow,
        cursor: String,
    },
    Answer(LetterOutcome),
}

/// Takes the event in as if it had come just now, or again if it had died, and decides it.
async fn credit<T: Tx>(
    tx: &mut T, attempt: &Attempt<'_>, arrival: Arrival, call: LetterCall<'_>,
) -> Result<LetterOutcome, StoreError> {
    let withhold = (attempt.effects == ReplayEffects::Credit).then_some(CREDIT_ONLY);
    let from = Origin { letter: Some(attempt.letter), withhold };
    let mut writes = Writes::default();
    let (no, outcome) = match standing(tx, attempt, &arrival, call).await? {
        Standing::Answer(outcome) => return Ok(outcome),
        Standing::Decide { no, stage, attempts } => {
            let item = Item { no, arrival: &arrival, stage, attempts, from };
            if withhold.is_none() {
                tx.notices_let_go(no, None, Some(CREDIT_ONLY)).await?;
            }
            (no, decide(tx, &[item], call.flow, &mut writes).await?.pop())
        }
        Standing::Resume { no, row, cursor } => {
            let attempts = u32::try_from(row.attempts).unwrap_or(0);
            let item = Item { no, arrival: &arrival, stage: stage_of(&row.stage), attempts, from };
            (no, Some(writes.resume(&item, row.held_until.map(|at| at.0), &cursor)))
        }
    };
    let answer = answer(outcome, &mut writes);
    writes.write(tx, call.flow.now).await?;
    tx.events_mark(no, withhold, Some(attempt.letter)).await?;
    Ok(answer)
}

/// How the event stands in the inbox.
async fn standing<T: Tx>(
    tx: &mut T, attempt: &Attempt<'_>, arrival: &Arrival, call: LetterCall<'_>,
) -> Result<Standing, StoreError> {
    let event = &arrival.event;
    let new = new_event_row(arrival);
    if let Some((no, ..)) = tx.events_insert(std::slice::from_ref(&new), call.flow.now).await?.pop() {
        return Ok(Standing::Decide { no, stage: Stage::First, attempts: 1 });
    }
    let row = tx.events_by_key(&event.key.source, &event.key.id).await?;
    let row = row.ok_or_else(|| StoreError::Inconsistent {
        table: "events",
        column: "event_id",
        found: "a key that is known and has no row".to_owned(),
        expected: "a row each key",
    })?;
    let (no, stage) = (row.event_no, stage_of(&row.stage));
    let same = row.payload_hash == event.hash;
    Ok(match row.state.as_str() {
        "dead" if same => Standing::Decide { no, stage, attempts: 1 },
        "dead" if attempt.patch.is_some() && tx.events_replace(no, &new).await? == 1 => {
            Standing::Decide { no, stage, attempts: 1 }
        }
        _ if !same => Standing::Answer(Cause::of(&conflict(arrival, &row.payload_hash)).into()),
        "waiting" => waiting(row, stage, call),
        _ => Standing::Answer(LetterOutcome::AlreadyApplied),
    })
}

/// An event that waits is decided now; but the end of a hold is not brought forward.
fn waiting(row: KnownRow, stage: Stage, call: LetterCall<'_>) -> Standing {
    let held = row.due_at.filter(|due| row.code.as_deref() == Some(HELD) && due.0 > call.flow.now);
    match (held, row.cursor.clone()) {
        (Some(due), _) => Standing::Answer(LetterOutcome::Waiting { code: HELD.to_owned(), due: due.0 }),
        (None, Some(cursor)) => Standing::Resume { no: row.event_no, row, cursor },
        (None, None) => {
            let attempts = u32::try_from(row.attempts).unwrap_or(0).saturating_add(1);
            Standing::Decide { no: row.event_no, stage, attempts }
        }
    }
}

/// What was decided, as an operator is told. A letter the event would become is this one.
fn answer(outcome: Option<Outcome>, writes: &mut Writes) -> LetterOutcome {
    match outcome {
        Some(Outcome::Applied { credits, connects, returned, decisions, notices, .. }) => {
            let (already, withheld) = (writes.already_returned(), writes.withheld());
            LetterOutcome::Applied { credits, connects, returned, already, decisions, notices, withheld }
        }
        Some(Outcome::FanningOut { .. }) => LetterOutcome::FanningOut,
        Some(Outcome::Waiting { code, due, .. }) => LetterOutcome::Waiting { code: code.to_owned(), due },
        Some(Outcome::Dead { code, .. }) => match writes.again.pop() {
            Some((_, letter)) => Cause::of(&letter).into(),
            None => LetterOutcome::Failed { class: DeadClass::Refused, code, message: String::new(), pointer: None },
        },
        Some(Outcome::Duplicate { .. }) | None => LetterOutcome::AlreadyApplied,
    }
}
