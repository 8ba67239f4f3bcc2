//! The suppression list on SQLite.

use sqlx::SqliteConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::operator::log_in;
use super::{SqliteStore, json};
use crate::event::PersonId;
use crate::store::at::At;
use crate::store::error::classify;
use crate::store::letters::log::LogRow;
use crate::store::suppressions::rows::{SuppressionRow, details, read, released, texts};
use crate::store::{
    Act, Address, HELD_PEOPLE_MAX, PAGE_MAX, ReleaseSelection, Released, StoreError, Suppression, SuppressionCause,
    SuppressionFilter,
};

const LIST: &str = include_str!("../sql/sqlite/suppressions_list.sql");
const LAPSE: &str = include_str!("../sql/sqlite/suppressions_lapse.sql");
const WRITE: &str = include_str!("../sql/sqlite/suppressions_write.sql");
const RELEASE: &str = include_str!("../sql/sqlite/suppressions_release.sql");
const HELD: &str = include_str!("../sql/sqlite/suppressions_held.sql");

/// Removes entries of these addresses whose term is over.
pub(super) async fn lapse_in(
    conn: &mut SqliteConnection, addresses: &[String], now: OffsetDateTime,
) -> Result<(), StoreError> {
    let query = sqlx::query(LAPSE).bind(json(addresses)?).bind(At(now));
    query.execute(conn).await.map_err(classify("suppressions_lapse"))?;
    Ok(())
}

/// Suppresses addresses; numbers of those that are new.
pub(super) async fn suppress_in(
    conn: &mut SqliteConnection, addresses: &[String], (cause, notice): (SuppressionCause, Option<Uuid>),
    expires_at: Option<OffsetDateTime>, now: OffsetDateTime,
) -> Result<Vec<i64>, StoreError> {
    lapse_in(conn, addresses, now).await?;
    let query = sqlx::query_as::<_, (i64, String)>(WRITE)
        .bind(json(addresses)?)
        .bind(cause.as_str())
        .bind(notice)
        .bind(At(now))
        .bind(expires_at.map(At));
    let rows = query.fetch_all(conn).await.map_err(classify("suppressions_write"))?;
    Ok(rows.into_iter().map(|(no, _)| no).collect())
}

impl SqliteStore {
    pub(super) async fn suppressions(
        &self, filter: &SuppressionFilter, limit: u32, now: OffsetDateTime,
    ) -> Result<Vec<Suppression>, StoreError> {
        let query = sqlx::query_as::<_, SuppressionRow>(LIST)
            .bind(filter.before.unwrap_or(i64::MAX))
            .bind(filter.cause.map(SuppressionCause::as_str))
            .bind(filter.person.as_ref().map(PersonId::as_str))
            .bind(filter.expired)
            .bind(At(now))
            .bind(i64::from(limit.min(PAGE_MAX)));
        let rows = query.fetch_all(&self.read).await.map_err(classify("suppressions_list"))?;
        rows.into_iter().map(read).collect()
    }

    pub(super) async fn suppress(
        &self, addresses: &[Address], expires_at: Option<OffsetDateTime>, dry_run: bool, act: &Act, now: OffsetDateTime,
    ) -> Result<Vec<i64>, StoreError> {
        let fail = classify("suppress");
        let cause = (SuppressionCause::Operator, None);
        let mut tx = self.write.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        let new = suppress_in(&mut tx, &texts(addresses), cause, expires_at, now).await?;
        if dry_run {
            tx.rollback().await.map_err(&fail)?;
            return Ok(new);
        }
        let details = details(new.iter().copied());
        log_in(&mut tx, &LogRow::new("suppressions.add", new.len() as u64, &details, act, now)).await?;
        tx.commit().await.map_err(&fail)?;
        Ok(new)
    }

    pub(super) async fn release(
        &self, selection: &ReleaseSelection, dry_run: bool, act: &Act, now: OffsetDateTime,
    ) -> Result<Released, StoreError> {
        let fail = classify("release");
        let mut tx = self.write.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        let query = sqlx::query_as::<_, SuppressionRow>(RELEASE)
            .bind(json(&selection.numbers)?)
            .bind(json(&texts(&selection.addresses))?)
            .bind(selection.expired)
            .bind(At(now));
        let rows = query.fetch_all(&mut *tx).await.map_err(&fail)?;
        let addresses: Vec<&str> = rows.iter().map(|row| row.1.as_str()).collect();
        let query = sqlx::query_as(HELD).bind(json(&addresses)?).bind(i64::from(HELD_PEOPLE_MAX));
        let held: Vec<(String, i64)> = query.fetch_all(&mut *tx).await.map_err(classify("suppressions_held"))?;
        let released = released(rows, held)?;
        if dry_run {
            tx.rollback().await.map_err(&fail)?;
            return Ok(released);
        }
        let (number, details) = (released.entries.len(), details(released.entries.iter().map(|entry| entry.no)));
        log_in(&mut tx, &LogRow::new("suppressions.release", number as u64, &details, act, now)).await?;
        tx.commit().await.map_err(&fail)?;
        Ok(released)
    }
}
