//! A mail server that takes everything and keeps nothing: a million letters fit no memory. On a thread of its own.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Largest read at once: a letter is some kilobytes.
const READ_BYTES: usize = 32 * 1024;

/// The server. Its thread ends with the process.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    taken: AtomicU64,
    span: Mutex<Option<(Instant, Instant)>>,
    /// To whom and when; `None`: nobody asked for it.
    arrivals: Option<Mutex<Vec<(String, f64)>>>,
}

impl Sink {
    /// Starts it on a free port of the loopback.
    pub fn start() -> Self {
        Self::sharing(Shared::default())
    }

    /// As [`Sink::start`], and remembers when each letter was taken.
    pub fn remembering() -> Self {
        Self::sharing(Shared { arrivals: Some(Mutex::default()), ..Shared::default() })
    }

    /// To whom a letter was taken, and when (seconds since 1970), since this was asked last.
    pub fn arrivals(&self) -> Vec<(String, f64)> {
        let Some(arrivals) = &self.shared.arrivals else { return Vec::new() };
        std::mem::take(&mut *arrivals.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn sharing(shared: Shared) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a setting");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(shared);
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async { serve(TcpListener::from_std(listener).expect("a listener"), serving).await });
        });
        Self { address, shared }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Letters taken.
    pub fn taken(&self) -> u64 {
        self.shared.taken.load(Ordering::Relaxed)
    }

    /// Letters a second, from the first to the last that was taken.
    pub fn rate(&self) -> f64 {
        let span = *self.shared.span.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = span.map_or(0.0, |(first, last)| (last - first).as_secs_f64());
        if seconds > 0.0 { (self.taken() - 1) as f64 / seconds } else { 0.0 }
    }
}

impl Shared {
    fn take(&self, recipient: &str) {
        if let Some(arrivals) = &self.arrivals {
            let arrival = (recipient.to_owned(), super::events::seconds());
            arrivals.lock().unwrap_or_else(PoisonError::into_inner).push(arrival);
        }
        self.taken.fetch_add(1, Ordering::Relaxed);
        let now = Instant::now();
        let mut span = self.span.lock().unwrap_or_else(PoisonError::into_inner);
        *span = Some((span.map_or(now, |(first, _)| first), now));
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut talks = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => drop(talks.spawn(talk(stream, Arc::clone(&shared)))),
            Some(_) = talks.join_next() => {}
        }
    }
}

/// A conversation ends when the client goes.
async fn talk(stream: TcpStream, shared: Arc<Shared>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut stream = BufReader::with_capacity(READ_BYTES, stream);
    let (mut line, mut recipient) = (Vec::new(), String::new());
    stream.get_mut().write_all(b"220 sink\r\n").await.ok()?;
    loop {
        next(&mut stream, &mut line).await?;
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match &verb[..] {
            b"EHLO" => b"250-sink\r\n250-8BITMIME\r\n250 PIPELINING\r\n",
            b"RCPT" => {
                let text = String::from_utf8_lossy(&line);
                recipient = text.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                b"250 yes\r\n"
            }
            b"DATA" => {
                stream.get_mut().write_all(b"354 end with a dot\r\n").await.ok()?;
                while line != b".\r\n" {
                    next(&mut stream, &mut line).await?;
                }
                shared.take(&recipient);
                b"250 2.0.0 taken\r\n"
            }
            b"QUIT" => return stream.get_mut().write_all(b"221 bye\r\n").await.ok(),
            _ => b"250 yes\r\n",
        };
        stream.get_mut().write_all(answer).await.ok()?;
    }
}

async fn next(stream: &mut BufReader<TcpStream>, line: &mut Vec<u8>) -> Option<()> {
    line.clear();
    (stream.read_until(b'\n', line).await.ok()? > 0).then_some(())
}
