//! The broker's nodes: alarms, partitions, how many.

use super::Case;
use super::diagnosis::{Diagnosis, Severity};
use super::seen::Look;
use crate::broker::management::Node;

/// Fewest nodes of which one may fail.
const NODES_MIN: usize = 3;

/// Judges the nodes.
pub(super) fn diagnose(case: &Case<'_>) -> Vec<Diagnosis> {
    let nodes = match &case.seen.nodes {
        Look::Here(nodes) => nodes,
        Look::Unseen(why) => return vec![Diagnosis::unseen("nodes", "broker", why)],
        Look::Missing => return Vec::new(),
    };
    vec![alarms(nodes), partitions(nodes), count(nodes)]
}

fn alarms(nodes: &[Node]) -> Diagnosis {
    let on = nodes.iter().flat_map(|node| {
        let alarms = [(node.mem_alarm, "memory"), (node.disk_free_alarm, "disk")];
        alarms.into_iter().filter(|(on, _)| *on).map(move |(_, what)| format!("{what} on {}", node.name))
    });
    let on: Vec<String> = on.collect();
    if on.is_empty() {
        return Diagnosis::fit("alarms", "broker", "none");
    }
    let alarm = Diagnosis::new(Severity::Risk, "alarms", "broker").expected("none").found(on.join(", "));
    alarm
        .risk(
            "RabbitMQ reads from no connection that publishes: events wait with their publishers, and are lost with them. \
             Dead letters do not leave the events' queue.",
        )
        .remedy("See `rabbitmqctl status`; make room.")
}

fn partitions(nodes: &[Node]) -> Diagnosis {
    let down: Vec<&str> = nodes.iter().filter(|node| !node.running).map(|node| node.name.as_str()).collect();
    let split: Vec<&str> =
        nodes.iter().filter(|node| !node.partitions.is_empty()).map(|node| node.name.as_str()).collect();
    if down.is_empty() && split.is_empty() {
        return Diagnosis::fit("cluster", "broker", "all nodes run and see each other");
    }
    let found = [("down", down), ("cut off from others", split)];
    let found = found.into_iter().filter(|(_, names)| !names.is_empty());
    let found: Vec<String> = found.map(|(what, names)| format!("{what}: {}", names.join(", "))).collect();
    let wrong = Diagnosis::new(Severity::Risk, "cluster", "broker");
    wrong
        .expected("all nodes run and see each other")
        .found(found.join("; "))
        .risk("A queue without a majority of its replicas takes and gives nothing until they are back.")
        .remedy("See `rabbitmqctl cluster_status`.")
}

fn count(nodes: &[Node]) -> Diagnosis {
    if nodes.len() >= NODES_MIN {
        return Diagnosis::fit("nodes", "broker", nodes.len().to_string());
    }
    let few = Diagnosis::new(Severity::Note, "nodes", "broker").expected("3 or more").found(nodes.len().to_string());
    few.risk(match nodes.len() {
        2 => "A quorum needs both: with either of them everything stops.",
        _ => "While it is down events wait with their publishers; a lost disk is a lost queue.",
    })
    .remedy("Three nodes, and `rabbitmq-queues grow NODE all`.")
}
