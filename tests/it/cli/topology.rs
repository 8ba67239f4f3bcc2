//! `makegood topology` against a real RabbitMQ: from nothing to fit, exit codes, what is printed.

use super::Desk;
use crate::support::rabbit::{Vhost, api};
use serde_json::json;

fn desk(vhost: &Vhost) -> Desk {
    Desk::new().env("MAKEGOOD_BROKER__URL", &vhost.url())
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
        assert!(told.contains("broken  queue `makegood.events`: exists"), "{told}");
        assert!(told.contains("do        Type `makegood topology declare`."), "{told}");
    }
    assert_eq!(vhost.queues(), Vec::<String>::new());
    let declared = desk.run(&["topology", "declare"]).done();
    assert!(declared.contains("created  queue `makegood.events`"), "{declared}");
    let again = desk.run(&["topology", "declare", "--json"]).json(0);
    assert!(again.as_array().expect("a list").iter().all(|item| item["declared"] != "created"), "{again}");
    let told = desk.run(&["topology", "check"]).done();
    assert!(told.contains("fit     queue `makegood.events`: queue-type: quorum"), "{told}");
    // Different arguments: reported, and not overwritten.
    let other = ["--set", "broker.delivery_limit=7"];
    let told = desk.run(&[&["topology", "check"][..], &other].concat()).ended(3);
    let block =
        "broken  queue `makegood.events`: delivery-limit\n        expected  7\n        found     20\n        risk  ";
    assert!(told.contains(block), "{told}");
    let json = desk.run(&[&["topology", "check", "--json"][..], &other].concat()).json(3);
    assert_eq!((&json["fit"], &json["findings"][0]["check"]), (&json!(false), &json!("delivery-limit")));
    desk.run(&[&["topology", "declare"][..], &other].concat()).failed(1, &["makegood.events"]);
    desk.run(&["topology", "check"]).done();
}

#[test]
fn the_doctor_sees_more_through_the_management_api() {
    let vhost = Vhost::create();
    let desk = desk(&vhost).env("MAKEGOOD_BROKER__MANAGEMENT_URL", &api());
    desk.run(&["topology", "declare"]).done();
    let json = desk.run(&["topology", "check", "--json"]).json(0);
    assert_eq!((&json["fit"], &json["management"], &json["product"]), (&json!(true), &json!(true), &json!("RabbitMQ")));
    vhost.set_policy("policies", "queues", "makegood", &json!({"overflow": "drop-head"}));
    vhost.unbind("makegood.dlx", "makegood.dead", "makegood.dead");
    let told = desk.run(&["topology", "check"]).ended(3);
    assert!(told.contains("seen through AMQP and the management API\n1 broken, 1 risk, "), "{told}");
    for words in [
        "\nbroken  binding `makegood.dlx` -> `makegood.dead` (makegood.dead): bound\n",
        "\nrisk    queue `makegood.events`: overflow\n",
        "found     drop-head by policy `planted`; the argument says reject-publish\n",
        "silently becomes at-most-once",
        "rabbitmqctl list_policies -p ",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn who_cannot_look_says_so_and_tells_no_password() {
    let vhost = Vhost::create();
    let desk = desk(&vhost);
    let check = |url: &str| desk.run(&["topology", "check", "--set", &format!("broker.management_url={url}")]);
    for (url, code, words) in [
        ("http://eve:hunter2@127.0.0.1:1", 1, &["cannot be reached", "rabbitmq-plugins enable"][..]),
        (&api().replace("://", "://eve:hunter2@"), 1, &["refuses `eve`", "set_user_tags"]),
        ("http://eve:hunter2@mq.example.com", 78, &["broker.management_url", "http:// to another machine"]),
        ("eve:hunter2", 78, &["broker.management_url", "http://"]),
    ] {
        let ran = check(url);
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
        ran.failed(code, words);
    }
    let gone = Desk::new().env("MAKEGOOD_BROKER__URL", "amqp://127.0.0.1:1");
    gone.run(&["topology", "check"]).failed(1, &["cannot be reached"]);
    // From a file, and masked when it is shown.
    desk.write("url", "http://eve:hunter2@127.0.0.1:1\n");
    let from_file = ["--set", "broker.management_url_file=url"];
    desk.run(&[&["topology", "check"][..], &from_file].concat()).failed(1, &["cannot be reached"]);
    let shown = desk.run(&[&["config", "show"][..], &from_file].concat()).done();
    assert!(shown.contains("http://eve:***@127.0.0.1:1") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_maximal_length_is_declared_and_compared() {
    let vhost = Vhost::create();
    let desk = desk(&vhost);
    let limited = ["--set", "broker.max_length=1000"];
    let shown = desk.run(&[&["topology", "show"][..], &limited].concat()).done();
    assert!(shown.contains("x-max-length=1000"), "{shown}");
    desk.run(&[&["topology", "declare"][..], &limited].concat()).done();
    desk.run(&[&["topology", "check"][..], &limited].concat()).done();
    let told = desk.run(&["topology", "check"]).ended(3);
    assert!(told.contains("max-length\n        expected  none\n        found     1000\n"), "{told}");
}
