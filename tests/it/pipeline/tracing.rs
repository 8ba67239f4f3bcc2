//! The trace of an event goes on through the daemon: linked from its batch, in its letter, in the log.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

use super::market::{Market, canceled, message};
use super::stage::{DEADLINE, Stage, until_logged};
use crate::support::daemon::Daemon;
use crate::support::wait;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "b7ad6b7169203331";

/// What a collector was told, by OTLP over HTTP.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Span>>>);

impl Collector {
    /// Listens until the test ends; its address.
    fn start() -> (Self, String) {
        let collector = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let told = collector.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let connection = connection.expect("a connection");
                let told = told.clone();
                std::thread::spawn(move || told.serve(connection));
            }
        });
        (collector, address)
    }

    fn serve(&self, mut connection: std::net::TcpStream) {
        let mut reader = BufReader::new(connection.try_clone().expect("a second handle"));
        loop {
            let mut length = 0;
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 {
                    return;
                }
                match line.trim().to_ascii_lowercase().strip_prefix("content-length: ") {
                    Some(number) => length = number.parse().expect("a number"),
                    None if line.trim().is_empty() => break,
                    None => {}
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("the body");
            let request = ExportTraceServiceRequest::decode(&*body).expect("OTLP");
            let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
            self.0.lock().expect("not poisoned").extend(scopes.flat_map(|scope| scope.spans));
            connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").expect("answered");
        }
    }

    /// The first span of this name.
    async fn until(&self, name: &str) -> Span {
        let found = wait::answer(DEADLINE, async || {
            self.0.lock().expect("not poisoned").iter().find(|span| span.name == name).cloned()
        });
        found.await.unwrap_or_else(|| panic!("no span {name}: {:?}", self.names()))
    }

    fn names(&self) -> Vec<String> {
        self.0.lock().expect("not poisoned").iter().map(|span| span.name.clone()).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_goes_on_from_the_queue_to_the_letter() {
    let stage = Stage::production(&Market::new(1).jobs(1)).await;
    let (collector, address) = Collector::start();
    let settings = stage.settings().set("traces.endpoint", format!("http://{address}/v1/traces"));
    let settings = settings.set("traces.sample_percent", 100).set("in_app.enabled", true);
    let daemon = Daemon::start_ready(&settings, "daemon").await;
    let mut event = canceled("e", "job-0");
    event["traceparent"] = format!("00-{TRACE}-{SPAN}-01").into();
    stage.publish(vec![message(&event)]).await;
    stage.until_applied(&daemon, 1).await;
    until_logged(&daemon, &["event applied", TRACE], 1).await;
    until_logged(&daemon, &["notice attempted", TRACE], 1).await;

    let batch = collector.until("process makegood.events").await;
    assert_eq!(batch.links.iter().map(|link| hex::encode(&link.trace_id)).collect::<Vec<_>>(), [TRACE]);
    assert_eq!(batch.kind, 5, "CONSUMER");
    let letter = collector.until("send mail").await;
    assert_eq!((hex::encode(&letter.trace_id), hex::encode(&letter.parent_span_id)), (TRACE.into(), SPAN.into()));
    assert_eq!(letter.kind, 3, "CLIENT");
    collector.until("ack makegood.events").await;
    let told = collector.until("send makegood.notices").await;
    assert_eq!(told.links.first().map(|link| hex::encode(&link.trace_id)).as_deref(), Some(TRACE));
    drop(daemon);
}
