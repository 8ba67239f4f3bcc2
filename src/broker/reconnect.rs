//! How long to wait before the next connection: exponential, jittered, without end.
//!
//! The only file that uses the crate `backoff`, which nobody maintains any more (RUSTSEC-2025-0012): replacing it is
//! rewriting this file.

use backoff::backoff::Backoff;
use backoff::{ExponentialBackoff, ExponentialBackoffBuilder};
use std::time::Duration;

/// Each pause is this many times the one before.
const FACTOR: f64 = 2.0;
/// A pause lies within this share of its nominal length, either way, so that a restarted broker does not meet all
/// daemons in the same instant.
const JITTER: f64 = 0.5;

/// The pauses between attempts to attach. Never gives up.
#[derive(Debug, Clone)]
pub struct Schedule {
    pauses: ExponentialBackoff,
    longest: Duration,
}

impl Schedule {
    /// Starts at about `first` (give or take half of it) and never exceeds `longest`.
    pub fn new(first: Duration, longest: Duration) -> Self {
        let pauses = ExponentialBackoffBuilder::new()
            .with_initial_interval(first.min(longest))
            .with_max_interval(longest)
            .with_multiplier(FACTOR)
            .with_randomization_factor(JITTER)
            .with_max_elapsed_time(None)
            .build();
        Self { pauses, longest }
    }

    /// How long to wait now. The next answer is longer.
    pub fn next_pause(&mut self) -> Duration {
        // `None` means "given up", which a schedule without a time limit never says.
        self.pauses.next_backoff().unwrap_or(self.longest).min(self.longest)
    }

    /// Starts over. Call it on proven success only (a batch was committed and acknowledged), not on a mere connection:
    /// a broker that accepts and drops at once must not be hammered.
    pub fn succeeded(&mut self) {
        self.pauses.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_stay_within_bounds_and_start_over() {
        let (first, longest) = (Duration::from_millis(100), Duration::from_secs(5));
        let mut schedule = Schedule::new(first, longest);
        let pauses: Vec<_> = (0..1_000).map(|_| schedule.next_pause()).collect();
        assert!(pauses[0] >= first / 2 && pauses[0] <= first * 3 / 2 + Duration::from_millis(1));
        assert!(pauses.iter().all(|pause| *pause <= longest));
        assert!(pauses[10..].iter().all(|pause| *pause >= longest / 2));
        schedule.succeeded();
        assert!(schedule.next_pause() <= first * 3 / 2 + Duration::from_millis(1));
    }
}
