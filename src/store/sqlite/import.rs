//! Facts and entries in, on SQLite.

use super::SqliteStore;
use crate::store::{ImportBatch, ImportCounts, StoreError};

impl SqliteStore {
    pub(super) async fn import(&self, _batch: &ImportBatch) -> Result<ImportCounts, StoreError> {
        Err(StoreError::Setup("not built yet".into()))
    }
}
