//! `makegood dlq collect`: another application's dead letters, taken in by hand.

use std::os::unix::process::ExitStatusExt;
use std::process::Output;

use serde_json::{Value, json};

use super::market::{Market, canceled};
use super::stage::Stage;
use crate::support::daemon::Settings;
use crate::support::foreign::Foreign;

const SIGABRT: i32 = 6;

fn collect(settings: &Settings, arguments: &[&str]) -> Output {
    let mut command = settings.command();
    command.args(["dlq", "collect", "--operator", "ana", "--reason", "orders #7 was down"]).args(arguments);
    command.output().expect("the program starts")
}

#[track_caller]
fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// `orders` of another application with a dead-letter queue that holds `bodies`, each rejected once.
async fn orders(stage: &Stage, bodies: &[&str]) -> Foreign {
    let foreign = Foreign::at(&stage.vhost).await;
    foreign.queue("orders.dead", None, None).await;
    foreign.queue("orders", Some("orders.dead"), None).await.bind("orders", "amq.topic", "order.#").await;
    for body in bodies {
        foreign.publish("amq.topic", "order.paid", body).await;
        foreign.reject("orders").await;
    }
    foreign
}

async fn stage() -> Stage {
    Stage::embedded(&Market::new(1).jobs(1)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_applications_dead_letters_are_taken_in_as_many_as_asked_for() {
    let stage = stage().await;
    let event = canceled("stray", "job-0").to_string();
    let _foreign = orders(&stage, &["one", "two", &event]).await;
    let settings = stage.settings();

    let counted = json(&collect(&settings, &["--queue", "orders.dead", "--dry-run", "--json"]));
    assert_eq!((&counted["would_collect"], &counted["left"], &counted["collected"]), (&json!(3), &json!(3), &json!(0)));
    assert_eq!(stage.count("dead_letters").await, 0);
    let taken = json(&collect(&settings, &["--queue", "orders.dead", "--limit", "2", "--json"]));
    assert_eq!((&taken["collected"], &taken["left"]), (&json!(2), &json!(1)));
    assert_eq!(taken["by_code"], json!({ "dead_lettered_rejected": 2 }));
    let rest = collect(&settings, &["--queue", "orders.dead"]);
    assert!(rest.status.success());
    let said = String::from_utf8(rest.stdout).expect("UTF-8");
    assert!(said.contains("1 message of queue orders.dead became dead letters; it holds 0 messages more"), "{said}");
    assert!(said.contains("dead_lettered_rejected: 1"), "{said}");
    assert_eq!(stage.left_in("orders.dead").await, 0);

    let columns = "state || '|' || class || '|' || code || '|' || exchange || '|' || routing_key || '|' ||
        coalesce(event_id, '-') || '|' || cast(times as text)";
    let letters = stage.rows(&format!("select {columns} from dead_letters order by dead_letter_no")).await;
    let letter = |id: &str| format!("open|given-up|dead_lettered_rejected|amq.topic|order.paid|{id}|1");
    assert_eq!(letters, [letter("-"), letter("-"), letter("stray")]);
    let told = stage.rows("select message from dead_letters").await;
    assert!(
        told.iter().all(|text| text.contains("`orders` had it rejected") && text.contains("`orders.dead`")),
        "{told:?}"
    );

    let log = "select operator || '|' || action || '|' || reason || '|' || affected from operator_log order by log_no";
    let row = |affected| format!("ana|dlq.collect|orders #7 was down|{affected}");
    assert_eq!(stage.rows(log).await, [row(0), row(2), row(0), row(1)], "begun and ended, twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collect_that_is_killed_loses_and_doubles_nothing() {
    let stage = stage().await;
    let _foreign = orders(&stage, &["one", "two"]).await;
    let killed = collect(&stage.settings().failpoints("k7=return"), &["--queue", "orders.dead"]);
    assert_eq!(killed.status.signal(), Some(SIGABRT));
    assert_eq!(stage.count("dead_letters where times = 1").await, 2, "buried, not acknowledged");
    let again = json(&collect(&stage.settings(), &["--queue", "orders.dead", "--json"]));
    assert_eq!(again["collected"], 2);
    assert_eq!(stage.count("dead_letters where times = 2").await, 2, "the same letters");
    assert_eq!(stage.count("dead_letters").await, 2);
    assert_eq!(stage.left_in("orders.dead").await, 0);
    assert_eq!(stage.count("operator_log").await, 3, "the one that was killed had begun");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_collected_is_refused_in_words() {
    let stage = stage().await;
    let refused = |queue: &str, words: &[&str]| {
        let output = collect(&stage.settings(), &["--queue", queue]);
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(1), "{said}");
        for word in words {
            assert!(said.contains(word), "no {word:?} in {said}");
        }
    };
    refused("makegood.events", &["the queue the daemon applies events from", "broker.queue"]);
    refused("no.such.queue", &["no.such.queue", "there is no such thing"]);
    let _foreign = orders(&stage, &[]).await;
    let empty = collect(&stage.settings(), &["--queue", "orders.dead"]);
    assert!(empty.status.success());
    assert_eq!(String::from_utf8_lossy(&empty.stdout), "queue orders.dead holds no message that is ready\n");
    assert_eq!(stage.count("operator_log").await, 0, "nothing was done");
}
