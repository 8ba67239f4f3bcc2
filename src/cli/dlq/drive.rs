//! Carries a replay on in the foreground: progress, a line for each failure, and an orderly stop.

use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::ProgressBar;
use tokio_util::sync::CancellationToken;

use super::{status, words};
use crate::app::Parts;
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::shutdown::Signals;
use crate::store::{LetterOutcome, Replay, ReplayEffects, ReplayState, ReplayStep};
use crate::worker::desk::{Tally, replay_json, replay_next, skipped_because};
use crate::worker::replay::{Held, claim, execute};

/// How often a replay is looked at that another carries on.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// Skipped letters told one by one; the rest is counted.
const SKIPS_TOLD: u64 = 20;

/// Works at replay `number` until its end, and tells. Ctrl-C stops after the letter under way and gives it back.
pub(super) async fn carry_on(parts: &Parts, config: &Config, number: i64, json: bool) -> anyhow::Result<Exit> {
    let mut signals = Signals::listen()?;
    let stop = CancellationToken::new();
    let mut told = Told::default();
    tokio::select! {
        done = run(parts, config, number, &mut told, &stop) => done?,
        _ = signals.run(&stop, config.shutdown.grace) => {
            bail!("cut off; carry it on: makegood dlq replay --resume {number}")
        }
    }
    tell(&read(parts, number).await?, &told.tally, json)
}

async fn read(parts: &Parts, number: i64) -> anyhow::Result<Replay> {
    let found = parts.store.replays(Some(number), 1).await?.into_iter().next();
    found.with_context(|| format!("there is no replay {number}; `makegood dlq status` shows the newest"))
}

async fn run(
    parts: &Parts, config: &Config, number: i64, told: &mut Told, stop: &CancellationToken,
) -> anyhow::Result<()> {
    let Some(held) = take_over(parts, config, number, stop).await? else { return Ok(()) };
    let bar = output::progress(held.replay.items, "letters")?;
    let executed = execute(&parts.intake, held, &mut |replay, step| told.step(replay, step, &bar), stop).await;
    bar.finish_and_clear();
    executed.with_context(|| format!("replay {number} stopped; carry it on: makegood dlq replay --resume {number}"))?;
    Ok(())
}

/// Takes the replay over. While another holds it (a daemon that was quicker; one that died, until its lease ends) it is
/// watched. `None`: it has ended, or `stop`.
async fn take_over(
    parts: &Parts, config: &Config, number: i64, stop: &CancellationToken,
) -> anyhow::Result<Option<Held>> {
    let mut watched: Option<ProgressBar> = None;
    loop {
        if let Some(held) = claim(&parts.intake, Some(number), config.dlq.replay_lease).await? {
            return Ok(Some(held));
        }
        let replay = read(parts, number).await?;
        if replay.ended_at.is_some() {
            output::talk(format!("replay {number} has ended: {}", replay.state.as_str()));
            return Ok(None);
        }
        if watched.is_none() {
            output::talk(format!(
                "another process holds replay {number}, or held it and died; watching until it is done or its lease \
                 ends (dlq.replay_lease)"
            ));
            watched = Some(output::progress(replay.items, "letters")?);
        }
        if let Some(bar) = &watched {
            show(bar, &replay);
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_AGAIN) => {}
            () = stop.cancelled() => return Ok(None),
        }
    }
}

fn show(bar: &ProgressBar, replay: &Replay) {
    bar.set_position(replay.done + replay.failed + replay.skipped);
    bar.set_message(format!("{} failed, {} Connects returned", replay.failed, replay.connects));
}

/// What was told of the letters done here.
#[derive(Default)]
struct Told {
    tally: Tally,
}

impl Told {
    fn step(&mut self, replay: &Replay, step: &ReplayStep, bar: &ProgressBar) {
        let ReplayStep::Tried { id, outcome, .. } = step else { return };
        show(bar, replay);
        self.tally.count(outcome);
        let line = match outcome {
            LetterOutcome::Failed { code, message, .. } => {
                format!("letter {id} failed again: {}: {}", words::plain(code), words::plain(message))
            }
            LetterOutcome::Skipped { code } if self.tally.skipped.values().sum::<u64>() <= SKIPS_TOLD => {
                format!("letter {id} was skipped: {}", skipped_because(code))
            }
            _ => return,
        };
        bar.suspend(|| output::talk(line));
    }
}

fn tell(replay: &Replay, tally: &Tally, json: bool) -> anyhow::Result<Exit> {
    if json {
        words::json(&replay_json(replay))?;
    } else {
        output::say(status::lines(replay).join("\n"))?;
    }
    let skipped: u64 = tally.skipped.values().sum();
    if skipped > SKIPS_TOLD {
        output::talk(format!("{skipped} letters were skipped; the first {SKIPS_TOLD} were named"));
    }
    if replay.notices > 0 && replay.effects != ReplayEffects::Credit {
        let notices = words::count(replay.notices, "notice");
        output::talk(format!(
            "{notices} to be sent: by a running daemon (makegood run), or by makegood process < /dev/null"
        ));
    }
    let waiting: u64 = tally.waiting.values().sum();
    if waiting > 0 {
        let events = words::count(waiting, "event");
        output::talk(format!("{events} waiting, which a running daemon decides: makegood events list --waiting"));
    }
    if tally.fanning_out > 0 {
        let events = words::count(tally.fanning_out, "large event");
        output::talk(format!("{events} to be applied in chunks by a running daemon"));
    }
    if let Some(next) = replay_next(replay) {
        output::talk(next);
    }
    Ok(if replay.state == ReplayState::Done && replay.failed == 0 { Exit::Done } else { Exit::Partly })
}
