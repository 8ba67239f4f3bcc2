//! Bytes of a client on the daemon's port: the real server over a loopback connection.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use makegood::admin::console::{Door, DoorOptions};
use makegood::admin::{Face, bind, routes, serve};
use makegood::clock::SystemClock;
use makegood::event::DecodeLimits;
use makegood::mail::{Addressing, Letters, LettersOptions, Senders};
use makegood::policy::Policy;
use makegood::store::{Store, StoreOptions, WaitRule, open};
use makegood::telemetry::facts::Dependency;
use makegood::telemetry::metrics::Metrics;
use makegood::worker::Intake;
use makegood::worker::audit::{Audit, AuditOptions};
use makegood::worker::breaker::Breaker;
use makegood::worker::health::Health;
use makegood::worker::rulebook::{Rulebook, Rules};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

/// What the server may say at all.
const STATUSES: [&str; 15] =
    ["200", "303", "304", "400", "401", "403", "404", "405", "408", "413", "414", "415", "431", "503", "505"];

/// The server answers or hangs up within this, or it hangs.
const ANSWER_MAX: Duration = Duration::from_secs(4);

/// Longest answer to one input: a page of metrics for each of its requests.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

thread_local! {
    static SERVER: RefCell<Option<Server>> = const { RefCell::new(None) };
}

struct Server {
    runtime: Runtime,
    address: SocketAddr,
    /// The database, as long as the server lives.
    _folder: TempDir,
}

/// Says it to the server, hangs up, and reads what it answered.
pub fn run(data: &[u8]) {
    SERVER.with_borrow_mut(|server| {
        let server = server.get_or_insert_with(Server::start);
        let asking = ask(server.address, data);
        let answer = server.runtime.block_on(async { tokio::time::timeout(ANSWER_MAX, asking).await });
        look(&answer.expect("the server hangs"));
    });
}

impl Server {
    fn start() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let address = runtime.block_on(async {
            let file = folder.path().join("makegood.db");
            let options = StoreOptions {
                url: format!("sqlite:{}", file.display()).into(),
                connections_max: 1,
                acquire_timeout: Duration::from_secs(1),
                statement_timeout: Duration::from_secs(1),
                lock_timeout: Duration::from_secs(1),
                inline_proposals_max: 1,
                batch_proposals_max: 1,
                chunk_accounts: 1,
                announces: false,
                exclusive: false,
            };
            let store = open(options).await.expect("a store");
            store.migrate().await.expect("tables for the console to look at");
            let metrics = Metrics::install().expect("the first in this process");
            let letters = Letters::load(&LettersOptions::default()).expect("the built-in templates");
            let rules = Rules { policy: Policy::built_in().into(), letters: letters.into() };
            let (rulebook, clock) = (Arc::new(Rulebook::new(rules)), Arc::new(SystemClock));
            let door = Door::new(DoorOptions { requests_per_minute: u32::MAX, ..DoorOptions::default() });
            let health = Arc::new(Health::default());
            let intake = intake(Arc::clone(&store), Arc::clone(&rulebook), Arc::clone(&health));
            let audit = audit(Arc::clone(&store), Arc::clone(&rulebook));
            let (senders, samples) = (Arc::new(Senders::new(|_| addressing(), None)), Arc::default());
            let face =
                Face { health, store, metrics, bounces: None, rulebook, clock, intake, audit, senders, samples, door };
            let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a port");
            let address = listener.local_addr().expect("an address");
            tokio::spawn(async move { serve(listener, routes(face), None, &CancellationToken::new()).await });
            address
        });
        Self { runtime, address, _folder: folder }
    }
}

/// Predicts for the console.
fn intake(store: Arc<dyn Store>, rulebook: Arc<Rulebook>, health: Arc<Health>) -> Intake {
    let patience = (Duration::from_millis(1), Duration::from_millis(1));
    Intake {
        store,
        rulebook,
        clock: Arc::new(SystemClock),
        wait: WaitRule { first: patience.0, longest: patience.1, attempts_max: 1 },
        limits: DecodeLimits { body_bytes_max: 1 },
        patience,
        database: Breaker::new(Dependency::Database, Arc::clone(&health), patience),
        refusals: Arc::default(),
        wakeups: Arc::default(),
        health,
    }
}

/// Shown by the console.
fn audit(store: Arc<dyn Store>, rulebook: Arc<Rulebook>) -> Audit {
    let text = |text: &str| text.to_owned();
    let options = AuditOptions {
        source: text("makegood/audit"),
        lag: Duration::from_secs(60).try_into().expect("a minute"),
        page: 1,
        announces: false,
        canceled_cause: text("client-canceled"),
        removed_cause: text("terms-of-service"),
        suspended_cause: text("terms-of-service"),
        suspended_final: true,
    };
    Audit { store, rulebook, clock: Arc::new(SystemClock), options }
}

/// Who would write the letters that the console shows.
fn addressing() -> Addressing {
    let text = |text: &str| text.to_owned();
    Addressing {
        from_name: text("makegood"),
        from: text("connects@makegood.test"),
        reply_to: None,
        envelope_sender: text("connects@makegood.test"),
        message_id_domain: text("makegood.test"),
        help_url: None,
    }
}

async fn ask(address: SocketAddr, data: &[u8]) -> Vec<u8> {
    let mut client = TcpStream::connect(address).await.expect("the server listens");
    let (mut from, mut to) = client.split();
    let mut answer = Vec::new();
    let say = async {
        // The server may have hung up before it has heard everything: that is an answer, too.
        drop(to.write_all(data).await);
        // It gets a few turns to answer before it sees the end.
        for _ in 0..4 {
            tokio::task::yield_now().await;
        }
        drop(to.shutdown().await);
    };
    let hear = async {
        let mut from = (&mut from).take(ANSWER_BYTES_MAX as u64);
        drop(from.read_to_end(&mut answer).await);
    };
    tokio::join!(say, hear);
    answer
}

fn look(answer: &[u8]) {
    assert!(answer.len() < ANSWER_BYTES_MAX, "an answer without end");
    if answer.is_empty() {
        return;
    }
    let text = String::from_utf8_lossy(answer);
    let line = text.lines().next().unwrap_or_default();
    let status = line.strip_prefix("HTTP/1.1 ").or_else(|| line.strip_prefix("HTTP/1.0 "));
    let status = status.and_then(|rest| rest.get(..3)).unwrap_or_else(|| panic!("no answer: {line:?}"));
    assert!(STATUSES.contains(&status), "{line}");
}
