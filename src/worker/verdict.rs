//! From the mail server's answer to what is written down about a notice. Pure.

use std::time::Duration;

use time::OffsetDateTime;

use crate::mail::Receipt;
use crate::store::{BadMailbox, LeasedNotice, NoticeResult, Settlement};

/// When a deferred notice is tried again, and when it is given up.
///
/// RFC 5321 §4.5.4.1: the retry interval SHOULD be at least 30 minutes (the first may be sooner), giving up takes at
/// least 4-5 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetrySchedule {
    /// Pause after the first deferral; doubles with each.
    pub first: Duration,
    /// Longest pause.
    pub longest: Duration,
    /// Age at which a notice is given up.
    pub give_up_after: Duration,
    /// How long a mailbox that does not exist gets no mail.
    pub suppress_for: Duration,
    /// Longest time one attempt may take; a lease with less left is not begun.
    pub attempt_max: Duration,
}

impl RetrySchedule {
    /// When attempt number `attempts` + 1 is due. Spread by up to a tenth, by the notice's id, so that what was
    /// deferred together does not come back together.
    fn next(&self, notice: &LeasedNotice, now: OffsetDateTime) -> OffsetDateTime {
        let factor = 1_u32.checked_shl(notice.attempts.min(31)).unwrap_or(u32::MAX);
        let pause = self.first.saturating_mul(factor).min(self.longest);
        let spread = pause / 2560 * u32::from(notice.id.as_bytes()[15]);
        now.checked_add(time::Duration::try_from(pause + spread).unwrap_or(time::Duration::DAY)).unwrap_or(now)
    }

    /// How long a notice has been tried, by the pauses between its attempts: of one that was kept back or is sent again
    /// that is less than its age.
    fn tried_for(&self, attempts: u32) -> Duration {
        let (mut tried, mut pause) = (Duration::ZERO, self.first);
        for _ in 0..attempts {
            if tried >= self.give_up_after || pause.is_zero() {
                return self.give_up_after;
            }
            tried = tried.saturating_add(pause.min(self.longest));
            pause = pause.saturating_mul(2);
        }
        tried
    }

    /// Old enough, and tried for as long: one mishap does not end what was kept back for a week.
    fn is_over(&self, age: time::Duration, attempts: u32) -> bool {
        age >= self.give_up_after && self.tried_for(attempts) >= self.give_up_after
    }
}

/// When a mailbox that does not exist now gets mail again.
pub(super) fn suppress_until(now: OffsetDateTime, suppress_for: Duration) -> OffsetDateTime {
    now.saturating_add(time::Duration::try_from(suppress_for).unwrap_or(time::Duration::MAX))
}

/// Stable name of a result, for metrics and logs.
pub(super) fn outcome(result: &NoticeResult) -> &'static str {
    match result {
        NoticeResult::Sent => "sent",
        NoticeResult::Deferred { .. } => "deferred",
        NoticeResult::Released { .. } => "released",
        NoticeResult::Failed { .. } => "failed",
        NoticeResult::Undeliverable => "undeliverable",
        NoticeResult::Suppressed => "suppressed",
        NoticeResult::Unknown => "unknown",
    }
}

/// What one answer means for one notice.
pub(super) fn settle(
    notice: &LeasedNotice, receipt: Receipt, retry: &RetrySchedule, now: OffsetDateTime,
) -> Settlement {
    let (result, code, reply) = match receipt {
        Receipt::Accepted { code, reply } => (NoticeResult::Sent, format!("smtp_{code}"), Some(reply)),
        Receipt::Deferred { code, reply } => {
            let result = if retry.is_over(now - notice.created_at, notice.attempts) {
                NoticeResult::Failed { suppress_address: None }
            } else {
                NoticeResult::Deferred { due: retry.next(notice, now) }
            };
            (result, format!("smtp_{code}"), Some(reply))
        }
        Receipt::Refused { code, reply, bad_mailbox } => {
            let until = suppress_until(now, retry.suppress_for);
            let bad = notice.address.clone().filter(|_| bad_mailbox);
            let suppress_address = bad.map(|address| BadMailbox { address, until });
            (NoticeResult::Failed { suppress_address }, format!("smtp_{code}"), Some(reply))
        }
        Receipt::NoUtf8 => {
            let reply = "the mail server does not offer SMTPUTF8, which this address needs".to_owned();
            (NoticeResult::Undeliverable, "no_smtputf8".to_owned(), Some(reply))
        }
        // The breaker keeps the next attempt away until the server may be back; none was made, so none is counted.
        Receipt::Away { why, .. } => (NoticeResult::Released { due: now }, "away".to_owned(), Some(why.to_owned())),
        Receipt::CutOff { .. } => (NoticeResult::Unknown, "cut_off_after_data".to_owned(), None),
    };
    Settlement { id: notice.id, token: notice.token, result, code, reply }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_given_up_when_it_is_old_and_was_tried_for_long() {
        let retry = RetrySchedule {
            first: Duration::from_secs(600),
            longest: Duration::from_secs(6 * 3600),
            give_up_after: Duration::from_secs(5 * 86_400),
            attempt_max: Duration::from_secs(60),
            suppress_for: Duration::from_secs(60),
        };
        let days = time::Duration::days;
        assert!(!retry.is_over(days(4), 100));
        assert!(retry.is_over(days(6), 30));
        // Kept back for a week, or sent again: one mishap does not end it.
        assert!(!retry.is_over(days(7), 0) && !retry.is_over(days(7), 3));
        assert!(RetrySchedule { first: Duration::ZERO, ..retry }.is_over(days(5), 1));
    }
}
