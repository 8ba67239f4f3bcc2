//! `[in_app]`: what the marketplace itself is told.

use std::time::Duration;

use super::BrokerConfig;
use super::reader::Reader;
use super::sections::amqp_name;

/// Heartbeats after which a message without a confirm is lost (`broker::Publisher`).
const HEARTBEATS: u32 = 3;

/// `[in_app]`
#[derive(Debug, Clone)]
pub struct InAppConfig {
    /// Announce notices and returns.
    pub enabled: bool,
    /// Topic exchange.
    pub exchange: String,
    /// Announcements taken at a time.
    pub batch: u32,
    /// How long one process keeps them.
    pub lease: Duration,
    /// How often to look for what is due.
    pub poll: Duration,
}

impl InAppConfig {
    pub(super) fn read(reader: &mut Reader<'_>, broker: &BrokerConfig) -> Self {
        let config = Self {
            enabled: reader.flag("in_app.enabled"),
            exchange: amqp_name(reader, "in_app.exchange"),
            batch: reader.number("in_app.batch", 1..=1_024),
            lease: reader.duration("in_app.lease", Duration::from_secs(5)..=Duration::from_secs(3_600)),
            poll: reader.duration("in_app.poll", Duration::from_millis(10)..=Duration::from_secs(60)),
        };
        for (key, other) in
            [("broker.exchange", &broker.exchange), ("broker.dead_letter_exchange", &broker.dead_letter_exchange)]
        {
            if config.exchange == *other && !other.is_empty() {
                reader.complain("in_app.exchange", format!("is the same as {key}: that one leads back to makegood"));
            }
        }
        if config.enabled && config.lease <= broker.heartbeat * HEARTBEATS {
            let message = format!(
                "is not longer than {HEARTBEATS} times broker.heartbeat: what waits for its confirm would be published again"
            );
            reader.complain("in_app.lease", message);
        }
        config
    }
}
