//! Watches a session from beside: asks for the queue once a heartbeat, and tells what the connection reports.
//!
//! lapin has had reports of consumers that never end on a dead connection; asking is the proof that the connection, the
//! broker and the queue are alive, and its answer is the queue's length.

use super::error::BrokerError;
use super::options::Place;
use futures_util::{Stream, StreamExt};
use lapin::options::QueueDeclareOptions;
use lapin::types::{FieldTable, ShortString};
use lapin::{Channel, Event, Queue};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// What the queue looked like when it was last asked for.
#[derive(Debug, Clone, Copy)]
pub struct QueueStatus {
    /// Messages ready for delivery; those delivered and not acknowledged do not count.
    pub messages: u32,
    /// Consumers of all daemons.
    pub consumers: u32,
    /// When the broker said so. Older than three heartbeats: the session is ending.
    pub checked: Instant,
    /// The broker has a memory or disk alarm and told this connection. Consuming goes on.
    pub blocked: bool,
}

impl QueueStatus {
    pub(super) fn of(queue: &Queue) -> Self {
        let (messages, consumers) = (queue.message_count(), queue.consumer_count());
        Self { messages, consumers, checked: Instant::now(), blocked: false }
    }
}

/// The end of a session, told once: the first cause stays.
#[derive(Debug, Clone)]
pub(super) struct Ender(Arc<watch::Sender<Option<BrokerError>>>);

impl Ender {
    pub(super) fn new() -> (Self, watch::Receiver<Option<BrokerError>>) {
        let (sender, receiver) = watch::channel(None);
        (Self(Arc::new(sender)), receiver)
    }

    pub(super) fn end(&self, cause: BrokerError) {
        self.0.send_if_modified(|ended| {
            let first = ended.is_none();
            if first {
                *ended = Some(cause);
            }
            first
        });
    }
}

/// The queue, its place and where to tell: what both tasks of a session share.
#[derive(Debug, Clone)]
pub(super) struct Watched {
    pub(super) place: Arc<Place>,
    pub(super) queue: ShortString,
    pub(super) ender: Ender,
    pub(super) status: Arc<watch::Sender<QueueStatus>>,
}

/// Asks for the queue, passively, on a channel of its own; a queue that is gone kills that channel.
pub(super) async fn ask(channel: &Channel, queue: &ShortString) -> lapin::Result<Queue> {
    let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
    channel.queue_declare(queue.clone(), passive, FieldTable::default()).await
}

/// Asks once a heartbeat. Returns when it has ended the session.
pub(super) async fn watch_queue(watched: Watched, channel: Channel, heartbeat: Duration) {
    let patience = heartbeat * 2;
    loop {
        tokio::time::sleep(heartbeat).await;
        let cause = match tokio::time::timeout(patience, ask(&channel, &watched.queue)).await {
            Ok(Ok(queue)) => {
                let now = QueueStatus::of(&queue);
                watched.status.send_modify(|status| *status = QueueStatus { blocked: status.blocked, ..now });
                continue;
            }
            Ok(Err(error)) => BrokerError::of_session(&watched.place, watched.queue.as_str(), error),
            Err(_) => {
                let doing = format!("say that queue `{}` is there", watched.queue);
                BrokerError::Timeout { place: watched.place.clone(), doing, after: patience }
            }
        };
        watched.ender.end(cause);
        return;
    }
}

/// Tells on what the connection reports. The one listener of its connection: each event reaches a single one.
pub(super) async fn watch_connection(watched: Watched, mut events: impl Stream<Item = Event> + Unpin) {
    while let Some(event) = events.next().await {
        match event {
            Event::ConnectionBlocked(reason) => {
                tracing::warn!(place = %watched.place, reason, "broker is short of memory or disk");
                watched.status.send_modify(|status| status.blocked = true);
            }
            Event::ConnectionUnblocked => {
                tracing::info!(place = %watched.place, "broker has memory and disk again");
                watched.status.send_modify(|status| status.blocked = false);
            }
            Event::Error(error) => {
                watched.ender.end(BrokerError::of_session(&watched.place, watched.queue.as_str(), error));
            }
            _ => {}
        }
    }
}
