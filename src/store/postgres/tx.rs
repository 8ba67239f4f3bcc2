//! The statements of the intake on PostgreSQL: one method, one SQL file.

use async_trait::async_trait;
use sqlx::postgres::PgArguments;
use sqlx::query::QueryAs;
use sqlx::{Postgres, Transaction};
use time::OffsetDateTime;
use uuid::Uuid;

use super::dead::bury_in;
use crate::store::announcement_rows::AnnouncementRow;
use crate::store::at::At;
use crate::store::effect_rows::{EffectRows, EffectsWritten};
use crate::store::error::classify;
use crate::store::flow::{Limits, Reach, Scope, Taken, Tx};
use crate::store::rows::{AccountRow, AgainRow, EventRow, FactRow, InboxRow, NewEventRow, ProposalRow};
use crate::store::{DeadLetter, StoreError};

/// A transaction under way; dropping it rolls back.
pub(in crate::store) struct PgTx(pub(super) Transaction<'static, Postgres>);

/// For statements that come to all of something, once in a while: a list of a million accounts takes some ten seconds,
/// the sum of a ledger seconds for each ten million entries; texts are looked through from end to end.
pub(super) const LASTING: &str = "set local statement_timeout = '10min'";

macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../sql/postgres/", $name, ".sql"))
    };
}

/// One field of all rows: a parameter for `unnest`.
macro_rules! column {
    ($rows:ident.$field:ident) => {
        $rows.iter().map(|row| &row.$field).collect::<Vec<_>>()
    };
}

/// A statement that puts events into the inbox, with its first 14 parameters.
fn inbox<'q, O>(
    query: QueryAs<'q, Postgres, O, PgArguments>, rows: &'q [NewEventRow], now: OffsetDateTime,
) -> QueryAs<'q, Postgres, O, PgArguments> {
    query
        .bind(column!(rows.source))
        .bind(column!(rows.event_id))
        .bind(column!(rows.event_type))
        .bind(column!(rows.occurred_at))
        .bind(column!(rows.payload))
        .bind(column!(rows.payload_hash))
        .bind(column!(rows.traceparent))
        .bind(At(now))
        .bind(column!(rows.published_at))
        .bind(column!(rows.job_id))
        .bind(column!(rows.client_id))
        .bind(column!(rows.proposal_id))
        .bind(column!(rows.person_id))
        .bind(column!(rows.policy_version))
}

/// event_no and proposal_id of a decision; or how many returns, balances and notices.
type EffectRow = (Option<i64>, Option<String>, Option<i64>, Option<i64>, Option<i64>);

fn written(rows: Vec<EffectRow>) -> EffectsWritten {
    let count = |counted: Option<i64>| counted.and_then(|count| u64::try_from(count).ok()).unwrap_or_default();
    let mut written = EffectsWritten::default();
    for (event, proposal, returns, balances, notices) in rows {
        written.decisions.extend(event.zip(proposal));
        written.returns += count(returns);
        written.balances += count(balances);
        written.notices += count(notices);
    }
    written
}

#[async_trait]
impl Tx for PgTx {
    async fn take_in(
        &mut self, rows: &[NewEventRow], _: &[Scope], limits: Limits, now: OffsetDateTime,
    ) -> Result<Vec<Taken>, StoreError> {
        let query = inbox(sqlx::query_as(sql!("events_take_in")), rows, now).bind(limits.each).bind(limits.all);
        let taken: Vec<(Option<i64>, i64)> = query.fetch_all(&mut *self.0).await.map_err(classify("events_take_in"))?;
        Ok(taken.into_iter().map(|(no, size)| Taken { no, fits: size <= limits.each }).collect())
    }

    async fn events_insert(
        &mut self, rows: &[NewEventRow], now: OffsetDateTime,
    ) -> Result<Vec<(i64, String, String)>, StoreError> {
        let query = inbox(sqlx::query_as(sql!("events_insert")), rows, now);
        query.fetch_all(&mut *self.0).await.map_err(classify("events_insert"))
    }

