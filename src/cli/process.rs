//! `makegood process`: the same pipeline, fed from NDJSON instead of a broker.

use std::path::PathBuf;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::lines::Lines;
use crate::app::{Access, Parts};
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::event::Message;
use crate::shutdown::Signals;
use crate::store::{FanOutStep, Outcome};
use crate::worker::Intake;
use crate::worker::dispatch::Until;

/// Options of `makegood process`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// One CloudEvent (structured JSON) a line; `-` reads stdin.
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
    /// Leaves the notices in the outbox; a daemon, or the next run, sends them.
    #[arg(long)]
    no_mail: bool,
    /// The summary as JSON.
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
        outcomes.iter().for_each(|outcome| self.count(outcome));
    }
}

/// Applies every line, then sends what is due. Ctrl-C stops between batches; run again, it goes on where it was.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let mut signals = Signals::listen()?;
    let parts = Parts::assemble(config, Access::Exclusive).await?;
    if config.store.migrate_at_start {
        parts.store.migrate().await?;
    }
    parts.store.ping().await?;
    let stop = CancellationToken::new();
    let work = async {
        let summary = feed(options, config, &parts.intake, &stop).await?;
        if !options.no_mail {
            parts.dispatcher(config).run(Until::Drained, &stop).await;
        }
        anyhow::Ok(summary)
    };
    let summary = tokio::select! {
        summary = work => summary?,
        _ = signals.run(&stop, config.shutdown.grace) => anyhow::bail!("stopped before the end"),
    };
    parts.store.close().await;
    if options.json {
        output::json(&summary)?
    } else {
        report(&summary)?
    }
    Ok(if summary.dead_letters > 0 { Exit::Partly } else { Exit::Done })
}

async fn feed(
    options: &Options, config: &Config, intake: &Intake, stop: &CancellationToken,
) -> anyhow::Result<Summary> {
    let mut lines = Lines::open(&options.file).await?;
    let bar = output::progress(lines.bytes_total, "bytes")?;
    let mut summary = Summary::default();
    let mut more = true;
    while more && !stop.is_cancelled() {
        let batch_max = usize::from(config.broker.batch_max);
        let mut messages = Vec::with_capacity(batch_max);
        while messages.len() < batch_max {
            match lines.next().await? {
                Some(line) => messages.push(Message::structured(line)),
                None => {
                    more = false;
                    break;
                }
            }
        }
        let count = messages.len();
        summary.count_batch(count, &intake.take(messages, stop).await?);
        drain_fan_outs(intake, &mut summary, stop).await?;
        bar.set_position(if lines.bytes_total > 0 { lines.bytes_read } else { summary.events });
        bar.set_message(format!("{} events, {} Connects returned", summary.events, summary.connects));
    }
    bar.finish_and_clear();
    Ok(summary)
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
        "{} events: {} applied, {} duplicates, {} waiting, {} dead letters; {} proposals credited, {} Connects returned",
        summary.events,
        summary.applied,
        summary.duplicates,
        summary.waiting,
        summary.dead_letters,
        summary.credits,
        summary.connects,
    ))
}
