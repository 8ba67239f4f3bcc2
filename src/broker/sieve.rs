//! Stands between the socket and lapin, and makes each frame harmless before lapin's parser sees it ([`frames`]).

use super::frames;
use super::greeting::{self, Heard};
use async_rs::traits::Reactor;
use async_rs::util::RuntimeParts;
use async_rs::{Runtime, Tokio};
use futures_util::Stream;
use futures_util::io::{AsyncRead, AsyncWrite};
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

/// Read from the socket at once.
const READ_BYTES: usize = 64 * 1024;

/// Largest method or header frame held back to be looked at: RabbitMQ negotiates 128 KiB by default.
const FRAME_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Type, channel and size.
const FRAME_HEAD: usize = 7;

/// A frame's last byte.
const FRAME_END: u8 = 0xCE;

/// lapin's tokio runtime, but for the type of its streams.
pub(super) fn runtime() -> Runtime<RuntimeParts<Tokio, Sieving>> {
    let tokio = Tokio::current();
    Runtime::new(RuntimeParts::new(tokio.clone(), Sieving(tokio)))
}

/// tokio's reactor, with sieved streams.
#[derive(Debug, Clone)]
pub(super) struct Sieving(Tokio);

impl Reactor for Sieving {
    type TcpStream = Sieve;
    type Sleep = <Tokio as Reactor>::Sleep;

    fn register<H: Read + Write + AsFd + AsRawFd + Send + 'static>(
        &self, socket: H,
    ) -> io::Result<impl AsyncRead + AsyncWrite + Send + Unpin + 'static> {
        self.0.register(socket)
    }

    fn sleep(&self, duration: Duration) -> Self::Sleep {
        self.0.sleep(duration)
    }

    fn interval(&self, duration: Duration) -> impl Stream<Item = Instant> + Send + 'static {
        self.0.interval(duration)
    }

    fn tcp_connect_addr(
        &self, address: SocketAddr,
    ) -> impl Future<Output = io::Result<Self::TcpStream>> + Send + 'static {
        let connecting = self.0.tcp_connect_addr(address);
        async move { Ok(Sieve::new(connecting.await?)) }
    }
}

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Duplex for S {}

/// A stream whose reading side is sieved.
pub(super) struct Sieve {
    inner: Box<dyn Duplex>,
    chunk: Box<[u8]>,
    /// Read and not yet understood: less than a frame.
    raw: Vec<u8>,
    /// Understood; `given` bytes of it are with lapin already.
    ready: Vec<u8>,
    given: usize,
    /// Bytes of the present frame that go through unseen: bodies and heartbeats.
    pass: usize,
    /// The server does not speak AMQP 0-9-1: lapin shall see what it says.
    unframed: bool,
    /// Where the greeting goes, until it has come.
    heard: Option<Heard>,
}

impl Sieve {
    /// Sieves what is read from `inner`, which is past TLS.
    pub(super) fn new(inner: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        let chunk = vec![0; READ_BYTES].into_boxed_slice();
        let (raw, ready) = (Vec::new(), Vec::new());
        Self { inner: Box::new(inner), chunk, raw, ready, given: 0, pass: 0, unframed: false, heard: None }
    }

    /// Keeps what the server says about itself.
    pub(super) fn hearing(mut self, heard: &Heard) -> Self {
        self.heard = Some(Heard::clone(heard));
        self
    }

    /// Moves whole frames from `raw` to `ready`.
    fn sieve(&mut self) -> io::Result<()> {
        let mut rest = self.raw.as_slice();
        while !rest.is_empty() {
            if self.unframed {
                self.pass = rest.len();
            }
            if self.pass > 0 {
                let (through, after) = rest.split_at(self.pass.min(rest.len()));
                self.ready.extend(through);
                self.pass -= through.len();
                rest = after;
                continue;
            }
            match *rest {
                [1 | 2, _, _, a, b, c, d, ..] => {
                    let size = frame_size([a, b, c, d]);
                    if size > FRAME_BYTES_MAX {
                        return Err(io::Error::new(io::ErrorKind::InvalidData, "an AMQP frame of more than 4 MiB"));
                    }
                    let Some((frame, after)) = rest.split_at_checked(FRAME_HEAD + size + 1) else { break };
                    if let Some(heard) = self.heard.take() {
                        hear(frame, &heard);
                    }
                    pass_safe(frame, &mut self.ready);
                    rest = after;
                }
                [3 | 8, _, _, a, b, c, d, ..] => self.pass = FRAME_HEAD + frame_size([a, b, c, d]) + 1,
                [1 | 2 | 3 | 8, ..] => break,
                _ => self.unframed = true,
            }
        }
        let kept = rest.len();
        self.raw.drain(..self.raw.len() - kept);
        Ok(())
    }

    /// Gives lapin what is ready.
    fn give(&mut self, buffer: &mut [u8]) -> usize {
        let waiting = self.ready.get(self.given..).unwrap_or_default();
        let count = waiting.len().min(buffer.len());
        buffer.iter_mut().zip(waiting).for_each(|(to, from)| *to = *from);
        self.given += count;
        if self.given >= self.ready.len() {
            self.ready.clear();
            self.given = 0;
        }
        count
    }
}

/// For `fuzz/`: what comes out when these chunks come in.
#[cfg(any(fuzzing, feature = "failpoints"))]
pub(super) fn sieved<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> io::Result<Vec<u8>> {
    let mut sieve = Sieve::new(futures_util::io::Cursor::new(Vec::new()));
    for chunk in chunks {
        sieve.raw.extend(chunk);
        sieve.sieve()?;
    }
    Ok(sieve.ready)
}

fn frame_size(bytes: [u8; 4]) -> usize {
    usize::try_from(u32::from_be_bytes(bytes)).unwrap_or(usize::MAX - FRAME_HEAD - 1)
}

/// The first frame of all is the greeting.
fn hear(frame: &[u8], heard: &Heard) {
    if let [1, _, _, _, _, _, _, payload @ .., FRAME_END] = frame
        && let Some(server) = greeting::read(payload)
    {
        heard.get_or_init(|| server);
    }
}

/// Appends the frame to `to`, harmless.
fn pass_safe(frame: &[u8], to: &mut Vec<u8>) {
    let safe = match frame {
        [1, _, _, _, _, _, _, payload @ .., FRAME_END] => frames::method(payload),
        [2, _, _, _, _, _, _, payload @ .., FRAME_END] => frames::content_header(payload),
        _ => None,
    };
    match (safe, frame.first_chunk::<3>()) {
        (Some(payload), Some(head)) => {
            to.extend(head);
            to.extend(u32::try_from(payload.len()).unwrap_or(u32::MAX).to_be_bytes());
            to.extend(payload);
            to.push(FRAME_END);
        }
        _ => to.extend(frame),
    }
}

impl AsyncRead for Sieve {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        while this.ready.is_empty() {
            let count = ready!(Pin::new(&mut this.inner).poll_read(cx, &mut this.chunk))?;
            if count == 0 {
                return Poll::Ready(Ok(0));
            }
            this.raw.extend(this.chunk.iter().take(count));
            this.sieve()?;
        }
        Poll::Ready(Ok(this.give(buffer)))
    }
}

impl AsyncWrite for Sieve {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buffer)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, buffers)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_close(cx)
    }
}
