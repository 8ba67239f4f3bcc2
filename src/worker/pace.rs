//! How fast letters may follow each other: a ramp second by second, then a rate.

use std::time::Duration;

/// When letters may begin. Times are those since the first; what was missed is not made up for.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    ramp: Vec<u32>,
    rate: Option<u32>,
    due: Duration,
}

impl Pace {
    pub(super) fn new(rate: Option<u32>, ramp: &[u32]) -> Pace {
        Pace { ramp: ramp.to_vec(), rate, due: Duration::ZERO }
    }

    /// When the next letter may begin, asked at `now`.
    pub(super) fn next(&mut self, now: Duration) -> Duration {
        let begin = self.due.max(now);
        // Late by less than one letter keeps the step, or timers that wake late would add up.
        let gap = self.gap(begin);
        self.due = self.due.max(now.saturating_sub(gap)).saturating_add(gap);
        begin
    }

    /// From a letter that begins at `at` to the next.
    fn gap(&self, at: Duration) -> Duration {
        let second = usize::try_from(at.as_secs()).unwrap_or(usize::MAX);
        let rate = self.ramp.get(second).copied().or(self.rate);
        rate.map_or(Duration::ZERO, |rate| Duration::from_secs(1) / rate.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters begun in each of the first seconds, by one who takes `work` for each and wakes `late`.
    fn begun(mut pace: Pace, work: Duration, late: Duration) -> Vec<u32> {
        let mut seconds = vec![0; 8];
        let mut now = Duration::ZERO;
        loop {
            let begin = pace.next(now);
            let Some(count) = seconds.get_mut(usize::try_from(begin.as_secs()).expect("short")) else { return seconds };
            *count += 1;
            now = if begin > now { begin + late + work } else { begin + work };
        }
    }

    const QUICK: Duration = Duration::from_micros(100);

    #[test]
    fn a_ramp_and_then_the_rate() {
        let pace = Pace::new(Some(50), &[1, 2, 5, 20]);
        assert_eq!(begun(pace, QUICK, Duration::ZERO), [1, 2, 5, 20, 50, 50, 50, 50]);
    }

    #[test]
    fn timers_that_wake_late_do_not_add_up() {
        let counts = begun(Pace::new(Some(200), &[]), QUICK, Duration::from_micros(1_100));
        assert!(counts.iter().all(|count| (199..=200).contains(count)), "{counts:?}");
    }

    #[test]
    fn what_was_missed_is_not_made_up_for() {
        let mut pace = Pace::new(Some(10), &[]);
        pace.next(Duration::ZERO);
        let stalled = Duration::from_secs(60);
        let after: Vec<_> = (0..4).map(|_| pace.next(stalled)).collect();
        assert_eq!(after, [0, 0, 100, 200].map(|late| stalled + Duration::from_millis(late)));
    }

    #[test]
    fn without_a_rate_there_is_no_pause_after_the_ramp() {
        let counts = begun(Pace::new(None, &[1, 2]), QUICK, Duration::ZERO);
        assert_eq!(counts[..2], [1, 2]);
        assert!(counts[2] > 9_000);
    }
}
