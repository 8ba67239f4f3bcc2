//! Judgements on answers of other versions than the one at hand. The answers are written by hand after the documented
//! shape of the API, not recorded.

use super::by_management::seen_queue;
use super::policies::Policies;
use super::queue::Role;
use super::seen::{Look, Seen, SeenExchange, arguments};
use super::{Case, Diagnosis, Severity, around, by_amqp, diagnose, nodes, queue};
use crate::broker::greeting::Server;
use crate::broker::management::{Binding, Node, Permissions, Policy, Queue};
use crate::broker::topology::Topology;
use serde_json::{Value, from_value, json};
use std::collections::BTreeMap;

fn topology() -> Topology {
    Topology {
        exchange: "marketplace".into(),
        queue: "makegood.events".into(),
        binding_keys: vec!["job-canceled".into()],
        dead_letter_exchange: "makegood.dlx".into(),
        dead_queue: "makegood.dead".into(),
        delivery_limit: 20,
        max_length: None,
        announcements: None,
    }
}

/// `GET /api/queues/…` of 4.1: the fields that matter, and some that do not.
fn work_queue() -> Value {
    json!({
        "name": "makegood.events", "vhost": "v", "type": "quorum", "durable": true, "auto_delete": false,
        "exclusive": false, "state": "running", "node": "rabbit@a", "leader": "rabbit@a",
        "members": ["rabbit@a", "rabbit@b", "rabbit@c"], "online": ["rabbit@a", "rabbit@b", "rabbit@c"],
        "arguments": {
            "x-queue-type": "quorum", "x-delivery-limit": 20, "x-dead-letter-exchange": "makegood.dlx",
            "x-dead-letter-routing-key": "makegood.dead", "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish"
        },
        "delivery_limit": 20, "policy": null, "operator_policy": null, "effective_policy_definition": {},
        "consumers": 1, "consumer_details": [{"consumer_tag": "ctag", "channel_details": {"user": "makegood"}}],
        "message_bytes": 0, "messages": 0, "messages_delayed": 0
    })
}

fn dead_queue() -> Value {
    let mut queue = work_queue();
    queue["name"] = "makegood.dead".into();
    queue["arguments"] = json!({"x-queue-type": "quorum", "x-delivery-limit": 1_000_000});
    queue
}

/// Four lists of the API, and two queues.
struct Broker {
    version: &'static str,
    work: Value,
    dead: Value,
    policies: Value,
    operator_policies: Value,
    nodes: Value,
}

impl Broker {
    fn new(version: &'static str) -> Self {
        let node = |name: &str| {
            json!({"name": name, "running": true, "mem_alarm": false, "disk_free_alarm": false, "partitions": [],
                   "being_drained": false, "applications": []})
        };
        Self {
            version,
            work: work_queue(),
            dead: dead_queue(),
            policies: json!([]),
            operator_policies: json!([]),
            nodes: json!([node("rabbit@a"), node("rabbit@b"), node("rabbit@c")]),
        }
    }

    fn seen(&self) -> Seen {
        let list = |value: &Value| Look::Here(from_value::<Vec<Policy>>(value.clone()).expect("policies"));
        let policies = Policies { policies: list(&self.policies), operator: list(&self.operator_policies) };
        let queue = |value: &Value| {
            let queue: Queue = from_value(value.clone()).expect("a queue");
            let name = value["name"].as_str().expect("a name").to_owned();
            let seen = Look::Here(seen_queue(&name, queue, &policies));
            (name, seen)
        };
        let exchange = |kind: &str| {
            let alternate = Look::Here("unroutable".to_owned());
            Look::Here(SeenExchange {
                kind: kind.into(),
                durable: true,
                auto_delete: false,
                internal: false,
                alternate,
            })
        };
        let bound = |source: &str, destination: &str, key: &str| {
            let answer = json!({"source": source, "vhost": "v", "destination": destination, "destination_type": "queue",
                                "routing_key": key, "arguments": {}, "properties_key": key});
            Look::Here(vec![from_value::<Binding>(answer).expect("a binding")])
        };
        let all = json!({"user": "makegood", "vhost": "v", "configure": ".*", "write": ".*", "read": ".*"});
        Seen {
            server: Server { product: "RabbitMQ".into(), version: self.version.into() },
            vhost: "v".into(),
            user: "makegood".into(),
            queues: BTreeMap::from([queue(&self.work), queue(&self.dead)]),
            exchanges: BTreeMap::from([
                ("marketplace".into(), exchange("topic")),
                ("makegood.dlx".into(), exchange("direct")),
                ("unroutable".into(), exchange("fanout")),
            ]),
            bindings: BTreeMap::from([
                ("marketplace".into(), bound("marketplace", "makegood.events", "job-canceled")),
                ("makegood.dlx".into(), bound("makegood.dlx", "makegood.dead", "makegood.dead")),
                ("unroutable".into(), bound("unroutable", "unroutable", "")),
            ]),
            inbound: bound("marketplace", "makegood.events", "job-canceled"),
            nodes: Look::Here(from_value::<Vec<Node>>(self.nodes.clone()).expect("nodes")),
            permissions: Look::Here(from_value::<Permissions>(all).expect("permissions")),
        }
    }

