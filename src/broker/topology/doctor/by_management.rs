//! What the management API sees: all of it. Asks until no route leads to something that was not looked at.

use super::policies::{Policies, Thing};
use super::routes::{Walk, Want};
use super::seen::{Consumers, Look, Seen, SeenExchange, SeenPolicy, SeenQueue, arguments};
use crate::broker::management::{
    Answer, Binding, Exchange, Management, ManagementError, Node, Permissions, Policy, Queue, WhoAmI,
};
use crate::broker::topology::Topology;
use serde_json::Value;

/// Most things looked at on the way of the routes: a broker may have any number of queues.
const LOOKS_MAX: usize = 64;

/// Looks at everything; `seen` knows place and user already.
pub(super) async fn look(api: &Management, topology: &Topology, mut seen: Seen) -> Result<Seen, ManagementError> {
    may_ask(api).await?;
    let (vhost, user) = (seen.vhost.clone(), seen.user.clone());
    let looker = Looker { api, vhost: &vhost, policies: policies(api, &vhost).await? };
    let mut wanted = vec![
        Want::Queue(topology.queue.clone()),
        Want::Queue(topology.dead_queue.clone()),
        Want::Exchange(topology.exchange.clone()),
        Want::Exchange(topology.dead_letter_exchange.clone()),
    ];
    wanted.extend(topology.announcements.iter().map(|it| Want::Exchange(it.exchange.clone())));
    let mut looks = 0;
    while !wanted.is_empty() && looks < LOOKS_MAX {
        for want in wanted {
            looks += 1;
            match want {
                Want::Queue(name) => drop(seen.queues.insert(name.clone(), looker.queue(&name).await?)),
                Want::Exchange(name) => {
                    let bindings = looker.bindings(&["exchanges", &vhost, &name, "bindings", "source"]).await?;
                    seen.exchanges.insert(name.clone(), looker.exchange(&name).await?);
                    seen.bindings.insert(name, bindings);
                }
            }
        }
        wanted = Walk::over(topology, &seen).wanted.into_iter().collect();
    }
    seen.inbound = looker.bindings(&["queues", &vhost, &topology.queue, "bindings"]).await?;
    seen.nodes = api.get::<Vec<Node>>(&["nodes"]).await?.look(&needs(api, "monitoring"));
    let permissions = api.get::<Permissions>(&["permissions", &vhost, &user]).await?;
    seen.permissions = permissions.look(&needs(api, "administrator"));
    Ok(seen)
}

/// The first question: whether the login is good and the API is one.
async fn may_ask(api: &Management) -> Result<(), ManagementError> {
    match api.get::<WhoAmI>(&["whoami"]).await? {
        Answer::Here(user) if !user.name.is_empty() => Ok(()),
        Answer::Refused => Err(ManagementError::LoginRefused { place: api.place(), user: api.user().to_owned() }),
        _ => Err(api.strange("/api/whoami".to_owned(), "no user".to_owned())),
    }
}

fn needs(api: &Management, tag: &str) -> String {
    format!("`{}` lacks the tag {tag} at the management API", api.user())
}

async fn policies(api: &Management, vhost: &str) -> Result<Policies, ManagementError> {
    let why = needs(api, "policymaker");
    let policies = api.get::<Vec<Policy>>(&["policies", vhost]).await?.look(&why);
    let operator = api.get::<Vec<Policy>>(&["operator-policies", vhost]).await?.look(&why);
    Ok(Policies { policies, operator })
}

struct Looker<'a> {
    api: &'a Management,
    vhost: &'a str,
    policies: Policies,
}

