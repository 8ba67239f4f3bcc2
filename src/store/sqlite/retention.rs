//! The statements of a purge on SQLite. It has no archive: one file gains nothing from tables by month.

use async_trait::async_trait;
use time::{Date, OffsetDateTime};

use super::json;
use super::tx::SqliteTx;
use crate::store::StoreError;
use crate::store::at::At;
use crate::store::error::classify;
use crate::store::retention::RetentionTx;

macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../sql/sqlite/", $name, ".sql"))
    };
}

impl SqliteTx {
    async fn purge(&mut self, doing: &'static str, sql: &'static str, events: &[i64]) -> Result<u64, StoreError> {
        let done = sqlx::query(sql).bind(json(events)?).execute(&mut *self.0).await.map_err(classify(doing))?;
        Ok(done.rows_affected())
    }
}

#[async_trait]
impl RetentionTx for SqliteTx {
    async fn purge_begin(&mut self) -> Result<(), StoreError> {
        Ok(())
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
        let query = sqlx::query(sql!("purge_events")).bind(json(events)?).bind(At(now));
        Ok(query.execute(&mut *self.0).await.map_err(classify("purge_events"))?.rows_affected())
    }

    async fn archive_begin(&mut self) -> Result<(), StoreError> {
        let text = "SQLite has no archive: tables by month are PostgreSQL's. What is not purged stays where it is.";
        Err(StoreError::Setup(text.to_owned()))
    }

    async fn archive_write(&mut self, _: &[i64], _: OffsetDateTime) -> Result<(), StoreError> {
        self.archive_begin().await
    }

    async fn archive_months(&mut self, _: OffsetDateTime, _: i64) -> Result<Vec<Date>, StoreError> {
        Ok(Vec::new())
    }

    async fn archive_drop(&mut self, _: Date, _: OffsetDateTime) -> Result<bool, StoreError> {
        Ok(false)
    }
}
