//! Carries on what one batch cannot finish: fan-outs chunk by chunk, and events whose time to be tried again has come.

use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::Intake;
use super::breaker::Work;
use crate::broker::Schedule;
use crate::fault::Classify;
use crate::store::{FanOutStep, Outcome, StoreError};
use crate::telemetry::facts::{self, Dependency};

/// Waiting events decided in one transaction. Small: each may touch as many proposals as fit a batch.
const DUE_EVENTS_MAX: u32 = 32;

/// Chunks of one event in a row: many, as each but the first is decided while those before it are written, and few, as
/// another event that fans out, a stop and a reload wait for their end, a second or so.
const CHUNKS_MAX: usize = 32;

/// Applies fan-outs until `stop`; looks for one at least every `poll`.
pub async fn fan_out(intake: &Intake, poll: Duration, stop: &CancellationToken) {
    rounds(intake, poll, &intake.wakeups.fan_out, stop, |alone| Box::pin(chunks(intake, alone))).await;
}

async fn chunks(intake: &Intake, alone: bool) -> Result<bool, StoreError> {
    let told = |step| tell(intake, &step);
    let (judge, wait) = (intake.judge(), intake.wait_now());
    // After an outage one transaction goes first.
    let chunks_max = if alone { 1 } else { CHUNKS_MAX };
    intake.store.fan_out_chunks(&judge, &wait, intake.clock.now(), chunks_max, &told).await
}

fn tell(intake: &Intake, step: &FanOutStep) {
    match step {
        FanOutStep::Idle => {}
        FanOutStep::Planned { key, accounts } => facts::fan_out_planned(&key.source, &key.id, *accounts),
        FanOutStep::Advanced { outcome, done } => match (outcome, done) {
            (Outcome::Applied { .. }, false) => {
                // Credits come before letters: more of them are to come.
                intake.wakeups.backlog.seen(Instant::now());
                intake.tell_chunk(outcome);
            }
            (Outcome::Applied { key, .. }, true) => {
                facts::fan_out_finished(&key.source, &key.id);
                intake.tell_later(outcome);
            }
            _ => intake.tell_later(outcome),
        },
    }
}

/// Decides waiting events when they are due, until `stop`; looks for them every `poll`.
pub async fn wait_over(intake: &Intake, poll: Duration, stop: &CancellationToken) {
    rounds(intake, poll, &Notify::new(), stop, |alone| Box::pin(decide_due(intake, alone))).await;
}

async fn decide_due(intake: &Intake, alone: bool) -> Result<bool, StoreError> {
    let (judge, wait) = (intake.judge(), intake.wait_now());
    let due = |limit| intake.store.apply_due(limit, &judge, &wait, intake.clock.now());
    let due = match due(if alone { 1 } else { DUE_EVENTS_MAX }).await {
        // One of them is refused for its data: one by one, the store knows which, and puts that one off.
        Err(error) if error.is_about_data() => due(1).await?,
        due => due?,
    };
    for outcome in &due {
        intake.tell_later(outcome);
    }
    Ok(!due.is_empty())
}

/// Runs `round` again at once while it finds work, and after `poll` or a wake-up when it finds none. `round` is told
/// whether it is the first to go to the database after an outage.
async fn rounds<'a>(
    intake: &Intake, poll: Duration, wake: &Notify, stop: &CancellationToken,
    round: impl Fn(bool) -> BoxFuture<'a, Result<bool, StoreError>>,
) {
    let mut schedule = Schedule::new(intake.patience.0, intake.patience.1);
    while !stop.is_cancelled() {
        // Armed before the look, so that a wake-up in between is not lost.
        let woken = wake.notified();
        let pass = tokio::select! {
            pass = intake.database.pass(Work::FollowUp) => pass,
            () = stop.cancelled() => return,
        };
        let pause = match round(pass.is_probe()).await {
            Err(error) if error.is_transient() => {
                pass.failed(&error);
                continue;
            }
            answer => {
                pass.succeeded();
                match answer {
                    Ok(more) => {
                        schedule.succeeded();
                        if more {
                            continue;
                        }
                        poll
                    }
                    // The database works, and this will not: the intake must not stand still for it.
                    Err(error) => {
                        let pause = schedule.next_pause();
                        intake.health.lost(Dependency::Database, &error, pause);
                        pause
                    }
                }
            }
        };
        tokio::select! {
            () = woken => {}
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
}
