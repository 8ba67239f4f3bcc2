//! The statements of the seals: a method a statement, each in an SQL file of its name.

use async_trait::async_trait;

use super::{Seal, SealedRow};
use crate::store::StoreError;

/// What sealing and looking do inside one transaction.
#[async_trait]
pub(in crate::store) trait SealTx: Send {
    /// Keeps others from sealing until the end of the transaction, and makes each statement see what is committed by
    /// then; `false`: another is at it.
    async fn seal_lock(&mut self) -> Result<bool, StoreError>;
    /// The front that was written down.
    async fn seal_mark(&mut self) -> Result<Option<String>, StoreError>;
    /// Writes the front down.
    async fn seal_mark_write(&mut self, mark: &str) -> Result<(), StoreError>;
    /// The newest entry, and as JSON the transactions that may still write before it.
    async fn seal_front(&mut self) -> Result<(i64, String), StoreError>;
    /// Whether one of these transactions goes on.
    async fn seal_waits(&mut self, writers: &str) -> Result<bool, StoreError>;
    /// Seals in their order.
    async fn seals_from(&mut self, from: i64, limit: i64) -> Result<Vec<Seal>, StoreError>;
    /// The newest seals.
    async fn seals_newest(&mut self, limit: i64) -> Result<Vec<Seal>, StoreError>;
    /// Entries with numbers in `(after, up_to]`.
    async fn seal_entries(&mut self, after: i64, up_to: i64, limit: i64) -> Result<Vec<SealedRow>, StoreError>;
    /// Writes a seal.
    async fn seal_write(&mut self, seal: &Seal) -> Result<(), StoreError>;
}
