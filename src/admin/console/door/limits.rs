//! How much of something one visitor may have: token buckets, and pauses that grow with each failure. Tables are
//! bounded; who finds them full shares one place with all others who do. No crate: `governor` keeps a key for as long
//! as nobody sweeps it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

/// Most keys of a table.
const KEYS_MAX: usize = 10_000;
/// The place of all who find the table full.
const OTHERS: &str = "";
/// Failures that cost nothing: fingers slip.
const FREE_FAILURES: u32 = 3;
/// Longest pause after failures.
const PAUSE_MAX: Duration = Duration::from_secs(900);
/// Failures are forgotten after this long without one.
const FORGOTTEN: Duration = Duration::from_secs(3_600);

/// So many at once, and so many a minute.
#[derive(Debug)]
pub(super) struct Buckets {
    at_once: f64,
    per_second: f64,
    all: Mutex<HashMap<String, (f64, OffsetDateTime)>>,
}

impl Buckets {
    pub(super) fn new(at_once: u32, per_minute: f64) -> Self {
        Self { at_once: f64::from(at_once), per_second: per_minute / 60.0, all: Mutex::default() }
    }

    /// Takes one; else when there is one again.
    pub(super) fn take(&self, key: &str, now: OffsetDateTime) -> Result<(), Duration> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let level = |(level, at): (f64, OffsetDateTime)| {
            (level + (now - at).as_seconds_f64().max(0.0) * self.per_second).min(self.at_once)
        };
        if all.len() >= KEYS_MAX && !all.contains_key(key) {
            all.retain(|_, bucket| level(*bucket) < self.at_once);
        }
        let key = if all.len() >= KEYS_MAX && !all.contains_key(key) { OTHERS } else { key };
        let now_in = all.get(key).map_or(self.at_once, |bucket| level(*bucket));
        if now_in < 1.0 {
            return Err(Duration::from_secs_f64(((1.0 - now_in) / self.per_second).clamp(0.0, 3_600.0)));
        }
        all.insert(key.to_owned(), (now_in - 1.0, now));
        Ok(())
    }
}

/// Pauses after failures: one second after the fourth, twice as long after each further one.
#[derive(Debug, Default)]
pub(super) struct Failures(Mutex<HashMap<String, (u32, OffsetDateTime)>>);

impl Failures {
    /// Begins an attempt: counted as a failure until [`Failures::succeeded`], so that attempts at once count each.
    /// Else how long there is to wait.
    pub(super) fn attempt(&self, key: &str, now: OffsetDateTime) -> Result<(), Duration> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEYS_MAX && !all.contains_key(key) {
            all.retain(|_, (_, last)| now < *last + FORGOTTEN);
        }
        let key = if all.len() >= KEYS_MAX && !all.contains_key(key) { OTHERS } else { key };
        let (count, last) = all.get(key).copied().filter(|(_, last)| now < *last + FORGOTTEN).unwrap_or((0, now));
        if let Some(beyond) = count.checked_sub(FREE_FAILURES) {
            let pause = Duration::from_secs(1 << beyond.min(10)).min(PAUSE_MAX);
            let waited = now - last;
            if waited < pause {
                return Err(Duration::try_from(pause - waited).unwrap_or(pause));
            }
        }
        all.insert(key.to_owned(), (count.saturating_add(1), now));
        Ok(())
    }

    /// Forgets the failures.
    pub(super) fn succeeded(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const BEGIN: OffsetDateTime = datetime!(2026-11-26 8:00 UTC);

    fn at(seconds: u64) -> OffsetDateTime {
        BEGIN + Duration::from_secs(seconds)
    }

    #[test]
    fn a_bucket_is_emptied_at_once_and_filled_by_the_minute() {
        let buckets = Buckets::new(3, 6.0);
        let taken = |second: u64| (0..9).filter(|_| buckets.take("ana", at(second)).is_ok()).count();
        assert_eq!((taken(0), taken(9), taken(10), taken(29), taken(3_600)), (3, 0, 1, 1, 3));
        assert_eq!(buckets.take("ana", at(3_605)), Err(Duration::from_secs(5)));
        assert_eq!(buckets.take("bo", at(3_605)), Ok(()), "each has one");
        assert!(buckets.take("ana", BEGIN).is_err(), "a clock that is put back fills none");
    }

    #[test]
    fn a_full_table_grows_no_further_and_forgets_nobody_who_is_at_it() {
        let buckets = Buckets::new(1, 1.0);
        assert!((0..KEYS_MAX).all(|n| buckets.take(&format!("a{n}"), BEGIN).is_ok()));
        assert!(buckets.take("b1", BEGIN).is_ok(), "the place of all others");
        assert!(buckets.take("b2", BEGIN).is_err() && buckets.take("a0", BEGIN).is_err());
        assert!(buckets.all.lock().expect("a lock").len() <= KEYS_MAX + 1);
        assert!(buckets.take("b2", at(60)).is_ok(), "full ones made room");
        assert!(buckets.all.lock().expect("a lock").len() < 5);
    }

    #[test]
    fn pauses_grow_with_failures_and_end_with_success() {
        let failures = Failures::default();
        let (mut now, mut pauses) = (BEGIN, Vec::new());
        for _ in 0..16 {
            if let Err(pause) = failures.attempt("ana", now) {
                pauses.push(pause.as_secs());
                now += pause;
                assert_eq!(failures.attempt("ana", now), Ok(()));
            }
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
        assert!(failures.attempt("ana", now).is_err() && failures.attempt("bo", now).is_ok());
        failures.succeeded("ana");
        assert_eq!(failures.attempt("ana", now), Ok(()));
    }
}
