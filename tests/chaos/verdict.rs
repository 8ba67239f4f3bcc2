//! The verdict of a whole run: the sums of its phases, and whether all that was planned was done.

use std::any::Any;
use std::time::Duration;

use serde::Serialize;

use crate::options::Plan;
use crate::phase::{Injected, Outcome};

/// One JSON object.
#[derive(Debug, Default, Serialize)]
pub struct Verdict {
    pub seed: u64,
    pub scale: &'static str,
    pub ok: bool,
    pub seconds: u64,
    /// Events published; messages handed to publishers and confirmed to them.
    pub events: u64,
    pub attempted: u64,
    pub confirmed: u64,
    /// Events applied; dead letters, in the store or the broker; messages left in queues.
    pub processed: u64,
    pub dead: u64,
    pub queued: u64,
    /// Confirmed events that are nowhere and charges that never came back.
    pub lost: u64,
    /// Charges that came back twice, at the end or in between.
    pub doubled: u64,
    /// Events, credits, decisions or letters that nothing in the market asks for.
    pub unexpected: u64,
    /// Further copies of letters, and those the faults explain.
    pub duplicate_mail: u64,
    pub duplicate_mail_allowed: u64,
    pub copies_differ: u64,
    /// Faults by kind.
    pub faults: Injected,
    pub phases: Vec<Outcome>,
}

impl Verdict {
    /// Of nothing yet.
    pub fn new(seed: u64, scale: &'static str) -> Self {
        Verdict { seed, scale, ..Verdict::default() }
    }

    /// Takes a phase in.
    pub fn take(&mut self, outcome: Outcome) {
        let (found, watched) = (&outcome.verdict, &outcome.watched);
        self.events += found.events;
        self.attempted += outcome.attempted;
        self.confirmed += outcome.confirmed;
        self.processed += found.applied;
        self.dead += found.dead + found.queued.dead;
        self.queued += found.queued.work + found.queued.elsewhere + found.queued.stuck;
        self.lost += found.lost();
        self.doubled += found.doubled + watched.doubled;
        self.unexpected += found.events_unexpected
            + found.unexpected
            + found.decisions_unexpected
            + found.notices_unexpected
            + found.ghost_mail;
        self.duplicate_mail += found.duplicate_mail;
        self.duplicate_mail_allowed += found.duplicate_mail_allowed;
        self.copies_differ += found.copies_differ;
        for (fault, times) in &outcome.injected {
            *self.faults.entry(fault.clone()).or_default() += times;
        }
        self.phases.push(outcome);
    }

    /// The sum of all.
    pub fn finish(mut self, plan: &Plan, took: Duration) -> Self {
        self.seed = plan.seed;
        self.seconds = took.as_secs();
        self.ok = !self.phases.is_empty() && self.phases.iter().all(|phase| phase.ok);
        self
    }
}

/// What a panic said.
pub fn panic_text(said: &(dyn Any + Send)) -> String {
    let text = said.downcast_ref::<String>().map(String::as_str).or_else(|| said.downcast_ref::<&str>().copied());
    format!("it panicked: {}", text.unwrap_or("without a word"))
}
