//! What comes back about letters, on SQLite.

use time::OffsetDateTime;
use uuid::Uuid;

use super::SqliteStore;
use super::suppressions::suppress_in;
use crate::store::at::At;
use crate::store::error::classify;
use crate::store::suppressions::rows::texts;
use crate::store::{Address, BOUNCES_MAX, BounceEntry, Bounced, BouncedNotice, StoreError};

const NOTICE: &str = include_str!("../sql/sqlite/bounce_notice.sql");
const RECORD: &str = include_str!("../sql/sqlite/bounce_record.sql");
const KNOWN: &str = include_str!("../sql/sqlite/bounce_known.sql");
const FAIL: &str = include_str!("../sql/sqlite/bounce_fail.sql");

impl SqliteStore {
    pub(super) async fn bounced_notice(&self, notice: Uuid) -> Result<Option<BouncedNotice>, StoreError> {
        let query = sqlx::query_as::<_, (Option<String>, i32)>(NOTICE).bind(notice);
        let row = query.fetch_optional(&self.read).await.map_err(classify("bounce_notice"))?;
        Ok(row.map(|(email, resends)| BouncedNotice { address: email.map(Address), resends: resends.unsigned_abs() }))
    }

    pub(super) async fn bounce(
        &self, entry: &BounceEntry, dry_run: bool, now: OffsetDateTime,
    ) -> Result<Bounced, StoreError> {
        let fail = classify("bounce");
        let (words, fails) = (entry.words.as_deref(), entry.fails.map(i64::from));
        let mut tx = self.write.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        let query = sqlx::query(RECORD)
            .bind(entry.notice)
            .bind(At(now))
            .bind(entry.kind.as_str())
            .bind(entry.code)
            .bind(words)
            .bind(&entry.digest[..])
            .bind(fails)
            .bind(i64::from(BOUNCES_MAX));
        if query.execute(&mut *tx).await.map_err(classify("bounce_record"))?.rows_affected() == 0 {
            let query = sqlx::query_as(KNOWN).bind(entry.notice).bind(&entry.digest[..]);
            let (known,): (bool,) = query.fetch_one(&mut *tx).await.map_err(classify("bounce_known"))?;
            tx.rollback().await.map_err(&fail)?;
            return Ok(if known { Bounced::Known } else { Bounced::Full });
        }
        let query = sqlx::query(FAIL).bind(entry.notice).bind(At(now)).bind(words).bind(fails);
        let failed = query.execute(&mut *tx).await.map_err(classify("bounce_fail"))?.rows_affected() > 0;
        let mut suppressed = false;
        if let Some((address, cause, until)) = &entry.suppress {
            let new = suppress_in(&mut tx, &texts([address]), (*cause, Some(entry.notice)), *until, now).await?;
            suppressed = !new.is_empty();
        }
        let ended = if dry_run { tx.rollback().await } else { tx.commit().await };
        ended.map_err(&fail)?;
        Ok(Bounced::Recorded { failed, suppressed })
    }
}
