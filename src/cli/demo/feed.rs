//! Brings the demo's events in: through a real RabbitMQ, or directly.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::broker::{BrokerError, BrokerOptions, Outgoing, Publisher, Topology, attach};
use crate::cli::process::Summary;
use crate::config::Config;
use crate::event::{EventType, Message};
use crate::worker::Intake;

/// The demo's own exchanges and queues, declared.
pub(super) struct Route<'a> {
    topology: &'a Topology,
    broker: &'a BrokerOptions,
}

impl<'a> Route<'a> {
    /// Declares them anew: what an interrupted demo left in them is gone.
    pub(super) async fn lay(topology: &'a Topology, broker: &'a BrokerOptions) -> Result<Self, BrokerError> {
        topology.remove(broker).await?;
        topology.declare(broker).await?;
        Ok(Self { topology, broker })
    }
}

/// Publishes the lines, consumes them again, acks after each commit, and leaves nothing at the broker, however it ends.
pub(super) async fn through_broker(
    route: Route<'_>, config: &Config, intake: &Intake, lines: &[&str], summary: &mut Summary, stop: &CancellationToken,
) -> anyhow::Result<()> {
    let fed = async {
        publish(&route, config, lines).await?;
        consume(&route, config, intake, lines.len(), summary, stop).await
    };
    let fed = fed.await;
    let removed = route.topology.remove(route.broker).await;
    fed.and(removed.context("the demo's queues (makegood-demo.*) could not be removed"))
}

async fn publish(route: &Route<'_>, config: &Config, lines: &[&str]) -> anyhow::Result<()> {
    let mut publisher = Publisher::connect(route.broker).await?;
    let outgoing = lines.iter().enumerate().map(|(number, line)| Outgoing {
        message_id: format!("demo-{number}"),
        exchange: config.broker.exchange.clone(),
        routing_key: routing_key(line),
        content_type: "application/cloudevents+json".to_owned(),
        headers: BTreeMap::new(),
        body: line.as_bytes().to_vec(),
    });
    let results = publisher.publish(outgoing.collect()).await;
    publisher.close().await;
    results.into_iter().try_for_each(|result| result.context("the broker did not confirm an event"))
}

async fn consume(
    route: &Route<'_>, config: &Config, intake: &Intake, mut left: usize, summary: &mut Summary,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let mut session = attach(route.broker, &config.broker.queue).await?;
    while left > 0 {
        let batch = tokio::select! {
            batch = session.next_batch() => batch?,
            () = stop.cancelled() => break,
        };
        let Some(batch) = batch else { bail!("the consumer ended early") };
        let Some(tag) = batch.last().map(|delivery| delivery.tag) else { continue };
        let messages: Vec<Message> = batch.into_iter().map(|delivery| delivery.message).collect();
        left = left.saturating_sub(messages.len());
        take(intake, messages, summary, stop).await?;
        session.ack_through(tag).await?;
    }
    session.close().await;
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
    summary.count_batch(count, &intake.take("demo", messages, stop).await?);
    Ok(())
}
