//! One event over all its proposals.

use time::OffsetDateTime;

use super::{Facts, Missing, Policy, Ruling};
use crate::event::Event;

/// Which time an event is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// For the first time.
    First,
    /// Again, at the end of the hold of a suspension that was not final.
    AfterHold,
}

/// Decides one event for every proposal in `facts` that it touches, and records the decisions in `facts`.
pub fn judge(policy: &Policy, event: &Event, stage: Stage, facts: &mut Facts, now: OffsetDateTime) -> Ruling {
    let _ = (policy, event, stage, facts, now);
    Ruling::Wait(Missing::Job)
}
