//! What a mail server may do to a notice, and what becomes of it.

use std::collections::BTreeSet;

use super::market::{FULL, Market, address, all_canceled, message, removed};
use super::stage::{DEADLINE, Stage, logged, page};
use crate::support::daemon::Daemon;
use crate::support::proxy::Proxy;
use crate::support::smtp::{Act, Fault, Stage as At};
use crate::support::wait;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deferred_mail_is_sent_later_under_the_same_id() {
    let stage = Stage::production(&Market::new(2).jobs(2)).await;
    let busy = Fault::at(At::Dot, Act::Reply("451 4.7.1 come back later")).to(&address(0)).times(2);
    stage.sink.set_faults([busy]);
    let settings = stage.settings().set("mail.retry_first", "1s").set("mail.retry_longest", "1s");
    let daemon = Daemon::start_ready(&settings, "daemon").await;
    stage.publish(all_canceled(2)).await;
    stage.until_count(&daemon, "notices where state = 'deferred' and code = 'smtp_451'", 1).await;
    stage.until_applied(&daemon, 2).await;
    let sent = stage.rows("select cast(notice_id as text) from notices where state = 'sent' order by 1").await;
    let mut ids: Vec<_> = stage.letters().iter().map(|letter| id_of(&letter.message_id)).collect();
    ids.sort();
    assert_eq!(ids, sent, "one mail each, named after its notice");
    let attempts = stage.rows("select cast(attempts as text) from notices order by attempts").await;
    assert_eq!(attempts, ["1", "3"]);
    stage.stop_clean(daemon).await;
}

