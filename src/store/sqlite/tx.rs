//! The statements of the intake on SQLite: one method, one SQL file.

use async_trait::async_trait;
use serde::Serialize;
use sqlx::{Sqlite, Transaction};
use time::OffsetDateTime;

use super::dead::bury_in;
use super::json;
use crate::store::announcement_rows::AnnouncementRow;
use crate::store::at::At;
use crate::store::effect_rows::{EffectRows, EffectsWritten};
use crate::store::error::classify;
use crate::store::flow::{Reach, Scope, Tx};
use crate::store::rows::{AccountRow, AgainRow, EventRow, FactRow, InboxRow, NewEventRow, ProposalRow};
use crate::store::{DeadLetter, StoreError};

/// A transaction under way; dropping it rolls back.
pub(in crate::store) struct SqliteTx(pub(super) Transaction<'static, Sqlite>);

macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../sql/sqlite/", $name, ".sql"))
    };
}

pub(super) fn reach_json(reach: &Reach) -> Result<String, StoreError> {
    json(&reach.clients.iter().zip(&reach.since).collect::<Vec<_>>())
}

impl SqliteTx {
    /// Writes rows into one table; how many.
    async fn write<R: Serialize>(
        &mut self, doing: &'static str, sql: &'static str, rows: &[R],
    ) -> Result<u64, StoreError> {
        let done = sqlx::query(sql).bind(json(rows)?).execute(&mut *self.0).await.map_err(classify(doing))?;
        Ok(done.rows_affected())
    }
}

#[async_trait]
impl Tx for SqliteTx {
    async fn events_insert(
        &mut self, rows: &[NewEventRow], now: OffsetDateTime,
    ) -> Result<Vec<(i64, String, String)>, StoreError> {
        let query = sqlx::query_as(sql!("events_insert")).bind(json(rows)?).bind(At(now));
        query.fetch_all(&mut *self.0).await.map_err(classify("events_insert"))
    }

    async fn events_stored(&mut self, keys: &[(&str, &str)]) -> Result<Vec<(String, String, Vec<u8>)>, StoreError> {
        let query = sqlx::query_as(sql!("events_stored")).bind(json(keys)?);
        query.fetch_all(&mut *self.0).await.map_err(classify("events_stored"))
    }

    async fn events_again(&mut self, rows: &[AgainRow], now: OffsetDateTime) -> Result<(), StoreError> {
        let query = sqlx::query(sql!("events_again")).bind(json(rows)?).bind(At(now));
        query.execute(&mut *self.0).await.map_err(classify("events_again"))?;
        Ok(())
    }

    async fn events_due(&mut self, limit: u32, now: OffsetDateTime) -> Result<Vec<InboxRow>, StoreError> {
        let query = sqlx::query_as(sql!("events_due")).bind(i64::from(limit)).bind(At(now));
        query.fetch_all(&mut *self.0).await.map_err(classify("events_due"))
    }

    async fn events_fan_out_next(&mut self) -> Result<Option<InboxRow>, StoreError> {
        let query = sqlx::query_as(sql!("events_fan_out_next"));
        query.fetch_optional(&mut *self.0).await.map_err(classify("events_fan_out_next"))
    }

    async fn events_lock(&mut self, event: i64) -> Result<Option<InboxRow>, StoreError> {
        let query = sqlx::query_as(sql!("events_lock")).bind(event);
        query.fetch_optional(&mut *self.0).await.map_err(classify("events_lock"))
    }

    async fn events_settle(&mut self, rows: &[EventRow]) -> Result<u64, StoreError> {
        let query = sqlx::query(sql!("events_settle")).bind(json(rows)?);
        let done = query.execute(&mut *self.0).await.map_err(classify("events_settle"))?;
        Ok(done.rows_affected())
    }

    async fn scope_count(&mut self, scopes: &[Scope], limit: i64) -> Result<Vec<i64>, StoreError> {
        let query = sqlx::query_scalar(sql!("scope_count")).bind(json(scopes)?).bind(limit);
        query.fetch_all(&mut *self.0).await.map_err(classify("scope_count"))
    }

    async fn reach_lock(&mut self, reach: &Reach) -> Result<Vec<AccountRow>, StoreError> {
        let query = sqlx::query_as(sql!("reach_lock")).bind(json(&reach.jobs)?).bind(reach_json(reach)?);
        let query = query.bind(json(&reach.proposals)?);
        query.fetch_all(&mut *self.0).await.map_err(classify("reach_lock"))
    }

    async fn scope_proposals(&mut self, reach: &Reach) -> Result<Vec<ProposalRow>, StoreError> {
        let query = sqlx::query_as(sql!("scope_proposals")).bind(json(&reach.jobs)?).bind(reach_json(reach)?);
        let query = query.bind(json(&reach.proposals)?);
        query.fetch_all(&mut *self.0).await.map_err(classify("scope_proposals"))
    }

