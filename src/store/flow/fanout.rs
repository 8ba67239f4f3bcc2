//! One step of an event with too many proposals for a batch: its accounts are listed once, then decided chunk by chunk,
//! the cursor in the transaction of the chunk.

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

/// Takes one step of the event that has waited longest for one, and sets `at` to it.
pub(in crate::store) async fn fan_out<T: Tx>(
    tx: &mut T, call: Call<'_>, at: &mut Option<i64>,
) -> Result<FanOutStep, StoreError> {
    let Some(row) = tx.events_fan_out_next().await? else {
        return Ok(FanOutStep::Idle);
    };
    let kept = Kept::of(row);
    *at = Some(kept.no);
    match (&kept.arrival, &kept.cursor) {
        (Err(letter), _) => {
            let mut writes = Writes::default();
            let outcome = writes.unreadable(&kept, letter);
            tx.fanout_end(kept.no).await?;
            writes.write(tx, call.now).await?;
            Ok(FanOutStep::Advanced { outcome, done: true })
        }
        (Ok(arrival), None) => plan(tx, &kept, arrival, call).await,
        (Ok(arrival), Some(cursor)) => advance(tx, &kept, arrival, cursor, call).await,
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

async fn advance<T: Tx>(
    tx: &mut T, kept: &Kept, arrival: &Arrival, cursor: &str, call: Call<'_>,
) -> Result<FanOutStep, StoreError> {
    let event = &arrival.event;
    let chunk = next(tx, kept.no, cursor, call.options.chunk_accounts).await?;
    let mut facts = facts::in_chunk(tx, &Reach::of([event]), &chunk.accounts).await?;
    let attempts = kept.attempts.saturating_add(1);
    let item = Item { no: kept.no, arrival, stage: kept.stage, attempts, from: kept.from() };
    let mut writes = Writes::default();
    let outcome = match call.judge.judge(event, kept.stage, &mut facts) {
        Ruling::Apply(effects) => {
            let held = kept.held_until.max(effects.held_until);
            let more = more_to_come(tx, kept.no, &chunk, &effects).await?;
            writes.events.push(after_chunk(&item, &chunk, held, effects.policy.clone(), call));
            if chunk.last && held.is_none() {
                writes.release.push(kept.no);
            }
            let held_back = |person: &str| held.is_some() || more.contains(person);
            writes.effects(&item, effects, call, held_back)?
        }
        Ruling::Wait(missing) => {
            let outcome = writes.wait(&item, missing.code(), Some(cursor.to_owned()), call);
            // It goes on from here, so what its earlier chunks hold is kept.
            if let (Outcome::Waiting { .. }, Some(row)) = (&outcome, writes.events.last_mut()) {
                row.held_until = kept.held_until.map(At);
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
    if done {
        tx.fanout_end(kept.no).await?;
    }
    writes.write(tx, call.now).await?;
    Ok(FanOutStep::Advanced { outcome, done })
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
async fn more_to_come<T: Tx>(
    tx: &mut T, event: i64, chunk: &Chunk, effects: &Effects,
) -> Result<HashSet<String>, StoreError> {
    let people: Vec<_> = effects.notices.iter().map(|notice| notice.person.as_str().to_owned()).collect();
    if chunk.last || people.is_empty() {
        return Ok(HashSet::new());
    }
    Ok(tx.fanout_people(event, &chunk.cursor, &people).await?.into_iter().collect())
}
