//! A TCP proxy in front of a service: freezes (half-open connection), cuts, injects bytes, terminates TLS, reads along.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::cuts::{Cuts, Passed, Protocol, Reader, Side};

/// A proxy that goes away, with its connections, when the value does.
pub struct Proxy {
    address: SocketAddr,
    frozen: watch::Sender<bool>,
    cut: watch::Sender<bool>,
    inject: broadcast::Sender<Vec<u8>>,
    _tasks: JoinSet<()>,
}

impl Proxy {
    /// In front of `upstream`, `host:port`.
    pub async fn start(upstream: &str) -> Self {
        Self::serve(upstream, None, None).await
    }

    /// Reads along, and cuts a connection where `cuts` says so.
    pub async fn start_reading(upstream: &str, protocol: Protocol, cuts: &Arc<Cuts>) -> Self {
        Self::serve(upstream, None, Some((protocol, Arc::clone(cuts)))).await
    }

    /// Speaks TLS to clients with a new certificate for `localhost`; also returns that, as PEM.
    pub async fn start_tls(upstream: &str) -> (Self, String) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key))
            .expect("a TLS configuration");
        (Self::serve(upstream, Some(TlsAcceptor::from(Arc::new(config))), None).await, made.cert.pem())
    }

    async fn serve(upstream: &str, tls: Option<TlsAcceptor>, reading: Option<(Protocol, Arc<Cuts>)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (frozen, seen) = watch::channel(false);
        let (cut, severed) = watch::channel(false);
        let (inject, _) = broadcast::channel(8);
        let (upstream, injected) = (upstream.to_owned(), inject.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                if *severed.borrow() {
                    continue;
                }
                let Ok(server) = TcpStream::connect(&upstream).await else { continue };
                // Passed on as it comes: a proxy must not be slower than the service.
                if client.set_nodelay(true).and_then(|()| server.set_nodelay(true)).is_err() {
                    continue;
                }
                let (seen, injected, mut severed) = (seen.clone(), injected.subscribe(), severed.clone());
                let tls = tls.clone();
                let reader = reading.clone().map(|(protocol, cuts)| Mutex::new(Reader::new(protocol, cuts)));
                connections.spawn(async move {
                    let talk = async {
                        match tls {
                            None => join(client, server, seen, injected, reader.as_ref()).await,
                            Some(tls) => {
                                if let Ok(client) = tls.accept(client).await {
                                    join(client, server, seen, injected, reader.as_ref()).await;
                                }
                            }
                        }
                    };
                    tokio::select! {
                        () = talk => {}
                        _ = severed.wait_for(|cut| *cut) => {}
                    }
                });
            }
        });
        Self { address, frozen, cut, inject, _tasks: tasks }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// From now on nothing goes through in either direction, and nothing is closed.
    pub fn freeze(&self) {
        self.frozen.send_replace(true);
    }

    /// Lets everything through again, what was held back included.
    pub fn thaw(&self) {
        self.frozen.send_replace(false);
    }

    /// Closes every connection, and every new one at once: the service is gone.
    pub fn cut(&self) {
        self.cut.send_replace(true);
    }

    /// Lets new connections through again.
    pub fn mend(&self) {
        self.cut.send_replace(false);
    }

    /// Sends `bytes` to all clients as if the server had.
    pub fn inject(&self, bytes: &[u8]) {
        self.inject.send(bytes.to_vec()).expect("a client is connected");
    }
}

async fn join(
    client: impl AsyncRead + AsyncWrite, server: TcpStream, frozen: watch::Receiver<bool>,
    injected: broadcast::Receiver<Vec<u8>>, reader: Option<&Mutex<Reader>>,
) {
    let (from_client, to_client) = tokio::io::split(client);
    let (from_server, to_server) = server.into_split();
    let (_silent, nothing) = broadcast::channel(1);
    // Either end closing ends both.
    tokio::select! {
        () = forward(from_client, to_server, frozen.clone(), nothing, reader.map(|r| (Side::Client, r))) => {}
        () = forward(from_server, to_client, frozen, injected, reader.map(|r| (Side::Server, r))) => {}
    }
}

async fn forward(
    mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, mut frozen: watch::Receiver<bool>,
    mut injected: broadcast::Receiver<Vec<u8>>, reader: Option<(Side, &Mutex<Reader>)>,
) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let bytes = tokio::select! {
            Ok(bytes) = injected.recv() => bytes,
            read = from.read(&mut buffer) => match read {
                Ok(read @ 1..) => buffer[..read].to_vec(),
                Ok(0) | Err(_) => return,
            },
        };
        let Passed { bytes, cut } = match reader {
            None => Passed { bytes, cut: false },
            Some((side, reader)) => reader.lock().unwrap_or_else(PoisonError::into_inner).read(side, &bytes),
        };
        if frozen.wait_for(|frozen| !frozen).await.is_err()
            || to.write_all(&bytes).await.is_err()
            || to.flush().await.is_err()
            || cut
        {
            return;
        }
    }
}
