//! The two queues: kind, settings in force, consumers, replicas.

use super::Case;
use super::diagnosis::{Diagnosis, Severity};
use super::rules::{DEAD, NO_LASTING, NO_QUORUM, Rule, WORK};
use super::seen::{InForce, Look, Rank, SeenQueue};
use super::version::Version;
use crate::broker::topology::{Argument, Part};
use std::collections::BTreeMap;
use std::time::Duration;

/// Since it a quorum queue without a limit has one of 20.
const LIMIT_BY_DEFAULT: Version = Version(4, 0, 0);

/// A consumer that holds deliveries longer loses its channel, unless RabbitMQ is told otherwise.
const ACK_TIMEOUT_DEFAULT: Duration = Duration::from_secs(30 * 60);

/// Shorter, and a database that is away for a moment costs every prefetched event a delivery.
const ACK_TIMEOUT_MIN: Duration = Duration::from_secs(5 * 60);

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Work,
    Dead,
}

/// Judges one queue.
pub(super) fn diagnose(case: &Case<'_>, role: Role) -> Vec<Diagnosis> {
    let topology = case.topology;
    let (name, rules) = match role {
        Role::Work => (&topology.queue, &WORK),
        Role::Dead => (&topology.dead_queue, &DEAD),
    };
    let about = format!("queue `{name}`");
    let queue = match case.seen.queues.get(name) {
        Some(Look::Here(queue)) => queue,
        Some(Look::Unseen(why)) => return vec![Diagnosis::unseen("arguments", &about, why)],
        Some(Look::Missing) | None => return vec![missing(role, &about)],
    };
    let mut found = vec![kind(queue, &about), lasting(queue, &about)];
    let expected = expected(case, name);
    let view = View { case, queue, about: &about, name };
    found.extend(rules.iter().map(|rule| view.setting(rule, expected.get(&format!("x-{}", rule.name)))));
    if let Look::Unseen(why) = &queue.policy {
        let what = "policies may change limits, overflow, ages and dead-lettering of any queue they match";
        found.push(Diagnosis::unseen("policy", &about, &format!("{why}; {what}")));
    }
    found.extend(consumers(case, queue, role, &about));
    found.extend(replicas(queue, &about));
    if role == Role::Work {
        found.push(consumer_timeout(case, queue, &about));
    }
    found
}

fn missing(role: Role, about: &str) -> Diagnosis {
    let risk = match role {
        Role::Work => "There is nothing to consume; events that are published reach no queue and are lost.",
        Role::Dead => "What RabbitMQ gives up on reaches no queue: it is lost, or held for ever in the events' queue.",
    };
    let missing = Diagnosis::new(Severity::Broken, "exists", about).expected("it is there").found("missing");
    missing.risk(risk).remedy("Type `makegood topology declare`.")
}

fn kind(queue: &SeenQueue, about: &str) -> Diagnosis {
    if queue.kind == "quorum" {
        return Diagnosis::fit("queue-type", about, "quorum");
    }
    let wrong = Diagnosis::new(Severity::Broken, "queue-type", about).expected("quorum").found(queue.kind.clone());
    wrong.risk(NO_QUORUM).remedy(remake(None))
}

fn lasting(queue: &SeenQueue, about: &str) -> Diagnosis {
    let wrong: Vec<&str> =
        [(!queue.durable, "not durable"), (queue.auto_delete, "auto-delete"), (queue.exclusive, "exclusive")]
            .into_iter()
            .filter_map(|(is, word)| is.then_some(word))
            .collect();
    if wrong.is_empty() {
        return Diagnosis::fit("durable", about, "durable");
    }
    let broken = Diagnosis::new(Severity::Broken, "durable", about).expected("durable").found(wrong.join(", "));
    broken.risk(NO_LASTING).remedy(remake(None))
}

/// The arguments the queue must have, as declared.
fn expected(case: &Case<'_>, name: &str) -> BTreeMap<String, Argument> {
    let mut parts = case.topology.parts().into_iter();
    let found = parts.find_map(|part| match part {
        Part::Queue { name: named, arguments, .. } if named == name => Some(arguments),
        _ => None,
    });
    found.unwrap_or_default()
}

struct View<'a> {
    case: &'a Case<'a>,
    queue: &'a SeenQueue,
    about: &'a str,
    name: &'a str,
}

impl View<'_> {
    fn setting(&self, rule: &Rule, expected: Option<&Argument>) -> Diagnosis {
        let argument = self.queue.argument(rule.name);
        let in_force = self.queue.in_force(rule.name, rule.rank);
        let same = in_force.as_ref().map(|set| &set.value) == expected;
        let expected_text = expected.map_or_else(|| "none".to_owned(), Argument::to_string);
        if argument == expected && same {
            return Diagnosis::fit(rule.name, self.about, expected_text);
        }
        let found = self.found(rule, in_force.as_ref());
        let differs = argument != expected;
        let severity = if differs { Severity::Broken } else { rule.severity };
        let risk = match (differs, same) {
            // A policy does what the argument should.
            (_, true) => "A policy sets it, so nothing is lost; but makegood compares arguments, and does not start.",
            _ => rule.risk,
        };
        let wrong = Diagnosis::new(severity, rule.name, self.about).expected(expected_text).found(found).risk(risk);
        wrong.remedy(if differs { remake(rule.key) } else { self.case.unpolicy(self.queue, self.name) })
    }

    fn found(&self, rule: &Rule, in_force: Option<&InForce>) -> String {
        let policy = self.queue.policy.here().map(|policy| policy.name.as_str()).unwrap_or_default();
        match in_force {
            Some(InForce { value, by_policy: true }) => match self.queue.argument(rule.name) {
                Some(argument) => format!("{value} by {policy}; the argument says {argument}"),
                None => format!("{value} by {policy}; no argument"),
            },
            Some(InForce { value, by_policy: false }) => value.to_string(),
            None if rule.name == "delivery-limit" => match Version::read(&self.case.seen.server.version) {
                Some(version) if version >= LIMIT_BY_DEFAULT => "none: RabbitMQ 4 takes 20".to_owned(),
                Some(_) => "none: RabbitMQ 3 takes no limit, RabbitMQ 4 will take 20".to_owned(),
                None => "none".to_owned(),
            },
            None => "none".to_owned(),
        }
    }
}

