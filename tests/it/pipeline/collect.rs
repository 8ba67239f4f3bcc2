//! The daemon and the broker's own dead queue: everything in it is a dead letter, once, and nobody waits for it.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;

use makegood::broker::{Outgoing, attach};
use sha2::{Digest, Sha256};

use super::market::{FULL, Market, all_canceled, canceled};
use super::stage::{DEADLINE, Stage, page, until_logged, until_ready};
use crate::support::daemon::Daemon;

const EVENTS: usize = 8;
const SIGABRT: i32 = 6;

pub fn market() -> Market {
    Market::new(EVENTS).jobs(EVENTS)
}

/// Straight into the dead queue, with no word of the broker about it.
fn straight(body: Vec<u8>) -> Outgoing {
    Outgoing {
        message_id: "a-message".into(),
        routing_key: "makegood.dead".into(),
        content_type: "application/cloudevents+json".into(),
        headers: BTreeMap::new(),
        body,
        ..Outgoing::default()
    }
}

fn declare(stage: &Stage) {
    let declare = stage.settings().command().args(["topology", "declare"]).output().expect("the program starts");
    assert!(declare.status.success(), "{}", String::from_utf8_lossy(&declare.stderr));
}

async fn letters(stage: &Stage) -> Vec<String> {
    let columns = ["class", "code", "exchange", "routing_key", "coalesce(event_id, '-')", "coalesce(type, '-')"];
    let sql =
        format!("select {} || '|' || cast(times as text) from dead_letters order by 1", columns.join(" || '|' || "));
    stage.rows(&sql).await
}

/// Nothing is left in the dead queue, acknowledged or not.
async fn until_collected(stage: &Stage, daemon: Daemon) {
    stage.stop_clean(daemon).await;
}

pub async fn what_lies_in_the_dead_queue_becomes_a_letter(stage: Stage) {
    declare(&stage);
    let event = serde_json::to_vec(&canceled("lost-1", "job-0")).expect("JSON");
    stage.publish(vec![straight(event), straight(b"{}".to_vec())]).await;
    let daemon = stage.daemon("daemon").await;
    stage.until_count(&daemon, "dead_letters", 2).await;
    let expected = [
        "given-up|dead_lettered_unknown||makegood.dead|-|-|1",
        "given-up|dead_lettered_unknown||makegood.dead|lost-1|job-canceled|1",
    ];
    assert_eq!(letters(&stage).await, expected);
    let messages = stage.rows("select message from dead_letters order by message").await;
    assert!(messages[0].contains("no header says that the broker dead-lettered it"), "{messages:?}");
    assert!(messages.iter().any(|text| text.contains("Read as an event it would be refused")), "{messages:?}");
    until_collected(&stage, daemon).await;
    assert_eq!(stage.count("decisions").await, 0, "nobody decided that it is to be applied");
}

