//! One batch on its way into the database: what is done, what is still open, and what the database refuses.
//!
//! Refused for its data, a batch is halved until what is refused stands alone. Whether that is the event's fault or the
//! database's is told by its neighbours: one that is refused where others are credited becomes a dead letter; where
//! nothing is taken any more, nothing is buried, and the batch is tried again until somebody repaired the database.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Intake;
use super::breaker::Pass;
use crate::fault::Classify;
use crate::fault::failpoint::planted;
use crate::store::{Batch, DeadClass, DeadLetter, Outcome, StoreError};
use crate::telemetry::facts;

/// Refusals in a row, without a credit between, that are taken for the fault of the events. From then on it is the
/// database's.
const REFUSALS_MAX: u64 = 5;

/// Code of an event that the database refuses, as the store has it.
pub(super) const REFUSED: &str = "store_refused";

/// What all batches together know about refusals.
#[derive(Debug, Default)]
pub struct Refusals {
    /// Events refused alone since the last credit: buried, or put off.
    in_a_row: AtomicU64,
    /// Credits written: the proof that the database takes what the queue holds.
    credits: AtomicU64,
}

impl Refusals {
    /// The database took a credit.
    pub(super) fn credited(&self) {
        self.credits.fetch_add(1, Ordering::Relaxed);
        self.in_a_row.store(0, Ordering::Relaxed);
    }

    fn credits(&self) -> u64 {
        self.credits.load(Ordering::Relaxed)
    }

    /// The store put an event off that the database refused.
    pub(super) fn put_off(&self) {
        self.in_a_row.fetch_add(1, Ordering::Relaxed);
    }

    /// So many refusals in a row that no event may be given up for being refused.
    pub(super) fn are_too_many(&self) -> bool {
        self.in_a_row.load(Ordering::Relaxed) >= REFUSALS_MAX
    }

    /// Whether so many more events may be taken for refused by their own fault without a proof; counts them if so.
    fn excuse(&self, count: u64) -> bool {
        let within = |so_far: u64| Some(so_far.saturating_add(count)).filter(|sum| *sum <= REFUSALS_MAX);
        self.in_a_row.fetch_update(Ordering::Relaxed, Ordering::Relaxed, within).is_ok()
    }
}

/// Why a step did not do all it set out to.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    /// The database is away, busy, or not as it should be.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It refuses whatever it is given.
    #[error("the database refuses every event it is given, {count} of one batch; none is buried")]
    Refuses {
        count: usize,
        #[source]
        source: StoreError,
    },
}

/// What became of some events that were tried.
#[derive(Debug, Default)]
struct Sifted {
    /// Refused alone: which, and why.
    refused: Vec<(usize, StoreError)>,
    /// Some other was taken, and was none that is known already.
    passed: bool,
}

/// A batch that is being taken in.
pub(super) struct Taking<'a> {
    intake: &'a Intake,
    /// `dead` is emptied once it is written.
    batch: Batch,
    /// One an arrival; `None`: still open.
    outcomes: Vec<Option<Outcome>>,
    /// Credits known when the database was first found to refuse what this batch holds.
    held_since: Option<u64>,
    /// Probes so far.
    probes: usize,
}

impl<'a> Taking<'a> {
    pub(super) fn new(intake: &'a Intake, batch: Batch) -> Self {
        Self { intake, outcomes: vec![None; batch.arrivals.len()], batch, held_since: None, probes: 0 }
    }

    /// Tries what is open, a probe one message of it, and tells the breaker what came of it. `true`: all is done.
    pub(super) async fn step(&mut self, pass: Pass) -> bool {
        let credits = self.intake.refusals.credits();
        let tried = if pass.is_probe() { self.one().await } else { self.all().await };
        let tried = match tried {
            Ok(sifted) => self.judge(sifted, credits, &pass).await,
            Err(error) => Err(error.into()),
        };
        match tried {
            Ok(()) => pass.succeeded(),
            Err(Trouble::Store(error)) if error.is_transient() => pass.failed(&error),
            Err(error) => pass.refused(&error),
        }
        self.batch.dead.is_empty() && self.outcomes.iter().all(Option::is_some)
    }

    /// What became of each arrival.
    pub(super) fn finish(self) -> Vec<Outcome> {
        self.outcomes.into_iter().flatten().collect()
    }

    fn open(&self) -> Vec<usize> {
        (0..).zip(&self.outcomes).filter(|(_, outcome)| outcome.is_none()).map(|(place, _)| place).collect()
    }

    /// One message alone; after a refusal the next one, so that an event at fault itself does not keep the way shut.
    async fn one(&mut self) -> Result<Sifted, StoreError> {
        let open = self.open();
        let turn = self.probes.checked_rem(open.len()).unwrap_or(0);
        self.probes = self.probes.wrapping_add(1);
        match open.get(turn) {
            Some(place) => self.sift(vec![*place]).await,
            None => self.bury_dead().await.map(|()| Sifted::default()),
        }
    }

