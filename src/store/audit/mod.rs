//! The audit's reads and its findings: facts against ledger in both directions, notices, balances, what stands still.
//!
//! What a fact should have done is judged by whoever calls ([`Examiner`]), as the intake's judge is.

mod canary;
mod look;
mod rows;
mod tx;
mod types;

pub(super) use canary::canary;
pub(super) use look::{again, page};
pub(super) use rows::{FindingRow, GapRow, GapWrite, KnownRow, read_finding};
pub(super) use tx::AuditTx;
pub use types::{
    AuditCase, AuditCheck, AuditFinding, AuditKey, AuditMark, AuditPage, AuditRule, Canary, Examiner, FindingFilter,
    FindingState, Gap, KnownEvent, RowRepair,
};

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{Act, StoreError};

/// The use cases of the audit. As in [`Store`](super::Store), every method is one transaction; those that look are
/// read-only.
#[async_trait]
pub trait AuditStore {
    /// One page of a check behind `after`: at most `rule.page` subjects, examined as of one moment.
    async fn audit_page(
        &self, check: AuditCheck, after: &AuditKey, rule: &AuditRule, examiner: &Examiner<'_>,
    ) -> Result<AuditPage, StoreError>;

    /// Examines these subjects of a check again; what is not answered agrees now.
    async fn audit_again(
        &self, check: AuditCheck, subjects: &[String], rule: &AuditRule, examiner: &Examiner<'_>,
    ) -> Result<Vec<Gap>, StoreError>;

    /// Plants gaps in a transaction that is rolled back, and looks for them with the very statements of the checks.
    async fn audit_canary(&self, rule: &AuditRule) -> Result<Canary, StoreError>;

    /// Writes findings down: new ones, ones seen again, ones that had gone and are back. An accepted one stays so while
    /// its details are the same. Of the findings `looked_at`, those not seen again are gone, or repaired where a repair
    /// had been ordered.
    async fn audit_record(
        &self, check: AuditCheck, gaps: &[Gap], looked_at: &[i64], rule: &AuditRule,
    ) -> Result<(), StoreError>;

    /// Findings that match, newest first, at most `limit` with a number below `before`.
    async fn findings(
        &self, filter: &FindingFilter, before: Option<i64>, limit: u32,
    ) -> Result<Vec<AuditFinding>, StoreError>;

    /// Open findings that are due by code: how many, and when the oldest was first seen.
    async fn findings_open(&self, now: OffsetDateTime) -> Result<Vec<(String, u64, OffsetDateTime)>, StoreError>;

    /// Accepts open findings as they are; answers the numbers of those that were open.
    async fn findings_accept(&self, nos: &[i64], act: &Act, now: OffsetDateTime) -> Result<Vec<i64>, StoreError>;

    /// Writes down that the repair of these findings was ordered: when they are next found to agree they are repaired.
    async fn findings_order(
        &self, nos: &[i64], details: &serde_json::Value, act: &Act, now: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// Repairs one row by itself, if the finding is still true; `false`: it is not.
    async fn finding_repair(
        &self, no: i64, repair: &RowRepair, act: &Act, now: OffsetDateTime,
    ) -> Result<bool, StoreError>;

    /// How far a walk has come.
    async fn audit_mark(&self, name: &str) -> Result<AuditMark, StoreError>;

    /// Writes down how far a walk has come.
    async fn audit_mark_write(&self, name: &str, mark: &AuditMark) -> Result<(), StoreError>;
}
