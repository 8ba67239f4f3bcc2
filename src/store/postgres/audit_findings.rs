//! Findings and marks of the audit on PostgreSQL.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::PostgresStore;
use super::operator::log_in;
use crate::store::at::At;
use crate::store::audit::{FindingRow, GapWrite, read_finding};
use crate::store::error::classify;
use crate::store::letters::log::LogRow;
use crate::store::number_rows::count;
use crate::store::{
    Act, AuditCheck, AuditFinding, AuditMark, AuditRule, FindingFilter, Gap, PAGE_MAX, RowRepair, StoreError,
};

const WRITE: &str = include_str!("../sql/postgres/findings_write.sql");
const AGREE: &str = include_str!("../sql/postgres/findings_agree.sql");
const LIST: &str = include_str!("../sql/postgres/findings_list.sql");
const OPEN: &str = include_str!("../sql/postgres/findings_open.sql");
const SETTLE: &str = include_str!("../sql/postgres/findings_settle.sql");
const ORDER: &str = include_str!("../sql/postgres/findings_order.sql");
const BALANCE: &str = include_str!("../sql/postgres/repair_balance.sql");
const LEASE: &str = include_str!("../sql/postgres/repair_lease.sql");
const MARK: &str = include_str!("../sql/postgres/audit_mark.sql");
const MARK_WRITE: &str = include_str!("../sql/postgres/audit_mark_write.sql");

impl PostgresStore {
    pub(super) async fn audit_record(
        &self, check: AuditCheck, gaps: &[Gap], looked_at: &[i64], rule: &AuditRule,
    ) -> Result<(), StoreError> {
        let fail = classify("audit_record");
        let mut tx = self.pool.begin().await.map_err(&fail)?;
        if !gaps.is_empty() {
            let rows: Vec<GapWrite> = gaps.iter().map(GapWrite::of).collect();
            let column = |field: fn(&GapWrite) -> &String| rows.iter().map(field).cloned().collect::<Vec<_>>();
            let query = sqlx::query(WRITE)
                .bind(check.as_str())
                .bind(column(|row| &row.code))
                .bind(column(|row| &row.kind))
                .bind(column(|row| &row.subject))
                .bind(column(|row| &row.details));
            let query = query.bind(At(rule.now)).bind(At(rule.due(check)));
            query.execute(&mut *tx).await.map_err(&fail)?;
        }
        if !looked_at.is_empty() {
            let query = sqlx::query(AGREE).bind(looked_at).bind(At(rule.now));
            query.execute(&mut *tx).await.map_err(&fail)?;
        }
        tx.commit().await.map_err(&fail)
    }

    pub(super) async fn findings(
        &self, filter: &FindingFilter, before: Option<i64>, limit: u32,
    ) -> Result<Vec<AuditFinding>, StoreError> {
        let query = sqlx::query_as::<_, FindingRow>(LIST)
            .bind(filter.state.map(crate::store::FindingState::as_str))
            .bind(&filter.code)
            .bind(filter.check.map(AuditCheck::as_str))
            .bind(&filter.subject)
            .bind(&filter.nos)
            .bind(before.unwrap_or(i64::MAX))
            .bind(i64::from(limit.min(PAGE_MAX)));
        let rows = query.fetch_all(&self.pool).await.map_err(classify("findings_list"))?;
        rows.into_iter().map(read_finding).collect()
    }

    pub(super) async fn findings_open(
        &self, now: OffsetDateTime,
    ) -> Result<Vec<(String, u64, OffsetDateTime)>, StoreError> {
        let query = sqlx::query_as::<_, (String, i64, At)>(OPEN).bind(At(now));
        let rows = query.fetch_all(&self.pool).await.map_err(classify("findings_open"))?;
        Ok(rows.into_iter().map(|(code, number, oldest)| (code, count(number), oldest.0)).collect())
    }

