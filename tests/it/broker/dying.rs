//! Messages that the broker dead-letters, what it says of them, and taking them out of any queue.

use super::{Bench, in_time, message, small, take};
use crate::support::foreign::Foreign;
use crate::support::raw::{RawMessage, long, publish, short};
use makegood::broker::{BrokerError, Death, DeathReason, Delivery, Drain, Topology, attach};

async fn all_of(bench: &Bench, queue: &str, count: usize) -> Vec<Delivery> {
    let mut session = attach(&bench.options, queue).await.expect("attached");
    let taken = take(&mut session, count).await;
    session.ack_through(taken[count - 1].tag).await.expect("acknowledged");
    session.close().await;
    taken
}

fn death(reason: DeathReason, queue: &str, exchange: &str, routing_key: &str) -> Death {
    let [queue, exchange, routing_key] = [queue, exchange, routing_key].map(|name| Some(name.to_owned()));
    Death { reason, queue, count: 1, exchange, routing_key }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_delivery_limit_is_told_with_the_exchange_before_it() {
    let bench = Bench::with(Topology { delivery_limit: 1, ..small() }).await;
    bench.publish(0..3).await;
    for _ in 0..2 {
        let mut session = bench.attach().await;
        let taken = take(&mut session, 3).await;
        assert!(taken.iter().all(|delivery| delivery.death.is_none()));
        session.close().await;
    }
    let dead = all_of(&bench, &bench.topology.dead_queue, 3).await;
    let expected = Some(death(DeathReason::DeliveryLimit, "makegood.events", "marketplace", "job-canceled"));
    for delivery in &dead {
        assert_eq!(delivery.death, expected);
        assert_eq!((&*delivery.message.exchange, &*delivery.message.routing_key), ("makegood.dlx", "makegood.dead"));
        assert_eq!((delivery.delivery_count, delivery.message.redelivered), (0, false), "new in this queue");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_overflown_and_rejected_messages_say_so() {
    let bench = Bench::new().await;
    let foreign = Foreign::at(&bench.vhost).await;
    foreign.queue("dead", None, None).await;
    for (queue, argument) in
        [("short", ("x-message-ttl", 1)), ("full", ("x-max-length", 0)), ("fussy", ("x-expires", 600_000))]
    {
        foreign.queue(queue, Some("dead"), Some(argument)).await.bind(queue, "amq.topic", queue).await;
        foreign.publish("amq.topic", queue, queue).await;
    }
    foreign.reject("fussy").await;
    for delivery in all_of(&bench, "dead", 3).await {
        let queue = String::from_utf8(delivery.message.body).expect("text");
        let reason = match &*queue {
            "short" => DeathReason::Expired,
            "full" => DeathReason::MaxLength,
            _ => DeathReason::Rejected,
        };
        assert_eq!(delivery.death, Some(death(reason, &queue, "amq.topic", &queue)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_died_twice_still_knows_where_it_came_from() {
    let bench = Bench::new().await;
    let foreign = Foreign::at(&bench.vhost).await;
    foreign.queue("dead", None, None).await;
    foreign.queue("wait", Some("dead"), Some(("x-message-ttl", 1))).await;
    foreign.queue("orders", Some("wait"), None).await.bind("orders", "amq.topic", "order.#").await;
    foreign.publish("amq.topic", "order.paid", "twice").await;
    foreign.reject("orders").await;
    let dead = all_of(&bench, "dead", 1).await;
    assert_eq!(dead[0].death, Some(death(DeathReason::Expired, "wait", "amq.topic", "order.paid")));
}

/// A header of a table, or a field of one: its name, then its type and value.
fn field(name: &str, value: Vec<u8>) -> Vec<u8> {
    [short(name.as_bytes()), value].concat()
}

fn string(text: &[u8]) -> Vec<u8> {
    [b"S".to_vec(), long(text)].concat()
}

fn nest(kind: u8, inside: &[u8]) -> Vec<u8> {
    [vec![kind], long(inside)].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_death_headers_are_read_as_far_as_they_make_sense() {
    let bench = Bench::new().await;
    let claimed = nest(b'F', &[field("reason", string(b"delivery_limit")), field("queue", string(b"\xff\n"))].concat());
    let typed = nest(b'F', &[field("reason", vec![b't', 1]), field("count", string(b"many"))].concat());
    let many = claimed.repeat(2_000);
    let cases = [
        (field("x-death", string(b"rejected")), None),
        (field("x-death", nest(b'A', b"")), None),
        (field("x-death", nest(b'A', &string(b"rejected"))), None),
        (field("x-death", claimed.clone()), None),
        (field("x-death", nest(b'A', &typed)), Some(DeathReason::Unknown)),
        (field("x-death", nest(b'A', &many)), Some(DeathReason::DeliveryLimit)),
        (field("x-first-death-reason", string(b"expired")), Some(DeathReason::Expired)),
        (field("x-first-death-reason", string(&[b'x'; 70_000])), None),
    ];
    let routing_key = bench.topology.dead_queue.clone().into_bytes();
    let publish_one = |headers: &Vec<u8>| RawMessage {
        routing_key: routing_key.clone(),
        headers: headers.clone(),
        body: b"{}".to_vec(),
        ..RawMessage::default()
    };
    let messages: Vec<_> = cases.iter().map(|(headers, _)| publish_one(headers)).collect();
    publish(&bench.vhost, &messages).await;
    let dead = all_of(&bench, &bench.topology.dead_queue, cases.len()).await;
    for (number, (delivery, (_, reason))) in dead.iter().zip(&cases).enumerate() {
        assert_eq!(delivery.death.as_ref().map(|death| death.reason), *reason, "case {number}");
        let death = delivery.death.clone().unwrap_or_else(|| death(DeathReason::Unknown, "", "", ""));
        assert_eq!(death.count, 1);
        assert!(death.queue.is_none_or(|queue| queue.len() <= 255), "case {number}");
        assert!(delivery.message.headers.values().all(|value| value.len() <= 70_000));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drain_takes_what_it_is_asked_for_and_leaves_the_rest_untouched() {
    let bench = Bench::new().await;
    bench.publish(0..10).await;
    let drain = in_time(Drain::open(&bench.options, &bench.topology.queue)).await.expect("opened");
    assert_eq!(drain.ready().await.expect("an answer"), 10);
    let taken = in_time(drain.take(4)).await.expect("taken");
    assert_eq!(super::ids(&taken), super::named(0..4));
    drain.ack_through(taken[2].tag).await.expect("acknowledged");
    drain.close().await;
    let mut session = bench.attach().await;
    let rest = take(&mut session, 7).await;
    let mut delivered: Vec<_> = super::ids(&rest).into_iter().zip(rest.iter().map(|d| d.delivery_count)).collect();
    delivered.sort();
    let expected: Vec<_> = super::named(3..10).into_iter().zip([1, 0, 0, 0, 0, 0, 0]).collect();
    assert_eq!(delivered, expected, "what was not acknowledged is back, what was not asked for was never delivered");
    session.ack_through(7).await.expect("acknowledged");
    session.close().await;

    let drain = in_time(Drain::open(&bench.options, &bench.topology.queue)).await.expect("opened");
    assert!(in_time(drain.take(4)).await.expect("an answer").is_empty());
    drain.close().await;
    let missing = in_time(Drain::open(&bench.options, "no.such.queue")).await;
    assert!(matches!(missing.err(), Some(BrokerError::NotFound { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drain_survives_names_that_are_no_text() {
    let bench = Bench::new().await;
    let foreign = Foreign::at(&bench.vhost).await;
    foreign.queue("dead", None, None).await.bind("dead", "amq.fanout", "").await;
    let poison = RawMessage {
        exchange: b"amq.fanout".to_vec(),
        routing_key: b"\xff".to_vec(),
        message_id: b"\xfe".to_vec(),
        body: b"poison".to_vec(),
        ..RawMessage::default()
    };
    publish(&bench.vhost, &[poison, message_to("dead")]).await;
    let drain = in_time(Drain::open(&bench.options, "dead")).await.expect("opened");
    let taken = in_time(drain.take(10)).await.expect("taken");
    assert_eq!(taken.len(), 2);
    assert_eq!((&*taken[0].message.routing_key, &*taken[0].message.body), ("base64:/w==", &b"poison"[..]));
    drain.close().await;
}

fn message_to(queue: &str) -> RawMessage {
    RawMessage { routing_key: queue.as_bytes().to_vec(), body: message(1).body, ..RawMessage::default() }
}
