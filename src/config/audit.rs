//! `[audit]`: how the audit goes on in the daemon, and what it assumes where facts do not say.

use std::time::Duration;

use super::reader::Reader;
use crate::event::EventType;

/// `[audit]`
#[derive(Debug, Clone)]
pub struct AuditConfig {
    /// The daemon audits.
    pub enabled: bool,
    /// From the end of one round to the next.
    pub every: Duration,
    /// Subjects a second.
    pub rows_per_second: u32,
    /// Subjects a page.
    pub page: u32,
    /// How long something may be late.
    pub lag: Duration,
    /// Source of the events it makes.
    pub source: String,
    /// Cause of a canceled job.
    pub canceled_cause: String,
    /// Cause of a removed post.
    pub removed_cause: String,
    /// Cause of a suspension.
    pub suspended_cause: String,
    /// A suspension is for good.
    pub suspended_final: bool,
}

impl AuditConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let second = Duration::from_secs(1);
        let config = Self {
            enabled: reader.flag("audit.enabled"),
            every: reader.duration("audit.every", second / 10..=second * 86_400),
            rows_per_second: reader.number("audit.rows_per_second", 1..=1_000_000),
            page: reader.number("audit.page", 1..=1_000),
            lag: reader.duration("audit.lag", Duration::ZERO..=second * 86_400 * 30),
            source: reader.text("audit.source"),
            canceled_cause: cause(reader, "audit.canceled_cause", EventType::JobCanceled),
            removed_cause: cause(reader, "audit.removed_cause", EventType::PostRemoved),
            suspended_cause: cause(reader, "audit.suspended_cause", EventType::ClientSuspended),
            suspended_final: reader.flag("audit.suspended_final"),
        };
        if config.source.is_empty() || config.source.len() > 256 || !config.source.bytes().all(|b| b.is_ascii_graphic())
        {
            reader.complain("audit.source", "1 to 256 visible ASCII characters expected");
        }
        config
    }
}

fn cause(reader: &mut Reader<'_>, key: &str, of: EventType) -> String {
    let cause = reader.text(key);
    let known = of.causes();
    if !known.contains(&cause.as_str()) {
        reader.complain(key, format!("one of {} expected", known.join(", ")));
    }
    cause
}
