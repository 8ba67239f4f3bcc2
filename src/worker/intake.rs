//! Takes messages in: decode, apply, and an answer for each. The message may be acked when the answer is there, not
//! before.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::Wakeups;
use super::health::Health;
use crate::broker::Schedule;
use crate::clock::Clock;
use crate::event::{DecodeLimits, Event, Message, decode};
use crate::fault::failpoint::{kill_point, planted};
use crate::policy::{Facts, Policy, Ruling, Stage, judge};
use crate::store::{Arrival, Batch, DeadClass, DeadLetter, Outcome, Store, StoreError, WaitRule};
use crate::telemetry::facts::{self, Dependency};

/// The worker was told to stop while the database was away: nothing was applied, nothing may be acked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped before the database answered")]
pub struct Stopped;

/// Everything a batch needs on its way into the database.
#[derive(Debug, Clone)]
pub struct Intake {
    /// Where it goes.
    pub store: Arc<dyn Store>,
    /// What decides.
    pub policy: Arc<Policy>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How long events wait for what they speak of.
    pub wait: WaitRule,
    /// Limits on a message.
    pub limits: DecodeLimits,
    /// First and longest pause while the database is away.
    pub patience: (Duration, Duration),
    /// Wakes the other loops.
    pub wakeups: Arc<Wakeups>,
    /// What `/ready` tells.
    pub health: Arc<Health>,
}

impl Intake {
    /// Takes a batch in and answers for it as a whole: each message is applied, waits in the database, or is a dead
    /// letter.
    ///
    /// While the database is away it waits and tries again. Must run to its end (see [`Store`]): to end it early,
    /// cancel `stop`, which is heeded between attempts.
    pub async fn take(&self, messages: Vec<Message>, stop: &CancellationToken) -> Result<Vec<Outcome>, Stopped> {
        kill_point("k1");
        let began = Instant::now();
        let count = messages.len();
        let batch = self.read(messages);
        let mut schedule = Schedule::new(self.patience.0, self.patience.1);
        loop {
            match self.apply(&batch).await {
                Ok(outcomes) => {
                    self.health.found(Dependency::Database);
                    facts::batch_committed(count, began.elapsed());
                    self.tell(&batch, &outcomes);
                    return Ok(outcomes);
                }
                Err(error) => {
                    let pause = schedule.next_pause();
                    self.health.lost(Dependency::Database, &error, pause);
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        () = stop.cancelled() => return Err(Stopped),
                    }
                }
            }
        }
    }

    /// The judge the store runs inside its transactions.
    pub fn judge(&self) -> impl Fn(&Event, Stage, &mut Facts) -> Ruling + Send + Sync + use<> {
        let (policy, now) = (Arc::clone(&self.policy), self.clock.now());
        move |event, stage, facts| judge(&policy, event, stage, facts, now)
    }

    fn read(&self, messages: Vec<Message>) -> Batch {
        let mut batch = Batch::default();
        for message in messages {
            match decode(&message, self.limits) {
                Ok(event) => batch.arrivals.push(Arrival { event, message: Arc::new(message) }),
                Err(error) => batch.dead.push(DeadLetter::undecodable(&message, &error)),
            }
        }
        batch
    }

    /// Applies a batch; where the database refuses it for its data, halves it until the one event that is to blame is
    /// alone and becomes a dead letter.
    fn apply<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Vec<Outcome>, StoreError>> {
        Box::pin(async move {
            let error = match self.store.apply(batch, &self.judge(), &self.wait, self.clock.now()).await {
                Ok(outcomes) => return Ok(outcomes),
                Err(error @ (StoreError::Refused { .. } | StoreError::Inconsistent { .. })) => error,
                Err(error) => return Err(error),
            };
            match &batch.arrivals[..] {
                [] => Err(error),
                [arrival] if planted("plant-refusal-is-success") => {
                    Ok(vec![Outcome::Duplicate { key: arrival.event.key.clone() }])
                }
                [arrival] => {
                    let mut dead = batch.dead.clone();
                    let text = facts::chain(&error);
                    dead.push(DeadLetter::of_event(arrival, DeadClass::Refused, "store_refused", text));
                    self.store.bury(&dead, self.clock.now()).await?;
                    Ok(vec![Outcome::Dead { key: arrival.event.key.clone(), code: "store_refused".to_owned() }])
                }
                arrivals => {
                    let (left, right) = arrivals.split_at(arrivals.len() / 2);
                    let left = Batch { arrivals: left.to_vec(), dead: batch.dead.clone() };
                    let right = Batch { arrivals: right.to_vec(), dead: Vec::new() };
                    let mut outcomes = self.apply(&left).await?;
                    outcomes.extend(self.apply(&right).await?);
                    Ok(outcomes)
                }
            }
        })
    }

    fn tell(&self, batch: &Batch, outcomes: &[Outcome]) {
        for letter in &batch.dead {
            let key = letter.event.as_ref();
            facts::dead_letter(&letter.code, key.map(|k| &*k.source), key.map(|k| &*k.id), &letter.message);
            facts::event_settled("none", "dead", None);
        }
        for (arrival, outcome) in batch.arrivals.iter().zip(outcomes) {
            let age = (self.clock.now() - arrival.event.time).as_seconds_f64();
            self.tell_one(arrival.event.body.event_type().as_str(), Some(age), outcome);
        }
    }

    /// Tells what became of an event that was taken in before.
    pub(super) fn tell_later(&self, outcome: &Outcome) {
        self.tell_one("later", None, outcome);
    }

    /// Tells what a chunk that was not the last did: the event itself is settled with the last.
    pub(super) fn tell_chunk(&self, outcome: &Outcome) {
        if let Outcome::Applied { credits, connects, notices, .. } = outcome {
            facts::credited(*credits, *connects);
            if *notices > 0 {
                self.wakeups.outbox.notify_one();
            }
        }
    }

    /// Tells what became of one event, and wakes whoever carries on.
    fn tell_one(&self, event_type: &'static str, age: Option<f64>, outcome: &Outcome) {
        match outcome {
            Outcome::Applied { .. } => {
                facts::event_settled(event_type, "applied", age);
                self.tell_chunk(outcome);
            }
            Outcome::FanningOut { .. } => {
                facts::event_settled(event_type, "fanning_out", None);
                self.wakeups.fan_out.notify_one();
            }
            Outcome::Waiting { key, code, due } => {
                facts::event_settled(event_type, "waiting", None);
                facts::event_waits(&key.source, &key.id, code, &due.to_string());
            }
            Outcome::Duplicate { key } => {
                facts::event_settled(event_type, "duplicate", None);
                facts::duplicate(&key.source, &key.id);
            }
            Outcome::Dead { key, code } => {
                facts::event_settled(event_type, "dead", None);
                facts::dead_letter(code, Some(&key.source), Some(&key.id), "an event could not be applied");
            }
        }
    }
}
