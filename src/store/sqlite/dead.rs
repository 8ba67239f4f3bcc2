//! Dead letters into SQLite.

use sqlx::SqliteConnection;
use time::OffsetDateTime;

use super::json;
use crate::store::at::At;
use crate::store::error::classify;
use crate::store::letters::rows::AttemptRow;
use crate::store::{DeadLetter, StoreError, dead};

/// Writes the letters in the caller's transaction; those that are there already count up.
pub(super) async fn bury_in(
    conn: &mut SqliteConnection, letters: &[DeadLetter], now: OffsetDateTime,
) -> Result<(), StoreError> {
    if letters.is_empty() {
        return Ok(());
    }
    let rows = dead::rows(letters);
    let digests: Vec<_> = rows.iter().map(|row| row.digest.as_str()).collect();
    let known = sqlx::query_as(include_str!("../sql/sqlite/dead_known.sql")).bind(json(&digests)?);
    let known = known.fetch_all(&mut *conn).await.map_err(classify("dead_known"))?;
    let write = sqlx::query_as(include_str!("../sql/sqlite/dead_write.sql")).bind(json(&rows)?).bind(At(now));
    let written = write.fetch_all(&mut *conn).await.map_err(classify("dead_write"))?;
    attempts_in(conn, &dead::arrivals(&rows, known, written, now)).await
}

/// Adds to the histories of letters, in the caller's transaction.
pub(super) async fn attempts_in(conn: &mut SqliteConnection, rows: &[AttemptRow]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(include_str!("../sql/sqlite/attempts_write.sql")).bind(json(rows)?);
    query.execute(conn).await.map_err(classify("attempts_write"))?;
    Ok(())
}
