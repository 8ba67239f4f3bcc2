//! Lists of letters on PostgreSQL.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::QueryAs;
use sqlx::{FromRow, PgConnection, Postgres};

use super::PostgresStore;
use crate::store::error::classify;
use crate::store::letters::filter::FilterParams;
use crate::store::letters::rows::{
    AttemptReadRow, GroupRow, SummaryRow, WholeRow, read_group, read_summary, read_whole,
};
use crate::store::number_rows::count;
use crate::store::{GROUPS_MAX, Letter, LetterFilter, LetterGroup, LetterPage, LetterSummary, PAGE_MAX, StoreError};

const WHOLE: &str = include_str!("../sql/postgres/letters_whole.sql");
const ATTEMPTS: &str = include_str!("../sql/postgres/attempts_read.sql");

/// Letters and their histories are read as of one moment.
pub(super) const SNAPSHOT: &str = "begin isolation level repeatable read, read only";

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

/// Letters of these ids with their histories, in the order of their ids.
async fn whole(conn: &mut PgConnection, ids: &[i64]) -> Result<Vec<Letter>, StoreError> {
    let rows: Vec<WholeRow> =
        sqlx::query_as(WHOLE).bind(ids).fetch_all(&mut *conn).await.map_err(classify("letters_whole"))?;
    let attempts: Vec<AttemptReadRow> =
        sqlx::query_as(ATTEMPTS).bind(ids).fetch_all(conn).await.map_err(classify("attempts_read"))?;
    read_whole(rows, attempts)
}

impl PostgresStore {
    pub(super) async fn letters(
        &self, filter: &LetterFilter, page: LetterPage,
    ) -> Result<Vec<LetterSummary>, StoreError> {
        let params = FilterParams::of(filter)?.below(page.before);
        let query = over::<SummaryRow>(matching!("letters_newest"), &params).bind(i64::from(page.limit.min(PAGE_MAX)));
        let rows = query.fetch_all(&self.pool).await.map_err(classify("letters_newest"))?;
        rows.into_iter().map(read_summary).collect()
    }

    pub(super) async fn letter_ids(
        &self, filter: &LetterFilter, after: i64, limit: u32,
    ) -> Result<Vec<i64>, StoreError> {
        let mut conn = self.pool.acquire().await.map_err(classify("letters_ids"))?;
        matching(&mut conn, filter, after, i64::from(limit.min(PAGE_MAX))).await
    }

    pub(super) async fn letters_count(&self, filter: &LetterFilter) -> Result<u64, StoreError> {
        let query = over::<(i64,)>(matching!("letters_count"), &FilterParams::of(filter)?);
        let (letters,) = query.fetch_one(&self.pool).await.map_err(classify("letters_count"))?;
        Ok(count(letters))
    }

    pub(super) async fn letter_groups(&self, filter: &LetterFilter) -> Result<Vec<LetterGroup>, StoreError> {
        let query =
            over::<GroupRow>(matching!("letters_groups"), &FilterParams::of(filter)?).bind(i64::from(GROUPS_MAX));
        let rows = query.fetch_all(&self.pool).await.map_err(classify("letters_groups"))?;
        rows.into_iter().map(read_group).collect()
    }

    pub(super) async fn letter(&self, id: i64) -> Result<Option<Letter>, StoreError> {
        let fail = classify("letter");
        let mut tx = self.pool.begin_with(SNAPSHOT).await.map_err(&fail)?;
        let letters = whole(&mut tx, &[id]).await?;
        tx.commit().await.map_err(&fail)?;
        Ok(letters.into_iter().next())
    }

    pub(super) async fn letters_whole(
        &self, filter: &LetterFilter, after: i64, limit: u32,
    ) -> Result<Vec<Letter>, StoreError> {
        let fail = classify("letters_whole");
        let mut tx = self.pool.begin_with(SNAPSHOT).await.map_err(&fail)?;
        let ids = matching(&mut tx, filter, after, i64::from(limit.min(PAGE_MAX))).await?;
        let letters = whole(&mut tx, &ids).await?;
        tx.commit().await.map_err(&fail)?;
        Ok(letters)
    }
}
