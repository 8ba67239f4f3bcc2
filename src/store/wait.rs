//! How an event waits for what it speaks of: due times, bounded and spread.

use std::time::Duration;

/// How long and how often an event waits for what it speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitRule {
    /// Pause before the second attempt; doubles with each.
    pub first: Duration,
    /// Longest pause, before it is spread by up to a tenth.
    pub longest: Duration,
    /// Attempts in all; after the last the event is a dead letter.
    pub attempts_max: u32,
}

impl WaitRule {
    /// The pause after `attempts` attempts (at least 1) of event number `event`, or `None` when that was the last.
    ///
    /// Longer by up to a tenth, by the event's number: what began to wait together does not come back together.
    pub fn pause(&self, attempts: u32, event: i64) -> Option<Duration> {
        (attempts < self.attempts_max).then(|| {
            let factor = 1_u32.checked_shl(attempts.saturating_sub(1).min(31)).unwrap_or(u32::MAX);
            let pause = self.first.saturating_mul(factor).min(self.longest);
            pause.saturating_add(pause / 2560 * spread(event))
        })
    }
}

/// 0 to 255: neighbouring numbers lie far apart (Knuth's multiplicative hash, by the golden ratio).
fn spread(event: i64) -> u32 {
    let [.., high] = event.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes();
    u32::from(high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn waiting_is_bounded_and_spread_and_depends_on_nothing_else() {
        let second = Duration::from_secs(1);
        let rule = WaitRule { first: second, longest: second * 60, attempts_max: 12 };
        let pauses: Vec<Duration> = (0..1_000).filter_map(|event| rule.pause(3, event)).collect();
        assert!(pauses.iter().all(|pause| (second * 4..=second * 4 * 11 / 10).contains(pause)), "{pauses:?}");
        let mut counts = BTreeMap::<u128, u32>::new();
        for pause in &pauses {
            *counts.entry(pause.as_millis() / 25).or_default() += 1;
        }
        assert!(counts.len() > 10 && counts.values().all(|count| *count < 120), "evenly: {counts:?}");
        assert!((0..1_000).all(|event| rule.pause(11, event) <= Some(second * 66)));
        assert_eq!(rule.pause(12, 7), None);
        assert_eq!(rule.pause(3, 7), rule.pause(3, 7));
    }
}
