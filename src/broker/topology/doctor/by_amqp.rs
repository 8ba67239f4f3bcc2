//! What AMQP alone can see: who greets, what exists, and by declaring it anew, how it was declared.

use super::Broken;
use super::diagnosis::Diagnosis;
use super::seen::{Look, Seen, SeenExchange, SeenQueue};
use super::version::Version;
use crate::broker::connection::Link;
use crate::broker::error::BrokerError;
use crate::broker::greeting::Server;
use crate::broker::topology::declare::exists;
use crate::broker::topology::report::{Compared, State, compare};
use crate::broker::topology::{Argument, Part, Topology};
use std::collections::BTreeMap;

/// Why the rest is not seen.
const BLIND: &str = "AMQP cannot ask for it; set broker.management_url";

/// Nothing but what the greeting tells.
pub(super) fn nothing(link: &Link) -> Seen {
    let blind = || BLIND.to_owned();
    Seen {
        server: link.server(),
        vhost: link.place.vhost.clone(),
        user: link.place.user.clone(),
        queues: BTreeMap::new(),
        exchanges: BTreeMap::new(),
        bindings: BTreeMap::new(),
        inbound: Look::Unseen(blind()),
        nodes: Look::Unseen(blind()),
        permissions: Look::Unseen(blind()),
    }
}

/// Looks at every part, and creates nothing.
pub(super) async fn look(link: &Link, topology: &Topology) -> Result<(Seen, Vec<Broken>), BrokerError> {
    let mut seen = nothing(link);
    let mut broken = Vec::new();
    for part in topology.parts() {
        let there = exists(link, &part).await?;
        let compared = if there == Some(true) { Some(compare(link, part.clone()).await?) } else { None };
        if let Some(Compared { states, .. }) = &compared {
            broken.extend(states.iter().filter_map(|state| unreadable(&part, state)));
        }
        match part {
            Part::Queue { name, .. } => drop(seen.queues.insert(name, compared.map_or(Look::Missing, queue))),
            Part::Exchange { name, .. } => drop(seen.exchanges.insert(name, compared.map_or(Look::Missing, exchange))),
            Part::Binding { exchange, .. } => drop(seen.bindings.insert(exchange, Look::Unseen(BLIND.to_owned()))),
        }
    }
    if let Some(announcements) = &topology.announcements {
        seen.bindings.insert(announcements.exchange.clone(), Look::Unseen(BLIND.to_owned()));
    }
    Ok((seen, broken))
}

/// Since it RabbitMQ can be told to take any declaration of a quorum queue for the same.
const RELAXED: Version = Version(3, 13, 0);

/// What a comparison by AMQP is worth.
pub(super) fn worth(server: &Server) -> Option<Diagnosis> {
    let relaxed = Version::read(&server.version).is_some_and(|version| version >= RELAXED);
    relaxed.then(|| {
        let why = "with quorum_queue.property_equivalence.relaxed_checks_on_redeclaration = true RabbitMQ takes any \
                   declaration for the same, and no difference shows; set broker.management_url";
        Diagnosis::unseen("relaxed-checks", "broker", why)
    })
}

/// A difference in words of the broker's that are not understood.
fn unreadable(part: &Part, state: &State) -> Option<Broken> {
    match state {
        State::Differs { field, found, .. } if field == "arguments" => {
            Some(Broken { about: part.to_string(), found: found.clone() })
        }
        _ => None,
    }
}

fn queue(compared: Compared) -> Look<SeenQueue> {
    if let Some(why) = not_compared(&compared.states) {
        return Look::Unseen(why);
    }
    let Part::Queue { durable, arguments, .. } = compared.agreed else { return Look::Missing };
    let kind = match arguments.get("x-queue-type") {
        Some(Argument::Text(kind)) => kind.clone(),
        _ => "classic".to_owned(),
    };
    let blind = || BLIND.to_owned();
    Look::Here(SeenQueue {
        kind,
        durable,
        auto_delete: false,
        exclusive: false,
        arguments,
        policy: Look::Unseen(blind()),
        consumers: Look::Unseen(blind()),
        state: String::new(),
        members: Vec::new(),
        online: Vec::new(),
    })
}

fn exchange(compared: Compared) -> Look<SeenExchange> {
    if let Some(why) = not_compared(&compared.states) {
        return Look::Unseen(why);
    }
    let Part::Exchange { kind, durable, .. } = compared.agreed else { return Look::Missing };
    let alternate = Look::Unseen(BLIND.to_owned());
    Look::Here(SeenExchange { kind, durable, auto_delete: false, internal: false, alternate })
}

fn not_compared(states: &[State]) -> Option<String> {
    states.iter().find_map(|state| match state {
        State::Unseen { why } => Some(format!("{why}; set broker.management_url")),
        _ => None,
    })
}
