//! Opens the store a URL names.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::{Store, StoreError};

/// How to reach the database, and the limits of its transactions.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// `postgres://…` or `sqlite:PATH`. A secret: it may hold a password.
    pub url: SecretString,
    /// Connections to PostgreSQL at most.
    pub connections_max: u32,
    /// How long to wait for a free connection.
    pub acquire_timeout: Duration,
    /// Server-side limit for one statement (PostgreSQL `statement_timeout`).
    pub statement_timeout: Duration,
    /// Server-side limit for waiting on a lock (PostgreSQL `lock_timeout`, SQLite `busy_timeout`).
    pub lock_timeout: Duration,
    /// An event with more proposals than this is applied in chunks.
    pub inline_proposals_max: u32,
    /// Proposals one batch applies at most; events beyond are applied in chunks.
    pub batch_proposals_max: u32,
    /// Accounts in one chunk of a fan-out.
    pub chunk_accounts: u32,
}

/// Opens it. Does not migrate. SQLite: creates the file, takes the lock beside it that keeps a second process out.
pub async fn open(options: StoreOptions) -> Result<Arc<dyn Store>, StoreError> {
    let _ = options;
    Err(StoreError::Setup("not built yet".into()))
}
