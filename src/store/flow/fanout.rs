//! One step of an event with too many proposals for a batch: its accounts are listed once, then decided chunk by chunk,
//! the cursor in the transaction of the chunk.
//!
//! A chunk is decided, written and committed. Where several transactions can be had, several chunks are under way at
//! once ([`super::line`]): they have no account in common, so none reads what another writes.

use std::collections::HashSet;

use time::OffsetDateTime;

use super::facts::{self, Reach};
use super::inbox::{Item, Kept};
use super::write::{Writes, event_row, held_row};
use super::{Call, Tx};
use crate::policy::{Effects, Ruling};
use crate::store::at::At;
use crate::store::rows::EventRow;
use crate::store::{Arrival, DeadClass, FanOutStep, Outcome, StoreError};

/// What the first transaction of some steps found.
pub(super) enum Begun {
    /// Its step is done, and needs but a commit.
    Done(FanOutStep),
    /// A chunk was decided.
    Chunk(Box<(Kept, Decided)>),
}

/// Where an event stands between two chunks.
#[derive(Debug, Clone)]
pub(super) struct Stand {
    attempts: u32,
    cursor: String,
    held_until: Option<OffsetDateTime>,
}

/// A chunk as it was decided, not written yet.
pub(super) struct Decided {
    writes: Writes,
    outcome: Outcome,
    done: bool,
    /// Where the event will stand once it is committed, if a chunk follows.
    pub(super) next: Option<Stand>,
    /// Somebody told by it may be told more by a later one.
    pub(super) more_to_come: bool,
}

/// Begins a step of the event that has waited longest for one, and sets `at` to it.
pub(super) async fn begin<T: Tx>(tx: &mut T, call: Call<'_>, at: &mut Option<i64>) -> Result<Begun, StoreError> {
    let Some(row) = tx.events_fan_out_next().await? else {
        return Ok(Begun::Done(FanOutStep::Idle));
    };
    let kept = Kept::of(row);
    *at = Some(kept.no);
    match (&kept.arrival, &kept.cursor) {
        (Err(letter), _) => {
            let mut writes = Writes::default();
            let outcome = writes.unreadable(&kept, letter);
            tx.fanout_end(kept.no).await?;
            writes.write(tx, call.now).await?;
            Ok(Begun::Done(FanOutStep::Advanced { outcome, done: true }))
        }
        (Ok(arrival), None) => plan(tx, &kept, arrival, call).await.map(Begun::Done),
        (Ok(arrival), Some(cursor)) => {
            let stand = Stand { attempts: kept.attempts, cursor: cursor.clone(), held_until: kept.held_until };
            let decided = decide(tx, &kept, arrival, &stand, call).await?;
            Ok(Begun::Chunk(Box::new((kept, decided))))
        }
    }
}

/// Decides the chunk after `stand` while those before it are being written and committed. The event is not locked here:
/// [`take_over`] must find it at `stand` before this one is committed.
pub(super) async fn ahead<T: Tx>(
    tx: &mut T, kept: &Kept, stand: &Stand, call: Call<'_>,
) -> Result<Option<Decided>, StoreError> {
    match &kept.arrival {
        Ok(arrival) => decide(tx, kept, arrival, stand, call).await.map(Some),
        Err(_) => Ok(None),
    }
}

/// Locks the event if it stands where it was expected to; `false`: it is somebody else's, or was changed meanwhile.
/// Accounts are locked already, so this must not wait.
pub(super) async fn take_over<T: Tx>(tx: &mut T, kept: &Kept, stand: &Stand) -> Result<bool, StoreError> {
    let found = tx.events_lock(kept.no).await?.map(Kept::of);
    // As the database keeps it.
    let micros = |at: Option<OffsetDateTime>| at.map(|at| At(at).micros());
    Ok(found.is_some_and(|found| {
        let stands = (found.attempts, found.cursor.as_ref(), micros(found.held_until), found.stage)
            == (stand.attempts, Some(&stand.cursor), micros(stand.held_until), kept.stage);
        let same = (&found.withhold, found.letter) == (&kept.withhold, kept.letter);
        let canonical = |kept: &Kept| kept.arrival.as_ref().ok().map(|arrival| arrival.event.canonical.clone());
        stands && same && canonical(&found) == canonical(kept)
    }))
}

impl Decided {
    /// Writes what was decided. The event itself may still be another transaction's.
    pub(super) async fn write<T: Tx>(&mut self, tx: &mut T) -> Result<(), StoreError> {
        self.writes.write_effects(tx).await
    }

    /// Writes how the event stands then; needs but a commit.
    pub(super) async fn finish<T: Tx>(self, tx: &mut T, event: i64, call: Call<'_>) -> Result<FanOutStep, StoreError> {
        let Decided { writes, outcome, done, .. } = self;
        if done {
            tx.fanout_end(event).await?;
        }
        writes.write_rest(tx, call.now).await?;
        Ok(FanOutStep::Advanced { outcome, done })
    }
}

