//! `makegood process`: the same pipeline, fed from NDJSON instead of a broker.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::lines::Lines;
use crate::app::{Access, Parts};
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::event::{DecodeLimits, Message, decode};
use crate::shutdown::Signals;
use crate::store::{FanOutStep, Outcome};
use crate::telemetry::facts;
use crate::worker::Intake;
use crate::worker::dispatch::Until;

/// How long a batch waits for the next line: what trickles in on stdin is applied without delay.
const LINGER: Duration = Duration::from_millis(50);
/// Unreadable lines that `--dry-run` names one by one; the rest is counted.
const FINDINGS_SHOWN: u64 = 20;

/// Options of `makegood process`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Running it again with the same file is safe: an event that is known already changes nothing.
Unreadable lines become dead letters; then the exit code is 3.")]
pub(super) struct Options {
    /// One event (CloudEvents, structured JSON) a line; `-` reads stdin.
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
    /// Leaves the notices in the outbox: a daemon, or the next run, sends them.
    #[arg(long)]
    no_mail: bool,
    /// Only reads the events and says which lines are none; needs no database.
    #[arg(long)]
    dry_run: bool,
    /// Prints the summary as JSON.
    #[arg(long)]
    json: bool,
}

/// What became of the lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Summary {
    /// Lines read.
    pub(super) events: u64,
    /// Applied, at once or in chunks.
    pub(super) applied: u64,
    /// Proposals credited.
    pub(super) credits: u64,
    /// Connects returned.
    pub(super) connects: i64,
    /// Known before.
    pub(super) duplicates: u64,
    /// Wait for something to become known, or for the end of a hold.
    pub(super) waiting: u64,
    /// Became dead letters.
    pub(super) dead_letters: u64,
}

impl Summary {
    /// Counts one outcome.
    pub(super) fn count(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Applied { credits, connects, .. } => {
                self.applied += 1;
                self.credits += credits;
                self.connects += connects;
            }
            Outcome::FanningOut { .. } => {}
            Outcome::Waiting { .. } => self.waiting += 1,
            Outcome::Duplicate { .. } => self.duplicates += 1,
            Outcome::Dead { .. } => self.dead_letters += 1,
        }
    }

    /// Counts a batch: what has no outcome was no event.
    pub(super) fn count_batch(&mut self, messages: usize, outcomes: &[Outcome]) {
        self.events += messages as u64;
        self.dead_letters += (messages - outcomes.len()) as u64;
        for outcome in outcomes {
            self.count(outcome);
        }
    }
}

/// Applies every line, then sends what is due. Ctrl-C stops between batches; run again, it goes on where it was.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let mut lines = Lines::open(&options.file).await?;
    if options.dry_run {
        return read_only(options, config, &mut lines).await;
    }
    let mut signals = Signals::listen()?;
    let parts = Parts::assemble(config, Access::Exclusive).await?;
    if config.store.migrate_at_start {
        parts.store.migrate().await?;
    }
    parts.store.ping().await?;
    let stop = CancellationToken::new();
    let work = async {
        let summary = feed(config, &parts.intake, &mut lines, &stop).await?;
        if !options.no_mail {
            parts.dispatcher(config).run(Until::Drained, &stop).await;
        }
        let unsent = parts.store.stats(parts.clock.now()).await?.notices;
        anyhow::Ok((summary, unsent.values().sum()))
    };
    let (summary, unsent): (Summary, u64) = tokio::select! {
        summary = work => summary?,
        _ = signals.run(&stop, config.shutdown.grace) => {
            anyhow::bail!("cut off; what was not finished is done when the same file is processed again")
        }
    };
    parts.store.close().await;
    if options.json {
        output::json(&summary)?;
    } else {
        report(&summary)?;
    }
    if unsent > 0 {
        output::talk(format!(
            "{unsent} notices are still to be sent: by a running daemon, or the next run of this command"
        ));
    }
    if stop.is_cancelled() {
        output::talk(format!("stopped after {}; process the same file again to go on", lines.here()));
    }
    Ok(if summary.dead_letters > 0 || stop.is_cancelled() { Exit::Partly } else { Exit::Done })
}

