//! Seals over the ledger: a chain of digests, so that what is changed, taken out or put in behind one is found.

mod chain;
mod flow;
mod look;
mod tx;

pub(super) use chain::{SealRow, SealedRow};
pub(super) use flow::{newest, seal, seal_next};
pub(super) use look::{again, blind, page};
pub(super) use tx::SealTx;

use async_trait::async_trait;
use serde::Serialize;
use time::OffsetDateTime;

use super::StoreError;

/// Entries in one seal at most: what one look reads at least, and what a finding narrows a change down to.
pub const SEAL_ENTRIES_MAX: u32 = 1_000;

/// A seal over a range of entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seal {
    /// Its number; the first is 1.
    pub no: i64,
    /// First entry number of its range.
    pub from: i64,
    /// Last entry number of its range.
    pub to: i64,
    /// Entries in it.
    pub entries: i64,
    /// Sum of their amounts.
    pub sum: i64,
    /// SHA-256 of the seal before it, its range and its entries, in hexadecimal digits.
    pub digest: String,
    /// When it was set.
    #[serde(with = "time::serde::rfc3339")]
    pub sealed_at: OffsetDateTime,
}

/// What came of an attempt to seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealStep {
    /// There is nothing new, or another process is at it.
    Idle,
    /// Transactions are open that can still write what belongs before the newest entry.
    Waiting,
    /// A seal was set; there may be more to seal.
    Sealed(Seal),
}

/// The use cases of the seals.
#[async_trait]
pub trait SealStore {
    /// Seals the next entries that are final, at most [`SEAL_ENTRIES_MAX`]. Call again until it is idle or waits.
    async fn seal_next(&self, now: OffsetDateTime) -> Result<SealStep, StoreError>;

    /// The newest seals, newest first.
    async fn seals(&self, limit: u32) -> Result<Vec<Seal>, StoreError>;

    /// The seal of this number.
    async fn seal(&self, no: i64) -> Result<Option<Seal>, StoreError>;
}
