//! `makegood publish`: puts events on the exchange, each confirmed by the broker.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;
use serde::Serialize;
use serde_json::json;

use super::lines::Lines;
use crate::app;
use crate::broker::{Outgoing, Publisher};
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::event::{DecodeLimits, EventType, Message, decode};
use crate::telemetry::facts;

/// Events published before their confirms are awaited together.
const PUBLISH_BATCH: usize = 1_000;
/// Failures named one by one; the rest is counted.
const FAILURES_SHOWN: u64 = 20;

/// Options of `makegood publish`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Events go to broker.exchange, persistent and mandatory: one that reaches no queue is named, and the exit code is 3.
Publishing the same file again does no harm: makegood applies an event once.")]
pub(super) struct Options {
    /// One event (CloudEvents, structured JSON) a line; `-` reads stdin.
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
    /// For trials: publishes lines that are no event too, under the routing key `job-canceled`.
    #[arg(long)]
    unchecked: bool,
    /// Only reads the file and says what is wrong with it; needs no broker.
    #[arg(long)]
    dry_run: bool,
    /// Prints the counts as JSON.
    #[arg(long)]
    json: bool,
}

/// What became of the lines.
#[derive(Debug, Default, Serialize)]
struct Counts {
    /// Confirmed by the broker; with `--dry-run`, readable.
    published: u64,
    /// Unroutable, refused, or not confirmed.
    failed: u64,
}

/// Publishes with the event's type as routing key, `mandatory` and persistent. Exit code 3 if some were not confirmed.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let mut lines = Lines::open(&options.file).await?;
    let connecting = async { Publisher::connect(&app::broker_options(config)).await };
    let mut publisher = if options.dry_run { None } else { Some(connecting.await?) };
    let bar = output::progress(lines.bytes_total, "bytes")?;
    let mut counts = Counts::default();
    loop {
        let batch = read(options, config, &mut lines).await.with_context(|| match counts.published {
            0 => "nothing was published".to_owned(),
            sent if options.dry_run => format!("{sent} events before it are readable"),
            sent => format!("{sent} events were published; correct the line and publish the file again"),
        })?;
        if batch.is_empty() {
            break;
        }
        match &mut publisher {
            None => counts.published += batch.len() as u64,
            Some(publisher) => publish(publisher, batch, &mut counts).await,
        }
        bar.set_position(lines.bytes_read);
    }
    bar.finish_and_clear();
    if let Some(publisher) = publisher {
        publisher.close().await;
    }
    report(options, &counts)?;
    Ok(if counts.failed > 0 { Exit::Partly } else { Exit::Done })
}

fn report(options: &Options, counts: &Counts) -> anyhow::Result<()> {
    let Counts { published, failed } = *counts;
    match (options.json, options.dry_run) {
        (true, true) => output::json(&json!({ "readable": published })),
        (true, false) => output::json(counts),
        (false, true) => output::say(format!("{published} events are readable; nothing was published")),
        (false, false) => output::say(format!("{published} events published and confirmed, {failed} not")),
    }
}

async fn publish(publisher: &mut Publisher, batch: Vec<Outgoing>, counts: &mut Counts) {
    let ids: Vec<_> = batch.iter().map(|message| message.message_id.clone()).collect();
    for (id, result) in ids.iter().zip(publisher.publish(batch).await) {
        match result {
            Ok(()) => counts.published += 1,
            Err(error) => {
                counts.failed += 1;
                if counts.failed <= FAILURES_SHOWN {
                    output::talk(format!("not published: {id}: {}", facts::chain(&error)));
                }
            }
        }
    }
}

async fn read(options: &Options, config: &Config, lines: &mut Lines) -> anyhow::Result<Vec<Outgoing>> {
    let limits = DecodeLimits { body_bytes_max: config.intake.body_bytes_max };
    let mut batch = Vec::new();
    while batch.len() < PUBLISH_BATCH {
        let Some(line) = lines.next().await? else { break };
        let message = Message::structured(line);
        let (message_id, routing_key) = match decode(&message, limits) {
            Ok(event) => (event.key.id.clone(), event.body.event_type().as_str().to_owned()),
            Err(_) if options.unchecked => {
                (format!("line-{}", lines.number), EventType::JobCanceled.as_str().to_owned())
            }
            Err(error) => return Err(error).with_context(|| lines.here()),
        };
        batch.push(Outgoing {
            message_id,
            exchange: config.broker.exchange.clone(),
            routing_key,
            content_type: "application/cloudevents+json".to_owned(),
            headers: BTreeMap::new(),
            body: message.body,
        });
    }
    Ok(batch)
}
