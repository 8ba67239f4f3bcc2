//! Batches, prefetch, acknowledgements, cancel, and what a delivery carries.

use super::{Bench, ids, in_time, message, named, take};
use futures_util::FutureExt;
use lapin::options::BasicPublishOptions;
use lapin::types::{AMQPValue, ByteArray, FieldTable, LongString};
use lapin::{BasicProperties, Connection, ConnectionProperties};
use makegood::broker::{BrokerOptions, Publisher, attach};
use std::time::Duration;

/// Longer than any test: a batch that waited for it would fail by its deadline.
const FOREVER: Duration = Duration::from_secs(3_600);

#[tokio::test(flavor = "multi_thread")]
async fn a_single_message_on_an_idle_queue_comes_at_once() {
    let bench = Bench::new().await;
    let mut session = bench.attach().await;
    let publisher = Publisher::connect(&bench.options).await.expect("connected");
    let publishing = tokio::spawn(async move {
        let mut publisher = publisher;
        publisher.publish(vec![message(1)]).await.remove(0).expect("confirmed");
        publisher.close().await;
    });
    let batch = in_time(session.next_batch()).await.expect("attached").expect("a batch");
    publishing.await.expect("published");
    assert_eq!(batch.len(), 1);
    let delivery = &batch[0];
    assert_eq!((delivery.tag, delivery.delivery_count, delivery.message.redelivered), (1, 0, false));
    assert_eq!(delivery.message.body, b"body 1");
    assert_eq!(delivery.message.content_type.as_deref(), Some("application/json"));
    assert_eq!(
        (delivery.message.exchange.as_str(), delivery.message.routing_key.as_str()),
        ("marketplace", "job-canceled")
    );
    assert_eq!(delivery.message.headers["number"], "1");
    assert_eq!(delivery.message.headers["amqp:message-id"], "m1");
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_take_what_is_there_up_to_their_limit() {
    let bench = Bench::new().await;
    bench.publish(0..10).await;
    let options = BrokerOptions { batch_max: 4, batch_linger: FOREVER, ..bench.options.clone() };
    let mut session = attach(&options, &bench.topology.queue).await.expect("attached");
    let first = in_time(session.next_batch()).await.expect("attached").expect("a batch");
    let second = in_time(session.next_batch()).await.expect("attached").expect("a batch");
    assert_eq!((ids(&first), ids(&second)), (named(0..4), named(4..8)));
    // The third lingers for two more.
    bench.publish(10..12).await;
    let third = in_time(session.next_batch()).await.expect("attached").expect("a batch");
    assert_eq!(ids(&third), named(8..12));
    assert!(first.iter().chain(&second).chain(&third).map(|delivery| delivery.tag).eq(1..=12));
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_wait_loses_nothing() {
    let bench = Bench::new().await;
    bench.publish(0..2).await;
    let options = BrokerOptions {
        batch_max: 3,
        batch_linger: FOREVER,
        heartbeat: Duration::from_secs(1),
        ..bench.options.clone()
    };
    let mut session = attach(&options, &bench.topology.queue).await.expect("attached");
    let mut status = session.status();
    tokio::select! {
        batch = session.next_batch() => panic!("three were asked for: {batch:?}"),
        seen = in_time(status.wait_for(|status| status.messages == 0)) => drop(seen.expect("watched")),
    }
    assert!(session.next_batch().now_or_never().is_none());
    bench.publish(2..3).await;
    let batch = in_time(session.next_batch()).await.expect("attached").expect("a batch");
    assert_eq!(ids(&batch), named(0..3));
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prefetch_bounds_what_is_outstanding() {
    let bench = Bench::new().await;
    bench.publish(0..10).await;
    let options = BrokerOptions { prefetch: 3, heartbeat: Duration::from_secs(1), ..bench.options.clone() };
    let mut session = attach(&options, &bench.topology.queue).await.expect("attached");
    let taken = take(&mut session, 3).await;
    in_time(session.status().wait_for(|status| status.messages == 7)).await.expect("watched");
    assert!(session.next_batch().now_or_never().is_none(), "a fourth delivery");
    session.ack_through(taken[1].tag).await.expect("acknowledged");
    assert_eq!(ids(&take(&mut session, 2).await), named(3..5));
    assert_eq!(session.status().borrow().consumers, 1);
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_not_acknowledged_comes_again() {
    let bench = Bench::new().await;
    bench.publish(0..10).await;
    let mut session = bench.attach().await;
    let taken = take(&mut session, 10).await;
    session.ack_through(0).await.expect("nothing to do");
    session.ack_through(taken[5].tag).await.expect("acknowledged");
    session.close().await;

    let mut session = bench.attach().await;
    let again = take(&mut session, 4).await;
    assert_eq!(ids(&again), named(6..10));
    assert!(again.iter().all(|delivery| delivery.delivery_count == 1 && delivery.message.redelivered));
    session.ack_through(again[3].tag).await.expect("acknowledged");
    drop(session);
    bench.publish(10..11).await;
    let mut session = bench.attach().await;
    assert_eq!(ids(&take(&mut session, 1).await), named(10..11));
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancel_drains_what_was_prefetched_and_leaves_the_rest() {
    let bench = Bench::new().await;
    bench.publish(0..20).await;
    let options = BrokerOptions { prefetch: 8, batch_max: 3, ..bench.options.clone() };
    let mut session = attach(&options, &bench.topology.queue).await.expect("attached");
    let mut taken = in_time(session.next_batch()).await.expect("attached").expect("not canceled");
    session.cancel().await.expect("canceled");
    session.cancel().await.expect("twice is once");
    while let Some(batch) = in_time(session.next_batch()).await.expect("attached") {
        assert!(batch.len() <= 3);
        taken.extend(batch);
    }
    // At most the prefetch, in order, and then nothing more, however often it is asked.
    assert!(taken.len() <= 8);
    assert_eq!(ids(&taken), named(0..taken.len()));
    assert_eq!(in_time(session.next_batch()).await.expect("attached"), None);
    let through = taken.last().expect("some").tag;
    session.ack_through(through).await.expect("a canceled consumer's deliveries can be acknowledged");
    session.close().await;

    let mut session = bench.attach().await;
    let rest = take(&mut session, 20 - taken.len()).await;
    assert_eq!(ids(&rest), named(taken.len()..20));
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_and_properties_survive_as_text() {
    let bench = Bench::new().await;
    let connection = Connection::connect(&bench.vhost.url(), ConnectionProperties::default()).await.expect("connected");
    let channel = connection.create_channel().await.expect("a channel");
    let mut headers = FieldTable::default();
    headers.insert("bytes".into(), AMQPValue::ByteArray(ByteArray::from(vec![0xff, 0xfe])));
    headers.insert("latin1".into(), AMQPValue::LongString(LongString::from(vec![b'c', 0xe9])));
    headers.insert("text".into(), AMQPValue::LongString("café\u{0}".into()));
    headers.insert("number".into(), AMQPValue::LongLongInt(i64::MIN));
    headers.insert("flag".into(), AMQPValue::Boolean(true));
    let properties = BasicProperties::default()
        .with_headers(headers)
        .with_content_encoding("gzip".into())
        .with_type("job-canceled".into())
        .with_timestamp(1_700_000_000)
        .with_correlation_id("c1".into());
    let (exchange, key) = ("marketplace".into(), "post-removed".into());
    channel.basic_publish(exchange, key, BasicPublishOptions::default(), b"\xff", properties).await.expect("published");

    let mut session = bench.attach().await;
    let message = take(&mut session, 1).await.remove(0).message;
    let header = |name: &str| message.headers[name].as_str();
    assert_eq!(message.body, b"\xff");
    assert_eq!((message.content_type.as_deref(), message.content_encoding.as_deref()), (None, Some("gzip")));
    assert_eq!((header("bytes"), header("latin1"), header("text")), ("base64://4=", "base64:Y+k=", "café\u{0}"));
    assert_eq!((header("number"), header("flag")), ("-9223372036854775808", "true"));
    assert_eq!((header("amqp:type"), header("amqp:timestamp")), ("job-canceled", "1700000000"));
    assert_eq!(header("amqp:correlation-id"), "c1");
    assert!(!message.headers.contains_key("amqp:message-id"));
    session.close().await;
    connection.close(200, "OK".into()).await.expect("closed");
}
