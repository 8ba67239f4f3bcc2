//! What the broker says of a message it has dead-lettered: the header `x-death`, read from its types.
//!
//! RabbitMQ 3.10 to 4 write an array of tables, the latest death first: `reason`, `queue`, `exchange`, `routing-keys`,
//! `count`, `time`. Anyone who may publish can write the same header: it is believed for what is told and for what is
//! tried first, and for nothing that could do harm.

use lapin::types::{AMQPValue, FieldTable};

/// Deaths looked at: one for each queue and reason the message died of. A publisher may claim any number.
const DEATHS_MAX: usize = 64;

/// Longest name AMQP knows.
const NAME_BYTES_MAX: usize = 255;

/// Why the broker dead-lettered a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeathReason {
    /// A quorum queue delivered it more often than its limit, without an acknowledgement.
    DeliveryLimit,
    /// A consumer rejected it.
    Rejected,
    /// It waited longer than its time to live.
    Expired,
    /// The queue was full.
    MaxLength,
    /// Not said, or in a word we do not know.
    Unknown,
}

impl DeathReason {
    /// The reason of this name, as RabbitMQ writes it.
    fn of(name: Option<&str>) -> Self {
        match name {
            Some("delivery_limit") => Self::DeliveryLimit,
            Some("rejected") => Self::Rejected,
            Some("expired") => Self::Expired,
            Some("maxlen") => Self::MaxLength,
            _ => Self::Unknown,
        }
    }
}

/// Where and why a message was dead-lettered, as far as its headers say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Death {
    /// Why it died last.
    pub reason: DeathReason,
    /// In which queue it died last.
    pub queue: Option<String>,
    /// How often it died there of that.
    pub count: u64,
    /// Exchange it was published to, before its first death.
    pub exchange: Option<String>,
    /// Routing key it was published with, before its first death.
    pub routing_key: Option<String>,
}

/// Reads it. `None`: the broker has not dead-lettered this message.
pub(super) fn read(headers: &FieldTable) -> Option<Death> {
    let named = |name: &str| headers.inner().get(name).and_then(text);
    let deaths: Vec<&FieldTable> = match headers.inner().get("x-death") {
        Some(AMQPValue::FieldArray(deaths)) => deaths.as_slice().iter().take(DEATHS_MAX).filter_map(table).collect(),
        _ => Vec::new(),
    };
    let field = |death: &FieldTable, name: &str| death.inner().get(name).and_then(text);
    // `x-last-death-*` is RabbitMQ 4's.
    let reason = named("x-last-death-reason").or_else(|| named("x-first-death-reason"));
    let queue = named("x-last-death-queue").or_else(|| named("x-first-death-queue"));
    let Some(latest) = deaths.first() else {
        reason.as_ref().or(queue.as_ref())?;
        let exchange = named("x-first-death-exchange");
        return Some(Death {
            reason: DeathReason::of(reason.as_deref()),
            queue,
            count: 1,
            exchange,
            routing_key: None,
        });
    };
    // A death that is repeated moves to the front of the array: its place does not tell which was the first.
    let (first_reason, first_queue) = (named("x-first-death-reason"), named("x-first-death-queue"));
    let is_first =
        |death: &&&FieldTable| field(death, "reason") == first_reason && field(death, "queue") == first_queue;
    let first = deaths.iter().find(is_first).or(deaths.last())?;
    Some(Death {
        reason: DeathReason::of(field(latest, "reason").or(reason).as_deref()),
        queue: field(latest, "queue").or(queue),
        count: latest.inner().get("count").and_then(super::convert::unsigned).unwrap_or(1),
        exchange: field(first, "exchange").or_else(|| named("x-first-death-exchange")),
        routing_key: first.inner().get("routing-keys").and_then(first_of).and_then(text),
    })
}

fn table(value: &AMQPValue) -> Option<&FieldTable> {
    if let AMQPValue::FieldTable(table) = value { Some(table) } else { None }
}

/// The key it was published with stands before those of its CC header.
fn first_of(value: &AMQPValue) -> Option<&AMQPValue> {
    if let AMQPValue::FieldArray(keys) = value { keys.as_slice().first() } else { None }
}

