//! One life of a consuming connection: batches out, acknowledgements in.

use super::connection::{Link, within};
use super::convert;
use super::death::Death;
use super::error::BrokerError;
use super::options::BrokerOptions;
use super::topology::short;
use super::watchdog::{Ender, QueueStatus, Watched, ask, watch_connection, watch_queue};
use crate::event::Message;
use futures_util::{FutureExt, StreamExt};
use lapin::options::{BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::{FieldTable, ShortString};
use lapin::{Channel, Consumer};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

/// One message on loan from the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its number on this session's channel, from 1, rising. Means nothing in any other session.
    pub tag: u64,
    /// How often a quorum queue delivered it before without an acknowledgement (`x-delivery-count`); 0 the first time.
    pub delivery_count: u64,
    /// Why it was dead-lettered on its way here, if it was.
    pub death: Option<Death>,
    /// The message.
    pub message: Message,
}

/// A consumer attached to a queue: one connection, two channels (deliveries; the watchdog's questions), two tasks.
///
/// Dropping it cuts the connection: the broker takes back what was not acknowledged.
pub struct Session {
    consumer: Consumer,
    channel: Channel,
    watched: Watched,
    ended: watch::Receiver<Option<BrokerError>>,
    status: watch::Receiver<QueueStatus>,
    /// Deliveries taken for the batch that is being filled; here, not in the future, so that dropping it loses none.
    filling: Vec<Delivery>,
    /// When the first of `filling` was taken.
    begun: Option<Instant>,
    canceled: AtomicBool,
    drained: bool,
    batch_max: usize,
    batch_linger: Duration,
    patience: Duration,
    tasks: JoinSet<()>,
    link: Link,
}

/// Connects, checks that the queue is there, and consumes it.
///
/// # Errors
/// Permanent: options, login, vhost, permission, TLS, no such queue. Transient: nobody answers, or not in time.
pub async fn attach(options: &BrokerOptions, queue: &str) -> Result<Session, BrokerError> {
    let name = short(queue)?;
    let link = Link::open(options, "consumer").await?;
    let events = link.connection.events_listener();
    let probe = link.channel().await?;
    let doing = format!("consume queue `{queue}`");
    let first = link.bounded(&doing, ask(&probe, &name)).await?;
    let channel = link.channel().await?;
    link.bounded(&doing, channel.basic_qos(options.prefetch, BasicQosOptions::default())).await?;
    let (consume, arguments) = (BasicConsumeOptions::default(), FieldTable::default());
    let consuming = channel.basic_consume(name.clone(), ShortString::default(), consume, arguments);
    let consumer = link.bounded(&doing, consuming).await?;

    // An alarm told before the listener existed reached nobody.
    let blocked = link.connection.status().blocked();
    let (sender, status) = watch::channel(QueueStatus { blocked, ..QueueStatus::of(&first) });
    let (ender, ended) = Ender::new();
    let watched = Watched { place: link.place.clone(), queue: name, ender, status: Arc::new(sender) };
    let mut tasks = JoinSet::new();
    tasks.spawn(watch_connection(watched.clone(), events));
    tasks.spawn(watch_queue(watched.clone(), probe, options.heartbeat));
    tracing::info!(place = %link.place, queue, messages = first.message_count(), "attached");
    Ok(Session {
        consumer,
        channel,
        watched,
        ended,
        status,
        filling: Vec::new(),
        begun: None,
        canceled: AtomicBool::new(false),
        drained: false,
        batch_max: options.batch_max.min(usize::from(options.prefetch)),
        batch_linger: options.batch_linger,
        patience: options.heartbeat * 2,
        tasks,
        link,
    })
}

