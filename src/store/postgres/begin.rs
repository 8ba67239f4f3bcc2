//! How a transaction of the intake begins and ends on PostgreSQL.

use async_trait::async_trait;

use super::PostgresStore;
use super::tx::PgTx;
use crate::store::StoreError;
use crate::store::error::classify;
use crate::store::flow::Begin;

/// Settings of the connections that take events in and hand letters out, which make their plans the same on any day.
/// Parameters are arrays of a few hundred keys, and all keys are indexed; but the planner, before the first ANALYZE of
/// a table that is growing, takes it for tiny and keeps a plan that reads all of it. Set when a connection is made,
/// they cost no round trip later.
pub(super) const BY_INDEX: [(&str, &str); 3] =
    [("plan_cache_mode", "force_generic_plan"), ("enable_seqscan", "off"), ("jit", "off")];

/// Of one moment and without writing.
const BEGIN_READING: &str = "begin isolation level repeatable read, read only";

#[async_trait]
impl Begin for PostgresStore {
    type Tx = PgTx;
    const SEVERAL: bool = true;

    async fn begin(&self, doing: &'static str) -> Result<PgTx, StoreError> {
        self.work.begin().await.map(PgTx).map_err(classify(doing))
    }

    async fn begin_reading(&self, doing: &'static str) -> Result<PgTx, StoreError> {
        self.work.begin_with(BEGIN_READING).await.map(PgTx).map_err(classify(doing))
    }

    async fn commit(doing: &'static str, tx: PgTx) -> Result<(), StoreError> {
        tx.0.commit().await.map_err(classify(doing))
    }

    async fn roll_back(tx: PgTx) {
        // Where this fails, too, the connection is gone and its transaction with it: the first error says why.
        drop(tx.0.rollback().await);
    }
}
