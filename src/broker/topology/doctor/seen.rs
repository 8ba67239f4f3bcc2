//! What was seen at the broker, whoever looked: AMQP sees some of it, the management API all of it.

use crate::broker::greeting::Server;
use crate::broker::management::{Binding, Node, Permissions};
use crate::broker::topology::Argument;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The result of looking at one thing.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Look<T> {
    /// It is there.
    Here(T),
    /// It is not there.
    Missing,
    /// It could not be seen, and why.
    Unseen(String),
}

impl<T> Look<T> {
    pub(super) fn here(&self) -> Option<&T> {
        match self {
            Self::Here(thing) => Some(thing),
            _ => None,
        }
    }
}

/// Everything that was looked at.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) server: Server,
    pub(super) vhost: String,
    /// The user of `broker.url`.
    pub(super) user: String,
    pub(super) queues: BTreeMap<String, Look<SeenQueue>>,
    pub(super) exchanges: BTreeMap<String, Look<SeenExchange>>,
    /// By the exchange they start at.
    pub(super) bindings: BTreeMap<String, Look<Vec<Binding>>>,
    /// Everything bound to the work queue.
    pub(super) inbound: Look<Vec<Binding>>,
    pub(super) nodes: Look<Vec<Node>>,
    pub(super) permissions: Look<Permissions>,
}

/// A queue.
#[derive(Debug, Clone)]
pub(super) struct SeenQueue {
    pub(super) kind: String,
    pub(super) durable: bool,
    pub(super) auto_delete: bool,
    pub(super) exclusive: bool,
    /// With their `x-`.
    pub(super) arguments: BTreeMap<String, Argument>,
    pub(super) policy: Look<SeenPolicy>,
    pub(super) consumers: Look<Consumers>,
    /// "running"; empty: not told.
    pub(super) state: String,
    /// Nodes with a replica, and those of them that are up.
    pub(super) members: Vec<String>,
    pub(super) online: Vec<String>,
}

/// What policies set on a queue.
#[derive(Debug, Clone, Default)]
pub(super) struct SeenPolicy {
    /// For people: "policy `p`"; empty: none.
    pub(super) name: String,
    /// Without `x-`.
    pub(super) definition: BTreeMap<String, Argument>,
}

/// Who consumes a queue.
#[derive(Debug, Clone, Default)]
pub(super) struct Consumers {
    pub(super) count: u64,
    /// Of those whose user is told.
    pub(super) users: Vec<String>,
}

/// An exchange.
#[derive(Debug, Clone)]
pub(super) struct SeenExchange {
    pub(super) kind: String,
    pub(super) durable: bool,
    pub(super) auto_delete: bool,
    pub(super) internal: bool,
    /// Its alternate exchange, by argument or policy.
    pub(super) alternate: Look<String>,
}

/// Which of two values counts, when a queue's argument and a policy both set one (RabbitMQ's `rabbit_quorum_queue`;
/// that a policy's overflow wins was measured on 3.10.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    /// The lower; but any number before a negative one, which means "never".
    Least,
    /// The argument.
    Argument,
    /// The policy.
    Policy,
}

/// A setting in force.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct InForce {
    pub(super) value: Argument,
    pub(super) by_policy: bool,
}

impl SeenQueue {
    /// The argument of this name (without `x-`).
    pub(super) fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.get(&format!("x-{name}"))
    }

    fn by_policy(&self, name: &str) -> Option<&Argument> {
        self.policy.here()?.definition.get(name)
    }

    /// What counts in the end, as far as can be seen.
    pub(super) fn in_force(&self, name: &str, rank: Rank) -> Option<InForce> {
        let argument = |value: &Argument| InForce { value: value.clone(), by_policy: false };
        let policy = |value: &Argument| InForce { value: value.clone(), by_policy: true };
        match (self.argument(name), self.by_policy(name)) {
            (None, None) => None,
            (Some(one), None) => Some(argument(one)),
            (None, Some(other)) => Some(policy(other)),
            (Some(one), Some(other)) => Some(match rank {
                Rank::Argument => argument(one),
                Rank::Policy => policy(other),
                Rank::Least => match (one, other) {
                    (Argument::Number(a), Argument::Number(b)) if (*a < 0) != (*b < 0) => {
                        if a > b {
                            argument(one)
                        } else {
                            policy(other)
                        }
                    }
                    (Argument::Number(a), Argument::Number(b)) if a <= b => argument(one),
                    _ => policy(other),
                },
            }),
        }
    }

    /// Where it sends what it gives up on, and the routing key if it has one of its own.
    pub(super) fn dead_letters_to(&self) -> Option<(String, Option<String>)> {
        let text = |name| self.in_force(name, Rank::Argument).map(|set| set.value.to_string());
        Some((text("dead-letter-exchange")?, text("dead-letter-routing-key")))
    }
}

/// What the management API tells in JSON.
pub(super) fn arguments(map: &Map<String, Value>) -> BTreeMap<String, Argument> {
    let argument = |value: &Value| match value {
        Value::String(text) => Argument::Text(text.clone()),
        Value::Bool(flag) => Argument::Flag(*flag),
        other => other.as_i64().map_or_else(|| Argument::Text(other.to_string()), Argument::Number),
    };
    map.iter().map(|(name, value)| (name.clone(), argument(value))).collect()
}

impl Argument {
    /// Its number, if it is one.
    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }
}
