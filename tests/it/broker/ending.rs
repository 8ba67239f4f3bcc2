//! Every way a session ends tells, soon, as a transient error, and leaves nothing behind.

use super::{Bench, ids, in_time, message, named, options, take, upstream, within};
use crate::support::proxy::Proxy;
use crate::support::rabbit::until;
use makegood::broker::{BrokerError, BrokerOptions, PublishError, Publisher, attach};
use makegood::fault::{Classify, Fault};
use std::collections::HashSet;
use std::time::Duration;
use tokio::net::TcpListener;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_queue_ends_the_session() {
    let bench = Bench::new().await;
    let mut session = bench.attach().await;
    bench.vhost.delete_queue(&bench.topology.queue);
    let error = within(SECOND * 5, session.next_batch()).await.expect_err("the queue is gone");
    assert!(matches!(error, BrokerError::Canceled { .. } | BrokerError::QueueGone { .. }), "{error}");
    assert_eq!(error.fault(), Fault::Transient);
    // It stays so, and asks lapin's stream no more.
    assert!(in_time(session.next_batch()).await.is_err());
    assert!(in_time(session.ack_through(1)).await.is_err());
    in_time(session.close()).await;

    let error = attach(&bench.options, &bench.topology.queue).await.err().expect("no queue");
    assert!(matches!(error, BrokerError::NotFound { .. }), "{error}");
    assert_eq!(error.fault(), Fault::Permanent);
    bench.topology.declare(&bench.options).await.expect("declared");
    bench.attach().await.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_closed_by_the_broker_ends_the_session_and_the_next_gets_everything() {
    let bench = Bench::new().await;
    bench.publish(0..3).await;
    let mut session = bench.attach().await;
    let taken = take(&mut session, 3).await;
    session.ack_through(taken[0].tag).await.expect("acknowledged");
    bench.vhost.close_connections();
    let error = within(SECOND * 5, session.next_batch()).await.expect_err("closed");
    assert!(matches!(error, BrokerError::Lost { .. }), "{error}");
    assert_eq!(error.fault(), Fault::Transient);
    let late = in_time(session.ack_through(taken[2].tag)).await.expect_err("its channel is gone");
    assert_eq!(late.fault(), Fault::Transient);
    drop(session);

    let mut session = bench.attach().await;
    let again = take(&mut session, 2).await;
    assert_eq!(ids(&again), named(1..3));
    assert!(again.iter().all(|delivery| delivery.delivery_count == 1));
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_broker_is_noticed_within_three_heartbeats() {
    let bench = Bench::new().await;
    let proxy = Proxy::start(&upstream()).await;
    let options =
        BrokerOptions { heartbeat: SECOND, close_timeout: SECOND, ..bench.through("amqp", "127.0.0.1", proxy.port()) };
    let mut session = attach(&options, &bench.topology.queue).await.expect("attached");
    let start = *session.status().borrow();
    in_time(session.status().wait_for(|status| status.checked > start.checked)).await.expect("watched");
    proxy.freeze();
    // Three heartbeats, and one for a machine that is busy.
    let error = within(SECOND * 4, session.next_batch()).await.expect_err("frozen");
    assert_eq!(error.fault(), Fault::Transient, "{error}");
    within(SECOND * 3, session.close()).await;

    let refused = BrokerOptions { connect_timeout: SECOND, ..options.clone() };
    let error = within(SECOND * 4, attach(&refused, &bench.topology.queue)).await.err().expect("still frozen");
    assert!(matches!(error, BrokerError::Timeout { .. }), "{error}");
    assert_eq!(error.fault(), Fault::Transient);
    proxy.thaw();
    attach(&options, &bench.topology.queue).await.expect("attached again").close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_blocks_publishing_and_not_consuming() {
    /// `connection.blocked("low on memory")` and `connection.unblocked` on channel 0.
    const BLOCKED: &[u8] = b"\x01\0\0\0\0\0\x12\0\x0a\0\x3c\x0dlow on memory\xce";
    const UNBLOCKED: &[u8] = b"\x01\0\0\0\0\0\x04\0\x0a\0\x3d\xce";
    let bench = Bench::new().await;
    let proxy = Proxy::start(&upstream()).await;
    let options =
        BrokerOptions { heartbeat: SECOND, close_timeout: SECOND, ..bench.through("amqp", "127.0.0.1", proxy.port()) };
    let mut publisher = Publisher::connect(&options).await.expect("connected");
    publisher.publish(vec![message(0)]).await.remove(0).expect("confirmed");
    proxy.inject(BLOCKED);
    let mut result = Ok(());
    // Until lapin has read the frame, publishes go through.
    for id in 1.. {
        result = within(SECOND * 8, publisher.publish(vec![message(id)])).await.remove(0);
        if result.is_err() {
            break;
        }
    }
    let error = result.expect_err("blocked");
    assert!(matches!(&error, PublishError::Lost(BrokerError::Blocked { .. })), "{error:?}");
    assert_eq!(error.fault(), Fault::Transient);
    // The next call starts on a new connection.
    publisher.publish(vec![message(0)]).await.remove(0).expect("confirmed");
    in_time(publisher.close()).await;

    let session =
        attach(&bench.through("amqp", "127.0.0.1", proxy.port()), &bench.topology.queue).await.expect("attached");
    let mut status = session.status();
    proxy.inject(BLOCKED);
    in_time(status.wait_for(|status| status.blocked)).await.expect("watched");
    proxy.inject(UNBLOCKED);
    in_time(status.wait_for(|status| !status.blocked)).await.expect("watched");
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_behind() {
    let bench = Bench::new().await;
    let before = io_threads();
    let mut ended = bench.attach().await;
    bench.attach().await.close().await;
    drop(bench.attach().await);
    drop(Publisher::connect(&bench.options).await.expect("connected"));
    // One that the broker ends, one to a server that accepts and never says a word.
    bench.vhost.close_connections();
    in_time(ended.next_batch()).await.expect_err("closed");
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let hopeless = BrokerOptions { connect_timeout: SECOND / 5, ..options(&format!("amqp://127.0.0.1:{port}")) };
    assert!(matches!(attach(&hopeless, "q").await, Err(BrokerError::Timeout { .. })));
    drop(ended);
    // Other tests run in this process; theirs end too.
    let mine: HashSet<_> = io_threads().difference(&before).cloned().collect();
    until("lapin's threads end", || io_threads().is_disjoint(&mine)).await;
    until("the broker sees every connection gone", || bench.vhost.connections().is_empty()).await;
}

fn io_threads() -> HashSet<String> {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux").flatten();
    let name = |path: &std::path::Path| std::fs::read_to_string(path.join("comm")).unwrap_or_default();
    let io = tasks.filter(|task| name(&task.path()).starts_with("lapin-io-loop"));
    io.map(|task| task.file_name().to_string_lossy().into_owned()).collect()
}
