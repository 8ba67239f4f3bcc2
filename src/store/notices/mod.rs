//! Notices as operators work on them: listed, counted, one with all that is known about it; kept back, let go, sent
//! again, every act on record.

mod act;
pub(super) mod filter;
pub(super) mod rows;
mod types;

pub use act::{NoticeAct, NoticeOrder, NoticeSelection, NoticesChanged};
pub use types::{
    NOTICE_GROUPS_MAX, NoticeCursor, NoticeDossier, NoticeEvent, NoticeEventKind, NoticeFilter, NoticeGroup,
    NoticePage, NoticeSummary,
};

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Act, StoreError};

/// The use cases of the outbox's operators. As in [`Store`](super::Store), every method is one transaction.
#[async_trait]
pub trait NoticeStore {
    /// Notices that match, newest first (by the moment they were put into the outbox, then by id), at most
    /// `page.limit` behind `page.before`.
    async fn notices(&self, filter: &NoticeFilter, page: NoticePage) -> Result<Vec<NoticeSummary>, StoreError>;

    /// Notices that match by state, event type and code, the most numerous first, at most [`NOTICE_GROUPS_MAX`].
    async fn notice_groups(&self, filter: &NoticeFilter) -> Result<Vec<NoticeGroup>, StoreError>;

    /// One notice, what its letter is made of at `now`, and its history, as of one moment; `None`: no notice has this
    /// id.
    async fn notice(&self, id: Uuid, now: OffsetDateTime) -> Result<Option<NoticeDossier>, StoreError>;

    /// One batch of an act: the notices, their history, the mark at their event and the row in the operators' log are
    /// one transaction. Only a notice in a state the act is for changes ([`NoticeAct::from`]); one that a sender is at
    /// is left to it. A second operator waits for the first, and finds done what was done.
    async fn notices_change(
        &self, order: &NoticeOrder, act: &Act, now: OffsetDateTime,
    ) -> Result<NoticesChanged, StoreError>;
}
