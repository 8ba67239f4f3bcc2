//! A release that goes in while the one before still runs: what expands leaves it working, what contracts does not.

use makegood::telemetry::metrics as m;
use makegood::telemetry::samples::Readings;

use super::market::{FULL, Market, all_canceled};
use super::stage::{DEADLINE, Stage, page, until_logged, until_ready};
use crate::support::daemon::{Daemon, Settings};

const EVENTS: usize = 40;
/// The version after this one: it knows one migration more, which adds columns and a table.
const NEXT: &str = "plant-next-expand=return";
/// The version after that: its migration takes away what only this version used.
const AFTER: &str = "plant-next-expand=return;plant-next-contract=return";

fn migrate(settings: &Settings, arguments: &[&str], code: i32) -> String {
    let output = settings.command().arg("migrate").args(arguments).output().expect("the program starts");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(code), "{told}{}", String::from_utf8_lossy(&output.stderr));
    told
}

async fn applied(daemon: &mut Daemon) -> f64 {
    Readings::new(page(daemon, "/metrics").await.1).sum(m::EVENTS, ("outcome", "applied")).unwrap_or(0.0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_versions_work_on_one_database() {
    let stage = Stage::production(&Market::new(EVENTS).jobs(EVENTS)).await;
    // One message a batch, so that both get some.
    let this = stage.settings().set("broker.batch_max", 1).set("broker.prefetch", 1);
    let next = this.clone().failpoints(NEXT);
    let mut old = Daemon::start_ready(&this, "old").await;
    let mut events = all_canceled(EVENTS);
    let (later, first) = (events.split_off(EVENTS / 4), events);
    stage.publish(first).await;

    let plan = migrate(&next, &["--plan"], 3);
    assert_eq!(plan, "pending 9001_next_expand: A version to come adds (running daemons may go on)\n");
    assert_eq!(migrate(&next, &[], 0), "applied 9001_next_expand\n");
    let mut new = Daemon::start_ready(&next, "new").await;
    stage.publish(later).await;
    stage.until_applied(&old, EVENTS).await;
    stage.assert_made_good(FULL).await;
    let (by_old, by_new) = (applied(&mut old).await, applied(&mut new).await);
    assert!(by_old > 0.0 && by_new > 0.0 && by_old + by_new == EVENTS as f64, "{by_old} {by_new}");
    until_ready(&mut old, 200).await;

    // And back: the old program starts on what the new one migrated.
    stage.stop_clean(old).await;
    let mut old = Daemon::start_ready(&this, "old again").await;
    until_logged(&old, &["a newer makegood has migrated the database"], 1).await;

    let after = this.clone().failpoints(AFTER);
    let plan = migrate(&after, &["--plan"], 3);
    assert_eq!(plan, "pending 9002_next_contract: A version to come takes away (stop older daemons first)\n");
    stage.stop_clean(new).await;
    assert_eq!(migrate(&after, &[], 0), "applied 9002_next_contract\n");
    until_ready(&mut old, 503).await;
    drop(old);
    let mut refused = Daemon::start(&this, "refused");
    let status = refused.exit(DEADLINE).await.expect("it ends");
    assert_eq!(status.code(), Some(1), "{}", refused.log_tail());
    assert!(refused.log_tail().contains("start that one"), "{}", refused.log_tail());
    assert!(migrate(&next, &["--plan"], 1).is_empty());
}
