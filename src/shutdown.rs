//! The two-stage stop: the first signal asks, the second, or the end of the grace period, insists.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Listens for SIGTERM and SIGINT.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

/// How a stop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Insisted {
    /// A second signal came.
    Signal,
    /// The grace period was over.
    Grace,
}

impl Signals {
    /// Registers the handlers; from here on the signals no longer end the process by themselves.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Cancels `stop` at the first signal; returns when it is time to insist. If something else cancels `stop`, the
    /// grace period begins then.
    pub async fn run(&mut self, stop: &CancellationToken, grace: Duration) -> Insisted {
        tokio::select! {
            () = self.next() => tracing::info!(grace_seconds = grace.as_secs(), "asked to stop"),
            () = stop.cancelled() => {}
        }
        stop.cancel();
        tokio::select! {
            () = self.next() => Insisted::Signal,
            () = tokio::time::sleep(grace) => Insisted::Grace,
        }
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
