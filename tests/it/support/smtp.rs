//! A mail server that does what a test tells it to, and remembers every mail it took.
//!
//! Fast enough for thousands of mails a second; every wait is on a signal.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// Longest command line that is read.
const LINE_BYTES_MAX: u64 = 8192;

/// One mail the server took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Envelope sender.
    pub from: String,
    /// Parameters of MAIL.
    pub parameters: String,
    /// Envelope recipients.
    pub to: Vec<String>,
    /// The text as the client meant it: dots unstuffed, without the end mark.
    pub bytes: Vec<u8>,
    /// Which connection brought it, from 1.
    pub connection: u64,
    /// It came encrypted.
    pub encrypted: bool,
    /// Who had logged in.
    pub user: Option<String>,
    /// When its sender was named, and when it was taken: before the client is told.
    pub began: Instant,
    /// As above.
    pub at: Instant,
}

impl Message {
    /// SHA-256 of the bytes in hex.
    pub fn sha256(&self) -> String {
        hex::encode(Sha256::digest(&self.bytes))
    }

    /// The value of a header, as it stands on its first line.
    pub fn header(&self, name: &str) -> Option<String> {
        let text = String::from_utf8_lossy(&self.bytes);
        let head = text.split("\r\n\r\n").next().unwrap_or_default().to_owned();
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }
}

/// Where in the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Before the greeting.
    Greeting,
    /// EHLO.
    Hello,
    /// STARTTLS.
    StartTls,
    /// AUTH.
    Auth,
    Mail,
    Rcpt,
    Data,
    /// Inside the text, after its first line.
    Text,
    /// After the end of the text.
    Dot,
}

/// What the server does there instead of what it should.
#[derive(Debug, Clone)]
pub enum Act {
    /// Answers this, CRLF added; the mail is not taken.
    Reply(&'static str),
    /// Answers this and closes.
    ReplyAndClose(&'static str),
    /// Closes.
    Close,
    /// At [`Stage::Dot`]: takes the mail and closes without saying so.
    TakeAndClose,
    /// At [`Stage::Dot`]: takes the mail, says so and closes.
    TakeSayAndClose,
    /// Says nothing more until the client goes.
    Silence,
    /// Says the right thing, one byte at a time with this pause; at [`Stage::Dot`] the mail is taken before the end.
    Slow(Duration),
}

/// One fault: where, for whom, how often.
#[derive(Debug, Clone)]
pub struct Fault {
    stage: Stage,
    act: Act,
    recipient: Option<String>,
    connection: Option<u64>,
    left: u64,
    /// Fits that are passed by before each time, and those still to be passed by now.
    every: u64,
    wait: u64,
}

impl Fault {
    /// Always, for everybody.
    pub fn at(stage: Stage, act: Act) -> Self {
        Self { stage, act, recipient: None, connection: None, left: u64::MAX, every: 1, wait: 0 }
    }

    /// Only once this recipient was named (stages from [`Stage::Rcpt`] on).
    pub fn to(mut self, recipient: &str) -> Self {
        self.recipient = Some(recipient.to_owned());
        self
    }

    /// Only on the n-th connection, from 1.
    pub fn on_connection(mut self, connection: u64) -> Self {
        self.connection = Some(connection);
        self
    }

    /// Only the first `times` times.
    pub fn times(mut self, times: u64) -> Self {
        self.left = times;
        self
    }

    /// Only each `n`-th time it fits.
    pub fn every(mut self, n: u64) -> Self {
        (self.every, self.wait) = (n, n - 1);
        self
    }
}

/// How the server is set.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// Offers STARTTLS.
    pub starttls: bool,
    /// TLS from the first byte.
    pub implicit_tls: bool,
    /// Offers SMTPUTF8.
    pub utf8: bool,
    /// Does not offer PIPELINING.
    pub one_by_one: bool,
    /// Offers AUTH PLAIN and wants exactly this.
    pub login: Option<(&'static str, &'static str)>,
    /// The faults; the first that fits is done.
    pub faults: Vec<Fault>,
}

struct Shared {
    setup: Setup,
    faults: Mutex<Vec<Fault>>,
    done: Mutex<BTreeMap<&'static str, u64>>,
    messages: Mutex<Vec<Arc<Message>>>,
    count: watch::Sender<usize>,
    connections: AtomicU64,
    tls: TlsAcceptor,
    certificate: String,
}

/// The running server; goes away with the value.
pub struct Sink {
    /// Where it listens.
    pub addr: SocketAddr,
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

impl Sink {
    /// A server without TLS that takes everything.
    pub async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    /// A server with these faults.
    pub async fn faulty(faults: impl IntoIterator<Item = Fault>) -> Self {
        Self::with(Setup { faults: faults.into_iter().collect(), ..Setup::default() }).await
    }

