//! `makegood publish` and `makegood topology` against a real RabbitMQ.

use super::{Desk, EVENTS};
use crate::support::rabbit::Vhost;
use serde_json::json;

fn desk(vhost: &Vhost) -> Desk {
    let desk = Desk::new().env("MAKEGOOD_BROKER__URL", &vhost.url());
    desk.write("events.ndjson", EVENTS);
    desk.write("good.ndjson", good());
    desk
}

fn good() -> String {
    EVENTS.lines().filter(|line| !line.contains("17")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn topology_from_nothing_to_fit() {
    let vhost = Vhost::create();
    let desk = desk(&vhost);
    let shown = desk.run(&["topology", "show"]).done();
    assert!(shown.contains("queue `makegood.events` durable") && shown.contains("x-delivery-limit=20"), "{shown}");
    assert_eq!(desk.run(&["topology", "show", "--json"]).json(0).as_array().map(Vec::len), Some(shown.lines().count()));
    for arguments in [&["topology", "check"][..], &["topology", "declare", "--dry-run"]] {
        let ran = desk.run(arguments);
        assert_eq!(ran.stderr, "", "{arguments:?}");
        let told = ran.ended(3);
        assert!(told.contains("queue `makegood.events` is missing: type `makegood topology declare`"), "{told}");
    }
    assert_eq!(vhost.queues(), Vec::<String>::new());
    let declared = desk.run(&["topology", "declare"]).done();
    assert!(declared.contains("created  queue `makegood.events`"), "{declared}");
    let again = desk.run(&["topology", "declare", "--json"]).json(0);
    assert!(again.as_array().expect("a list").iter().all(|item| item["declared"] != "created"), "{again}");
    let told = desk.run(&["topology", "check"]).done();
    assert!(told.contains("fit      queue `makegood.events`"), "{told}");
    // Different arguments: reported, and not overwritten.
    let other = ["--set", "broker.delivery_limit=7"];
    let told = desk.run(&[&["topology", "check"][..], &other].concat()).ended(3);
    assert!(told.contains("queue `makegood.events`: x-delivery-limit is 20, must be 7"), "{told}");
    let json = desk.run(&[&["topology", "check", "--json"][..], &other].concat()).json(3);
    assert!(json.to_string().contains("x-delivery-limit"), "{json}");
    desk.run(&[&["topology", "declare"][..], &other].concat()).failed(1, &["makegood.events"]);
    desk.run(&["topology", "check"]).done();
}

#[test]
fn events_are_published_and_confirmed() {
    let vhost = Vhost::create();
    let desk = desk(&vhost);
    desk.run(&["topology", "declare"]).done();
    assert_eq!(desk.run(&["publish", "good.ndjson"]).done(), "7 events published and confirmed, 0 not\n");
    assert_eq!(desk.feed(&["publish", "--json"], good()).json(0), json!({"published": 7, "failed": 0}));
    desk.run(&["publish", "events.ndjson"]).failed(1, &["nothing was published", "events.ndjson:4", "/data/job_id"]);
    let told = desk.run(&["publish", "--unchecked", "events.ndjson"]).done();
    assert_eq!(told, "8 events published and confirmed, 0 not\n");
}

#[test]
fn an_event_that_reaches_no_queue_is_named() {
    let vhost = Vhost::create();
    let desk = desk(&vhost);
    let ran = desk.run(&["publish", "good.ndjson"]);
    assert!(ran.stderr.contains("not published: ev-1"), "no exchange: {}", ran.stderr);
    assert_eq!(ran.ended(3), "0 events published and confirmed, 7 not\n");
    desk.run(&["topology", "declare"]).done();
    vhost.delete_queue("makegood.events");
    let ran = desk.run(&["publish", "good.ndjson"]);
    assert!(ran.stderr.contains("not published: ev-6"), "no queue: {}", ran.stderr);
    assert!(!ran.stderr.contains("job-shop"), "no payload: {}", ran.stderr);
    assert_eq!(ran.ended(3), "0 events published and confirmed, 7 not\n");
}

#[test]
fn a_dry_run_needs_no_broker() {
    let desk = Desk::new().env("MAKEGOOD_BROKER__URL", "amqp://127.0.0.1:1");
    desk.write("events.ndjson", EVENTS);
    assert_eq!(desk.feed(&["publish", "--dry-run"], good()).done(), "7 events are readable; nothing was published\n");
    assert_eq!(desk.feed(&["publish", "--dry-run", "--json"], good()).json(0), json!({"readable": 7}));
    desk.run(&["publish", "--dry-run", "events.ndjson"]).failed(1, &["events.ndjson:4"]);
    desk.feed(&["publish"], good()).failed(1, &["RabbitMQ at 127.0.0.1:1 cannot be reached"]);
    desk.run(&["topology", "check"]).failed(1, &["RabbitMQ at 127.0.0.1:1 cannot be reached"]);
}
