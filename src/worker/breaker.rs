//! A circuit breaker before something makegood depends on: closed while it works, open after a failure for a pause that
//! grows, then open for one probe, which closes it or keeps it open for longer.
//!
//! One breaker stands before the database, shared by all that work on it, and one before the mail server. However many
//! tasks find out about one outage, it is one step of back-off, and after it one of them alone goes first.

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::health::Health;
use crate::broker::Schedule;
use crate::telemetry::facts::{self, CircuitState, Dependency};

/// What wants to pass, in the order in which they may probe: a message of the queue first, for it does what the flow
/// does; a look into an empty table proves little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// Taking messages in.
    Message,
    /// Fan-outs and waiting events.
    FollowUp,
    /// Leasing, sending and settling notices.
    Outbox,
}

/// Why the circuit is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trip {
    /// The dependency is away, or busy.
    Away,
    /// It answers, and does not take what the queue holds. The outbox goes on: a mail that was sent must be settled.
    Refuses,
}

/// A circuit breaker. Bounded by its patience: the first and the longest pause.
#[derive(Debug)]
pub struct Breaker {
    dependency: Dependency,
    health: Arc<Health>,
    circuit: Mutex<Circuit>,
    changed: Notify,
}

impl Breaker {
    /// A closed one.
    pub fn new(dependency: Dependency, health: Arc<Health>, patience: (Duration, Duration)) -> Arc<Self> {
        facts::circuit(dependency, CircuitState::Closed);
        Arc::new(Self { dependency, health, circuit: Mutex::new(Circuit::new(patience)), changed: Notify::new() })
    }

    /// Waits until the circuit is closed, or until this caller is the probe. May be dropped at any time.
    pub async fn pass(self: &Arc<Self>, work: Work) -> Pass {
        let place = Place { breaker: self, ticket: self.circuit().queue_up(work) };
        loop {
            // Before the look, so that a change in between is not missed.
            let changed = self.changed.notified();
            let (answer, epoch) = {
                let mut circuit = self.circuit();
                (circuit.ask(place.ticket, Instant::now()), circuit.epoch)
            };
            let until = match answer {
                Answer::Pass(probe) => return self.admit(epoch, probe),
                Answer::Until(until) => Some(until),
                Answer::Wait => None,
            };
            tokio::select! {
                () = changed => {}
                () = tokio::time::sleep_until(until.unwrap_or_else(Instant::now)), if until.is_some() => {}
            }
        }
    }

    /// Passes if the circuit is closed.
    pub fn try_pass(self: &Arc<Self>) -> Option<Pass> {
        let circuit = self.circuit();
        let (closed, epoch) = (circuit.open.is_none(), circuit.epoch);
        drop(circuit);
        closed.then(|| self.admit(epoch, None))
    }

    /// All may pass, as far as is known.
    pub fn is_closed(&self) -> bool {
        self.circuit().open.is_none()
    }

    fn admit(self: &Arc<Self>, epoch: u64, probe: Option<Trip>) -> Pass {
        if probe.is_some() {
            facts::circuit(self.dependency, CircuitState::HalfOpen);
        }
        Pass { breaker: Arc::clone(self), epoch, probe }
    }

    fn circuit(&self) -> MutexGuard<'_, Circuit> {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leave for one attempt. What came of it must be told; a probe that is dropped untold leaves its place to the next.
#[derive(Debug)]
#[must_use = "tell what came of it"]
pub struct Pass {
    breaker: Arc<Breaker>,
    epoch: u64,
    /// After what, if this is the probe.
    probe: Option<Trip>,
}

impl Pass {
    /// The first after an outage, and alone: try one small thing.
    pub fn is_probe(&self) -> bool {
        self.probe.is_some()
    }

    /// The probe, and what went before was a refusal.
    pub fn is_after_refusals(&self) -> bool {
        self.probe == Some(Trip::Refuses)
    }

    /// The dependency did what it was asked.
    pub fn succeeded(self) {
        let breaker = Arc::clone(&self.breaker);
        let closed = breaker.circuit().succeeded(self.epoch, self.is_probe());
        if closed == Some(Closed::Now) {
            facts::circuit(breaker.dependency, CircuitState::Closed);
        }
        if closed.is_some() {
            breaker.health.found(breaker.dependency);
        }
    }

    /// The dependency is away, or busy.
    pub fn failed(self, error: &dyn Error) {
        self.trip(Trip::Away, error);
    }

    /// The dependency answers, and will not do this: trying again helps only after somebody changed something there.
    pub fn refused(self, error: &dyn Error) {
        self.trip(Trip::Refuses, error);
    }

