//! The statements of the intake on PostgreSQL: one method, one SQL file.

use async_trait::async_trait;
use sqlx::{Postgres, Transaction};
use time::OffsetDateTime;
use uuid::Uuid;

use super::dead::bury_in;
use crate::store::announcement_rows::AnnouncementRow;
use crate::store::at::At;
use crate::store::error::classify;
use crate::store::flow::{Reach, Scope, Tx};
use crate::store::rows::{
    AccountRow, AgainRow, BalanceRow, ClientRow, DecisionRow, EntryRow, EventRow, InboxRow, JobRow, NewEventRow,
    NoticeRow, PriorRow, ProposalRow, ReturnRow,
};
use crate::store::{DeadLetter, StoreError};

/// A transaction under way; dropping it rolls back.
pub(in crate::store) struct PgTx(pub(super) Transaction<'static, Postgres>);

/// The list of a million accounts takes some ten seconds, and holds no lock but that of its event.
const LIST_TIMEOUT: &str = "set local statement_timeout = '10min'";

macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../sql/postgres/", $name, ".sql"))
    };
}

/// One field of all rows: a parameter for `unnest`.
macro_rules! column {
    ($rows:ident.$field:ident) => {
        $rows.iter().map(|row| row.$field.clone()).collect::<Vec<_>>()
    };
}

#[async_trait]
impl Tx for PgTx {
    async fn events_insert(
        &mut self, rows: &[NewEventRow], now: OffsetDateTime,
    ) -> Result<Vec<(i64, String, String)>, StoreError> {
        let query = sqlx::query_as(sql!("events_insert"))
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
            .bind(column!(rows.policy_version));
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

    async fn jobs_read(&mut self, jobs: &[String]) -> Result<Vec<JobRow>, StoreError> {
        let query = sqlx::query_as(sql!("jobs_read")).bind(jobs);
        query.fetch_all(&mut *self.0).await.map_err(classify("jobs_read"))
    }

    async fn clients_read(&mut self, clients: &[String]) -> Result<Vec<ClientRow>, StoreError> {
        let query = sqlx::query_as(sql!("clients_read")).bind(clients);
        query.fetch_all(&mut *self.0).await.map_err(classify("clients_read"))
    }

    async fn people_read(&mut self, people: &[String]) -> Result<Vec<String>, StoreError> {
        let query = sqlx::query_scalar(sql!("people_read")).bind(people);
        query.fetch_all(&mut *self.0).await.map_err(classify("people_read"))
    }

    async fn entries_read(&mut self, proposals: &[String]) -> Result<Vec<EntryRow>, StoreError> {
        let query = sqlx::query_as(sql!("entries_read")).bind(proposals);
        query.fetch_all(&mut *self.0).await.map_err(classify("entries_read"))
    }

    async fn prior_read(&mut self, proposals: &[String]) -> Result<Vec<PriorRow>, StoreError> {
        let query = sqlx::query_as(sql!("prior_read")).bind(proposals);
        query.fetch_all(&mut *self.0).await.map_err(classify("prior_read"))
    }

    async fn returns_write(&mut self, rows: &[ReturnRow]) -> Result<u64, StoreError> {
        let query = sqlx::query(sql!("returns_write"))
            .bind(column!(rows.entry_id))
            .bind(column!(rows.account_id))
            .bind(column!(rows.proposal_id))
            .bind(column!(rows.amount))
            .bind(column!(rows.reverses))
            .bind(column!(rows.reason))
            .bind(column!(rows.event_no))
            .bind(column!(rows.created_at))
            .bind(column!(rows.expires_at));
        let done = query.execute(&mut *self.0).await.map_err(classify("returns_write"))?;
        Ok(done.rows_affected())
    }

    async fn balances_raise(&mut self, rows: &[BalanceRow]) -> Result<u64, StoreError> {
        let query = sqlx::query(sql!("balances_raise")).bind(column!(rows.account_id)).bind(column!(rows.delta));
        let done = query.execute(&mut *self.0).await.map_err(classify("balances_raise"))?;
        Ok(done.rows_affected())
    }

    async fn decisions_write(&mut self, rows: &[DecisionRow]) -> Result<Vec<(i64, String)>, StoreError> {
        let query = sqlx::query_as(sql!("decisions_write"))
            .bind(column!(rows.event_no))
            .bind(column!(rows.proposal_id))
            .bind(column!(rows.job_id))
            .bind(column!(rows.account_id))
            .bind(column!(rows.person_id))
            .bind(column!(rows.rule))
            .bind(column!(rows.policy_version))
            .bind(column!(rows.verdict))
            .bind(column!(rows.reason))
            .bind(column!(rows.ground))
            .bind(column!(rows.amount))
            .bind(column!(rows.told))
            .bind(column!(rows.decided_at))
            .bind(column!(rows.facts));
        query.fetch_all(&mut *self.0).await.map_err(classify("decisions_write"))
    }

    async fn notices_write(&mut self, rows: &[NoticeRow]) -> Result<u64, StoreError> {
        let query = sqlx::query(sql!("notices_write"))
            .bind(column!(rows.notice_id))
            .bind(column!(rows.event_no))
            .bind(column!(rows.person_id))
            .bind(column!(rows.about))
            .bind(column!(rows.lines))
            .bind(column!(rows.due_at))
            .bind(column!(rows.created_at))
            .bind(column!(rows.code));
        let done = query.execute(&mut *self.0).await.map_err(classify("notices_write"))?;
        Ok(done.rows_affected())
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
        sqlx::query(LIST_TIMEOUT).execute(&mut *self.0).await.map_err(classify("fanout_list"))?;
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
