//! The store on PostgreSQL.

mod announcements;
mod audit;
mod audit_findings;
mod dead;
mod import;
mod inquiry;
mod begin;
mod bounces;
mod erasure;
mod events;
mod letters;
mod migrate;
mod notice_acts;
mod notices;
mod numbers;
mod operator;
mod outbox;
mod past;
mod plants;
mod replay;
mod retention;
mod seals;
mod suppressions;
mod tx;

use std::str::FromStr;

use secrecy::ExposeSecret;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{Connection, PgPool};

use super::StoreOptions;
use super::delegate::delegate;
use super::delegate::prelude::*;

/// A transaction that waits for its client longer than this is ended by the server: its client is gone.
const IDLE_IN_TRANSACTION_MAX: Duration = Duration::from_secs(30);

/// A connection that worked within this time is used without asking whether it still does.
const TRUSTED: Duration = Duration::from_secs(1);

/// Facts, ledger, inbox and outbox in PostgreSQL 14 or newer.
#[derive(Debug)]
pub(super) struct PostgresStore {
    /// For whoever asks something.
    pub(super) pool: PgPool,
    /// For the intake and the outbox: see [`begin::BY_INDEX`].
    pub(super) work: PgPool,
    pub(super) options: StoreOptions,
}

impl PostgresStore {
    /// Reads the URL; connects when first used.
    pub(super) fn open(options: StoreOptions) -> Result<Self, StoreError> {
        // The driver's error may quote the URL, and the URL may hold a password.
        let connect = PgConnectOptions::from_str(options.url.expose_secret()).map_err(|_| {
            StoreError::Setup("the database URL is not one of PostgreSQL (postgres://user@host:port/name)".into())
        })?;
        let connect = connect.application_name("makegood").options([
            ("statement_timeout", millis(options.statement_timeout)),
            ("lock_timeout", millis(options.lock_timeout)),
            ("idle_in_transaction_session_timeout", millis(IDLE_IN_TRANSACTION_MAX)),
        ]);
        let pool =
            |connections| PgPoolOptions::new().max_connections(connections).acquire_timeout(options.acquire_timeout);
        // A fan-out holds four, and intake, waiting events, lease, settlement and a replay one each, for a moment.
        let questions = (options.connections_max * 3 / 10).max(1);
        let work = pool(options.connections_max.saturating_sub(questions).max(1))
            .test_before_acquire(false)
            .before_acquire(|connection, known| Box::pin(still_there(connection, known.idle_for)))
            .connect_lazy_with(connect.clone().options(begin::BY_INDEX));
        // These are asked whether they live each time: the probe after an outage goes over one for work, and what broke
        // among them meanwhile would be taken for another outage.
        let pool = pool(questions).connect_lazy_with(connect);
        Ok(PostgresStore { pool, work, options })
    }

    fn pools(&self) -> [PoolUse; 2] {
        [PoolUse::new("work", &self.work), PoolUse::new("questions", &self.pool)]
    }

    async fn close(&self) {
        self.work.close().await;
        self.pool.close().await;
    }
}

delegate!(PostgresStore);

/// Whether a connection for work can be used. One that worked just now is not asked: under load that would be a
/// round trip more for each transaction, and what breaks between two of them is met like what breaks within one.
async fn still_there(connection: &mut PgConnection, idle_for: Duration) -> Result<bool, sqlx::Error> {
    if idle_for >= TRUSTED {
        connection.ping().await?;
    }
    Ok(true)
}

/// As PostgreSQL reads a timeout. At least 1: 0 would switch it off.
fn millis(duration: Duration) -> String {
    duration.as_millis().max(1).to_string()
}