    fn trip(self, trip: Trip, error: &dyn Error) {
        let breaker = Arc::clone(&self.breaker);
        // Of an outage that others found first nothing is left to say.
        let pause = breaker.circuit().failed(self.epoch, self.is_probe(), trip, Instant::now());
        if let Some(pause) = pause {
            facts::circuit(breaker.dependency, CircuitState::Open);
            breaker.health.lost(breaker.dependency, error, pause);
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if self.is_probe() {
            self.breaker.circuit().give_back(self.epoch);
        }
        self.breaker.changed.notify_waiters();
    }
}

/// A place among those who wait; given up when dropped.
struct Place<'a> {
    breaker: &'a Breaker,
    ticket: Ticket,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.breaker.circuit().waiting.remove(&self.ticket);
        self.breaker.changed.notify_waiters();
    }
}

/// Who waits, in the order in which they may probe.
type Ticket = (Work, u64);

/// What one who waits is told.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Pass(Option<Trip>),
    /// Ask again then.
    Until(Instant),
    /// Ask again when something changed.
    Wait,
}

/// Whether a success closed the circuit, or found it closed.
#[derive(Debug, PartialEq, Eq)]
enum Closed {
    Now,
    Before,
}

/// The states and what leads from one to the other. The time is an argument.
#[derive(Debug)]
struct Circuit {
    schedule: Schedule,
    /// `None`: closed.
    open: Option<(Trip, Instant)>,
    probing: bool,
    /// Grows whenever the circuit opens or closes: what a pass of an earlier one reports says nothing new.
    epoch: u64,
    waiting: BTreeSet<Ticket>,
    tickets: u64,
}

impl Circuit {
    fn new(patience: (Duration, Duration)) -> Self {
        let schedule = Schedule::new(patience.0, patience.1);
        Self { schedule, open: None, probing: false, epoch: 0, waiting: BTreeSet::new(), tickets: 0 }
    }

    fn queue_up(&mut self, work: Work) -> Ticket {
        self.tickets += 1;
        let ticket = (work, self.tickets);
        self.waiting.insert(ticket);
        ticket
    }

    fn ask(&mut self, ticket: Ticket, now: Instant) -> Answer {
        match self.open {
            None => Answer::Pass(None),
            Some((Trip::Refuses, _)) if ticket.0 == Work::Outbox => Answer::Pass(None),
            Some((_, until)) if now < until => Answer::Until(until),
            Some((trip, _)) if !self.probing && self.waiting.first() == Some(&ticket) => {
                self.probing = true;
                Answer::Pass(Some(trip))
            }
            Some(_) => Answer::Wait,
        }
    }

    fn succeeded(&mut self, epoch: u64, probe: bool) -> Option<Closed> {
        match self.open {
            None => Some(Closed::Before),
            Some(_) if probe && epoch == self.epoch => {
                self.schedule.succeeded();
                self.turn(None);
                Some(Closed::Now)
            }
            // Begun before the outage, or past it: the probe decides.
            Some(_) => None,
        }
    }

    /// How long the circuit stays open now, if this was news.
    fn failed(&mut self, epoch: u64, probe: bool, trip: Trip, now: Instant) -> Option<Duration> {
        if epoch != self.epoch {
            return None;
        }
        match &mut self.open {
            // Let through while messages are refused, and now the dependency is away for all.
            Some((why, _)) if !probe => {
                *why = if trip == Trip::Away { trip } else { *why };
                None
            }
            _ => {
                let pause = self.schedule.next_pause();
                self.turn(Some((trip, now + pause)));
                Some(pause)
            }
        }
    }

    fn turn(&mut self, open: Option<(Trip, Instant)>) {
        self.open = open;
        self.probing = false;
        self.epoch += 1;
    }

