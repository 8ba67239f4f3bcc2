//! Lists of letters on SQLite.

use sqlx::query::QueryAs;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{FromRow, Sqlite, SqliteConnection};

use super::{SqliteStore, json};
use crate::store::error::classify;
use crate::store::letters::filter::FilterParams;
use crate::store::letters::rows::{
    AttemptReadRow, GroupRow, SummaryRow, WholeRow, read_group, read_summary, read_whole,
};
use crate::store::number_rows::count;
use crate::store::{GROUPS_MAX, Letter, LetterFilter, LetterGroup, LetterPage, LetterSummary, PAGE_MAX, StoreError};

const WHOLE: &str = include_str!("../sql/sqlite/letters_whole.sql");
const ATTEMPTS: &str = include_str!("../sql/sqlite/attempts_read.sql");

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

/// Letters of these ids with their histories, in the order of their ids.
async fn whole(conn: &mut SqliteConnection, ids: &[i64]) -> Result<Vec<Letter>, StoreError> {
    let rows: Vec<WholeRow> =
        sqlx::query_as(WHOLE).bind(json(ids)?).fetch_all(&mut *conn).await.map_err(classify("letters_whole"))?;
    let attempts: Vec<AttemptReadRow> =
        sqlx::query_as(ATTEMPTS).bind(json(ids)?).fetch_all(conn).await.map_err(classify("attempts_read"))?;
    read_whole(rows, attempts)
}

impl SqliteStore {
    pub(super) async fn letters(
        &self, filter: &LetterFilter, page: LetterPage,
    ) -> Result<Vec<LetterSummary>, StoreError> {
        let params = FilterParams::of(filter)?.below(page.before);
        let query = over::<SummaryRow>(matching!("letters_newest"), &params)?.bind(i64::from(page.limit.min(PAGE_MAX)));
        let rows = query.fetch_all(&self.read).await.map_err(classify("letters_newest"))?;
        rows.into_iter().map(read_summary).collect()
    }

    pub(super) async fn letter_ids(
        &self, filter: &LetterFilter, after: i64, limit: u32,
    ) -> Result<Vec<i64>, StoreError> {
        let mut conn = self.read.acquire().await.map_err(classify("letters_ids"))?;
        matching(&mut conn, filter, after, i64::from(limit.min(PAGE_MAX))).await
    }

    pub(super) async fn letters_count(&self, filter: &LetterFilter) -> Result<u64, StoreError> {
        let query = over::<(i64,)>(matching!("letters_count"), &FilterParams::of(filter)?)?;
        let (letters,) = query.fetch_one(&self.read).await.map_err(classify("letters_count"))?;
        Ok(count(letters))
    }

    pub(super) async fn letter_groups(&self, filter: &LetterFilter) -> Result<Vec<LetterGroup>, StoreError> {
        let query =
            over::<GroupRow>(matching!("letters_groups"), &FilterParams::of(filter)?)?.bind(i64::from(GROUPS_MAX));
        let rows = query.fetch_all(&self.read).await.map_err(classify("letters_groups"))?;
        rows.into_iter().map(read_group).collect()
    }

    pub(super) async fn letter(&self, id: i64) -> Result<Option<Letter>, StoreError> {
        let fail = classify("letter");
        let mut tx = self.read.begin().await.map_err(&fail)?;
        let letters = whole(&mut tx, &[id]).await?;
        tx.commit().await.map_err(&fail)?;
        Ok(letters.into_iter().next())
    }

    pub(super) async fn letters_whole(
        &self, filter: &LetterFilter, after: i64, limit: u32,
    ) -> Result<Vec<Letter>, StoreError> {
        let fail = classify("letters_whole");
        let mut tx = self.read.begin().await.map_err(&fail)?;
        let ids = matching(&mut tx, filter, after, i64::from(limit.min(PAGE_MAX))).await?;
        let letters = whole(&mut tx, &ids).await?;
        tx.commit().await.map_err(&fail)?;
        Ok(letters)
    }
}
