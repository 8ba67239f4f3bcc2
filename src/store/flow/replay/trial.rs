//! Letters the broker gave up, tried alone: written down before they are tried, so that one that kills the process is
//! found out.

use std::time::Duration;

use time::OffsetDateTime;

use super::letter::{Attempt, apply_letter, fail_letter};
use super::{LetterCall, refused};
use crate::store::flow::Tx;
use crate::store::flow::run::{Begin, end};
use crate::store::replay_rows::{Cause, Entry};
use crate::store::{AttemptKind, DeadClass, LetterOutcome, LetterState, ReplayEffects, StoreError, Trial};

/// [`crate::store::DeadLetterStore::trial_begin`]
pub(in crate::store) async fn trial_begin<B: Begin>(
    store: &B, lease_for: Duration, trials_max: u32, now: OffsetDateTime,
) -> Result<Option<Trial>, StoreError> {
    let mut tx = store.begin("trial_begin").await?;
    let done = begin(&mut tx, lease_for, trials_max, now).await;
    end::<B, _>("trial_begin", tx, done).await
}

async fn begin<T: Tx>(
    tx: &mut T, lease_for: Duration, trials_max: u32, now: OffsetDateTime,
) -> Result<Option<Trial>, StoreError> {
    let Some((id, trials, event_type)) = tx.trial_next().await? else {
        return Ok(None);
    };
    if u32::try_from(trials).unwrap_or(0) < trials_max {
        tx.trial_start(id, lease_for).await?;
        tx.letter_attempt(Entry::new(id, AttemptKind::Trial, "begun").row(now)).await?;
        return Ok(Some(Trial::Begun { id }));
    }
    let message = format!(
        "tried alone {trials} times, and the process ended each time before it was done: find out why with a copy of the message \
         (makegood dlq export) beside the queue, then replay it, or discard it"
    );
    let code = "kills_the_process".to_owned();
    let cause = Cause { class: DeadClass::GivenUp, code, message, pointer: None };
    tx.letter_fail(id, &cause, event_type.as_deref(), now).await?;
    let entry = Entry { cause: Some(&cause), ..Entry::new(id, AttemptKind::Trial, "dead") };
    tx.letter_attempt(entry.row(now)).await?;
    Ok(Some(Trial::Condemned { id }))
}

/// [`crate::store::DeadLetterStore::trial_apply`]
pub(in crate::store) async fn trial_apply<B: Begin>(
    store: &B, letter: i64, call: LetterCall<'_>,
) -> Result<LetterOutcome, StoreError> {
    let states = &[LetterState::Trial];
    let attempt = Attempt { letter, effects: ReplayEffects::Both, patch: None, replay: None, states };
    let mut tx = store.begin("trial_apply").await?;
    let done = apply_letter(&mut tx, &attempt, call).await;
    let error = match end::<B, _>("trial_apply", tx, done).await {
        Err(error) if error.is_about_data() => error,
        done => return done,
    };
    let mut tx = store.begin("trial_apply").await?;
    let done = fail_letter(&mut tx, &attempt, refused(&error), call.flow.now).await;
    end::<B, _>("trial_apply", tx, done).await
}
