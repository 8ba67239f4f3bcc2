//! What the management API answers, as far as it is needed. Every field has a default, and what has another shape than
//! expected counts as absent: versions differ in what they send (an empty map may come as `[]`, tags as text or list).

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// `GET /api/whoami`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::broker) struct WhoAmI {
    pub(in crate::broker) name: String,
}

/// `GET /api/queues/VHOST/NAME`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::broker) struct Queue {
    #[serde(rename = "type")]
    pub(in crate::broker) kind: Option<String>,
    pub(in crate::broker) durable: bool,
    pub(in crate::broker) auto_delete: bool,
    pub(in crate::broker) exclusive: bool,
    #[serde(deserialize_with = "lenient")]
    pub(in crate::broker) arguments: Map<String, Value>,
    #[serde(deserialize_with = "lenient")]
    pub(in crate::broker) policy: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(in crate::broker) operator_policy: Option<String>,
    /// Policy and operator policy, merged. Comes with the queue's statistics, some seconds after its declaration.
    #[serde(deserialize_with = "present")]
    pub(in crate::broker) effective_policy_definition: Option<Map<String, Value>>,
    #[serde(deserialize_with = "lenient")]
    pub(in crate::broker) consumers: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(in crate::broker) consumer_details: Vec<Consumer>,
    #[serde(deserialize_with = "lenient")]
    pub(in crate::broker) state: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(in crate::broker) members: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    pub(in crate::broker) online: Vec<String>,
}

/// One of a queue's consumers.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::broker) struct Consumer {
    #[serde(deserialize_with = "lenient")]
    pub(in crate::broker) channel_details: ChannelDetails,
}

/// The channel of a consumer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::broker) struct ChannelDetails {
    #[serde(deserialize_with = "lenient")]
    pub(in crate::broker) user: Option<String>,
}

/// `GET /api/exchanges/VHOST/NAME`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::broker) struct Exchange {
    #[serde(rename = "type")]
    pub(in crate::broker) kind: String,
    pub(in crate::broker) durable: bool,
    pub(in crate::broker) auto_delete: bool,
    pub(in crate::broker) internal: bool,
    #[serde(deserialize_with = "lenient")]
    pub(in crate::broker) arguments: Map<String, Value>,
    #[serde(deserialize_with = "lenient")]
    pub(in crate::broker) policy: Option<String>,
}

/// One of `GET /api/exchanges/VHOST/NAME/bindings/source` and `GET /api/queues/VHOST/NAME/bindings`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::broker) struct Binding {
    pub(in crate::broker) source: String,
    pub(in crate::broker) destination: String,
    pub(in crate::broker) destination_type: String,
    pub(in crate::broker) routing_key: String,
}

/// One of `GET /api/policies/VHOST` and `GET /api/operator-policies/VHOST`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::broker) struct Policy {
    pub(in crate::broker) name: String,
    pub(in crate::broker) pattern: String,
    #[serde(rename = "apply-to", deserialize_with = "lenient")]
    pub(in crate::broker) apply_to: String,
    pub(in crate::broker) priority: Value,
    #[serde(deserialize_with = "lenient")]
    pub(in crate::broker) definition: Map<String, Value>,
}

/// `GET /api/permissions/VHOST/USER`: patterns of names.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::broker) struct Permissions {
    pub(in crate::broker) configure: String,
    pub(in crate::broker) write: String,
    pub(in crate::broker) read: String,
}

/// One of `GET /api/nodes`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::broker) struct Node {
    pub(in crate::broker) name: String,
    pub(in crate::broker) running: bool,
    #[serde(deserialize_with = "lenient")]
    pub(in crate::broker) mem_alarm: bool,
    #[serde(deserialize_with = "lenient")]
    pub(in crate::broker) disk_free_alarm: bool,
    #[serde(deserialize_with = "lenient")]
    pub(in crate::broker) partitions: Vec<String>,
}

/// Another shape is as good as none.
fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(deserializer: D) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

/// A map; an empty one may come as `[]`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Map<String, Value>>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Object(map) => Some(map),
        Value::Array(list) if list.is_empty() => Some(Map::new()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn an_absent_or_odd_field_fails_nothing() {
        let queue: Queue = from_value(json!({"arguments": [], "effective_policy_definition": [], "policy": 7,
            "members": "undefined", "consumer_details": [{"channel_details": []}], "consumers": ""}))
        .expect("a queue");
        assert_eq!(queue.effective_policy_definition, Some(Map::new()));
        assert_eq!((queue.policy, queue.consumers, queue.members.len()), (None, None, 0));
        let queue: Queue = from_value(json!({})).expect("a queue");
        assert_eq!(queue.effective_policy_definition, None);
    }
}
