//! Carries replays out, letter by letter, no faster than was ordered, and tries alone what the broker gave up.

use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Intake;
use super::breaker::Work;
use super::intake::tell_returned;
use super::pace::Pace;
use crate::broker::Schedule;
use crate::fault::Classify;
use crate::fault::failpoint::{killer, planted};
use crate::store::{LetterOutcome, Replay, ReplayCall, ReplayEnd, ReplayStep, StoreError, Trial};
use crate::telemetry::facts::{self, Dependency};

/// Longest pause between two letters: a rate is at least one a second.
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// How to carry on replays and trials.
#[derive(Debug, Clone, Copy)]
pub struct ReplayOptions {
    /// How often to look for work.
    pub poll: Duration,
    /// How long a replay is held without a letter of it being done.
    pub replay_lease: Duration,
    /// How long a letter is held while it is tried.
    pub trial_lease: Duration,
    /// Trials without an end after which a letter counts as one that kills the process.
    pub trials_max: u32,
}

/// A replay in our hands.
#[derive(Debug, Clone)]
pub struct Held {
    /// As it was when it was claimed.
    pub replay: Replay,
    token: Uuid,
    lease: Duration,
}

/// How a replay left our hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// It has ended: done, or stopped after too many failures.
    Ended(Replay),
    /// We were told to stop: whoever comes next carries it on at once.
    Released(Replay),
    /// It was canceled, or taken over while the database was away.
    Lost(Replay),
}

/// Claims a replay: `which`, or the oldest that nobody holds. `None`: there is none to be had.
pub async fn claim(intake: &Intake, which: Option<i64>, lease: Duration) -> Result<Option<Held>, StoreError> {
    let (token, lease) = (Uuid::new_v4(), lease.saturating_add(PAUSE_MAX));
    let claimed = intake.store.replay_claim(which, token, lease, intake.clock.now()).await?;
    Ok(claimed.map(|replay| Held { replay, token, lease }))
}

/// Carries a replay out until it has ended, is lost, or `stop`; `told` hears of every letter.
///
/// While the database is away it waits. Must run to its end (see [`crate::store::Store`]). An error is permanent, and
/// about the database as a whole: what is about one letter is that letter's outcome.
pub async fn execute(
    intake: &Intake, held: Held, told: &mut (dyn FnMut(&Replay, &ReplayStep) + Send), stop: &CancellationToken,
) -> Result<Left, StoreError> {
    let Held { mut replay, token, lease } = held;
    let (no, began) = (replay.no, Instant::now());
    facts::replay_begins(no, replay.items, replay.done + replay.failed + replay.skipped);
    let mut pace = Pace::new(replay.rate, &replay.ramp);
    let end = loop {
        if replay.stop_after_failures.is_some_and(|max| replay.failed >= u64::from(max)) {
            break ReplayEnd::Stopped;
        }
        let begin = began + pace.next(began.elapsed());
        tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(released(intake, replay, token).await),
            () = tokio::time::sleep_until(begin) => {}
        }
        let step = patiently(intake, stop, || Box::pin(step(intake, no, token, lease))).await;
        let step = match step {
            None => return Ok(released(intake, replay, token).await),
            Some(Err(error)) => {
                released(intake, replay, token).await;
                return Err(error);
            }
            Some(Ok(step)) => step,
        };
        if let ReplayStep::Tried { id, outcome, replay: counted } = &step {
            facts::letter_replayed(no, *id, outcome.as_str(), outcome.code());
            wake(intake, outcome);
            replay = (**counted).clone();
        }
        told(&replay, &step);
        match step {
            ReplayStep::Tried { .. } => {}
            ReplayStep::Exhausted => break ReplayEnd::Done,
            ReplayStep::Lost => return Ok(lost(intake, replay).await),
        }
    };
    ended(intake, replay, token, end, stop).await
}

async fn step(intake: &Intake, replay: i64, token: Uuid, lease: Duration) -> Result<ReplayStep, StoreError> {
    let judge = intake.judge();
    let call = ReplayCall { judge: &judge, wait: &intake.wait, limits: intake.limits, now: intake.clock.now() };
    intake.store.replay_step(replay, token, lease, call).await
}

async fn ended(
    intake: &Intake, replay: Replay, token: Uuid, end: ReplayEnd, stop: &CancellationToken,
) -> Result<Left, StoreError> {
    let no = replay.no;
    let attempt = || -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(intake.store.replay_end(no, token, end, intake.clock.now()))
    };
    match patiently(intake, stop, attempt).await {
        None => Ok(released(intake, replay, token).await),
        // Also where the commit came through and its reply did not: it is ended then, and read as that.
        Some(Ok(false)) => Ok(lost(intake, replay).await),
        Some(Ok(true)) => Ok(Left::Ended(tell_end(intake, replay).await)),
        Some(Err(error)) => Err(error),
    }
}

/// The replay as it is now, where that can be read.
async fn reread(intake: &Intake, replay: Replay) -> Replay {
    let now = intake.store.replays(Some(replay.no), 1).await.ok().and_then(|mut found| found.pop());
    now.unwrap_or(replay)
}

