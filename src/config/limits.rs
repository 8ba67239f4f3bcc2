//! `[mail.limits]`: how fast mail may leave.

use std::time::Duration;

use super::reader::Reader;

/// Most mails a minute a limit can name: beyond it, none is meant.
const PER_MINUTE_MAX: u32 = 10_000_000;

/// `[mail.limits]`; 0 is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitsConfig {
    /// Mails a minute, in all.
    pub per_minute: u32,
    /// Mails a minute to one domain.
    pub domain_per_minute: u32,
    /// Mails under way to one domain at once.
    pub domain_connections: u16,
    /// Mails a minute with which both rates begin; 0: no ramp.
    pub ramp_per_minute: u32,
    /// How long until it is twice as many.
    pub ramp_double_every: Duration,
    /// Without mail for this long, the ramp starts again.
    pub ramp_idle: Duration,
}

impl LimitsConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let per_minute = 0..=PER_MINUTE_MAX;
        let seconds = |least, most| Duration::from_secs(least)..=Duration::from_secs(most);
        let config = Self {
            per_minute: reader.number("mail.limits.per_minute", per_minute.clone()),
            domain_per_minute: reader.number("mail.limits.domain_per_minute", per_minute.clone()),
            domain_connections: reader.number("mail.limits.domain_connections", 0..=64),
            ramp_per_minute: reader.number("mail.limits.ramp_per_minute", per_minute),
            ramp_double_every: reader.duration("mail.limits.ramp_double_every", seconds(1, 86_400)),
            ramp_idle: reader.duration("mail.limits.ramp_idle", seconds(1, 30 * 86_400)),
        };
        if config.ramp_per_minute > 0 && config.per_minute == 0 && config.domain_per_minute == 0 {
            let message = "leads to no rate: set mail.limits.per_minute or mail.limits.domain_per_minute, too";
            reader.complain("mail.limits.ramp_per_minute", message);
        }
        config
    }
}
