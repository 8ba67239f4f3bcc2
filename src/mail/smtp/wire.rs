//! The connection below lettre: TCP without delay, TLS, and one reply at a time.
//!
//! lettre reads replies through a buffer that outlives STARTTLS and never asks whether a reply was left over. So
//! STARTTLS happens here, before lettre sees the connection, and a reply nobody asked for ends it: neither somebody in
//! the middle nor a broken server can shift answers to the wrong command.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncTokioStream;
use lettre::transport::smtp::extension::ClientId;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::options::{SmtpOptions, SmtpTls};

/// Most bytes of one reply: an EHLO answer has a few dozen lines of at most 512 (RFC 5321 §4.5.3.1.5).
const REPLY_BYTES_MAX: usize = 64 * 1024;

/// Most bytes of a line that are looked at: the longest offer that matters here, and then some.
const OFFER_BYTES_MAX: usize = 32;

/// Bytes read at once.
const READ_BYTES: usize = 4096;

/// The server could not be reached: at which stage, and whether a setting is to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreached {
    pub(super) why: &'static str,
    pub(super) permanent_setup: bool,
}

/// Unreached for now.
pub(super) fn away(why: &'static str) -> Unreached {
    Unreached { why, permanent_setup: false }
}

/// Unreached until somebody changes a setting.
pub(super) fn misset(why: &'static str) -> Unreached {
    Unreached { why, permanent_setup: true }
}

