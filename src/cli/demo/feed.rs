//! Brings the demo's events in: through a real RabbitMQ, or directly.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::app;
use crate::broker::{Outgoing, Publisher, attach};
use crate::cli::process::Summary;
use crate::config::Config;
use crate::event::{EventType, Message};
use crate::worker::Intake;

/// Publishes the lines, consumes them again, and acks after each commit.
pub(super) async fn through_broker(
    config: &Config, intake: &Intake, lines: &[&str], summary: &mut Summary, stop: &CancellationToken,
) -> anyhow::Result<()> {
    let (topology, broker) = (app::topology(config), app::broker_options(config));
    topology.declare(&broker).await?;
    let mut publisher = Publisher::connect(&broker).await?;
    let outgoing = lines.iter().enumerate().map(|(number, line)| Outgoing {
        message_id: format!("demo-{number}"),
        exchange: config.broker.exchange.clone(),
        routing_key: routing_key(line),
        content_type: "application/cloudevents+json".to_owned(),
        headers: BTreeMap::new(),
        body: line.as_bytes().to_vec(),
    });
    for result in publisher.publish(outgoing.collect()).await {
        result.context("the broker did not confirm an event")?;
    }
    publisher.close().await;

    let mut session = attach(&broker, &config.broker.queue).await?;
    let mut left = lines.len();
    while left > 0 {
        let Some(batch) = session.next_batch().await? else { bail!("the consumer ended early") };
        let Some(tag) = batch.last().map(|delivery| delivery.tag) else { continue };
        let messages: Vec<Message> = batch.into_iter().map(|delivery| delivery.message).collect();
        left = left.saturating_sub(messages.len());
        take(intake, messages, summary, stop).await?;
        session.ack_through(tag).await?;
    }
    session.close().await;
    topology.remove(&broker).await?;
    Ok(())
}

/// As the marketplace would choose it; the broken message came as a cancellation.
fn routing_key(line: &str) -> String {
    let event: Value = serde_json::from_str(line).unwrap_or_default();
    let named = event.get("type").and_then(Value::as_str).and_then(EventType::parse);
    named.unwrap_or(EventType::JobCanceled).as_str().to_owned()
}

/// Feeds the lines in as one batch.
pub(super) async fn directly(
    intake: &Intake, lines: &[&str], summary: &mut Summary, stop: &CancellationToken,
) -> anyhow::Result<()> {
    let messages = lines.iter().map(|line| Message::structured(line.as_bytes().to_vec())).collect();
    take(intake, messages, summary, stop).await
}

async fn take(
    intake: &Intake, messages: Vec<Message>, summary: &mut Summary, stop: &CancellationToken,
) -> anyhow::Result<()> {
    let count = messages.len();
    summary.count_batch(count, &intake.take(messages, stop).await?);
    Ok(())
}