pub async fn a_crash_before_the_ack_makes_no_second_letter(stage: Stage) {
    declare(&stage);
    stage.publish(vec![straight(b"{}".to_vec())]).await;
    let mut killed = Daemon::start(&stage.settings().failpoints("k7=return"), "killed");
    let status = killed.exit(DEADLINE).await;
    assert_eq!(status.and_then(|status| status.signal()), Some(SIGABRT), "{}", killed.log_tail());
    assert_eq!(stage.count("dead_letters").await, 1, "buried");
    let daemon = stage.daemon("daemon").await;
    stage.until_count(&daemon, "dead_letters where times = 2", 1).await;
    until_collected(&stage, daemon).await;
    assert_eq!(stage.count("dead_letters").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_body_past_the_limit_head_length_and_hash_are_kept() {
    const LENGTH: usize = 300_000;
    const LIMIT: usize = 256 * 1024;
    let stage = Stage::embedded(&market()).await;
    declare(&stage);
    let body: Vec<u8> = (0..LENGTH).map(|n| b'a' + u8::try_from(n % 23).expect("small")).collect();
    stage.publish(vec![straight(body.clone())]).await;
    let daemon = stage.daemon("daemon").await;
    stage.until_count(&daemon, "dead_letters", 1).await;
    let kept = "select cast(length(body) as text) || '|' || body_len || '|' || lower(hex(body_hash)) from dead_letters";
    assert_eq!(stage.rows(kept).await, [format!("{LIMIT}|{LENGTH}|{}", hex::encode(Sha256::digest(&body)))]);
    let head = stage.rows("select cast(body as text) from dead_letters").await;
    assert_eq!(head[0].as_bytes(), &body[..LIMIT]);
    let told = stage.rows("select message from dead_letters").await;
    assert!(told[0].contains("only its head is kept"), "{told:?}");
    until_collected(&stage, daemon).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_larger_limit_of_events_keeps_larger_bodies_whole() {
    let stage = Stage::embedded(&market()).await;
    declare(&stage);
    stage.publish(vec![straight(vec![b'x'; 300_000])]).await;
    let daemon = Daemon::start_ready(&stage.settings().set("intake.body_bytes_max", 400_000), "daemon").await;
    stage.until_count(&daemon, "dead_letters where length(body) = 300000", 1).await;
    until_collected(&stage, daemon).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_dead_queue_the_flow_goes_on_and_it_is_collected_when_it_is_back() {
    let stage = Stage::embedded(&market()).await;
    let mut daemon = stage.daemon("daemon").await;
    until_logged(&daemon, &["dependency works", "dead_queue"], 1).await;
    stage.vhost.delete_queue("makegood.dead");
    until_logged(&daemon, &["dependency lost", "dead_queue"], 1).await;
    until_ready(&mut daemon, 200).await;
    let (_, metrics) = page(&mut daemon, "/metrics").await;
    assert!(metrics.contains(r#"makegood_dependency_up{dependency="dead_queue"} 0"#), "{metrics}");
    stage.publish(all_canceled(EVENTS)).await;
    stage.until_applied(&daemon, EVENTS).await;
    stage.assert_made_good(FULL).await;
    assert_eq!(page(&mut daemon, "/ready").await.0, 200);
    declare(&stage);
    stage.publish(vec![straight(b"{}".to_vec())]).await;
    stage.until_count(&daemon, "dead_letters", 1).await;
    let (_, metrics) = page(&mut daemon, "/metrics").await;
    assert!(metrics.contains(r#"makegood_dependency_up{dependency="dead_queue"} 1"#), "{metrics}");
    assert!(metrics.contains(r#"makegood_dead_letters_total{code="dead_lettered_unknown"} 1"#), "{metrics}");
    assert!(metrics.contains("makegood_broker_dead_queue_messages "), "{metrics}");
    until_collected(&stage, daemon).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_acked_while_the_database_is_away() {
    let stage = Stage::embedded(&market()).await;
    let daemon = Daemon::start_ready(&stage.settings().set("store.lock_timeout", "200ms"), "daemon").await;
    let lock = stage.lock_sqlite().await;
    stage.publish((0..20).map(|n| straight(format!("{{{n}").into_bytes())).collect()).await;
    until_logged(&daemon, &["dependency lost", "database"], 1).await;
    // What was acked would be gone from the queue; unacked, it is nobody else's until the daemon's connection ends.
    drop(daemon);
    let mut others = attach(&stage.broker(), "makegood.dead").await.expect("attached");
    let mut count = 0;
    while count < 20 {
        let batch = tokio::time::timeout(DEADLINE, others.next_batch()).await.expect("in time").expect("attached");
        count += batch.expect("not canceled").len();
    }
    others.close().await;
    lock.rollback().await.expect("released");
    let daemon = stage.daemon("again").await;
    stage.until_count(&daemon, "dead_letters", 20).await;
    until_collected(&stage, daemon).await;
}
