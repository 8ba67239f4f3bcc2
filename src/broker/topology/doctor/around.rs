//! What lies around the queues: exchanges, bindings, the way of a dead letter, what is unroutable.

use super::Case;
use super::diagnosis::{Diagnosis, Severity};
use super::routes::Walk;
use super::rules::CYCLE;
use super::seen::{Look, SeenExchange};
use std::collections::BTreeSet;

/// Bindings named in one finding.
const NAMED_MAX: usize = 5;

/// Judges exchanges, bindings and routes.
pub(super) fn diagnose(case: &Case<'_>) -> Vec<Diagnosis> {
    let topology = case.topology;
    let mut found = exchange(case, &topology.exchange, "topic");
    found.extend(exchange(case, &topology.dead_letter_exchange, "direct"));
    let mut walk = Walk::over(topology, case.seen);
    for key in &topology.binding_keys {
        found.push(binding(case, &mut walk, &topology.exchange, &topology.queue, key));
    }
    found.push(binding(case, &mut walk, &topology.dead_letter_exchange, &topology.dead_queue, &topology.dead_queue));
    if let Some(announcements) = &topology.announcements {
        found.extend(exchange(case, &announcements.exchange, "topic"));
        found.extend(announcements.routing_keys.iter().map(|key| heard(case, &mut walk, &announcements.exchange, key)));
    }
    found.push(cycle(case, &walk));
    found.extend(others(case));
    found.extend(alternate(case));
    found
}

fn exchange(case: &Case<'_>, name: &str, kind: &str) -> Vec<Diagnosis> {
    let about = format!("exchange `{name}`");
    let there = match case.seen.exchanges.get(name) {
        Some(Look::Here(there)) => there,
        Some(Look::Unseen(why)) => return vec![Diagnosis::unseen("arguments", &about, why)],
        Some(Look::Missing) | None => {
            let missing = Diagnosis::new(Severity::Broken, "exists", &about).expected("it is there").found("missing");
            return vec![missing.risk(lost(case, name)).remedy("Type `makegood topology declare`.")];
        }
    };
    vec![exchange_kind(there, &about, kind), exchange_lasts(there, &about)]
}

fn exchange_kind(there: &SeenExchange, about: &str, kind: &str) -> Diagnosis {
    if there.kind == kind && !there.internal {
        return Diagnosis::fit("exchange-type", about, kind);
    }
    let internal = if there.internal { ", internal: nobody can publish to it" } else { "" };
    let wrong = Diagnosis::new(Severity::Broken, "exchange-type", about)
        .expected(kind)
        .found(format!("{}{internal}", there.kind));
    wrong.risk("Keys mean something else to it: messages reach queues they are not for, or none.").remedy(
        "RabbitMQ cannot change it in place. Delete it when nobody publishes, and type `makegood topology declare`.",
    )
}

fn exchange_lasts(there: &SeenExchange, about: &str) -> Diagnosis {
    if there.durable && !there.auto_delete {
        return Diagnosis::fit("durable", about, "durable");
    }
    let found = if there.durable { "auto-delete" } else { "not durable" };
    let wrong = Diagnosis::new(Severity::Broken, "durable", about).expected("durable").found(found);
    wrong.risk("It does not outlive a restart of RabbitMQ or its last binding; what is published then is lost.").remedy(
        "RabbitMQ cannot change it in place. Delete it when nobody publishes, and type `makegood topology declare`.",
    )
}

