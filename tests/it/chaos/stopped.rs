//! A daemon that stands still past its lease: what it had leased is sent by another, and what it then says about it
//! counts no more. A settlement without that guard sends letters twice, and the checker says so.

use std::time::Duration;

use super::rig::Rig;
use crate::support::checker::Verdict;
use crate::support::daemon::Daemon;
use crate::support::market::Scale;
use crate::support::smtp::{Act, Fault, Stage};
use crate::support::wait;

const SCALE: Scale = Scale {
    events: 150,
    freelancers: 100,
    agencies: 20,
    crowds: &[],
    suspensions: 10,
    overlaps_per_mille: 200,
    late_jobs: 0,
};

const SEED: u64 = 11;

const DEADLINE: Duration = Duration::from_secs(60);

/// Longer than a lease, and than PostgreSQL lets a transaction stand still (30 s): the daemon may have stopped in one.
const STALL: Duration = Duration::from_secs(45);

/// Connections of each daemon: as many letters may be under way when it stops.
const CONNECTIONS: u64 = 2;

/// Letters that may come twice: those under way, and those handed over while one commit of earlier ones is under way.
const COPIES_MAX: u64 = CONNECTIONS * 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_wakes_after_its_lease_changes_nothing() {
    let (verdict, log) = stopped_past_its_lease("").await;
    assert!(verdict.ok, "{}", verdict.json());
    assert!(log.contains("leases ended before their notices were settled"), "it never knew:\n{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_settlement_without_its_guard_sends_twice_and_the_checker_says_so() {
    let (verdict, _) = stopped_past_its_lease("plant-settle-unguarded=return").await;
    assert!(!verdict.ok && verdict.duplicate_mail > COPIES_MAX, "{}", verdict.json());
}

/// The verdict, and what the daemon said that stood still.
async fn stopped_past_its_lease(bug: &str) -> (Verdict, String) {
    let rig = Rig::new(SEED, SCALE).await;
    // A slow server: most of what is leased is not begun when the daemon stops.
    rig.sink.set_faults([Fault::at(Stage::Mail, Act::Slow(Duration::from_millis(10)))]);
    let settings = rig.settings().set("mail.connections", CONNECTIONS).failpoints(bug);
    let mut first = Daemon::start_ready(&settings, "first").await;
    let mut publisher = rig.publisher().await;
    Rig::publish(&mut publisher, rig.deliveries(1)).await;
    wait::until("the first daemon has leased letters", DEADLINE, async || {
        rig.number("select count(*) from notices where state = 'leased'").await > 20
    })
    .await;
    first.signal("STOP");
    rig.sink.set_faults([]);
    let second = Daemon::start_ready(&settings, "second").await;
    assert!(rig.drained(STALL).await, "the second daemon sends what the first had leased");
    first.signal("CONT");
    let said = |first: &Daemon| std::fs::read_to_string(first.log()).expect("its log");
    let told = wait::answer(DEADLINE, async || {
        let repeated =
            rig.number("select count(*) from notices where state not in ('sent', 'undeliverable')").await > 0;
        (repeated || said(&first).contains("leases ended")).then_some(())
    });
    assert!(told.await.is_some(), "the first daemon says nothing about its leases");
    assert!(rig.drained(STALL).await && rig.rested(DEADLINE).await, "all is sent in the end");
    assert_eq!(first.exited(), None);
    let log = said(&first);
    let queued = rig.stop(vec![first, second]).await;
    (rig.verdict(queued, COPIES_MAX).await, log)
}
