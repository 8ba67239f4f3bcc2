//! No address, name or password in a log line, in a metric or on stderr, whatever goes wrong. The other tests look too.

use super::market::{Market, address, all_canceled, bytes, canceled, message};
use super::stage::{Stage, page, until_logged};
use crate::support::daemon::Daemon;
use crate::support::smtp::{Act, Fault, Stage as At};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_goes_wrong_goes_wrong_discreetly() {
    const EVENTS: usize = 6;
    let stage = Stage::production(&Market::new(EVENTS).jobs(EVENTS)).await;
    stage.sink.set_faults([
        Fault::at(At::Rcpt, Act::Reply("550 5.1.1 <p0@people.canary.example> no such user")).to(&address(0)),
        Fault::at(At::Dot, Act::Reply("451 4.2.0 p1@people.canary.example is busy")).to(&address(1)),
        Fault::at(At::Dot, Act::TakeAndClose).to(&address(2)),
        Fault::at(At::Rcpt, Act::ReplyAndClose("421 p3@people.canary.example")).to(&address(3)).times(2),
    ]);
    // Everything the program itself has to say, and all that its libraries say to operators.
    let settings = stage.settings().set("log.level", "trace");
    let mut daemon = Daemon::start_ready(&settings, "daemon").await;
    let shown = |event: serde_json::Value, pointer: &str| {
        let mut event = event;
        *event.pointer_mut(pointer).expect("a place") = "jane.doe@people.canary.example".into();
        message(&event)
    };
    let mut events = all_canceled(EVENTS);
    events.push(shown(canceled("x", "job-0"), "/data/cause"));
    events.push(shown(canceled("x", "job-0"), "/data/job_id"));
    events.push(shown(canceled("x", "job-0"), "/time"));
    events.push(shown(canceled("x", "job-0"), "/id"));
    events.push(shown(canceled("x", "job-0"), "/source"));
    events.push(bytes(
        "job-canceled",
        br#"{"jane.doe@people.canary.example":1,"jane.doe@people.canary.example":2}"#.to_vec(),
    ));
    stage.publish(events.clone()).await;
    // An address as an id, or as a source, is no mistake; as a job it is one that nobody knows.
    stage.until_count(&daemon, "events where state = 'applied'", EVENTS + 2).await;
    stage.until_count(&daemon, "events where state = 'waiting'", 1).await;
    stage.until_count(&daemon, "dead_letters", 3).await;
    stage.until_count(&daemon, "notices where state in ('pending', 'leased')", 0).await;
    stage.until_count(&daemon, "notices where state in ('sent', 'failed', 'deferred', 'unknown')", EVENTS).await;
    // Duplicates are told by their ids.
    stage.publish(events).await;
    until_logged(&daemon, &["duplicate delivery"], EVENTS + 3).await;
    stage.sever(&daemon).await;
    let pages = [page(&mut daemon, "/metrics").await.1, page(&mut daemon, "/ready").await.1];
    stage.stop_clean(daemon).await;
    stage.assert_nothing_leaks(&pages);
}

/// Wrong logins and places, in URLs with passwords.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_about_urls_do_not_show_them() {
    let stage = Stage::production(&Market::new(0)).await;
    let database = stage.database().replace("/makegood_test", "/no_such_database");
    let wrong = stage.vhost.url().replace("guest:guest", "jane:canary-of-smtp");
    for (name, settings) in
        [("database", stage.settings().store(&database)), ("broker", stage.settings().broker(&wrong))]
    {
        let mut daemon = Daemon::start(&settings, name);
        let seen = crate::support::wait::answer(super::stage::DEADLINE, async || {
            let lost = super::stage::logged(daemon.log(), &["dependency lost"]) > 1;
            (lost || daemon.exited().is_some()).then_some(())
        });
        assert!(seen.await.is_some(), "{}", daemon.log_tail());
    }
    stage.assert_nothing_leaks(&[]);
}
