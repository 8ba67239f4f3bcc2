//! Announcements out, on SQLite.

use sqlx::SqliteConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::outbox::CLOCK_GRAIN;
use super::{SqliteStore, json};
use crate::store::announcement::{AnnouncementLease, AnnouncementResult, LeasedAnnouncement};
use crate::store::announcement_rows::{NoticeRead, ResultRow, ReturnRead, read_leased};
use crate::store::at::At;
use crate::store::error::classify;
use crate::store::notice_rows::{lease_ends, lease_micros};
use crate::store::{StoreError, announcement_rows};

const LEASE: &str = include_str!("../sql/sqlite/announcements_lease.sql");
const NOTICES: &str = include_str!("../sql/sqlite/announcements_notices.sql");
const RETURNS: &str = include_str!("../sql/sqlite/announcements_returns.sql");
const SETTLE: &str = include_str!("../sql/sqlite/announcements_settle.sql");

impl SqliteStore {
    pub(super) async fn lease_announcements(
        &self, lease: AnnouncementLease<'_>, now: OffsetDateTime,
    ) -> Result<Vec<LeasedAnnouncement>, StoreError> {
        let fail = classify("lease_announcements");
        let mut tx = self.write.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        // After `begin`, which may wait for the writer; before the query, whose clock starts the lease.
        let lease_ends = lease_ends(lease.lease_for, CLOCK_GRAIN);
        let leased: Vec<announcement_rows::LeasedRow> = sqlx::query_as(LEASE)
            .bind(i64::from(lease.limit))
            .bind(lease.token)
            .bind(lease_micros(lease.lease_for))
            .bind(At(now))
            .bind(json(lease.routing_keys)?)
            .fetch_all(&mut *tx)
            .await
            .map_err(&fail)?;
        let numbers = json(&leased.iter().map(|row| row.0).collect::<Vec<_>>())?;
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
        let mut conn = self.write.acquire().await.map_err(classify("settle_announcements"))?;
        settle_in(&mut conn, token, results, now).await
    }
}

async fn settle_in(
    conn: &mut SqliteConnection, token: Uuid, results: &[(i64, AnnouncementResult)], now: OffsetDateTime,
) -> Result<u64, StoreError> {
    if results.is_empty() {
        return Ok(0);
    }
    let rows: Vec<ResultRow> = results.iter().map(ResultRow::from).collect();
    let settle = sqlx::query(SETTLE).bind(token).bind(At(now)).bind(json(&rows)?);
    let settled = settle.execute(conn).await.map_err(classify("settle_announcements"))?;
    Ok(settled.rows_affected())
}
