//! The use cases that take events in, each one transaction on PostgreSQL.

use super::PostgresStore;
use super::tx::PgTx;
use crate::fault::failpoint::kill_point;
use crate::store::delegate::prelude::*;
use crate::store::error::classify;
use crate::store::flow::{self, Call};

/// Begins, in one round trip, with settings that make the plans of the intake the same on any day. Its parameters are
/// arrays of a few hundred keys, and all its keys are indexed; but the planner, before the first ANALYZE of a table
/// that is growing, takes it for tiny and keeps a plan that reads all of it.
const BEGIN: &str = "begin; set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off; \
                     set local jit = off";

impl PostgresStore {
    pub(super) async fn apply(
        &self, batch: &Batch, judge: &Judge<'_>, wait: &WaitRule, now: OffsetDateTime,
    ) -> Result<Vec<Outcome>, StoreError> {
        let mut tx = self.begin("apply").await?;
        // Here, not in `begin` and `commit`: those of an idle poll would be passed all the time.
        kill_point("k2");
        let done = flow::apply(&mut tx, batch, Call { judge, wait, now, options: &self.options }).await;
        if done.is_ok() {
            kill_point("k5");
        }
        commit("apply", tx, done).await
    }

    pub(super) async fn apply_due(
        &self, limit: u32, judge: &Judge<'_>, wait: &WaitRule, now: OffsetDateTime,
    ) -> Result<Vec<Outcome>, StoreError> {
        let call = Call { judge, wait, now, options: &self.options };
        let mut alone = None;
        match self.try_due(limit, call, &mut alone).await {
            Err(error) => Ok(vec![self.set_aside(alone, error, call).await?]),
            done => done,
        }
    }

    pub(super) async fn fan_out(
        &self, judge: &Judge<'_>, wait: &WaitRule, now: OffsetDateTime,
    ) -> Result<FanOutStep, StoreError> {
        let call = Call { judge, wait, now, options: &self.options };
        let mut at = None;
        match self.try_step(call, &mut at).await {
            Err(error) => Ok(flow::stopped(self.set_aside(at, error, call).await?)),
            done => done,
        }
    }

    async fn try_due(&self, limit: u32, call: Call<'_>, alone: &mut Option<i64>) -> Result<Vec<Outcome>, StoreError> {
        let mut tx = self.begin("apply_due").await?;
        let done = flow::apply_due(&mut tx, limit, call, alone).await;
        commit("apply_due", tx, done).await
    }

    async fn try_step(&self, call: Call<'_>, at: &mut Option<i64>) -> Result<FanOutStep, StoreError> {
        let mut tx = self.begin("fan_out").await?;
        let done = flow::fan_out(&mut tx, call, at).await;
        if matches!(done, Ok(FanOutStep::Advanced { .. })) {
            kill_point("k5-fan-out");
        }
        let step = commit("fan_out", tx, done).await?;
        if matches!(step, FanOutStep::Advanced { .. }) {
            kill_point("k9");
        }
        Ok(step)
    }

    /// Puts the event off whose data the database refused, so that those behind it go on; else the error stays one.
    async fn set_aside(&self, event: Option<i64>, error: StoreError, call: Call<'_>) -> Result<Outcome, StoreError> {
        let Some(event) = event.filter(|_| flow::is_about_its_data(&error)) else {
            return Err(error);
        };
        let mut tx = self.begin("set_aside").await?;
        let done = flow::set_aside(&mut tx, event, &error, call).await;
        commit("set_aside", tx, done).await?.ok_or(error)
    }

    async fn begin(&self, doing: &'static str) -> Result<PgTx, StoreError> {
        let tx = self.pool.begin_with(BEGIN).await.map_err(classify(doing))?;
        Ok(PgTx(tx))
    }
}

/// Commits what is done, or rolls back what failed. Both are waited for: a lock left behind would be met by what comes
/// next.
async fn commit<R>(doing: &'static str, tx: PgTx, done: Result<R, StoreError>) -> Result<R, StoreError> {
    match done {
        Ok(done) => {
            tx.0.commit().await.map_err(classify(doing))?;
            Ok(done)
        }
        Err(error) => {
            // Where this fails, too, the connection is gone and its transaction with it: the first error says why.
            drop(tx.0.rollback().await);
            Err(error)
        }
    }
}
