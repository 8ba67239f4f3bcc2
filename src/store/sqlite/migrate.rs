//! Migrations on SQLite, in one transaction that holds the file's write lock.

use sqlx::SqliteConnection;

use super::SqliteStore;
use crate::store::error::classify;
use crate::store::migrate::{Source, failed, migrator, require_current, status};
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
];

impl SqliteStore {
    pub(super) async fn migrate(&self) -> Result<MigrationStatus, StoreError> {
        let fail = classify("migrate");
        let mut tx = self.write.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        migrator(SOURCES).run_direct(None, &mut *tx, false).await.map_err(failed)?;
        let found = applied(&mut tx).await?;
        tx.commit().await.map_err(&fail)?;
        Ok(status(SOURCES, &found))
    }

    pub(super) async fn migration_status(&self) -> Result<MigrationStatus, StoreError> {
        let mut conn = self.read.acquire().await.map_err(classify("migration_status"))?;
        Ok(status(SOURCES, &applied(&mut conn).await?))
    }

    pub(super) async fn ping(&self) -> Result<(), StoreError> {
        require_current(&self.migration_status().await?)
    }
}

async fn applied(conn: &mut SqliteConnection) -> Result<Vec<i64>, StoreError> {
    let fail = classify("migration_status");
    let there =
        sqlx::query_scalar::<_, bool>("select count(*) > 0 from sqlite_master where name = 'makegood_migrations'");
    if !there.fetch_one(&mut *conn).await.map_err(&fail)? {
        return Ok(Vec::new());
    }
    let versions = sqlx::query_scalar("select version from makegood_migrations where success order by version");
    versions.fetch_all(conn).await.map_err(&fail)
}
