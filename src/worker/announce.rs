//! Publishes what the marketplace itself is told: leases a batch, publishes it with confirms, writes down what became
//! of each.
//!
//! At least once: what was published and not written down is published again, under the same id. No transaction is open
//! while the broker is spoken to, and the connection is the announcer's own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Wakeups;
use super::announcement::message;
use super::breaker::{Breaker, Pass, Work};
use super::health::Health;
use super::lanes::{Ask, Lanes};
use super::rulebook::Rulebook;
use crate::broker::{BrokerOptions, Outgoing, PublishError, Publisher, Schedule};
use crate::clock::Clock;
use crate::event::published_keys;
use crate::fault::Classify;
use crate::fault::failpoint::kill_point;
use crate::mail::Senders;
use crate::store::{AnnouncementLease, AnnouncementResult, LeasedAnnouncement, Store, StoreError};
use crate::telemetry::facts::{self, Dependency};
use crate::telemetry::traces::Span;

/// How to announce.
#[derive(Debug, Clone)]
pub struct AnnounceOptions {
    /// How to reach the broker.
    pub broker: BrokerOptions,
    /// Topic exchange.
    pub exchange: String,
    /// Announcements taken at a time.
    pub batch: u32,
    /// How long a lease lasts; longer than a confirm may take.
    pub lease: Duration,
    /// Looked for at least this often.
    pub poll: Duration,
    /// First and longest pause while the broker is away, or no queue takes a key.
    pub patience: (Duration, Duration),
}

/// The announcer and what it needs.
#[derive(Debug, Clone)]
pub struct Announcer {
    /// What is due.
    pub store: Arc<dyn Store>,
    /// The letters' words.
    pub rulebook: Arc<Rulebook>,
    /// Who writes.
    pub senders: Arc<Senders>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How to announce.
    pub options: AnnounceOptions,
    /// Wakes this loop.
    pub wakeups: Arc<Wakeups>,
    /// What works.
    pub health: Arc<Health>,
    /// Before the database; shared by all that work on it.
    pub database: Arc<Breaker>,
}

/// A batch as the broker and the database are told of it.
#[derive(Default)]
struct Round {
    /// In step with `messages`.
    numbers: Vec<i64>,
    messages: Vec<Outgoing>,
    results: Vec<(i64, AnnouncementResult)>,
}

impl Announcer {
    /// Publishes what is due until `stop`; then what is under way is confirmed and written down.
    pub async fn run(&self, stop: &CancellationToken) {
        let broker = Breaker::new(Dependency::InApp, Arc::clone(&self.health), self.options.patience);
        let mut lanes = Lanes::new(published_keys(), self.options.patience);
        let mut publisher = None;
        while !stop.is_cancelled() {
            let woken = self.wakeups.announcements.notified();
            let pass = tokio::select! {
                pass = broker.pass(Work::Outbox) => pass,
                () = stop.cancelled() => break,
            };
            let line = match publisher.take().filter(Publisher::is_up) {
                Some(line) => Ok(line),
                None => tokio::select! {
                    line = Publisher::connect(&self.options.broker) => line,
                    () = stop.cancelled() => break,
                },
            };
            let mut line = match line {
                Ok(line) => line,
                Err(error) => {
                    pass.failed(&error);
                    continue;
                }
            };
            let pause = self.step(&mut line, pass, &mut lanes, stop).await;
            publisher = Some(line);
            tokio::select! {
                () = woken, if !pause.is_zero() => {}
                () = tokio::time::sleep(pause), if !pause.is_zero() => {}
                () = stop.cancelled(), if !pause.is_zero() => {}
                else => {}
            }
        }
        if let Some(line) = publisher {
            line.close().await;
        }
    }

    /// One batch, or one message to probe; how long to wait before the next.
    async fn step(&self, line: &mut Publisher, pass: Pass, lanes: &mut Lanes, stop: &CancellationToken) -> Duration {
        let Some(ask) = lanes.ask(Instant::now()) else {
            pass.succeeded();
            return lanes.wait(Instant::now(), self.options.poll);
        };
        let token = Uuid::new_v4();
        let leased = match self.lease(&ask, token, pass.is_probe(), stop).await {
            Ok(leased) => leased,
            Err(pause) => {
                pass.succeeded();
                return pause;
            }
        };
        if leased.is_empty() {
            // The connection is there; whether it carries anything is found out with the first message.
            pass.succeeded();
            if !ask.probe {
                return lanes.wait(Instant::now(), self.options.poll);
            }
            ask.keys.iter().for_each(|key| heard(lanes, key));
            return Duration::ZERO;
        }
        let round = self.publish(line, leased, pass, lanes).await;
        self.settle(token, &round.results, stop).await;
        Duration::ZERO
    }

