//! Dead letters into SQLite.

use sqlx::SqliteConnection;
use time::OffsetDateTime;

use super::json;
use crate::store::at::At;
use crate::store::error::classify;
use crate::store::{DeadLetter, StoreError, dead};

/// Writes the letters in the caller's transaction; those that are there already count up.
pub(super) async fn bury_in(
    conn: &mut SqliteConnection, letters: &[DeadLetter], now: OffsetDateTime,
) -> Result<(), StoreError> {
    if letters.is_empty() {
        return Ok(());
    }
    sqlx::query(include_str!("../sql/sqlite/dead_write.sql"))
        .bind(json(&dead::rows(letters))?)
        .bind(At(now))
        .execute(conn)
        .await
        .map_err(classify("dead_write"))?;
    Ok(())
}
