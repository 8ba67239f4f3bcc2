//! How a transaction of the intake begins and ends on PostgreSQL.

use async_trait::async_trait;

use super::PostgresStore;
use super::tx::PgTx;
use crate::store::StoreError;
use crate::store::error::classify;
use crate::store::flow::Begin;

/// Begins, in one round trip, with settings that make the plans of the intake and of the outbox the same on any day.
/// Its parameters are arrays of a few hundred keys, and all its keys are indexed; but the planner, before the first
/// ANALYZE of a table that is growing, takes it for tiny and keeps a plan that reads all of it.
pub(super) const BEGIN: &str = "begin; set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off; \
                     set local jit = off";

/// As `BEGIN`, of one moment and without writing.
const BEGIN_READING: &str = "begin isolation level repeatable read, read only; \
                             set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off; \
                             set local jit = off";

/// As `BEGIN`, for a lease: it need not outlast a crash of the server, after which what was leased is leased again,
/// as it is when a lease runs out.
pub(super) const BEGIN_LEASE: &str = "begin; set local plan_cache_mode = force_generic_plan; \
                                      set local enable_seqscan = off; set local jit = off; \
                                      set local synchronous_commit = off";

#[async_trait]
impl Begin for PostgresStore {
    type Tx = PgTx;

    async fn begin(&self, doing: &'static str) -> Result<PgTx, StoreError> {
        self.pool.begin_with(BEGIN).await.map(PgTx).map_err(classify(doing))
    }

    async fn begin_reading(&self, doing: &'static str) -> Result<PgTx, StoreError> {
        self.pool.begin_with(BEGIN_READING).await.map(PgTx).map_err(classify(doing))
    }

    async fn commit(doing: &'static str, tx: PgTx) -> Result<(), StoreError> {
        tx.0.commit().await.map_err(classify(doing))
    }

    async fn roll_back(tx: PgTx) {
        // Where this fails, too, the connection is gone and its transaction with it: the first error says why.
        drop(tx.0.rollback().await);
    }
}
