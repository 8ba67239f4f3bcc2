//! The services themselves are killed, again and again, while events come in.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::feed::Feed;
use crate::hold;
use crate::nemesis::progressed;
use crate::phase::{Outcome, Phase};
use crate::rig::Rig;
use crate::services;

/// Messages published at once.
const ROUND: usize = 50;

/// RabbitMQ 3.10 loses a quorum queue that it is killed with within half a second of its declaration.
const SETTLED: Duration = Duration::from_secs(2);

/// Longest time a service stays dead before it is started again, and most progress between two kills.
const DEAD_MAX: Duration = Duration::from_millis(1_500);
const STRIDE: u64 = 150;

/// Kills RabbitMQ.
pub async fn broker(rig: &Rig, kills: u64) -> Outcome {
    let mut phase = Phase::start(rig, "broker_kills", &rig.settings()).await;
    hold(SETTLED).await;
    let done = AtomicU64::new(0);
    let mut rng = StdRng::seed_from_u64(rig.market.seed);
    let faults = async {
        for _ in 0..kills {
            progressed(rig, rng.random_range(1..=STRIDE)).await;
            killed("rabbitmq", &mut rng).await;
            done.fetch_add(1, Ordering::SeqCst);
        }
    };
    tokio::join!(feed(rig, &mut phase.feed, kills, &done), faults);
    phase.injected("broker_sigkill", kills);
    // Mail does not pass the broker: no letter may come twice.
    phase.finish(0).await
}

/// Kills PostgreSQL, and between two kills ends `backends` of its sessions.
pub async fn postgres(rig: &Rig, kills: u64, backends: u64) -> Outcome {
    // A lease that outlasts the server's absence: what was sent before is written down after, and nothing is sent
    // twice.
    let settings = rig.settings().set("mail.lease", "40s");
    let mut phase = Phase::start(rig, "postgres_kills", &settings).await;
    let (done, ended) = (AtomicU64::new(0), AtomicU64::new(0));
    let mut rng = StdRng::seed_from_u64(rig.market.seed);
    let faults = async {
        for _ in 0..kills {
            for _ in 0..backends {
                progressed(rig, rng.random_range(1..=STRIDE / 10)).await;
                ended.fetch_add(rig.terminate_backend().await, Ordering::SeqCst);
            }
            progressed(rig, rng.random_range(1..=STRIDE / 2)).await;
            killed("postgres", &mut rng).await;
            done.fetch_add(1, Ordering::SeqCst);
        }
    };
    tokio::join!(feed(rig, &mut phase.feed, kills, &done), faults);
    phase.injected("postgres_sigkill", kills);
    phase.injected("pg_terminate_backend", ended.into_inner());
    phase.finish(0).await
}

async fn killed(service: &'static str, rng: &mut StdRng) {
    let begun = Instant::now();
    services::crash(service).await;
    hold(DEAD_MAX.mul_f64(rng.random())).await;
    services::resume(service).await;
    eprintln!("{service}: killed, answers again after {:?}", begun.elapsed());
}

/// Publishes everything, no faster than the faults come, and then again until the last of them: they must meet load.
async fn feed(rig: &Rig, feed: &mut Feed, faults: u64, done: &AtomicU64) {
    let (messages, again) = (rig.deliveries(2), rig.deliveries(1));
    let rounds = messages.len().div_ceil(ROUND) as u64;
    for (n, round) in messages.chunks(ROUND).enumerate() {
        let due = faults * n as u64 / rounds;
        rig.paced(async || done.load(Ordering::SeqCst) >= due.saturating_sub(1)).await;
        feed.send(round.to_vec()).await;
        if n as u64 == rounds / 2 {
            rig.import_late().await;
        }
    }
    for round in again.chunks(ROUND).cycle() {
        if done.load(Ordering::SeqCst) >= faults {
            break;
        }
        feed.send(round.to_vec()).await;
        rig.paced(async || false).await;
    }
}
