//! Lists of notices, and one with its history, on PostgreSQL.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::QueryAs;
use sqlx::{FromRow, PgConnection, Postgres};
use time::OffsetDateTime;
use uuid::Uuid;

use super::PostgresStore;
use super::letters::SNAPSHOT;
use crate::store::at::At;
use crate::store::error::classify;
use crate::store::notice_rows::{LeasedRow, read_looked_at};
use crate::store::notices::filter::NoticeParams;
use crate::store::notices::rows::{
    NoticeEventRow, NoticeGroupRow, NoticeSummaryRow, read_notice, read_notice_event, read_notice_group,
};
use crate::store::{
    NOTICE_GROUPS_MAX, NoticeCursor, NoticeDossier, NoticeFilter, NoticeGroup, NoticePage, NoticeSummary, PAGE_MAX,
    StoreError,
};

const READ: &str = include_str!("../sql/postgres/notice_read.sql");
const HISTORY: &str = include_str!("../sql/postgres/notice_history_read.sql");

/// A statement over the notices that match: `notices_filter.sql`, then this one.
macro_rules! matching {
    ($name:literal) => {
        concat!(
            "with matching as (\n",
            include_str!("../sql/postgres/notices_filter.sql"),
            ")\n",
            include_str!(concat!("../sql/postgres/", $name, ".sql"))
        )
    };
}

/// A statement made with `matching!`, with the filter's parameters.
fn over<O>(sql: &'static str, filter: NoticeParams) -> QueryAs<'static, Postgres, O, PgArguments>
where
    O: for<'r> FromRow<'r, PgRow>,
{
    // Not kept prepared: PostgreSQL plans it for these values, and what is not asked for costs nothing.
    sqlx::query_as(sql)
        .persistent(false)
        .bind(filter.states)
        .bind(filter.person)
        .bind(filter.source)
        .bind(filter.event_id)
        .bind(filter.event_type)
        .bind(filter.code)
        .bind(filter.proposal)
        .bind(filter.created_from)
        .bind(filter.created_before)
        .bind(filter.id_first)
        .bind(filter.id_last)
        .bind(filter.before_at)
        .bind(filter.before_id)
}

/// A page of notices that match, newest first; nothing is locked.
pub(super) async fn newest(
    conn: &mut PgConnection, filter: &NoticeFilter, before: Option<NoticeCursor>, limit: i64,
) -> Result<Vec<NoticeSummary>, StoreError> {
    let params = NoticeParams::of(filter, before);
    let query = over::<NoticeSummaryRow>(matching!("notices_newest"), params).bind(limit);
    let rows = query.fetch_all(conn).await.map_err(classify("notices_newest"))?;
    rows.into_iter().map(read_notice).collect()
}

impl PostgresStore {
    pub(super) async fn notices(
        &self, filter: &NoticeFilter, page: NoticePage,
    ) -> Result<Vec<NoticeSummary>, StoreError> {
        let mut conn = self.pool.acquire().await.map_err(classify("notices"))?;
        newest(&mut conn, filter, page.before, i64::from(page.limit.min(PAGE_MAX))).await
    }

    pub(super) async fn notice_groups(&self, filter: &NoticeFilter) -> Result<Vec<NoticeGroup>, StoreError> {
        let query = over::<NoticeGroupRow>(matching!("notices_groups"), NoticeParams::of(filter, None));
        let query = query.bind(i64::from(NOTICE_GROUPS_MAX));
        let rows = query.fetch_all(&self.pool).await.map_err(classify("notices_groups"))?;
        rows.into_iter().map(read_notice_group).collect()
    }

    pub(super) async fn notice(&self, id: Uuid, now: OffsetDateTime) -> Result<Option<NoticeDossier>, StoreError> {
        let fail = classify("notice");
        let mut tx = self.pool.begin_with(SNAPSHOT).await.map_err(&fail)?;
        let one = NoticeFilter { ids: Some((id, id)), ..NoticeFilter::default() };
        let Some(summary) = newest(&mut tx, &one, None, 1).await?.pop() else { return Ok(None) };
        let row: LeasedRow = sqlx::query_as(READ).bind(id).bind(At(now)).fetch_one(&mut *tx).await.map_err(&fail)?;
        let history: Vec<NoticeEventRow> = sqlx::query_as(HISTORY).bind(id).fetch_all(&mut *tx).await.map_err(&fail)?;
        tx.commit().await.map_err(&fail)?;
        let history = history.into_iter().map(read_notice_event).collect::<Result<_, _>>()?;
        Ok(Some(NoticeDossier { summary, letter: read_looked_at(row), history }))
    }
}
