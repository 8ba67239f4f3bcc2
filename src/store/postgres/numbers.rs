//! Numbers, agreement and report, on PostgreSQL.

use time::OffsetDateTime;
use super::PostgresStore;
use crate::store::{Agreement, ReportRow, Stats, StoreError};

impl PostgresStore {
    pub(super) async fn stats(&self, _now: OffsetDateTime) -> Result<Stats, StoreError> {
        Err(StoreError::Setup("not built yet".into()))
    }
    pub(super) async fn agreement(&self) -> Result<Agreement, StoreError> {
        Err(StoreError::Setup("not built yet".into()))
    }
    pub(super) async fn report(&self, _limit: u32) -> Result<Vec<ReportRow>, StoreError> {
        Err(StoreError::Setup("not built yet".into()))
    }
}
