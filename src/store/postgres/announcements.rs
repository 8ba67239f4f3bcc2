//! Announcements out, on PostgreSQL.

use std::time::Duration;

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::PostgresStore;
use crate::store::announcement::{AnnouncementLease, AnnouncementResult, LeasedAnnouncement};
use crate::store::announcement_rows::{NoticeRead, ResultRow, ReturnRead, read_leased};
use crate::store::at::At;
use crate::store::error::classify;
use crate::store::notice_rows::{lease_ends, lease_micros};
use crate::store::{StoreError, announcement_rows};

const LEASE: &str = include_str!("../sql/postgres/announcements_lease.sql");
const NOTICES: &str = include_str!("../sql/postgres/announcements_notices.sql");
const RETURNS: &str = include_str!("../sql/postgres/announcements_returns.sql");
const SETTLE: &str = include_str!("../sql/postgres/announcements_settle.sql");

impl PostgresStore {
    pub(super) async fn lease_announcements(
        &self, lease: AnnouncementLease<'_>, now: OffsetDateTime,
    ) -> Result<Vec<LeasedAnnouncement>, StoreError> {
        let fail = classify("lease_announcements");
        let mut tx = self.pool.begin().await.map_err(&fail)?;
        // After `begin`, which may wait for a connection; before the query, whose clock starts the lease.
        let lease_ends = lease_ends(lease.lease_for, Duration::ZERO);
        let leased: Vec<announcement_rows::LeasedRow> = sqlx::query_as(LEASE)
            .bind(i64::from(lease.limit))
            .bind(lease.token)
            .bind(lease_micros(lease.lease_for))
            .bind(At(now))
            .bind(lease.routing_keys)
            .fetch_all(&mut *tx)
            .await
            .map_err(&fail)?;
        let numbers: Vec<i64> = leased.iter().map(|row| row.0).collect();
        let notices: Vec<NoticeRead> =
            sqlx::query_as(NOTICES).bind(&numbers).fetch_all(&mut *tx).await.map_err(&fail)?;
        let returns: Vec<ReturnRead> =
            sqlx::query_as(RETURNS).bind(&numbers).fetch_all(&mut *tx).await.map_err(&fail)?;
        let (read, unreadable) = read_leased(leased, notices, returns, lease_ends);
        settle_in(&mut tx, lease.token, &unreadable, now).await?;
        tx.commit().await.map_err(&fail)?;
        Ok(read)
    }

    pub(super) async fn settle_announcements(
        &self, token: Uuid, results: &[(i64, AnnouncementResult)], now: OffsetDateTime,
    ) -> Result<u64, StoreError> {
        let mut conn = self.pool.acquire().await.map_err(classify("settle_announcements"))?;
        settle_in(&mut conn, token, results, now).await
    }
}

async fn settle_in(
    conn: &mut PgConnection, token: Uuid, results: &[(i64, AnnouncementResult)], now: OffsetDateTime,
) -> Result<u64, StoreError> {
    if results.is_empty() {
        return Ok(0);
    }
    let rows: Vec<ResultRow> = results.iter().map(ResultRow::from).collect();
    let settle = sqlx::query(SETTLE)
        .bind(token)
        .bind(At(now))
        .bind(rows.iter().map(|row| row.announcement_no).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.result).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.code).collect::<Vec<_>>());
    let settled = settle.execute(conn).await.map_err(classify("settle_announcements"))?;
    Ok(settled.rows_affected())
}
