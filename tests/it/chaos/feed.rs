//! A publisher that may lose its connection at any time: what is not confirmed is sent again under the same id.

use std::time::Duration;

use makegood::broker::{BrokerOptions, Outgoing, Publisher};

use super::rig::Rig;
use crate::support::wait;

/// Longest time a publisher may fail to get anything confirmed.
const DEADLINE: Duration = Duration::from_secs(180);

/// The publisher of a run, and what it knows.
pub struct Feed {
    options: BrokerOptions,
    publisher: Option<Publisher>,
    /// Messages handed in, and of them confirmed: each at last, or `send` fails.
    pub attempted: u64,
    pub confirmed: u64,
    /// Messages sent again, however often, because nobody had said that they arrived.
    pub resent: u64,
}

impl Feed {
    /// A publisher of this rig, by its door if it has one.
    pub fn new(rig: &Rig) -> Self {
        let options = rig.publisher_options();
        Self { options, publisher: None, attempted: 0, confirmed: 0, resent: 0 }
    }

    /// Publishes until each message was confirmed.
    pub async fn send(&mut self, messages: Vec<Outgoing>) {
        self.attempted += messages.len() as u64;
        let (mut left, mut first) = (messages, true);
        let sent = wait::answer(DEADLINE, async || {
            let round = std::mem::take(&mut left);
            let publisher = match self.publisher.take() {
                Some(publisher) => Some(publisher),
                None => Publisher::connect(&self.options).await.ok(),
            };
            let Some(mut publisher) = publisher else {
                left = round;
                return None;
            };
            for (message, result) in round.clone().into_iter().zip(publisher.publish(round).await) {
                match result {
                    Ok(()) => self.confirmed += 1,
                    Err(_) => left.push(message),
                }
            }
            self.publisher = Some(publisher);
            self.resent += if first { left.len() as u64 } else { 0 };
            first = false;
            left.is_empty().then_some(())
        });
        assert!(sent.await.is_some(), "nothing was confirmed within {DEADLINE:?}");
    }
}
