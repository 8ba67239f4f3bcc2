//! The last hour of what the metrics count, in memory: what the console draws. Bounded, and gone with the process.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

use super::metrics as m;

/// What a plot reaches back.
pub const REACH: Duration = Duration::from_secs(3_600);
/// Samples kept: one every [`m::UPKEEP_EVERY`], and the one from which the first rate is counted.
const SAMPLES_MAX: usize = (REACH.as_secs() / m::UPKEEP_EVERY.as_secs()) as usize + 1;

/// What the process had counted at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// When.
    pub at: OffsetDateTime,
    /// Events applied.
    pub applied: f64,
    /// Sum of the ages of these, in seconds.
    pub age_sum: f64,
    /// How many of them have an age.
    pub age_count: f64,
    /// Connects returned.
    pub connects: f64,
    /// Notices that a server took.
    pub sent: f64,
    /// Dead letters written.
    pub dead: f64,
}

/// One reading of the metrics' text form.
#[derive(Debug, Clone)]
pub struct Readings(String);

impl Readings {
    /// Over the text form.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The sum of a metric's series that have this label; `("", "")`: of all of them. `None`: nothing was counted yet.
    pub fn sum(&self, name: &str, label: (&str, &str)) -> Option<f64> {
        let wanted = format!("{}=\"{}\"", label.0, label.1);
        let mut sum = None;
        for line in self.0.lines() {
            let Some(rest) = line.strip_prefix(name) else { continue };
            let (labels, value) = match rest.strip_prefix('{').and_then(|rest| rest.rsplit_once('}')) {
                Some(found) => found,
                None if rest.starts_with(' ') => ("", rest),
                None => continue,
            };
            if (label.0.is_empty() || labels.split(',').any(|one| one == wanted))
                && let Ok(value) = value.trim().parse::<f64>()
            {
                sum = Some(sum.unwrap_or(0.0) + value);
            }
        }
        sum
    }
}

/// The ring.
#[derive(Debug, Default)]
pub struct Samples {
    ring: Mutex<VecDeque<Sample>>,
}

impl Samples {
    /// Takes one; the oldest goes.
    pub fn take(&self, readings: &Readings, at: OffsetDateTime) {
        let sum = |name: &str, label| readings.sum(name, label).unwrap_or(0.0);
        let sample = Sample {
            at,
            applied: sum(m::EVENTS, ("outcome", "applied")),
            age_sum: sum(&format!("{}_sum", m::EVENT_AGE), ("", "")),
            age_count: sum(&format!("{}_count", m::EVENT_AGE), ("", "")),
            connects: sum(m::CONNECTS, ("", "")),
            sent: sum(m::NOTICES, ("outcome", "sent")),
            dead: sum(m::DEAD_LETTERS, ("", "")),
        };
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        while ring.len() >= SAMPLES_MAX {
            ring.pop_front();
        }
        ring.push_back(sample);
    }

    /// All of them, the oldest first.
    pub fn all(&self) -> Vec<Sample> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{Readings, SAMPLES_MAX, Samples};

    const TEXT: &str = "# TYPE makegood_events_total counter\n\
        makegood_events_total{event_type=\"job-canceled\",outcome=\"applied\"} 3\n\
        makegood_events_total{event_type=\"job-expired\",outcome=\"applied\"} 4\n\
        makegood_events_total{event_type=\"job-expired\",outcome=\"dead\"} 5\n\
        makegood_credits_total 7\nmakegood_credits_total_more 9\n";

    #[test]
    fn series_are_summed_by_label() {
        let readings = Readings::new(TEXT.to_owned());
        assert_eq!(readings.sum("makegood_events_total", ("outcome", "applied")), Some(7.0));
        assert_eq!(readings.sum("makegood_events_total", ("", "")), Some(12.0));
        assert_eq!(readings.sum("makegood_credits_total", ("", "")), Some(7.0));
        assert_eq!(readings.sum("makegood_nothing", ("", "")), None);
    }

    #[test]
    fn the_ring_is_bounded() {
        let (samples, readings) = (Samples::default(), Readings::new(TEXT.to_owned()));
        let begin = datetime!(2026-11-26 12:00 UTC);
        for n in 0..=i64::try_from(SAMPLES_MAX).expect("few") + 4 {
            samples.take(&readings, begin + time::Duration::seconds(5 * n));
        }
        let all = samples.all();
        assert_eq!(
            (all.len(), all.first().map(|one| one.at)),
            (SAMPLES_MAX, Some(begin + time::Duration::seconds(25)))
        );
        assert_eq!(all.last().map(|one| one.applied), Some(7.0));
    }
}
