//! Takes what the broker dead-lettered into the store, where operators work on it; acked only after the commit.
//!
//! What came here because of the delivery limit lay in the hands of a process that ended, beside the message that ended
//! it perhaps. It is not an operator's yet: it is tried alone first ([`LetterState::Trial`]).

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::breaker::Work;
use super::line::Line;
use super::{Intake, Stopped};
use crate::broker::{BrokerError, BrokerOptions, Death, DeathReason, Delivery, Schedule, Session};
use crate::event::{DecodeLimits, decode};
use crate::fault::Classify;
use crate::fault::failpoint::kill_point;
use crate::store::{DEAD_BODY_MAX, DeadClass, DeadLetter, LetterState};
use crate::telemetry::facts::{self, Dependency};

/// Messages taken at once: few, for their bodies may be long, and a dead queue is hardly ever.
pub const COLLECT_MAX: u16 = 64;

/// Bytes of bodies buried in one transaction; one that is longer is buried alone.
const BURY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How to collect.
#[derive(Debug, Clone)]
pub struct CollectOptions {
    /// How to reach the broker. Of prefetch and batch the smaller of theirs and [`COLLECT_MAX`] holds.
    pub broker: BrokerOptions,
    /// The dead queue.
    pub queue: String,
    /// First and longest pause between attempts to attach.
    pub reconnect: (Duration, Duration),
}

/// Collects until `stop` is cancelled, on a connection of its own. A dead queue that is away is waited for; nothing
/// else waits for it.
pub async fn collect(intake: &Intake, options: &CollectOptions, stop: &CancellationToken) {
    let broker = BrokerOptions {
        prefetch: options.broker.prefetch.min(COLLECT_MAX),
        batch_max: options.broker.batch_max.min(COLLECT_MAX.into()),
        ..options.broker.clone()
    };
    let mut line = Line {
        broker: &broker,
        queue: &options.queue,
        dependency: Dependency::DeadQueue,
        health: &intake.health,
        schedule: Schedule::new(options.reconnect.0, options.reconnect.1),
        stop,
    };
    while let Some(mut session) = line.attach().await {
        let ended = pump(intake, &options.queue, &mut session, &mut line.schedule, stop).await;
        session.close().await;
        match ended {
            Ok(()) => return,
            Err(error) => line.lost(&error).await,
        }
    }
}

/// Batch after batch. `Ok` when it ended because we stopped.
async fn pump(
    intake: &Intake, queue: &str, session: &mut Session, schedule: &mut Schedule, stop: &CancellationToken,
) -> Result<(), BrokerError> {
    let mut status = session.status();
    status.mark_changed();
    let mut stopping = false;
    loop {
        tokio::select! {
            biased;
            Ok(()) = status.changed() => facts::dead_queue_seen(status.borrow_and_update().messages),
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                session.cancel().await?;
            }
            batch = session.next_batch() => {
                let Some(batch) = batch? else { return Ok(()) };
                let tag = batch.last().map_or(0, |delivery| delivery.tag);
                let taken = Taken { queue, trials: true, limits: intake.limits };
                let letters: Vec<_> = batch.into_iter().map(|delivery| taken.letter(delivery)).collect();
                if bury(intake, &letters, stop).await.is_err() {
                    return Ok(()); // stopped while the database was away: nothing to ack, all of it comes again
                }
                kill_point("k7");
                session.ack_through(tag).await?;
                schedule.succeeded();
            }
        }
    }
}

/// Buries them, however long the database is away, and tells it.
async fn bury(intake: &Intake, letters: &[DeadLetter], stop: &CancellationToken) -> Result<(), Stopped> {
    let mut schedule = Schedule::new(intake.patience.0, intake.patience.1);
    let mut rest = letters;
    while !rest.is_empty() {
        let pass = tokio::select! {
            biased;
            pass = intake.database.pass(Work::FollowUp) => pass,
            () = stop.cancelled() => return Err(Stopped),
        };
        let (part, later) = rest.split_at(if pass.is_probe() { 1 } else { fitting(rest) });
        match intake.store.bury(part, intake.clock.now()).await {
            Ok(()) => {
                pass.succeeded();
                intake.health.found(Dependency::DeadQueue);
                tell(intake, part);
                rest = later;
            }
            Err(error) if error.is_transient() => pass.failed(&error),
            // The database works, and this will not: the flow must not stand still for it.
            Err(error) => {
                pass.succeeded();
                let pause = schedule.next_pause();
                intake.health.lost(Dependency::DeadQueue, &error, pause);
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = stop.cancelled() => return Err(Stopped),
                }
            }
        }
    }
    Ok(())
}

/// How many of these fit one transaction; at least one.
pub fn fitting(letters: &[DeadLetter]) -> usize {
    let bytes = letters.iter().scan(0_usize, |bytes, letter| {
        *bytes = bytes.saturating_add(letter.body.len());
        Some(*bytes)
    });
    bytes.take_while(|bytes| *bytes <= BURY_BYTES_MAX).count().clamp(1, letters.len().max(1))
}

