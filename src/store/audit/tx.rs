//! The audit's statements: a method a statement, each in an SQL file of its name.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{AuditCheck, AuditKey, AuditRule, GapRow, KnownRow};
use crate::store::StoreError;
use crate::store::rows::AccountRow;
use crate::store::seals::SealTx;

/// What the audit reads inside one read-only transaction.
#[async_trait]
pub(in crate::store) trait AuditTx: SealTx + Send {
    /// The keys of a check behind `after`.
    async fn audit_keys(
        &mut self, check: AuditCheck, after: &AuditKey, rule: &AuditRule,
    ) -> Result<Vec<AuditKey>, StoreError>;
    /// What does not agree about these; of the checks that SQL can judge.
    async fn audit_examine(
        &mut self, check: AuditCheck, keys: &[AuditKey], rule: &AuditRule,
    ) -> Result<Vec<GapRow>, StoreError>;
    /// Proposals in question of these jobs or clients, `(subject, proposal)`, behind `after`.
    async fn audit_candidates(
        &mut self, check: AuditCheck, ids: &[String], after: &(String, String), rule: &AuditRule, limit: i64,
    ) -> Result<Vec<(String, String)>, StoreError>;
    /// The newest events about these jobs or clients.
    async fn audit_events(&mut self, check: AuditCheck, ids: &[String], each: i64)
    -> Result<Vec<KnownRow>, StoreError>;
    /// What stands still, at most `limit` of each kind.
    async fn audit_stuck(&mut self, rule: &AuditRule, limit: i64) -> Result<Vec<GapRow>, StoreError>;
    /// Plants a removed post, a proposal on it, an account with a wrong balance, and these entries.
    async fn canary_plant(
        &mut self, id: &str, entries: &[(&str, &str, i64, Option<&str>)], since: OffsetDateTime,
    ) -> Result<(), StoreError>;
    /// Accounts by id, without locking them.
    async fn accounts_read(&mut self, accounts: &[String]) -> Result<Vec<AccountRow>, StoreError>;
}
