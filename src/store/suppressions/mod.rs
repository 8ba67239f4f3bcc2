//! Addresses that no mail goes to, and how operators work on the list of them; every act on record.

mod bounce;
pub(in crate::store) mod rows;

pub use bounce::{BOUNCES_MAX, BounceEntry, BounceKind, BounceStore, Bounced, BouncedNotice};

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Act, Address, StoreError};
use crate::event::PersonId;

/// Addresses that one act may name: a file of them is a few MB, and the act one short transaction.
pub const SUPPRESSIONS_MAX: usize = 10_000;

/// People that a release names whose notices were held back.
pub const HELD_PEOPLE_MAX: u32 = 1_000;

/// Why mail does not go there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SuppressionCause {
    /// The mailbox does not exist; ends by itself, since mailboxes come back and servers err.
    BadMailbox,
    /// Its reader called a letter spam.
    Complaint,
    /// An operator put it there.
    Operator,
}

impl SuppressionCause {
    /// Every cause.
    pub const ALL: [SuppressionCause; 3] =
        [SuppressionCause::BadMailbox, SuppressionCause::Complaint, SuppressionCause::Operator];

    /// Stable name, as in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            SuppressionCause::BadMailbox => "bad-mailbox",
            SuppressionCause::Complaint => "complaint",
            SuppressionCause::Operator => "operator",
        }
    }

    /// The cause of this name.
    pub fn parse(name: &str) -> Option<SuppressionCause> {
        SuppressionCause::ALL.into_iter().find(|cause| cause.as_str() == name)
    }
}

/// One address that no mail goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Its number, rising: names it without naming anybody.
    pub no: i64,
    /// The address, in lower case.
    pub address: Address,
    /// Why.
    pub cause: SuppressionCause,
    /// The notice that was answered so.
    pub notice: Option<Uuid>,
    /// Since when.
    pub created_at: OffsetDateTime,
    /// When mail may go there again; `None`: never by itself.
    pub expires_at: Option<OffsetDateTime>,
}

/// Which entries of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SuppressionFilter {
    /// Of this cause.
    pub cause: Option<SuppressionCause>,
    /// Of this person's present address.
    pub person: Option<PersonId>,
    /// Those whose term is over, instead of those in force.
    pub expired: bool,
    /// With a number below this.
    pub before: Option<i64>,
}

/// Which entries to take off the list: all that any of these names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReleaseSelection {
    /// These numbers.
    pub numbers: Vec<i64>,
    /// These addresses.
    pub addresses: Vec<Address>,
    /// Every entry whose term is over.
    pub expired: bool,
}

/// What a release did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Released {
    /// What was taken off, in the order of the numbers.
    pub entries: Vec<Suppression>,
    /// People with notices in the state `suppressed` that went to these addresses, and how many of each; at most
    /// [`HELD_PEOPLE_MAX`].
    pub held: Vec<(String, u64)>,
}

/// The use cases of the suppression list. As in [`Store`](super::Store), every method is one transaction. `dry_run`
/// rolls it back: the answer says what would have been done.
#[async_trait]
pub trait SuppressionStore {
    /// Entries that match, newest first, at most `limit` ([`PAGE_MAX`](super::PAGE_MAX)).
    async fn suppressions(
        &self, filter: &SuppressionFilter, limit: u32, now: OffsetDateTime,
    ) -> Result<Vec<Suppression>, StoreError>;

    /// Suppresses addresses, as an operator. Answers the numbers of those that are new: an entry in force stays as it
    /// is, unless it would end and the new one would not.
    async fn suppress(
        &self, addresses: &[Address], expires_at: Option<OffsetDateTime>, dry_run: bool, act: &Act, now: OffsetDateTime,
    ) -> Result<Vec<i64>, StoreError>;

    /// Takes entries off the list.
    async fn release(
        &self, selection: &ReleaseSelection, dry_run: bool, act: &Act, now: OffsetDateTime,
    ) -> Result<Released, StoreError>;
}
