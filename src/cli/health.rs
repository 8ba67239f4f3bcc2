//! `makegood health`: asks a running daemon, for container probes and people.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde::Deserialize;

use crate::cli::{Exit, output};
use crate::config::{Config, Sources};

/// How long the daemon may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// Longest answer, in bytes: `/ready` says a few words.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

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
    let asked = tokio::time::timeout(ANSWER_MAX, ask(address)).await;
    let Ok(answer) = asked else { bail!("no answer from {address} within {} s", ANSWER_MAX.as_secs()) };
    let text = answer.with_context(|| format!("no daemon answers at {address}"))?;
    let answer: Answer = serde_json::from_str(&text)
        .map_err(|_| anyhow!("what answers at {address} is no makegood: is http.listen its address?"))?;
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

/// The body, whatever the status says: it is in the body too.
async fn ask(address: SocketAddr) -> anyhow::Result<String> {
    let stream = tokio::net::TcpStream::connect(address).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let request = hyper::Request::get("/ready").header("host", address.to_string()).body(Empty::<Bytes>::new())?;
    let answer = async move {
        let answer = sender.send_request(request).await?;
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(|error| anyhow!("{error}"))?.to_bytes();
        anyhow::Ok(String::from_utf8_lossy(&body).into_owned())
    };
    // The connection ends when the sender is gone; an answer that came before its end counts.
    let (answer, ended) = tokio::join!(answer, connection);
    match (answer, ended) {
        (Err(_), Err(error)) => Err(error.into()),
        (answer, _) => answer,
    }
}
