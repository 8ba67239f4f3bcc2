//! Announcements on their way out: what is published of notices and returns, and what becomes of it.

use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{LeasedNotice, StoreError};
use crate::event::{AccountId, EntryId, EventKey, EventType, JobId, ProposalId};
use crate::policy::Reason;

/// An announcement held by one announcer.
#[derive(Debug, Clone)]
pub struct LeasedAnnouncement {
    /// Its number.
    pub no: i64,
    /// As what it is published.
    pub routing_key: String,
    /// W3C trace context of the event behind it, if that had one.
    pub traceparent: Option<String>,
    /// What it tells of.
    pub subject: Announced,
}

/// What an announcement tells of.
#[derive(Debug, Clone)]
pub enum Announced {
    /// A notice, as its letter is made of. Its address is never read.
    Notice(Box<LeasedNotice>),
    /// A return.
    Return(Box<AnnouncedReturn>),
}

/// A return as it stands in the ledger, with what makes it understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnouncedReturn {
    /// The entry.
    pub entry: EntryId,
    /// Whose balance it raised.
    pub account: AccountId,
    /// For which proposal.
    pub proposal: ProposalId,
    /// On which job.
    pub job: JobId,
    /// Its title now, if the job is still known; hostile until escaped.
    pub job_title: Option<String>,
    /// Connects, positive.
    pub amount: i64,
    /// The charge it gives back.
    pub reverses: EntryId,
    /// What kind of charge that was.
    pub charge: Charge,
    /// Why.
    pub reason: Reason,
    /// The account's balance with it.
    pub balance_after: i64,
    /// When it was recorded.
    pub at: OffsetDateTime,
    /// When the returned Connects expire.
    pub expires_at: Option<OffsetDateTime>,
    /// The event that caused it.
    pub event: EventKey,
    /// Its type.
    pub event_type: EventType,
    /// When it happened.
    pub occurred_at: OffsetDateTime,
}

/// What Connects were charged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Charge {
    /// The proposal itself.
    Fee,
    /// Its boost.
    Boost,
}

/// What became of a leased announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnnouncementResult {
    /// Confirmed by the broker.
    Published,
    /// Not published, or nobody knows whether it was: it is due again at once.
    Released {
        /// Why.
        code: &'static str,
    },
    /// It can never be published.
    Failed {
        /// Why.
        code: &'static str,
    },
}

/// How to lease announcements.
#[derive(Debug, Clone, Copy)]
pub struct AnnouncementLease<'a> {
    /// At most so many.
    pub limit: u32,
    /// Fencing token.
    pub token: Uuid,
    /// For how long, by the database's clock.
    pub lease_for: Duration,
    /// Of these routing keys alone.
    pub routing_keys: &'a [String],
}

/// The use cases of the announcements. Each is one transaction, as in [`Store`](super::Store).
#[async_trait]
pub trait AnnouncementStore {
    /// Leases announcements that are due, or whose lease has run out. Oldest due first. One that cannot be read is
    /// given up (code `unreadable`) and logged, so that it does not come back with every lease.
    async fn lease_announcements(
        &self, lease: AnnouncementLease<'_>, now: OffsetDateTime,
    ) -> Result<Vec<LeasedAnnouncement>, StoreError>;

    /// Writes down what became of leased announcements. Only rows still leased under `token` change; their number is
    /// returned.
    async fn settle_announcements(
        &self, token: Uuid, results: &[(i64, AnnouncementResult)], now: OffsetDateTime,
    ) -> Result<u64, StoreError>;
}
