//! Takes messages in: decode, apply, and an answer for each. The message may be acked when the answer is there, not
//! before.

use std::sync::Arc;
use std::time::{Duration, Instant};

use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use super::breaker::{Breaker, Work};
use super::health::Health;
use super::rulebook::Rulebook;
use super::taking::{REFUSED, Taking};
use super::{Refusals, Wakeups};
use crate::clock::Clock;
use crate::event::{DecodeLimits, Event, Message, decode};
use crate::fault::failpoint::{kill_point, killer};
use crate::policy::{Facts, Policy, Ruling, Stage, judge, version_of};
use crate::store::{Arrival, Batch, DeadLetter, Judge, Outcome, Store, StoreError, WaitRule};
use crate::telemetry::facts;

/// The worker was told to stop while the database was away: nothing may be acked. What was applied of it before comes
/// again, as a duplicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped before the database answered")]
pub struct Stopped;

/// Everything a batch needs on its way into the database.
#[derive(Debug, Clone)]
pub struct Intake {
    /// Where it goes.
    pub store: Arc<dyn Store>,
    /// What decides.
    pub rulebook: Arc<Rulebook>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How long events wait for what they speak of.
    pub wait: WaitRule,
    /// Limits on a message.
    pub limits: DecodeLimits,
    /// First and longest pause while the database is away.
    pub patience: (Duration, Duration),
    /// Before the database; shared by all that work on it.
    pub database: Arc<Breaker>,
    /// What the batches know about refusals.
    pub refusals: Arc<Refusals>,
    /// Wakes the other loops.
    pub wakeups: Arc<Wakeups>,
    /// What `/ready` tells.
    pub health: Arc<Health>,
}

/// The policy in force when it was asked for.
#[derive(Debug)]
struct ByPolicy {
    policy: Arc<Policy>,
    now: OffsetDateTime,
}

impl Judge for ByPolicy {
    fn judge(&self, event: &Event, stage: Stage, facts: &mut Facts) -> Ruling {
        judge(&self.policy, event, stage, facts, self.now)
    }

    fn version(&self, event: &Event) -> Option<String> {
        version_of(&self.policy, event).map(|version| version.id().to_owned())
    }
}

impl Intake {
    /// Takes a batch in and answers for it as a whole: each message is applied, waits in the database, or is a dead
    /// letter.
    ///
    /// While the database is away it waits and tries again, one message first. Must run to its end (see [`Store`]): to
    /// end it early, cancel `stop`, which is heeded between attempts.
    pub async fn take(&self, messages: Vec<Message>, stop: &CancellationToken) -> Result<Vec<Outcome>, Stopped> {
        kill_point("k1");
        for message in &messages {
            killer(&message.body);
        }
        let began = Instant::now();
        let count = messages.len();
        let mut taking = Taking::new(self, self.read(messages));
        loop {
            let pass = tokio::select! {
                // While the database works, what was delivered before a stop is still applied.
                biased;
                pass = self.database.pass(Work::Message) => pass,
                () = stop.cancelled() => return Err(Stopped),
            };
            if taking.step(pass).await {
                facts::batch_committed(count, began.elapsed());
                return Ok(taking.finish());
            }
        }
    }

    /// How long and how often events wait now: without end while the database refuses one after the other.
    pub(super) fn wait_now(&self) -> WaitRule {
        let attempts_max = if self.refusals.are_too_many() { u32::MAX } else { self.wait.attempts_max };
        WaitRule { attempts_max, ..self.wait }
    }

    /// The judge the store runs inside its transactions.
    pub fn judge(&self) -> impl Judge + use<> {
        ByPolicy { policy: self.rulebook.policy(), now: self.clock.now() }
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

    pub(super) async fn apply(&self, batch: &Batch) -> Result<Vec<Outcome>, StoreError> {
        self.store.apply(batch, &self.judge(), &self.wait, self.clock.now()).await
    }

    /// Tells what became of an arrival.
    pub(super) fn tell(&self, event: &Event, outcome: &Outcome) {
        let age = (self.clock.now() - event.time).as_seconds_f64();
        self.tell_one(event.body.event_type().as_str(), Some(age), outcome);
    }

    /// Tells what became of an event that was taken in before.
    pub(super) fn tell_later(&self, outcome: &Outcome) {
        self.tell_one("later", None, outcome);
    }

    /// Tells what a chunk that was not the last did: the event itself is settled with the last.
    pub(super) fn tell_chunk(&self, outcome: &Outcome) {
        if let Outcome::Applied { credits, connects, notices, .. } = outcome {
            facts::credited(*credits, *connects);
            if *credits > 0 {
                self.refusals.credited();
                self.wakeups.announcements.notify_one();
            }
            if *notices > 0 {
                self.wakeups.told();
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
                if *code == REFUSED {
                    self.refusals.put_off();
                }
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
