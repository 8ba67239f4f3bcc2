//! One session at a queue after the other: says when there is none, and pauses before the next try.

use tokio_util::sync::CancellationToken;

use super::health::Health;
use crate::broker::{BrokerError, BrokerOptions, Schedule, Session, attach};
use crate::telemetry::facts::Dependency;

/// The sessions of one loop.
pub(super) struct Line<'a> {
    pub(super) broker: &'a BrokerOptions,
    pub(super) queue: &'a str,
    /// As what the queue is reported.
    pub(super) dependency: Dependency,
    pub(super) health: &'a Health,
    /// Starts over when the loop says that it succeeded.
    pub(super) schedule: Schedule,
    pub(super) stop: &'a CancellationToken,
}

impl Line<'_> {
    /// The next session, however long that takes; `None`: stopped.
    pub(super) async fn attach(&mut self) -> Option<Session> {
        while !self.stop.is_cancelled() {
            match attach(self.broker, self.queue).await {
                Ok(session) => {
                    self.health.found(self.dependency);
                    return Some(session);
                }
                Err(error) => self.lost(&error).await,
            }
        }
        None
    }

    /// Says why there is no session, and pauses.
    pub(super) async fn lost(&mut self, error: &BrokerError) {
        let pause = self.schedule.next_pause();
        self.health.lost(self.dependency, error, pause);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.stop.cancelled() => {}
        }
    }
}
