//! Which policy counts for what. Worked out from the policies themselves: what RabbitMQ tells of a queue's policy lags
//! behind by its statistics (more than 6 s after a change, measured on 3.10.8), and a policy acts at once.

use super::seen::{Look, SeenPolicy, arguments};
use crate::broker::management::Policy;
use regex::Regex;
use serde_json::Value;

/// Where an operator policy and a policy both set one of these, the lower counts; elsewhere the operator's.
const LOWER: [&str; 5] = ["delivery-limit", "expires", "max-length", "max-length-bytes", "message-ttl"];

/// What a policy may apply to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Thing<'a> {
    Queue { name: &'a str, kind: &'a str },
    Exchange { name: &'a str },
}

/// All policies and operator policies of the vhost.
#[derive(Debug)]
pub(super) struct Policies {
    pub(super) policies: Look<Vec<Policy>>,
    pub(super) operator: Look<Vec<Policy>>,
}

impl Policies {
    /// What counts for this thing. Unseen if the policies are, or if one has a pattern that only RabbitMQ can read.
    pub(super) fn of(&self, thing: Thing<'_>) -> Look<SeenPolicy> {
        let (policy, operator) = match (best(&self.policies, thing), best(&self.operator, thing)) {
            (Ok(policy), Ok(operator)) => (policy, operator),
            (Err(why), _) | (_, Err(why)) => return Look::Unseen(why),
        };
        let mut merged = SeenPolicy::default();
        let mut names = Vec::new();
        if let Some(policy) = policy {
            names.push(format!("policy `{}`", policy.name));
            merged.definition = arguments(&policy.definition);
        }
        if let Some(operator) = operator {
            names.push(format!("operator policy `{}`", operator.name));
            for (name, value) in arguments(&operator.definition) {
                let lower = LOWER.contains(&name.as_str());
                match merged.definition.get(&name) {
                    Some(there) if lower && there.number() <= value.number() => {}
                    _ => drop(merged.definition.insert(name, value)),
                }
            }
        }
        merged.name = names.join(" and ");
        Look::Here(merged)
    }
}

/// Of those that match, the one with the highest priority.
fn best<'a>(policies: &'a Look<Vec<Policy>>, thing: Thing<'_>) -> Result<Option<&'a Policy>, String> {
    let policies = match policies {
        Look::Here(policies) => policies,
        Look::Missing => return Ok(None),
        Look::Unseen(why) => return Err(why.clone()),
    };
    let name = match thing {
        Thing::Queue { name, .. } | Thing::Exchange { name } => name,
    };
    let mut best: Option<&Policy> = None;
    for policy in policies.iter().filter(|policy| applies(policy, thing)) {
        let pattern = Regex::new(&policy.pattern)
            .map_err(|_| format!("policy `{}` has a pattern that only RabbitMQ can read", policy.name))?;
        if pattern.is_match(name) && best.is_none_or(|best| policy.priority() > best.priority()) {
            best = Some(policy);
        }
    }
    Ok(best)
}

fn applies(policy: &Policy, thing: Thing<'_>) -> bool {
    match (policy.apply_to.as_str(), thing) {
        ("all" | "", _) | ("queues", Thing::Queue { .. }) | ("exchanges", Thing::Exchange { .. }) => true,
        ("quorum_queues", Thing::Queue { kind, .. }) => kind == "quorum",
        ("classic_queues", Thing::Queue { kind, .. }) => kind == "classic",
        ("streams", Thing::Queue { kind, .. }) => kind == "stream",
        _ => false,
    }
}

impl Policy {
    /// A number; of some versions it came as text.
    fn priority(&self) -> i64 {
        match &self.priority {
            Value::String(text) => text.parse().unwrap_or_default(),
            other => other.as_i64().unwrap_or_default(),
        }
    }
}
