//! Takes what lies in a queue, one by one and no more than asked for, and ends when it is empty.
//!
//! It asks for each message (`basic.get`) instead of consuming: a consumer prefetches, and what it gives back counts as
//! a delivery against the queue's limit. It costs a round trip a message, and it is exact.

use super::connection::Link;
use super::convert;
use super::error::BrokerError;
use super::options::BrokerOptions;
use super::session::Delivery;
use super::topology::short;
use super::watchdog::ask;
use lapin::Channel;
use lapin::options::{BasicAckOptions, BasicGetOptions};
use lapin::types::ShortString;

/// Bytes of bodies taken at once: after the message that exceeds them no more is taken.
const BYTES_MAX: usize = 16 * 1024 * 1024;

/// A connection that empties a queue. What was not acknowledged goes back when it ends.
pub struct Drain {
    link: Link,
    channel: Channel,
    queue: ShortString,
}

impl Drain {
    /// Connects and checks that the queue is there, without taking anything.
    ///
    /// # Errors
    /// As [`attach`](super::attach).
    pub async fn open(options: &BrokerOptions, queue: &str) -> Result<Self, BrokerError> {
        let queue = short(queue)?;
        let link = Link::open(options, "drain").await?;
        let channel = link.channel().await?;
        let drain = Self { link, channel, queue };
        drain.ready().await?;
        Ok(drain)
    }

    /// How many messages it could take now.
    ///
    /// # Errors
    /// As [`attach`](super::attach).
    pub async fn ready(&self) -> Result<u32, BrokerError> {
        let doing = format!("look at queue `{}`", self.queue);
        let found = self.link.bounded(&doing, ask(&self.channel, &self.queue)).await?;
        Ok(found.message_count())
    }

    /// The next messages, at most `limit` and some 16 MiB of bodies; fewer when no more are ready, none when the queue
    /// is empty.
    ///
    /// # Errors
    /// The broker says no, or nothing; [`BrokerError::AccessRefused`]: the user may not read the queue. What was taken
    /// and not acknowledged goes back to the queue.
    pub async fn take(&self, limit: usize) -> Result<Vec<Delivery>, BrokerError> {
        let doing = format!("take a message from queue `{}`", self.queue);
        let (mut taken, mut bytes) = (Vec::new(), 0_usize);
        while taken.len() < limit && bytes <= BYTES_MAX {
            let asking = self.channel.basic_get(self.queue.clone(), BasicGetOptions::default());
            match self.link.bounded(&doing, asking).await? {
                Some(message) => {
                    bytes = bytes.saturating_add(message.delivery.data.len());
                    taken.push(convert::delivery(message.delivery));
                }
                None => break,
            }
        }
        Ok(taken)
    }

    /// Acknowledges everything taken so far up to and including `tag`. Zero acknowledges nothing.
    ///
    /// # Errors
    /// Transient: the channel is gone, and the messages go back to the queue.
    pub async fn ack_through(&self, tag: u64) -> Result<(), BrokerError> {
        if tag == 0 {
            return Ok(()); // to AMQP "everything outstanding"
        }
        let acking = self.channel.basic_ack(tag, BasicAckOptions { multiple: true });
        self.link.bounded("take an acknowledgement", acking).await
    }

    /// Closes channel and connection; acknowledgements sent before have been read then.
    pub async fn close(self) {
        self.link.close(&self.channel).await;
    }
}
