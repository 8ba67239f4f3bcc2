//! Notices out and dead letters in, on SQLite.

use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;
use super::SqliteStore;
use crate::store::{DeadLetter, LeasedNotice, Settlement, StoreError};

impl SqliteStore {
    pub(super) async fn bury(&self, _letters: &[DeadLetter], _now: OffsetDateTime) -> Result<(), StoreError> {
        Err(StoreError::Setup("not built yet".into()))
    }
    pub(super) async fn lease_notices(&self, _limit: u32, _token: Uuid, _lease_for: Duration, _now: OffsetDateTime) -> Result<Vec<LeasedNotice>, StoreError> {
        Err(StoreError::Setup("not built yet".into()))
    }
    pub(super) async fn settle_notices(&self, _token: Uuid, _results: &[Settlement], _now: OffsetDateTime) -> Result<u64, StoreError> {
        Err(StoreError::Setup("not built yet".into()))
    }
}
