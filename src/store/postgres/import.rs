//! Facts and entries in, on PostgreSQL.

use super::PostgresStore;
use crate::store::{ImportBatch, ImportCounts, StoreError};

impl PostgresStore {
    pub(super) async fn import(&self, _batch: &ImportBatch) -> Result<ImportCounts, StoreError> {
        Err(StoreError::Setup("not built yet".into()))
    }
}
