//! What a run stands on: a market in a database of its own, a vhost, a mail server; the drain and the verdict.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use makegood::broker::{BrokerOptions, Outgoing, Publisher};
use makegood::store::{self, ImportBatch, Store, StoreOptions};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use secrecy::SecretString;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use crate::support::checker::{self, Letter, Queued, Verdict};
use crate::support::cuts::{Cuts, Protocol};
use crate::support::daemon::{Daemon, Settings};
use crate::support::market::{CANARY_DOMAIN, Market, Scale};
use crate::support::oracle::{self, Expected};
use crate::support::postgres::Database;
use crate::support::proxy::Proxy;
use crate::support::rabbit::{self, Vhost};
use crate::support::smtp::{Message, Sink};
use crate::support::wait;

/// Rows one import transaction takes.
const IMPORT_ROWS: usize = 5_000;

/// Grace for a daemon that was asked to stop.
pub const STOP_DEADLINE: Duration = Duration::from_secs(60);

/// Longest drain of a busy machine.
const DRAIN_DEADLINE: Duration = Duration::from_secs(900);

/// Longest time the database may be down under a run's own questions.
const OUTAGE_MAX: Duration = Duration::from_secs(120);

/// Notices one daemon leases at once (`mail.batch`).
pub const LEASED_MAX: u64 = 32;

/// Proposals beyond which an event fans out: below every crowd, above every other job and client.
const INLINE_MAX: u32 = 40;

/// Everything a run needs.
pub struct Rig {
    pub market: Market,
    pub expected: Expected,
    pub store: Arc<dyn Store>,
    pub pool: PgPool,
    pub sink: Sink,
    pub vhost: Vhost,
    pub folder: tempfile::TempDir,
    /// What stands before broker and database for the daemons and the publisher, if anything does.
    pub doors: Option<Doors>,
    keep: AtomicBool,
    database: Database,
}

/// Proxies that read along and cut.
pub struct Doors {
    pub broker: Proxy,
    pub database: Proxy,
    pub cuts: Arc<Cuts>,
}

impl Rig {
    /// A migrated database with the market's facts in it, an empty vhost, a mail server.
    pub async fn new(seed: u64, scale: Scale) -> Self {
        let market = Market::new(seed, scale);
        let expected = oracle::expect(&market);
        let database = Database::create().await;
        let store = store::open(store_options(&database.url())).await.expect("the store opens");
        store.migrate().await.expect("migrated");
        let pool = PgPoolOptions::new().max_connections(4).connect(&database.url()).await.expect("PostgreSQL answers");
        let (vhost, sink) = (Vhost::create(), Sink::start().await);
        let folder = tempfile::tempdir().expect("a folder");
        let rig = Rig {
            market,
            expected,
            store,
            pool,
            sink,
            vhost,
            folder,
            doors: None,
            keep: AtomicBool::new(false),
            database,
        };
        rig.import(&rig.market.facts).await;
        rig
    }

    /// The same, with a door before broker and database. Nothing is cut before it is ordered.
    pub async fn behind_doors(seed: u64, scale: Scale) -> Self {
        let mut rig = Self::new(seed, scale).await;
        let cuts = Cuts::new(seed);
        let broker = Proxy::start_reading(&host(&rig.vhost.url()), Protocol::Amqp, &cuts).await;
        let database = Proxy::start_reading(&host(&rig.database.url()), Protocol::Postgres, &cuts).await;
        rig.doors = Some(Doors { broker, database, cuts });
        rig
    }

    /// The doors of a rig that has some.
    pub fn doors(&self) -> &Doors {
        self.doors.as_ref().expect("a rig behind doors")
    }

    /// Where the daemons and the publisher find the broker.
    pub fn broker_url(&self) -> String {
        let url = self.vhost.url();
        self.doors.as_ref().map_or(url.clone(), |doors| through(&url, &doors.broker))
    }

    /// Where the daemons find the database.
    pub fn database_url(&self) -> String {
        let url = self.database.url();
        self.doors.as_ref().map_or(url.clone(), |doors| through(&url, &doors.database))
    }

