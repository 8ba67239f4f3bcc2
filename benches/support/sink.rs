//! A mail server that takes everything and keeps nothing: a million letters fit no memory. On a thread of its own.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
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

/// A conversation ends when the client goes. Answers to commands that came together leave together, as Postfix's do.
async fn talk(mut stream: TcpStream, shared: Arc<Shared>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut unread = Vec::with_capacity(READ_BYTES);
    let mut answers = b"220 sink\r\n".to_vec();
    let mut dialogue = Dialogue::default();
    loop {
        stream.write_all(&answers).await.ok()?;
        answers.clear();
        if dialogue.over || stream.read_buf(&mut unread).await.ok()? == 0 {
            return Some(());
        }
        while let Some(taken) = dialogue.step(&unread, &mut answers, &shared) {
            unread.drain(..taken);
        }
    }
}

/// How far a conversation is.
#[derive(Debug, Default)]
struct Dialogue {
    recipient: String,
    in_text: bool,
    over: bool,
}

impl Dialogue {
    /// Takes one command, or a part of a text: how many bytes that were. `None`: more must come first.
    fn step(&mut self, unread: &[u8], answers: &mut Vec<u8>, shared: &Shared) -> Option<usize> {
        const END: &[u8] = b"\r\n.\r\n";
        if self.in_text {
            let Some(at) = memchr::memmem::find(unread, END) else {
                // All but what may be the beginning of the end.
                return unread.len().checked_sub(END.len() - 1).filter(|taken| *taken > 0);
            };
            self.in_text = false;
            shared.take(&self.recipient);
            answers.extend_from_slice(b"250 2.0.0 taken\r\n");
            return Some(at + END.len());
        }
        let end = memchr::memchr(b'\n', unread)? + 1;
        let line = unread.get(..end)?;
        let answer: &[u8] = match &*line.get(..4).unwrap_or_default().to_ascii_uppercase() {
            b"EHLO" => b"250-sink\r\n250-8BITMIME\r\n250 PIPELINING\r\n",
            b"RCPT" => {
                let text = String::from_utf8_lossy(line);
                text.split(['<', '>']).nth(1).unwrap_or_default().clone_into(&mut self.recipient);
                b"250 yes\r\n"
            }
            b"DATA" => {
                self.in_text = true;
                answers.extend_from_slice(b"354 end with a dot\r\n");
                // Its line end may be the one before the dot.
                return end.checked_sub(2);
            }
            b"QUIT" => {
                self.over = true;
                b"221 bye\r\n"
            }
            _ => b"250 yes\r\n",
        };
        answers.extend_from_slice(answer);
        Some(end)
    }
}
