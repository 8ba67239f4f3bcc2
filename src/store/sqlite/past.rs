//! What has happened, read again, on SQLite.

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::tx::reach_json;
use super::{SqliteStore, json};
use crate::event::Event;
use crate::store::at::At;
use crate::store::error::classify;
use crate::store::flow::Reach;
use crate::store::past::rows::{DecisionRow, PastEventRow, SpanRow, decisions, event, jobs_of, span};
use crate::store::rows::{AccountRow, EntryRow, FactRows, ProposalRow};
use crate::store::{
    PAST_ACCOUNTS_MAX, PAST_EVENTS_MAX, PastEvent, PastFacts, PastSpan, PastStore, PastWindow, StoreError,
};

macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../sql/sqlite/", $name, ".sql"))
    };
}

#[async_trait]
impl PastStore for SqliteStore {
    async fn past_span(&self, window: &PastWindow) -> Result<PastSpan, StoreError> {
        let query = sqlx::query_as::<_, SpanRow>(sql!("past_window"));
        let query = query.bind(window.since.map(At)).bind(window.until.map(At)).bind(i64::from(window.limit));
        query.fetch_one(&self.read).await.map(span).map_err(classify("past_window"))
    }

    async fn past_events(
        &self, window: &PastWindow, to: PastSpan, after: i64, limit: u32,
    ) -> Result<Vec<PastEvent>, StoreError> {
        let query = sqlx::query_as::<_, PastEventRow>(sql!("past_events"));
        let query = query.bind(window.since.map(At)).bind(window.until.map(At)).bind(after).bind(to.last);
        let rows = query.bind(i64::from(limit.min(PAST_EVENTS_MAX))).fetch_all(&self.read).await;
        Ok(rows.map_err(classify("past_events"))?.into_iter().map(event).collect())
    }

    async fn past_facts(
        &self, window: &PastWindow, to: PastSpan, events: &[&Event], after: &str, limit: u32,
    ) -> Result<PastFacts, StoreError> {
        let fail = classify("past_facts");
        let mut tx = self.read.begin().await.map_err(&fail)?;
        let reach = Reach::of(events.iter().copied());
        let limit = limit.min(PAST_ACCOUNTS_MAX) as usize;
        let mut accounts = accounts(&mut tx, &reach, after, limit + 1).await?;
        let more = accounts.len() > limit;
        accounts.truncate(limit);
        let whole = after.is_empty() && !more;
        let mut rows = FactRows {
            proposals: proposals(&mut tx, &reach, (!whole).then_some(&accounts[..])).await?,
            ..FactRows::default()
        };
        let query = sqlx::query_as::<_, AccountRow>(sql!("past_accounts_read")).bind(json(&accounts)?);
        rows.accounts = query.fetch_all(&mut *tx).await.map_err(classify("past_accounts_read"))?;
        around(&mut tx, &reach, &mut rows).await?;
        let ids: Vec<String> = rows.proposals.iter().map(|row| row.0.clone()).collect();
        let query = sqlx::query_as::<_, EntryRow>(sql!("past_entries"));
        let query =
            query.bind(json(&ids)?).bind(window.since.map(At)).bind(window.until.map(At)).bind(to.first).bind(to.last);
        rows.entries = query.fetch_all(&mut *tx).await.map_err(classify("past_entries"))?;
        let query = sqlx::query_as::<_, DecisionRow>(sql!("past_decisions"));
        let query =
            query.bind(json(&ids)?).bind(window.since.map(At)).bind(window.until.map(At)).bind(to.first).bind(to.last);
        let decided = query.fetch_all(&mut *tx).await.map_err(classify("past_decisions"))?;
        tx.commit().await.map_err(&fail)?;
        let decisions = decisions(decided, &mut rows)?;
        let next = accounts.pop().filter(|_| more);
        Ok(PastFacts { facts: rows.into_facts()?, decisions, next })
    }
}

async fn accounts(
    conn: &mut SqliteConnection, reach: &Reach, after: &str, limit: usize,
) -> Result<Vec<String>, StoreError> {
    let query = sqlx::query_scalar(sql!("past_accounts")).bind(json(&reach.jobs)?).bind(reach_json(reach)?);
    let query = query.bind(json(&reach.proposals)?).bind(after).bind(i64::try_from(limit).unwrap_or(i64::MAX));
    query.fetch_all(conn).await.map_err(classify("past_accounts"))
}

/// All in reach, or those of some accounts.
async fn proposals(
    conn: &mut SqliteConnection, reach: &Reach, of: Option<&[String]>,
) -> Result<Vec<ProposalRow>, StoreError> {
    let sql = if of.is_some() { sql!("chunk_proposals") } else { sql!("scope_proposals") };
    let query = sqlx::query_as(sql).bind(json(&reach.jobs)?).bind(reach_json(reach)?);
    let query = query.bind(json(of.unwrap_or(&reach.proposals))?);
    query.fetch_all(conn).await.map_err(classify("scope_proposals"))
}

/// Jobs, clients and people around the proposals: entries and decisions are those of the past.
async fn around(conn: &mut SqliteConnection, reach: &Reach, rows: &mut FactRows) -> Result<(), StoreError> {
    let query = sqlx::query_as(sql!("facts_read")).bind(json(&jobs_of(&rows.proposals, reach))?).bind("[]");
    let query = query.bind(json(&reach.clients)?).bind(json(&reach.people)?);
    rows.around = query.fetch_all(conn).await.map_err(classify("facts_read"))?;
    Ok(())
}
