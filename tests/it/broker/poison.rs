//! Messages that AMQP allows and that lapin's parser does not survive, between good ones.

use super::{Bench, in_time, message, take};
use crate::support::raw::{RawMessage, long, publish, short};
use makegood::broker::{Outgoing, PublishError, Publisher};

/// An array within an array within …
fn nested(depth: usize) -> Vec<u8> {
    let mut value = vec![b'V'];
    for _ in 0..depth {
        value = [&b"A"[..], &long(&value)].concat();
    }
    value
}

fn to_queue(bench: &Bench, body: &str) -> RawMessage {
    let routing_key = bench.topology.queue.clone().into_bytes();
    RawMessage { routing_key, body: body.into(), ..RawMessage::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn poison_arrives_as_a_message_like_any_other() {
    let bench = Bench::new().await;
    let good = |body| to_queue(&bench, body);
    let header = |name: &[u8], value: &[u8]| [&short(name), value].concat();
    let messages = [
        good("first"),
        RawMessage { headers: header(b"deep", &nested(20_000)), ..good("deep") },
        RawMessage { message_id: b"\xff\xfe".to_vec(), ..good("id") },
        RawMessage { headers: header(b"\xff", b"V"), ..good("name") },
        RawMessage { exchange: b"marketplace".to_vec(), routing_key: b"job-\xff".to_vec(), ..good("unbound") },
        RawMessage { headers: header(b"x", b"t\x01"), message_id: b"m".to_vec(), ..good("last") },
    ];
    publish(&bench.vhost, &messages).await;
    let mut session = bench.attach().await;
    let taken = take(&mut session, 5).await;
    let bodies: Vec<_> = taken.iter().map(|delivery| String::from_utf8_lossy(&delivery.message.body)).collect();
    assert_eq!(bodies, ["first", "deep", "id", "name", "last"]);
    let header = |number: usize, name: &str| taken[number].message.headers[name].as_str();
    assert_eq!(header(1, "deep"), "makegood: nested too deep, or malformed");
    assert_eq!(header(2, "amqp:message-id"), "base64://4=");
    assert_eq!(header(3, "base64:/w=="), "null");
    assert_eq!((header(4, "x"), header(4, "amqp:message-id")), ("true", "m"));
    session.ack_through(taken[4].tag).await.expect("acknowledged");
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_cut_within_a_character_is_understood() {
    let bench = Bench::new().await;
    let mut publisher = Publisher::connect(&bench.options).await.expect("connected");
    // The broker's text names the exchange and is cut at 255 bytes.
    for length in 120..124 {
        let exchange = format!("{}{}", "x".repeat(length % 2), "é".repeat(length));
        let results = in_time(publisher.publish(vec![Outgoing { exchange, ..message(1) }])).await;
        assert!(
            matches!(&results[0], Err(PublishError::Lost(cause)) if !makegood::fault::Classify::is_transient(cause)),
            "{results:?}"
        );
    }
    publisher.close().await;
}
