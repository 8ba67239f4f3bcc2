//! The marketplace's side of what makegood publishes: a queue behind the exchange, and what came out of it.

use std::collections::BTreeMap;

use makegood::broker::{BrokerOptions, Drain};
use makegood::worker::published_schema;
use serde_json::{Value, json};

use super::rabbit::{Vhost, post, put};

/// The queue.
const QUEUE: &str = "bell";

/// A message that was published.
#[derive(Debug, Clone)]
pub struct Told {
    pub routing_key: String,
    /// The CloudEvent.
    pub event: Value,
}

impl Told {
    pub fn id(&self) -> String {
        self.event["id"].as_str().expect("an id").to_owned()
    }
}

/// Declares the queue and binds it with these keys.
pub fn bind(vhost: &Vhost, keys: &[&str]) {
    let name = vhost.name();
    put(&format!("/api/queues/{name}/{QUEUE}"), &json!({"durable": true, "arguments": {"x-queue-type": "quorum"}}));
    for key in keys {
        post(&format!("/api/bindings/{name}/e/makegood.notices/q/{QUEUE}"), &json!({"routing_key": key}));
    }
}

/// Empties the queue: everything that was published to it, repeats too.
pub async fn heard(options: &BrokerOptions) -> Vec<Told> {
    let drain = Drain::open(options, QUEUE).await.expect("the queue is there");
    let mut told: Vec<Told> = Vec::new();
    loop {
        let batch = drain.take(100).await.expect("RabbitMQ answers");
        let Some(last) = batch.last() else { break };
        drain.ack_through(last.tag).await.expect("acked");
        for delivery in batch {
            assert_eq!(delivery.message.content_type.as_deref(), Some("application/cloudevents+json"));
            let event: Value = serde_json::from_slice(&delivery.message.body).expect("JSON");
            let header = delivery.message.headers.get("traceparent").map(String::as_str);
            assert_eq!(header, event["traceparent"].as_str(), "the trace, as a header and as an attribute");
            told.push(Told { routing_key: delivery.message.routing_key.clone(), event });
        }
    }
    drain.close().await;
    told
}

/// The messages of each id.
pub fn by_id(told: &[Told]) -> BTreeMap<String, Vec<&Told>> {
    let mut by_id: BTreeMap<String, Vec<&Told>> = BTreeMap::new();
    for one in told {
        by_id.entry(one.id()).or_default().push(one);
    }
    by_id
}

/// How an event strays from its published schema, a field that the schema does not name among it.
pub fn unfit(event: &Value) -> Option<String> {
    let mut schema = event["type"].as_str().and_then(published_schema).expect("a type that is published");
    close(&mut schema);
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    validator.validate(event).err().map(|error| format!("{} at {}: {event}", error, error.instance_path()))
}

/// Lets no object hold what its schema does not name.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.values_mut().for_each(close);
            if object.contains_key("properties") && object.get("type").is_some_and(Value::is_string) {
                object.insert("additionalProperties".into(), false.into());
            }
        }
        Value::Array(list) => list.iter_mut().for_each(close),
        _ => {}
    }
}