    /// A server set like this.
    pub async fn with(setup: Setup) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("its address");
        let (tls, certificate) = certificate();
        let shared = Arc::new(Shared {
            faults: Mutex::new(setup.faults.clone()),
            done: Mutex::default(),
            setup,
            messages: Mutex::default(),
            count: watch::Sender::new(0),
            connections: AtomicU64::new(0),
            tls,
            certificate,
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, Arc::clone(&shared)));
        Self { addr, shared, _tasks: tasks }
    }

    /// Every mail taken so far, in order.
    pub fn messages(&self) -> Vec<Arc<Message>> {
        lock(&self.shared.messages).clone()
    }

    /// How many mails were taken so far.
    pub fn taken(&self) -> usize {
        *self.shared.count.borrow()
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Waits until `n` mails were taken, and gives all there are then. Panics at the deadline, saying how many came.
    pub async fn wait_for(&self, n: usize, deadline: Duration) -> Vec<Arc<Message>> {
        let mut count = self.shared.count.subscribe();
        let reached = tokio::time::timeout(deadline, count.wait_for(|taken| *taken >= n)).await.is_ok();
        assert!(reached, "{} of {n} mails came within {deadline:?}", self.messages().len());
        self.messages()
    }

    /// The server's certificate, to be trusted by name `localhost` or address 127.0.0.1.
    pub fn certificate_pem(&self) -> &str {
        &self.shared.certificate
    }

    /// How often the connection was closed on a client after its mail, by what the client was told.
    pub fn cuts(&self) -> BTreeMap<&'static str, u64> {
        lock(&self.shared.done).clone()
    }

    /// Replaces the faults from now on.
    pub fn set_faults(&self, faults: impl IntoIterator<Item = Fault>) {
        *lock(&self.shared.faults) = faults.into_iter().collect();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A TLS server's side for `localhost`, and the certificate to trust.
pub fn certificate() -> (TlsAcceptor, String) {
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("its key");
    (TlsAcceptor::from(Arc::new(config)), made.cert.pem())
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut talks = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                stream.set_nodelay(true).ok();
                let number = shared.connections.fetch_add(1, Ordering::SeqCst) + 1;
                talks.spawn(serve(stream, number, Arc::clone(&shared)));
            }
            Some(_) = talks.join_next() => {}
        }
    }
}

/// A conversation that ended is a fact for the client to notice, not for the server.
async fn serve(stream: TcpStream, number: u64, shared: Arc<Shared>) {
    if shared.setup.implicit_tls {
        if let Ok(stream) = shared.tls.accept(stream).await {
            Talk::new(stream, number, true, &shared).run(true).await;
        }
        return;
    }
    let mut talk = Talk::new(stream, number, false, &shared);
    if let Some(Then::Encrypt) = talk.run(true).await {
        let stream = talk.stream.into_inner();
        if let Ok(stream) = shared.tls.accept(stream).await {
            Talk::new(stream, number, true, &shared).run(false).await;
        }
    }
}

enum Then {
    Encrypt,
}