/// Reads the certificates to trust: the system's and the extra file's. Blocking; once a transport.
pub(super) fn connector(options: &SmtpOptions) -> Result<TlsConnector, Unreached> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = &options.ca_file {
        let extra = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let extra = extra.map_err(|_| misset("ca_file"))?;
        let (added, _) = roots.add_parsable_certificates(extra);
        if added == 0 {
            return Err(misset("ca_file"));
        }
    }
    if roots.is_empty() {
        return Err(misset("no_root_certificates"));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| misset("tls"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// A connection, encrypted as the options ask, on which the server's greeting comes next.
#[derive(Debug)]
pub(super) struct Wire {
    stream: Stream,
    /// Read and not yet handed on.
    inbox: Vec<u8>,
    /// Of them, handed on.
    taken: usize,
    /// Read since the last command.
    reply_bytes: usize,
    /// The line that is being handed on, as far as it could be an offer.
    line: Vec<u8>,
    /// Held back, to leave with what comes after it.
    outbox: Vec<u8>,
    /// Of them, those that were written while the wire held back.
    held: usize,
    /// Of them, those that have left.
    sent: usize,
    signals: Signals,
}

/// What the wire and whoever speaks over the connection tell each other past lettre.
#[derive(Debug, Clone, Default)]
pub(super) struct Signals(Arc<Told>);

#[derive(Debug, Default)]
struct Told {
    pipelining: AtomicBool,
    holds: AtomicBool,
    past_held: AtomicBool,
    passed: Notify,
}

impl Signals {
    /// Several commands may be sent before their replies are read (RFC 2920).
    pub(super) fn pipelining(&self) -> bool {
        self.0.pipelining.load(Ordering::Relaxed)
    }

    /// What is written from now on waits for what is written after [`Signals::release`], and leaves with it: lettre
    /// writes the end of a text by itself, and each write wakes the server.
    pub(super) fn hold(&self) {
        self.0.past_held.store(false, Ordering::Relaxed);
        self.0.holds.store(true, Ordering::Relaxed);
    }

    pub(super) fn release(&self) {
        self.0.holds.store(false, Ordering::Relaxed);
    }

    /// All that was held back has left, and something after it.
    pub(super) fn past_held(&self) -> bool {
        self.0.past_held.load(Ordering::Relaxed)
    }

    /// Waits for that.
    pub(super) async fn passed(&self) {
        while !self.past_held() {
            self.0.passed.notified().await;
        }
    }
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// Connects and encrypts.
    pub(super) async fn open(
        options: &SmtpOptions, tls: Option<&TlsConnector>, hello: &ClientId,
    ) -> Result<Self, Unreached> {
        let limits = &options.timeouts;
        let tcp = connect(options).await?;
        let plain = Self::over(Stream::Plain(tcp));
        match (options.tls, tls) {
            (SmtpTls::None, _) => Ok(plain),
            (SmtpTls::Implicit, Some(tls)) => plain.encrypt(options, tls).await,
            (SmtpTls::Required, Some(tls)) => {
                let mut plain = plain;
                plain.starttls(limits.greeting, hello).await?;
                let mut wire = plain.encrypt(options, tls).await?;
                // The greeting came before TLS; lettre, which begins with one, is given its place.
                wire.inbox.extend_from_slice(b"220 encrypted\r\n");
                Ok(wire)
            }
            (_, None) => Err(misset("tls")),
        }
    }

    fn over(stream: Stream) -> Self {
        Self {
            stream,
            inbox: Vec::new(),
            taken: 0,
            reply_bytes: 0,
            line: Vec::new(),
            outbox: Vec::new(),
            held: 0,
            sent: 0,
            signals: Signals::default(),
        }
    }

    /// Offers are known once the server's answer to EHLO was handed on. One in the clear, before STARTTLS, is none.
    pub(super) fn signals(&self) -> Signals {
        self.signals.clone()
    }

    /// Asks for TLS in the clear. Whatever the server says here is forgotten, save that it is willing.
    async fn starttls(&mut self, limit: Duration, hello: &ClientId) -> Result<(), Unreached> {
        let greeting = bounded(limit, "greeting", self.reply()).await?;
        if !greeting.starts_with("220") {
            return Err(away("greeting"));
        }
        let offer = bounded(limit, "hello", self.ask(&format!("EHLO {hello}\r\n"))).await?;
        let offers = |line: &str| line.get(4..).is_some_and(|word| word.trim_end().eq_ignore_ascii_case("STARTTLS"));
        if !offer.starts_with("250") {
            return Err(away("hello"));
        }
        if !offer.lines().any(offers) {
            return Err(away("starttls"));
        }
        let go = bounded(limit, "starttls", self.ask("STARTTLS\r\n")).await?;
        if !go.starts_with("220") || self.pending() {
            return Err(away("starttls"));
        }
        Ok(())
    }

    async fn encrypt(self, options: &SmtpOptions, tls: &TlsConnector) -> Result<Self, Unreached> {
        let Stream::Plain(tcp) = self.stream else { return Err(misset("tls")) };
        let name = ServerName::try_from(options.host.clone()).map_err(|_| misset("tls"))?;
        let stream = bounded(options.timeouts.tls, "tls", tls.connect(name, tcp)).await?;
        Ok(Self::over(Stream::Tls(Box::new(stream))))
    }

    async fn ask(&mut self, command: &str) -> io::Result<String> {
        self.write_all(command.as_bytes()).await?;
        self.flush().await?;
        self.reply().await
    }

    /// One reply, all its lines.
    async fn reply(&mut self) -> io::Result<String> {
        let mut reply = Vec::new();
        let mut line = 0;
        loop {
            let byte = self.read_u8().await?;
            reply.push(byte);
            if byte == b'\n' {
                if reply.get(line + 3) != Some(&b'-') {
                    return String::from_utf8(reply).map_err(|_| ErrorKind::InvalidData.into());
                }
                line = reply.len();
            }
        }
    }

    /// Sends what was held back, and what came after it.
    fn poll_outbox(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.outbox.get(self.sent..).filter(|rest| !rest.is_empty()) {
            let count = ready!(self.stream.poll_write(context, rest))?;
            if count == 0 {
                return Poll::Ready(Err(ErrorKind::WriteZero.into()));
            }
            self.sent += count;
            if self.sent > self.held && !self.signals.0.past_held.swap(true, Ordering::Relaxed) {
                self.signals.0.passed.notify_one();
            }
        }
        self.outbox.clear();
        (self.held, self.sent) = (0, 0);
        Poll::Ready(Ok(()))
    }

    /// Something was read that nobody asked for.
    fn pending(&self) -> bool {
        self.taken < self.inbox.len()
    }

    /// Hands on what was read, at most to the end of one line.
    fn hand_on(&mut self, out: &mut ReadBuf<'_>) {
        let rest = self.inbox.get(self.taken..).unwrap_or_default();
        let line = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
        let part = rest.get(..line.min(out.remaining())).unwrap_or_default();
        out.put_slice(part);
        let room = OFFER_BYTES_MAX.saturating_sub(self.line.len());
        self.line.extend_from_slice(part.get(..room).unwrap_or(part));
        if part.ends_with(b"\n") {
            let line = std::mem::take(&mut self.line);
            if matches!(line.trim_ascii_end().split_at_checked(4), Some((b"250-" | b"250 ", b"PIPELINING"))) {
                self.signals.0.pipelining.store(true, Ordering::Relaxed);
            }
        }
        self.taken += part.len();
        if self.taken == self.inbox.len() {
            self.inbox.clear();
            self.taken = 0;
        }
    }
}

impl Stream {
    fn poll_write(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Stream::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_write(context, bytes),
        }
    }
}

async fn connect(options: &SmtpOptions) -> Result<TcpStream, Unreached> {
    let limit = options.timeouts.connect;
    let addresses: Vec<SocketAddr> =
        bounded(limit, "resolve", lookup_host((options.host.as_str(), options.port))).await?.collect();
    let tcp = bounded(limit, "connect", TcpStream::connect(addresses.as_slice())).await?;
    // Without it each mail waits 40 ms for a delayed acknowledgement.
    tcp.set_nodelay(true).map_err(|_| away("connect"))?;
    Ok(tcp)
}

async fn bounded<T>(
    limit: Duration, why: &'static str, step: impl Future<Output = io::Result<T>>,
) -> Result<T, Unreached> {
    match timeout(limit, step).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(_)) | Err(_) => Err(away(why)),
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        if !wire.pending() {
            let mut space = [0; READ_BYTES];
            let mut read = ReadBuf::new(&mut space);
            ready!(match &mut wire.stream {
                Stream::Plain(stream) => Pin::new(stream).poll_read(context, &mut read),
                Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_read(context, &mut read),
            })?;
            wire.reply_bytes += read.filled().len();
            if wire.reply_bytes > REPLY_BYTES_MAX {
                return Poll::Ready(Err(io::Error::new(ErrorKind::InvalidData, "the server's reply is too long")));
            }
            wire.inbox.extend_from_slice(read.filled());
        }
        wire.hand_on(out);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        if wire.pending() {
            return Poll::Ready(Err(io::Error::new(ErrorKind::InvalidData, "the server said more than was asked")));
        }
        wire.reply_bytes = 0;
        let holds = wire.signals.0.holds.load(Ordering::Relaxed);
        if !holds && wire.outbox.is_empty() {
            return wire.stream.poll_write(context, bytes);
        }
        wire.outbox.extend_from_slice(bytes);
        if holds {
            wire.held = wire.outbox.len();
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        if wire.signals.0.holds.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        ready!(wire.poll_outbox(context))?;
        match &mut wire.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(context),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(context),
        }
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        match &self.stream {
            Stream::Plain(stream) => stream.peer_addr(),
            Stream::Tls(stream) => stream.get_ref().0.peer_addr(),
        }
    }
}
