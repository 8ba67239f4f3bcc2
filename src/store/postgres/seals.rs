//! The statements of the seals on PostgreSQL.

use async_trait::async_trait;

use super::tx::PgTx;
use crate::store::StoreError;
use crate::store::at::At;
use crate::store::error::classify;
use crate::store::seals::{Seal, SealRow, SealTx, SealedRow};

/// Name of the front among the audit's marks.
const MARK: &str = "seals.front";
/// Key of the advisory lock: "seals" in ASCII.
const LOCK: i64 = 0x73_6561_6c73;

macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../sql/postgres/", $name, ".sql"))
    };
}

#[async_trait]
impl SealTx for PgTx {
    async fn seal_lock(&mut self) -> Result<bool, StoreError> {
        // Whatever the database's default is: what the front waited for must be seen by the statement after it.
        let level = sqlx::query("set transaction isolation level read committed");
        level.execute(&mut *self.0).await.map_err(classify("seal_lock"))?;
        let query = sqlx::query_scalar("select pg_try_advisory_xact_lock($1)").bind(LOCK);
        query.fetch_one(&mut *self.0).await.map_err(classify("seal_lock"))
    }

    async fn seal_mark(&mut self) -> Result<Option<String>, StoreError> {
        let query = sqlx::query_as::<_, (Option<String>, Option<At>, Option<At>, i64)>(sql!("audit_mark")).bind(MARK);
        let row = query.fetch_optional(&mut *self.0).await.map_err(classify("seal_mark"))?;
        Ok(row.and_then(|(mark, ..)| mark))
    }

    async fn seal_mark_write(&mut self, mark: &str) -> Result<(), StoreError> {
        let none: Option<At> = None;
        let query = sqlx::query(sql!("audit_mark_write")).bind(MARK).bind(mark).bind(none).bind(none).bind(0_i64);
        query.execute(&mut *self.0).await.map_err(classify("seal_mark_write"))?;
        Ok(())
    }

    async fn seal_front(&mut self) -> Result<(i64, String), StoreError> {
        sqlx::query_as(sql!("seal_front")).fetch_one(&mut *self.0).await.map_err(classify("seal_front"))
    }

    async fn seal_waits(&mut self, writers: &str) -> Result<bool, StoreError> {
        let query = sqlx::query_scalar(sql!("seal_waits")).bind(writers);
        query.fetch_one(&mut *self.0).await.map_err(classify("seal_waits"))
    }

    async fn seals_from(&mut self, from: i64, limit: i64) -> Result<Vec<Seal>, StoreError> {
        let query = sqlx::query_as::<_, SealRow>(sql!("seals_from")).bind(from).bind(limit);
        let rows = query.fetch_all(&mut *self.0).await.map_err(classify("seals_from"))?;
        Ok(rows.into_iter().map(Seal::from).collect())
    }

    async fn seals_newest(&mut self, limit: i64) -> Result<Vec<Seal>, StoreError> {
        let query = sqlx::query_as::<_, SealRow>(sql!("seals_newest")).bind(limit);
        let rows = query.fetch_all(&mut *self.0).await.map_err(classify("seals_newest"))?;
        Ok(rows.into_iter().map(Seal::from).collect())
    }

    async fn seal_entries(&mut self, after: i64, up_to: i64, limit: i64) -> Result<Vec<SealedRow>, StoreError> {
        let query = sqlx::query_as(sql!("seal_entries")).bind(after).bind(up_to).bind(limit);
        query.fetch_all(&mut *self.0).await.map_err(classify("seal_entries"))
    }

    async fn seal_write(&mut self, seal: &Seal) -> Result<(), StoreError> {
        let query = sqlx::query(sql!("seal_write")).bind(seal.no).bind(seal.from).bind(seal.to).bind(seal.entries);
        let query = query.bind(seal.sum).bind(&seal.digest).bind(At(seal.sealed_at));
        query.execute(&mut *self.0).await.map_err(classify("seal_write"))?;
        Ok(())
    }
}
