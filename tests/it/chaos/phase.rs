//! One phase of a fault run: two daemons, a publisher and a watch while faults go on; then the drain and the verdict.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use makegood::broker::Outgoing;
use serde::Serialize;

use super::feed::Feed;
use super::rig::Rig;
use super::watch::{Seen, Watch};
use crate::support::checker::Verdict;
use crate::support::daemon::{Daemon, Settings};
use crate::support::market::CANARY_DOMAIN;
use crate::support::wait;

/// Once the faults have stopped, something must be done in any such time until nothing is left. Longer than a lease.
pub const STALL: Duration = Duration::from_secs(60);

/// The queue is left with copies at most then; the broker's management counts them every few seconds.
const COPIES_DEADLINE: Duration = Duration::from_secs(120);

/// The gauges are renewed every few seconds.
const GAUGES_DEADLINE: Duration = Duration::from_secs(30);

/// What is true of every daemon that has nothing to do: all it needs is there, and its gauges say so (invariant 18).
const AT_REST: [&str; 9] = [
    "makegood_events_open{state=\"waiting\"} 0",
    "makegood_events_open{state=\"fanning_out\"} 0",
    "makegood_outbox_notices{state=\"pending\"} 0",
    "makegood_outbox_notices{state=\"leased\"} 0",
    "makegood_outbox_notices{state=\"unknown\"} 0",
    "makegood_dead_letters 0",
    "makegood_dependency_up{dependency=\"broker\"} 1",
    "makegood_dependency_up{dependency=\"database\"} 1",
    "makegood_dependency_up{dependency=\"mail\"} 1",
];

/// Faults done, by name.
pub type Injected = BTreeMap<String, u64>;

/// What came of a phase.
#[derive(Debug, Default, Serialize)]
pub struct Outcome {
    pub phase: &'static str,
    pub ok: bool,
    /// Why it could not be run here.
    pub skipped: Option<String>,
    pub seconds: u64,
    /// Messages handed to the publisher, and of them confirmed; sent again for want of a confirm.
    pub attempted: u64,
    pub confirmed: u64,
    pub resent: u64,
    pub injected: Injected,
    /// Letters whose fate nobody knew, which an operator had sent again.
    pub unknown_sent_again: u64,
    /// Everything was done in time once the faults had stopped.
    pub drained: bool,
    pub watched: Seen,
    /// What was wrong apart from the numbers: a daemon that ended, a gauge, an address in a log.
    pub wrong: Vec<String>,
    pub verdict: Verdict,
    /// Where the daemons' logs are, if something was wrong.
    pub logs: Option<String>,
}

impl Outcome {
    /// As one line of JSON.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("JSON")
    }
}

/// A phase under way.
pub struct Phase<'a> {
    pub rig: &'a Rig,
    pub daemons: Vec<Daemon>,
    pub feed: Feed,
    pub injected: Injected,
    watch: Watch,
    name: &'static str,
    begun: Instant,
    wrong: Vec<String>,
}

impl<'a> Phase<'a> {
    /// Begins: the topology, then two daemons with these settings.
    pub async fn start(rig: &'a Rig, name: &'static str, settings: &Settings) -> Self {
        let mut phase = Self::without_daemons(rig, name);
        for which in ["a", "b"] {
            phase.daemons.push(Daemon::start_ready(settings, &format!("{name}-{which}")).await);
        }
        phase
    }

    /// Begins with nobody there to work.
    pub fn without_daemons(rig: &'a Rig, name: &'static str) -> Self {
        rig.declare();
        let (feed, watch) = (Feed::new(rig), Watch::start(&rig.pool));
        let (daemons, wrong) = (Vec::new(), Vec::new());
        Phase { rig, daemons, feed, injected: Injected::new(), watch, name, begun: Instant::now(), wrong }
    }

    /// Publishes everything in rounds of `size`; between two of them, `then` is told the part that is out. Half-way the
    /// late jobs become known.
    pub async fn publish(&mut self, messages: Vec<Outgoing>, size: usize, mut then: impl AsyncFnMut(&mut Self, f64)) {
        let rounds = messages.len().div_ceil(size);
        for (n, round) in messages.chunks(size).enumerate() {
            self.feed.send(round.to_vec()).await;
            if n == rounds / 2 {
                self.rig.import_late().await;
            }
            then(self, (n + 1) as f64 / rounds as f64).await;
        }
    }

    /// Counts a fault.
    pub fn injected(&mut self, what: &str, times: u64) {
        *self.injected.entry(what.to_owned()).or_default() += times;
    }

    /// Notes what is wrong, unless `holds`.
    pub fn expect(&mut self, holds: bool, what: impl Into<String>) {
        if !holds {
            self.wrong.push(what.into());
        }
    }

    /// No more faults: drains, has letters of unknown fate sent again, drains, stops and judges. `copies_allowed` are
    /// the further copies of letters the faults explain.
    pub async fn finish(mut self, copies_allowed: u64) -> Outcome {
        if let Some(doors) = &self.rig.doors {
            doors.cuts.stop();
            for (cut, times) in doors.cuts.done() {
                self.injected(cut, times);
            }
        }
        let rig = self.rig;
        rig.sink.set_faults([]);
        for (cut, times) in rig.sink.cuts() {
            self.injected(&format!("smtp_{cut}"), times);
        }
        eprintln!("{}: {:?}: no more faults", self.name, self.begun.elapsed());
        let mut drained = rig.drained(STALL).await;
        let unknown_sent_again = rig.send_unknown_again().await;
        drained &= rig.drained(STALL).await;
        // Copies of what is applied by now may still lie in the queue.
        drained &= rig.rested(COPIES_DEADLINE).await;
        for mut daemon in std::mem::take(&mut self.daemons) {
            self.look_at(&mut daemon, drained).await;
            self.daemons.push(daemon);
        }
        eprintln!("{}: {:?}: drained: {drained}", self.name, self.begun.elapsed());
        let queued = rig.stop(std::mem::take(&mut self.daemons)).await;
        let verdict = rig.verdict(queued, copies_allowed).await;
        let leaks = rig.leaks();
        self.expect(leaks.is_empty(), format!("addresses in {leaks:?}"));
        let watched = self.watch.stop();
        let ok = drained && verdict.ok && watched.ok() && self.wrong.is_empty();
        if !ok {
            rig.keep_logs();
        }
        let logs = (!ok).then(|| rig.folder.path().display().to_string());
        let Feed { attempted, confirmed, resent, .. } = self.feed;
        let (phase, seconds) = (self.name, self.begun.elapsed().as_secs());
        let Phase { injected, wrong, .. } = self;
        Outcome {
            phase,
            ok,
            skipped: None,
            seconds,
            attempted,
            confirmed,
            resent,
            injected,
            unknown_sent_again,
            drained,
            watched,
            wrong,
            verdict,
            logs,
        }
    }

    /// A daemon that outlived the faults is at rest and says so.
    async fn look_at(&mut self, daemon: &mut Daemon, drained: bool) {
        if let Some(status) = daemon.exited() {
            return self.expect(false, format!("a daemon ended: {status}"));
        }
        if !drained {
            return;
        }
        let mut page = String::new();
        let rested = wait::answer(GAUGES_DEADLINE, async || {
            page = daemon.page("/metrics").await;
            AT_REST.iter().all(|line| page.contains(line)).then_some(())
        });
        let rested = rested.await.is_some();
        let missing: Vec<_> = AT_REST.iter().filter(|line| !page.contains(**line)).collect();
        self.expect(rested, format!("not in the metrics: {missing:?}"));
        self.expect(!page.contains(CANARY_DOMAIN), "an address in the metrics");
    }
}
