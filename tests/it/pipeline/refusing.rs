//! A database that answers and refuses: one event that is at fault is told apart from a database that takes none.

use super::market::{Market, all_canceled, canceled, message};
use super::stage::{DEADLINE, Stage, logged, page, until_logged, until_ready};
use crate::support::daemon::Daemon;
use crate::support::proxy::Proxy;
use crate::support::wait;

const EVENTS: usize = 50;

pub fn market() -> Market {
    let market = Market::new(EVENTS).jobs(EVENTS);
    ["a", "b", "c"].iter().fold(market, |market, job| market.job(&format!("large-{job}"), "client-large", [0, 1]))
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
    let unpaid = "select proposal_id from proposals p where job_id like 'job-%' and not exists (select 1 from
        connects_entries e where e.proposal_id = p.proposal_id and e.kind = 'return')";
    assert_eq!(stage.rows(unpaid).await, ["job-7-of-7"]);
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
    stage.assert_sums().await;
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

/// Events of the inbox, put off again and again, are not given up while nothing is taken.
pub async fn events_put_off_outlast_a_database_that_takes_nothing(stage: Stage) {
    refuse(&stage, "new.kind = 'return'").await;
    let settings = stage.settings().set("store.inline_proposals_max", 1).set("intake.wait_attempts_max", 4);
    let settings = settings.set("intake.wait_first", "50ms").set("intake.wait_longest", "100ms");
    let daemon = Daemon::start_ready(&settings, "daemon").await;
    let events = ["a", "b", "c"].map(|job| message(&canceled(job, &format!("large-{job}"))));
    stage.publish(events.to_vec()).await;
    stage.until_count(&daemon, "events where code = 'store_refused' and attempts >= 6", 3).await;
    assert_eq!(stage.count("dead_letters").await, 0);
    relent(&stage).await;
    stage.until_applied(&daemon, 3).await;
    assert_eq!((stage.count("dead_letters").await, stage.letters().len()), (0, 6));
    stage.assert_sums().await;
    stage.stop_clean(daemon).await;
}

/// A mail that was sent is written down, and others go out, while messages are refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_outbox_goes_on_while_messages_are_refused() {
    let stage = Stage::production(&market()).await;
    let proxy = Proxy::start(&stage.sink.addr.to_string()).await;
    proxy.cut();
    let settings = stage.settings().set("mail.smtp.port", proxy.port()).set("broker.batch_linger", "300ms");
    let mut daemon = Daemon::start_ready(&settings, "daemon").await;
    let mut events = all_canceled(EVENTS);
    let refused = events.split_off(10);
    stage.publish(events).await;
    stage.until_count(&daemon, "events where state = 'applied'", 10).await;
    refuse(&stage, "new.kind = 'return'").await;
    stage.publish(refused).await;
    until_held(&mut daemon, 2).await;
    proxy.mend();
    stage.until_count(&daemon, "notices where state = 'sent'", 10).await;
    until_held(&mut daemon, 3).await;
    assert_eq!((stage.count("events").await, stage.count("dead_letters").await), (10, 0));
    relent(&stage).await;
    stage.until_applied(&daemon, EVENTS).await;
    assert_eq!(stage.letters().len(), EVENTS);
    stage.stop_clean(daemon).await;
}
