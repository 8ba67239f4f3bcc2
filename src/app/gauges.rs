//! The store's numbers as gauges.

use metrics::gauge;
use time::OffsetDateTime;

use crate::policy::Policy;
use crate::store::{PoolUse, Stats};
use crate::telemetry::metrics as m;

/// States that are on their way or that somebody can do something about; shown even when no notice is in them, so that
/// a graph has no holes.
const SHOWN_STATES: [&str; 5] = ["pending", "leased", "deferred", "unknown", "undeliverable"];

/// Sets them.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
pub(super) fn show(stats: &Stats) {
    for state in SHOWN_STATES {
        gauge!(m::OUTBOX, "state" => state).set(stats.notices.get(state).copied().unwrap_or(0) as f64);
    }
    gauge!(m::OUTBOX_OLDEST).set(stats.oldest_due_notice_seconds);
    gauge!(m::EVENTS_OPEN, "state" => "waiting").set(stats.events_waiting as f64);
    gauge!(m::WAITING_OLDEST).set(stats.oldest_waiting_event_seconds);
    gauge!(m::EVENTS_OPEN, "state" => "fanning_out").set(stats.events_fanning_out as f64);
    gauge!(m::ANNOUNCEMENTS_DUE).set(stats.announcements_due as f64);
    gauge!(m::ANNOUNCEMENTS_OLDEST).set(stats.oldest_due_announcement_seconds);
    gauge!(m::DEAD_LETTERS_OPEN).set(stats.dead_letters as f64);
    gauge!(m::DEAD_LETTERS_OLDEST).set(stats.oldest_dead_letter_seconds);
}

/// Sets the gauges of the connections of one pool.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
pub(super) fn show_pool(pool: PoolUse) {
    const NAME: &str = "db_client_connection_pool_name";
    gauge!(m::POOL, NAME => pool.name, "db_client_connection_state" => "used").set(pool.used as f64);
    gauge!(m::POOL, NAME => pool.name, "db_client_connection_state" => "idle").set(pool.idle as f64);
    gauge!(m::POOL_MAX, NAME => pool.name).set(pool.max as f64);
}

/// Sets the gauge of the version in force: 1, and 0 for the one that was in force before.
pub(super) fn show_policy(policy: &Policy, now: OffsetDateTime, shown: &mut Option<String>) {
    let version = policy.at(now).map(|version| version.id().to_owned());
    if *shown == version {
        return;
    }
    if let Some(old) = shown.take() {
        gauge!(m::POLICY, "version" => old).set(0.0);
    }
    if let Some(new) = &version {
        gauge!(m::POLICY, "version" => new.clone()).set(1.0);
    }
    *shown = version;
}