/// A name, if it is one that AMQP could have carried.
fn text(value: &AMQPValue) -> Option<String> {
    let bytes = match value {
        AMQPValue::LongString(text) => text.as_bytes(),
        AMQPValue::ShortString(text) => text.as_str().as_bytes(),
        _ => return None,
    };
    let name = (bytes.len() <= NAME_BYTES_MAX).then_some(bytes)?;
    std::str::from_utf8(name).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lapin::types::FieldArray;
    use std::collections::BTreeMap;

    fn fields<const N: usize>(entries: [(&str, AMQPValue); N]) -> FieldTable {
        FieldTable::from(BTreeMap::from(entries.map(|(name, value)| (name.into(), value))))
    }

    fn string(text: &str) -> AMQPValue {
        AMQPValue::LongString(text.into())
    }

    fn array(items: Vec<AMQPValue>) -> AMQPValue {
        AMQPValue::FieldArray(FieldArray::from(items))
    }

    fn death(reason: &str, queue: &str, exchange: &str, key: &str, count: AMQPValue) -> AMQPValue {
        AMQPValue::FieldTable(fields([
            ("reason", string(reason)),
            ("queue", string(queue)),
            ("exchange", string(exchange)),
            ("routing-keys", array(vec![string(key), string("cc")])),
            ("count", count),
            ("time", AMQPValue::Timestamp(1_700_000_000)),
        ]))
    }

    #[test]
    fn the_latest_death_says_why_and_the_first_where_from() {
        let deaths = array(vec![
            death("delivery_limit", "work", "retry", "again", AMQPValue::LongLongInt(3)),
            death("rejected", "work", "shop", "order.paid", AMQPValue::LongInt(1)),
            death("expired", "wait", "", "wait", AMQPValue::LongLongInt(2)),
        ]);
        let headers = fields([
            ("x-death", deaths),
            ("x-first-death-queue", string("work")),
            ("x-first-death-reason", string("rejected")),
        ]);
        let death = read(&headers).expect("a death");
        assert_eq!((death.reason, death.queue.as_deref(), death.count), (DeathReason::DeliveryLimit, Some("work"), 3));
        assert_eq!((death.exchange.as_deref(), death.routing_key.as_deref()), (Some("shop"), Some("order.paid")));
    }

    #[test]
    fn without_the_array_the_short_headers_speak() {
        let headers = fields([
            ("x-first-death-queue", string("work")),
            ("x-first-death-reason", string("expired")),
            ("x-first-death-exchange", string("")),
            ("x-last-death-reason", string("maxlen")),
            ("x-last-death-queue", string("wait")),
        ]);
        let death = read(&headers).expect("a death");
        assert_eq!((death.reason, death.queue.as_deref(), death.count), (DeathReason::MaxLength, Some("wait"), 1));
        assert_eq!((death.exchange.as_deref(), death.routing_key), (Some(""), None));
        assert_eq!(read(&fields([])), None);
    }

    #[test]
    fn what_no_broker_writes_is_no_reason_and_no_name() {
        let nothing = Death { reason: DeathReason::Unknown, queue: None, count: 1, exchange: None, routing_key: None };
        let odd = AMQPValue::FieldTable(fields([
            ("reason", AMQPValue::LongInt(7)),
            ("queue", string(&"q".repeat(256))),
            ("exchange", AMQPValue::LongString(vec![0xff].into())),
            ("routing-keys", string("no array")),
            ("count", AMQPValue::LongLongInt(-1)),
        ]));
        assert_eq!(read(&fields([("x-death", array(vec![AMQPValue::Void, string("x"), odd.clone()]))])), Some(nothing));
        let useless = [string("rejected"), array(Vec::new()), array(vec![AMQPValue::Boolean(true)]), AMQPValue::Void];
        for value in useless {
            assert_eq!(read(&fields([("x-death", value.clone())])), None, "{value:?}");
        }
        let huge = array(std::iter::repeat_n(odd, 100_000).collect());
        assert!(read(&fields([("x-death", huge)])).is_some());
    }
}