impl Looker<'_> {
    async fn queue(&self, name: &str) -> Result<Look<SeenQueue>, ManagementError> {
        let answer = self.api.get::<Queue>(&["queues", self.vhost, name]).await?;
        Ok(match answer.look(&needs(self.api, "management")) {
            Look::Here(queue) => Look::Here(seen_queue(name, queue, &self.policies)),
            Look::Missing => Look::Missing,
            Look::Unseen(why) => Look::Unseen(why),
        })
    }

    async fn exchange(&self, name: &str) -> Result<Look<SeenExchange>, ManagementError> {
        let answer = self.api.get::<Exchange>(&["exchanges", self.vhost, name]).await?;
        let there = match answer.look(&needs(self.api, "management")) {
            Look::Here(there) => there,
            Look::Missing => return Ok(Look::Missing),
            Look::Unseen(why) => return Ok(Look::Unseen(why)),
        };
        let alternate = alternate(name, &there, &self.policies);
        let Exchange { kind, durable, auto_delete, internal, .. } = there;
        Ok(Look::Here(SeenExchange { kind, durable, auto_delete, internal, alternate }))
    }

    async fn bindings(&self, path: &[&str]) -> Result<Look<Vec<Binding>>, ManagementError> {
        Ok(self.api.get::<Vec<Binding>>(path).await?.look(&needs(self.api, "management")))
    }
}

impl<T> Answer<T> {
    fn look(self, why_refused: &str) -> Look<T> {
        match self {
            Self::Here(thing) => Look::Here(thing),
            Self::NotFound => Look::Missing,
            Self::Refused => Look::Unseen(why_refused.to_owned()),
        }
    }
}

/// The argument counts before the policy.
fn alternate(name: &str, there: &Exchange, policies: &Policies) -> Look<String> {
    if let Some(name) = there.arguments.get("alternate-exchange").and_then(Value::as_str) {
        return Look::Here(name.to_owned());
    }
    match policies.of(Thing::Exchange { name }) {
        Look::Here(policy) => {
            policy.definition.get("alternate-exchange").map_or(Look::Missing, |name| Look::Here(name.to_string()))
        }
        Look::Unseen(why) if there.policy.as_deref().is_some_and(|name| !name.is_empty()) => Look::Unseen(why),
        _ => Look::Missing,
    }
}

/// What an answer says of a queue.
pub(super) fn seen_queue(name: &str, queue: Queue, policies: &Policies) -> SeenQueue {
    let by_argument = queue.arguments.get("x-queue-type").and_then(Value::as_str);
    let kind = queue.kind.as_deref().or(by_argument).unwrap_or("classic").to_owned();
    // rabbit_mgmt of some versions names the module.
    let kind = match kind.as_str() {
        "rabbit_quorum_queue" => "quorum".to_owned(),
        "rabbit_classic_queue" => "classic".to_owned(),
        _ => kind,
    };
    let policy = match policies.of(Thing::Queue { name, kind: &kind }) {
        Look::Unseen(why) => reported(&queue, &why),
        seen => seen,
    };
    let consumers = match queue.consumers {
        Some(count) => {
            let users = queue.consumer_details.into_iter().filter_map(|consumer| consumer.channel_details.user);
            Look::Here(Consumers { count, users: users.collect() })
        }
        None => Look::Unseen("RabbitMQ tells them some seconds after the queue was declared: ask again".to_owned()),
    };
    SeenQueue {
        kind,
        durable: queue.durable,
        auto_delete: queue.auto_delete,
        exclusive: queue.exclusive,
        arguments: arguments(&queue.arguments),
        policy,
        consumers,
        state: queue.state.unwrap_or_default(),
        members: queue.members,
        online: queue.online,
    }
}

/// What RabbitMQ tells of the queue's policies, which may be some seconds old.
fn reported(queue: &Queue, why: &str) -> Look<SeenPolicy> {
    let Some(definition) = &queue.effective_policy_definition else {
        return Look::Unseen(format!("{why}, and RabbitMQ tells it only some seconds after the queue was declared"));
    };
    let names = [("policy", &queue.policy), ("operator policy", &queue.operator_policy)];
    let names = names.iter().filter_map(|(what, name)| {
        let name = name.as_deref().filter(|name| !name.is_empty())?;
        Some(format!("{what} `{name}`"))
    });
    let name = names.collect::<Vec<_>>().join(" and ");
    Look::Here(SeenPolicy { name, definition: arguments(definition) })
}
