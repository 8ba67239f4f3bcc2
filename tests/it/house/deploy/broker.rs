//! `deploy/rabbitmq/definitions.json`: a broker that takes them fits the daemon, and no user may more than it needs.

use serde_json::Value;

use crate::cli::Desk;
use crate::support::daemon::{Daemon, Settings};
use crate::support::rabbit::{DEADLINE, User, Vhost, post};
use crate::support::wait;

fn definitions() -> Value {
    serde_json::from_str(&super::read("rabbitmq/definitions.json")).expect("JSON")
}

/// A user with the permissions that the file gives this one.
fn user(vhost: &Vhost, name: &str) -> User {
    let all = definitions();
    let one = |list: &str, key: &str| {
        let found = all[list].as_array().expect("a list").iter().find(|item| item[key] == name);
        found.unwrap_or_else(|| panic!("{name} in {list}")).clone()
    };
    let permissions = one("permissions", "user");
    let text = |key: &str| permissions[key].as_str().expect("a pattern").to_owned();
    let (configure, write, read) = (text("configure"), text("write"), text("read"));
    let tags = one("users", "name")["tags"].as_str().expect("tags").to_owned();
    User::create(vhost, &tags, [&configure, &write, &read])
}

/// A vhost with the exchanges, queues, bindings and policies of the file.
fn vhost() -> Vhost {
    let vhost = Vhost::create();
    let mut all = definitions();
    let parts = all.as_object_mut().expect("an object");
    parts.retain(|name, _| ["exchanges", "queues", "bindings", "policies"].contains(&name.as_str()));
    for item in parts.values_mut().flat_map(|list| list.as_array_mut().expect("a list")) {
        item.as_object_mut().expect("an object").remove("vhost");
    }
    post(&format!("/api/definitions/{}", vhost.name()), &all);
    vhost
}

#[test]
fn the_doctor_has_nothing_to_say_about_them() {
    let vhost = vhost();
    let (daemon, monitor) = (user(&vhost, "makegood"), user(&vhost, "makegood-monitor"));
    let api = crate::support::rabbit::api().replace("://", &format!("://{}:hunter2@", monitor.name()));
    let desk = Desk::new()
        .env("MAKEGOOD_BROKER__URL", &daemon.url(&vhost))
        .env("MAKEGOOD_BROKER__MANAGEMENT_URL", &api)
        .env("MAKEGOOD_IN_APP__ENABLED", "true");
    let told = desk.run(&["topology", "check", "--json"]).json(0);
    let findings = told["findings"].as_array().expect("findings");
    assert!(findings.iter().all(|finding| finding["severity"] != "broken"), "{told:#}");
    desk.run(&["topology", "declare"]).failed(1, &["ACCESS_REFUSED"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_user_may_what_it_needs_and_no_more() {
    let vhost = vhost();
    let (daemon, marketplace) = (user(&vhost, "makegood"), user(&vhost, "marketplace"));
    let event = |name: &str| {
        let desk = Desk::new().env("MAKEGOOD_BROKER__URL", name);
        desk.write("events.ndjson", crate::cli::EVENTS.lines().next().expect("an event"));
        desk
    };
    event(&marketplace.url(&vhost)).run(&["publish", "events.ndjson"]).done();
    let refused = event(&daemon.url(&vhost)).run(&["publish", "events.ndjson"]);
    assert!(refused.code == Some(3) && refused.stderr.contains("may not publish"), "{refused:?}");

    let desk = Desk::with_market();
    let settings = Settings::new(&desk.path("")).set("broker.url", daemon.url(&vhost));
    let mut running = Daemon::start_ready(&settings, "daemon").await;
    let applied = r#"makegood_events_total{event_type="job-canceled",outcome="applied"} 1"#;
    wait::until("the event is applied", DEADLINE, async || running.page("/metrics").await.contains(applied)).await;
    assert!(running.terminate(DEADLINE).await.success(), "{}", running.log_tail());
}
