//! Events on their way to the queue.

use std::time::{Duration, Instant};

use makegood::broker::{BrokerOptions, Outgoing, Publisher};
use makegood::clock::{Clock, SystemClock};
use secrecy::SecretString;
use serde_json::{Value, json};
use sqlx::PgPool;
use time::format_description::well_known::Rfc3339;

/// How exactly a commit is timed.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// The source of every event here.
pub const SOURCE: &str = "/bench";

/// How to reach a vhost.
pub fn broker(url: &str) -> BrokerOptions {
    BrokerOptions::new(SecretString::from(url.to_owned()))
}

/// A job canceled by its client, just now.
pub fn job_canceled(id: &str, job: &str) -> Outgoing {
    event("job-canceled", id, &json!({ "job_id": job, "cause": "client-canceled" }))
}

/// A client suspended for good, just now.
pub fn client_suspended(id: &str, client: &str) -> Outgoing {
    event("client-suspended", id, &json!({ "client_id": client, "cause": "fraud", "final": true }))
}

fn event(kind: &str, id: &str, data: &Value) -> Outgoing {
    let time = SystemClock.now().format(&Rfc3339).expect("a time");
    let body = json!({
        "specversion": "1.0", "type": kind, "source": SOURCE, "id": id, "time": time,
        "datacontenttype": "application/json", "data": data,
    });
    Outgoing {
        message_id: id.to_owned(),
        exchange: "marketplace".to_owned(),
        routing_key: kind.to_owned(),
        content_type: "application/cloudevents+json".to_owned(),
        body: body.to_string().into_bytes(),
        ..Outgoing::default()
    }
}

/// The time, in seconds since 1970.
pub fn seconds() -> f64 {
    SystemClock.now().unix_timestamp_nanos() as f64 / 1e9
}

/// Publishes all; every one must be confirmed.
pub async fn publish(publisher: &mut Publisher, events: Vec<Outgoing>) {
    for result in publisher.publish(events).await {
        result.expect("confirmed");
    }
}

/// Waits for the commit of one event, looking every few milliseconds; how long it took since `published`.
pub async fn commit(pool: &PgPool, id: &str, published: Instant, deadline: Duration) -> Duration {
    let sql = "select exists (select from events where source = $1 and event_id = $2 and state = 'applied')";
    let mut looks = tokio::time::interval(LOOK_EVERY);
    loop {
        looks.tick().await;
        if sqlx::query_scalar(sql).bind(SOURCE).bind(id).fetch_one(pool).await.expect("an answer") {
            return published.elapsed();
        }
        assert!(published.elapsed() < deadline, "{id} was never applied");
    }
}
