//! What operators do to letters, each act with its row in their log, on PostgreSQL.

use sqlx::PgConnection;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::PostgresStore;
use super::dead::attempts_in;
use super::letters::matching;
use crate::store::at::At;
use crate::store::dead::plain;
use crate::store::error::classify;
use crate::store::letters::filter::{details, in_order, within};
use crate::store::letters::import::{CHUNK, ImportLetterRow, histories, row};
use crate::store::letters::log::{EntryRow, LogRow, read_entry};
use crate::store::{
    Act, Letter, LetterState, OperatorEntry, OperatorFilter, PAGE_MAX, REPLAY_ITEMS_MAX, Selection, StoreError,
};

const LOG_WRITE: &str = include_str!("../sql/postgres/operator_log_write.sql");
const LOG_READ: &str = include_str!("../sql/postgres/operator_log_read.sql");
const SETTLE: &str = include_str!("../sql/postgres/letters_settle.sql");
const PURGE: &str = include_str!("../sql/postgres/letters_purge.sql");
const IMPORT: &str = include_str!("../sql/postgres/letters_import.sql");

/// The ids of a selection in ascending order, each once, at most `limit`; those of a filter in one of `states`.
pub(super) async fn chosen(
    conn: &mut PgConnection, selection: &Selection, states: &[LetterState], limit: u64,
) -> Result<Vec<i64>, StoreError> {
    let limit = limit.min(REPLAY_ITEMS_MAX);
    match selection {
        Selection::Ids(ids) => Ok(in_order(ids, limit)),
        Selection::Filter(filter) => match within(filter, states) {
            Some(filter) => matching(conn, &filter, i64::MIN, i64::try_from(limit).unwrap_or(i64::MAX)).await,
            None => Ok(Vec::new()),
        },
    }
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

    pub(super) async fn operator_acts(
        &self, filter: &OperatorFilter, before: Option<i64>, limit: u32,
    ) -> Result<Vec<OperatorEntry>, StoreError> {
        let text = |text: &Option<String>| text.as_deref().map(plain);
        let query = sqlx::query_as::<_, EntryRow>(LOG_READ)
            .bind(before.unwrap_or(i64::MAX))
            .bind(i64::from(limit.min(PAGE_MAX)))
            .bind(text(&filter.operator))
            .bind(text(&filter.action))
            .bind(filter.from.map(At))
            .bind(filter.before.map(At));
        let rows = query.fetch_all(&self.pool).await.map_err(classify("operator_log_read"))?;
        rows.into_iter().map(read_entry).collect()
    }

    pub(super) async fn discard(
        &self, selection: &Selection, limit: u64, act: &Act, now: OffsetDateTime,
    ) -> Result<Vec<i64>, StoreError> {
        self.settle("dlq.discard", [LetterState::Open, LetterState::Discarded], selection, limit, act, now).await
    }

    pub(super) async fn restore(
        &self, selection: &Selection, limit: u64, act: &Act, now: OffsetDateTime,
    ) -> Result<Vec<i64>, StoreError> {
        self.settle("dlq.restore", [LetterState::Discarded, LetterState::Open], selection, limit, act, now).await
    }

    /// Moves letters from one state to another.
    async fn settle(
        &self, action: &'static str, [from, to]: [LetterState; 2], selection: &Selection, limit: u64, act: &Act,
        now: OffsetDateTime,
    ) -> Result<Vec<i64>, StoreError> {
        let fail = classify(action);
        let settled_at = (to == LetterState::Discarded).then_some(At(now));
        let mut tx = self.pool.begin().await.map_err(&fail)?;
        let ids = chosen(&mut tx, selection, &[from], limit).await?;
        let query = sqlx::query_as(SETTLE).bind(&ids).bind(from.as_str()).bind(to.as_str()).bind(settled_at);
        let moved: Vec<(i64,)> = query.fetch_all(&mut *tx).await.map_err(&fail)?;
        let mut moved: Vec<i64> = moved.into_iter().map(|(id,)| id).collect();
        moved.sort_unstable();
        let details = details(selection, &moved).into();
        log_in(&mut tx, &LogRow::new(action, moved.len() as u64, &details, act, now)).await?;
        tx.commit().await.map_err(&fail)?;
        Ok(moved)
    }

    pub(super) async fn purge(
        &self, settled_before: OffsetDateTime, limit: u32, act: &Act, now: OffsetDateTime,
    ) -> Result<u64, StoreError> {
        let fail = classify("purge");
        let mut tx = self.pool.begin().await.map_err(&fail)?;
        let query = sqlx::query(PURGE).bind(At(settled_before)).bind(i64::from(limit));
        let purged = query.execute(&mut *tx).await.map_err(&fail)?.rows_affected();
        let details = serde_json::json!({ "settled_before": settled_before.format(&Rfc3339).ok() });
        log_in(&mut tx, &LogRow::new("dlq.purge", purged, &details, act, now)).await?;
        tx.commit().await.map_err(&fail)?;
        Ok(purged)
    }

    pub(super) async fn letters_import(
        &self, letters: &[Letter], act: &Act, now: OffsetDateTime,
    ) -> Result<u64, StoreError> {
        let fail = classify("letters_import");
        let mut tx = self.pool.begin().await.map_err(&fail)?;
        let mut imported = 0;
        for letters in letters.chunks(CHUNK) {
            imported += import_in(&mut tx, letters).await?;
        }
        let details = serde_json::json!({ "letters": letters.len() });
        log_in(&mut tx, &LogRow::new("dlq.import", imported, &details, act, now)).await?;
        tx.commit().await.map_err(&fail)?;
        Ok(imported)
    }
}

/// Writes letters that are new, with their histories; their number.
async fn import_in(conn: &mut PgConnection, letters: &[Letter]) -> Result<u64, StoreError> {
    let rows = letters.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    let written = write(conn, &rows).await?;
    let attempts = histories(letters, &written);
    attempts_in(conn, &attempts).await?;
    Ok(written.len() as u64)
}

/// Number and digest in hex of those that were new.
async fn write(conn: &mut PgConnection, rows: &[ImportLetterRow]) -> Result<Vec<(i64, String)>, StoreError> {
    macro_rules! column {
        ($field:ident) => {
            rows.iter().map(|row| row.$field.clone()).collect::<Vec<_>>()
        };
    }
    let query = sqlx::query_as(IMPORT)
        .bind(column!(digest))
        .bind(column!(body))
        .bind(column!(body_len))
        .bind(column!(body_hash))
        .bind(column!(headers))
        .bind(column!(exchange))
        .bind(column!(routing_key))
        .bind(column!(class))
        .bind(column!(code))
        .bind(column!(message))
        .bind(column!(pointer))
        .bind(column!(source))
        .bind(column!(event_id))
        .bind(column!(event_type))
        .bind(column!(job_id))
        .bind(column!(client_id))
        .bind(column!(fingerprint))
        .bind(column!(state))
        .bind(column!(settled_at))
        .bind(column!(version))
        .bind(column!(times))
        .bind(column!(first_seen))
        .bind(column!(last_seen));
    query.fetch_all(conn).await.map_err(classify("letters_import"))
}
