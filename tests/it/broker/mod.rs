//! The broker module against a real RabbitMQ: consuming, publishing, topology, and every way a connection ends.

mod connecting;
mod consuming;
mod doctor;
mod dying;
mod ending;
mod poison;
mod publishing;
mod topology;

use crate::support::rabbit::{DEADLINE, Vhost};
use makegood::broker::{BrokerOptions, Delivery, Outgoing, Publisher, Session, Topology, attach};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::timeout;

/// A vhost with makegood's topology in it.
struct Bench {
    vhost: Vhost,
    options: BrokerOptions,
    topology: Topology,
}

impl Bench {
    async fn new() -> Self {
        Self::with(small()).await
    }

    async fn with(topology: Topology) -> Self {
        let vhost = Vhost::create();
        let options = options(&vhost.url());
        topology.declare(&options).await.expect("declared");
        Self { vhost, options, topology }
    }

    async fn attach(&self) -> Session {
        attach(&self.options, &self.topology.queue).await.expect("attached")
    }

    async fn publish(&self, ids: impl IntoIterator<Item = usize>) {
        let mut publisher = Publisher::connect(&self.options).await.expect("connected");
        for result in publisher.publish(ids.into_iter().map(message).collect()).await {
            result.expect("confirmed");
        }
        publisher.close().await;
    }

    /// The same options with another host or port in the URL.
    fn through(&self, scheme: &str, host: &str, port: u16) -> BrokerOptions {
        let url = format!("{scheme}://guest:guest@{host}:{port}/{}", self.vhost.name());
        BrokerOptions { url: SecretString::from(url), ..self.options.clone() }
    }
}

fn options(url: &str) -> BrokerOptions {
    BrokerOptions::new(SecretString::from(url))
}

fn small() -> Topology {
    Topology {
        exchange: "marketplace".into(),
        queue: "makegood.events".into(),
        binding_keys: vec!["job-canceled".into(), "post-removed".into()],
        dead_letter_exchange: "makegood.dlx".into(),
        dead_queue: "makegood.dead".into(),
        delivery_limit: 50,
        max_length: None,
        announcements: None,
    }
}

fn message(id: usize) -> Outgoing {
    Outgoing {
        message_id: format!("m{id}"),
        exchange: "marketplace".into(),
        routing_key: "job-canceled".into(),
        content_type: "application/json".into(),
        headers: BTreeMap::from([("number".to_owned(), id.to_string())]),
        body: format!("body {id}").into_bytes(),
    }
}

fn ids(deliveries: &[Delivery]) -> Vec<String> {
    deliveries.iter().map(|delivery| delivery.message.headers["amqp:message-id"].clone()).collect()
}

fn named(ids: impl IntoIterator<Item = usize>) -> Vec<String> {
    ids.into_iter().map(|id| format!("m{id}")).collect()
}

/// Takes batches until there are `count` deliveries.
async fn take(session: &mut Session, count: usize) -> Vec<Delivery> {
    let mut taken = Vec::new();
    while taken.len() < count {
        let batch = in_time(session.next_batch()).await.expect("attached").expect("not canceled");
        assert!(!batch.is_empty());
        taken.extend(batch);
    }
    assert_eq!(taken.len(), count);
    taken
}

/// What must happen soon.
async fn in_time<T>(future: impl Future<Output = T>) -> T {
    timeout(DEADLINE, future).await.expect("it happens in time")
}

/// As [`in_time`], with a limit of its own.
async fn within<T>(limit: Duration, future: impl Future<Output = T>) -> T {
    timeout(limit, future).await.unwrap_or_else(|_| panic!("not within {limit:?}"))
}

/// `host:port` of the RabbitMQ of the tests.
fn upstream() -> String {
    let url = crate::support::service("MAKEGOOD_TEST_AMQP");
    url.rsplit_once('@').expect("user and password in the URL").1.to_owned()
}