/// What to do about a queue with the wrong arguments.
fn remake(key: Option<&str>) -> String {
    let instead = key.map(|key| format!("Set {key} to what is there; or stop the publishers")).unwrap_or_default();
    let stop = if instead.is_empty() { "Stop the publishers".to_owned() } else { instead };
    format!(
        "RabbitMQ cannot change it in place. {stop}, let the queue drain, delete it and type `makegood topology declare`."
    )
}

fn consumers(case: &Case<'_>, queue: &SeenQueue, role: Role, about: &str) -> Option<Diagnosis> {
    let there = match &queue.consumers {
        Look::Here(there) => there,
        Look::Unseen(why) => return Some(Diagnosis::unseen("consumers", about, why)),
        Look::Missing => return None,
    };
    let strangers: Vec<&str> =
        there.users.iter().map(String::as_str).filter(|user| *user != case.seen.user.as_str()).collect();
    if !strangers.is_empty() {
        let mine = format!("`{}` alone", case.seen.user);
        let found = format!("{} consumers, among them of `{}`", there.count, strangers.join("`, `"));
        let strange = Diagnosis::new(Severity::Risk, "consumers", about).expected(mine).found(found);
        return Some(strange.risk(
            "Somebody else takes messages out of this queue: what they acknowledge, makegood never sees, and nobody is \
             credited for it.",
        ).remedy("Give them a queue of their own, bound to the same exchange."));
    }
    if there.count > 0 {
        return Some(Diagnosis::fit("consumers", about, format!("{} of `{}`", there.count, case.seen.user)));
    }
    let (risk, remedy) = match role {
        Role::Work => ("Events wait until a daemon runs.", "Start it: `makegood run`."),
        Role::Dead => (
            "What RabbitMQ gives up on stays here until somebody fetches it; it is in no list of makegood's before.",
            "Run the daemon, which collects it, or look with `rabbitmqctl list_queues name messages`.",
        ),
    };
    let idle = Diagnosis::new(Severity::Note, "consumers", about).expected("at least 1").found("0");
    Some(idle.risk(risk).remedy(remedy))
}

fn replicas(queue: &SeenQueue, about: &str) -> Option<Diagnosis> {
    if !queue.state.is_empty() && queue.state != "running" {
        let down = Diagnosis::new(Severity::Broken, "state", about).expected("running").found(queue.state.clone());
        return Some(
            down.risk("The queue neither takes nor gives messages.").remedy("See `rabbitmq-queues quorum_status`."),
        );
    }
    let (all, up) = (queue.members.len(), queue.online.len());
    if all == 0 || all == up {
        return (all > 0).then(|| Diagnosis::fit("replicas", about, format!("{all}, all up")));
    }
    let fewer =
        Diagnosis::new(Severity::Risk, "replicas", about).expected(format!("{all} up")).found(format!("{up} up"));
    Some(
        fewer
            .risk("With one more lost the queue may have no majority, and stops until one is back.")
            .remedy("Start the node, or type `rabbitmq-queues delete_member` and `add_member`."),
    )
}

fn consumer_timeout(case: &Case<'_>, queue: &SeenQueue, about: &str) -> Diagnosis {
    let limit = case.topology.delivery_limit;
    let Some(set) = queue.in_force("consumer-timeout", Rank::Least) else {
        let hours = ACK_TIMEOUT_DEFAULT.as_secs() * u64::from(limit) / 3_600;
        let why = format!(
            "no API shows it; unless rabbitmq.conf says otherwise it is 30 min since 3.8.17. While the database is away \
             deliveries are held, and each timeout counts one against broker.delivery_limit: with 30 min and {limit}, \
             what was prefetched is dead-lettered after about {hours} h"
        );
        return Diagnosis::unseen("consumer-timeout", about, &why).expected("5 min or more").remedy(
            "Type `rabbitmqctl eval 'application:get_env(rabbit,consumer_timeout).'` on a node (milliseconds).",
        );
    };
    let found = match set.value {
        Argument::Number(millis) => Duration::from_millis(u64::try_from(millis).unwrap_or_default()),
        _ => return Diagnosis::unseen("consumer-timeout", about, &format!("{} is no number", set.value)),
    };
    let shown = format!("{} s{}", found.as_secs(), if set.by_policy { " by policy" } else { "" });
    if found >= ACK_TIMEOUT_MIN {
        return Diagnosis::fit("consumer-timeout", about, shown);
    }
    let short = Diagnosis::new(Severity::Risk, "consumer-timeout", about).expected("5 min or more").found(shown);
    let risk = format!(
        "While the database is away deliveries are held. Each timeout takes them back and counts one more delivery: after \
         {limit} of them, events that did nothing wrong are dead-lettered."
    );
    short.risk(risk).remedy(if set.by_policy { case.unpolicy(queue, &case.topology.queue) } else { remake(None) })
}
