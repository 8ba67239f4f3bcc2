//! A batch of arrivals, or of events whose time has come, in one transaction.

use time::OffsetDateTime;

use super::facts::{self, Reach};
use super::inbox::{Item, Kept, Origin};
use super::known::{Known, Standing};
use super::write::{Writes, event_row};
use super::{Call, Tx};
use crate::fault::failpoint::{kill_point, planted};
use crate::policy::Stage;
use crate::store::at::At;
use crate::store::rows::EventRow;
use crate::store::{Batch, Outcome, StoreError};

/// Takes in as many arrivals of a batch as one transaction may; one outcome for each of them, in order.
pub(in crate::store) async fn apply<T: Tx>(
    tx: &mut T, batch: &Batch, call: Call<'_>,
) -> Result<Vec<Outcome>, StoreError> {
    let mut writes = Writes::default();
    writes.letters.extend_from_slice(&batch.dead);
    let known = Known::take_in(tx, &batch.arrivals, call, &mut writes).await?;
    kill_point("k3");
    let mut seen = Vec::with_capacity(known.count);
    let (mut items, mut fits) = (Vec::new(), Vec::new());
    for (place, arrival) in batch.arrivals.iter().enumerate().take(known.count) {
        seen.push(match known.standing(place, arrival, &mut writes) {
            Standing::Seen(outcome) => Some(outcome),
            Standing::New(no, fit) => {
                items.push(Item { no, arrival, stage: Stage::First, attempts: 1, from: Origin::default() });
                fits.push(fit);
                None
            }
        });
    }
    let mut decided = decide_fitting(tx, &items, &fits, call, &mut writes).await?.into_iter();
    writes.write(tx, call.now).await?;
    // What is new stands as `None`, in the order in which it was decided.
    Ok(seen.into_iter().filter_map(|outcome| outcome.or_else(|| decided.next())).collect())
}

/// Decides waiting events whose time has come. `alone` is set to the event where it is one only: then an error is about
/// it.
pub(in crate::store) async fn apply_due<T: Tx>(
    tx: &mut T, limit: u32, call: Call<'_>, alone: &mut Option<i64>,
) -> Result<Vec<Outcome>, StoreError> {
    if planted("plant-forget-waiting") {
        return Ok(Vec::new());
    }
    let due: Vec<Kept> = tx.events_due(limit, call.now).await?.into_iter().map(Kept::of).collect();
    if let [only] = &due[..] {
        *alone = Some(only.no);
    }
    let mut writes = Writes::default();
    let mut outcomes = Vec::with_capacity(due.len());
    let mut items = Vec::new();
    for kept in &due {
        match (&kept.arrival, &kept.cursor) {
            (Err(letter), _) => {
                tx.fanout_end(kept.no).await?;
                outcomes.push(writes.unreadable(kept, letter));
            }
            (Ok(arrival), cursor) => {
                let attempts = kept.attempts.saturating_add(u32::from(cursor.is_none()));
                let item = Item { no: kept.no, arrival, stage: kept.stage, attempts, from: kept.from() };
                match cursor {
                    Some(cursor) => outcomes.push(writes.resume(&item, kept.held_until, cursor)),
                    None => items.push(item),
                }
            }
        }
    }
    outcomes.extend(decide(tx, &items, call, &mut writes).await?);
    writes.write(tx, call.now).await?;
    Ok(outcomes)
}

/// Judges the events that fit, alone and together with those before them, in order; the others are left to the fan-out.
pub(super) async fn decide<T: Tx>(
    tx: &mut T, items: &[Item<'_>], call: Call<'_>, writes: &mut Writes,
) -> Result<Vec<Outcome>, StoreError> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let (limits, scopes) = (call.limits(), items.iter().map(|item| facts::scope(&item.arrival.event)));
    let counts = tx.scope_count(&scopes.collect::<Vec<_>>(), limits.each.saturating_add(1)).await?;
    let sizes = limits.sizes(counts);
    let share = limits.share(&sizes);
    let fits: Vec<bool> = sizes.iter().enumerate().map(|(place, size)| place < share && size.is_some()).collect();
    decide_fitting(tx, items, &fits, call, writes).await
}

async fn decide_fitting<T: Tx>(
    tx: &mut T, items: &[Item<'_>], fits: &[bool], call: Call<'_>, writes: &mut Writes,
) -> Result<Vec<Outcome>, StoreError> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let here = || items.iter().zip(fits).filter(|(_, fits)| **fits).map(|(item, _)| item);
    let reach = Reach::of(here().map(|item| &item.arrival.event));
    let mut facts = facts::in_reach(tx, &reach).await?;
    let mut outcomes = Vec::with_capacity(items.len());
    for (item, fits) in items.iter().zip(fits) {
        let event = &item.arrival.event;
        if *fits {
            let ruling = call.judge.judge(event, item.stage, &mut facts);
            outcomes.push(writes.take(item, ruling, call)?);
        } else {
            writes.events.push(EventRow { attempts: 0, ..event_row(item, "fanning_out") });
            outcomes.push(Outcome::FanningOut { key: event.key.clone() });
        }
    }
    Ok(outcomes)
}

impl Writes {
    /// A fan-out that had to wait goes on where it stood.
    pub(super) fn resume(&mut self, item: &Item<'_>, held_until: Option<OffsetDateTime>, cursor: &str) -> Outcome {
        let (cursor, held_until) = (Some(cursor.to_owned()), held_until.map(At));
        self.events.push(EventRow { cursor, held_until, ..event_row(item, "fanning_out") });
        Outcome::FanningOut { key: item.arrival.event.key.clone() }
    }
}
