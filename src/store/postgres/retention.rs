//! The statements of retention on PostgreSQL.

use async_trait::async_trait;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::tx::{LASTING, PgTx};
use crate::store::StoreError;
use crate::store::at::At;
use crate::store::error::classify;
use crate::store::retention::RetentionTx;

/// Key of the advisory lock that erasures, the archiving and the dropping of months share: "archive" in ASCII.
const LOCK: i64 = 0x61_7263_6869_7665;

macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../sql/postgres/", $name, ".sql"))
    };
}

/// Waits for whoever moves texts from table to table, or takes words out of them; they wait until the transaction ends.
pub(super) async fn archive_lock(conn: &mut PgConnection) -> Result<(), StoreError> {
    let fail = classify("archive_lock");
    // Whatever the database's default is: what the lock waited for must be seen by the statement after it.
    sqlx::query("set transaction isolation level read committed").execute(&mut *conn).await.map_err(&fail)?;
    sqlx::query(sql!("archive_lock")).bind(LOCK).execute(conn).await.map(drop).map_err(&fail)
}

impl PgTx {
    async fn purge(&mut self, doing: &'static str, sql: &'static str, events: &[i64]) -> Result<u64, StoreError> {
        let done = sqlx::query(sql).bind(events).execute(&mut *self.0).await.map_err(classify(doing))?;
        Ok(done.rows_affected())
    }
}

#[async_trait]
impl RetentionTx for PgTx {
    async fn purge_begin(&mut self) -> Result<(), StoreError> {
        sqlx::query(LASTING).execute(&mut *self.0).await.map(drop).map_err(classify("purge_begin"))
    }

    async fn purge_page(
        &mut self, after: i64, before: OffsetDateTime, limit: u32,
    ) -> Result<Vec<(i64, bool, bool)>, StoreError> {
        let query = sqlx::query_as(sql!("purge_page")).bind(after).bind(At(before)).bind(i64::from(limit));
        query.fetch_all(&mut *self.0).await.map_err(classify("purge_page"))
    }

    async fn purge_announcements(&mut self, events: &[i64]) -> Result<(), StoreError> {
        self.purge("purge_announcements_of_notices", sql!("purge_announcements_of_notices"), events).await?;
        self.purge("purge_announcements_of_returns", sql!("purge_announcements_of_returns"), events).await?;
        Ok(())
    }

    async fn purge_notices(&mut self, events: &[i64]) -> Result<u64, StoreError> {
        self.purge("purge_history", sql!("purge_history"), events).await?;
        self.purge("purge_notices", sql!("purge_notices"), events).await
    }

    async fn purge_decisions(&mut self, events: &[i64]) -> Result<u64, StoreError> {
        self.purge("purge_decisions", sql!("purge_decisions"), events).await
    }

    async fn purge_events(&mut self, events: &[i64], now: OffsetDateTime) -> Result<u64, StoreError> {
        let query = sqlx::query(sql!("purge_events")).bind(events).bind(At(now));
        Ok(query.execute(&mut *self.0).await.map_err(classify("purge_events"))?.rows_affected())
    }

    async fn archive_begin(&mut self) -> Result<(), StoreError> {
        archive_lock(&mut self.0).await
    }

    async fn archive_write(&mut self, events: &[i64], now: OffsetDateTime) -> Result<(), StoreError> {
        let query = sqlx::query(sql!("archive_open")).bind(events).bind(At(now));
        query.execute(&mut *self.0).await.map_err(classify("archive_open"))?;
        self.purge("archive_write", sql!("archive_write"), events).await.map(drop)
    }

    async fn archive_months(&mut self, before: OffsetDateTime, limit: i64) -> Result<Vec<Date>, StoreError> {
        let query = sqlx::query_scalar(sql!("archive_months")).bind(At(before)).bind(limit);
        query.fetch_all(&mut *self.0).await.map_err(classify("archive_months"))
    }

    async fn archive_drop(&mut self, month: Date, now: OffsetDateTime) -> Result<bool, StoreError> {
        // Else a month could go between the look whether it is there and the writing into it.
        archive_lock(&mut self.0).await?;
        let query = sqlx::query_scalar(sql!("archive_drop")).bind(month).bind(At(now));
        query.fetch_one(&mut *self.0).await.map_err(classify("archive_drop"))
    }
}
