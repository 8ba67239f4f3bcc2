//! Notices on their way out: what a dispatcher leases and what it reports back.

use std::time::Instant;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::event::{EventKey, PersonId};
use crate::policy::{NoticeLine, Occasion};

/// A notice held by one dispatcher. `Debug` shows its id alone: name and address stay out of logs.
#[derive(Clone)]
pub struct LeasedNotice {
    /// Derived from event and person: the same notice has the same id after any crash.
    pub id: Uuid,
    /// The event it tells about.
    pub event: EventKey,
    /// Whom it tells.
    pub person: PersonId,
    /// Their name, if known; hostile until escaped.
    pub name: Option<String>,
    /// Their address now; never logged.
    pub address: Option<Address>,
    /// The language they read (BCP 47), as the marketplace has it.
    pub locale: Option<String>,
    /// Their time zone (IANA name), as the marketplace has it.
    pub time_zone: Option<String>,
    /// The address is on the suppression list.
    pub suppressed: bool,
    /// When it was put into the outbox: the letter's Date.
    pub created_at: OffsetDateTime,
    /// How often an operator had it sent again.
    pub resends: u32,
    /// Attempts before this one.
    pub attempts: u32,
    /// It was put off before by a limit ([`THROTTLED`]) and comes at the moment it was given.
    pub throttled: bool,
    /// What happened.
    pub about: Occasion,
    /// A line each proposal.
    pub lines: Vec<NoticeLine>,
    /// W3C trace context of the event.
    pub traceparent: Option<String>,
    /// Fencing token of its lease; nil where it was only looked at.
    pub token: Uuid,
    /// Local time after which the lease is no longer ours; taken before the query was sent.
    pub lease_ends: Instant,
}

impl std::fmt::Debug for LeasedNotice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LeasedNotice").field("id", &self.id).field("event", &self.event).finish_non_exhaustive()
    }
}

impl LeasedNotice {
    /// Id of the notice that tells `person` about `event`: a UUID (version 8) from their SHA-256.
    pub fn id_of(event: &EventKey, person: &PersonId) -> Uuid {
        use sha2::{Digest, Sha256};
        let mut hash = Sha256::new();
        for part in [event.source.as_str(), event.id.as_str(), person.as_str()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest: [u8; 32] = hash.finalize().into();
        let mut head = [0_u8; 16];
        head.copy_from_slice(&digest[..16]);
        Uuid::new_v8(head)
    }
}

/// An e-mail address that `Debug` does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(pub String);

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(..)")
    }
}

/// A mailbox that does not exist, as its server says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadMailbox {
    /// Its address, as it stands in the facts.
    pub address: Address,
    /// Until when it gets no mail.
    pub until: OffsetDateTime,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeResult {
    /// Taken.
    Sent,
    /// Try again at this moment.
    Deferred {
        /// When.
        due: OffsetDateTime,
    },
    /// Not tried (the server was away, or we are stopping): due again then, without an attempt counted.
    Released {
        /// When.
        due: OffsetDateTime,
    },
    /// Given up.
    Failed {
        /// The mailbox does not exist: no further mail goes there for a while.
        suppress_address: Option<BadMailbox>,
    },
    /// There is no address that mail can go to; nothing was tried.
    Undeliverable,
    /// The address is suppressed.
    Suppressed,
    /// Cut off after DATA.
    Unknown,
}

/// Code of a notice that a limit put off.
pub const THROTTLED: &str = "throttled";

/// The report about one leased notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Which.
    pub id: Uuid,
    /// Fencing token under which it was leased.
    pub token: Uuid,
    /// What became of it.
    pub result: NoticeResult,
    /// Stable code of the outcome: `accepted`, `smtp_450`, `no_address`, `cut_off_after_data` …
    pub code: String,
    /// The server's reply, without addresses, at most 500 characters.
    pub reply: Option<String>,
}
