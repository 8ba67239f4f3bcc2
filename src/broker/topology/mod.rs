//! What must exist at the broker, as one value: compared with what is there, or declared.
//!
//! Every arrangement of the names ends in a terminal queue: a dead-letter cycle would make a quorum queue of
//! RabbitMQ 3.10 drop messages, or hold them for ever.

mod declare;
mod difference;
mod doctor;
mod report;

pub use declare::{Declared, TopologyItem};
pub use doctor::{Checkup, Diagnosis, ExamineError, Examiner, Severity};
pub use report::{Finding, State, TopologyReport};

use super::error::BrokerError;
use lapin::ExchangeKind;
use lapin::types::{AMQPValue, FieldTable, ShortString};
use std::collections::BTreeMap;

/// Deliveries of a message in the dead queue before RabbitMQ would drop it. RabbitMQ 4 drops after 20 unless told
/// otherwise, 3.10 does not know "never"; this is never.
const DEAD_DELIVERY_LIMIT: i64 = 1_000_000;

/// The exchanges, queues and bindings makegood needs. All durable, all queues quorum queues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    /// Topic exchange the marketplace publishes to.
    pub exchange: String,
    /// Queue the daemon consumes.
    pub queue: String,
    /// Routing keys that lead from `exchange` to `queue`.
    pub binding_keys: Vec<String>,
    /// Direct exchange to which the broker sends what it could not deliver.
    pub dead_letter_exchange: String,
    /// Queue in which that waits for the daemon; also its routing key.
    pub dead_queue: String,
    /// Deliveries after the first before the broker gives a message up as one that kills its consumer.
    pub delivery_limit: u32,
    /// Most messages in `queue`, beyond which publishes are refused; `None`: no limit.
    pub max_length: Option<u64>,
    /// Where makegood publishes what it tells the marketplace; `None`: it tells nothing.
    pub announcements: Option<Announcements>,
}

/// An exchange that makegood publishes to. The queues behind it are others'.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcements {
    /// Topic exchange.
    pub exchange: String,
    /// Every key it is published with: each must lead to a queue.
    pub routing_keys: Vec<String>,
}

/// One thing that must exist, in the order of declaration.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    Exchange { name: String, kind: String, durable: bool },
    Queue { name: String, durable: bool, arguments: BTreeMap<String, Argument> },
    Binding { exchange: String, queue: String, key: String },
}

/// The value of a queue's argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Argument {
    Text(String),
    Number(i64),
    Flag(bool),
}

impl Topology {
    /// What must exist, for people: each exchange, queue and binding with its arguments.
    pub fn items(&self) -> Vec<String> {
        let described = |part: &Part| match part {
            Part::Exchange { kind, .. } => format!("{part} {kind} durable"),
            Part::Queue { arguments, .. } => {
                let arguments: Vec<_> = arguments.iter().map(|(name, value)| format!("{name}={value}")).collect();
                format!("{part} durable {}", arguments.join(" "))
            }
            Part::Binding { .. } => part.to_string(),
        };
        self.parts().iter().map(described).collect()
    }

    /// What must exist; what others point to comes first.
    pub(super) fn parts(&self) -> Vec<Part> {
        let exchange = |name: &str, kind: &str| Part::Exchange { name: name.into(), kind: kind.into(), durable: true };
        let queue = |name: &str, arguments| Part::Queue { name: name.into(), durable: true, arguments };
        let bind = |exchange: &str, queue: &str, key: &str| Part::Binding {
            exchange: exchange.into(),
            queue: queue.into(),
            key: key.into(),
        };
        let mut parts = vec![
            exchange(&self.dead_letter_exchange, "direct"),
            queue(&self.dead_queue, dead_arguments()),
            bind(&self.dead_letter_exchange, &self.dead_queue, &self.dead_queue),
            exchange(&self.exchange, "topic"),
            queue(&self.queue, self.arguments()),
        ];
        parts.extend(self.binding_keys.iter().map(|key| bind(&self.exchange, &self.queue, key)));
        parts.extend(self.announcements.iter().map(|announcements| exchange(&announcements.exchange, "topic")));
        parts
    }

    fn arguments(&self) -> BTreeMap<String, Argument> {
        let text = |text: &str| Argument::Text(text.to_owned());
        let mut arguments = BTreeMap::from([
            ("x-queue-type".to_owned(), text("quorum")),
            ("x-delivery-limit".to_owned(), Argument::Number(self.delivery_limit.into())),
            ("x-dead-letter-exchange".to_owned(), text(&self.dead_letter_exchange)),
            ("x-dead-letter-routing-key".to_owned(), text(&self.dead_queue)),
            // Confirmed by the dead queue before it leaves this one; the default may lose it on the way.
            ("x-dead-letter-strategy".to_owned(), text("at-least-once")),
            // Without it the strategy is silently at-most-once.
            ("x-overflow".to_owned(), text("reject-publish")),
        ]);
        if let Some(max_length) = self.max_length {
            let limit = Argument::Number(i64::try_from(max_length).unwrap_or(i64::MAX));
            arguments.insert("x-max-length".to_owned(), limit);
        }
        arguments
    }
}

fn dead_arguments() -> BTreeMap<String, Argument> {
    BTreeMap::from([
        ("x-queue-type".to_owned(), Argument::Text("quorum".to_owned())),
        ("x-delivery-limit".to_owned(), Argument::Number(DEAD_DELIVERY_LIMIT)),
    ])
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exchange { name, .. } => write!(f, "exchange `{name}`"),
            Self::Queue { name, .. } => write!(f, "queue `{name}`"),
            Self::Binding { exchange, queue, key } => write!(f, "binding `{exchange}` -> `{queue}` ({key})"),
        }
    }
}

impl std::fmt::Display for Argument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

fn kind(name: &str) -> ExchangeKind {
    match name {
        "direct" => ExchangeKind::Direct,
        "fanout" => ExchangeKind::Fanout,
        "headers" => ExchangeKind::Headers,
        "topic" => ExchangeKind::Topic,
        other => ExchangeKind::Custom(other.to_owned()),
    }
}

fn table(arguments: &BTreeMap<String, Argument>) -> Result<FieldTable, BrokerError> {
    let mut table = FieldTable::default();
    for (name, value) in arguments {
        let value = match value {
            Argument::Text(text) => AMQPValue::LongString(text.as_str().into()),
            Argument::Number(number) => AMQPValue::LongLongInt(*number),
            Argument::Flag(flag) => AMQPValue::Boolean(*flag),
        };
        table.insert(short(name)?, value);
    }
    Ok(table)
}

/// A name as AMQP wants it.
pub(super) fn short(name: &str) -> Result<ShortString, BrokerError> {
    ShortString::try_new(name).map_err(|_| BrokerError::BadName { start: name.chars().take(32).collect() })
}
