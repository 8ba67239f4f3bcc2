//! Lists of letters, and the operators' log, on PostgreSQL.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::QueryAs;
use sqlx::{FromRow, PgConnection, Postgres};
use time::OffsetDateTime;

use super::PostgresStore;
use crate::store::error::classify;
use crate::store::letters::filter::FilterParams;
use crate::store::letters::log::{EntryRow, LogRow, read_entry};
use crate::store::{Act, LetterFilter, OperatorEntry, PAGE_MAX, StoreError};

const LOG_WRITE: &str = include_str!("../sql/postgres/operator_log_write.sql");
const LOG_READ: &str = include_str!("../sql/postgres/operator_log_read.sql");

/// A statement over the letters that match: `letters_filter.sql`, then this one.
macro_rules! matching {
    ($name:literal) => {
        concat!(
            "with matching as (\n",
            include_str!("../sql/postgres/letters_filter.sql"),
            ")\n",
            include_str!(concat!("../sql/postgres/", $name, ".sql"))
        )
    };
}

/// A statement made with `matching!`, with the filter's parameters.
fn over<O>(sql: &'static str, filter: &FilterParams) -> QueryAs<'static, Postgres, O, PgArguments>
where
    O: for<'r> FromRow<'r, PgRow>,
{
    // Not kept prepared: PostgreSQL plans it for these values, and what is not asked for costs nothing.
    sqlx::query_as(sql)
        .persistent(false)
        .bind(filter.states.clone())
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
        .bind(filter.below)
}

/// Ids of letters that match, above `after`, in ascending order, at most `limit`; nothing is locked.
///
/// Not in a transaction of [`Begin`](crate::store::flow::Begin), whose settings forbid a plan for these values.
pub(super) async fn matching(
    conn: &mut PgConnection, filter: &LetterFilter, after: i64, limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let params = FilterParams::of(filter)?.above(after);
    let query = over::<(i64,)>(matching!("letters_ids"), &params).bind(limit);
    let rows = query.fetch_all(conn).await.map_err(classify("letters_ids"))?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Writes down an act, in its transaction.
pub(super) async fn log_in(conn: &mut PgConnection, row: &LogRow) -> Result<(), StoreError> {
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

impl PostgresStore {
    pub(super) async fn note(
        &self, action: &'static str, affected: u64, details: &serde_json::Value, act: &Act, now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let mut conn = self.pool.acquire().await.map_err(classify("note"))?;
        log_in(&mut conn, &LogRow::new(action, affected, details, act, now)).await
    }

    pub(super) async fn operator_log(&self, before: Option<i64>, limit: u32) -> Result<Vec<OperatorEntry>, StoreError> {
        let query = sqlx::query_as::<_, EntryRow>(LOG_READ)
            .bind(before.unwrap_or(i64::MAX))
            .bind(i64::from(limit.min(PAGE_MAX)));
        let rows = query.fetch_all(&self.pool).await.map_err(classify("operator_log_read"))?;
        rows.into_iter().map(read_entry).collect()
    }
}
