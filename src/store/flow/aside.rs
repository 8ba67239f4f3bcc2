//! An event of the inbox whose data the database refuses is put off, and in the end buried, so that it holds up no
//! other.

use super::inbox::{Item, Kept};
use super::write::Writes;
use super::{Call, Tx};
use crate::store::at::At;
use crate::store::{FanOutStep, Outcome, StoreError};

/// Code of an event that the database refuses.
pub(super) const REFUSED: &str = "store_refused";

/// Lets the event wait, where it stands, as one does whose job is not known; after the last attempt it is a dead
/// letter. `None`: it is someone else's now.
pub(in crate::store) async fn set_aside<T: Tx>(
    tx: &mut T, event: i64, error: &StoreError, call: Call<'_>,
) -> Result<Option<Outcome>, StoreError> {
    let Some(row) = tx.events_lock(event).await? else {
        return Ok(None);
    };
    let kept = Kept::of(row);
    let Ok(arrival) = &kept.arrival else {
        return Ok(None);
    };
    let attempts = kept.attempts.saturating_add(1);
    let item = Item { no: kept.no, arrival, stage: kept.stage, attempts, from: kept.from() };
    let mut writes = Writes::default();
    let text = format!("{error}: correct the data, then replay the letter");
    let outcome = writes.put_off(&item, (REFUSED, text), kept.cursor.clone(), call);
    match (&outcome, writes.events.last_mut()) {
        (Outcome::Waiting { .. }, Some(row)) => row.held_until = kept.held_until.map(At),
        _ => tx.fanout_end(kept.no).await?,
    }
    writes.write(tx, call.now).await?;
    Ok(Some(outcome))
}

/// A step of a fan-out that was put off.
pub(in crate::store) fn stopped(outcome: Outcome) -> FanOutStep {
    let done = matches!(outcome, Outcome::Dead { .. });
    FanOutStep::Advanced { outcome, done }
}
