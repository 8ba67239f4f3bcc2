//! Opens the store a URL names.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::postgres::PostgresStore;
use super::sqlite::SqliteStore;
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
    /// Proposals one transaction applies at most; the events of a batch beyond them are given again.
    pub batch_proposals_max: u32,
    /// Accounts in one chunk of a fan-out.
    pub chunk_accounts: u32,
    /// What is told, and what comes back, is announced too (`announcements`).
    pub announces: bool,
    /// SQLite: this process works on the file alone (`run`, `process`). `false` for commands beside a daemon.
    pub exclusive: bool,
}

/// Opens it. Does not migrate.
///
/// PostgreSQL: connects when first used, so that a daemon may start before its database. SQLite: creates the file and,
/// where `exclusive` is set, takes the lock beside it that keeps a second process out.
pub async fn open(options: StoreOptions) -> Result<Arc<dyn Store>, StoreError> {
    let scheme = options.url.expose_secret().split(':').next().unwrap_or_default();
    match scheme {
        "postgres" | "postgresql" => Ok(Arc::new(PostgresStore::open(options)?)),
        "sqlite" => Ok(Arc::new(SqliteStore::open(options).await?)),
        _ => Err(StoreError::Setup("the database URL begins with neither postgres: nor sqlite:".into())),
    }
}