    async fn events_stored(&mut self, keys: &[(&str, &str)]) -> Result<Vec<(String, String, Vec<u8>)>, StoreError> {
        let (sources, ids): (Vec<_>, Vec<_>) = keys.iter().copied().unzip();
        let query = sqlx::query_as(sql!("events_stored")).bind(sources).bind(ids);
        query.fetch_all(&mut *self.0).await.map_err(classify("events_stored"))
    }

    async fn events_again(&mut self, rows: &[AgainRow], now: OffsetDateTime) -> Result<(), StoreError> {
        let query = sqlx::query(sql!("events_again"))
            .bind(column!(rows.source))
            .bind(column!(rows.event_id))
            .bind(column!(rows.times))
            .bind(At(now));
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
        let query = sqlx::query(sql!("events_settle"))
            .bind(column!(rows.event_no))
            .bind(column!(rows.state))
            .bind(column!(rows.stage))
            .bind(column!(rows.attempts))
            .bind(column!(rows.due_at))
            .bind(column!(rows.code))
            .bind(column!(rows.cursor))
            .bind(column!(rows.held_until))
            .bind(column!(rows.advanced_at))
            .bind(column!(rows.policy_version))
            .bind(column!(rows.applied_at));
        let done = query.execute(&mut *self.0).await.map_err(classify("events_settle"))?;
        Ok(done.rows_affected())
    }

    async fn scope_count(&mut self, scopes: &[Scope], limit: i64) -> Result<Vec<i64>, StoreError> {
        let query = sqlx::query_scalar(sql!("scope_count"))
            .bind(column!(scopes.job))
            .bind(column!(scopes.client))
            .bind(column!(scopes.since))
            .bind(limit);
        query.fetch_all(&mut *self.0).await.map_err(classify("scope_count"))
    }

    async fn reach_lock(&mut self, reach: &Reach) -> Result<Vec<AccountRow>, StoreError> {
        let query = sqlx::query_as(sql!("reach_lock")).bind(&reach.jobs).bind(&reach.clients);
        let query = query.bind(&reach.since).bind(&reach.proposals);
        query.fetch_all(&mut *self.0).await.map_err(classify("reach_lock"))
    }

    async fn scope_proposals(&mut self, reach: &Reach) -> Result<Vec<ProposalRow>, StoreError> {
        let query = sqlx::query_as(sql!("scope_proposals")).bind(&reach.jobs).bind(&reach.clients);
        let query = query.bind(&reach.since).bind(&reach.proposals);
        query.fetch_all(&mut *self.0).await.map_err(classify("scope_proposals"))
    }

    async fn accounts_lock(&mut self, accounts: &[String]) -> Result<Vec<AccountRow>, StoreError> {
        let query = sqlx::query_as(sql!("accounts_lock")).bind(accounts);
        query.fetch_all(&mut *self.0).await.map_err(classify("accounts_lock"))
    }

    async fn chunk_proposals(&mut self, reach: &Reach, accounts: &[String]) -> Result<Vec<ProposalRow>, StoreError> {
        let query = sqlx::query_as(sql!("chunk_proposals"))
            .bind(&reach.jobs)
            .bind(&reach.clients)
            .bind(&reach.since)
            .bind(accounts);
        query.fetch_all(&mut *self.0).await.map_err(classify("chunk_proposals"))
    }

    async fn facts_read(
        &mut self, jobs: &[String], proposals: &[String], reach: &Reach,
    ) -> Result<Vec<FactRow>, StoreError> {
        let query =
            sqlx::query_as(sql!("facts_read")).bind(jobs).bind(proposals).bind(&reach.clients).bind(&reach.people);
        query.fetch_all(&mut *self.0).await.map_err(classify("facts_read"))
    }