    /// All that is open, in one transaction if the database takes it.
    async fn all(&mut self) -> Result<Sifted, StoreError> {
        let open = self.open();
        let whole = if open.len() == self.outcomes.len() {
            self.intake.apply(&self.batch).await
        } else {
            self.intake.apply(&self.part(&open, self.batch.dead.clone())).await
        };
        match whole {
            Ok(outcomes) => {
                self.tell_dead();
                let mut sifted = Sifted::default();
                self.settle(&open, outcomes, &mut sifted);
                Ok(sifted)
            }
            Err(error) if error.is_about_data() => {
                self.bury_dead().await?;
                self.sift(open).await
            }
            Err(error) => Err(error),
        }
    }

    /// Halves what is refused until it stands alone.
    async fn sift(&mut self, places: Vec<usize>) -> Result<Sifted, StoreError> {
        let mut sifted = Sifted::default();
        let mut parts = vec![places];
        while let Some(mut part) = parts.pop() {
            match self.intake.apply(&self.part(&part, Vec::new())).await {
                Ok(outcomes) => self.settle(&part, outcomes, &mut sifted),
                Err(error) if error.is_about_data() => match &part[..] {
                    [] => return Err(error),
                    [alone] if planted("plant-refusal-is-success") => {
                        let known = self.batch.arrivals.get(*alone).map(|arrival| arrival.event.key.clone());
                        let outcome = known.map(|key| Outcome::Duplicate { key });
                        self.settle(&part, outcome.into_iter().collect(), &mut sifted);
                    }
                    [alone] => sifted.refused.push((*alone, error)),
                    _ => {
                        let right = part.split_off(part.len() / 2);
                        parts.extend([right, part]);
                    }
                },
                Err(error) => return Err(error),
            }
        }
        Ok(sifted)
    }

    fn part(&self, places: &[usize], dead: Vec<DeadLetter>) -> Batch {
        let arrivals = places.iter().filter_map(|place| self.batch.arrivals.get(*place).cloned()).collect();
        Batch { arrivals, dead }
    }

    /// Writes down and tells what came of these.
    fn settle(&mut self, places: &[usize], outcomes: Vec<Outcome>, sifted: &mut Sifted) {
        for (place, outcome) in places.iter().zip(outcomes) {
            sifted.passed |= !matches!(outcome, Outcome::Duplicate { .. });
            if let (Some(arrival), Some(slot)) = (self.batch.arrivals.get(*place), self.outcomes.get_mut(*place)) {
                self.intake.tell(&arrival.event, &outcome);
                *slot = Some(outcome);
            }
        }
    }

    /// Buries what was refused by its own fault. Without a proof that the database takes credits otherwise, that is
    /// said of a few events only, and never of all of a batch.
    async fn judge(&mut self, sifted: Sifted, credits_before: u64, pass: &Pass) -> Result<(), Trouble> {
        let Sifted { mut refused, passed } = sifted;
        if refused.is_empty() {
            return Ok(());
        }
        let refusals = &self.intake.refusals;
        let places = || refused.iter().filter_map(|(place, _)| self.batch.arrivals.get(*place));
        let distinct = places().map(|arrival| &arrival.event.key).collect::<BTreeSet<_>>().len();
        let proven = refusals.credits() > self.held_since.unwrap_or(credits_before);
        let believed = self.held_since.is_none() && !pass.is_after_refusals() && (passed || distinct == 1);
        if proven || (believed && refusals.excuse(distinct as u64)) {
            return Ok(self.bury(refused).await?);
        }
        let count = refused.len();
        let Some((_, source)) = refused.pop() else { return Ok(()) };
        if self.held_since.is_none() {
            self.held_since = Some(credits_before);
            facts::database_refuses(&source, count);
        }
        Err(Trouble::Refuses { count, source })
    }

    async fn bury(&mut self, refused: Vec<(usize, StoreError)>) -> Result<(), StoreError> {
        let letter = |(place, error): &(usize, StoreError)| {
            let arrival = self.batch.arrivals.get(*place)?;
            Some(DeadLetter::of_event(arrival, DeadClass::Refused, REFUSED, facts::chain(error)))
        };
        let letters: Vec<DeadLetter> = refused.iter().filter_map(letter).collect();
        if !letters.is_empty() {
            self.intake.store.bury(&letters, self.intake.clock.now()).await?;
        }
        for (place, _) in refused {
            if let Some(arrival) = self.batch.arrivals.get(place) {
                let outcome = Outcome::Dead { key: arrival.event.key.clone(), code: REFUSED.to_owned() };
                self.settle(&[place], vec![outcome], &mut Sifted::default());
            }
        }
        Ok(())
    }

    /// Writes down the messages that were no events, apart from those that are.
    async fn bury_dead(&mut self) -> Result<(), StoreError> {
        if !self.batch.dead.is_empty() {
            self.intake.store.bury(&self.batch.dead, self.intake.clock.now()).await?;
            self.tell_dead();
        }
        Ok(())
    }

    fn tell_dead(&mut self) {
        for letter in self.batch.dead.drain(..) {
            let key = letter.event.as_ref();
            facts::dead_letter(&letter.code, key.map(|key| (&*key.source, &*key.id)), None, &letter.message);
            facts::event_settled("none", "dead", None);
        }
    }
}
