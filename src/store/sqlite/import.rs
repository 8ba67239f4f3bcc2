//! Facts and entries in, on SQLite.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::SqliteConnection;

use super::{SqliteStore, json};
use crate::store::error::classify;
use crate::store::import_rules::{Checked, KnownRow, Plan, check, micros, plan, unchanged};
use crate::store::{ImportBatch, ImportCounts, StoreError};

const LOCK_ACCOUNTS: &str = include_str!("../sql/sqlite/import_lock_accounts.sql");
const CLIENTS: &str = include_str!("../sql/sqlite/import_clients.sql");
const PEOPLE: &str = include_str!("../sql/sqlite/import_people.sql");
const ACCOUNTS: &str = include_str!("../sql/sqlite/import_accounts.sql");
const JOBS: &str = include_str!("../sql/sqlite/import_jobs.sql");
const PROPOSALS: &str = include_str!("../sql/sqlite/import_proposals.sql");
const KNOWN_ENTRIES: &str = include_str!("../sql/sqlite/import_known_entries.sql");
const ENTRIES: &str = include_str!("../sql/sqlite/import_entries.sql");
const BALANCES: &str = include_str!("../sql/sqlite/import_balances.sql");

impl SqliteStore {
    pub(super) async fn import(&self, batch: &ImportBatch) -> Result<ImportCounts, StoreError> {
        let rows = check(batch)?;
        let fail = classify("import");
        let mut tx = self.write.begin_with("BEGIN IMMEDIATE").await.map_err(&fail)?;
        let mut counts = facts(&mut tx, &rows).await?;
        if !rows.entries.is_empty() {
            counts.entries = entries(&mut tx, &rows).await?;
        }
        counts.unchanged = unchanged(&rows, &counts);
        tx.commit().await.map_err(&fail)?;
        Ok(counts)
    }
}

async fn facts(conn: &mut SqliteConnection, rows: &Checked<'_>) -> Result<ImportCounts, StoreError> {
    let clients: Vec<_> = rows.clients.iter().map(|row| (&row.client_id, row.suspended)).collect();
    let people: Vec<_> =
        rows.people.iter().map(|row| (&row.person_id, &row.name, &row.email, &row.locale, &row.time_zone)).collect();
    let accounts = rows.accounts.iter();
    let accounts: Vec<_> =
        accounts.map(|row| (&row.account_id, &row.kind, &row.owner_id, &row.manager_id, row.tell_manager)).collect();
    let jobs = rows.jobs.iter().map(|row| {
        (&row.job_id, &row.client_id, &row.title, &row.state, micros(row.state_since), row.hired_at.map(micros))
    });
    let proposals = rows.proposals.iter().map(|row| {
        let (id, job, account, person) = (&row.proposal_id, &row.job_id, &row.account_id, &row.person_id);
        let (since, submitted) = (micros(row.state_since), micros(row.submitted_at));
        (id, job, account, person, &row.state, since, &row.declined_by, submitted, row.invited)
    });
    Ok(ImportCounts {
        clients: load(conn, CLIENTS, "import_clients", &clients).await?,
        people: load(conn, PEOPLE, "import_people", &people).await?,
        accounts: load(conn, ACCOUNTS, "import_accounts", &accounts).await?,
        jobs: load(conn, JOBS, "import_jobs", &jobs.collect::<Vec<_>>()).await?,
        proposals: load(conn, PROPOSALS, "import_proposals", &proposals.collect::<Vec<_>>()).await?,
        ..ImportCounts::default()
    })
}

/// Runs a statement over a list of rows; answers how many it wrote.
async fn load<T: Serialize>(
    conn: &mut SqliteConnection, sql: &'static str, doing: &'static str, rows: &[T],
) -> Result<u64, StoreError> {
    if rows.is_empty() {
        return Ok(0);
    }
    let done = sqlx::query(sql).bind(json(rows)?).execute(conn).await.map_err(classify(doing))?;
    Ok(done.rows_affected())
}

/// Writes the entries that are new and moves the balances; answers how many.
async fn entries(conn: &mut SqliteConnection, rows: &Checked<'_>) -> Result<u64, StoreError> {
    let balances = sqlx::query_as::<_, (String, i64)>(LOCK_ACCOUNTS).bind(json(&rows.account_ids())?);
    let balances = balances.fetch_all(&mut *conn).await.map_err(classify("import_lock_accounts"))?;
    let balances: HashMap<String, i64> = balances.into_iter().collect();
    let known = sqlx::query_as::<_, KnownRow>(KNOWN_ENTRIES).bind(json(&rows.entry_ids())?);
    let known = known.fetch_all(&mut *conn).await.map_err(classify("import_known_entries"))?;
    let Plan { new, moves } = plan(&rows.entries, known, &balances)?;
    load(conn, ENTRIES, "import_entries", &new).await?;
    load(conn, BALANCES, "import_balances", &moves).await?;
    Ok(new.len() as u64)
}
