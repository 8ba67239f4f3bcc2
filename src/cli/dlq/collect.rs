//! `makegood dlq collect`: what lies in a RabbitMQ dead-letter queue becomes dead letters.
//!
//! Acked only after the commit: cut off anywhere, a message is a letter already, or still in its queue, or both.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use indicatif::ProgressBar;
use serde_json::{Value, json};

use super::act::ActArgs;
use super::{open, words};
use crate::app;
use crate::broker::Drain;
use crate::cli::{Exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::event::DecodeLimits;
use crate::fault::failpoint::kill_point;
use crate::store::{Act, DeadLetter, Store};
use crate::worker::collect::{COLLECT_MAX, Taken, fitting};

/// What the operators' log calls it.
const ACTION: &str = "dlq.collect";

/// Options of `makegood dlq collect`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Takes what is ready in the queue when it begins, and leaves what comes later. A message is acked
when its letter is committed; cut off in between, it is the same letter once more, never a second
one. Nothing is taken off the queue that is not kept. Next: makegood dlq groups")]
pub(super) struct Options {
    /// The queue, in the vhost of broker.url. The user of broker.url must be allowed to read it.
    #[arg(long, value_name = "NAME")]
    queue: String,
    #[command(flatten)]
    act: ActArgs,
    /// Messages at most; the oldest come first.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Only says how many messages it would be; takes none and needs no database.
    #[arg(long)]
    dry_run: bool,
    /// Prints the counts as JSON.
    #[arg(long)]
    json: bool,
}

/// Collects.
pub(super) async fn run(options: &Options, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    let act = options.act.act(operators)?;
    let queue = &options.queue;
    if *queue == config.broker.queue {
        bail!(
            "{queue} is the queue the daemon applies events from (broker.queue), not one of dead letters: what lies \
             there is not dead, and taking it away would leave it unapplied"
        );
    }
    let drain = Drain::open(&app::broker_options(config), queue).await?;
    let ready = u64::from(drain.ready().await?);
    let most = options.limit.unwrap_or(u64::MAX).min(ready);
    let mut counts = Counts::default();
    if options.dry_run || most == 0 {
        drain.close().await;
        return tell(options, &counts, most, ready);
    }
    let store = open(config).await?;
    let details = json!({ "queue": words::without_address(queue), "state": "begun", "ready": ready, "most": most });
    store.note(ACTION, 0, &details, &act, SystemClock.now()).await?;
    let bar = output::progress(most, "messages")?;
    let taken = Taken {
        queue,
        trials: *queue == config.broker.dead_queue,
        limits: DecodeLimits { body_bytes_max: config.intake.body_bytes_max },
    };
    let ended = take_in(&drain, &*store, taken, most, &mut counts, &bar).await;
    bar.finish_and_clear();
    let left = drain.ready().await.unwrap_or(0).into();
    drain.close().await;
    let written = write_down(&*store, queue, &counts, ended.is_ok(), &act).await;
    store.close().await;
    ended.with_context(|| {
        let taken = words::count(counts.messages, "message");
        format!("{taken} became dead letters before; what is left is in the queue still, run it again")
    })?;
    written.context("the messages are dead letters now, but the end of it is not in the operators' log")?;
    tell(options, &counts, most, left)
}

/// What became of the messages.
#[derive(Debug, Default)]
struct Counts {
    messages: u64,
    by_code: BTreeMap<String, u64>,
}

async fn take_in(
    drain: &Drain, store: &dyn Store, taken: Taken<'_>, most: u64, counts: &mut Counts, bar: &ProgressBar,
) -> anyhow::Result<()> {
    while counts.messages < most {
        let at_once = most.saturating_sub(counts.messages).min(COLLECT_MAX.into());
        let messages = drain.take(usize::try_from(at_once).unwrap_or(1)).await?;
        let Some(last) = messages.last() else { return Ok(()) };
        let tag = last.tag;
        let letters: Vec<DeadLetter> = messages.into_iter().map(|message| taken.letter(message)).collect();
        let mut rest = &letters[..];
        while !rest.is_empty() {
            let (part, later) = rest.split_at(fitting(rest));
            store.bury(part, SystemClock.now()).await?;
            rest = later;
        }
        kill_point("k7");
        drain.ack_through(tag).await?;
        counts.messages += letters.len() as u64;
        for letter in letters {
            *counts.by_code.entry(letter.code).or_default() += 1;
        }
        bar.set_position(counts.messages);
    }
    Ok(())
}

/// The end of it in the operators' log; its beginning stands there already.
async fn write_down(store: &dyn Store, queue: &str, counts: &Counts, complete: bool, act: &Act) -> anyhow::Result<()> {
    let state = if complete { "ended" } else { "cut off" };
    let details = json!({ "queue": words::without_address(queue), "state": state, "by_code": counts.by_code });
    Ok(store.note(ACTION, counts.messages, &details, act, SystemClock.now()).await?)
}

fn tell(options: &Options, counts: &Counts, most: u64, left: u64) -> anyhow::Result<Exit> {
    let (dry_run, queue) = (options.dry_run, &options.queue);
    if options.json {
        let would: Value = if dry_run { most.into() } else { Value::Null };
        words::json(&json!({
            "queue": queue, "dry_run": dry_run, "would_collect": would, "collected": counts.messages,
            "by_code": counts.by_code, "left": left,
        }))?;
        return Ok(Exit::Done);
    }
    let name = words::plain(queue);
    let (there, would) = (words::count(left, "message"), words::count(most, "message"));
    if dry_run {
        output::say(format!("queue {name} holds {there}; {would} would be taken; nothing was"))?;
    } else if counts.messages == 0 {
        output::say(format!("queue {name} holds no message that is ready"))?;
    } else {
        let collected = words::count(counts.messages, "message");
        output::say(format!("{collected} of queue {name} became dead letters; it holds {there} more"))?;
        for (code, number) in &counts.by_code {
            output::say(format!("  {code}: {number}"))?;
        }
        output::talk("next: makegood dlq groups");
    }
    Ok(Exit::Done)
}
