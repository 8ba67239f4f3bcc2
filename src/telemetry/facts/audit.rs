//! Facts of the audit.

use metrics::gauge;
use tracing::{debug, error, info, warn};

use crate::telemetry::metrics as m;

/// A round of the audit is over: open findings by code with the age of the oldest, and since when every check has come
/// to its end.
pub fn audited(open: &[(String, u64, f64)], completed_seconds: Option<f64>) {
    for code in AUDIT_CODES {
        let found = open.iter().find(|(found, ..)| found == code);
        let (findings, oldest) = found.map_or((0, 0.0), |(_, findings, oldest)| (*findings, *oldest));
        #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
        gauge!(m::AUDIT_FINDINGS, "code" => code).set(findings as f64);
        gauge!(m::AUDIT_OLDEST, "code" => code).set(oldest);
        if findings > 0 {
            warn!(
                code,
                findings,
                oldest_seconds = oldest,
                "the audit found what does not agree: `makegood audit list`"
            );
        }
    }
    if let Some(seconds) = completed_seconds {
        gauge!(m::AUDIT_COMPLETED).set(seconds);
    }
}

/// Every code of a finding, so that a graph has no holes.
pub const AUDIT_CODES: [&str; 16] = [
    "event_missing",
    "late_proposal",
    "event_dead",
    "return_without_cause",
    "return_on_living_job",
    "return_differs",
    "balance_wrong",
    "notice_missing",
    "notice_without_decision",
    "announcement_missing",
    "lease_over",
    "event_overdue",
    "fan_out_stuck",
    "replay_stuck",
    "ledger_changed",
    "audit_blind",
];

/// Whether the audit found the gaps that were planted for it.
pub fn audit_sees(canary: &'static str) {
    gauge!(m::AUDIT_CANARY).set(if canary == "blind" { 0.0 } else { 1.0 });
    debug!(canary, "planted gaps looked for");
}

/// Entries of the ledger were sealed. The log keeps the digest outside the database.
pub fn sealed(seal: i64, entries: i64, digest: &str) {
    info!(seal, entries, digest, "entries of the ledger sealed");
}

/// A round of the audit failed for good; the next one tries again.
pub fn audit_failed(error: &str) {
    error!(error, "a round of the audit failed");
}
