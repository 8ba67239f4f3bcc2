//! How an inquiry begins and ends on PostgreSQL.

use super::PostgresStore;
use crate::store::StoreError;
use crate::store::error::classify;
use crate::store::inquiry::statements::{BEGIN, PgInquiry};

impl PostgresStore {
    pub(super) async fn inquiry(&self) -> Result<PgInquiry, StoreError> {
        self.pool.begin_with(BEGIN).await.map(PgInquiry).map_err(classify("inquiry"))
    }
}

impl PgInquiry {
    pub(super) async fn end(self) -> Result<(), StoreError> {
        self.0.commit().await.map_err(classify("inquiry"))
    }
}