    /// What is due, or how long to wait before it is asked for again.
    async fn lease(
        &self, ask: &Ask, token: Uuid, alone: bool, stop: &CancellationToken,
    ) -> Result<Vec<LeasedAnnouncement>, Duration> {
        let pass = tokio::select! {
            pass = self.database.pass(Work::Outbox) => pass,
            () = stop.cancelled() => return Err(Duration::ZERO),
        };
        let limit = if alone || ask.probe || pass.is_probe() { 1 } else { self.options.batch };
        let lease = AnnouncementLease { limit, token, lease_for: self.options.lease, routing_keys: &ask.keys };
        match self.store.lease_announcements(lease, self.clock.now()).await {
            Ok(leased) => {
                pass.succeeded();
                Ok(leased)
            }
            Err(error) if error.is_transient() => {
                pass.failed(&error);
                Err(Duration::ZERO)
            }
            // The database works, and this will not: nobody else must stand still for it.
            Err(error) => {
                pass.succeeded();
                Err(self.told_of(&error))
            }
        }
    }

    fn told_of(&self, error: &StoreError) -> Duration {
        let pause = self.options.patience.1;
        self.health.lost(Dependency::Database, error, pause);
        pause
    }

    /// Publishes them and tells what became of each.
    async fn publish(
        &self, line: &mut Publisher, leased: Vec<LeasedAnnouncement>, pass: Pass, lanes: &mut Lanes,
    ) -> Round {
        let mut round = self.written(&leased);
        let keys: Vec<String> = round.messages.iter().map(|message| message.routing_key.clone()).collect();
        kill_point("k15");
        let contexts = leased.iter().filter_map(|announcement| announcement.traceparent.as_deref());
        let span = Span::send(&self.options.exchange, keys.len(), contexts);
        let began = Instant::now();
        let answers = line.publish(std::mem::take(&mut round.messages)).await;
        facts::broker_called("send", &self.options.exchange, began.elapsed());
        span.ends(answers.iter().any(|answer| matches!(answer, Err(PublishError::Lost(_)))).then_some("lost"));
        kill_point("k16");
        let (mut lost, mut lanes_seen) = (None, BTreeMap::new());
        for ((no, key), answer) in round.numbers.iter().zip(&keys).zip(answers) {
            let (result, outcome) = match answer {
                Ok(()) => (AnnouncementResult::Published, "published"),
                Err(PublishError::Unencodable { .. }) => (AnnouncementResult::Failed { code: "unencodable" }, "failed"),
                Err(error @ PublishError::Lost(_)) => {
                    lost = Some(error);
                    (AnnouncementResult::Released { code: "lost" }, "lost")
                }
                Err(error) => {
                    let code = if matches!(error, PublishError::Nacked) { "nacked" } else { "unroutable" };
                    lanes_seen.insert(key.clone(), Some(error));
                    (AnnouncementResult::Released { code }, code)
                }
            };
            if result == AnnouncementResult::Published {
                lanes_seen.entry(key.clone()).or_insert(None);
            }
            facts::announced(&self.options.exchange, key, outcome);
            round.results.push((*no, result));
        }
        match lost {
            Some(error) => pass.failed(&error),
            None => pass.succeeded(),
        }
        for (key, refused) in lanes_seen {
            match refused {
                None => heard(lanes, &key),
                Some(error) => {
                    let pause = lanes.close(&key, Instant::now());
                    facts::announcements_unheard(&key, &error, pause);
                }
            }
        }
        round
    }

    /// The messages; what cannot be one is given up.
    fn written(&self, leased: &[LeasedAnnouncement]) -> Round {
        let (letters, mut round) = (self.rulebook.letters(), Round::default());
        for announcement in leased {
            match message(&self.options.exchange, &letters, &self.senders, announcement) {
                Ok(message) => {
                    round.numbers.push(announcement.no);
                    round.messages.push(message);
                }
                Err(error) => {
                    facts::announcement_failed(announcement.no, error.code(), &error);
                    facts::announced(&self.options.exchange, &announcement.routing_key, "failed");
                    round.results.push((announcement.no, AnnouncementResult::Failed { code: error.code() }));
                }
            }
        }
        round
    }

    /// Writes down what became of a batch, however long the database is away; a stop ends it once the lease has run
    /// out. What is not written down is published again.
    async fn settle(&self, token: Uuid, results: &[(i64, AnnouncementResult)], stop: &CancellationToken) {
        let deadline = Instant::now() + self.options.lease;
        let mut schedule = Schedule::new(self.options.patience.0, self.options.patience.1);
        while !stop.is_cancelled() || Instant::now() < deadline {
            let pass = self.database.pass(Work::Outbox).await;
            match self.store.settle_announcements(token, results, self.clock.now()).await {
                Ok(count) => {
                    pass.succeeded();
                    let lost = (results.len() as u64).saturating_sub(count);
                    if lost > 0 {
                        facts::announcement_leases_lost(lost);
                    }
                    return;
                }
                Err(error) if error.is_transient() => pass.failed(&error),
                Err(error) => {
                    pass.succeeded();
                    let pause = schedule.next_pause();
                    self.health.lost(Dependency::Database, &error, pause);
                    tokio::time::sleep(pause).await;
                }
            }
        }
        facts::announcement_leases_lost(results.len() as u64);
    }
}

/// Messages with this key are taken, or there are none.
fn heard(lanes: &mut Lanes, key: &str) {
    if lanes.open(key) {
        facts::announcements_heard(key);
    }
}