    fn findings(&self) -> Vec<Diagnosis> {
        diagnose(&Case { topology: &topology(), seen: &self.seen(), declares: false })
    }

    /// What is not fit, and not the consumer timeout, which is never seen unless it is set.
    fn wrong(&self) -> Vec<(Severity, &'static str, String)> {
        let wrong = self.findings().into_iter().filter(|finding| finding.severity != Severity::Fit);
        let wrong = wrong.filter(|finding| finding.check != "consumer-timeout");
        wrong.map(|finding| (finding.severity, finding.check, finding.found)).collect()
    }
}

#[test]
fn a_good_cluster_of_4_1_is_fit() {
    assert_eq!(Broker::new("4.1.4").wrong(), []);
    assert_eq!(Broker::new("4.2.0").wrong(), []);
}

#[test]
fn the_limit_by_default_is_told_by_version() {
    for (version, found) in [
        ("3.13.7", "none: RabbitMQ 3 takes no limit, RabbitMQ 4 will take 20"),
        ("4.0.9", "none: RabbitMQ 4 takes 20"),
        ("4.2.1", "none: RabbitMQ 4 takes 20"),
    ] {
        let mut broker = Broker::new(version);
        broker.work["arguments"].as_object_mut().expect("arguments").remove("x-delivery-limit");
        assert_eq!(broker.wrong(), [(Severity::Broken, "delivery-limit", found.to_owned())]);
    }
}

#[test]
fn of_two_limits_the_lower_counts_and_never_is_not_lower() {
    let mut broker = Broker::new("4.1.4");
    let policy = |limit: i64| {
        json!([{"name": "p", "pattern": "events$", "apply-to": "quorum_queues", "priority": 1,
                "definition": {"delivery-limit": limit}}])
    };
    broker.policies = policy(5);
    let found = "5 by policy `p`; the argument says 20".to_owned();
    assert_eq!(broker.wrong(), [(Severity::Risk, "delivery-limit", found)]);
    for harmless in [-1, 21] {
        broker.policies = policy(harmless);
        assert_eq!(broker.wrong(), [], "{harmless}");
    }
}

#[test]
fn the_highest_priority_and_the_operator_have_their_say() {
    let mut broker = Broker::new("4.1.4");
    let policy = |name: &str, applies: &str, priority: Value, definition: Value| {
        let mut policy = json!({"pattern": "^make", "priority": priority, "definition": definition});
        policy["name"] = name.into();
        policy["apply-to"] = applies.into();
        policy
    };
    broker.policies = json!([
        policy("low", "all", 0.into(), json!({"expires": 60_000})),
        policy("high", "queues", "7".into(), json!({"max-length": 9})),
        policy("classic", "classic_queues", 9.into(), json!({"message-ttl": 1})),
        policy("exchanges", "exchanges", 9.into(), json!({"max-length": 1})),
    ]);
    let op = |length: u64| json!([policy("op", "queues", 0.into(), json!({"max-length": length}))]);
    for (operator, length) in [(8, 8), (10, 9)] {
        broker.operator_policies = op(operator);
        let found = format!("{length} by policy `high` and operator policy `op`; no argument");
        let both = [(Severity::Risk, "max-length", found.clone()), (Severity::Risk, "max-length", found)];
        assert_eq!(broker.wrong(), both);
    }
}

#[test]
fn a_pattern_only_rabbitmq_can_read_is_unseen_unless_it_tells_what_counts() {
    let mut broker = Broker::new("4.1.4");
    broker.policies =
        json!([{"name": "p", "pattern": "(?<!x)events", "apply-to": "all", "definition": {"expires": 1}}]);
    broker.dead["effective_policy_definition"] = Value::Null;
    broker.work["effective_policy_definition"] = json!({"overflow": "drop-head"});
    broker.work["policy"] = "p".into();
    let wrong = broker.wrong();
    let overflow = "drop-head by policy `p`; the argument says reject-publish".to_owned();
    assert_eq!(wrong.first(), Some(&(Severity::Risk, "overflow", overflow)));
    assert_eq!(wrong.get(1).map(|(severity, check, _)| (*severity, *check)), Some((Severity::Unseen, "policy")));
    assert_eq!(wrong.len(), 2);
}

#[test]
fn the_consumer_timeout_is_judged_where_it_is_told() {
    let mut broker = Broker::new("4.1.4");
    let timeout = |broker: &Broker| {
        let found = broker.findings().into_iter().find(|finding| finding.check == "consumer-timeout");
        found.map(|finding| (finding.severity, finding.found)).expect("a finding")
    };
    let (severity, why) = timeout(&broker);
    assert!(severity == Severity::Unseen && why.contains("after about 10 h"), "{why}");
    broker.policies =
        json!([{"name": "p", "pattern": "", "apply-to": "all", "definition": {"consumer-timeout": 60_000}}]);
    assert_eq!(timeout(&broker), (Severity::Risk, "60 s by policy".to_owned()));
    broker.policies = json!([]);
    broker.work["arguments"]["x-consumer-timeout"] = 3_600_000.into();
    assert_eq!(timeout(&broker), (Severity::Fit, "3600 s".to_owned()));
}

