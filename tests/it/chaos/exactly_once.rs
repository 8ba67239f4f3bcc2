//! 20,000 events, each delivered four times in shuffled order to two daemons that are killed at random and in every
//! named window: each refundable charge is reversed once, no other, and everybody is told.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::nemesis::{self, POINTS};
use super::rig::{LEASED_MAX, Rig};
use crate::support::market::{CANARY_DOMAIN, Scale};
use crate::support::optional;

const SCALE: Scale = Scale {
    events: 20_000,
    freelancers: 2_500,
    agencies: 200,
    crowds: &[3_000, 3_000, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60],
    suspensions: 500,
    overlaps_per_mille: 120,
    late_jobs: 100,
};

/// Deliveries of each event.
const COPIES: usize = 4;

/// Random kills of each daemon; the named points come on top.
const RANDOM_KILLS: usize = 22;

/// Most progress between two random kills of a daemon.
const STRIDE: u64 = 400;

/// Messages published at once.
const CHUNK: usize = 1_000;

/// Chunks published before the first kill is due, and chunks within which all kills are: the first copies of most
/// events are among them, so that every window of the intake is passed often enough.
const HEAD_START: usize = 4;
const CHUNKS_UNDER_FIRE: usize = 40;

/// Once the faults have stopped, something must be done in any such time until nothing is left. Longer than a lease.
const STALL: Duration = Duration::from_secs(60);

/// Letters one kill may repeat: those handed over whose "sent" was not committed. Four connections hand over while one
/// commit is under way, so it is about one or two each; a lease's worth leaves room for a slow disk.
const COPIES_PER_KILL: u64 = LEASED_MAX;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_charge_is_reversed_once_whatever_is_killed() {
    let seed = optional("MAKEGOOD_CHAOS_SEED").map_or(20_261_122, |seed| seed.parse().expect("a number"));
    println!("seed {seed}: repeat by MAKEGOOD_CHAOS_SEED={seed}");
    let begin = Instant::now();
    let rig = Rig::new(seed, SCALE).await;
    rig.declare();
    println!("{:?}: {} events, {} returns due", begin.elapsed(), rig.market.events.len(), rig.expected.returns.len());

    let mut rng = StdRng::seed_from_u64(seed);
    let plans = [nemesis::lives(&mut rng, RANDOM_KILLS, STRIDE), nemesis::lives(&mut rng, RANDOM_KILLS, STRIDE)];
    let lives = plans[0].len() + plans[1].len();
    let done = AtomicUsize::new(0);
    let [first, second] = plans;
    let ((), (record_a, mut daemon_a), (record_b, mut daemon_b)) = tokio::join!(
        publish(&rig, lives, &done),
        nemesis::run(&rig, "a", first, &done),
        nemesis::run(&rig, "b", second, &done),
    );
    assert!(record_a.random.min(record_b.random) >= 20, "at least 20 times each");
    let record = record_a.and(record_b);
    println!("{:?}: {} killed, {:?}", begin.elapsed(), record.random, record.hits);
    assert_eq!(record.hits.keys().copied().collect::<BTreeSet<_>>(), BTreeSet::from(POINTS));

    let drained = rig.drained(STALL).await;
    println!("{:?}: drained: {drained}", begin.elapsed());
    for daemon in [&mut daemon_a, &mut daemon_b] {
        assert!(!daemon.page("/metrics").await.contains(CANARY_DOMAIN), "an address in the metrics");
    }
    let queued = rig.stop(vec![daemon_a, daemon_b]).await;
    println!("{:?}: stopped", begin.elapsed());
    let verdict = rig.verdict(queued, record.kills() * COPIES_PER_KILL).await;
    println!("{:?}: judged", begin.elapsed());
    assert!(drained && verdict.ok, "seed {seed}: {}", verdict.json());
    assert_eq!(rig.leaks(), Vec::<String>::new(), "addresses in logs");
}

/// Publishes everything, no faster than the daemons die: work must be left for every life. Half-way the late jobs
/// become known, whose events wait by then.
async fn publish(rig: &Rig, lives: usize, done: &AtomicUsize) {
    let mut publisher = rig.publisher().await;
    let mut deliveries = rig.deliveries(COPIES);
    let chunks = deliveries.len().div_ceil(CHUNK);
    for chunk in 0..chunks {
        let dead_by_now = lives * chunk.saturating_sub(HEAD_START) / CHUNKS_UNDER_FIRE;
        rig.paced(async || done.load(Ordering::SeqCst) >= dead_by_now.min(lives)).await;
        let rest = deliveries.split_off(CHUNK.min(deliveries.len()));
        Rig::publish(&mut publisher, std::mem::replace(&mut deliveries, rest)).await;
        if chunk == chunks / 2 {
            rig.import_late().await;
        }
    }
    publisher.close().await;
}