fn lost(case: &Case<'_>, exchange: &str) -> &'static str {
    if case.topology.announcements.as_ref().is_some_and(|announcements| announcements.exchange == exchange) {
        "The marketplace hears nothing: no bell rings and no return shows in a Connects history. What would be told stays in \
         the database and is tried again."
    } else if exchange == case.topology.dead_letter_exchange {
        "What RabbitMQ gives up on reaches no queue. At-most-once it is lost; at-least-once it stays in the events' queue, \
         in RabbitMQ's memory, neither ready nor unacknowledged, until the way is there."
    } else {
        "Events with this key reach no queue and are dropped, without a word to a publisher that does not set `mandatory`."
    }
}

fn binding(case: &Case<'_>, walk: &mut Walk<'_>, exchange: &str, queue: &str, key: &str) -> Diagnosis {
    let about = format!("binding `{exchange}` -> `{queue}` ({key})");
    match case.seen.bindings.get(exchange) {
        Some(Look::Unseen(why)) => return Diagnosis::unseen("bound", &about, why),
        Some(Look::Here(_)) if walk.route(exchange, key).contains(queue) => {
            return Diagnosis::fit("bound", &about, "bound");
        }
        _ => {}
    }
    let missing = Diagnosis::new(Severity::Broken, "bound", &about).expected("bound").found("no such route");
    missing.risk(lost(case, exchange)).remedy("Type `makegood topology declare`.")
}

/// Whether some queue takes what makegood publishes with this key.
fn heard(case: &Case<'_>, walk: &mut Walk<'_>, exchange: &str, key: &str) -> Diagnosis {
    let about = format!("exchange `{exchange}` ({key})");
    match case.seen.bindings.get(exchange) {
        Some(Look::Unseen(why)) => return Diagnosis::unseen("heard", &about, why),
        Some(Look::Here(_)) => {
            let queues = walk.route(exchange, key);
            if !queues.is_empty() {
                let named: Vec<String> = queues.iter().take(NAMED_MAX).map(|queue| format!("`{queue}`")).collect();
                return Diagnosis::fit("heard", &about, named.join(", "));
            }
        }
        _ => {}
    }
    let unheard =
        Diagnosis::new(Severity::Broken, "heard", &about).expected("a queue").found("no queue is bound for it");
    unheard.risk(lost(case, exchange)).remedy(format!(
        "Bind a queue of the marketplace's to `{exchange}` (`#` takes everything), or set in_app.enabled = false."
    ))
}

fn cycle(case: &Case<'_>, walk: &Walk<'_>) -> Diagnosis {
    let about = format!("dead letters of `{}`", case.topology.queue);
    if let Some(round) = &walk.cycle {
        let wrong = Diagnosis::new(Severity::Broken, "dead-letter-cycle", &about);
        return wrong.expected("an end in the dead queue").found(round.join(" -> ")).risk(CYCLE).remedy(
            "Take the dead-letter exchange off the dead queue and off every queue behind it, or the policy that sets it.",
        );
    }
    let unseen = case.seen.bindings.values().find_map(|look| match look {
        Look::Unseen(why) => Some(why),
        _ => None,
    });
    match unseen {
        Some(why) => Diagnosis::unseen("dead-letter-cycle", &about, why),
        None => Diagnosis::fit("dead-letter-cycle", &about, "none"),
    }
}

/// What else is bound to the work queue.
fn others(case: &Case<'_>) -> Option<Diagnosis> {
    let topology = case.topology;
    let about = format!("queue `{}`", topology.queue);
    let inbound = match &case.seen.inbound {
        Look::Here(inbound) => inbound,
        Look::Missing => return None,
        Look::Unseen(why) => return Some(Diagnosis::unseen("other-bindings", &about, why)),
    };
    let own = |key: &String| topology.binding_keys.contains(key);
    let strange: BTreeSet<String> = inbound
        .iter()
        .filter(|binding| !binding.source.is_empty())
        .filter(|binding| binding.source != topology.exchange || !own(&binding.routing_key))
        .map(|binding| format!("`{}` ({})", binding.source, binding.routing_key))
        .collect();
    if strange.is_empty() {
        return Some(Diagnosis::fit("other-bindings", &about, "none"));
    }
    let named: Vec<&str> = strange.iter().take(NAMED_MAX).map(String::as_str).collect();
    let found = format!("{} more, as {}", strange.len(), named.join(", "));
    let note = Diagnosis::new(Severity::Note, "other-bindings", &about).expected("none").found(found);
    Some(
        note.risk("What comes along them and is no event of makegood's becomes a dead letter, one each.")
            .remedy("Unbind what is not meant for makegood."),
    )
}

fn alternate(case: &Case<'_>) -> Option<Diagnosis> {
    let name = &case.topology.exchange;
    let about = format!("exchange `{name}`");
    let there = case.seen.exchanges.get(name)?.here()?;
    let alternate = match &there.alternate {
        Look::Here(alternate) => alternate,
        Look::Unseen(why) => return Some(Diagnosis::unseen("alternate-exchange", &about, why)),
        Look::Missing => {
            let note = Diagnosis::new(Severity::Note, "alternate-exchange", &about).expected("one").found("none");
            let policy = Case::shell(&["set_policy", "-p", &case.seen.vhost, "unroutable", &format!("^{name}$")]);
            return Some(
                note.risk(
                    "An event with a key that no queue is bound for (a slip of the pen, a type added later) is dropped, \
                     without a word to a publisher that does not set `mandatory`.",
                )
                .remedy(format!(
                    "Declare a fanout exchange with a queue behind it, and type `{policy} '{{\"alternate-exchange\":\"NAME\"}}' \
                     --apply-to exchanges`."
                )),
            );
        }
    };
    let bound = matches!(case.seen.bindings.get(alternate), Some(Look::Here(bindings)) if !bindings.is_empty());
    if bound {
        return Some(Diagnosis::fit("alternate-exchange", &about, alternate.clone()));
    }
    let nowhere = Diagnosis::new(Severity::Risk, "alternate-exchange", &about)
        .expected(format!("`{alternate}` leads to a queue"))
        .found(if case.seen.exchanges.get(alternate).is_some_and(|look| look.here().is_some()) {
            "nothing is bound to it"
        } else {
            "it is not there"
        });
    Some(nowhere.risk("Events that no queue is bound for are dropped all the same.").remedy("Bind a queue to it."))
}
