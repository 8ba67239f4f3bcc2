//! One connection: opened within a time limit, closed within another, and never left behind.

use super::error::{BrokerError, TlsRefused};
use super::greeting::{Heard, Server};
use super::options::{BrokerOptions, Place};
use super::sieve::{self, Sieve};
use lapin::tcp::{AMQPUriTcpExt, AsyncTcpStream, OwnedTLSConfig, TLSConfig};
use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{Channel, Connection, ConnectionProperties};
use std::io;
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;

/// A connection and its socket. Dropping it cuts the socket, which ends lapin's thread whatever state it is in.
pub(super) struct Link {
    pub(super) connection: Connection,
    pub(super) place: Arc<Place>,
    heard: Heard,
    answer_timeout: Duration,
    close_timeout: Duration,
    _socket: Socket,
}

impl Link {
    /// Connects. `purpose` is what the broker's management shows as the connection's name.
    pub(super) async fn open(options: &BrokerOptions, purpose: &str) -> Result<Self, BrokerError> {
        let (uri, place) = options.target()?;
        let place = Arc::new(place);
        let tls = options.tls().await?;
        let (socket, heard) = (Socket::default(), Heard::default());
        let after = options.connect_timeout;
        let properties = ConnectionProperties::default().with_connection_name(format!("makegood {purpose}").into());
        let connection = match timeout(after, connect(uri, tls, properties, &socket, &heard, after)).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(error)) => return Err(BrokerError::of_connecting(&place, error)),
            Err(_) => return Err(BrokerError::Timeout { place, doing: "complete a connection".into(), after }),
        };
        let close_timeout = options.close_timeout;
        Ok(Self { connection, place, heard, answer_timeout: after, close_timeout, _socket: socket })
    }

    /// What the broker said about itself.
    pub(super) fn server(&self) -> Server {
        self.heard.get().cloned().unwrap_or_default()
    }

    /// Opens a channel.
    pub(super) async fn channel(&self) -> Result<Channel, BrokerError> {
        self.bounded("open a channel", self.connection.create_channel()).await
    }

    /// Runs one request with the time limit of set-up.
    pub(super) async fn bounded<T>(
        &self, doing: &str, request: impl Future<Output = lapin::Result<T>>,
    ) -> Result<T, BrokerError> {
        within(&self.place, self.answer_timeout, doing, request).await
    }

    /// Closes `channel`, so that what was sent on it has been read, and the connection. What takes longer than the
    /// limit (a blocked connection writes nothing at all) is cut.
    pub(super) async fn close(self, channel: &Channel) {
        let graceful = async {
            channel.close(200, "OK".into()).await?;
            self.connection.close(200, "OK".into()).await
        };
        match timeout(self.close_timeout, graceful).await {
            Ok(Ok(())) => tracing::debug!(place = %self.place, "connection closed"),
            Ok(Err(error)) => tracing::debug!(place = %self.place, %error, "connection was closed already"),
            Err(_) => tracing::warn!(place = %self.place, "connection did not close in time and was cut"),
        }
    }
}

/// Runs one request with a time limit.
pub(super) async fn within<T>(
    place: &Arc<Place>, after: Duration, doing: &str, request: impl Future<Output = lapin::Result<T>>,
) -> Result<T, BrokerError> {
    match timeout(after, request).await {
        Ok(answer) => answer.map_err(|error| BrokerError::of_doing(place, doing, error)),
        Err(_) => Err(BrokerError::Timeout { place: Arc::clone(place), doing: doing.to_owned(), after }),
    }
}

/// lapin's own connect leaves its thread and socket behind when it is given up on while the server is silent. This one
/// dials itself, keeps a second handle of the socket, and [`Socket`] cuts it.
async fn connect(
    uri: AMQPUri, tls: OwnedTLSConfig, properties: ConnectionProperties, socket: &Socket, heard: &Heard,
    limit: Duration,
) -> lapin::Result<Connection> {
    let (slot, heard) = (Arc::clone(&socket.0), Heard::clone(heard));
    let dialer = lapin::runtime::default_runtime()?;
    let dial = async move |uri: AMQPUri, _| {
        let plain = AMQPUri { scheme: AMQPScheme::AMQP, ..uri.clone() };
        let dialing = plain.connect_with_config_async(TLSConfig::default(), &dialer);
        let stream = timeout(limit, dialing).await.map_err(io::Error::from)??;
        if let AsyncTcpStream::Plain(stream) = &stream {
            hold(&slot, stream.get_ref())?;
        }
        if uri.scheme == AMQPScheme::AMQP {
            return Ok(AsyncTcpStream::Plain(Sieve::new(stream).hearing(&heard)));
        }
        let securing = stream.into_tls(&uri.authority.host, tls.as_ref());
        let secured = timeout(limit, securing).await.map_err(io::Error::from)?;
        Ok(AsyncTcpStream::Plain(Sieve::new(secured.map_err(mark_tls)?).hearing(&heard)))
    };
    Connection::connector(uri, sieve::runtime(), dial, properties).await
}

fn mark_tls(error: io::Error) -> io::Error {
    // What rustls itself objects to comes as `InvalidData`; the rest is the network's.
    if error.kind() == io::ErrorKind::InvalidData { io::Error::other(TlsRefused(error)) } else { error }
}

/// A second handle of the connection's socket; cuts it when dropped.
#[derive(Default)]
struct Socket(Arc<Mutex<Slot>>);

#[derive(Default)]
struct Slot {
    stream: Option<std::net::TcpStream>,
    over: bool,
}

fn hold(slot: &Mutex<Slot>, stream: &impl AsFd) -> io::Result<()> {
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    if slot.over {
        return Err(io::Error::new(io::ErrorKind::ConnectionAborted, "given up while connecting"));
    }
    slot.stream = Some(std::net::TcpStream::from(stream.as_fd().try_clone_to_owned()?));
    Ok(())
}

impl Drop for Socket {
    fn drop(&mut self) {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slot.over = true;
        if let Some(stream) = slot.stream.take() {
            // Fails when the other side was faster; the socket is down either way.
            stream.shutdown(Shutdown::Both).ok();
        }
    }
}