    /// Makes the late facts known, in one transaction: a job is never known without its proposals, nor a proposal
    /// without its charges, or an event that waited for the job would be decided on half the truth.
    pub async fn import_late(&self) {
        let imported = wait::answer(OUTAGE_MAX, async || self.store.import(&self.market.late).await.ok()).await;
        assert!(imported.is_some(), "PostgreSQL takes no import");
    }

    /// Ends a session of a daemon in this database, any. The number ended.
    pub async fn terminate_backend(&self) -> u64 {
        let sql = "select count(pg_terminate_backend(pid)) from (
            select pid from pg_stat_activity where datname = current_database() and application_name = 'makegood'
            order by state = 'idle', random() limit 1) as chosen";
        self.number(sql).await.unsigned_abs()
    }

    /// Makes facts known before anything runs.
    async fn import(&self, facts: &ImportBatch) {
        let whole = ImportBatch { proposals: Vec::new(), entries: Vec::new(), ..facts.clone() };
        self.store.import(&whole).await.expect("imported");
        for part in facts.proposals.chunks(IMPORT_ROWS) {
            let batch = ImportBatch { proposals: part.to_vec(), ..ImportBatch::default() };
            self.store.import(&batch).await.expect("proposals imported");
        }
        for part in facts.entries.chunks(IMPORT_ROWS) {
            let batch = ImportBatch { entries: part.to_vec(), ..ImportBatch::default() };
            self.store.import(&batch).await.expect("entries imported");
        }
    }

    /// Settings of a daemon on this rig.
    pub fn settings(&self) -> Settings {
        Settings::new(self.folder.path())
            .store(&self.database_url())
            .set("store.inline_proposals_max", INLINE_MAX)
            // Many small chunks: many chances to be killed between two of them.
            .set("store.chunk_accounts", 10)
            .broker(&self.broker_url())
            // Each kill raises the delivery count of everything that was prefetched; here the innocent would die of it.
            .set("broker.delivery_limit", 10_000)
            // Batches small enough that 20,000 events are many transactions.
            .set("broker.batch_max", 64)
            .smtp(self.sink.addr)
            .set("broker.reconnect_first", "100ms")
            .set("broker.reconnect_longest", "2s")
            // Half of this is how soon a connection that says nothing is given up.
            .set("broker.heartbeat", "4s")
            .set("intake.poll", "200ms")
            .set("intake.wait_first", "1s")
            .set("intake.wait_longest", "5s")
            .set("intake.wait_attempts_max", 1_000)
            .set("mail.batch", LEASED_MAX)
            .set("mail.poll", "200ms")
            // What a killed daemon had leased comes free soon; one conversation ends well before.
            .set("mail.lease", "10s")
            .set("mail.smtp.connect_timeout", "4s")
            .set("mail.smtp.command_timeout", "4s")
            .set("mail.smtp.data_timeout", "4s")
            .set("mail.smtp.total_timeout", "5s")
    }

    /// Every event `copies` times, shuffled.
    pub fn deliveries(&self, copies: usize) -> Vec<Outgoing> {
        let mut all = Vec::new();
        for copy in 0..copies {
            all.extend(self.market.events.iter().map(|event| Outgoing {
                message_id: format!("{}-{copy}", event.id),
                exchange: "marketplace".into(),
                routing_key: event.kind.name().into(),
                content_type: "application/cloudevents+json".into(),
                headers: BTreeMap::new(),
                body: event.body(),
            }));
        }
        all.shuffle(&mut StdRng::seed_from_u64(self.market.seed ^ 0x5eed));
        all
    }

    /// Declares the topology, as a daemon would, so that messages can be routed before one runs.
    pub fn declare(&self) {
        let settings = self.settings().broker(&self.vhost.url());
        let command = settings.command().args(["topology", "declare"]).output().expect("the program starts");
        assert!(command.status.success(), "{}", String::from_utf8_lossy(&command.stderr));
    }

    /// A connection to publish on.
    pub async fn publisher(&self) -> Publisher {
        Publisher::connect(&self.publisher_options()).await.expect("RabbitMQ answers")
    }

    /// How to reach the broker as a publisher.
    pub fn publisher_options(&self) -> BrokerOptions {
        let options = BrokerOptions::new(SecretString::from(self.broker_url()));
        BrokerOptions { heartbeat: Duration::from_secs(4), ..options }
    }

    /// Publishes and insists on every confirm.
    pub async fn publish(publisher: &mut Publisher, messages: Vec<Outgoing>) {
        for result in publisher.publish(messages).await {
            result.expect("confirmed");
        }
    }

    /// Asks the database, again and again while it is down.
    pub async fn number(&self, sql: &'static str) -> i64 {
        let asked = wait::answer(OUTAGE_MAX, async || sqlx::query_scalar(sql).fetch_one(&self.pool).await.ok());
        asked.await.unwrap_or_else(|| panic!("PostgreSQL does not answer: {sql}"))
    }

    /// A number that grows with the work done: events taken in (with gaps) and letters accepted.
    pub async fn progress(&self) -> u64 {
        let events = self.number("select coalesce(max(event_no), 0) from events").await;
        u64::try_from(events).expect("a count") + self.sink.taken() as u64
    }

    /// Waits until nothing is left to do: every event applied, every letter sent, or its fate unknown. `false` once
    /// nothing has been done for `stall` and something is left.
    pub async fn drained(&self, stall: Duration) -> bool {
        const APPLIED: &str = "select (select count(*) from events where state = 'applied')
            - (select count(*) from notices where state in ('pending', 'leased', 'deferred'))";
        let all = i64::try_from(self.market.events.len()).expect("a count");
        let mut last = (self.progress().await, Instant::now());
        let done = wait::answer(DRAIN_DEADLINE, async || {
            let now = self.progress().await;
            if now != last.0 {
                last = (now, Instant::now());
                return None;
            }
            let done = self.number(APPLIED).await == all;
            (done || last.1.elapsed() >= stall).then_some(done)
        });
        done.await == Some(true)
    }

    /// What an operator does about letters whose fate is unknown (docs/operations.md): sends them again. Their number.
    pub async fn send_unknown_again(&self) -> u64 {
        let sql = "update notices set state = 'pending', due_at = created_at where state = 'unknown'";
        sqlx::query(sql).execute(&self.pool).await.expect("PostgreSQL answers").rows_affected()
    }

    /// Waits until the broker has nothing more to deliver and nothing is half done; what was lost stays lost.
    pub async fn idle(&self, deadline: Duration) {
        wait::until("queue and database are idle", deadline, async || self.at_rest().await).await;
    }

    /// Waits until the broker has nothing more to deliver, copies included, and the management has counted that anew.
    pub async fn rested(&self, deadline: Duration) -> bool {
        /// Longer than the management waits between two counts.
        const COUNTED: Duration = Duration::from_secs(6);
        let mut since = None;
        let rested = wait::answer(deadline, async || {
            if !self.at_rest().await {
                since = None;
                return None;
            }
            (since.get_or_insert_with(Instant::now).elapsed() >= COUNTED).then_some(())
        });
        rested.await.is_some()
    }

    /// The broker has nothing more to deliver, as far as its management knows, and nothing is half done.
    pub async fn at_rest(&self) -> bool {
        let sql = "select (select count(*) from events where state in ('waiting', 'fanning_out'))
            + (select count(*) from notices where state in ('pending', 'leased', 'deferred'))";
        let queue = self.queue("makegood.events");
        queue.is_some_and(|queue| queue["messages"].as_u64() == Some(0)) && self.number(sql).await == 0
    }

    /// What the management knows of a queue, if it knows it.
    fn queue(&self, name: &str) -> Option<serde_json::Value> {
        let queues = rabbit::call("GET", &format!("/api/queues/{}", self.vhost.name()))?;
        queues.as_array()?.iter().find(|queue| queue["name"] == name).cloned()
    }

    /// Waits until `enough` holds, or nothing has been done for a while: then whoever waits is starved.
    pub async fn paced(&self, mut enough: impl AsyncFnMut() -> bool) {
        const STARVED: Duration = Duration::from_secs(1);
        let mut last = (self.progress().await, Instant::now());
        wait::until("daemons make progress or starve", Duration::from_secs(120), async || {
            let now = self.progress().await;
            if now != last.0 {
                last = (now, Instant::now());
            }
            enough().await || last.1.elapsed() >= STARVED
        })
        .await;
    }

    /// Stops the daemons as an operator would, and asks the broker what they have left.
    pub async fn stop(&self, daemons: Vec<Daemon>) -> Queued {
        for mut daemon in daemons {
            let status = daemon.terminate(STOP_DEADLINE).await;
            assert!(status.success(), "{status} after SIGTERM:\n{}", daemon.log_tail());
        }
        self.queued().await
    }

    /// What the broker has left, once nobody consumes.
    pub async fn queued(&self) -> Queued {
        // The management's numbers are some seconds old. Once it knows that nobody consumes, all messages are ready.
        let queued = wait::answer(Duration::from_secs(60), async || {
            let queues = rabbit::call("GET", &format!("/api/queues/{}", self.vhost.name()))?;
            let mut queued = Queued::default();
            for queue in queues.as_array()? {
                let number = |key: &str| queue[key].as_u64();
                let messages = number("messages")?;
                match queue["name"].as_str()? {
                    "makegood.events" if number("consumers")? > 0 => return None,
                    "makegood.events" => queued.work += messages,
                    "makegood.dead" => queued.dead += messages,
                    _ => queued.elsewhere += messages,
                }
                queued.stuck += messages - number("messages_ready")? - number("messages_unacknowledged")?;
            }
            (queues.as_array()?.len() >= 2).then_some(queued)
        });
        queued.await.expect("the management counts the queues")
    }

    /// The verdict, printed with its seed.
    pub async fn verdict(&self, queued: Queued, copies_allowed: u64) -> Verdict {
        let letters: Vec<Letter> = self.sink.messages().iter().map(|message| letter(message)).collect();
        let verdict =
            checker::check(&self.pool, self.market.seed, &self.expected, &letters, queued, copies_allowed).await;
        eprintln!("{}", verdict.json());
        verdict
    }

    /// Logs in which an address of the market stands (invariant 19).
    pub fn leaks(&self) -> Vec<String> {
        let mut leaks = Vec::new();
        for file in std::fs::read_dir(self.folder.path()).expect("the folder") {
            let path = file.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "log") {
                let text = std::fs::read_to_string(&path).expect("a log");
                if text.contains(CANARY_DOMAIN) {
                    leaks.push(path.display().to_string());
                }
            }
        }
        leaks
    }

    /// Keeps the daemons' logs, as a panic does.
    pub fn keep_logs(&self) {
        self.keep.store(true, Ordering::SeqCst);
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        if std::thread::panicking() || self.keep.load(Ordering::SeqCst) {
            self.folder.disable_cleanup(true);
            eprintln!("the daemons' logs are kept in {}", self.folder.path().display());
        }
    }
}

/// `host:port` of a URL.
fn host(url: &str) -> String {
    let (_, rest) = url.rsplit_once('@').expect("a login in the URL");
    rest.split('/').next().expect("a host").to_owned()
}

/// The same URL, by way of a proxy.
fn through(url: &str, proxy: &Proxy) -> String {
    url.replace(&host(url), &format!("127.0.0.1:{}", proxy.port()))
}

fn letter(message: &Message) -> Letter {
    let id = message.header("Message-ID").unwrap_or_default();
    Letter {
        message_id: id.trim_matches(['<', '>']).to_owned(),
        recipient: message.to.join(" "),
        sha256: message.sha256(),
    }
}

/// A store as this run opens one.
pub fn store_options(url: &str) -> StoreOptions {
    StoreOptions {
        url: SecretString::from(url.to_owned()),
        connections_max: 2,
        acquire_timeout: Duration::from_secs(30),
        statement_timeout: Duration::from_secs(60),
        lock_timeout: Duration::from_secs(30),
        inline_proposals_max: INLINE_MAX,
        batch_proposals_max: 5_000,
        chunk_accounts: 100,
        announces: false,
        exclusive: false,
    }
}
