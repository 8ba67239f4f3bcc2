//! What operators did, and why.

use time::OffsetDateTime;

/// Who acts, and why. Neither may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Who, as they say of themselves.
    pub operator: String,
    /// Why, in their own words.
    pub reason: String,
}

/// Which rows of the operators' log; every condition that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperatorFilter {
    /// Of this operator.
    pub operator: Option<String>,
    /// This action, or all of a kind: the part before the point, as in `dlq`.
    pub action: Option<String>,
    /// At or after this moment.
    pub from: Option<OffsetDateTime>,
    /// Before this moment.
    pub before: Option<OffsetDateTime>,
}

/// One row of the operators' log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorEntry {
    /// Its number, rising.
    pub no: i64,
    /// When.
    pub at: OffsetDateTime,
    /// Who.
    pub operator: String,
    /// What: `dlq.discard`, `dlq.restore`, `dlq.purge`, `dlq.export`, `dlq.import`, `dlq.collect`, `replay.start`,
    /// `replay.cancel`, `replay.end`, `suppressions.add`, `suppressions.release`, `notices.hold`, `notices.release`,
    /// `notices.resend`, `audit.accept`, `audit.repair`, `audit.repaired`, `audit.repair-balance`,
    /// `audit.repair-lease`, `people.erase`, `people.readmit`, `events.archive`, `events.purge`, `events.drop_month`.
    pub action: String,
    /// Why.
    pub reason: String,
    /// How many letters, or notices.
    pub affected: u64,
    /// More about it; no payload, no address.
    pub details: serde_json::Value,
    /// Which makegood.
    pub version: String,
}
