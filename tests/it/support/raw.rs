//! AMQP by hand: publishes what a well-meaning client library would not.

use super::rabbit::Vhost;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The properties of a message, as bytes. Empty ones are left out.
#[derive(Default, Clone)]
pub struct RawMessage {
    /// Routing key; the exchange is the default one if `exchange` is empty.
    pub exchange: Vec<u8>,
    /// Routing key.
    pub routing_key: Vec<u8>,
    /// The header table's inside.
    pub headers: Vec<u8>,
    /// Message id.
    pub message_id: Vec<u8>,
    /// Body.
    pub body: Vec<u8>,
}

/// Publishes over a connection of its own; returns when the broker has read everything.
pub async fn publish(vhost: &Vhost, messages: &[RawMessage]) {
    let url = super::service("MAKEGOOD_TEST_AMQP");
    let (login, address) =
        url.strip_prefix("amqp://").and_then(|rest| rest.split_once('@')).expect("a login in the URL");
    let (user, password) = login.split_once(':').expect("a password");
    let mut stream = TcpStream::connect(address).await.expect("RabbitMQ answers");
    stream.write_all(b"AMQP\x00\x00\x09\x01").await.expect("written");
    let answer = read_method(&mut stream).await;
    assert_eq!(answer, (10, 10), "connection.start");
    let mut start_ok = long(b"");
    start_ok.extend(short(b"PLAIN"));
    start_ok.extend(long(format!("\0{user}\0{password}").as_bytes()));
    start_ok.extend(short(b"en_US"));
    call(&mut stream, 0, (10, 11), &start_ok, (10, 30)).await;
    // tune-ok: 2047 channels, frames of 128 KiB, no heartbeat. connection.open follows it at once.
    let tune_ok = frame(1, 0, &[&[0, 10, 0, 31, 7, 0xff, 0, 2, 0, 0, 0, 0][..]].concat());
    stream.write_all(&tune_ok).await.expect("written");
    call(&mut stream, 0, (10, 40), &[short(vhost.name().as_bytes()), vec![0, 0]].concat(), (10, 41)).await;
    call(&mut stream, 1, (20, 10), &[0], (20, 11)).await;
    for message in messages {
        let publish =
            [&[0, 60, 0, 40, 0, 0][..], &short(&message.exchange), &short(&message.routing_key), &[0]].concat();
        let mut header = [&[0, 60, 0, 0][..], &(message.body.len() as u64).to_be_bytes()].concat();
        // Headers, delivery mode 2, message id.
        header.extend([0x30, if message.message_id.is_empty() { 0 } else { 0x80 }]);
        header.extend(long(&message.headers));
        header.push(2);
        if !message.message_id.is_empty() {
            header.extend(short(&message.message_id));
        }
        let frames = [frame(1, 1, &publish), frame(2, 1, &header), frame(3, 1, &message.body)].concat();
        stream.write_all(&frames).await.expect("written");
    }
    call(&mut stream, 1, (20, 40), &[&[0, 200][..], &short(b""), &[0, 0, 0, 0]].concat(), (20, 41)).await;
    call(&mut stream, 0, (10, 50), &[&[0, 200][..], &short(b""), &[0, 0, 0, 0]].concat(), (10, 51)).await;
}

/// A short string.
pub fn short(bytes: &[u8]) -> Vec<u8> {
    [&[u8::try_from(bytes.len()).expect("at most 255 bytes")], bytes].concat()
}

/// A long string, or a table or array around its inside.
pub fn long(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).expect("short").to_be_bytes()[..], bytes].concat()
}

async fn call(stream: &mut TcpStream, channel: u8, (class, method): (u8, u8), arguments: &[u8], answer: (u8, u8)) {
    let payload = [&[0, class, 0, method][..], arguments].concat();
    stream.write_all(&frame(1, channel, &payload)).await.expect("written");
    assert_eq!(read_method(stream).await, answer, "the answer to {class}.{method}");
}

fn frame(kind: u8, channel: u8, payload: &[u8]) -> Vec<u8> {
    [&[kind, 0, channel][..], &long(payload), &[0xCE]].concat()
}

async fn read_method(stream: &mut TcpStream) -> (u8, u8) {
    let mut head = [0; 7];
    stream.read_exact(&mut head).await.expect("a frame");
    let size = u32::from_be_bytes([head[3], head[4], head[5], head[6]]);
    let mut payload = vec![0; size as usize + 1];
    stream.read_exact(&mut payload).await.expect("a frame");
    (payload[1], payload[3])
}
