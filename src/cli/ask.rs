//! Asks a running daemon over HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;

/// How long the daemon may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// Longest answer, in bytes: a few words, or the findings of a reload.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// What the daemon says on a page: as it came, and read.
pub(super) async fn daemon<T: DeserializeOwned>(address: SocketAddr, page: &str) -> anyhow::Result<(String, T)> {
    let asked = tokio::time::timeout(ANSWER_MAX, body(address, page)).await;
    let Ok(answer) = asked else { bail!("no answer from {address} within {} s", ANSWER_MAX.as_secs()) };
    let text = answer.with_context(|| format!("no daemon answers at {address}"))?;
    let read = serde_json::from_str(&text)
        .map_err(|_| anyhow!("what answers at {address} is no makegood: is http.listen its address?"))?;
    Ok((text, read))
}

/// The body, whatever the status says: it is in the body too.
async fn body(address: SocketAddr, page: &str) -> anyhow::Result<String> {
    let stream = tokio::net::TcpStream::connect(address).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let request = hyper::Request::get(page).header("host", address.to_string()).body(Empty::<Bytes>::new())?;
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
