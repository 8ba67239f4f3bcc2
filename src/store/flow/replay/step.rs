//! One step of a replay, and its rehearsal.

use std::time::Duration;

use uuid::Uuid;

use super::letter::{Attempt, apply_letter, fail_letter};
use super::{LetterCall, refused};
use crate::fault::failpoint::kill_point;
use crate::store::flow::Tx;
use crate::store::flow::run::{Begin, end};
use crate::store::replay_rows::{Cause, Rise, read_effects};
use crate::store::{LetterOutcome, PAGE_MAX, Prediction, ReplayEffects, ReplayStep, StoreError};

/// Whose replay it is, and for how long.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Hold {
    pub(in crate::store) replay: i64,
    pub(in crate::store) token: Uuid,
    pub(in crate::store) lease_for: Duration,
}

/// [`crate::store::DeadLetterStore::replay_step`]
pub(in crate::store) async fn step<B: Begin>(
    store: &B, hold: Hold, call: LetterCall<'_>,
) -> Result<ReplayStep, StoreError> {
    match once(store, hold, None, call).await {
        Err(error) if error.is_about_data() => once(store, hold, Some(refused(&error)), call).await,
        done => done,
    }
}

/// One transaction; with a cause the item is not tried, but written down as failed.
async fn once<B: Begin>(
    store: &B, hold: Hold, cause: Option<Cause>, call: LetterCall<'_>,
) -> Result<ReplayStep, StoreError> {
    let mut tx = store.begin("replay_step").await?;
    let done = next(&mut tx, hold, cause, call).await;
    let tried = matches!(done, Ok(ReplayStep::Tried { .. }));
    if tried {
        kill_point("k13");
    }
    let done = end::<B, _>("replay_step", tx, done).await;
    if tried && done.is_ok() {
        kill_point("k14");
    }
    done
}

async fn next<T: Tx>(
    tx: &mut T, hold: Hold, cause: Option<Cause>, call: LetterCall<'_>,
) -> Result<ReplayStep, StoreError> {
    let replay = hold.replay;
    let Some((effects, patch)) = tx.replay_hold(replay, hold.token, hold.lease_for).await? else {
        return Ok(ReplayStep::Lost);
    };
    let Some((position, id)) = tx.replay_next(replay).await? else {
        return Ok(ReplayStep::Exhausted);
    };
    let effects = read_effects(&effects)?;
    let patch = patch.as_deref();
    let attempt = Attempt { letter: id, effects, patch, replay: Some(replay), states: effects.states() };
    let outcome = match cause {
        None => apply_letter(tx, &attempt, call).await?,
        Some(cause) => fail_letter(tx, &attempt, cause, call.flow.now).await?,
    };
    let rise = Rise::of(&outcome);
    let became = (rise.item_state(), outcome.as_str(), outcome.code());
    let written = tx.replay_item_done(replay, position, became, call.flow.now).await?;
    if written != 1 {
        return Err(StoreError::Setup(format!("replay {replay}: its item {position} was done by another meanwhile")));
    }
    let replay = Box::new(tx.replay_count(replay, rise).await?.try_into()?);
    Ok(ReplayStep::Tried { id, outcome, replay })
}

/// [`crate::store::DeadLetterStore::predict`]
pub(in crate::store) async fn predict<B: Begin>(
    store: &B, ids: &[i64], (effects, patch): (ReplayEffects, Option<&[u8]>), call: LetterCall<'_>,
) -> Result<Vec<Prediction>, StoreError> {
    if ids.len() > PAGE_MAX as usize {
        return Err(StoreError::Setup(format!("{} letters; {PAGE_MAX} are predicted at once", ids.len())));
    }
    let mut predictions = Vec::with_capacity(ids.len());
    for id in ids {
        let attempt = Attempt { letter: *id, effects, patch, replay: Some(0), states: effects.states() };
        let mut tx = store.begin("predict").await?;
        let outcome = apply_letter(&mut tx, &attempt, call).await;
        B::roll_back(tx).await;
        let outcome = match outcome {
            Err(error) if error.is_about_data() => LetterOutcome::from(refused(&error)),
            outcome => outcome?,
        };
        predictions.push(Prediction { id: *id, outcome });
    }
    Ok(predictions)
}
