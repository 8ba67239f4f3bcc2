//! Credits before letters: while more events wait in the queue than one batch takes, more of a batch than one
//! transaction, or more of an event than one chunk, most connections for mail stand still.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a full batch speaks for the queue: longer than the next takes, so that the word does not flicker, and short
/// enough that nobody misses the time when the queue is empty.
const SPEAKS_FOR: Duration = Duration::from_millis(250);

/// What the last full batch, or chunk, says about what waits.
#[derive(Debug, Default)]
pub struct Backlog {
    until: Mutex<Option<Instant>>,
}

impl Backlog {
    /// A batch was taken that is as full as one can be, a part of one, or a chunk with more behind it: more wait.
    pub fn seen(&self, now: Instant) {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = now.checked_add(SPEAKS_FOR);
    }

    /// How long there is a backlog for all that is known; `None`: there is none.
    pub fn left(&self, now: Instant) -> Option<Duration> {
        let until = *self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.map(|until| until.saturating_duration_since(now)).filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_batch_speaks_for_a_while_and_the_next_one_for_longer() {
        let (backlog, start) = (Backlog::default(), Instant::now());
        assert_eq!(backlog.left(start), None);
        backlog.seen(start);
        assert_eq!(backlog.left(start), Some(SPEAKS_FOR));
        backlog.seen(start + SPEAKS_FOR / 2);
        assert_eq!(backlog.left(start + SPEAKS_FOR), Some(SPEAKS_FOR / 2));
        assert_eq!(backlog.left(start + SPEAKS_FOR * 3 / 2), None);
    }
}
