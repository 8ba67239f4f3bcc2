//! Notices out and dead letters in, on SQLite.

use std::time::Duration;

use time::OffsetDateTime;
use uuid::Uuid;

use super::dead::bury_in;
use super::suppressions::lapse_in;
use super::{SqliteStore, json};
use crate::store::at::At;
use crate::store::error::classify;
use crate::store::notice_rows::{LeasedRow, SettleRow, lease_ends, lease_micros, read_leased, suppress_rows};
use crate::store::{DeadLetter, LeasedNotice, Settlement, StoreError};

const LEASE: &str = include_str!("../sql/sqlite/notices_lease.sql");
const UNREADABLE: &str = include_str!("../sql/sqlite/notices_unreadable.sql");
const ATTEMPTS: &str = include_str!("../sql/sqlite/notices_attempts.sql");
const SETTLE: &str = include_str!("../sql/sqlite/notices_settle.sql");
const SUPPRESS: &str = include_str!("../sql/sqlite/suppressions_add.sql");

/// `unixepoch('subsec')` cuts off what is finer than a millisecond.
pub(super) const CLOCK_GRAIN: Duration = Duration::from_millis(1);

impl SqliteStore {
    pub(super) async fn bury(&self, letters: &[DeadLetter], now: OffsetDateTime) -> Result<(), StoreError> {
        let fail = classify("bury");
        let mut tx = self.write.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        bury_in(&mut tx, letters, now).await?;
        tx.commit().await.map_err(&fail)
    }

    pub(super) async fn lease_notices(
        &self, limit: u32, token: Uuid, lease_for: Duration, now: OffsetDateTime,
    ) -> Result<Vec<LeasedNotice>, StoreError> {
        let fail = classify("lease_notices");
        let mut tx = self.write.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        // After `begin`, which may wait for the writer; before the query, whose clock starts the lease.
        let lease_ends = lease_ends(lease_for, CLOCK_GRAIN);
        let rows: Vec<LeasedRow> = sqlx::query_as(LEASE)
            .bind(i64::from(limit))
            .bind(token)
            .bind(lease_micros(lease_for))
            .bind(At(now))
            .fetch_all(&mut *tx)
            .await
            .map_err(&fail)?;
        let (notices, unreadable) = read_leased(rows, token, lease_ends);
        if !unreadable.is_empty() {
            let give_up = sqlx::query(UNREADABLE).bind(token).bind(json(&unreadable)?).bind(At(now));
            give_up.execute(&mut *tx).await.map_err(&fail)?;
        }
        tx.commit().await.map_err(&fail)?;
        Ok(notices)
    }

    pub(super) async fn settle_notices(&self, results: &[Settlement], now: OffsetDateTime) -> Result<u64, StoreError> {
        if results.is_empty() {
            return Ok(0);
        }
        let fail = classify("settle_notices");
        let rows: Vec<SettleRow> = results.iter().map(SettleRow::from).collect();
        let bad = suppress_rows(results);
        let mut tx = self.write.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        if !bad.is_empty() {
            let addresses: Vec<String> = bad.iter().map(|row| row.address.clone()).collect();
            lapse_in(&mut tx, &addresses, now).await?;
            let suppress = sqlx::query(SUPPRESS).bind(At(now)).bind(json(&bad)?);
            suppress.execute(&mut *tx).await.map_err(&fail)?;
        }
        let put_off: Vec<&SettleRow> = rows.iter().filter(|row| row.is_kept()).collect();
        if !put_off.is_empty() {
            let keep = sqlx::query(ATTEMPTS).bind(At(now)).bind(json(&put_off)?);
            keep.execute(&mut *tx).await.map_err(&fail)?;
        }
        let settle = sqlx::query(SETTLE).bind(At(now)).bind(json(&rows)?);
        let settled = settle.execute(&mut *tx).await.map_err(&fail)?;
        tx.commit().await.map_err(&fail)?;
        Ok(settled.rows_affected())
    }
}
