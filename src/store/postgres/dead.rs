//! Dead letters into PostgreSQL.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::store::at::At;
use crate::store::error::classify;
use crate::store::letters::rows::AttemptRow;
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
    let known = sqlx::query_as(include_str!("../sql/postgres/dead_known.sql")).bind(column!(digest));
    let known = known.fetch_all(&mut *conn).await.map_err(classify("dead_known"))?;
    let written = sqlx::query_as(include_str!("../sql/postgres/dead_write.sql"))
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
        .bind(column!(job_id))
        .bind(column!(client_id))
        .bind(column!(fingerprint))
        .bind(column!(state))
        .fetch_all(&mut *conn)
        .await
        .map_err(classify("dead_write"))?;
    attempts_in(conn, &dead::arrivals(&rows, known, written, now)).await
}

/// Adds to the histories of letters, in the caller's transaction.
pub(super) async fn attempts_in(conn: &mut PgConnection, rows: &[AttemptRow]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    macro_rules! column {
        ($field:ident) => {
            rows.iter().map(|row| row.$field.clone()).collect::<Vec<_>>()
        };
    }
    let query = sqlx::query(include_str!("../sql/postgres/attempts_write.sql"))
        .bind(column!(dead_letter_no))
        .bind(column!(at))
        .bind(column!(kind))
        .bind(column!(replay_no))
        .bind(column!(outcome))
        .bind(column!(class))
        .bind(column!(code))
        .bind(column!(message))
        .bind(column!(pointer))
        .bind(column!(version));
    query.execute(conn).await.map_err(classify("attempts_write"))?;
    Ok(())
}
