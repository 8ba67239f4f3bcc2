//! `makegood health`: asks a running daemon, for container probes and people.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, bail};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;

use crate::cli::{Exit, output};
use crate::config::Config;

/// How long the daemon may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// Longest answer, in bytes: `/ready` says a few words.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// Options of `makegood health`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Where the daemon listens, instead of `http.listen`.
    #[arg(long, value_name = "HOST:PORT")]
    address: Option<SocketAddr>,
}

/// Prints the daemon's answer; exit code 0 when it is ready, 1 when it is not or does not answer.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let address = options.address.unwrap_or(config.http.listen);
    let asked = tokio::time::timeout(ANSWER_MAX, ask(address)).await;
    let Ok(answer) = asked else { bail!("no answer from {address} within {} s", ANSWER_MAX.as_secs()) };
    let (ready, text) = answer.with_context(|| format!("no daemon answers at {address}"))?;
    output::say(text)?;
    Ok(if ready { Exit::Done } else { Exit::No })
}

async fn ask(address: SocketAddr) -> anyhow::Result<(bool, String)> {
    let stream = tokio::net::TcpStream::connect(address).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let request = hyper::Request::get("/ready").header("host", address.to_string()).body(Empty::<Bytes>::new())?;
    let answer = async {
        let answer = sender.send_request(request).await?;
        let ready = answer.status().is_success();
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(|error| anyhow::anyhow!("{error}"))?.to_bytes();
        anyhow::Ok((ready, String::from_utf8_lossy(&body).into_owned()))
    };
    tokio::select! {
        answer = answer => answer,
        ended = connection => match ended {
            Ok(()) => bail!("the connection was closed"),
            Err(error) => Err(error.into()),
        },
    }
}
