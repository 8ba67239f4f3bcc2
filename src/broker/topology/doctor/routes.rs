//! Where messages go: bindings followed from exchange to queue, and dead letters from queue to queue.

use super::seen::{Look, Seen};
use crate::broker::topology::Topology;
use std::collections::BTreeSet;

/// Longest chain of exchanges or of dead-letter hops followed.
const HOPS_MAX: usize = 8;

/// Most queues visited in one walk: each asks the broker something.
const STEPS_MAX: usize = 64;

/// Something that must be looked at before the walk can go on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Want {
    Queue(String),
    Exchange(String),
}

/// Follows routes through what was seen, and notes what has not been looked at.
pub(super) struct Walk<'a> {
    seen: &'a Seen,
    steps: usize,
    pub(super) wanted: BTreeSet<Want>,
    /// The first dead-letter cycle: queues, the first one again at the end.
    pub(super) cycle: Option<Vec<String>>,
}

impl<'a> Walk<'a> {
    /// Everything the doctor has to follow.
    pub(super) fn over(topology: &Topology, seen: &'a Seen) -> Self {
        let mut walk = Self { seen, steps: 0, wanted: BTreeSet::new(), cycle: None };
        for key in &topology.binding_keys {
            walk.route(&topology.exchange, key);
        }
        walk.route(&topology.dead_letter_exchange, &topology.dead_queue);
        if let Some(announcements) = &topology.announcements {
            for key in &announcements.routing_keys {
                walk.route(&announcements.exchange, key);
            }
        }
        walk.follow(&topology.queue, &topology.binding_keys, &mut Vec::new());
        walk.follow(&topology.dead_queue, std::slice::from_ref(&topology.dead_queue), &mut Vec::new());
        if let Some(Some(alternate)) =
            seen.exchanges.get(&topology.exchange).map(|look| look.here().and_then(|it| it.alternate.here()))
        {
            walk.look_at(alternate);
        }
        walk
    }

    /// The queues a message with this key reaches.
    pub(super) fn route(&mut self, exchange: &str, key: &str) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        self.spread(exchange, key, 0, &mut reached);
        reached
    }

    fn spread(&mut self, exchange: &str, key: &str, hops: usize, reached: &mut BTreeSet<String>) {
        if exchange.is_empty() {
            reached.insert(key.to_owned());
            return;
        }
        if hops > HOPS_MAX || !self.look_at(exchange) {
            return;
        }
        let Some(there) = self.seen.exchanges.get(exchange).and_then(Look::here) else { return };
        let Some(bindings) = self.seen.bindings.get(exchange).and_then(Look::here) else { return };
        let mut routed = false;
        for binding in bindings.iter().filter(|binding| matches(&there.kind, &binding.routing_key, key)) {
            routed = true;
            match binding.destination_type.as_str() {
                "exchange" => self.spread(&binding.destination, key, hops + 1, reached),
                _ => drop(reached.insert(binding.destination.clone())),
            }
        }
        if let (false, Some(alternate)) = (routed, there.alternate.here()) {
            self.spread(alternate, key, hops + 1, reached);
        }
    }

    /// Whether the exchange was looked at; notes it if not.
    fn look_at(&mut self, exchange: &str) -> bool {
        let looked = self.seen.exchanges.contains_key(exchange);
        if !looked {
            self.wanted.insert(Want::Exchange(exchange.to_owned()));
        }
        looked
    }

    fn follow(&mut self, queue: &str, keys: &[String], path: &mut Vec<String>) {
        if let Some(at) = path.iter().position(|before| before == queue) {
            let round = path.iter().skip(at).map(String::as_str).chain([queue]).map(str::to_owned).collect();
            self.cycle.get_or_insert(round);
            return;
        }
        self.steps += 1;
        if path.len() >= HOPS_MAX || self.steps > STEPS_MAX {
            return;
        }
        let Some(look) = self.seen.queues.get(queue) else {
            self.wanted.insert(Want::Queue(queue.to_owned()));
            return;
        };
        let Some((exchange, own_key)) = look.here().and_then(super::seen::SeenQueue::dead_letters_to) else { return };
        let keys = own_key.map_or_else(|| keys.to_vec(), |key| vec![key]);
        let targets: BTreeSet<String> = keys.iter().flat_map(|key| self.route(&exchange, key)).collect();
        path.push(queue.to_owned());
        for target in targets {
            self.follow(&target, &keys, path);
        }
        path.pop();
    }
}

/// Whether an exchange of this kind sends a message with `key` along a binding with `pattern`. Of headers and plugins'
/// exchanges only the message itself could tell: they might.
fn matches(kind: &str, pattern: &str, key: &str) -> bool {
    match kind {
        "direct" => pattern == key,
        "topic" => topic_matches(pattern, key),
        _ => true,
    }
}

/// `*` is one word, `#` any number of them, none included.
fn topic_matches(pattern: &str, key: &str) -> bool {
    let words: Vec<&str> = if key.is_empty() { Vec::new() } else { key.split('.').collect() };
    // Whether the pattern so far matches the first n words.
    let mut so_far = vec![false; words.len() + 1];
    if let Some(first) = so_far.first_mut() {
        *first = true;
    }
    for part in pattern.split('.').filter(|part| !part.is_empty() || !pattern.is_empty()) {
        let mut next = vec![false; so_far.len()];
        let mut before = false;
        for (n, slot) in next.iter_mut().enumerate() {
            let (here, word) = (so_far.get(n).copied().unwrap_or(false), n.checked_sub(1).and_then(|n| words.get(n)));
            let one_less = n.checked_sub(1).and_then(|n| so_far.get(n).copied()).unwrap_or(false);
            *slot = match part {
                "#" => here || before,
                "*" => one_less,
                text => one_less && word == Some(&text),
            };
            before = *slot;
        }
        so_far = next;
    }
    so_far.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::topic_matches;

    #[test]
    fn topics_match_as_in_rabbitmq() {
        for (pattern, key, expected) in [
            ("job-canceled", "job-canceled", true),
            ("job-canceled", "job-cancele", false),
            ("#", "job-canceled", true),
            ("#", "", true),
            ("", "", true),
            ("*", "job-canceled", true),
            ("*", "a.b", false),
            ("*", "", false),
            ("a.#", "a", true),
            ("a.#.z", "a.b.c.z", true),
            ("a.#.z", "a.b.c", false),
            ("#.b.#", "a.b.c", true),
            ("*.b", "a.b", true),
            ("#.#.#.#.#.#.#.#.#.#.x", "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a", false),
        ] {
            assert_eq!(topic_matches(pattern, key), expected, "{pattern} {key}");
        }
    }
}
