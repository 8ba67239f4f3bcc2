//! `makegood health`: asks a running daemon, for container probes and people.

use std::net::SocketAddr;

use serde::Deserialize;

use crate::cli::{Exit, ask, output};
use crate::config::{Config, Sources};

/// Options of `makegood health`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit code 0 when it is ready, 1 when it is not or nothing answers: fit for a container's health check."
)]
pub(super) struct Options {
    /// Where the daemon listens, instead of http.listen; then no configuration is read.
    #[arg(long, value_name = "HOST:PORT")]
    address: Option<SocketAddr>,
    /// Prints the daemon's answer as it came: JSON.
    #[arg(long)]
    json: bool,
}

/// What `/ready` says, as far as it decides. It tells of mail too, which has not worked before the first letter.
#[derive(Debug, Deserialize)]
struct Answer {
    ready: bool,
    broker: bool,
    database: bool,
}

/// Prints the daemon's answer; exit code 0 when it is ready, 1 when it is not or does not answer.
pub(super) async fn run(options: &Options, sources: &Sources) -> anyhow::Result<Exit> {
    let address = match options.address {
        Some(address) => address,
        None => Config::load(sources)?.http.listen,
    };
    let (text, answer): (String, Answer) = ask::daemon(address, "/ready").await?;
    if options.json {
        output::say(text)?;
    } else {
        output::say(words(&answer))?;
    }
    Ok(if answer.ready { Exit::Done } else { Exit::No })
}

fn words(answer: &Answer) -> String {
    let parts = [("broker", answer.broker), ("database", answer.database)];
    let down: Vec<_> = parts.iter().filter(|(_, works)| !works).map(|(name, _)| *name).collect();
    let ready = if answer.ready { "ready" } else { "not ready" };
    if down.is_empty() { ready.to_owned() } else { format!("{ready}; does not work: {}", down.join(", ")) }
}
