//! A database that answers and refuses: one event that is at fault is told apart from a database that takes none.

use super::market::{FULL, Market, all_canceled};
use super::stage::{DEADLINE, Stage, logged, page, until_logged, until_ready};
use crate::support::daemon::Daemon;
use crate::support::wait;

const EVENTS: usize = 50;

pub fn market() -> Market {
    Market::new(EVENTS).jobs(EVENTS)
}

/// Has the database refuse the returns for which `when` holds.
async fn refuse(stage: &Stage, when: &str) {
    if stage.database().starts_with("sqlite:") {
        let body = "begin select raise(abort, 'refused by a trigger of the test'); end";
        stage.rows(&format!("create trigger refuse before insert on connects_entries when {when} {body}")).await;
        return;
    }
    let body = "begin raise exception 'refused by a trigger of the test' using errcode = 'check_violation'; end";
    stage
        .rows(&format!("create function refuse() returns trigger language plpgsql as '{}'", body.replace('\'', "''")))
        .await;
    let on = "before insert on connects_entries for each row";
    stage.rows(&format!("create trigger refuse {on} when ({when}) execute function refuse()")).await;
}

async fn relent(stage: &Stage) {
    let table = if stage.database().starts_with("sqlite:") { "" } else { " on connects_entries" };
    stage.rows(&format!("drop trigger refuse{table}")).await;
}

/// A daemon whose batches are as full as the queue allows.
async fn daemon(stage: &Stage) -> Daemon {
    Daemon::start_ready(&stage.settings().set("broker.batch_linger", "300ms"), "daemon").await
}

/// Waits until the worker has been told so often that the database takes nothing.
async fn until_held(daemon: &mut Daemon, times: usize) {
    until_logged(daemon, &["dependency lost", "the database refuses every event"], times).await;
    until_ready(daemon, 503).await;
    let (_, metrics) = page(daemon, "/metrics").await;
    assert!(!metrics.contains(r#"makegood_circuit_state{dependency="database"} 0"#), "{metrics}");
}

pub async fn one_refused_event_does_not_fail_its_neighbours(stage: Stage) {
    refuse(&stage, "new.proposal_id = 'job-7-of-7'").await;
    let mut daemon = daemon(&stage).await;
    stage.publish(all_canceled(EVENTS)).await;
    stage.until_applied(&daemon, EVENTS - 1).await;
    stage.until_count(&daemon, "dead_letters", 1).await;
    assert_eq!(stage.dead_letters().await, ["refused/store_refused"]);
    assert_eq!(stage.rows("select event_id from dead_letters").await, ["event-7"]);
    assert_eq!(stage.rows("select account_id from accounts where balance <> 100").await, ["acc-7"]);
    stage.assert_sums().await;
    assert_eq!((stage.letters().len(), page(&mut daemon, "/ready").await.0), (EVENTS - 1, 200));
    assert_eq!(logged(daemon.log(), &["dependency lost", "database"]), 0);
    stage.stop_clean(daemon).await;
}

pub async fn a_database_that_takes_nothing_is_waited_for_and_buries_nothing(stage: Stage) {
    refuse(&stage, "new.kind = 'return'").await;
    let mut daemon = daemon(&stage).await;
    stage.publish(all_canceled(EVENTS)).await;
    until_held(&mut daemon, 4).await;
    assert_eq!((stage.count("dead_letters").await, stage.count("events").await), (0, 0));
    // Told loudly once a batch, whatever the number of attempts.
    assert!((1..=2).contains(&logged(daemon.log(), &["ERROR", "none is buried and none is lost"])));
    relent(&stage).await;
    until_ready(&mut daemon, 200).await;
    stage.until_applied(&daemon, EVENTS).await;
    stage.assert_made_good(FULL).await;
    assert_eq!((stage.letters().len(), stage.dead_letters().await), (EVENTS, Vec::new()));
    let (_, metrics) = page(&mut daemon, "/metrics").await;
    assert!(metrics.contains(r#"makegood_circuit_state{dependency="database"} 0"#), "{metrics}");
    stage.stop_clean(daemon).await;
}

/// One by one nobody can tell at first: five are taken for the fault of the events, the sixth is not.
pub async fn refusals_that_trickle_in_are_buried_five_times_and_no_more(stage: Stage) {
    refuse(&stage, "new.kind = 'return'").await;
    let mut daemon = daemon(&stage).await;
    let mut events = all_canceled(8);
    let rest = events.split_off(6);
    for (n, event) in events.into_iter().enumerate() {
        stage.publish(vec![event]).await;
        if n < 5 {
            stage.until_count(&daemon, "dead_letters", n + 1).await;
        }
    }
    until_held(&mut daemon, 3).await;
    stage.publish(rest).await;
    until_held(&mut daemon, 6).await;
    assert_eq!(stage.count("dead_letters").await, 5);
    relent(&stage).await;
    stage.until_applied(&daemon, 3).await;
    assert_eq!(stage.count("dead_letters").await, 5);
    stage.assert_sums().await;
    stage.stop_clean(daemon).await;
}

/// Two that are at fault themselves hold the batch until another proves it by being credited.
pub async fn two_refused_events_are_buried_once_another_is_credited(stage: Stage) {
    refuse(&stage, "new.proposal_id in ('job-0-of-0', 'job-1-of-1')").await;
    let mut daemon = daemon(&stage).await;
    let mut events = all_canceled(3);
    let good = events.split_off(2);
    stage.publish(events).await;
    until_held(&mut daemon, 2).await;
    assert_eq!(stage.count("dead_letters").await, 0);
    stage.publish(good).await;
    stage.until_applied(&daemon, 1).await;
    stage.until_count(&daemon, "dead_letters", 2).await;
    wait::until("it is ready", DEADLINE, async || page(&mut daemon, "/ready").await.0 == 200).await;
    stage.stop_clean(daemon).await;
}
