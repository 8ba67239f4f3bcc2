//! Lists of letters, and the operators' log, on SQLite.

use sqlx::query::QueryAs;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{FromRow, Sqlite, SqliteConnection};
use time::OffsetDateTime;

use super::{SqliteStore, json};
use crate::store::error::classify;
use crate::store::letters::filter::FilterParams;
use crate::store::letters::log::{EntryRow, LogRow, read_entry};
use crate::store::{Act, LetterFilter, OperatorEntry, PAGE_MAX, StoreError};

const LOG_WRITE: &str = include_str!("../sql/sqlite/operator_log_write.sql");
const LOG_READ: &str = include_str!("../sql/sqlite/operator_log_read.sql");

/// A statement over the letters that match: `letters_filter.sql`, then this one.
macro_rules! matching {
    ($name:literal) => {
        concat!(
            "with matching as (\n",
            include_str!("../sql/sqlite/letters_filter.sql"),
            ")\n",
            include_str!(concat!("../sql/sqlite/", $name, ".sql"))
        )
    };
}

/// A statement made with `matching!`, with the filter's parameters.
fn over<O>(sql: &'static str, filter: &FilterParams) -> Result<QueryAs<'static, Sqlite, O, SqliteArguments>, StoreError>
where
    O: for<'r> FromRow<'r, SqliteRow>,
{
    Ok(sqlx::query_as(sql)
        .bind(json(&filter.states)?)
        .bind(filter.class)
        .bind(filter.code.clone())
        .bind(filter.event_type.clone())
        .bind(filter.source.clone())
        .bind(filter.event_id.clone())
        .bind(filter.job.clone())
        .bind(filter.client.clone())
        .bind(filter.pattern.clone())
        .bind(filter.fingerprint.clone())
        .bind(filter.seen_from)
        .bind(filter.seen_before)
        .bind(filter.above)
        .bind(filter.below))
}

/// Ids of letters that match, above `after`, in ascending order, at most `limit`; nothing is locked.
pub(super) async fn matching(
    conn: &mut SqliteConnection, filter: &LetterFilter, after: i64, limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let params = FilterParams::of(filter)?.above(after);
    let query = over::<(i64,)>(matching!("letters_ids"), &params)?.bind(limit);
    let rows = query.fetch_all(conn).await.map_err(classify("letters_ids"))?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Writes down an act, in its transaction.
pub(super) async fn log_in(conn: &mut SqliteConnection, row: &LogRow) -> Result<(), StoreError> {
    let query = sqlx::query(LOG_WRITE)
        .bind(row.at)
        .bind(&row.operator)
        .bind(row.action)
        .bind(&row.reason)
        .bind(row.affected)
        .bind(&row.details)
        .bind(env!("CARGO_PKG_VERSION"));
    query.execute(conn).await.map_err(classify("operator_log_write"))?;
    Ok(())
}

impl SqliteStore {
    pub(super) async fn note(
        &self, action: &'static str, affected: u64, details: &serde_json::Value, act: &Act, now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let mut conn = self.write.acquire().await.map_err(classify("note"))?;
        log_in(&mut conn, &LogRow::new(action, affected, details, act, now)).await
    }

    pub(super) async fn operator_log(&self, before: Option<i64>, limit: u32) -> Result<Vec<OperatorEntry>, StoreError> {
        let query = sqlx::query_as::<_, EntryRow>(LOG_READ)
            .bind(before.unwrap_or(i64::MAX))
            .bind(i64::from(limit.min(PAGE_MAX)));
        let rows = query.fetch_all(&self.read).await.map_err(classify("operator_log_read"))?;
        rows.into_iter().map(read_entry).collect()
    }
}