fn id_of(message_id: &str) -> String {
    message_id.split('@').next().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_mailbox_is_not_tried_again() {
    let market = Market::new(3).jobs(3).job("job-again", "client-again", [0, 1]);
    let stage = Stage::production(&market).await;
    let gone = Fault::at(At::Rcpt, Act::Reply("550 5.1.1 no such user")).to(&address(0));
    let refused = Fault::at(At::Dot, Act::Reply("554 5.7.1 looks like spam")).to(&address(2));
    stage.sink.set_faults([gone, refused]);
    let daemon = stage.daemon("daemon").await;
    stage.publish(all_canceled(3)).await;
    stage.until_applied(&daemon, 3).await;
    let states = "select person_id || ' ' || state || ' ' || code from notices order by event_no, person_id";
    let expected = ["person-0 failed smtp_550", "person-1 sent smtp_250", "person-2 failed smtp_554"];
    assert_eq!(sorted(stage.rows(states).await), expected);
    assert_eq!(
        stage.rows("select address || ' ' || cause from suppressions").await,
        [format!("{} bad-mailbox", address(0))]
    );

    stage.publish(vec![message(&removed("again", "job-again"))]).await;
    stage.until_applied(&daemon, 4).await;
    assert_eq!(stage.count("notices where state = 'suppressed' and person_id = 'person-0'").await, 1);
    let to: BTreeSet<_> = stage.letters().into_iter().map(|letter| letter.to).collect();
    assert_eq!(to, BTreeSet::from([address(1)]));
    assert_eq!(stage.letters().len(), 2);
    // The credits do not depend on the mail.
    stage.assert_made_good(FULL).await;
    stage.assert_nothing_leaks(&[page_of(daemon, &stage).await]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_address_one_is_credited_and_seen() {
    let mut market = Market::new(3).jobs(3);
    market.facts.people[0].email = None;
    market.facts.people[1].email = Some("not an address".into());
    for stage in [Stage::embedded(&market).await, Stage::production(&market).await] {
        let mut daemon = stage.daemon("daemon").await;
        stage.publish(all_canceled(3)).await;
        stage.until_applied(&daemon, 3).await;
        let states =
            "select person_id || ' ' || state || ' ' || code || ' ' || attempts from notices order by person_id";
        let found = stage.rows(states).await;
        assert_eq!(found[..2], ["person-0 undeliverable no_address 0", "person-1 undeliverable bad_address 0"]);
        assert!(found[2].starts_with("person-2 sent"), "{found:?}");
        stage.assert_made_good(FULL).await;
        let seen = wait::answer(DEADLINE, async || {
            let metrics = page(&mut daemon, "/metrics").await.1;
            metrics.contains("makegood_outbox_notices{state=\"undeliverable\"} 2").then_some(())
        });
        assert!(seen.await.is_some(), "not on the metrics");
    }
}

fn sorted(mut rows: Vec<String>) -> Vec<String> {
    rows.sort();
    rows
}

async fn page_of(mut daemon: Daemon, stage: &Stage) -> String {
    let metrics = page(&mut daemon, "/metrics").await.1;
    stage.stop_clean(daemon).await;
    metrics
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_cut_off_after_its_end_is_unknown_and_not_sent_again() {
    let stage = Stage::production(&Market::new(3).jobs(3)).await;
    stage.sink.set_faults([Fault::at(At::Dot, Act::TakeAndClose).to(&address(1)).times(1)]);
    let settings = stage.settings().set("mail.retry_first", "1s").set("mail.retry_longest", "1s");
    let first = Daemon::start_ready(&settings, "first").await;
    stage.publish(all_canceled(3)).await;
    stage.until_applied(&first, 3).await;
    assert_eq!(
        stage.rows("select person_id || code from notices where state = 'unknown'").await,
        ["person-1cut_off_after_data"]
    );
    stage.stop_clean(first).await;
    // Nor after a restart.
    let second = Daemon::start_ready(&settings, "second").await;
    stage.publish(all_canceled(3)).await;
    crate::pipeline::stage::until_logged(&second, &["duplicate delivery"], 3).await;
    stage.stop_clean(second).await;
    assert_eq!(stage.count("notices where state = 'unknown'").await, 1);
    assert_eq!(stage.letters().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_away_is_waited_for() {
    const EVENTS: usize = 20;
    let stage = Stage::production(&Market::new(EVENTS).jobs(EVENTS)).await;
    let proxy = Proxy::start(&stage.sink.addr.to_string()).await;
    proxy.cut();
    let settings = stage.settings().set("mail.smtp.port", proxy.port());
    let mut daemon = Daemon::start_ready(&settings, "daemon").await;
    stage.publish(all_canceled(EVENTS)).await;
    stage.until_count(&daemon, "events where state = 'applied'", EVENTS).await;
    stage.assert_made_good(FULL).await;
    crate::pipeline::stage::until_logged(&daemon, &["dependency lost", "\"mail\""], 5).await;
    // The mail server is not needed to take events in.
    let (status, body) = page(&mut daemon, "/ready").await;
    assert!(status == 200 && body.contains(r#""mail":false"#), "{body}");
    assert_eq!(stage.count("notices where state in ('pending', 'leased') and attempts = 0").await, EVENTS);
    proxy.mend();
    stage.until_applied(&daemon, EVENTS).await;
    assert_eq!((stage.letters().len(), stage.count("notices where state = 'sent'").await), (EVENTS, EVENTS));
    stage.stop_clean(daemon).await;
}

/// A server that hangs is asked by one connection at a time, once it is known to hang.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_is_probed_with_one_mail() {
    const EVENTS: usize = 20;
    const LANES: u64 = 4;
    let stage = Stage::production(&Market::new(EVENTS).jobs(EVENTS)).await;
    stage.sink.set_faults([Fault::at(At::Greeting, Act::Silence)]);
    let settings = stage.settings().set("mail.connections", LANES).set("mail.smtp.command_timeout", "1s");
    let daemon = Daemon::start_ready(&settings, "daemon").await;
    stage.publish(all_canceled(EVENTS)).await;
    let probed = wait::answer(DEADLINE, async || {
        let connections = stage.sink.connections();
        let lost = logged(daemon.log(), &["dependency lost", "\"mail\""]) as u64;
        // Those that find out together are one outage; then one probe for each time it is known to be lost.
        assert!(connections <= LANES + lost, "{connections} connections, {lost} times lost");
        (lost >= LANES + 2).then_some(())
    });
    assert!(probed.await.is_some(), "{}", daemon.log_tail());
    stage.sink.set_faults([]);
    stage.until_applied(&daemon, EVENTS).await;
    assert_eq!(stage.letters().len(), EVENTS);
    stage.stop_clean(daemon).await;
}

/// Sent, and the database cannot be told so for longer than the lease lasts: it is told when it can, and nothing is
/// sent again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_written_down_within_its_lease_is_not_sent_again() {
    let stage = Stage::production(&Market::new(1).jobs(1)).await;
    let settings = stage.settings().set("mail.lease", "10s").set("mail.smtp.total_timeout", "2s");
    let settings = ["connect", "command", "data"]
        .into_iter()
        .fold(settings, |settings, limit| settings.set(&format!("mail.smtp.{limit}_timeout"), "2s"));
    // As a standby that has taken over, and is read-only yet: transient.
    let body = "begin raise exception ''refused by a trigger of the test'' using errcode = ''25006''; end";
    stage.rows(&format!("create function refuse() returns trigger language plpgsql as '{body}'")).await;
    let on = "before update on notices for each row when (new.state = 'sent')";
    stage.rows(&format!("create trigger refuse {on} execute function refuse()")).await;
    let daemon = Daemon::start_ready(&settings, "daemon").await;
    stage.publish(all_canceled(1)).await;
    stage.sink.wait_for(1, DEADLINE).await;
    // For a while: whoever gives up when it ends would have taken the notice again by then.
    let lapsed = "notices where state = 'leased' and lease_until < clock_timestamp() - interval '3 seconds'";
    stage.until_count(&daemon, lapsed, 1).await;
    stage.rows("drop trigger refuse on notices").await;
    stage.until_count(&daemon, "notices where state = 'sent'", 1).await;
    assert_eq!(stage.letters().len(), 1);
    stage.stop_clean(daemon).await;
}