async fn read_only(options: &Options, config: &Config, lines: &mut Lines) -> anyhow::Result<Exit> {
    let limits = DecodeLimits { body_bytes_max: config.intake.body_bytes_max };
    let (mut readable, mut unreadable) = (0_u64, 0_u64);
    while let Some(line) = lines.next().await? {
        match decode(&Message::structured(line), limits) {
            Ok(_) => readable += 1,
            Err(error) => {
                unreadable += 1;
                if unreadable <= FINDINGS_SHOWN {
                    output::talk(format!("{}: {}", lines.here(), facts::chain(&error)));
                }
            }
        }
    }
    if options.json {
        output::json(&json!({ "readable": readable, "unreadable": unreadable }))?;
    } else {
        output::say(format!("{readable} events are readable, {unreadable} lines are not; nothing was written"))?;
    }
    Ok(if unreadable > 0 { Exit::Partly } else { Exit::Done })
}

async fn feed(
    config: &Config, intake: &Intake, lines: &mut Lines, stop: &CancellationToken,
) -> anyhow::Result<Summary> {
    let bar = output::progress(lines.bytes_total, "bytes")?;
    let mut summary = Summary::default();
    let batch_max = usize::from(config.broker.batch_max);
    loop {
        let messages = next_batch(lines, batch_max, stop).await?;
        if messages.is_empty() {
            break;
        }
        let count = messages.len();
        summary.count_batch(count, &intake.take("process", messages, stop).await?);
        drain_fan_outs(intake, &mut summary, stop).await?;
        bar.set_position(if lines.bytes_total > 0 { lines.bytes_read } else { summary.events });
        bar.set_message(format!("{} events, {} Connects returned", summary.events, summary.connects));
    }
    drain_fan_outs(intake, &mut summary, stop).await?;
    bar.finish_and_clear();
    Ok(summary)
}

/// As many lines as are there, at most `batch_max`; none at the end, or when told to stop.
async fn next_batch(lines: &mut Lines, batch_max: usize, stop: &CancellationToken) -> anyhow::Result<Vec<Message>> {
    let mut messages = Vec::new();
    while messages.len() < batch_max {
        let linger = if messages.is_empty() { Duration::MAX } else { LINGER };
        let line = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            line = tokio::time::timeout(linger, lines.next()) => line,
        };
        match line {
            Ok(line) => match line? {
                Some(line) => messages.push(Message::structured(line)),
                None => break,
            },
            Err(_) => break,
        }
    }
    Ok(messages)
}

/// Applies what was too large for a batch, chunk by chunk.
pub(super) async fn drain_fan_outs(
    intake: &Intake, summary: &mut Summary, stop: &CancellationToken,
) -> anyhow::Result<()> {
    while !stop.is_cancelled() {
        match intake.store.fan_out(&intake.judge(), &intake.wait, intake.clock.now()).await? {
            FanOutStep::Idle => break,
            FanOutStep::Planned { .. } => {}
            FanOutStep::Advanced { outcome, done } => {
                summary.count(&outcome);
                if matches!(outcome, Outcome::Applied { .. }) && !done {
                    summary.applied -= 1; // an event counts once, at its last chunk
                }
            }
        }
    }
    Ok(())
}

fn report(summary: &Summary) -> anyhow::Result<()> {
    output::say(format!(
        "{} events: {} applied, {} known before, {} waiting, {} dead letters",
        summary.events, summary.applied, summary.duplicates, summary.waiting, summary.dead_letters,
    ))?;
    output::say(format!("{} proposals credited, {} Connects returned", summary.credits, summary.connects))?;
    if summary.waiting > 0 {
        output::talk("events wait for a job or client that is not known yet: a running daemon applies them when it is");
    }
    if summary.dead_letters > 0 {
        output::talk("the dead letters, each with its cause: makegood dlq list");
    }
    Ok(())
}
