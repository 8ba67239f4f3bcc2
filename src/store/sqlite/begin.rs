//! How a transaction of the intake begins and ends on SQLite.

use async_trait::async_trait;

use super::SqliteStore;
use super::tx::SqliteTx;
use crate::store::StoreError;
use crate::store::error::classify;
use crate::store::flow::Begin;

#[async_trait]
impl Begin for SqliteStore {
    type Tx = SqliteTx;
    const SEVERAL: bool = false;

    async fn begin(&self, doing: &'static str) -> Result<SqliteTx, StoreError> {
        self.write.begin_with("BEGIN IMMEDIATE").await.map(SqliteTx).map_err(classify(doing))
    }

    async fn begin_reading(&self, doing: &'static str) -> Result<SqliteTx, StoreError> {
        self.read.begin().await.map(SqliteTx).map_err(classify(doing))
    }

    async fn commit(doing: &'static str, tx: SqliteTx) -> Result<(), StoreError> {
        tx.0.commit().await.map_err(classify(doing))
    }

    async fn roll_back(tx: SqliteTx) {
        // Where this fails, too, the connection is gone and its transaction with it: the first error says why.
        drop(tx.0.rollback().await);
    }
}
