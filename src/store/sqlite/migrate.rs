//! Migrations on SQLite, in one transaction that holds the file's write lock.

use sqlx::SqliteConnection;

use super::SqliteStore;
use crate::store::error::classify;
use crate::store::migrate::{APPLIED, NEEDS, Source, run, status};
use crate::store::{MigrationStatus, StoreError};

const SOURCES: &[Source] = &[
    (1, "first", include_str!("../migrations/sqlite/0001_first.sql")),
    (2, "dead_letters", include_str!("../migrations/sqlite/0002_dead_letters.sql")),
    (3, "notices", include_str!("../migrations/sqlite/0003_notices.sql")),
    (4, "announcements", include_str!("../migrations/sqlite/0004_announcements.sql")),
    (5, "explain", include_str!("../migrations/sqlite/0005_explain.sql")),
    (6, "audit", include_str!("../migrations/sqlite/0006_audit.sql")),
    (7, "erasure", include_str!("../migrations/sqlite/0007_erasure.sql")),
    (8, "seals", include_str!("../migrations/sqlite/0008_seals.sql")),
    (9, "retention", include_str!("../migrations/sqlite/0009_retention.sql")),
    (10, "compatibility", include_str!("../migrations/sqlite/0010_compatibility.sql")),
    (11, "archive", include_str!("../migrations/sqlite/0011_archive.sql")),
];

impl SqliteStore {
    pub(super) async fn migrate(&self) -> Result<MigrationStatus, StoreError> {
        let fail = classify("migrate");
        let mut tx = self.write.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        let before = found(&mut tx).await?;
        run(SOURCES, &before, &mut *tx).await?;
        let after = found(&mut tx).await?;
        tx.commit().await.map_err(&fail)?;
        Ok(after)
    }

    pub(super) async fn migration_status(&self) -> Result<MigrationStatus, StoreError> {
        let mut conn = self.read.acquire().await.map_err(classify("migration_status"))?;
        found(&mut conn).await
    }

    pub(super) async fn ping(&self) -> Result<(), StoreError> {
        self.migration_status().await?.require_current()
    }
}

async fn found(conn: &mut SqliteConnection) -> Result<MigrationStatus, StoreError> {
    let fail = classify("migration_status");
    let there = "select count(*) > 0 from sqlite_master where name = $1";
    let there = |name: &'static str| sqlx::query_scalar::<_, bool>(there).bind(name);
    let applied = match there("makegood_migrations").fetch_one(&mut *conn).await.map_err(&fail)? {
        true => sqlx::query_scalar(APPLIED).fetch_all(&mut *conn).await.map_err(&fail)?,
        false => Vec::new(),
    };
    let needs = match there("makegood_schema").fetch_one(&mut *conn).await.map_err(&fail)? {
        true => sqlx::query_scalar(NEEDS).fetch_optional(conn).await.map_err(&fail)?,
        false => None,
    };
    Ok(status(SOURCES, &applied, needs))
}
