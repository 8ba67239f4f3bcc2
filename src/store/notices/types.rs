//! A notice as it is listed, counted and shown.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::event::EventKey;
use crate::store::{LeasedNotice, NoticeState};

/// Groups in one answer at most: states times types times codes are some hundred.
pub const NOTICE_GROUPS_MAX: u32 = 1_000;

/// Which notices; every condition that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticeFilter {
    /// In one of these states; none named: any.
    pub states: Vec<NoticeState>,
    /// To this person.
    pub person: Option<String>,
    /// About an event of this CloudEvents source.
    pub source: Option<String>,
    /// About an event with this CloudEvents id.
    pub event_id: Option<String>,
    /// About an event of this type.
    pub event_type: Option<String>,
    /// With this code.
    pub code: Option<String>,
    /// With a line about this proposal.
    pub proposal: Option<String>,
    /// Put into the outbox at or after this moment.
    pub created_from: Option<OffsetDateTime>,
    /// Put into the outbox before this moment.
    pub created_before: Option<OffsetDateTime>,
    /// With an id from the first to the second of these: what begins alike.
    pub ids: Option<(Uuid, Uuid)>,
}

impl NoticeFilter {
    /// Notices whose id begins with these hexadecimal digits; hyphens are passed over. `None`: it is no such beginning.
    pub fn beginning(prefix: &str) -> Option<NoticeFilter> {
        /// Digits of an id.
        const DIGITS: usize = 32;
        let digits: String = prefix.chars().filter(|c| *c != '-').collect();
        if digits.is_empty() || digits.len() > DIGITS || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
            return None;
        }
        let bound = |filler: &str| Uuid::parse_str(&format!("{digits}{}", filler.repeat(DIGITS - digits.len()))).ok();
        Some(NoticeFilter { ids: Some((bound("0")?, bound("f")?)), ..NoticeFilter::default() })
    }
}

/// The last notice of a page: where the next one goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeCursor {
    /// When it was put into the outbox.
    pub created_at: OffsetDateTime,
    /// Its id.
    pub id: Uuid,
}

/// Which part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticePage {
    /// Only notices behind this one.
    pub before: Option<NoticeCursor>,
    /// Notices at most; more than [`PAGE_MAX`](super::super::PAGE_MAX) is the same as that.
    pub limit: u32,
}

/// A notice without its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeSummary {
    /// Its id.
    pub id: Uuid,
    /// The event it tells about.
    pub event: EventKey,
    /// Number of the event.
    pub event_no: i64,
    /// Type of the event.
    pub event_type: String,
    /// How far the event has come (`events.state`): while it fans out or waits it may have more to tell this person.
    pub event_state: String,
    /// Whom it tells.
    pub person: String,
    /// What is to happen to it.
    pub state: NoticeState,
    /// Stable code: what the last attempt met, or why it is kept back.
    pub code: Option<String>,
    /// What the server said to the last attempt, without addresses.
    pub reply: Option<String>,
    /// When it is sent; none: its event may have more to tell.
    pub due_at: Option<OffsetDateTime>,
    /// Attempts so far, since it was last sent again.
    pub attempts: u32,
    /// How often an operator had it sent again.
    pub resends: u32,
    /// Until when a sender is at it.
    pub lease_until: Option<OffsetDateTime>,
    /// When it was put into the outbox.
    pub created_at: OffsetDateTime,
    /// When it was sent or given up.
    pub settled_at: Option<OffsetDateTime>,
    /// When its words were taken out, at its person's request.
    pub erased_at: Option<OffsetDateTime>,
}

impl NoticeSummary {
    /// Where a list goes on behind it.
    pub fn cursor(&self) -> NoticeCursor {
        NoticeCursor { created_at: self.created_at, id: self.id }
    }
}

/// Notices of one state, event type and code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeGroup {
    /// Their state.
    pub state: NoticeState,
    /// Type of their events.
    pub event_type: String,
    /// Their code.
    pub code: Option<String>,
    /// How many.
    pub notices: u64,
    /// When the oldest was put into the outbox.
    pub oldest: OffsetDateTime,
    /// When the newest was.
    pub newest: OffsetDateTime,
}

/// What an entry of a notice's history is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeEventKind {
    /// It was sent, or that was tried, and its row says something newer by now.
    Attempt,
    /// It came back.
    Bounce,
    /// Its reader complained.
    Complaint,
    /// An operator kept it back.
    Hold,
    /// An operator let it go.
    Release,
    /// An operator had it sent again.
    Resend,
}

impl NoticeEventKind {
    /// Every kind.
    pub const ALL: [NoticeEventKind; 6] = [
        NoticeEventKind::Attempt,
        NoticeEventKind::Bounce,
        NoticeEventKind::Complaint,
        NoticeEventKind::Hold,
        NoticeEventKind::Release,
        NoticeEventKind::Resend,
    ];

    /// Stable name, as in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            NoticeEventKind::Attempt => "attempt",
            NoticeEventKind::Bounce => "bounce",
            NoticeEventKind::Complaint => "complaint",
            NoticeEventKind::Hold => "hold",
            NoticeEventKind::Release => "release",
            NoticeEventKind::Resend => "resend",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// One entry of a notice's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeEvent {
    /// When.
    pub at: OffsetDateTime,
    /// What happened.
    pub kind: NoticeEventKind,
    /// Of an attempt the state that came of it, of an operator's act the state before it.
    pub state: String,
    /// Stable code.
    pub code: Option<String>,
    /// What the server said, without addresses.
    pub reply: Option<String>,
}

/// A notice with all that is known about it.
#[derive(Debug, Clone)]
pub struct NoticeDossier {
    /// Its row.
    pub summary: NoticeSummary,
    /// What a sender would make its letter of now; or the name of the column that cannot be read.
    pub letter: Result<LeasedNotice, &'static str>,
    /// What the row no longer says, oldest first.
    pub history: Vec<NoticeEvent>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_a_range_of_ids() {
        fn range(prefix: &str) -> Option<(Uuid, Uuid)> {
            NoticeFilter::beginning(prefix).and_then(|filter| filter.ids)
        }
        let id = Uuid::from_u128(0x0a1b_0000_0000_0000_0000_0000_0000_0000);
        let last = Uuid::from_u128(0x0a1b_ffff_ffff_ffff_ffff_ffff_ffff_ffff);
        assert_eq!(range("0A1b"), Some((id, last)));
        assert_eq!(range(&id.to_string()), Some((id, id)));
        for bad in ["", "-", "0x1", "é", &"0".repeat(33)] {
            assert_eq!(range(bad), None, "{bad:?}");
        }
    }
}
