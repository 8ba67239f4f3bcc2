//! Facts and entries in, on PostgreSQL.

use std::collections::HashMap;

use sqlx::PgConnection;

use super::PostgresStore;
use crate::event::PersonId;
use crate::store::StoreError;
use crate::store::error::classify;
use crate::store::import_rules::{Checked, KnownRow, Plan, check, micros, plan, unchanged};
use crate::store::{ImportAccount, ImportBatch, ImportClient, ImportCounts, ImportJob, ImportPerson, ImportProposal};

const LOCK_ACCOUNTS: &str = include_str!("../sql/postgres/import_lock_accounts.sql");
const CLIENTS: &str = include_str!("../sql/postgres/import_clients.sql");
const PEOPLE: &str = include_str!("../sql/postgres/import_people.sql");
const ACCOUNTS: &str = include_str!("../sql/postgres/import_accounts.sql");
const JOBS: &str = include_str!("../sql/postgres/import_jobs.sql");
const PROPOSALS: &str = include_str!("../sql/postgres/import_proposals.sql");
const KNOWN_ENTRIES: &str = include_str!("../sql/postgres/import_known_entries.sql");
const ENTRIES: &str = include_str!("../sql/postgres/import_entries.sql");
const BALANCES: &str = include_str!("../sql/postgres/import_balances.sql");

/// The values of one column.
macro_rules! column {
    ($rows:expr, $row:ident => $value:expr) => {
        $rows.iter().map(|$row| $value).collect::<Vec<_>>()
    };
}

impl PostgresStore {
    pub(super) async fn import(&self, batch: &ImportBatch) -> Result<ImportCounts, StoreError> {
        let rows = check(batch)?;
        let fail = classify("import");
        let mut tx = self.pool.begin().await.map_err(&fail)?;
        // Before anything is written, so that the accounts are locked in one order, whichever list names them.
        balances(&mut tx, &rows.account_ids()).await?;
        let mut counts = ImportCounts {
            clients: clients(&mut tx, &rows.clients).await?,
            people: people(&mut tx, &rows.people).await?,
            accounts: accounts(&mut tx, &rows.accounts).await?,
            jobs: jobs(&mut tx, &rows.jobs).await?,
            proposals: proposals(&mut tx, &rows.proposals).await?,
            ..ImportCounts::default()
        };
        if !rows.entries.is_empty() {
            counts.entries = entries(&mut tx, &rows).await?;
        }
        counts.unchanged = unchanged(&rows, &counts);
        tx.commit().await.map_err(&fail)?;
        Ok(counts)
    }
}

async fn balances(conn: &mut PgConnection, ids: &[&str]) -> Result<HashMap<String, i64>, StoreError> {
    let query = sqlx::query_as::<_, (String, i64)>(LOCK_ACCOUNTS).bind(ids);
    let rows = query.fetch_all(conn).await.map_err(classify("import_lock_accounts"))?;
    Ok(rows.into_iter().collect())
}

async fn clients(conn: &mut PgConnection, rows: &[&ImportClient]) -> Result<u64, StoreError> {
    if rows.is_empty() {
        return Ok(0);
    }
    let query = sqlx::query(CLIENTS)
        .bind(column!(rows, row => row.client_id.as_str()))
        .bind(column!(rows, row => row.suspended));
    Ok(query.execute(conn).await.map_err(classify("import_clients"))?.rows_affected())
}

async fn people(conn: &mut PgConnection, rows: &[&ImportPerson]) -> Result<u64, StoreError> {
    if rows.is_empty() {
        return Ok(0);
    }
    let query = sqlx::query(PEOPLE)
        .bind(column!(rows, row => row.person_id.as_str()))
        .bind(column!(rows, row => row.name.as_deref()))
        .bind(column!(rows, row => row.email.as_deref()))
        .bind(column!(rows, row => row.locale.as_deref()))
        .bind(column!(rows, row => row.time_zone.as_deref()));
    Ok(query.execute(conn).await.map_err(classify("import_people"))?.rows_affected())
}

async fn accounts(conn: &mut PgConnection, rows: &[&ImportAccount]) -> Result<u64, StoreError> {
    if rows.is_empty() {
        return Ok(0);
    }
    let query = sqlx::query(ACCOUNTS)
        .bind(column!(rows, row => row.account_id.as_str()))
        .bind(column!(rows, row => row.kind.as_str()))
        .bind(column!(rows, row => row.owner_id.as_str()))
        .bind(column!(rows, row => row.manager_id.as_ref().map(PersonId::as_str)))
        .bind(column!(rows, row => row.tell_manager));
    Ok(query.execute(conn).await.map_err(classify("import_accounts"))?.rows_affected())
}

async fn jobs(conn: &mut PgConnection, rows: &[&ImportJob]) -> Result<u64, StoreError> {
    if rows.is_empty() {
        return Ok(0);
    }
    let query = sqlx::query(JOBS)
        .bind(column!(rows, row => row.job_id.as_str()))
        .bind(column!(rows, row => row.client_id.as_str()))
        .bind(column!(rows, row => row.title.as_str()))
        .bind(column!(rows, row => row.state.as_str()))
        .bind(column!(rows, row => micros(row.state_since)))
        .bind(column!(rows, row => row.hired_at.map(micros)));
    Ok(query.execute(conn).await.map_err(classify("import_jobs"))?.rows_affected())
}

async fn proposals(conn: &mut PgConnection, rows: &[&ImportProposal]) -> Result<u64, StoreError> {
    if rows.is_empty() {
        return Ok(0);
    }
    let query = sqlx::query(PROPOSALS)
        .bind(column!(rows, row => row.proposal_id.as_str()))
        .bind(column!(rows, row => row.job_id.as_str()))
        .bind(column!(rows, row => row.account_id.as_str()))
        .bind(column!(rows, row => row.person_id.as_str()))
        .bind(column!(rows, row => row.state.as_str()))
        .bind(column!(rows, row => micros(row.state_since)))
        .bind(column!(rows, row => row.declined_by.as_deref()))
        .bind(column!(rows, row => micros(row.submitted_at)))
        .bind(column!(rows, row => row.invited));
    Ok(query.execute(conn).await.map_err(classify("import_proposals"))?.rows_affected())
}

/// Writes the entries that are new and moves the balances; answers how many.
async fn entries(conn: &mut PgConnection, rows: &Checked<'_>) -> Result<u64, StoreError> {
    let balances = balances(conn, &rows.account_ids()).await?;
    let known = sqlx::query_as::<_, KnownRow>(KNOWN_ENTRIES).bind(rows.entry_ids());
    let known = known.fetch_all(&mut *conn).await.map_err(classify("import_known_entries"))?;
    let Plan { new, moves } = plan(&rows.entries, known, &balances)?;
    let query = sqlx::query(ENTRIES)
        .bind(column!(new, row => row.entry_id.as_str()))
        .bind(column!(new, row => row.account_id.as_str()))
        .bind(column!(new, row => row.proposal_id.as_deref()))
        .bind(column!(new, row => row.kind.as_str()))
        .bind(column!(new, row => row.amount))
        .bind(column!(new, row => row.reverses.as_deref()))
        .bind(column!(new, row => row.created_at))
        .bind(column!(new, row => row.expires_at));
    query.execute(&mut *conn).await.map_err(classify("import_entries"))?;
    let (accounts, sums): (Vec<String>, Vec<i64>) = moves.into_iter().unzip();
    sqlx::query(BALANCES).bind(accounts).bind(sums).execute(conn).await.map_err(classify("import_balances"))?;
    Ok(new.len() as u64)
}
