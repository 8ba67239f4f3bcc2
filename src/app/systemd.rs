//! What systemd is told (sd_notify(3)): ready, what is waited for, stopping, and a sign of life where it asks for one.

use std::sync::Arc;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio_util::sync::CancellationToken;

use super::parts::Parts;
use crate::telemetry::facts::Dependency;

/// How often the status is told anew, where the watchdog does not ask for more.
const STATUS_EVERY: Duration = Duration::from_secs(5);

/// Tells it until `stop`. Ready means that signals are heeded and `/live` answers: a database or broker that is away is
/// waited for, and to be restarted for that would help nobody. The signs of life come from a task beside the others,
/// so they end when the runtime stands still.
pub(super) async fn keep_told(parts: Arc<Parts>, stop: CancellationToken) -> anyhow::Result<()> {
    tell(&[NotifyState::Ready]);
    let watchdog = sd_notify::watchdog_enabled();
    let pause = watchdog.map_or(STATUS_EVERY, |limit| STATUS_EVERY.min(limit / 2));
    while !stop.is_cancelled() {
        tell(&[NotifyState::Status(&status(&parts))]);
        if watchdog.is_some() {
            tell(&[NotifyState::Watchdog]);
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
    tell(&[NotifyState::Stopping]);
    Ok(())
}

fn status(parts: &Parts) -> String {
    let needed = [Dependency::Database, Dependency::Broker];
    let away: Vec<_> = needed.into_iter().filter(|one| !parts.health.works(*one)).map(Dependency::as_str).collect();
    if away.is_empty() { "consuming".to_owned() } else { format!("waiting for {}", away.join(" and ")) }
}

/// Without systemd it does nothing; what it does not take must not end the daemon.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "systemd was not told");
    }
}
