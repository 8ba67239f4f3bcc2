//! Daemons killed at random and in every named window, while everything is delivered to them in shuffled order.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::feed::Feed;
use super::nemesis::{self, POINTS};
use super::phase::{Outcome, Phase};
use super::rig::{LEASED_MAX, Rig};

/// Messages published at once: few, so that a life that waits for its window does not use up the work of the others.
const CHUNK: usize = 250;

/// Chunks published before the first kill is due.
const HEAD_START: usize = 12;

/// Of the chunks, in percent, how many are out when the last kill is due: the first copies of most events are among
/// them, so that every window of the intake is passed often enough.
const UNDER_FIRE_PERCENT: usize = 50;

/// Letters one kill may repeat: those handed over whose "sent" was not committed. Four connections hand over while one
/// commit is under way, so it is about one or two each; a lease's worth leaves room for a slow disk.
const COPIES_PER_KILL: u64 = LEASED_MAX;

/// How often, for each of the two daemons.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// Random kills.
    pub random: usize,
    /// Kills at each named point.
    pub per_point: usize,
    /// Most progress between two random kills.
    pub stride: u64,
    /// Deliveries of each event.
    pub copies: usize,
}

/// Kills, drains and judges.
pub async fn run(rig: &Rig, order: Order) -> Outcome {
    let mut phase = Phase::without_daemons(rig, "daemon_kills");
    let mut rng = StdRng::seed_from_u64(rig.market.seed);
    let mut plan = || nemesis::lives(&mut rng, order.random, order.per_point, order.stride);
    let (first, second) = (plan(), plan());
    let (lives, done) = (first.len() + second.len(), AtomicUsize::new(0));
    let ((), (record_a, daemon_a), (record_b, daemon_b)) = tokio::join!(
        publish(rig, &mut phase.feed, order.copies, lives, &done),
        nemesis::run(rig, "a", first, &done),
        nemesis::run(rig, "b", second, &done),
    );
    phase.daemons.extend([daemon_a, daemon_b]);
    let record = record_a.and(record_b);
    let points = record.hits.keys().copied().collect::<BTreeSet<_>>();
    phase.expect(points == BTreeSet::from(POINTS), format!("only {points:?} were hit"));
    phase.injected("daemon_sigkill", record.random);
    for (point, times) in &record.hits {
        phase.injected(&format!("daemon_killed_at_{point}"), *times);
    }
    phase.finish(record.kills() * COPIES_PER_KILL).await
}

/// Publishes everything, no faster than the daemons die: work must be left for every life. Half-way the late jobs
/// become known, whose events wait by then.
async fn publish(rig: &Rig, feed: &mut Feed, copies: usize, lives: usize, done: &AtomicUsize) {
    let deliveries = rig.deliveries(copies);
    let chunks = deliveries.len().div_ceil(CHUNK);
    let under_fire = (chunks * UNDER_FIRE_PERCENT / 100).max(1);
    for (n, chunk) in deliveries.chunks(CHUNK).enumerate() {
        let dead_by_now = lives * n.saturating_sub(HEAD_START) / under_fire;
        rig.paced(async || done.load(Ordering::SeqCst) >= dead_by_now.min(lives)).await;
        feed.send(chunk.to_vec()).await;
        if n == chunks / 2 {
            rig.import_late().await;
        }
    }
}