struct Talk<'a, S> {
    stream: BufReader<S>,
    out: Vec<u8>,
    shared: &'a Shared,
    connection: u64,
    encrypted: bool,
    user: Option<String>,
    from: Option<(String, String)>,
    began: Instant,
    to: Vec<String>,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Talk<'a, S> {
    fn new(stream: S, connection: u64, encrypted: bool, shared: &'a Shared) -> Self {
        let stream = BufReader::with_capacity(32 * 1024, stream);
        let (out, to, began) = (Vec::new(), Vec::new(), Instant::now());
        Self { stream, out, shared, connection, encrypted, user: None, from: None, began, to }
    }

    /// Runs to the end of the conversation, or to STARTTLS. `None` also stands for a client that went away.
    async fn run(&mut self, greet: bool) -> Option<Then> {
        if greet {
            self.say(Stage::Greeting, "220 sink").await?;
        }
        loop {
            let line = self.line().await?;
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" | "HELO" => {
                    let offer = self.offer();
                    self.say(Stage::Hello, &offer).await?;
                }
                "STARTTLS" if self.shared.setup.starttls && !self.encrypted => {
                    self.say(Stage::StartTls, "220 go on").await?;
                    self.flush().await?;
                    return Some(Then::Encrypt);
                }
                "AUTH" => self.auth(rest).await?,
                "MAIL" => self.mail(rest).await?,
                "RCPT" if self.from.is_some() => self.rcpt(rest).await?,
                "DATA" if !self.to.is_empty() => self.data().await?,
                "RSET" => {
                    (self.from, self.to) = (None, Vec::new());
                    self.put("250 forgotten").await?;
                }
                "NOOP" => self.put("250 yes").await?,
                "QUIT" => {
                    self.put("221 bye").await?;
                    self.flush().await?;
                    return None;
                }
                _ => self.put("503 not now").await?,
            }
        }
    }

    fn offer(&self) -> String {
        let setup = &self.shared.setup;
        let mut offer = "250-sink\r\n250-8BITMIME\r\n".to_owned();
        if setup.starttls && !self.encrypted {
            offer.push_str("250-STARTTLS\r\n");
        }
        if setup.utf8 {
            offer.push_str("250-SMTPUTF8\r\n");
        }
        if setup.login.is_some() {
            offer.push_str("250-AUTH PLAIN\r\n");
        }
        offer + if setup.one_by_one { "250 HELP" } else { "250 PIPELINING" }
    }

    async fn auth(&mut self, rest: &str) -> Option<()> {
        let given = rest.split_once(' ').and_then(|(_, text)| BASE64.decode(text).ok());
        let wanted = self.shared.setup.login.map(|(user, password)| format!("\0{user}\0{password}"));
        if wanted.is_some() && wanted.map(String::into_bytes) == given {
            self.user = self.shared.setup.login.map(|(user, _)| user.to_owned());
            self.say(Stage::Auth, "235 welcome").await
        } else {
            self.say(Stage::Auth, "535 5.7.8 wrong").await
        }
    }

    async fn mail(&mut self, rest: &str) -> Option<()> {
        let (from, parameters) = path(rest);
        let done = self.act(Stage::Mail).await?;
        if !done {
            (self.from, self.began) = (Some((from, parameters)), Instant::now());
            self.to.clear();
            self.put("250 2.1.0 sender ok").await?;
        }
        Some(())
    }

    async fn rcpt(&mut self, rest: &str) -> Option<()> {
        self.to.push(path(rest).0);
        if self.act(Stage::Rcpt).await? {
            self.to.pop();
        } else {
            self.put("250 2.1.5 recipient ok").await?;
        }
        Some(())
    }

    async fn data(&mut self) -> Option<()> {
        if self.act(Stage::Data).await? {
            return Some(());
        }
        self.put("354 end with a dot").await?;
        let bytes = self.text().await?;
        if !self.act_or_take(&bytes).await? {
            self.take(bytes);
            self.put("250 2.0.0 taken").await?;
        }
        (self.from, self.to) = (None, Vec::new());
        Some(())
    }

    /// The text up to its end mark, CRLF . CRLF alone; a client that sends bare line ends is found by what arrives.
    async fn text(&mut self) -> Option<Vec<u8>> {
        self.flush().await?;
        let mut bytes: Vec<u8> = Vec::new();
        let mut asked = false;
        loop {
            let start = bytes.len();
            if self.stream.read_until(b'\n', &mut bytes).await.ok()? == 0 {
                return None;
            }
            if !asked {
                asked = true;
                self.act(Stage::Text).await?;
            }
            let after_crlf = start == 0 || bytes[..start].ends_with(b"\r\n");
            if after_crlf && &bytes[start..] == b".\r\n" {
                bytes.truncate(start);
                return Some(bytes);
            }
            if after_crlf && bytes[start..].starts_with(b".") {
                bytes.remove(start);
            }
        }
    }

    async fn act_or_take(&mut self, bytes: &[u8]) -> Option<bool> {
        match self.fault(Stage::Dot) {
            Some(Act::TakeAndClose) => {
                self.cut("after_dot_taken");
                self.take(bytes.to_vec());
                None
            }
            Some(Act::TakeSayAndClose) => {
                self.cut("after_250");
                self.take(bytes.to_vec());
                self.put("250 2.0.0 taken").await?;
                self.flush().await?;
                None
            }
            Some(Act::Close) => {
                self.cut("after_dot_refused");
                None
            }
            Some(Act::Slow(pause)) => {
                self.slowly("250 2.0.0 taken", pause).await?;
                self.take(bytes.to_vec());
                self.put("").await.map(|()| true)
            }
            other => self.done(other).await,
        }
    }

    fn cut(&self, how: &'static str) {
        *lock(&self.shared.done).entry(how).or_default() += 1;
    }

    fn take(&mut self, bytes: Vec<u8>) {
        let (from, parameters) = self.from.clone().unwrap_or_default();
        let (connection, encrypted) = (self.connection, self.encrypted);
        let (to, user, began, at) = (self.to.clone(), self.user.clone(), self.began, Instant::now());
        let message = Message { from, parameters, to, bytes, connection, encrypted, user, began, at };
        let taken = {
            let mut messages = lock(&self.shared.messages);
            messages.push(Arc::new(message));
            messages.len()
        };
        self.shared.count.send_if_modified(|count| {
            *count = taken.max(*count);
            true
        });
    }

    /// Says the right thing, unless a fault says another.
    async fn say(&mut self, stage: Stage, right: &str) -> Option<()> {
        if let Some(Act::Slow(pause)) = self.peek(stage) {
            self.fault(stage);
            self.slowly(right, pause).await?;
            return self.put("").await;
        }
        if self.act(stage).await? { Some(()) } else { self.put(right).await }
    }

    /// Without the line's end.
    async fn slowly(&mut self, text: &str, pause: Duration) -> Option<()> {
        let mut clock = tokio::time::interval(pause);
        for byte in text.bytes() {
            clock.tick().await;
            self.stream.write_all(&[byte]).await.ok()?;
            self.stream.flush().await.ok()?;
        }
        Some(())
    }

    /// Does the fault of this stage, if there is one; `None` ends the conversation.
    async fn act(&mut self, stage: Stage) -> Option<bool> {
        let act = self.fault(stage);
        self.done(act).await
    }

    async fn done(&mut self, act: Option<Act>) -> Option<bool> {
        match act {
            None | Some(Act::Slow(_)) => Some(false),
            Some(Act::Reply(text)) => self.put(text).await.map(|()| true),
            Some(Act::ReplyAndClose(text)) => {
                self.put(text).await?;
                self.flush().await?;
                None
            }
            Some(Act::Close | Act::TakeAndClose | Act::TakeSayAndClose) => None,
            Some(Act::Silence) => {
                self.flush().await?;
                // Reads on until the client goes, and never answers.
                let mut rest = Vec::new();
                self.stream.read_to_end(&mut rest).await.ok()?;
                None
            }
        }
    }

    fn peek(&self, stage: Stage) -> Option<Act> {
        lock(&self.shared.faults).iter().find(|fault| self.fits(fault, stage)).map(|fault| fault.act.clone())
    }

    fn fault(&self, stage: Stage) -> Option<Act> {
        let mut faults = lock(&self.shared.faults);
        for fault in faults.iter_mut().filter(|fault| self.fits(fault, stage)) {
            if fault.wait > 0 {
                fault.wait -= 1;
                continue;
            }
            (fault.wait, fault.left) = (fault.every - 1, fault.left - 1);
            return Some(fault.act.clone());
        }
        None
    }

    fn fits(&self, fault: &Fault, stage: Stage) -> bool {
        fault.stage == stage
            && fault.left > 0
            && fault.connection.is_none_or(|number| number == self.connection)
            && fault.recipient.as_ref().is_none_or(|name| self.to.contains(name))
    }

    async fn line(&mut self) -> Option<String> {
        if self.stream.buffer().is_empty() {
            self.flush().await?;
        }
        let mut line = Vec::new();
        let read = (&mut self.stream).take(LINE_BYTES_MAX).read_until(b'\n', &mut line).await.ok()?;
        (read > 0).then(|| String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
    }

    /// Answers; sent when the client has nothing more in the pipe.
    async fn put(&mut self, text: &str) -> Option<()> {
        self.out.extend_from_slice(text.as_bytes());
        self.out.extend_from_slice(b"\r\n");
        if self.out.len() > 16 * 1024 { self.flush().await } else { Some(()) }
    }

    async fn flush(&mut self) -> Option<()> {
        if self.out.is_empty() {
            return Some(());
        }
        let out = std::mem::take(&mut self.out);
        self.stream.write_all(&out).await.ok()?;
        self.stream.flush().await.ok()
    }
}

/// `FROM:<a@b> X=Y`: the path and what follows it.
fn path(text: &str) -> (String, String) {
    let rest = text.split_once('<').map_or(text, |(_, rest)| rest);
    let (path, parameters) = rest.rsplit_once('>').unwrap_or((rest, ""));
    (path.to_owned(), parameters.trim().to_owned())
}
