//! `makegood publish` against a real RabbitMQ.

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
