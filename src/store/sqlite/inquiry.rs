//! How an inquiry begins and ends on SQLite.

use super::SqliteStore;
use crate::store::StoreError;
use crate::store::error::classify;
use crate::store::inquiry::statements::SqliteInquiry;

impl SqliteStore {
    pub(super) async fn inquiry(&self) -> Result<SqliteInquiry, StoreError> {
        self.read.begin().await.map(SqliteInquiry).map_err(classify("inquiry"))
    }
}

impl SqliteInquiry {
    pub(super) async fn end(self) -> Result<(), StoreError> {
        self.0.commit().await.map_err(classify("inquiry"))
    }
}