    pub(super) async fn findings_accept(
        &self, nos: &[i64], act: &Act, now: OffsetDateTime,
    ) -> Result<Vec<i64>, StoreError> {
        let fail = classify("findings_accept");
        let mut tx = self.pool.begin().await.map_err(&fail)?;
        let accepted = settle(&mut tx, nos, "accepted", act, now).await?;
        let details = serde_json::json!({ "findings": accepted });
        log_in(&mut tx, &LogRow::new("audit.accept", accepted.len() as u64, &details, act, now)).await?;
        tx.commit().await.map_err(&fail)?;
        Ok(accepted)
    }

    pub(super) async fn findings_order(
        &self, nos: &[i64], details: &serde_json::Value, act: &Act, now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let fail = classify("findings_order");
        let mut tx = self.pool.begin().await.map_err(&fail)?;
        let query = sqlx::query(ORDER).bind(nos).bind(&act.operator).bind(&act.reason);
        query.execute(&mut *tx).await.map_err(&fail)?;
        log_in(&mut tx, &LogRow::new("audit.repair", nos.len() as u64, details, act, now)).await?;
        tx.commit().await.map_err(&fail)
    }

    pub(super) async fn finding_repair(
        &self, no: i64, repair: &RowRepair, act: &Act, now: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let fail = classify("finding_repair");
        let mut tx = self.pool.begin().await.map_err(&fail)?;
        let query = match repair {
            RowRepair::Balance(account) => sqlx::query(BALANCE).bind(account),
            RowRepair::Lease(notice) => sqlx::query(LEASE).bind(notice).bind(At(now)),
        };
        let changed = query.execute(&mut *tx).await.map_err(&fail)?.rows_affected();
        if changed == 0 {
            tx.rollback().await.map_err(&fail)?;
            return Ok(false);
        }
        settle(&mut tx, &[no], "repaired", act, now).await?;
        let details = serde_json::json!({ "finding": no });
        log_in(&mut tx, &LogRow::new(repair.action(), changed, &details, act, now)).await?;
        tx.commit().await.map_err(&fail)?;
        Ok(true)
    }

    pub(super) async fn audit_mark(&self, name: &str) -> Result<AuditMark, StoreError> {
        let query = sqlx::query_as::<_, (Option<String>, Option<At>, Option<At>, i64)>(MARK).bind(name);
        let row = query.fetch_optional(&self.pool).await.map_err(classify("audit_mark"))?;
        let Some((cursor, began, completed, examined)) = row else { return Ok(AuditMark::default()) };
        Ok(AuditMark {
            // A cursor that cannot be read begins anew: the walk is only longer.
            cursor: cursor.and_then(|text| serde_json::from_str(&text).ok()),
            began_at: began.map(|at| at.0),
            completed_at: completed.map(|at| at.0),
            examined: count(examined),
        })
    }

    pub(super) async fn audit_mark_write(&self, name: &str, mark: &AuditMark) -> Result<(), StoreError> {
        let cursor = mark.cursor.as_ref().and_then(|key| serde_json::to_string(key).ok());
        let query = sqlx::query(MARK_WRITE)
            .bind(name)
            .bind(cursor)
            .bind(mark.began_at.map(At))
            .bind(mark.completed_at.map(At))
            .bind(i64::try_from(mark.examined).unwrap_or(i64::MAX));
        query.execute(&self.pool).await.map_err(classify("audit_mark_write"))?;
        Ok(())
    }
}

/// Settles those of these findings that are open; their numbers.
async fn settle(
    conn: &mut PgConnection, nos: &[i64], state: &'static str, act: &Act, now: OffsetDateTime,
) -> Result<Vec<i64>, StoreError> {
    let query = sqlx::query_as::<_, (i64,)>(SETTLE).bind(nos).bind(state).bind(At(now));
    let query = query.bind(&act.operator).bind(&act.reason);
    let rows = query.fetch_all(conn).await.map_err(classify("findings_settle"))?;
    let mut settled: Vec<i64> = rows.into_iter().map(|(no,)| no).collect();
    settled.sort_unstable();
    Ok(settled)
}