async fn plan<T: Tx>(tx: &mut T, kept: &Kept, arrival: &Arrival, call: Call<'_>) -> Result<FanOutStep, StoreError> {
    let accounts = tx.fanout_list(kept.no, &Reach::of([&arrival.event])).await?;
    let item = Item { no: kept.no, arrival, stage: kept.stage, attempts: kept.attempts, from: kept.from() };
    let mut writes = Writes::default();
    let (cursor, advanced_at) = (Some(String::new()), Some(At(call.now)));
    writes.events.push(EventRow { cursor, advanced_at, ..event_row(&item, "fanning_out") });
    writes.write(tx, call.now).await?;
    Ok(FanOutStep::Planned { key: arrival.event.key.clone(), accounts })
}

/// The accounts of one step.
struct Chunk {
    accounts: Vec<String>,
    /// The last of them; where the step began, if there are none.
    cursor: String,
    last: bool,
}

async fn next<T: Tx>(tx: &mut T, event: i64, cursor: &str, size: u32) -> Result<Chunk, StoreError> {
    let size = usize::try_from(size.max(1)).unwrap_or(usize::MAX);
    // One more than fits tells whether this is the last chunk.
    let limit = i64::try_from(size).unwrap_or(i64::MAX).saturating_add(1);
    let mut accounts = tx.fanout_next(event, cursor, limit).await?;
    let last = accounts.len() <= size;
    accounts.truncate(size);
    let cursor = accounts.last().cloned().unwrap_or_else(|| cursor.to_owned());
    Ok(Chunk { accounts, cursor, last })
}

async fn decide<T: Tx>(
    tx: &mut T, kept: &Kept, arrival: &Arrival, stand: &Stand, call: Call<'_>,
) -> Result<Decided, StoreError> {
    let event = &arrival.event;
    let chunk = next(tx, kept.no, &stand.cursor, call.options.chunk_accounts).await?;
    let mut facts = facts::in_chunk(tx, &Reach::of([event]), &chunk.accounts).await?;
    let attempts = stand.attempts.saturating_add(1);
    let item = Item { no: kept.no, arrival, stage: kept.stage, attempts, from: kept.from() };
    let (mut writes, mut next, mut more_to_come) = (Writes::default(), None, false);
    let outcome = match call.judge.judge(event, kept.stage, &mut facts) {
        Ruling::Apply(effects) => {
            let held = stand.held_until.max(effects.held_until);
            let more = told_again(tx, kept.no, &chunk, &effects).await?;
            more_to_come = !more.is_empty();
            writes.events.push(after_chunk(&item, &chunk, held, effects.policy.clone(), call));
            if !chunk.last {
                next = Some(Stand { attempts: 0, cursor: chunk.cursor.clone(), held_until: held });
            } else if held.is_none() {
                writes.release.push(kept.no);
            }
            let held_back = |person: &str| held.is_some() || more.contains(person);
            writes.effects(&item, effects, call, held_back)?
        }
        Ruling::Wait(missing) => {
            let outcome = writes.wait(&item, missing.code(), Some(stand.cursor.clone()), call);
            // It goes on from here, so what its earlier chunks hold is kept.
            if let (Outcome::Waiting { .. }, Some(row)) = (&outcome, writes.events.last_mut()) {
                row.held_until = stand.held_until.map(At);
            }
            outcome
        }
        Ruling::Refuse { code, message } => writes.refuse(&item, DeadClass::Refused, code, message),
    };
    let done = match outcome {
        Outcome::Waiting { .. } => false,
        Outcome::Dead { .. } => true,
        _ => chunk.last,
    };
    Ok(Decided { writes, outcome, done, next, more_to_come })
}

/// The event's row after a chunk was applied. What it waited for before is forgotten: it got on.
fn after_chunk(
    item: &Item<'_>, chunk: &Chunk, held: Option<OffsetDateTime>, policy: String, call: Call<'_>,
) -> EventRow {
    let policy_version = Some(policy);
    match held {
        _ if !chunk.last => EventRow {
            attempts: 0,
            cursor: Some(chunk.cursor.clone()),
            held_until: held.map(At),
            advanced_at: Some(At(call.now)),
            policy_version,
            ..event_row(item, "fanning_out")
        },
        Some(until) => EventRow { policy_version, ..held_row(item, until) },
        None => EventRow { policy_version, applied_at: Some(At(call.now)), ..event_row(item, "applied") },
    }
}

/// People told by this chunk who may be told more by a later one.
async fn told_again<T: Tx>(
    tx: &mut T, event: i64, chunk: &Chunk, effects: &Effects,
) -> Result<HashSet<String>, StoreError> {
    let people: Vec<_> = effects.notices.iter().map(|notice| notice.person.as_str().to_owned()).collect();
    if chunk.last || people.is_empty() {
        return Ok(HashSet::new());
    }
    Ok(tx.fanout_people(event, &chunk.cursor, &people).await?.into_iter().collect())
}
