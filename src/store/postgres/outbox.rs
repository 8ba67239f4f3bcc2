//! Notices out and dead letters in, on PostgreSQL.

use std::time::Duration;

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::PostgresStore;
use super::dead::bury_in;
use super::plants;
use super::suppressions::lapse_in;
use crate::store::at::At;
use crate::store::error::classify;
use crate::store::notice_rows::{LeasedRow, SettleRow, lease_ends, lease_micros, read_leased, suppress_rows};
use crate::store::{DeadLetter, LeasedNotice, Settlement, StoreError};

const LEASE: &str = include_str!("../sql/postgres/notices_lease.sql");
const UNREADABLE: &str = include_str!("../sql/postgres/notices_unreadable.sql");
const ATTEMPTS: &str = include_str!("../sql/postgres/notices_attempts.sql");
const SETTLE: &str = include_str!("../sql/postgres/notices_settle.sql");
const SUPPRESS: &str = include_str!("../sql/postgres/suppressions_add.sql");

impl PostgresStore {
    pub(super) async fn bury(&self, letters: &[DeadLetter], now: OffsetDateTime) -> Result<(), StoreError> {
        let fail = classify("bury");
        let mut tx = self.pool.begin().await.map_err(&fail)?;
        bury_in(&mut tx, letters, now).await?;
        tx.commit().await.map_err(&fail)
    }

    pub(super) async fn lease_notices(
        &self, limit: u32, token: Uuid, lease_for: Duration, now: OffsetDateTime,
    ) -> Result<Vec<LeasedNotice>, StoreError> {
        let fail = classify("lease_notices");
        let mut conn = self.work.acquire().await.map_err(&fail)?;
        // After a connection was waited for; before the query, whose clock starts the lease.
        let lease_ends = lease_ends(lease_for, Duration::ZERO);
        let rows: Vec<LeasedRow> = sqlx::query_as(plants::lease(LEASE))
            .bind(i64::from(limit))
            .bind(token)
            .bind(lease_micros(lease_for))
            .bind(At(now))
            .fetch_all(&mut *conn)
            .await
            .map_err(&fail)?;
        let (notices, unreadable) = read_leased(rows, token, lease_ends);
        if !unreadable.is_empty() {
            let give_up = sqlx::query(UNREADABLE).bind(token).bind(unreadable).bind(At(now));
            give_up.execute(&mut *conn).await.map_err(&fail)?;
        }
        Ok(notices)
    }

    pub(super) async fn settle_notices(&self, results: &[Settlement], now: OffsetDateTime) -> Result<u64, StoreError> {
        if results.is_empty() {
            return Ok(0);
        }
        let fail = classify("settle_notices");
        let rows: Vec<SettleRow> = results.iter().map(SettleRow::from).collect();
        let bad = suppress_rows(results);
        let put_off: Vec<&SettleRow> = rows.iter().filter(|row| row.is_kept()).collect();
        if bad.is_empty() && put_off.is_empty() {
            // Nearly always: one statement, which is its own transaction, and one round trip.
            let mut conn = self.work.acquire().await.map_err(&fail)?;
            return settle(&mut conn, &rows, now).await;
        }
        let mut tx = self.work.begin().await.map_err(&fail)?;
        if !bad.is_empty() {
            let addresses: Vec<String> = bad.iter().map(|row| row.address.clone()).collect();
            lapse_in(&mut tx, &addresses, now).await?;
            let suppress = sqlx::query(SUPPRESS)
                .bind(At(now))
                .bind(bad.iter().map(|row| row.notice_id).collect::<Vec<_>>())
                .bind(bad.iter().map(|row| row.token).collect::<Vec<_>>())
                .bind(addresses)
                .bind(bad.iter().map(|row| row.expires_at).collect::<Vec<_>>());
            suppress.execute(&mut *tx).await.map_err(&fail)?;
        }
        if !put_off.is_empty() {
            let keep = sqlx::query(ATTEMPTS)
                .bind(At(now))
                .bind(put_off.iter().map(|row| row.notice_id).collect::<Vec<_>>())
                .bind(put_off.iter().map(|row| row.token).collect::<Vec<_>>())
                .bind(put_off.iter().map(|row| row.code.as_str()).collect::<Vec<_>>())
                .bind(put_off.iter().map(|row| row.reply.as_deref()).collect::<Vec<_>>());
            keep.execute(&mut *tx).await.map_err(&fail)?;
        }
        let settled = settle(&mut tx, &rows, now).await?;
        tx.commit().await.map_err(&fail)?;
        Ok(settled)
    }
}

async fn settle(conn: &mut PgConnection, rows: &[SettleRow], now: OffsetDateTime) -> Result<u64, StoreError> {
    let query = sqlx::query(plants::settle(SETTLE))
        .bind(At(now))
        .bind(rows.iter().map(|row| row.notice_id).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.token).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.result).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.due_at).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.code.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.reply.as_deref()).collect::<Vec<_>>());
    let done = query.execute(conn).await.map_err(classify("settle_notices"))?;
    Ok(done.rows_affected())
}