#[test]
fn nodes_alarms_and_replicas() {
    let mut broker = Broker::new("4.1.4");
    broker.nodes[0]["mem_alarm"] = true.into();
    broker.nodes[1]["disk_free_alarm"] = true.into();
    broker.nodes[2]["running"] = false.into();
    broker.nodes[1]["partitions"] = json!(["rabbit@a"]);
    broker.work["online"] = json!(["rabbit@a", "rabbit@b"]);
    broker.dead["state"] = "minority".into();
    let expected = [
        (Severity::Risk, "replicas", "2 up"),
        (Severity::Broken, "state", "minority"),
        (Severity::Risk, "alarms", "memory on rabbit@a, disk on rabbit@b"),
        (Severity::Risk, "cluster", "down: rabbit@c; cut off from others: rabbit@b"),
    ];
    let expected = expected.map(|(severity, check, found)| (severity, check, found.to_owned()));
    assert_eq!(broker.wrong(), expected);
    let few = Broker { nodes: json!([{"name": "rabbit@a", "running": true}]), ..Broker::new("4.1.4") };
    let case = Case { topology: &topology(), seen: &few.seen(), declares: false };
    let found: Vec<_> = nodes::diagnose(&case).into_iter().map(|finding| finding.severity).collect();
    assert_eq!(found, [Severity::Fit, Severity::Fit, Severity::Note]);
}

#[test]
fn consumers_of_others_are_a_risk_and_none_a_note() {
    let mut broker = Broker::new("4.1.4");
    broker.work["consumer_details"][0]["channel_details"]["user"] = "eve".into();
    broker.dead["consumers"] = 0.into();
    broker.dead["consumer_details"] = json!([]);
    let expected = [
        (Severity::Risk, "consumers", "1 consumers, among them of `eve`".to_owned()),
        (Severity::Note, "consumers", "0".to_owned()),
    ];
    assert_eq!(broker.wrong(), expected);
}

#[test]
fn other_kinds_and_dead_letter_cycles() {
    let mut broker = Broker::new("4.1.4");
    broker.dead["type"] = "classic".into();
    broker.work["durable"] = false.into();
    broker.policies = json!([{"name": "p", "pattern": "dead", "apply-to": "all",
        "definition": {"dead-letter-exchange": "", "dead-letter-routing-key": "makegood.dead"}}]);
    let seen = broker.seen();
    let topology = topology();
    let case = Case { topology: &topology, seen: &seen, declares: false };
    let severity = |findings: &[Diagnosis], check: &str| {
        findings.iter().find(|finding| finding.check == check).map(|finding| finding.severity)
    };
    assert_eq!(severity(&queue::diagnose(&case, Role::Dead), "queue-type"), Some(Severity::Broken));
    assert_eq!(severity(&queue::diagnose(&case, Role::Work), "durable"), Some(Severity::Broken));
    let around = around::diagnose(&case);
    let cycle = around.iter().find(|finding| finding.check == "dead-letter-cycle").expect("a finding");
    assert_eq!((cycle.severity, cycle.found.as_str()), (Severity::Broken, "makegood.dead -> makegood.dead"));
}

#[test]
fn a_route_through_another_exchange_counts() {
    let broker = Broker::new("4.1.4");
    let mut seen = broker.seen();
    let bound = |source: &str, to: &str, kind: &str, key: &str| {
        let mut bound = json!({"source": source, "destination": to});
        bound["destination_type"] = kind.into();
        bound["routing_key"] = key.into();
        json!([bound])
    };
    let (hop, inner) =
        (bound("marketplace", "inner", "exchange", "#"), bound("inner", "makegood.events", "queue", "*"));
    seen.bindings.insert("marketplace".into(), Look::Here(from_value(hop).expect("bindings")));
    seen.bindings.insert("inner".into(), Look::Here(from_value(inner).expect("bindings")));
    let topic = seen.exchanges["marketplace"].clone();
    seen.exchanges.insert("inner".into(), topic);
    let topology = topology();
    let found = around::diagnose(&Case { topology: &topology, seen: &seen, declares: false });
    assert!(found.iter().filter(|finding| finding.check == "bound").all(|finding| finding.severity == Severity::Fit));
}

#[test]
fn since_3_13_a_comparison_by_amqp_may_be_worth_nothing() {
    let worth = |version: &str| by_amqp::worth(&Server { product: "RabbitMQ".into(), version: version.into() });
    assert_eq!(worth("3.12.14"), None);
    assert_eq!(worth("4.1.0").map(|finding| finding.severity), Some(Severity::Unseen));
}

#[test]
fn an_odd_argument_is_text() {
    let map = json!({"a": 1.5, "b": [1], "c": true}).as_object().cloned().expect("a map");
    let shown: Vec<_> = arguments(&map).values().map(ToString::to_string).collect();
    assert_eq!(shown, ["1.5", "[1]", "true"]);
}
