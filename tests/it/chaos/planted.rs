//! Bugs planted on purpose: a checker that has never failed has shown nothing.

use std::time::Duration;

use rand::RngExt;
use rand::SeedableRng;
use rand::rngs::StdRng;
use sqlx::Executor;

use super::nemesis;
use super::rig::Rig;
use crate::support::daemon::Daemon;
use crate::support::market::Scale;

const SCALE: Scale = Scale {
    events: 600,
    freelancers: 200,
    agencies: 20,
    crowds: &[60],
    suspensions: 20,
    overlaps_per_mille: 500,
    late_jobs: 0,
};

const SEED: u64 = 7;

const DEADLINE: Duration = Duration::from_secs(240);

/// Acked, then lost: each daemon dies between the ack and the commit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ack_before_the_commit_loses_events_and_the_checker_says_so() {
    let rig = Rig::new(SEED, SCALE).await;
    rig.declare();
    let mut publisher = rig.publisher().await;
    Rig::publish(&mut publisher, rig.deliveries(1)).await;
    let mut rng = StdRng::seed_from_u64(SEED);
    for n in 0..4 {
        let points = format!("plant-ack-before-commit=return;k4={}*off->return", rng.random_range(0..3));
        nemesis::armed(&rig, &format!("planted-{n}"), "k4", &points).await;
    }
    let daemon = Daemon::start_ready(&rig.settings(), "last").await;
    rig.idle(DEADLINE).await;
    let queued = rig.stop(vec![daemon]).await;
    let verdict = rig.verdict(queued, u64::MAX).await;
    assert!(!verdict.ok && verdict.events_missing > 0 && verdict.missing > 0, "{}", verdict.json());
    assert_eq!((verdict.queued.work, verdict.doubled), (0, 0), "lost, not late: {}", verdict.json());
}

/// A tool that forgets what it returned, and no key to stop it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_unique_key_a_forgetful_worker_doubles_and_the_checker_says_so() {
    let rig = Rig::new(SEED, SCALE).await;
    for sql in [
        "alter table connects_entries drop constraint connects_entries_reverses_key",
        "alter table connects_entries drop constraint connects_entries_pkey cascade",
    ] {
        rig.pool.execute(sql).await.expect("the key is dropped");
    }
    let daemon = forgetful(&rig).await;
    let queued = rig.stop(vec![daemon]).await;
    let verdict = rig.verdict(queued, u64::MAX).await;
    assert!(!verdict.ok && verdict.doubled > 0 && verdict.keys_gone > 0, "{}", verdict.json());
}

/// The same worker, and the key: whatever else it gets wrong, no charge comes back twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_unique_key_holds_the_line_against_a_forgetful_worker() {
    let rig = Rig::new(SEED, SCALE).await;
    let daemon = forgetful(&rig).await;
    // What the key refuses becomes a dead letter; that is wrong enough for a verdict, and nothing is doubled.
    let queued = rig.stop(vec![daemon]).await;
    let verdict = rig.verdict(queued, u64::MAX).await;
    assert!(!verdict.ok && verdict.dead > 0, "the key was never asked: {}", verdict.json());
    assert_eq!((verdict.doubled, verdict.sums_off), (0, 0), "{}", verdict.json());
}

/// Everything delivered to a worker that does not remember earlier returns, refunds and decisions.
async fn forgetful(rig: &Rig) -> Daemon {
    // What the key refuses in a fan-out is tried again a few times before it is given up.
    let settings = rig.settings().set("intake.wait_attempts_max", 2).failpoints("plant-forget-returns=return");
    let daemon = Daemon::start_ready(&settings, "forgetful").await;
    let mut publisher = rig.publisher().await;
    Rig::publish(&mut publisher, rig.deliveries(1)).await;
    rig.idle(DEADLINE).await;
    daemon
}
