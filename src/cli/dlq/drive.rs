//! Carries a replay on in the foreground: at its rate, with progress, a line for each failure, and an orderly stop.

use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::ProgressBar;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::tally::{Tally, skipped_because};
use super::{status, words};
use crate::app::Parts;
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::fault::Classify;
use crate::shutdown::Signals;
use crate::store::{LetterOutcome, Replay, ReplayCall, ReplayEffects, ReplayEnd, ReplayState, ReplayStep, StoreError};

/// How long a replay is held; each letter renews it. Whoever resumes after a crash waits for its end.
const LEASE: Duration = Duration::from_secs(10);
/// How often it is looked whether another let go.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// Tries of one letter while the database is busy or away.
const TRIES_MAX: u32 = 6;
/// Pause before the second try; doubles with each.
const PAUSE: Duration = Duration::from_millis(100);
/// Skipped letters told one by one; the rest is counted.
const SKIPS_TOLD: u64 = 20;

/// Works at replay `number` until its end, and tells.
pub(super) async fn carry_on(parts: &Parts, config: &Config, number: i64, json: bool) -> anyhow::Result<Exit> {
    let mut signals = Signals::listen()?;
    let stop = CancellationToken::new();
    let mut drive = Drive { parts, number, token: Uuid::new_v4(), tally: Tally::default() };
    tokio::select! {
        done = drive.run(&stop) => done?,
        _ = signals.run(&stop, config.shutdown.grace) => {
            bail!("cut off; carry it on: makegood dlq replay --resume {number}")
        }
    }
    let replay = drive.replay().await?;
    tell(&replay, &drive.tally, json)
}

/// A replay under way, with what became of its letters here.
struct Drive<'a> {
    parts: &'a Parts,
    number: i64,
    token: Uuid,
    tally: Tally,
}

impl Drive<'_> {
    async fn replay(&self) -> anyhow::Result<Replay> {
        let found = self.parts.store.replays(Some(self.number), 1).await?;
        let number = self.number;
        found
            .into_iter()
            .next()
            .with_context(|| format!("there is no replay {number}; `makegood dlq status` shows the newest"))
    }

    /// Claims it and works at it, until it has ended, is not ours any more, or `stop`.
    async fn run(&mut self, stop: &CancellationToken) -> anyhow::Result<()> {
        let Some(replay) = self.claim(stop).await? else { return Ok(()) };
        let bar = output::progress(replay.items, "letters")?;
        let worked = self.work(replay, &bar, stop).await;
        bar.finish_and_clear();
        let number = self.number;
        worked.with_context(|| format!("replay {number} stopped; carry it on: makegood dlq replay --resume {number}"))
    }

    /// Takes it over; waits while the lease of one that died runs out.
    async fn claim(&self, stop: &CancellationToken) -> anyhow::Result<Option<Replay>> {
        let patience = Instant::now() + 2 * LEASE;
        let mut told = false;
        loop {
            let now = self.parts.clock.now();
            if let Some(replay) = self.parts.store.replay_claim(Some(self.number), self.token, LEASE, now).await? {
                return Ok(Some(replay));
            }
            let replay = self.replay().await?;
            if replay.ended_at.is_some() {
                output::talk(format!("replay {} has ended: {}", self.number, replay.state.as_str()));
                return Ok(None);
            }
            if Instant::now() > patience {
                bail!("another works at replay {0}: makegood dlq status {0}", self.number);
            }
            if !told {
                output::talk(format!("replay {} is held, perhaps by one that died; waiting", self.number));
                told = true;
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = stop.cancelled() => return Ok(None),
            }
        }
    }

    async fn work(&mut self, replay: Replay, bar: &ProgressBar, stop: &CancellationToken) -> Result<(), StoreError> {
        let store = &self.parts.store;
        let mut pace = Pace::new(&replay);
        let mut failures = replay.failed;
        let stop_after = replay.stop_after_failures.map(u64::from);
        while !stop.is_cancelled() {
            if stop_after.is_some_and(|most| failures >= most) {
                store.replay_end(self.number, self.token, ReplayEnd::Stopped, self.parts.clock.now()).await?;
                return Ok(());
            }
            tokio::select! {
                () = tokio::time::sleep_until(pace.next()) => {}
                () = stop.cancelled() => break,
            }
            match self.step().await? {
                ReplayStep::Tried { id, outcome, replay } => {
                    failures = replay.failed;
                    bar.set_position(replay.done + replay.failed + replay.skipped);
                    bar.set_message(format!("{} failed, {} Connects returned", replay.failed, replay.connects));
                    self.tally.count(&outcome);
                    self.tell_one(id, &outcome, bar);
                }
                ReplayStep::Exhausted => {
                    store.replay_end(self.number, self.token, ReplayEnd::Done, self.parts.clock.now()).await?;
                    return Ok(());
                }
                ReplayStep::Lost => return Ok(()),
            }
        }
        store.replay_release(self.number, self.token).await
    }

    /// The next letter; tried again while the database is busy or away. What a lost answer had done is skipped then.
    async fn step(&self) -> Result<ReplayStep, StoreError> {
        let intake = &self.parts.intake;
        let mut tries = 1;
        loop {
            let judge = intake.judge();
            let now = self.parts.clock.now();
            let call = ReplayCall { judge: &judge, wait: &intake.wait, limits: intake.limits, now };
            match self.parts.store.replay_step(self.number, self.token, LEASE, call).await {
                Err(error) if error.is_transient() && tries < TRIES_MAX => {
                    tokio::time::sleep(PAUSE * 2_u32.pow(tries - 1)).await;
                    tries += 1;
                }
                result => return result,
            }
        }
    }

    fn tell_one(&self, id: i64, outcome: &LetterOutcome, bar: &ProgressBar) {
        let told = match outcome {
            LetterOutcome::Failed { code, message, .. } => {
                format!("letter {id} failed again: {}: {}", words::plain(code), words::plain(message))
            }
            LetterOutcome::Skipped { code } if self.tally.skipped.values().sum::<u64>() <= SKIPS_TOLD => {
                format!("letter {id} was skipped: {}", skipped_because(code))
            }
            _ => return,
        };
        bar.suspend(|| output::talk(told));
    }
}