    /// A probe ended without an answer.
    fn give_back(&mut self, epoch: u64) {
        if epoch == self.epoch {
            self.probing = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    const PATIENCE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

    fn open(trip: Trip, now: Instant) -> (Circuit, Duration) {
        let mut circuit = Circuit::new(PATIENCE);
        let pause = circuit.failed(0, false, trip, now).expect("news");
        (circuit, pause)
    }

    #[test]
    fn one_outage_found_by_many_is_one_step() {
        let now = Instant::now();
        let (mut circuit, pause) = open(Trip::Away, now);
        assert!((0..10).all(|_| circuit.failed(0, false, Trip::Away, now).is_none()));
        assert_eq!(circuit.open, Some((Trip::Away, now + pause)));
        assert_eq!(circuit.succeeded(0, false), None, "begun before the outage, it proves nothing");
    }

    #[test]
    fn one_probe_passes_and_the_others_wait_for_it() {
        let now = Instant::now();
        let (mut circuit, pause) = open(Trip::Away, now);
        let (outbox, follow_up) = (circuit.queue_up(Work::Outbox), circuit.queue_up(Work::FollowUp));
        let (first, second) = (circuit.queue_up(Work::Message), circuit.queue_up(Work::Message));
        assert_eq!(circuit.ask(first, now), Answer::Until(now + pause));
        let later = now + pause;
        for other in [outbox, follow_up, second] {
            assert_eq!(circuit.ask(other, later), Answer::Wait, "a message probes, the oldest first");
        }
        assert_eq!(circuit.ask(first, later), Answer::Pass(Some(Trip::Away)));
        circuit.waiting.remove(&first);
        for other in [outbox, follow_up, second] {
            assert_eq!(circuit.ask(other, later), Answer::Wait);
        }
        circuit.give_back(circuit.epoch);
        assert_eq!(circuit.ask(second, later), Answer::Pass(Some(Trip::Away)), "the first ended without an answer");
        circuit.waiting.remove(&second);
        assert_eq!(circuit.succeeded(circuit.epoch, true), Some(Closed::Now));
        assert_eq!(circuit.ask(outbox, later), Answer::Pass(None));
        assert_eq!(circuit.failed(circuit.epoch - 1, false, Trip::Away, later), None, "the outage is over");
    }

    #[test]
    fn pauses_grow_to_the_longest_and_a_success_starts_over() {
        let mut now = Instant::now();
        let mut circuit = Circuit::new(PATIENCE);
        let mut pauses = Vec::new();
        for probe in [false].into_iter().chain([true; 20]) {
            if probe {
                let ticket = circuit.queue_up(Work::Outbox);
                assert_eq!(circuit.ask(ticket, now), Answer::Pass(Some(Trip::Away)));
                circuit.waiting.remove(&ticket);
            }
            pauses.push(circuit.failed(circuit.epoch, probe, Trip::Away, now).expect("news"));
            now += pauses[pauses.len() - 1];
        }
        assert!(pauses[0] <= PATIENCE.0 * 3 / 2 + Duration::from_millis(1), "{pauses:?}");
        assert!(pauses.iter().all(|pause| *pause <= PATIENCE.1), "{pauses:?}");
        assert!(pauses[10..].iter().all(|pause| *pause >= PATIENCE.1 / 2), "{pauses:?}");
        let ticket = circuit.queue_up(Work::Outbox);
        assert_eq!(circuit.ask(ticket, now), Answer::Pass(Some(Trip::Away)));
        assert_eq!(circuit.succeeded(circuit.epoch, true), Some(Closed::Now));
        let pause = circuit.failed(circuit.epoch, false, Trip::Away, now).expect("news");
        assert!(pause <= PATIENCE.0 * 3 / 2 + Duration::from_millis(1), "{pause:?}");
    }

    #[test]
    fn the_outbox_goes_on_while_messages_are_refused_until_the_dependency_is_away() {
        let now = Instant::now();
        let (mut circuit, pause) = open(Trip::Refuses, now);
        let (outbox, follow_up) = (circuit.queue_up(Work::Outbox), circuit.queue_up(Work::FollowUp));
        assert_eq!(circuit.ask(outbox, now), Answer::Pass(None));
        assert_eq!(circuit.ask(follow_up, now), Answer::Until(now + pause));
        assert_eq!(circuit.succeeded(circuit.epoch, false), None, "that says nothing about messages");
        assert_eq!(circuit.failed(circuit.epoch, false, Trip::Away, now), None);
        assert_eq!(circuit.ask(outbox, now), Answer::Until(now + pause));
    }

    /// Many tasks at the real thing: none passes beside a probe, and all do in the end.
    #[tokio::test]
    async fn tasks_pass_one_by_one_until_a_probe_succeeds() {
        let patience = (Duration::from_millis(1), Duration::from_millis(2));
        let health = Arc::new(Health::default());
        let breaker = Breaker::new(Dependency::Mail, Arc::clone(&health), patience);
        breaker.pass(Work::Outbox).await.failed(&std::fmt::Error);
        assert!(!breaker.is_closed() && breaker.try_pass().is_none() && !health.works(Dependency::Mail));
        let probes = Arc::new(AtomicU32::new(0));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (breaker, probes) = (Arc::clone(&breaker), Arc::clone(&probes));
            tasks.spawn(async move {
                loop {
                    let pass = breaker.pass(Work::Outbox).await;
                    if !pass.is_probe() {
                        return pass.succeeded();
                    }
                    assert!(tokio::time::timeout(Duration::from_millis(5), breaker.pass(Work::Message)).await.is_err());
                    match probes.fetch_add(1, Ordering::Relaxed) {
                        0 => pass.failed(&std::fmt::Error),
                        1 => drop(pass),
                        _ => pass.succeeded(),
                    }
                }
            });
        }
        while let Some(ended) = tasks.join_next().await {
            ended.expect("no panic");
        }
        assert_eq!(probes.load(Ordering::Relaxed), 3);
        assert!(breaker.is_closed() && health.works(Dependency::Mail));
    }
}
