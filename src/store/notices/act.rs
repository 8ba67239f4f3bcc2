//! What operators do to notices: kept back, let go, sent again.

use uuid::Uuid;

use super::types::{NoticeCursor, NoticeFilter};
use crate::store::NoticeState;

/// Why a notice is kept back: an operator said so.
pub(in crate::store) const BY_OPERATOR: &str = "operator";
/// Why a notice is kept back: the policy sends no late mail ([`Effects::withhold`](crate::policy::Effects)).
const STALE: &str = "stale";

/// What an operator does to notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeAct {
    /// Keeps back what was not sent yet.
    Hold,
    /// Lets go what is kept back.
    Release,
    /// Has it sent once more, as a letter of its own.
    Resend,
}

impl NoticeAct {
    /// Stable name, as in `notice_history.what`.
    pub fn as_str(self) -> &'static str {
        match self {
            NoticeAct::Hold => "hold",
            NoticeAct::Release => "release",
            NoticeAct::Resend => "resend",
        }
    }

    /// Its name in the operators' log.
    pub(in crate::store) fn action(self) -> &'static str {
        match self {
            NoticeAct::Hold => "notices.hold",
            NoticeAct::Release => "notices.release",
            NoticeAct::Resend => "notices.resend",
        }
    }

    /// The states in which a notice can be changed so. Never one that a sender is at: what it has begun it ends.
    pub fn from(self) -> &'static [NoticeState] {
        match self {
            NoticeAct::Hold => &[NoticeState::Pending, NoticeState::Deferred],
            NoticeAct::Release => &[NoticeState::Withheld],
            NoticeAct::Resend => &[
                NoticeState::Failed,
                NoticeState::Undeliverable,
                NoticeState::Suppressed,
                NoticeState::Unknown,
                NoticeState::Sent,
            ],
        }
    }

    /// The states it is about where only conditions choose: who wants letters that have arrived sent twice says so.
    pub fn from_unless_named(self) -> &'static [NoticeState] {
        match self {
            NoticeAct::Resend => {
                &[NoticeState::Failed, NoticeState::Undeliverable, NoticeState::Suppressed, NoticeState::Unknown]
            }
            _ => self.from(),
        }
    }

    /// The codes it is about where only conditions choose and none is named; none: any. What a replay keeps back, a
    /// replay lets go.
    pub fn codes(self, selection: &NoticeSelection) -> Vec<&'static str> {
        match (self, selection) {
            (NoticeAct::Release, NoticeSelection::Filter(filter)) if filter.code.is_none() => vec![BY_OPERATOR, STALE],
            _ => Vec::new(),
        }
    }

    /// What becomes of the mark at events that are under way, whose coming notices are meant too: from, to.
    pub(in crate::store) fn mark(self) -> Option<(Option<&'static str>, Option<&'static str>)> {
        match self {
            NoticeAct::Hold => Some((None, Some(BY_OPERATOR))),
            NoticeAct::Release => Some((Some(BY_OPERATOR), None)),
            NoticeAct::Resend => None,
        }
    }
}

/// Which notices an act is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeSelection {
    /// These, at most [`PAGE_MAX`](crate::store::PAGE_MAX).
    Ids(Vec<Uuid>),
    /// All that match. One that names nothing but an event means also the notices that event has yet to make.
    Filter(Box<NoticeFilter>),
}

impl NoticeSelection {
    /// Source and id, if it means all notices of an event.
    pub(in crate::store) fn whole_event(&self) -> Option<(Option<&str>, &str)> {
        let NoticeSelection::Filter(filter) = self else { return None };
        let narrower = [&filter.person, &filter.event_type, &filter.code, &filter.proposal];
        let narrowed = narrower.iter().any(|text| text.is_some())
            || filter.ids.is_some()
            || filter.created_from.is_some()
            || filter.created_before.is_some();
        let id = filter.event_id.as_deref().filter(|_| !narrowed)?;
        Some((filter.source.as_deref(), id))
    }
}

/// One batch of an act, as it is ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeOrder {
    /// What.
    pub what: NoticeAct,
    /// To which.
    pub which: NoticeSelection,
    /// Of a filter: only those behind this one, so that none is met twice.
    pub before: Option<NoticeCursor>,
    /// Of a filter: so many at most; more than [`PAGE_MAX`](crate::store::PAGE_MAX) is the same as that.
    pub limit: u32,
    /// Everything is done and then undone: what it would be.
    pub rehearse: bool,
}

/// What a batch did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoticesChanged {
    /// Those that changed, in the order of their ids.
    pub changed: Vec<Uuid>,
    /// Those that were named and stay as they are; `None`: there is none of this id.
    pub left: Vec<(Uuid, Option<NoticeState>)>,
    /// Events under way whose coming notices are kept back, or no longer.
    pub events: u64,
    /// Of a filter: where the next batch goes on; `None`: this was the last.
    pub next: Option<NoticeCursor>,
}