async fn tell_end(intake: &Intake, replay: Replay) -> Replay {
    let replay = reread(intake, replay).await;
    facts::replay_ended(replay.no, replay.state.as_str(), replay.done, replay.failed, replay.skipped);
    replay
}

async fn lost(intake: &Intake, replay: Replay) -> Left {
    let replay = reread(intake, replay).await;
    facts::replay_lost(replay.no, replay.state.as_str());
    Left::Lost(replay)
}

/// Gives it back. Where that fails its lease runs out.
async fn released(intake: &Intake, replay: Replay, token: Uuid) -> Left {
    drop(intake.store.replay_release(replay.no, token).await);
    facts::replay_released(replay.no);
    Left::Released(replay)
}

/// Wakes whoever carries on what a letter began, and counts what came back.
fn wake(intake: &Intake, outcome: &LetterOutcome) {
    match outcome {
        LetterOutcome::Applied { returned, notices, withheld, .. } => {
            tell_returned(returned);
            if notices > withheld {
                intake.wakeups.told();
            }
        }
        LetterOutcome::FanningOut => intake.wakeups.fan_out.notify_one(),
        LetterOutcome::Mailed { .. } => intake.wakeups.told(),
        _ => {}
    }
}

/// Carries on replays that nobody holds, until `stop`; looks for one every `poll`.
pub async fn carry_on(intake: &Intake, options: &ReplayOptions, stop: &CancellationToken) {
    let round = || -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async {
            let Some(held) = claim(intake, None, options.replay_lease).await? else {
                return Ok(false);
            };
            execute(intake, held, &mut |_, _| {}, stop).await?;
            Ok(true)
        })
    };
    rounds(intake, options.poll, &Notify::new(), stop, round).await;
}

/// Tries letters that the broker gave up, one at a time, until `stop`; looks for one at least every `poll`.
pub async fn trials(intake: &Intake, options: &ReplayOptions, stop: &CancellationToken) {
    let round = || -> BoxFuture<'_, Result<bool, StoreError>> { Box::pin(trial(intake, options, stop)) };
    rounds(intake, options.poll, &intake.wakeups.trials, stop, round).await;
}

async fn trial(intake: &Intake, options: &ReplayOptions, stop: &CancellationToken) -> Result<bool, StoreError> {
    let (lease, trials_max) = (options.trial_lease, options.trials_max);
    let id = match intake.store.trial_begin(lease, trials_max, intake.clock.now()).await? {
        None => return Ok(false),
        Some(Trial::Condemned { id }) => {
            facts::trial_condemned(id);
            return Ok(true);
        }
        Some(Trial::Begun { id }) => id,
    };
    if planted("killer")
        && let Ok(Some(letter)) = intake.store.letter(id).await
    {
        killer(&letter.body);
    }
    // An outage must not look like a message that kills: tried until the database has answered.
    let attempt = || -> BoxFuture<'_, Result<LetterOutcome, StoreError>> {
        Box::pin(async move {
            let judge = intake.judge();
            let call = ReplayCall { judge: &judge, wait: &intake.wait, limits: intake.limits, now: intake.clock.now() };
            intake.store.trial_apply(id, call).await
        })
    };
    let Some(outcome) = patiently(intake, stop, attempt).await else {
        return Ok(false);
    };
    let outcome = outcome?;
    facts::letter_tried(id, outcome.as_str(), outcome.code());
    wake(intake, &outcome);
    Ok(true)
}

/// Tries until the database has answered. `None`: told to stop before.
async fn patiently<'a, T>(
    intake: &Intake, stop: &CancellationToken, attempt: impl Fn() -> BoxFuture<'a, Result<T, StoreError>>,
) -> Option<Result<T, StoreError>> {
    loop {
        let pass = tokio::select! {
            biased;
            pass = intake.database.pass(Work::FollowUp) => pass,
            () = stop.cancelled() => return None,
        };
        match attempt().await {
            Err(error) if error.is_transient() => pass.failed(&error),
            answer => {
                pass.succeeded();
                return Some(answer);
            }
        }
    }
}

/// Runs `round` again at once while it finds work, and after `poll` or a wake-up when it finds none; after a growing
/// pause when it fails.
async fn rounds<'a>(
    intake: &Intake, poll: Duration, wake: &Notify, stop: &CancellationToken,
    round: impl Fn() -> BoxFuture<'a, Result<bool, StoreError>>,
) {
    let mut schedule = Schedule::new(intake.patience.0, intake.patience.1);
    while !stop.is_cancelled() {
        let woken = wake.notified();
        // Nothing is asked of a database that is known to be away; the first after an outage are messages.
        let pause = match intake.database.try_pass() {
            None => poll,
            Some(pass) => match round().await {
                Ok(more) => {
                    pass.succeeded();
                    schedule.succeeded();
                    if more {
                        continue;
                    }
                    poll
                }
                Err(error) if error.is_transient() => {
                    pass.failed(&error);
                    poll
                }
                Err(error) => {
                    let pause = schedule.next_pause();
                    intake.health.lost(Dependency::Database, &error, pause);
                    pause
                }
            },
        };
        tokio::select! {
            () = woken => {}
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
}