    async fn effects_write(&mut self, rows: &EffectRows) -> Result<EffectsWritten, StoreError> {
        let EffectRows { returns, balances, decisions, notices } = rows;
        let query = sqlx::query_as::<_, EffectRow>(sql!("effects_write"))
            .bind(column!(returns.entry_id))
            .bind(column!(returns.account_id))
            .bind(column!(returns.proposal_id))
            .bind(column!(returns.amount))
            .bind(column!(returns.reverses))
            .bind(column!(returns.reason))
            .bind(column!(returns.event_no))
            .bind(column!(returns.created_at))
            .bind(column!(returns.expires_at))
            .bind(column!(balances.account_id))
            .bind(column!(balances.delta))
            .bind(column!(decisions.event_no))
            .bind(column!(decisions.proposal_id))
            .bind(column!(decisions.job_id))
            .bind(column!(decisions.account_id))
            .bind(column!(decisions.person_id))
            .bind(column!(decisions.rule))
            .bind(column!(decisions.policy_version))
            .bind(column!(decisions.verdict))
            .bind(column!(decisions.reason))
            .bind(column!(decisions.ground))
            .bind(column!(decisions.amount))
            .bind(column!(decisions.told))
            .bind(column!(decisions.decided_at))
            .bind(column!(decisions.facts))
            .bind(column!(notices.notice_id))
            .bind(column!(notices.event_no))
            .bind(column!(notices.person_id))
            .bind(column!(notices.about))
            .bind(column!(notices.lines))
            .bind(column!(notices.due_at))
            .bind(column!(notices.created_at))
            .bind(column!(notices.code));
        let answer = query.fetch_all(&mut *self.0).await.map_err(classify("effects_write"))?;
        Ok(written(answer))
    }

    async fn notices_release(&mut self, events: &[i64], now: OffsetDateTime) -> Result<(), StoreError> {
        let query = sqlx::query(sql!("notices_release")).bind(events).bind(At(now));
        query.execute(&mut *self.0).await.map_err(classify("notices_release"))?;
        Ok(())
    }

    async fn announcements_write(&mut self, rows: &[AnnouncementRow]) -> Result<u64, StoreError> {
        let query = sqlx::query(sql!("announcements_write"))
            .bind(column!(rows.notice_id))
            .bind(column!(rows.entry_id))
            .bind(column!(rows.event_no))
            .bind(column!(rows.routing_key))
            .bind(column!(rows.balance_after))
            .bind(column!(rows.created_at));
        let done = query.execute(&mut *self.0).await.map_err(classify("announcements_write"))?;
        Ok(done.rows_affected())
    }

    async fn announcements_follow(&mut self, events: &[i64]) -> Result<(), StoreError> {
        let query = sqlx::query(sql!("announcements_follow")).bind(events).bind(Vec::<Uuid>::new());
        query.execute(&mut *self.0).await.map_err(classify("announcements_follow"))?;
        Ok(())
    }

    async fn bury(&mut self, letters: &[DeadLetter], now: OffsetDateTime) -> Result<(), StoreError> {
        bury_in(&mut self.0, letters, now).await
    }

    async fn fanout_list(&mut self, event: i64, reach: &Reach) -> Result<u64, StoreError> {
        sqlx::query(LASTING).execute(&mut *self.0).await.map_err(classify("fanout_list"))?;
        let query =
            sqlx::query(sql!("fanout_list")).bind(&reach.jobs).bind(&reach.clients).bind(&reach.since).bind(event);
        let done = query.execute(&mut *self.0).await.map_err(classify("fanout_list"))?;
        Ok(done.rows_affected())
    }

    async fn fanout_next(&mut self, event: i64, cursor: &str, limit: i64) -> Result<Vec<String>, StoreError> {
        let query = sqlx::query_scalar(sql!("fanout_next")).bind(event).bind(cursor).bind(limit);
        query.fetch_all(&mut *self.0).await.map_err(classify("fanout_next"))
    }

    async fn fanout_people(&mut self, event: i64, cursor: &str, people: &[String]) -> Result<Vec<String>, StoreError> {
        let query = sqlx::query_scalar(sql!("fanout_people")).bind(event).bind(cursor).bind(people);
        query.fetch_all(&mut *self.0).await.map_err(classify("fanout_people"))
    }

    async fn fanout_end(&mut self, event: i64) -> Result<(), StoreError> {
        let query = sqlx::query(sql!("fanout_end")).bind(event);
        query.execute(&mut *self.0).await.map_err(classify("fanout_end"))?;
        Ok(())
    }
}
