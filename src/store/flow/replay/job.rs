//! A replay as a durable job: ordered, claimed, given back, ended, canceled.

use std::time::Duration;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::store::flow::run::{Begin, end};
use crate::store::flow::{LetterTx, Tx};
use crate::store::letters::filter::details;
use crate::store::letters::log::LogRow;
use crate::store::replay_rows::{end_details, order_details};
use crate::store::{Act, Replay, ReplayEnd, ReplayOrder, ReplayState, Selection, StoreError};

/// [`crate::store::DeadLetterStore::replay_create`]
pub(in crate::store) async fn create<B: Begin>(
    store: &B, order: &ReplayOrder, act: &Act, now: OffsetDateTime,
) -> Result<Replay, StoreError> {
    check(order)?;
    let mut tx = store.begin("replay_create").await?;
    let done = order_it(&mut tx, order, act, now).await;
    end::<B, _>("replay_create", tx, done).await
}

fn check(order: &ReplayOrder) -> Result<(), StoreError> {
    let sense = |text: &str| Err(StoreError::Setup(text.to_owned()));
    if order.patch.is_some() && !matches!(&order.selection, Selection::Ids(ids) if ids.len() == 1) {
        return sense("a patch is for one letter: name its id, and no other");
    }
    if order.rate == Some(0) || order.ramp.contains(&0) || order.stop_after_failures == Some(0) {
        return sense("a rate, a step of a ramp and a number of failures are at least 1");
    }
    Ok(())
}

async fn order_it<T: Tx>(
    tx: &mut T, order: &ReplayOrder, act: &Act, now: OffsetDateTime,
) -> Result<Replay, StoreError> {
    let ids = tx.letters_chosen(&order.selection, order.effects.states(), order.limit.unwrap_or(u64::MAX)).await?;
    let items = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let by = (act.operator.trim(), act.reason.trim());
    let replay: Replay = tx.replay_insert(order, by, items, now).await?.try_into()?;
    tx.replay_items_insert(replay.no, &ids).await?;
    let mut about = details(&order.selection, &ids);
    about.extend(order_details(&replay, order).map(|(name, value)| (name.to_owned(), value)));
    tx.log(&LogRow::new("replay.start", replay.items, &about.into(), act, now)).await?;
    Ok(replay)
}

/// [`crate::store::DeadLetterStore::replay_claim`]
pub(in crate::store) async fn claim<B: Begin>(
    store: &B, which: Option<i64>, token: Uuid, lease_for: Duration, now: OffsetDateTime,
) -> Result<Option<Replay>, StoreError> {
    let mut tx = store.begin("replay_claim").await?;
    let done = tx.replay_claim(which, token, lease_for, now).await;
    let claimed = end::<B, _>("replay_claim", tx, done).await?;
    claimed.map(Replay::try_from).transpose()
}

/// [`crate::store::DeadLetterStore::replay_release`]
pub(in crate::store) async fn release<B: Begin>(store: &B, replay: i64, token: Uuid) -> Result<(), StoreError> {
    let mut tx = store.begin("replay_release").await?;
    let done = tx.replay_release(replay, token).await;
    end::<B, _>("replay_release", tx, done).await
}

/// [`crate::store::DeadLetterStore::replay_end`]
pub(in crate::store) async fn end_replay<B: Begin>(
    store: &B, replay: i64, token: Uuid, how: ReplayEnd, now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let state = match how {
        ReplayEnd::Done => ReplayState::Done,
        ReplayEnd::Stopped => ReplayState::Stopped,
    };
    let mut tx = store.begin("replay_end").await?;
    let done = finish(&mut tx, replay, Some(token), state, None, now).await;
    end::<B, _>("replay_end", tx, done).await
}

/// [`crate::store::DeadLetterStore::replay_cancel`]
pub(in crate::store) async fn cancel<B: Begin>(
    store: &B, replay: i64, act: &Act, now: OffsetDateTime,
) -> Result<Option<Replay>, StoreError> {
    let mut tx = store.begin("replay_cancel").await?;
    let done = async {
        finish(&mut tx, replay, None, ReplayState::Canceled, Some(act), now).await?;
        tx.replays_read(Some(replay), 1).await?.pop().map(Replay::try_from).transpose()
    };
    let done = done.await;
    end::<B, _>("replay_cancel", tx, done).await
}

/// Ends a replay that has not ended, and writes that down in the name of `act`, or of whoever ordered it.
async fn finish<T: Tx>(
    tx: &mut T, replay: i64, token: Option<Uuid>, state: ReplayState, act: Option<&Act>, now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let Some(row) = tx.replay_end(replay, token, state.as_str(), now).await? else {
        return Ok(false);
    };
    let replay = Replay::try_from(row)?;
    let (action, act) = match act {
        Some(act) => ("replay.cancel", act.clone()),
        None => ("replay.end", Act { operator: replay.operator.clone(), reason: replay.reason.clone() }),
    };
    tx.log(&LogRow::new(action, replay.done, &end_details(&replay), &act, now)).await?;
    Ok(true)
}

/// [`crate::store::DeadLetterStore::replays`]
pub(in crate::store) async fn list<B: Begin>(
    store: &B, which: Option<i64>, limit: u32,
) -> Result<Vec<Replay>, StoreError> {
    let mut tx = store.begin("replays").await?;
    let done = tx.replays_read(which, limit).await;
    end::<B, _>("replays", tx, done).await?.into_iter().map(Replay::try_from).collect()
}