fn tell(intake: &Intake, letters: &[DeadLetter]) {
    for letter in letters {
        let key = letter.event.as_ref();
        facts::dead_letter(&letter.code, key.map(|key| (&*key.source, &*key.id)), None, &letter.message);
    }
    if letters.iter().any(|letter| letter.state == LetterState::Trial) {
        intake.wakeups.trials.notify_one();
    }
}

/// Where dead-lettered messages were taken from, and what is to be done with them.
#[derive(Debug, Clone, Copy)]
pub struct Taken<'a> {
    /// From this queue.
    pub queue: &'a str,
    /// It is our own dead queue: what the delivery limit brought there is tried before anybody has to decide.
    pub trials: bool,
    /// Limits on an event.
    pub limits: DecodeLimits,
}

impl Taken<'_> {
    /// The dead letter of one message, with the exchange and routing key it was first published with.
    pub fn letter(&self, delivery: Delivery) -> DeadLetter {
        let Delivery { delivery_count, death, mut message, .. } = delivery;
        let reason = death.as_ref().map_or(DeathReason::Unknown, |death| death.reason);
        let mut text = self.told(death.as_ref());
        if let Some(death) = death {
            message.exchange = death.exchange.unwrap_or(message.exchange);
            message.routing_key = death.routing_key.unwrap_or(message.routing_key);
        }
        let limit = reason == DeathReason::DeliveryLimit;
        let whole = message.body.len() <= self.limits.body_bytes_max.max(DEAD_BODY_MAX);
        // What kills whoever reads it has been delivered before: it is kept unread, and read in its trial.
        let known = !(limit && (message.redelivered || delivery_count > 0));
        let event = known.then(|| decode(&message, self.limits));
        let trial = limit && whole && self.trials;
        text.push_str(next_step(trial, whole));
        if let Some(Err(error)) = &event {
            text = format!("{text} Read as an event it would be refused: {error}");
        }

        let mut letter = DeadLetter::new(&message, DeadClass::GivenUp, code(reason), text);
        if whole {
            letter.body = message.body;
        }
        if trial {
            letter.state = LetterState::Trial;
        }
        match event {
            Some(Ok(event)) => {
                letter.event_type = Some(event.body.event_type().as_str().to_owned());
                letter.speaks_of(event.body.subject());
                letter.event = Some(event.key);
            }
            Some(Err(error)) => {
                letter.event = error.event_key().cloned();
                letter.event_type = error.type_text().map(str::to_owned);
            }
            None => {}
        }
        letter
    }

    /// What happened, from which queue and how often. Names come from headers that anyone can write.
    fn told(&self, death: Option<&Death>) -> String {
        let here = shown(self.queue);
        let Some(death) = death else {
            return format!("It lay in queue {here}; no header says that the broker dead-lettered it, or why.");
        };
        let queue = death.queue.as_deref().map_or_else(|| "a queue that is not named".to_owned(), shown);
        let why = match death.reason {
            DeathReason::DeliveryLimit => "delivered it more often than its limit without an acknowledgement",
            DeathReason::Rejected => "had it rejected by a consumer",
            DeathReason::Expired => "kept it longer than its time to live",
            DeathReason::MaxLength => "was full",
            DeathReason::Unknown => "gave it up for a reason that its headers do not say",
        };
        let times = if death.count > 1 { format!(" ({} times)", death.count) } else { String::new() };
        format!("RabbitMQ's queue {queue} {why}{times}; it was taken from queue {here}.")
    }
}

fn next_step(trial: bool, whole: bool) -> &'static str {
    match (trial, whole) {
        (true, _) => " makegood tries it alone next.",
        (false, true) => " Replay it once its cause is removed, or discard it.",
        (false, false) => {
            " Its body is too long for an event and only its head is kept: publish it anew, or discard it."
        }
    }
}

/// Stable code; a closed set.
fn code(reason: DeathReason) -> &'static str {
    match reason {
        DeathReason::DeliveryLimit => "delivery_limit",
        DeathReason::Rejected => "dead_lettered_rejected",
        DeathReason::Expired => "dead_lettered_expired",
        DeathReason::MaxLength => "dead_lettered_maxlen",
        DeathReason::Unknown => "dead_lettered_unknown",
    }
}

/// A name as a short quote, without what may be an address.
fn shown(name: &str) -> String {
    const CHARS_MAX: usize = 64;
    if name.contains(['@', '\u{FF20}', '\u{FE6B}']) || name.contains("%40") {
        return "(not shown: its name holds an @)".to_owned();
    }
    let quoted: String = name.chars().take(CHARS_MAX).flat_map(char::escape_debug).collect();
    let more = if name.chars().nth(CHARS_MAX).is_some() { "…" } else { "" };
    format!("`{quoted}{more}`")
}