impl Session {
    /// The next batch: waits for a first delivery, takes what has arrived already, and waits at most
    /// `batch_linger` for more. 1 to `batch_max` deliveries, by rising tag. `None`: [`cancel`](Self::cancel) was
    /// called and everything prefetched has been handed out.
    ///
    /// Cancel-safe: a future that is dropped loses nothing.
    ///
    /// # Errors
    /// The session has ended, always with a transient error, and stays so. What was not acknowledged comes again in
    /// another session; that includes deliveries this session had received and not handed out.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Delivery>>, BrokerError> {
        loop {
            self.check()?;
            if self.drained && self.filling.is_empty() {
                return Ok(None);
            }
            if self.drained || self.filling.len() >= self.batch_max {
                return Ok(Some(self.hand_out()));
            }
            match self.begun.map(|begun| begun + self.batch_linger) {
                None => self.wait(None).await,
                Some(until) if until > Instant::now() => self.wait(Some(until)).await,
                Some(_) => match self.consumer.next().now_or_never() {
                    Some(item) => self.take(item),
                    None => return Ok(Some(self.hand_out())),
                },
            }
        }
    }

    /// Acknowledges every delivery of this session up to and including `tag`. Call it only when all of them are
    /// settled. Zero acknowledges nothing.
    ///
    /// `Ok` means that it was sent; if the connection breaks now, the broker may deliver them again.
    ///
    /// # Errors
    /// Transient: the channel is gone, and the broker delivers again what was not acknowledged.
    pub async fn ack_through(&self, tag: u64) -> Result<(), BrokerError> {
        self.check()?;
        if tag == 0 {
            // To AMQP 0 means "everything outstanding".
            return Ok(());
        }
        let sending = self.channel.basic_ack(tag, BasicAckOptions { multiple: true });
        match timeout(self.patience, sending).await {
            Ok(sent) => {
                sent.map_err(|error| BrokerError::of_session(&self.link.place, self.watched.queue.as_str(), error))
            }
            Err(_) => {
                let (place, doing) = (self.link.place.clone(), "take an acknowledgement".to_owned());
                Err(BrokerError::Timeout { place, doing, after: self.patience })
            }
        }
    }

    /// Stops new deliveries. Those that were prefetched still come out of [`next_batch`](Self::next_batch) and can be
    /// acknowledged. A second call does nothing.
    ///
    /// # Errors
    /// Transient: the session has ended.
    pub async fn cancel(&self) -> Result<(), BrokerError> {
        self.check()?;
        if self.canceled.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let canceling = self.channel.basic_cancel(self.consumer.tag(), BasicCancelOptions::default());
        let outcome = within(&self.link.place, self.patience, "stop consuming", canceling).await;
        if let Err(error) = &outcome {
            self.watched.ender.end(error.clone());
        }
        outcome
    }

    /// The queue's state, renewed once a heartbeat.
    pub fn status(&self) -> watch::Receiver<QueueStatus> {
        self.status.clone()
    }

    /// Closes channel and connection; cuts them after `close_timeout`. What was not acknowledged goes back to the
    /// queue.
    pub async fn close(mut self) {
        self.tasks.shutdown().await;
        self.link.close(&self.channel).await;
    }

    fn check(&self) -> Result<(), BrokerError> {
        self.ended.borrow().clone().map_or(Ok(()), Err)
    }

    fn hand_out(&mut self) -> Vec<Delivery> {
        self.begun = None;
        std::mem::take(&mut self.filling)
    }

    /// Waits for one item, the end of the session, or `until`.
    async fn wait(&mut self, until: Option<Instant>) {
        let lingering = async {
            match until {
                Some(until) => sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let item = tokio::select! {
            biased;
            _ = self.ended.wait_for(Option::is_some) => return,
            item = self.consumer.next() => item,
            () = lingering => return,
        };
        self.take(item);
    }

    /// Takes one item of lapin's stream. After its `None` the stream must not be asked again: it would wait for ever.
    fn take(&mut self, item: Option<lapin::Result<lapin::message::Delivery>>) {
        let (place, queue) = (&self.link.place, self.watched.queue.as_str());
        match item {
            Some(Ok(delivery)) => {
                self.begun.get_or_insert_with(Instant::now);
                self.filling.push(convert::delivery(delivery));
            }
            Some(Err(error)) => self.watched.ender.end(BrokerError::of_session(place, queue, error)),
            None if self.canceled.load(Ordering::Acquire) => self.drained = true,
            None => self.watched.ender.end(BrokerError::Canceled { place: place.clone(), queue: queue.to_owned() }),
        }
    }
}
