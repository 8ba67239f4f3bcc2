//! The broker ends the consumer, its channel or its connection: the daemon attaches again and goes on.

use makegood::broker::Outgoing;

use super::market::{FULL, Market, all_canceled};
use super::stage::{Stage, until_logged, until_ready};
use crate::support::daemon::Daemon;
use crate::support::proxy::Proxy;

const EVENTS: usize = 30;

async fn stage() -> (Stage, Vec<Outgoing>) {
    (Stage::production(&Market::new(EVENTS).jobs(EVENTS)).await, all_canceled(EVENTS))
}

async fn assert_goes_on(stage: &Stage, daemon: Daemon, later: Vec<Outgoing>) {
    stage.publish(later).await;
    stage.until_applied(&daemon, EVENTS).await;
    stage.assert_made_good(FULL).await;
    assert_eq!(stage.letters().len(), EVENTS);
    stage.stop_clean(daemon).await;
    assert_eq!(stage.dead_letters().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_queue_is_waited_for() {
    let (stage, mut events) = stage().await;
    let mut daemon = stage.daemon("daemon").await;
    let later = events.split_off(EVENTS / 2);
    stage.publish(events).await;
    stage.until_applied(&daemon, EVENTS / 2).await;
    stage.vhost.delete_queue("makegood.events");
    until_ready(&mut daemon, 503).await;
    let declare = stage.settings().command().args(["topology", "declare"]).output().expect("the program starts");
    assert!(declare.status.success(), "{}", String::from_utf8_lossy(&declare.stderr));
    until_ready(&mut daemon, 200).await;
    assert_goes_on(&stage, daemon, later).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_connection_is_replaced() {
    let (stage, mut events) = stage().await;
    let daemon = stage.daemon("daemon").await;
    let later = events.split_off(EVENTS / 2);
    stage.publish(events).await;
    stage.sever(&daemon).await;
    until_logged(&daemon, &["attached", "makegood.events"], 2).await;
    assert_goes_on(&stage, daemon, later).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_channel_is_replaced() {
    /// `channel.close(320, "bye", 0, 0)` on channel 2, the consumer's.
    const CLOSE: &[u8] = b"\x01\0\x02\0\0\0\x0e\0\x14\0\x28\x01\x40\x03bye\0\0\0\0\xce";
    let (stage, mut events) = stage().await;
    let url = stage.vhost.url();
    let place = url.split(['@', '/']).nth(3).expect("a host in the URL").to_owned();
    let proxy = Proxy::start(&place).await;
    let through = url.replace(&place, &format!("127.0.0.1:{}", proxy.port()));
    let daemon = Daemon::start_ready(&stage.settings().broker(&through), "daemon").await;
    let later = events.split_off(EVENTS / 2);
    stage.publish(events).await;
    proxy.inject(CLOSE);
    until_logged(&daemon, &["dependency lost", "broker"], 1).await;
    until_logged(&daemon, &["attached", "makegood.events"], 2).await;
    assert_goes_on(&stage, daemon, later).await;
}
