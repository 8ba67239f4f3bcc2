//! `impl Store`: the intake by `flow`, which is written once over [`Begin`](super::flow::Begin); the rest by the
//! inherent methods of the same names, one file a use case.

/// Implements [`Store`](super::Store) for a type that can begin transactions and has the other methods as inherent
/// ones.
macro_rules! delegate {
    ($store:ty) => {
        #[async_trait::async_trait]
        impl crate::store::Store for $store {
            async fn migrate(&self) -> Result<MigrationStatus, StoreError> {
                <$store>::migrate(self).await
            }
            async fn migration_status(&self) -> Result<MigrationStatus, StoreError> {
                <$store>::migration_status(self).await
            }
            async fn ping(&self) -> Result<(), StoreError> {
                <$store>::ping(self).await
            }
            async fn apply(
                &self, batch: &Batch, judge: &Judge<'_>, wait: &WaitRule, now: OffsetDateTime,
            ) -> Result<Vec<Outcome>, StoreError> {
                crate::store::flow::apply(self, batch, Call { judge, wait, now, options: &self.options }).await
            }
            async fn apply_due(
                &self, limit: u32, judge: &Judge<'_>, wait: &WaitRule, now: OffsetDateTime,
            ) -> Result<Vec<Outcome>, StoreError> {
                crate::store::flow::apply_due(self, limit, Call { judge, wait, now, options: &self.options }).await
            }
            async fn fan_out(
                &self, judge: &Judge<'_>, wait: &WaitRule, now: OffsetDateTime,
            ) -> Result<FanOutStep, StoreError> {
                crate::store::flow::fan_out(self, Call { judge, wait, now, options: &self.options }).await
            }
            async fn bury(&self, letters: &[DeadLetter], now: OffsetDateTime) -> Result<(), StoreError> {
                <$store>::bury(self, letters, now).await
            }
            async fn lease_notices(
                &self, limit: u32, token: Uuid, lease_for: Duration, now: OffsetDateTime,
            ) -> Result<Vec<LeasedNotice>, StoreError> {
                <$store>::lease_notices(self, limit, token, lease_for, now).await
            }
            async fn settle_notices(
                &self, token: Uuid, results: &[Settlement], now: OffsetDateTime,
            ) -> Result<u64, StoreError> {
                <$store>::settle_notices(self, token, results, now).await
            }
            async fn import(&self, batch: &ImportBatch) -> Result<ImportCounts, StoreError> {
                <$store>::import(self, batch).await
            }
            async fn stats(&self, now: OffsetDateTime) -> Result<Stats, StoreError> {
                <$store>::stats(self, now).await
            }
            async fn agreement(&self) -> Result<Agreement, StoreError> {
                <$store>::agreement(self).await
            }
            async fn report(&self, limit: u32) -> Result<Vec<ReportRow>, StoreError> {
                <$store>::report(self, limit).await
            }
            async fn close(&self) {
                <$store>::close(self).await
            }
        }

        #[async_trait::async_trait]
        impl crate::store::DeadLetterStore for $store {
            async fn note(
                &self, action: &'static str, affected: u64, details: &serde_json::Value, act: &Act, now: OffsetDateTime,
            ) -> Result<(), StoreError> {
                <$store>::note(self, action, affected, details, act, now).await
            }
            async fn operator_log(&self, before: Option<i64>, limit: u32) -> Result<Vec<OperatorEntry>, StoreError> {
                <$store>::operator_log(self, before, limit).await
            }
        }
    };
}
pub(super) use delegate;

// What the methods' signatures name, for `use super::delegate::prelude::*`.
pub(super) mod prelude {
    pub(in crate::store) use std::time::Duration;

    pub(in crate::store) use time::OffsetDateTime;
    pub(in crate::store) use uuid::Uuid;

    pub(in crate::store) use crate::store::flow::Call;
    pub(in crate::store) use crate::store::{
        Act, Agreement, Batch, DeadLetter, FanOutStep, ImportBatch, ImportCounts, Judge, LeasedNotice, MigrationStatus,
        OperatorEntry, Outcome, ReportRow, Settlement, Stats, StoreError, WaitRule,
    };
}