    async fn accounts_lock(&mut self, accounts: &[String]) -> Result<Vec<AccountRow>, StoreError> {
        let query = sqlx::query_as(sql!("accounts_lock")).bind(json(accounts)?);
        query.fetch_all(&mut *self.0).await.map_err(classify("accounts_lock"))
    }

    async fn chunk_proposals(&mut self, reach: &Reach, accounts: &[String]) -> Result<Vec<ProposalRow>, StoreError> {
        let query = sqlx::query_as(sql!("chunk_proposals"))
            .bind(json(&reach.jobs)?)
            .bind(reach_json(reach)?)
            .bind(json(accounts)?);
        query.fetch_all(&mut *self.0).await.map_err(classify("chunk_proposals"))
    }

    async fn facts_read(
        &mut self, jobs: &[String], proposals: &[String], reach: &Reach,
    ) -> Result<Vec<FactRow>, StoreError> {
        let query = sqlx::query_as(sql!("facts_read")).bind(json(jobs)?).bind(json(proposals)?);
        let query = query.bind(json(&reach.clients)?).bind(json(&reach.people)?);
        query.fetch_all(&mut *self.0).await.map_err(classify("facts_read"))
    }

    async fn effects_write(&mut self, rows: &EffectRows) -> Result<EffectsWritten, StoreError> {
        let mut written = EffectsWritten::default();
        if !rows.returns.is_empty() {
            written.returns = self.write("returns_write", sql!("returns_write"), &rows.returns).await?;
        }
        if !rows.balances.is_empty() {
            written.balances = self.write("balances_raise", sql!("balances_raise"), &rows.balances).await?;
        }
        if !rows.decisions.is_empty() {
            let query = sqlx::query_as(sql!("decisions_write")).bind(json(&rows.decisions)?);
            written.decisions = query.fetch_all(&mut *self.0).await.map_err(classify("decisions_write"))?;
        }
        if !rows.notices.is_empty() {
            written.notices = self.write("notices_write", sql!("notices_write"), &rows.notices).await?;
        }
        Ok(written)
    }

    async fn notices_release(&mut self, events: &[i64], now: OffsetDateTime) -> Result<(), StoreError> {
        let query = sqlx::query(sql!("notices_release")).bind(json(events)?).bind(At(now));
        query.execute(&mut *self.0).await.map_err(classify("notices_release"))?;
        Ok(())
    }

    async fn announcements_write(&mut self, rows: &[AnnouncementRow]) -> Result<u64, StoreError> {
        let query = sqlx::query(sql!("announcements_write")).bind(json(rows)?);
        let done = query.execute(&mut *self.0).await.map_err(classify("announcements_write"))?;
        Ok(done.rows_affected())
    }

    async fn announcements_follow(&mut self, events: &[i64]) -> Result<(), StoreError> {
        let query = sqlx::query(sql!("announcements_follow")).bind(json(events)?).bind("[]");
        query.execute(&mut *self.0).await.map_err(classify("announcements_follow"))?;
        Ok(())
    }

    async fn bury(&mut self, letters: &[DeadLetter], now: OffsetDateTime) -> Result<(), StoreError> {
        bury_in(&mut self.0, letters, now).await
    }

    async fn fanout_list(&mut self, event: i64, reach: &Reach) -> Result<u64, StoreError> {
        let query = sqlx::query(sql!("fanout_list")).bind(json(&reach.jobs)?).bind(reach_json(reach)?).bind(event);
        let done = query.execute(&mut *self.0).await.map_err(classify("fanout_list"))?;
        Ok(done.rows_affected())
    }

    async fn fanout_next(&mut self, event: i64, cursor: &str, limit: i64) -> Result<Vec<String>, StoreError> {
        let query = sqlx::query_scalar(sql!("fanout_next")).bind(event).bind(cursor).bind(limit);
        query.fetch_all(&mut *self.0).await.map_err(classify("fanout_next"))
    }

    async fn fanout_people(&mut self, event: i64, cursor: &str, people: &[String]) -> Result<Vec<String>, StoreError> {
        let query = sqlx::query_scalar(sql!("fanout_people")).bind(event).bind(cursor).bind(json(people)?);
        query.fetch_all(&mut *self.0).await.map_err(classify("fanout_people"))
    }

    async fn fanout_end(&mut self, event: i64) -> Result<(), StoreError> {
        let query = sqlx::query(sql!("fanout_end")).bind(event);
        query.execute(&mut *self.0).await.map_err(classify("fanout_end"))?;
        Ok(())
    }
}
