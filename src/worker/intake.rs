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
use crate::policy::{Facts, Policy, Returned, Ruling, Stage, judge, version_of};
use crate::store::{Arrival, Batch, DeadLetter, Judge, Outcome, Store, StoreError, WaitRule};
use crate::telemetry::facts;
use crate::telemetry::traces::{Span, trace_id};

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
    /// end it early, cancel `stop`, which is heeded between attempts. `from` is the queue they came from, or what
    /// stands in its place.
    pub async fn take(
        &self, from: &str, messages: Vec<Message>, stop: &CancellationToken,
    ) -> Result<Vec<Outcome>, Stopped> {
        kill_point("k1");
        for message in &messages {
            killer(&message.body);
        }
        let (began, count) = (Instant::now(), messages.len());
        let batch = self.read(messages);
        let contexts = batch.arrivals.iter().filter_map(|arrival| arrival.event.traceparent.as_deref());
        let span = Span::process(from, count, contexts);
        let mut taking = Taking::new(self, batch);
        loop {
            let pass = tokio::select! {
                // While the database works, what was delivered before a stop is still applied.
                biased;
                pass = self.database.pass(Work::Message) => pass,
                () = stop.cancelled() => {
                    span.ends(Some("stopped"));
                    return Err(Stopped);
                }
            };
            if taking.step(pass).await {
                span.ends(None);
                facts::batch_committed(count, began.elapsed());
                return Ok(taking.finish());
            }
            // What is left of the batch waits: letters give way to it, too.
            self.wakeups.backlog.seen(Instant::now());
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
        let about =
            About { event_type: event.body.event_type().as_str(), trace_id: trace_id(event.traceparent.as_deref()) };
        self.tell_one(about, Some(age), outcome);
    }

    /// Tells what became of an event that was taken in before.
    pub(super) fn tell_later(&self, outcome: &Outcome) {
        self.tell_one(About { event_type: "later", trace_id: None }, None, outcome);
    }

    /// Tells what a chunk that was not the last did: the event itself is settled with the last.
    pub(super) fn tell_chunk(&self, outcome: &Outcome) {
        if let Outcome::Applied { credits, returned, notices, .. } = outcome {
            tell_returned(returned);
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
    fn tell_one(&self, about: About<'_>, age: Option<f64>, outcome: &Outcome) {
        let About { event_type, trace_id } = about;
        match outcome {
            Outcome::Applied { key, credits, connects, .. } => {
                facts::event_settled(event_type, "applied", age);
                facts::event_applied((&key.source, &key.id), trace_id, *credits, *connects);
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
                facts::event_waits((&key.source, &key.id), trace_id, code, &due.to_string());
            }
            Outcome::Duplicate { key } => {
                facts::event_settled(event_type, "duplicate", None);
                facts::duplicate((&key.source, &key.id), trace_id);
            }
            Outcome::Dead { key, code } => {
                facts::event_settled(event_type, "dead", None);
                facts::dead_letter(code, Some((&key.source, &key.id)), trace_id, "an event could not be applied");
            }
        }
    }
}

/// What a line about an event says beside its key.
#[derive(Debug, Clone, Copy)]
struct About<'a> {
    /// `later` for what became of events that had waited.
    event_type: &'static str,
    /// The trace it belongs to.
    trace_id: Option<&'a str>,
}

/// Counts what came back.
pub(super) fn tell_returned(returned: &[Returned]) {
    for one in returned {
        facts::credited(one.reason.as_str(), one.credits, one.connects);
    }
}