/// When the next letter may go: at the replay's rate, ramped up anew whenever somebody takes it over.
struct Pace {
    began: Instant,
    last: Option<Instant>,
    ramp: Vec<u32>,
    rate: Option<u32>,
}

/// What a slow letter held up may be made up for within this time, and no more.
const CATCH_UP_MAX: Duration = Duration::from_millis(100);

impl Pace {
    fn new(replay: &Replay) -> Self {
        Self { began: Instant::now(), last: None, ramp: replay.ramp.clone(), rate: replay.rate }
    }

    /// The moment of the next letter.
    fn next(&mut self) -> Instant {
        let now = Instant::now();
        let next = match self.last {
            None => now,
            Some(last) => {
                let second = usize::try_from((last - self.began).as_secs()).unwrap_or(usize::MAX);
                let rate = self.ramp.get(second).copied().or(self.rate);
                let pause = rate.map_or(Duration::ZERO, |rate| Duration::from_secs(1) / rate.max(1));
                (last + pause).max(now.checked_sub(CATCH_UP_MAX).unwrap_or(now))
            }
        };
        self.last = Some(next);
        next
    }
}

fn tell(replay: &Replay, tally: &Tally, json: bool) -> anyhow::Result<Exit> {
    if json {
        words::json(&status::replay_json(replay))?;
    } else {
        output::say(status::lines(replay).join("\n"))?;
    }
    let skipped: u64 = tally.skipped.values().sum();
    if skipped > SKIPS_TOLD {
        output::talk(format!("{skipped} letters were skipped; the first {SKIPS_TOLD} were named"));
    }
    if replay.notices > 0 && replay.effects != ReplayEffects::Credit {
        let notices = words::count(replay.notices, "notice");
        output::talk(format!("{notices} to be sent: by a running daemon, or by `makegood process < /dev/null`"));
    }
    let waiting: u64 = tally.waiting.values().sum();
    if waiting > 0 {
        output::talk(format!(
            "{} waiting: a running daemon decides them when due; makegood events list --waiting",
            words::count(waiting, "event")
        ));
    }
    if tally.fanning_out > 0 {
        output::talk(format!(
            "{} too large for one transaction: a running daemon applies it in chunks",
            words::count(tally.fanning_out, "event")
        ));
    }
    if let Some(next) = status::next(replay) {
        output::talk(next);
    }
    Ok(if replay.state == ReplayState::Done && replay.failed == 0 { Exit::Done } else { Exit::Partly })
}
