//! `makegood demo`: the story, what it leaves, and what it leaves alone.

use super::{Desk, Ran, signal};
use crate::support::proxy::Proxy;
use crate::support::rabbit::{Vhost, until};
use std::process::Stdio;

const LINES_MAX: usize = 90;
const FACTS: [&str; 16] = [
    "5 people sent 12 proposals on 6 jobs",
    "sends 8 messages",
    "\"Logo for a second-hand bookshop\" (client-canceled), delivered 3 times",
    "Of the 8 messages, 5 were applied, 2 were repetitions and changed nothing, and 1 could not be read",
    "Who got Connects back, 73 in all",
    "+20   bruno-own",
    "+21   northlight-agency",
    "the proposal had been withdrawn before this happened",
    "no Connects were spent on this proposal",
    "everything spent on this proposal had come back before",
    "a contract was made on this proposal",
    "amara-own 44 -> 60, bruno-own 26 -> 50, chen-own 36 -> 42, northlight-agency 173 -> 200",
    "11 letters were written. Elif Demir reads this one",
    "    | Hello Elif Demir,",
    "    | Connects returned: 21 (proposal 6, boost 15)",
    "Checked: each of 4 balances is the sum of its entries (28 in all), and no charge came back twice.",
];

#[track_caller]
fn tells_the_story(ran: Ran) -> String {
    assert_eq!(ran.stderr, "");
    let story = ran.done();
    for fact in FACTS {
        assert!(story.contains(fact), "{fact} in\n{story}");
    }
    assert!(story.lines().count() <= LINES_MAX, "{} lines", story.lines().count());
    story
}

#[test]
fn without_a_broker_twice() {
    let desk = Desk::new();
    let story = tells_the_story(desk.run(&["demo"]));
    assert!(story.contains("No RabbitMQ was given"), "{story}");
    let left = desk.list("var/demo/mail/new");
    assert_eq!(left.len(), 11);
    tells_the_story(desk.run(&["demo"]));
    assert_eq!(desk.list("var/demo/mail/new"), left, "the second replaces the first");
    assert_eq!(desk.list(""), ["var"]);
    assert_eq!(desk.list("var"), ["demo"]);
}

#[tokio::test]
async fn through_a_broker_and_nothing_stays_there() {
    let vhost = Vhost::create();
    let desk = Desk::new();
    for _ in 0..2 {
        let story = tells_the_story(desk.run(&["demo", "--amqp", &vhost.url(), "--dir", "here"]));
        assert!(story.contains("They go through RabbitMQ"), "{story}");
        assert!(!story.contains(&vhost.url()), "no password: {story}");
        assert_eq!((vhost.queues(), vhost.exchanges()), (Vec::new(), Vec::new()));
    }
    let desk = desk.env("MAKEGOOD_DEMO_AMQP", &vhost.url());
    assert!(tells_the_story(desk.run(&["demo"])).contains("They go through RabbitMQ"));
}

#[test]
fn a_broker_that_cannot_be_used_is_told_and_done_without() {
    let story = tells_the_story(Desk::new().run(&["demo", "--amqp", "amqp://127.0.0.1:1"]));
    assert!(story.contains("RabbitMQ cannot be used: RabbitMQ at 127.0.0.1:1 cannot be reached"), "{story}");
}

#[test]
fn a_folder_that_is_no_demos_is_left_alone() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("mine/mail/new")).expect("made");
    desk.write("mine/makegood.db", "precious");
    desk.write("mine/mail/new/letter.eml", "precious");
    desk.run(&["demo", "--dir", "mine"]).failed(1, &["mine holds what is not a demo's", "--dir"]);
    assert_eq!(std::fs::read(desk.path("mine/makegood.db")).expect("there"), b"precious");
    assert_eq!(desk.list("mine/mail/new"), ["letter.eml"]);
    // In a demo's own folder, what somebody put beside the demo's files stays.
    desk.run(&["demo"]).done();
    desk.write("var/demo/notes.txt", "precious");
    desk.write("var/demo/mail/notes.txt", "precious");
    desk.run(&["demo"]).done();
    assert!(desk.path("var/demo/notes.txt").exists() && desk.path("var/demo/mail/notes.txt").exists());
}

#[tokio::test]
async fn an_interrupted_demo_removes_only_its_own() {
    let vhost = Vhost::create();
    let desk = Desk::new().env("MAKEGOOD_BROKER__URL", &vhost.url());
    desk.run(&["topology", "declare"]).done();
    desk.write("precious", "");
    let broker = crate::support::service("MAKEGOOD_TEST_AMQP");
    let (login, place) = broker.split_once('@').expect("a login");
    let proxy = Proxy::start(place).await;
    let url = format!("{login}@127.0.0.1:{}/{}", proxy.port(), vhost.name());
    proxy.freeze();
    let child = desk.command().args(["demo", "--amqp", &url]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.expect("started");
    until("the demo is under way", || desk.path("var/demo/makegood.db").exists()).await;
    desk.run(&["demo"]).failed(1, &["another demo is playing in var/demo"]);
    signal("-INT", child.id());
    proxy.thaw();
    let ran = Ran::of(tokio::task::spawn_blocking(|| child.wait_with_output()).await.expect("joined").expect("ended"));
    assert_eq!(ran.code, Some(1), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("the next demo begins anew"), "{}", ran.stderr);
    let mut queues = vhost.queues();
    queues.sort();
    assert_eq!(queues, ["makegood.dead", "makegood.events"]);
    assert!(desk.path("precious").exists());
    tells_the_story(desk.run(&["demo"]));
}
