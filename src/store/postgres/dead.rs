//! Dead letters into PostgreSQL.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::store::at::At;
use crate::store::error::classify;
use crate::store::{DeadLetter, StoreError, dead};

/// Writes the letters in the caller's transaction; those that are there already count up.
pub(super) async fn bury_in(
    conn: &mut PgConnection, letters: &[DeadLetter], now: OffsetDateTime,
) -> Result<(), StoreError> {
    if letters.is_empty() {
        return Ok(());
    }
    let rows = dead::rows(letters);
    macro_rules! column {
        ($field:ident) => {
            rows.iter().map(|row| row.$field.clone()).collect::<Vec<_>>()
        };
    }
    sqlx::query(include_str!("../sql/postgres/dead_write.sql"))
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
        .bind(env!("CARGO_PKG_VERSION"))
        .bind(column!(times))
        .bind(At(now))
        .execute(conn)
        .await
        .map_err(classify("dead_write"))?;
    Ok(())
}
