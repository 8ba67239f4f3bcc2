//! A rate, as a bucket that fills: how many may go now, and when one that may not can. Pure; time is an argument.
//!
//! Not a crate's: governor says when the next one may go, but reserves nothing, so all that are put off would come back
//! in the same instant; and its rates do not grow.

use std::time::{Duration, Instant};

/// The rate starts low after a pause and doubles up to the full one: receivers take a sudden flood from a quiet sender
/// for spam, or for a broken one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ramp {
    /// Mails a minute at the start.
    pub per_minute: u32,
    /// How long until it is twice as many.
    pub double_every: Duration,
    /// Without mail for this long, it starts again.
    pub idle: Duration,
}

/// Mails a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) per_minute: u32,
    pub(super) ramp: Option<Ramp>,
    /// What was not used within this time is lost, so that no burst is larger. At least the pause between two looks
    /// into the outbox, or what comes due between them could not leave together.
    pub(super) window: Duration,
}

/// Doublings after which any rate is the full one.
const DOUBLINGS_MAX: u32 = 32;

/// A whole token, short of what adding up fractions loses.
const WHOLE: f64 = 1.0 - 1e-6;

/// Slots in time, handed out one behind the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lane(Option<Instant>);

impl Lane {
    pub(super) const EMPTY: Lane = Lane(None);

    /// Somebody has a slot that is still to come.
    pub(super) fn is_taken(self, now: Instant) -> bool {
        self.0.is_some_and(|last| last > now)
    }

    /// The next slot: not before `earliest`, and `apart` from the last one.
    pub(super) fn next(&mut self, earliest: Instant, apart: impl FnOnce(Instant) -> Duration) -> Instant {
        let slot = self.0.map_or(earliest, |last| earliest.max(last + apart(last)));
        self.0 = Some(slot);
        slot
    }
}

/// The state of one rate.
#[derive(Debug, Clone)]
pub(super) struct Bucket {
    rate: Rate,
    /// When the ramp began.
    began: Instant,
    /// When the last one went.
    used: Instant,
    /// How many may go, as of `filled`.
    tokens: f64,
    filled: Instant,
    /// Slots of those that were put off for the first time.
    first: Lane,
    /// Slots of those that came at theirs and found the bucket empty. Apart, so that they do not go to the end again.
    again: Lane,
}

impl Bucket {
    pub(super) fn new(rate: Rate, now: Instant) -> Self {
        let mut bucket =
            Self { rate, began: now, used: now, tokens: 0.0, filled: now, first: Lane::EMPTY, again: Lane::EMPTY };
        bucket.tokens = bucket.capacity(now);
        bucket
    }

    /// One may go now. One that comes for the first time does not pass those that have a slot.
    pub(super) fn may_go(&mut self, has_slot: bool, now: Instant) -> bool {
        self.fill(now);
        let queue = !has_slot && (self.first.is_taken(now) || self.again.is_taken(now));
        !queue && self.tokens >= WHOLE
    }

    /// One goes.
    pub(super) fn take(&mut self, now: Instant) {
        self.tokens -= 1.0;
        self.used = now;
    }

    /// When one that may not go now should come again: a slot of its own.
    pub(super) fn slot(&mut self, had_slot: bool, now: Instant) -> Instant {
        let missing = (1.0 - self.tokens).max(0.0) / self.per_second(now);
        let earliest = now + Duration::from_secs_f64(missing);
        let bucket = self.clone();
        let apart = |last: Instant| Duration::from_secs_f64(1.0 / bucket.per_second(last));
        if had_slot { self.again.next(earliest, apart) } else { self.first.next(earliest, apart) }
    }

    /// As good as new: forgetting it changes nothing.
    pub(super) fn is_idle(&mut self, now: Instant) -> bool {
        self.fill(now);
        let ramp_is_over = self.rate.ramp.is_none_or(|ramp| now.saturating_duration_since(self.used) >= ramp.idle);
        let nobody_waits = !self.first.is_taken(now) && !self.again.is_taken(now);
        ramp_is_over && nobody_waits && self.tokens >= self.capacity(now)
    }

    fn fill(&mut self, now: Instant) {
        if let Some(ramp) = self.rate.ramp
            && now.saturating_duration_since(self.used) >= ramp.idle
            && !self.first.is_taken(now)
        {
            (self.began, self.used, self.filled) = (now, now, now);
            self.tokens = self.capacity(now);
        }
        // Step by step of the ramp; above it, all at once.
        while self.filled < now {
            let until = self.rate.ramp.map_or(now, |ramp| self.step_end(ramp, self.filled).min(now));
            let gained = self.per_second(self.filled) * until.saturating_duration_since(self.filled).as_secs_f64();
            self.tokens = (self.tokens + gained).min(self.capacity(until));
            self.filled = until;
        }
    }

    fn capacity(&self, at: Instant) -> f64 {
        (self.per_second(at) * self.rate.window.as_secs_f64()).max(1.0)
    }

    fn per_second(&self, at: Instant) -> f64 {
        let full = f64::from(self.rate.per_minute.max(1));
        let now = self.rate.ramp.map_or(full, |ramp| {
            f64::from(ramp.per_minute.max(1)) * f64::from(2_u32).powi(self.doublings(ramp, at).cast_signed())
        });
        now.min(full) / 60.0
    }

    fn doublings(&self, ramp: Ramp, at: Instant) -> u32 {
        let steps = at.saturating_duration_since(self.began).as_nanos() / ramp.double_every.as_nanos().max(1);
        u32::try_from(steps).unwrap_or(DOUBLINGS_MAX).min(DOUBLINGS_MAX)
    }

    /// When the rate that holds at `at` ends.
    fn step_end(&self, ramp: Ramp, at: Instant) -> Instant {
        let doublings = self.doublings(ramp, at);
        let lasts = doublings >= DOUBLINGS_MAX || self.per_second(at) * 60.0 >= f64::from(self.rate.per_minute);
        let end = ramp.double_every.checked_mul(doublings + 1).filter(|_| !lasts);
        end.and_then(|end| self.began.checked_add(end)).unwrap_or_else(|| at + Duration::from_secs(86_400 * 365))
    }
}
