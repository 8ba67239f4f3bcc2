//! The consuming loop: one session after the other, batches overlapping, acks in order and only after the commit.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesOrdered;
use tokio_util::sync::CancellationToken;

use super::line::Line;
use super::{Intake, Stopped};
use crate::broker::{BrokerError, BrokerOptions, Delivery, Schedule, Session};
use crate::event::Message;
use crate::fault::failpoint::{kill_point, planted};
use crate::telemetry::facts::{self, Dependency};
use crate::telemetry::traces::Span;

/// How to consume.
#[derive(Debug, Clone)]
pub struct ConsumeOptions {
    /// How to reach the broker.
    pub broker: BrokerOptions,
    /// From which queue.
    pub queue: String,
    /// Batches on their way at once: while one commits the next is filled and sent. At least 1.
    pub batches_in_flight: usize,
    /// First and longest pause between attempts to attach.
    pub reconnect: (Duration, Duration),
}

/// Consumes until `stop` is cancelled; a lost session is followed by another. What was delivered before the stop is
/// still applied and acked.
pub async fn consume(intake: &Intake, options: &ConsumeOptions, stop: &CancellationToken) {
    let mut line = Line {
        broker: &options.broker,
        queue: &options.queue,
        dependency: Dependency::Broker,
        health: &intake.health,
        schedule: Schedule::new(options.reconnect.0, options.reconnect.1),
        stop,
    };
    while let Some(session) = line.attach().await {
        match serve(intake, options, session, &mut line.schedule, stop).await {
            Ok(()) => return,
            Err(error) => line.lost(&error).await,
        }
    }
}

/// One session. `Ok` when it ended because we stopped.
async fn serve(
    intake: &Intake, options: &ConsumeOptions, mut session: Session, schedule: &mut Schedule, stop: &CancellationToken,
) -> Result<(), BrokerError> {
    let mut in_flight = FuturesOrdered::new();
    let ended = pump(intake, options, &mut session, &mut in_flight, schedule, stop).await;
    if ended.is_err() {
        intake.health.doubt(Dependency::Broker);
    }
    // Whatever ended the session, a transaction that began runs to its end. Its messages come again and are duplicates
    // then.
    while in_flight.next().await.is_some() {}
    session.close().await;
    ended
}

/// Batches on their way, oldest first: the last delivery's tag, once all of the batch may be acked.
type InFlight<'a> = FuturesOrdered<BoxFuture<'a, (u64, Result<(), Stopped>)>>;

async fn pump<'a>(
    intake: &'a Intake, options: &'a ConsumeOptions, session: &mut Session, in_flight: &mut InFlight<'a>,
    schedule: &mut Schedule, stop: &'a CancellationToken,
) -> Result<(), BrokerError> {
    let mut status = session.status();
    let (mut open, mut stopping) = (true, false);
    while open || !in_flight.is_empty() {
        tokio::select! {
            biased;
            Some((tag, applied)) = in_flight.next(), if !in_flight.is_empty() => {
                if applied.is_err() {
                    return Ok(()); // stopped while the database was away: nothing to ack, all of it comes again
                }
                kill_point("k6");
                if !planted("plant-ack-before-commit") {
                    let (began, span) = (Instant::now(), Span::ack(&options.queue));
                    session.ack_through(tag).await?;
                    span.ends(None);
                    facts::broker_called("ack", &options.queue, began.elapsed());
                }
                schedule.succeeded();
            }
            Ok(()) = status.changed() => facts::queue_seen(status.borrow_and_update().messages),
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                session.cancel().await?;
            }
            batch = session.next_batch(), if open && in_flight.len() < options.batches_in_flight.max(1) => {
                match batch? {
                    Some(batch) => {
                        if batch.len() >= options.broker.batch_max {
                            intake.wakeups.backlog.seen(Instant::now());
                        }
                        let (tag, messages) = unpack(&options.queue, batch);
                        if planted("plant-ack-before-commit") {
                            session.ack_through(tag).await?;
                        }
                        let batch = async move { (tag, process(intake, options, messages, stop).await) };
                        in_flight.push_back(Box::pin(batch));
                    }
                    None => open = false,
                }
            }
        }
    }
    Ok(())
}

async fn process(
    intake: &Intake, options: &ConsumeOptions, messages: Vec<Message>, stop: &CancellationToken,
) -> Result<(), Stopped> {
    let began = Instant::now();
    let taken = intake.take(&options.queue, messages, stop).await;
    facts::batch_processed(&options.queue, began.elapsed(), taken.is_err().then_some("stopped"));
    taken.map(drop)
}

fn unpack(queue: &str, batch: Vec<Delivery>) -> (u64, Vec<Message>) {
    facts::batch_taken(queue, batch.len());
    let tag = batch.last().map_or(0, |delivery| delivery.tag);
    (tag, batch.into_iter().map(|delivery| delivery.message).collect())
}
