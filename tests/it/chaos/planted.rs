//! Bugs planted on purpose: a checker that has never failed has shown nothing.

use std::time::Duration;

use rand::RngExt;
use rand::SeedableRng;
use rand::rngs::StdRng;
use sqlx::Executor;

use super::nemesis;
use super::rig::Rig;
use crate::support::checker::Verdict;
use crate::support::daemon::{Daemon, Settings};
use crate::support::market::Scale;
use crate::support::wait;

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

/// Nothing more is going to happen when nothing has for so long. Every poll of these daemons is much shorter.
const STALL: Duration = Duration::from_secs(6);

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

/// What the key refuses is taken for done: "23505 is success". Everything else of the event goes with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_taken_for_success_loses_events_and_the_checker_says_so() {
    let rig = Rig::new(SEED, Scale { events: 150, crowds: &[], ..SCALE }).await;
    let verdict = planted(&rig, "plant-forget-returns=return;plant-refusal-is-success=return").await;
    assert!(verdict.lost() > 0 && verdict.dead == 0, "{}", verdict.json());
}

/// The inbox is emptied by age, and what was delivered before is delivered again. The ledger's key still holds the
/// line.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inbox_that_forgets_does_it_all_again_and_the_checker_says_so() {
    let rig = Rig::new(SEED, SCALE).await;
    let daemon = delivered(&rig, "").await;
    rig.idle(DEADLINE).await;
    for sql in [
        "alter table decisions drop constraint decisions_event_no_fkey",
        "alter table notices drop constraint notices_event_no_fkey",
        "delete from events",
    ] {
        rig.pool.execute(sql).await.expect("purged");
    }
    let mut publisher = rig.publisher().await;
    Rig::publish(&mut publisher, rig.deliveries(1)).await;
    assert!(rig.drained(STALL).await, "all of it is new again");
    let queued = rig.stop(vec![daemon]).await;
    let verdict = rig.verdict(queued, u64::MAX).await;
    assert!(!verdict.ok && verdict.orphans > 0, "{}", verdict.json());
    assert_eq!((verdict.doubled, verdict.sums_off), (0, 0), "{}", verdict.json());
}

/// An event that waits is known, so its next delivery is a duplicate; and nobody comes back to it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiting_event_that_is_never_tried_again_is_lost_and_the_checker_says_so() {
    let rig = Rig::new(SEED, Scale { late_jobs: 20, ..SCALE }).await;
    let daemon = delivered(&rig, "plant-forget-waiting=return").await;
    wait::until("all events are taken in", DEADLINE, async || {
        rig.number("select count(*) from events").await == SCALE.events as i64
    })
    .await;
    rig.import_late().await;
    let mut publisher = rig.publisher().await;
    Rig::publish(&mut publisher, rig.deliveries(1)).await;
    assert!(!rig.drained(STALL).await, "somebody came back to it");
    let queued = rig.stop(vec![daemon]).await;
    let verdict = rig.verdict(queued, u64::MAX).await;
    assert!(!verdict.ok && verdict.waiting > 0 && verdict.lost() > 0, "{}", verdict.json());
}

/// An outbox read by a cursor over ids passes by what was committed out of order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outbox_read_by_a_cursor_skips_letters_and_the_checker_says_so() {
    let rig = Rig::new(SEED, SCALE).await;
    let daemon = delivered(&rig, "plant-outbox-cursor=return").await;
    assert!(!rig.drained(STALL).await, "nothing was skipped");
    let queued = rig.stop(vec![daemon]).await;
    let verdict = rig.verdict(queued, u64::MAX).await;
    assert!(!verdict.ok && verdict.notices_unsent > 0 && verdict.lost() == 0, "{}", verdict.json());
}

/// A Message-ID made anew for each attempt: the server's log can no longer say what became of a notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_message_id_each_time_is_found() {
    let rig = Rig::new(SEED, SCALE).await;
    let verdict = planted(&rig, "plant-new-message-id=return").await;
    assert!(verdict.ghost_mail > 0 && verdict.sent_unseen > 0, "{}", verdict.json());
}

/// SQLite that need not survive a power cut: the program refuses to start on it, so there is nothing to check.
#[test]
fn a_sqlite_that_may_lose_commits_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::new(folder.path()).set("store.url", "sqlite:loose.db");
    let settings = settings.failpoints("plant-sync-normal=return");
    let output = settings.command().arg("migrate").output().expect("the program starts");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && text.contains("PRAGMA synchronous is 1 and not FULL"), "{text}");
}

/// Everything delivered to a daemon with this bug; it comes to rest, and the checker objects.
async fn planted(rig: &Rig, bug: &str) -> Verdict {
    let daemon = delivered(rig, bug).await;
    rig.idle(DEADLINE).await;
    let queued = rig.stop(vec![daemon]).await;
    let verdict = rig.verdict(queued, u64::MAX).await;
    assert!(!verdict.ok, "{bug} was not found: {}", verdict.json());
    verdict
}

/// Everything delivered once to a daemon with this bug, or none. It may not be done with it.
async fn delivered(rig: &Rig, bug: &str) -> Daemon {
    let daemon = Daemon::start_ready(&rig.settings().failpoints(bug), "planted").await;
    let mut publisher = rig.publisher().await;
    Rig::publish(&mut publisher, rig.deliveries(1)).await;
    daemon
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
