//! The use cases that take events in, each one transaction on PostgreSQL.

use super::PostgresStore;
use super::tx::PgTx;
use crate::fault::failpoint::kill_point;
use crate::store::delegate::words::*;
use crate::store::error::classify;
use crate::store::flow::{self, Call};

impl PostgresStore {
    pub(super) async fn apply(
        &self, batch: &Batch, judge: &Judge<'_>, wait: &WaitRule, now: OffsetDateTime,
    ) -> Result<Vec<Outcome>, StoreError> {
        let mut tx = self.begin("apply").await?;
        // Here, not in `begin` and `commit`: those of an idle poll would be passed all the time.
        kill_point("k2");
        let outcomes = flow::apply(&mut tx, batch, Call { judge, wait, now, options: &self.options }).await?;
        kill_point("k5");
        commit("apply", tx).await?;
        Ok(outcomes)
    }

    pub(super) async fn apply_due(
        &self, limit: u32, judge: &Judge<'_>, wait: &WaitRule, now: OffsetDateTime,
    ) -> Result<Vec<Outcome>, StoreError> {
        let mut tx = self.begin("apply_due").await?;
        let outcomes = flow::apply_due(&mut tx, limit, Call { judge, wait, now, options: &self.options }).await?;
        commit("apply_due", tx).await?;
        Ok(outcomes)
    }

    pub(super) async fn fan_out(
        &self, judge: &Judge<'_>, wait: &WaitRule, now: OffsetDateTime,
    ) -> Result<FanOutStep, StoreError> {
        let mut tx = self.begin("fan_out").await?;
        let step = flow::fan_out(&mut tx, Call { judge, wait, now, options: &self.options }).await?;
        if matches!(step, FanOutStep::Advanced { .. }) {
            kill_point("k5-fan-out");
        }
        commit("fan_out", tx).await?;
        if matches!(step, FanOutStep::Advanced { .. }) {
            kill_point("k9");
        }
        Ok(step)
    }

    async fn begin(&self, doing: &'static str) -> Result<PgTx, StoreError> {
        let tx = self.pool.begin().await.map_err(classify(doing))?;
        Ok(PgTx(tx))
    }
}

async fn commit(doing: &'static str, tx: PgTx) -> Result<(), StoreError> {
    tx.0.commit().await.map_err(classify(doing))
}
