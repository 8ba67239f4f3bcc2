//! Routing keys on their way out. One that no queue takes is asked again with one message at a time, ever more rarely,
//! and holds up no other.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::broker::Schedule;

/// The keys, and which of them are closed.
#[derive(Debug)]
pub(super) struct Lanes {
    keys: Vec<String>,
    closed: BTreeMap<String, Closed>,
    patience: (Duration, Duration),
}

#[derive(Debug)]
struct Closed {
    schedule: Schedule,
    until: Instant,
}

/// What may be published next.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ask {
    /// These keys.
    pub(super) keys: Vec<String>,
    /// One message alone: its key was closed.
    pub(super) probe: bool,
}

impl Lanes {
    pub(super) fn new(keys: Vec<String>, patience: (Duration, Duration)) -> Self {
        Self { keys, closed: BTreeMap::new(), patience }
    }

    /// A closed key whose pause is over, alone; else every open one. `None`: all are closed.
    pub(super) fn ask(&self, now: Instant) -> Option<Ask> {
        if let Some((key, _)) = self.closed.iter().find(|(_, closed)| closed.until <= now) {
            return Some(Ask { keys: vec![key.clone()], probe: true });
        }
        let keys: Vec<String> = self.keys.iter().filter(|key| !self.closed.contains_key(*key)).cloned().collect();
        (!keys.is_empty()).then_some(Ask { keys, probe: false })
    }

    /// Messages with this key were taken, or there are none. Whether it was closed.
    pub(super) fn open(&mut self, key: &str) -> bool {
        self.closed.remove(key).is_some()
    }

    /// No queue takes messages with this key: the pause until it is asked again.
    pub(super) fn close(&mut self, key: &str, now: Instant) -> Duration {
        let (first, longest) = self.patience;
        let closed = self.closed.entry(key.to_owned());
        let closed = closed.or_insert_with(|| Closed { schedule: Schedule::new(first, longest), until: now });
        let pause = closed.schedule.next_pause();
        closed.until = now + pause;
        pause
    }

    /// How long until a closed key may be asked again, at most `longest`.
    pub(super) fn wait(&self, now: Instant, longest: Duration) -> Duration {
        let first = self.closed.values().map(|closed| closed.until.saturating_duration_since(now)).min();
        first.map_or(longest, |first| first.min(longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

    fn ask(keys: &[&str], probe: bool) -> Ask {
        Ask { keys: keys.iter().map(|key| (*key).to_owned()).collect(), probe }
    }

    #[test]
    fn a_closed_key_holds_up_no_other_and_is_probed_alone() {
        let now = Instant::now();
        let mut lanes = Lanes::new(vec!["a".to_owned(), "b".to_owned()], PATIENCE);
        assert_eq!(lanes.ask(now), Some(ask(&["a", "b"], false)));
        let pause = lanes.close("a", now);
        assert_eq!(lanes.ask(now), Some(ask(&["b"], false)));
        assert_eq!(lanes.wait(now, PATIENCE.1), pause);
        assert_eq!(lanes.ask(now + pause), Some(ask(&["a"], true)));
        assert!(lanes.open("a") && !lanes.open("b"));
        assert_eq!(lanes.ask(now), Some(ask(&["a", "b"], false)));
    }

    #[test]
    fn with_every_key_closed_nothing_is_asked_and_the_pauses_grow_to_the_longest() {
        let mut now = Instant::now();
        let mut lanes = Lanes::new(vec!["a".to_owned()], PATIENCE);
        let mut pauses = Vec::new();
        for _ in 0..20 {
            pauses.push(lanes.close("a", now));
            assert_eq!(lanes.ask(now), None);
            now += pauses[pauses.len() - 1];
        }
        assert!(pauses.iter().all(|pause| *pause <= PATIENCE.1), "{pauses:?}");
        assert!(pauses[12..].iter().all(|pause| *pause >= PATIENCE.1 / 2), "{pauses:?}");
        assert_eq!(lanes.wait(now, PATIENCE.1), Duration::ZERO);
    }
}
