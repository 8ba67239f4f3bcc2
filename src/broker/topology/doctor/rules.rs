//! What each setting of a queue must be, and what goes wrong otherwise.

use super::diagnosis::Severity;
use super::seen::Rank;

/// One setting.
pub(super) struct Rule {
    /// Its name in a policy; with `x-` in front, the queue's argument.
    pub(super) name: &'static str,
    pub(super) rank: Rank,
    /// When a policy makes it another than the argument.
    pub(super) severity: Severity,
    /// The configuration key to change instead of the broker, if there is one.
    pub(super) key: Option<&'static str>,
    pub(super) risk: &'static str,
}

const fn rule(name: &'static str, rank: Rank, severity: Severity, risk: &'static str) -> Rule {
    Rule { name, rank, severity, key: None, risk }
}

impl Rule {
    const fn or_set(self, key: &'static str) -> Self {
        Self { key: Some(key), ..self }
    }
}

/// Of the queue the daemon consumes.
pub(super) const WORK: [Rule; 9] = [
    rule(
        "delivery-limit",
        Rank::Least,
        Severity::Risk,
        "Every restart and every lost connection counts against all messages that were prefetched. With a lower limit \
         innocent events are dead-lettered with the one that kills the daemon; without one it comes for ever.",
    )
    .or_set("broker.delivery_limit"),
    rule(
        "dead-letter-exchange",
        Rank::Argument,
        Severity::Broken,
        "What RabbitMQ gives up on does not reach the dead queue: without a dead-letter exchange it is deleted.",
    )
    .or_set("broker.dead_letter_exchange"),
    rule(
        "dead-letter-routing-key",
        Rank::Argument,
        Severity::Broken,
        "Dead letters keep the key of their event, and the dead queue is bound with its own name: they reach no queue. \
         At-most-once they are lost, at-least-once they stay in the events' queue, in RabbitMQ's memory, unseen.",
    )
    .or_set("broker.dead_queue"),
    rule(
        "dead-letter-strategy",
        Rank::Argument,
        Severity::Risk,
        "At-most-once is without confirmation: a dead letter is lost when the dead queue cannot take it at that moment.",
    ),
    rule(
        "overflow",
        Rank::Policy,
        Severity::Risk,
        "Without reject-publish the strategy at-least-once silently becomes at-most-once, which may lose a dead letter on \
         its way; and a queue that is full drops its oldest events.",
    ),
    rule(
        "max-length",
        Rank::Least,
        Severity::Risk,
        "A full queue refuses events (basic.nack). A publisher without confirms never learns of it, and the event is lost.",
    )
    .or_set("broker.max_length"),
    rule(
        "max-length-bytes",
        Rank::Least,
        Severity::Risk,
        "A full queue refuses events (basic.nack). A publisher without confirms never learns of it, and the event is lost.",
    ),
    rule(
        "message-ttl",
        Rank::Least,
        Severity::Risk,
        "While the daemon is away or behind, events that are older become dead letters by age alone: nobody is credited \
         until an operator replays them.",
    ),
    rule(
        "expires",
        Rank::Policy,
        Severity::Broken,
        "A daemon that is stopped for this long finds its queue deleted, with all events in it.",
    ),
];

/// Of the dead queue.
pub(super) const DEAD: [Rule; 9] = [
    rule(
        "delivery-limit",
        Rank::Least,
        Severity::Risk,
        "The dead queue is the last one: what is delivered from it this often and not acknowledged is deleted. RabbitMQ 4 \
         does so after 20 unless told otherwise.",
    ),
    rule(
        "dead-letter-exchange",
        Rank::Argument,
        Severity::Note,
        "The dead queue is to be the end of the way. What is rejected in it, expires or is pushed out goes on to a place \
         where makegood does not look.",
    ),
    rule("dead-letter-routing-key", Rank::Argument, Severity::Note, "It means nothing without a dead-letter exchange."),
    rule("dead-letter-strategy", Rank::Argument, Severity::Note, "It means nothing without a dead-letter exchange."),
    rule("overflow", Rank::Policy, Severity::Note, "It means nothing without a maximal length."),
    rule(
        "max-length",
        Rank::Least,
        Severity::Risk,
        "A full dead queue drops its oldest dead letters, or with reject-publish refuses new ones: those wait in the \
         events' queue, in RabbitMQ's memory.",
    ),
    rule(
        "max-length-bytes",
        Rank::Least,
        Severity::Risk,
        "A full dead queue drops its oldest dead letters, or with reject-publish refuses new ones: those wait in the \
         events' queue, in RabbitMQ's memory.",
    ),
    rule(
        "message-ttl",
        Rank::Least,
        Severity::Broken,
        "Dead letters are deleted by age: one that nobody has collected by then is lost.",
    ),
    rule(
        "expires",
        Rank::Policy,
        Severity::Broken,
        "A dead queue that nobody consumes for this long is deleted, with all dead letters in it.",
    ),
];

/// A queue that is no quorum queue.
pub(super) const NO_QUORUM: &str = "Only a quorum queue counts deliveries, hands on dead letters at least once, and keeps messages on several nodes. In a \
     classic queue a message that kills the daemon comes for ever, and a lost disk is a lost queue.";

/// A queue that does not last.
pub(super) const NO_LASTING: &str = "The queue does not outlive a restart of RabbitMQ or its last consumer; its messages \
                                     are lost with it.";

/// Two hops that lead back. Measured on 3.10.8: 5 of 5 messages.
pub(super) const CYCLE: &str = "What RabbitMQ gives up on comes back to a queue it was in. If nothing in the round rejected it, RabbitMQ drops it \
     (at-most-once) or holds it for ever, neither ready nor unacknowledged (at-least-once): measured on 3.10.8, 5 of 5 \
     lost, 5 of 5 stuck.";
