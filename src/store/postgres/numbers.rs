//! Numbers, agreement and report, on PostgreSQL.

use time::OffsetDateTime;

use super::PostgresStore;
use super::tx::LASTING;
use crate::store::at::At;
use crate::store::error::classify;
use crate::store::number_rows::{NAMED_MAX, ReportSqlRow, StatsRow, count, read_report, read_stats};
use crate::store::{Agreement, ReportRow, Stats, StoreError};

const STATS_NOTICES: &str = include_str!("../sql/postgres/stats_notices.sql");
const STATS: &str = include_str!("../sql/postgres/stats.sql");
const STATS_ANNOUNCEMENTS: &str = include_str!("../sql/postgres/stats_announcements.sql");
const AGREEMENT: &str = include_str!("../sql/postgres/agreement.sql");
const REPORT: &str = include_str!("../sql/postgres/report.sql");

impl PostgresStore {
    pub(super) async fn stats(&self, now: OffsetDateTime) -> Result<Stats, StoreError> {
        let fail = classify("stats");
        let notices: Vec<(String, i64)> = sqlx::query_as(STATS_NOTICES).fetch_all(&self.pool).await.map_err(&fail)?;
        let row: StatsRow = sqlx::query_as(STATS).bind(At(now)).fetch_one(&self.pool).await.map_err(&fail)?;
        let due = sqlx::query_as(STATS_ANNOUNCEMENTS).bind(At(now)).fetch_one(&self.pool).await.map_err(&fail)?;
        read_stats(notices, row, due, now)
    }

    pub(super) async fn agreement(&self) -> Result<Agreement, StoreError> {
        let fail = classify("agreement");
        let mut tx = self.pool.begin().await.map_err(&fail)?;
        sqlx::query(LASTING).execute(&mut *tx).await.map_err(&fail)?;
        let query = sqlx::query_as::<_, (i64, i64, Vec<String>, Vec<String>)>(AGREEMENT).bind(NAMED_MAX);
        let (accounts, entries, disagreeing, doubled) = query.fetch_one(&mut *tx).await.map_err(&fail)?;
        tx.commit().await.map_err(&fail)?;
        Ok(Agreement { accounts: count(accounts), entries: count(entries), disagreeing, doubled })
    }

    pub(super) async fn report(&self, limit: u32) -> Result<Vec<ReportRow>, StoreError> {
        let query = sqlx::query_as::<_, ReportSqlRow>(REPORT).bind(i64::from(limit));
        let rows = query.fetch_all(&self.pool).await.map_err(classify("report"))?;
        rows.into_iter().map(read_report).collect()
    }
}
