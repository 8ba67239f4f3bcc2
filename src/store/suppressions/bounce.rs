//! What comes back about a letter, as the store keeps it.

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use super::SuppressionCause;
use crate::store::{Address, StoreError};

/// Bounces and complaints that are kept of one notice: whoever knows a letter's id can write more of them.
pub const BOUNCES_MAX: u32 = 50;

/// What a bounce can be compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BouncedNotice {
    /// The present address of its person.
    pub address: Option<Address>,
    /// How often it was sent again.
    pub resends: u32,
}

/// What came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BounceKind {
    /// A server's report about a delivery.
    Bounce,
    /// A reader's complaint.
    Complaint,
}

impl BounceKind {
    /// Stable name, as in `notice_history.what`.
    pub fn as_str(self) -> &'static str {
        match self {
            BounceKind::Bounce => "bounce",
            BounceKind::Complaint => "complaint",
        }
    }
}

/// What to write down about a letter that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BounceEntry {
    /// The notice.
    pub notice: Uuid,
    /// What came back.
    pub kind: BounceKind,
    /// Stable code: `bounced`, `delayed`, `complaint`, `address_mismatch`.
    pub code: &'static str,
    /// Status and the server's words, without addresses.
    pub words: Option<String>,
    /// The same for the same report.
    pub digest: [u8; 32],
    /// The letter did not arrive: the notice has failed, if this many resends are still its last, and it counts as sent
    /// or unknown.
    pub fails: Option<u32>,
    /// This address, as it stands in the facts, gets no mail any more, for this cause, until then.
    pub suppress: Option<(Address, SuppressionCause, Option<OffsetDateTime>)>,
}

/// What was written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bounced {
    /// The same was known before: nothing was written.
    Known,
    /// The notice has [`BOUNCES_MAX`] already: nothing was written.
    Full,
    /// In the notice's history.
    Recorded {
        /// The notice has failed by it.
        failed: bool,
        /// The address is on the list by it.
        suppressed: bool,
    },
}

/// The use cases of what comes back. As in [`Store`](crate::store::Store), every method is one transaction.
#[async_trait]
pub trait BounceStore {
    /// What a bounce of this notice can be compared with; `None`: there is no such notice.
    async fn bounced_notice(&self, notice: Uuid) -> Result<Option<BouncedNotice>, StoreError>;

    /// Writes down what came back, once. `dry_run` rolls it back: the answer says what would have been done.
    async fn bounce(&self, entry: &BounceEntry, dry_run: bool, now: OffsetDateTime) -> Result<Bounced, StoreError>;
}
