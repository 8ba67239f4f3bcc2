//! Confirms, returned messages, refusals, and a publisher that outlives its connection.

use super::{Bench, ids, in_time, message, named, small, take, within};
use makegood::broker::{BrokerError, Outgoing, PublishError, Publisher, Topology, WINDOW};
use makegood::fault::{Classify, Fault};
use std::collections::BTreeMap;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_are_confirmed_and_arrive_in_order() {
    let bench = Bench::new().await;
    bench.publish(0..2_000).await;
    let mut session = bench.attach().await;
    let mut seen = Vec::new();
    while seen.len() < 2_000 {
        let batch = in_time(session.next_batch()).await.expect("attached").expect("a batch");
        session.ack_through(batch.last().expect("some").tag).await.expect("acknowledged");
        seen.extend(ids(&batch));
    }
    assert_eq!(seen, named(0..2_000));
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_the_unroutable_ones_are_reported() {
    let bench = Bench::new().await;
    let mut publisher = Publisher::connect(&bench.options).await.expect("connected");
    let is_lost = |id: usize| id.is_multiple_of(7) || (1_000..1_020).contains(&id);
    let messages = (0..WINDOW * 6).map(|id| match is_lost(id) {
        true => Outgoing { routing_key: "nobody-listens".into(), ..message(id) },
        false => message(id),
    });
    let results = publisher.publish(messages.collect()).await;
    for (id, result) in results.iter().enumerate() {
        assert_eq!(matches!(result, Err(PublishError::Unroutable { .. })), is_lost(id), "m{id}: {result:?}");
        assert_eq!(result.is_ok(), !is_lost(id), "m{id}: {result:?}");
    }
    publisher.close().await;
    let mut session = bench.attach().await;
    let expected: Vec<_> = (0..WINDOW * 6).filter(|id| !is_lost(*id)).collect();
    let mut seen = Vec::new();
    while seen.len() < expected.len() {
        let batch = in_time(session.next_batch()).await.expect("attached").expect("a batch");
        session.ack_through(batch.last().expect("some").tag).await.expect("acknowledged");
        seen.extend(ids(&batch));
    }
    assert_eq!(seen, named(expected));
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_exchange_loses_the_round_and_not_the_publisher() {
    let bench = Bench::new().await;
    let mut publisher = Publisher::connect(&bench.options).await.expect("connected");
    let astray = Outgoing { exchange: "no-such".into(), ..message(1) };
    let results = within(Duration::from_secs(5), publisher.publish(vec![astray, message(2)])).await;
    for result in &results {
        let Err(PublishError::Lost(cause)) = result else { panic!("{result:?}") };
        assert!(matches!(cause, BrokerError::NotFound { .. }), "{cause}");
        assert_eq!(cause.fault(), Fault::Permanent);
    }
    let results = in_time(publisher.publish(vec![message(3)])).await;
    assert!(results[0].is_ok(), "{results:?}");
    publisher.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_refuses() {
    let bench = Bench::with(Topology { max_length: Some(1), ..small() }).await;
    let mut publisher = Publisher::connect(&bench.options).await.expect("connected");
    // A quorum queue tells its publishers that it is full a little after it is.
    let mut stored = 0;
    let refusal = in_time(async {
        loop {
            match publisher.publish(vec![message(stored)]).await.remove(0) {
                Ok(()) => stored += 1,
                Err(error) => break error,
            }
        }
    });
    let refusal = refusal.await;
    assert!(matches!(refusal, PublishError::Nacked), "{refusal:?}");
    assert!(stored >= 1);
    assert_eq!(PublishError::Nacked.fault(), Fault::Transient);
    publisher.close().await;
    let mut session = bench.attach().await;
    take(&mut session, stored).await;
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_outlives_its_connection() {
    let bench = Bench::new().await;
    let mut publisher = Publisher::connect(&bench.options).await.expect("connected");
    publisher.publish(vec![message(0)]).await.remove(0).expect("confirmed");
    bench.vhost.close_connections();
    // The first may still meet the dying connection; then it is told as lost, and the next is on a new one.
    let first = in_time(publisher.publish(vec![message(1)])).await.remove(0);
    if let Err(error) = first {
        assert_eq!(error.fault(), Fault::Transient, "{error:?}");
    }
    in_time(publisher.publish(vec![message(2)])).await.remove(0).expect("confirmed");
    publisher.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_amqp_cannot_carry_is_told_and_harms_nothing_else() {
    let bench = Bench::new().await;
    let mut publisher = Publisher::connect(&bench.options).await.expect("connected");
    let long = "x".repeat(256);
    let header = |name: &str, value: String| BTreeMap::from([(name.to_owned(), value)]);
    let results = publisher
        .publish(vec![
            Outgoing { message_id: long.clone(), ..message(0) },
            Outgoing { routing_key: long.clone(), ..message(1) },
            Outgoing { exchange: long.clone(), ..message(2) },
            Outgoing { content_type: long.clone(), ..message(3) },
            Outgoing { headers: header(&long, String::new()), ..message(4) },
            Outgoing { headers: header("h", "x".repeat(70_000)), ..message(5) },
            Outgoing { headers: header("h", "x".repeat(60_000)), body: vec![0; 20 * 1024 * 1024], ..message(6) },
            Outgoing { content_type: String::new(), headers: BTreeMap::new(), body: Vec::new(), ..message(7) },
        ])
        .await;
    let unencodable = |result: &Result<(), PublishError>| matches!(result, Err(PublishError::Unencodable { .. }));
    assert!(results[..6].iter().all(unencodable), "{results:?}");
    assert!(results[6..].iter().all(Result::is_ok), "{results:?}");
    publisher.close().await;
    let mut session = bench.attach().await;
    let taken = take(&mut session, 2).await;
    assert_eq!((taken[0].message.body.len(), taken[1].message.body.len()), (20 * 1024 * 1024, 0));
    assert_eq!(taken[1].message.content_type, None);
    session.close().await;
}
