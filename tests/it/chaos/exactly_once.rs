//! Thousands of events, each delivered several times in shuffled order to two daemons that are killed at random and in
//! every named window: each refundable charge is reversed once, no other, and everybody is told.

use super::killing::{self, Order};
use super::rig::Rig;
use crate::support::market::Scale;
use crate::support::optional;

const SCALE: Scale = Scale {
    events: 6_000,
    freelancers: 1_200,
    agencies: 150,
    crowds: &[1_500, 1_500, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60],
    suspensions: 200,
    overlaps_per_mille: 120,
    late_jobs: 50,
};

/// Random kills of each daemon; each point comes once.
const RANDOM_KILLS: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_charge_is_reversed_once_whatever_is_killed() {
    let seed = optional("MAKEGOOD_CHAOS_SEED").map_or(20_261_122, |seed| seed.parse().expect("a number"));
    println!("seed {seed}: repeat by MAKEGOOD_CHAOS_SEED={seed}");
    let rig = Rig::new(seed, SCALE).await;
    let outcome = killing::run(&rig, Order { random: RANDOM_KILLS, per_point: 1, stride: 250, copies: 4 }).await;
    assert!(outcome.ok, "seed {seed}: {}", outcome.json());
    assert_eq!(outcome.injected["daemon_sigkill"], 2 * RANDOM_KILLS as u64, "{:?}", outcome.injected);
}
