//! Serves the routes over a listener, with a bound on everything a client could stretch.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Tls;

/// Clients served at once: a scraper, a probe and a few people; the rest wait in the kernel's queue.
const CONNECTIONS_MAX: usize = 64;
/// Longest time a client may take to send a request's head.
const HEADER_MAX: Duration = Duration::from_secs(5);
/// Longest life of a connection: a scraper opens another.
const CONNECTION_MAX: Duration = Duration::from_secs(60);

/// Whom a request comes from, as the connection tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Where from.
    pub address: SocketAddr,
    /// Over TLS.
    pub encrypted: bool,
}

/// Why the face cannot be shown.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address} (http.listen)")]
pub struct AdminError {
    address: SocketAddr,
    #[source]
    source: std::io::Error,
}

/// Takes the address.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, AdminError> {
    TcpListener::bind(address).await.map_err(|source| AdminError { address, source })
}

/// Serves until `stop`; over TLS to those who speak it, with a certificate.
pub async fn serve(listener: TcpListener, routes: Router, tls: Option<Arc<Tls>>, stop: &CancellationToken) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        let next = async { (Arc::clone(&places).acquire_owned().await, listener.accept().await) };
        let accepted = tokio::select! {
            next = next => match next {
                (Ok(place), Ok((stream, address))) => Some((place, stream, address)),
                // Out of file handles, or the client is gone already: the next may do better.
                _ => None,
            },
            () = stop.cancelled() => break,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Some((place, stream, address)) => {
                let (routes, tls) = (routes.clone(), tls.clone());
                connections.spawn(async move {
                    drop(tokio::time::timeout(CONNECTION_MAX, connection(stream, address, routes, tls)).await);
                    drop(place);
                });
            }
            None => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Begins a TLS record that begins a handshake (RFC 8446, 5.1); no method of HTTP does.
const HANDSHAKE: u8 = 22;

async fn connection(stream: TcpStream, address: SocketAddr, routes: Router, tls: Option<Arc<Tls>>) {
    let Some(tls) = tls else {
        return speak(stream, Peer { address, encrypted: false }, routes).await;
    };
    let mut first = [0];
    match tokio::time::timeout(HEADER_MAX, stream.peek(&mut first)).await {
        Ok(Ok(1)) if first == [HANDSHAKE] => {}
        // Probes and scrapers that speak no TLS; the console shows itself to none of them.
        Ok(Ok(1)) => return speak(stream, Peer { address, encrypted: false }, routes).await,
        _ => return,
    }
    match tokio::time::timeout(HEADER_MAX, tls.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => speak(stream, Peer { address, encrypted: true }, routes).await,
        Ok(Err(error)) => tracing::debug!(%error, "a client's handshake failed"),
        Err(_) => tracing::debug!("a client's handshake took too long"),
    }
}

async fn speak(stream: impl AsyncRead + AsyncWrite + Unpin, peer: Peer, routes: Router) {
    let routes = TowerToHyperService::new(routes);
    let named = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(peer);
        routes.call(request)
    });
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_MAX)
        .serve_connection(TokioIo::new(stream), named)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a client's connection ended badly");
    }
}
