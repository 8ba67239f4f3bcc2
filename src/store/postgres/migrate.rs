//! Migrations on PostgreSQL, under an advisory lock that is polled.

use std::time::Duration;

use sqlx::PgConnection;
use tokio::time::{Instant, sleep};

use super::PostgresStore;
use crate::store::error::classify;
use crate::store::migrate::{APPLIED, NEEDS, Source, run, status};
use crate::store::{MigrationStatus, StoreError};

const SOURCES: &[Source] = &[
    (1, "first", include_str!("../migrations/postgres/0001_first.sql")),
    (2, "dead_letters", include_str!("../migrations/postgres/0002_dead_letters.sql")),
    (3, "notices", include_str!("../migrations/postgres/0003_notices.sql")),
    (4, "announcements", include_str!("../migrations/postgres/0004_announcements.sql")),
    (5, "explain", include_str!("../migrations/postgres/0005_explain.sql")),
    (6, "audit", include_str!("../migrations/postgres/0006_audit.sql")),
    (7, "erasure", include_str!("../migrations/postgres/0007_erasure.sql")),
    (8, "seals", include_str!("../migrations/postgres/0008_seals.sql")),
    (9, "retention", include_str!("../migrations/postgres/0009_retention.sql")),
    (10, "compatibility", include_str!("../migrations/postgres/0010_compatibility.sql")),
    (11, "archive", include_str!("../migrations/postgres/0011_archive.sql")),
];

/// Key of the advisory lock: "makegood" in ASCII.
const LOCK: i64 = 0x6d61_6b65_676f_6f64;
/// Pause between two tries for the lock. Polled, not waited for: a waiting `pg_advisory_lock` holds a snapshot, on
/// which `create index concurrently` in the migration that runs would wait in turn.
const LOCK_POLL: Duration = Duration::from_millis(50);
/// How long another process may migrate before this one gives up.
const LOCK_PATIENCE: Duration = Duration::from_secs(600);

impl PostgresStore {
    pub(super) async fn migrate(&self) -> Result<MigrationStatus, StoreError> {
        let fail = classify("migrate");
        // A connection of its own, closed at the end: its lock and its settings cannot leak into the pool.
        let mut conn = self.pool.acquire().await.map_err(&fail)?.detach();
        sqlx::query("set statement_timeout = 0").execute(&mut conn).await.map_err(&fail)?;
        lock(&mut conn).await?;
        let before = found(&mut conn).await?;
        run(SOURCES, &before, &mut conn).await?;
        let after = found(&mut conn).await?;
        sqlx::Connection::close(conn).await.map_err(&fail)?;
        Ok(after)
    }

    pub(super) async fn migration_status(&self) -> Result<MigrationStatus, StoreError> {
        let mut conn = self.pool.acquire().await.map_err(classify("migration_status"))?;
        found(&mut conn).await
    }

    pub(super) async fn ping(&self) -> Result<(), StoreError> {
        self.migration_status().await?.require_current()
    }
}

async fn lock(conn: &mut PgConnection) -> Result<(), StoreError> {
    let give_up = Instant::now() + LOCK_PATIENCE;
    loop {
        let query = sqlx::query_scalar("select pg_try_advisory_lock($1)").bind(LOCK);
        if query.fetch_one(&mut *conn).await.map_err(classify("migrate"))? {
            return Ok(());
        }
        if Instant::now() >= give_up {
            let minutes = LOCK_PATIENCE.as_secs() / 60;
            return Err(StoreError::Setup(format!(
                "another process has been migrating this database for {minutes} minutes"
            )));
        }
        sleep(LOCK_POLL).await;
    }
}

async fn found(conn: &mut PgConnection) -> Result<MigrationStatus, StoreError> {
    let fail = classify("migration_status");
    let there = "select to_regclass('makegood_migrations') is not null, to_regclass('makegood_schema') is not null";
    let (migrations, schema): (bool, bool) = sqlx::query_as(there).fetch_one(&mut *conn).await.map_err(&fail)?;
    let applied = match migrations {
        true => sqlx::query_scalar(APPLIED).fetch_all(&mut *conn).await.map_err(&fail)?,
        false => Vec::new(),
    };
    let needs = match schema {
        true => sqlx::query_scalar(NEEDS).fetch_optional(conn).await.map_err(&fail)?,
        false => None,
    };
    Ok(status(SOURCES, &applied, needs))
}
