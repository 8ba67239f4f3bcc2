//! The audit's looks on SQLite.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::json;
use super::tx::SqliteTx;
use crate::store::StoreError;
use crate::store::at::At;
use crate::store::audit::{AuditCheck, AuditKey, AuditRule, AuditTx, GapRow, KnownRow};
use crate::store::error::classify;
use crate::store::rows::AccountRow;

macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../sql/sqlite/", $name, ".sql"))
    };
}

/// Numbers and ids of some keys, as JSON.
fn pairs(keys: &[AuditKey]) -> Result<String, StoreError> {
    json(&keys.iter().map(|key| (key.no, &key.id)).collect::<Vec<_>>())
}

/// The ids of some keys, as JSON.
fn ids(keys: &[AuditKey]) -> Result<String, StoreError> {
    json(&keys.iter().map(|key| &key.id).collect::<Vec<_>>())
}

#[async_trait]
impl AuditTx for SqliteTx {
    async fn audit_keys(
        &mut self, check: AuditCheck, after: &AuditKey, rule: &AuditRule,
    ) -> Result<Vec<AuditKey>, StoreError> {
        let (conn, limit, start) = (&mut *self.0, i64::from(rule.page), AuditKey::start());
        let fail = classify("audit_keys");
        let by_id = |id: String| AuditKey { id, ..start.clone() };
        let by_number = |(no, id): (i64, String)| AuditKey { no, id, ..start.clone() };
        Ok(match check {
            AuditCheck::Jobs => {
                let query = sqlx::query_as::<_, (At, String)>(sql!("audit_jobs")).bind(At(after.at)).bind(&after.id);
                let rows = query.bind(At(rule.before())).bind(limit).fetch_all(conn).await.map_err(fail)?;
                rows.into_iter().map(|(at, id)| AuditKey { at: at.0, id, ..start.clone() }).collect()
            }
            AuditCheck::Clients | AuditCheck::Accounts => {
                let clients = check == AuditCheck::Clients;
                let sql = if clients { sql!("audit_clients") } else { sql!("audit_accounts") };
                let query = sqlx::query_scalar(sql).bind(&after.id).bind(limit);
                query.fetch_all(conn).await.map_err(fail)?.into_iter().map(by_id).collect()
            }
            AuditCheck::Entries => {
                let query = sqlx::query_as(sql!("audit_entries")).bind(after.no).bind(limit);
                query.fetch_all(conn).await.map_err(fail)?.into_iter().map(by_number).collect()
            }
            AuditCheck::Decisions | AuditCheck::Notices => {
                let decisions = check == AuditCheck::Decisions;
                let sql = if decisions { sql!("audit_decisions") } else { sql!("audit_notices") };
                let query = sqlx::query_as(sql).bind(after.no).bind(&after.id).bind(limit);
                query.fetch_all(conn).await.map_err(fail)?.into_iter().map(by_number).collect()
            }
            AuditCheck::Stuck | AuditCheck::Canary | AuditCheck::Seals => Vec::new(),
        })
    }

    async fn audit_examine(
        &mut self, check: AuditCheck, keys: &[AuditKey], rule: &AuditRule,
    ) -> Result<Vec<GapRow>, StoreError> {
        let query = match check {
            AuditCheck::Decisions => sqlx::query_as(sql!("audit_decisions_examine")).bind(pairs(keys)?),
            AuditCheck::Notices => {
                sqlx::query_as(sql!("audit_notices_examine")).bind(pairs(keys)?).bind(rule.announces)
            }
            AuditCheck::Entries => sqlx::query_as(sql!("audit_entries_examine"))
                .bind(ids(keys)?)
                .bind(rule.announces)
                .bind(At(rule.before())),
            AuditCheck::Accounts => sqlx::query_as(sql!("audit_accounts_examine")).bind(ids(keys)?),
            AuditCheck::Jobs | AuditCheck::Clients | AuditCheck::Stuck | AuditCheck::Canary | AuditCheck::Seals => {
                return Ok(Vec::new());
            }
        };
        query.fetch_all(&mut *self.0).await.map_err(classify("audit_examine"))
    }

    async fn audit_candidates(
        &mut self, check: AuditCheck, ids: &[String], after: &(String, String), rule: &AuditRule, limit: i64,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let clients = check == AuditCheck::Clients;
        let sql = if clients { sql!("audit_client_candidates") } else { sql!("audit_job_candidates") };
        let query =
            sqlx::query_as(sql).bind(json(ids)?).bind(&after.0).bind(&after.1).bind(At(rule.before())).bind(limit);
        query.fetch_all(&mut *self.0).await.map_err(classify("audit_candidates"))
    }

    async fn audit_events(
        &mut self, check: AuditCheck, ids: &[String], each: i64,
    ) -> Result<Vec<KnownRow>, StoreError> {
        let clients = check == AuditCheck::Clients;
        let sql = if clients { sql!("audit_client_events") } else { sql!("audit_job_events") };
        let query = sqlx::query_as(sql).bind(json(ids)?).bind(each);
        query.fetch_all(&mut *self.0).await.map_err(classify("audit_events"))
    }

    async fn audit_stuck(&mut self, rule: &AuditRule, limit: i64) -> Result<Vec<GapRow>, StoreError> {
        let query = sqlx::query_as(sql!("audit_stuck")).bind(rule.lag_micros()).bind(At(rule.now)).bind(limit);
        query.fetch_all(&mut *self.0).await.map_err(classify("audit_stuck"))
    }

    async fn canary_plant(
        &mut self, id: &str, entries: &[(&str, &str, i64, Option<&str>)], since: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let fail = classify("canary_plant");
        let account = sqlx::query(sql!("canary_account")).bind(id);
        account.execute(&mut *self.0).await.map_err(&fail)?;
        let job = sqlx::query(sql!("canary_job")).bind(id).bind(At(since));
        job.execute(&mut *self.0).await.map_err(&fail)?;
        let proposal = sqlx::query(sql!("canary_proposal")).bind(id).bind(At(since));
        proposal.execute(&mut *self.0).await.map_err(&fail)?;
        let planted = sqlx::query(sql!("canary_entries")).bind(id).bind(json(entries)?).bind(At(since));
        planted.execute(&mut *self.0).await.map_err(&fail)?;
        Ok(())
    }

    async fn accounts_read(&mut self, accounts: &[String]) -> Result<Vec<AccountRow>, StoreError> {
        let query = sqlx::query_as(sql!("accounts_read")).bind(json(accounts)?);
        query.fetch_all(&mut *self.0).await.map_err(classify("accounts_read"))
    }
}
