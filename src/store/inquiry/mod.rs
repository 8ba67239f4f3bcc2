//! What answers are made of: everything that is known about one proposal, account, event …, as of one moment.

mod facts;
pub(super) mod gather;
mod keys;
mod past;
mod record;
pub(super) mod statements;
mod thing;
mod told;

pub use facts::{SeenAccount, SeenJob, SeenPerson, SeenProposal};
pub use past::{HistoryRow, SeenDecision, SeenEntry, SeenEvent};
pub use thing::{Dossier, HistoryPage, HistoryQuery, Listed, Place, Tally, Thing, ThingKind};
pub use told::{SeenAnnouncement, SeenAttempt, SeenFinding, SeenLetter, SeenNotice, SeenNoticeEvent};

use async_trait::async_trait;
use time::OffsetDateTime;

use super::StoreError;

/// Events about one thing at most, the newest.
pub const SEEN_EVENTS_MAX: usize = 100;
/// Decisions, entries and notices about one thing at most.
pub const SEEN_ROWS_MAX: usize = 500;
/// Dead letters about one thing at most, the newest.
pub const SEEN_LETTERS_MAX: usize = 50;
/// Events that share an id at most: one a source.
pub const NAMESAKES_MAX: usize = 20;
/// Posts of a client that are looked through for proposals, the last changed.
pub const CLIENT_JOBS_MAX: usize = 1_000;
/// Decisions and notices of an event that are counted; more of them stand as this many and more.
pub const TALLY_MAX: u64 = 1_000;

/// Reads for answers. Each method is one read-only transaction: all it returns was true at one moment.
#[async_trait]
pub trait InquiryStore {
    /// What this text may be the id of: proposals, people, accounts, jobs, clients, events, notices, entries. Also
    /// what is in no table of facts, but was spoken of. Of an event `SOURCE ID`, too.
    async fn find(&self, text: &str) -> Result<Vec<Thing>, StoreError>;

    /// All that is known about it; of what has many proposals a page of them. An id that is unknown has an empty one.
    async fn inquire(&self, thing: &Thing, page: Listed<'_>, now: OffsetDateTime) -> Result<Dossier, StoreError>;

    /// A page of an account's statement.
    async fn history(&self, query: &HistoryQuery<'_>) -> Result<HistoryPage, StoreError>;
}
