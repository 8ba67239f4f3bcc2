//! `makegood publish`: puts events on the exchange, each confirmed by the broker.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::bail;

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
pub(super) struct Options {
    /// One CloudEvent (structured JSON) a line; `-` reads stdin.
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
    /// Publishes lines that makegood itself could not read too, under the routing key `job-canceled`: for trials.
    #[arg(long)]
    unchecked: bool,
    /// Only reads the file and says what is wrong with it.
    #[arg(long)]
    dry_run: bool,
}

/// Publishes with the event's type as routing key, `mandatory` and persistent. Exit code 3 if some were not confirmed.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let mut lines = Lines::open(&options.file).await?;
    let bar = output::progress(lines.bytes_total, "bytes")?;
    let mut publisher = match options.dry_run {
        true => None,
        false => Some(Publisher::connect(&app::broker_options(config)).await?),
    };
    let (mut sent, mut failed) = (0_u64, 0_u64);
    loop {
        let batch = read(options, config, &mut lines).await?;
        if batch.is_empty() {
            break;
        }
        match &mut publisher {
            None => sent += batch.len() as u64,
            Some(publisher) => {
                let ids: Vec<_> = batch.iter().map(|message| message.message_id.clone()).collect();
                for (id, result) in ids.iter().zip(publisher.publish(batch).await) {
                    match result {
                        Ok(()) => sent += 1,
                        Err(error) => {
                            failed += 1;
                            if failed <= FAILURES_SHOWN {
                                output::talk(format!("not published: {id}: {}", facts::chain(&error)));
                            }
                        }
                    }
                }
            }
        }
        bar.set_position(lines.bytes_read);
    }
    bar.finish_and_clear();
    if let Some(publisher) = publisher {
        publisher.close().await;
    }
    let did = if options.dry_run { "readable" } else { "published and confirmed" };
    output::say(format!("{sent} events {did}, {failed} not"))?;
    Ok(if failed > 0 { Exit::Partly } else { Exit::Done })
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
            Err(error) => bail!("{}: {error}", lines.here()),
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
