//! The use cases that take events in, each one transaction on SQLite.

use async_trait::async_trait;

use super::SqliteStore;
use super::tx::SqliteTx;
use crate::store::delegate::prelude::*;
use crate::store::error::classify;
use crate::store::flow::{self, Begin, Call};

#[async_trait]
impl Begin for SqliteStore {
    type Tx = SqliteTx;

    async fn begin(&self, doing: &'static str) -> Result<SqliteTx, StoreError> {
        self.write.begin_with("BEGIN IMMEDIATE").await.map(SqliteTx).map_err(classify(doing))
    }

    async fn commit(doing: &'static str, tx: SqliteTx) -> Result<(), StoreError> {
        tx.0.commit().await.map_err(classify(doing))
    }

    async fn roll_back(tx: SqliteTx) {
        // Where this fails, too, the connection is gone and its transaction with it: the first error says why.
        drop(tx.0.rollback().await);
    }
}

impl SqliteStore {
    pub(super) async fn apply(
        &self, batch: &Batch, judge: &Judge<'_>, wait: &WaitRule, now: OffsetDateTime,
    ) -> Result<Vec<Outcome>, StoreError> {
        flow::apply(self, batch, Call { judge, wait, now, options: &self.options }).await
    }

    pub(super) async fn apply_due(
        &self, limit: u32, judge: &Judge<'_>, wait: &WaitRule, now: OffsetDateTime,
    ) -> Result<Vec<Outcome>, StoreError> {
        flow::apply_due(self, limit, Call { judge, wait, now, options: &self.options }).await
    }

    pub(super) async fn fan_out(
        &self, judge: &Judge<'_>, wait: &WaitRule, now: OffsetDateTime,
    ) -> Result<FanOutStep, StoreError> {
        flow::fan_out(self, Call { judge, wait, now, options: &self.options }).await
    }
}
