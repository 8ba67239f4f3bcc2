//! What a test of the running program stands on: database, vhost, mail, and questions to each of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use makegood::broker::{BrokerOptions, Outgoing, Publisher, attach};
use makegood::store::{self, StoreOptions};
use secrecy::SecretString;

use super::market::{Market, NAME_CANARY};
use crate::support::daemon::{Daemon, Settings};
use crate::support::db::Db;
pub use crate::support::letter::Letter;
use crate::support::letter::eml_files;
use crate::support::postgres::Database;
use crate::support::rabbit::Vhost;
use crate::support::smtp::{Setup, Sink};
use crate::support::wait;

/// Longest wait for anything a daemon must do: a debug build on a busy machine.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Passwords that stand in settings and must stand nowhere else.
pub const SECRETS: [&str; 2] = ["canary-of-postgres", "canary-of-smtp"];

/// Login at the mail server.
const LOGIN: (&str, &str) = ("mailer", SECRETS[1]);

/// Everything around a daemon. Goes away with the value; name it before the daemons, so that they go first.
pub struct Stage {
    pub vhost: Vhost,
    /// The mail server of the production parts.
    pub sink: Sink,
    pub folder: tempfile::TempDir,
    db: Db,
}

impl Stage {
    /// The embedded default: SQLite, and mail into a folder.
    pub async fn embedded(market: &Market) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("makegood.db").display());
        prepare(&url, market).await;
        let db = Db::sqlite(&folder.path().join("makegood.db")).await;
        Self { vhost: Vhost::create(), sink: Sink::start().await, folder, db }
    }

    /// The production parts: PostgreSQL, and a mail server that wants a login.
    pub async fn production(market: &Market) -> Self {
        let database = Database::create().await;
        prepare(&database.url(), market).await;
        let folder = tempfile::tempdir().expect("a folder");
        let sink = Sink::with(Setup { login: Some(LOGIN), ..Setup::default() }).await;
        Self { vhost: Vhost::create(), sink, folder, db: Db::postgres(database).await }
    }

    /// The database's URL; PostgreSQL's with a password, which a server that trusts the loopback ignores.
    pub fn database(&self) -> String {
        match &self.db {
            Db::Sqlite(_) => format!("sqlite:{}", self.folder.path().join("makegood.db").display()),
            Db::Postgres(_, database) => {
                let url = database.url();
                let (user, place) = url.split_once('@').expect("a user in the URL");
                format!("{user}:{}@{place}", SECRETS[0])
            }
        }
    }

    /// Settings of a daemon on this stage: quick to notice, quick to come back, and talkative.
    pub fn settings(&self) -> Settings {
        let settings = Settings::new(self.folder.path())
            .store(&self.database())
            .broker(&self.vhost.url())
            .set("log.level", "makegood=debug,info")
            .set("broker.heartbeat", "1s")
            .set("broker.connect_timeout", "2s")
            .set("broker.close_timeout", "1s")
            .set("broker.reconnect_first", "50ms")
            .set("broker.reconnect_longest", "300ms")
            .set("store.acquire_timeout", "1s")
            .set("intake.poll", "50ms")
            .set("mail.poll", "50ms")
            .set("mail.lease", "20s");
        match &self.db {
            Db::Sqlite(_) => settings.mail_folder(&self.mail_folder()),
            Db::Postgres(..) => settings
                .smtp(self.sink.addr)
                .set("mail.smtp.user", LOGIN.0)
                .set("mail.smtp.password", LOGIN.1)
                .set("mail.smtp.connect_timeout", "5s")
                .set("mail.smtp.command_timeout", "5s")
                .set("mail.smtp.data_timeout", "5s")
                .set("mail.smtp.total_timeout", "10s"),
        }
    }

    /// A daemon that is ready.
    pub async fn daemon(&self, name: &str) -> Daemon {
        Daemon::start_ready(&self.settings(), name).await
    }

    /// Publishes and insists on every confirm.
    pub async fn publish(&self, messages: Vec<Outgoing>) {
        let mut publisher = Publisher::connect(&self.broker()).await.expect("RabbitMQ answers");
        for result in publisher.publish(messages).await {
            result.expect("confirmed");
        }
        publisher.close().await;
    }

    /// How to reach the broker, past any proxy.
    pub fn broker(&self) -> BrokerOptions {
        BrokerOptions::new(SecretString::from(self.vhost.url()))
    }

    /// Has the broker close the daemon's connection. The management lists connections late, others' among them.
    pub async fn sever(&self, daemon: &Daemon) {
        let severed = wait::answer(DEADLINE, async || {
            self.vhost.close_connections();
            (logged(daemon.log(), &["dependency lost", "broker"]) > 0).then_some(())
        });
        assert!(severed.await.is_some(), "the connection was never closed:\n{}", daemon.log_tail());
    }

    /// A query of one column of text that both databases understand.
    pub async fn rows(&self, sql: &str) -> Vec<String> {
        self.db.rows(sql).await
    }

    /// How many rows `from` (a table, with or without a condition) has.
    pub async fn count(&self, from: &str) -> usize {
        let rows = self.rows(&format!("select cast(count(*) as text) from {from}")).await;
        rows[0].parse().expect("a count")
    }

    /// Takes SQLite's one write lock, until the value goes away.
    pub async fn lock_sqlite(&self) -> sqlx::Transaction<'static, sqlx::Sqlite> {
        let Db::Sqlite(pool) = &self.db else { panic!("PostgreSQL has no such lock") };
        pool.begin_with("begin immediate").await.expect("the lock")
    }

    /// Waits until `from` has `count` rows; says what the daemon said last if it never has.
    pub async fn until_count(&self, daemon: &Daemon, from: &str, count: usize) {
        let mut last = 0;
        let reached = wait::answer(DEADLINE, async || {
            last = self.count(from).await;
            (last == count).then_some(())
        });
        assert!(reached.await.is_some(), "{last} instead of {count} in {from}; log:\n{}", daemon.log_tail());
    }

    /// Waits until `count` events are applied and no notice is under way.
    pub async fn until_applied(&self, daemon: &Daemon, count: usize) {
        self.until_count(daemon, "events where state = 'applied'", count).await;
        self.until_count(daemon, "notices where state in ('pending', 'leased', 'deferred')", 0).await;
    }

    /// Every account is back at `balance` and every balance is the sum of its entries; no charge was given back twice.
    pub async fn assert_made_good(&self, balance: i64) {
        let others = format!("select account_id || '=' || balance from accounts where balance <> {balance}");
        assert_eq!(self.rows(&others).await, Vec::<String>::new(), "everyone else has {balance}");
        self.assert_sums().await;
    }

    /// Every balance is the sum of its entries; no charge was given back twice.
    pub async fn assert_sums(&self) {
        let sums = "accounts a where a.balance <> (select coalesce(sum(e.amount), 0) from connects_entries e
            where e.account_id = a.account_id)";
        assert_eq!(self.count(sums).await, 0, "balances are the sums of entries");
        let doubled = "(select reverses from connects_entries where reverses is not null group by reverses
            having count(*) > 1) as doubled";
        assert_eq!(self.count(doubled).await, 0, "no charge comes back twice");
    }

    /// The dead letters, `class/code` each, in order.
    pub async fn dead_letters(&self) -> Vec<String> {
        self.rows("select class || '/' || code from dead_letters order by 1").await
    }

    /// What lies in a queue once nobody consumes it.
    pub async fn left_in(&self, queue: &str) -> u32 {
        let session = attach(&self.broker(), queue).await.expect("attached");
        let messages = session.status().borrow().messages;
        session.close().await;
        messages
    }

    /// Stops a daemon as an operator would: it ends with 0, and queue and dead queue are empty.
    pub async fn stop_clean(&self, mut daemon: Daemon) {
        let status = daemon.terminate(DEADLINE).await;
        assert!(status.success(), "{status} after SIGTERM:\n{}", daemon.log_tail());
        assert_eq!((self.left_in("makegood.events").await, self.left_in("makegood.dead").await), (0, 0));
    }

    /// Every mail that was sent, in no order.
    pub fn letters(&self) -> Vec<Letter> {
        let bytes: Vec<Vec<u8>> = match &self.db {
            Db::Sqlite(_) => eml_files(&self.mail_folder().join("new")),
            Db::Postgres(..) => self.sink.messages().iter().map(|message| message.bytes.clone()).collect(),
        };
        bytes.iter().map(|bytes| Letter::read(bytes)).collect()
    }

    /// This many people have mail, each of one notice. Mail is at least once: what a daemon was sending when it was
    /// killed may come again, under the same id.
    pub fn assert_told_of_one_notice(&self, people: usize) {
        let mut by_person: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for letter in self.letters() {
            by_person.entry(letter.to).or_default().insert(letter.message_id);
        }
        assert_eq!(by_person.len(), people);
        for (person, ids) in by_person {
            assert_eq!(ids.len(), 1, "{person} has letters of two notices");
        }
    }

    fn mail_folder(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    /// No address, name or password stands in any log here, or in `pages`.
    pub fn assert_nothing_leaks(&self, pages: &[String]) {
        let login = self.vhost.url();
        let broker_login = login.split(['/', '@']).nth(2).expect("a login in the URL").to_owned();
        let canaries = ["canary.example", NAME_CANARY, SECRETS[0], SECRETS[1], &broker_login, "%40"];
        let mut texts = pages.to_vec();
        for entry in std::fs::read_dir(self.folder.path()).expect("the folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "log") {
                texts.push(std::fs::read_to_string(&path).expect("a log in UTF-8"));
            }
        }
        assert!(texts.len() > pages.len(), "there is a log");
        for line in texts.iter().flat_map(|text| text.lines()) {
            let leak = canaries.iter().find(|canary| line.contains(**canary));
            assert_eq!(leak, None, "leaked in: {line}");
        }
    }
}

/// Migrates, and imports the market, before any daemon runs.
async fn prepare(url: &str, market: &Market) {
    let options = StoreOptions {
        url: SecretString::from(url.to_owned()),
        connections_max: 2,
        acquire_timeout: DEADLINE,
        statement_timeout: DEADLINE,
        lock_timeout: DEADLINE,
        inline_proposals_max: 500,
        batch_proposals_max: 4_000,
        chunk_accounts: 1_000,
        announces: false,
        exclusive: false,
    };
    let store = store::open(options).await.expect("the store opens");
    store.migrate().await.expect("migrated");
    store.import(&market.facts).await.expect("imported");
    store.close().await;
}

/// Answers of a daemon's HTTP, whatever their status.
pub async fn page(daemon: &mut Daemon, path: &str) -> (u16, String) {
    let url = format!("http://{}{path}", daemon.http().await);
    let config =
        ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(10))).http_status_as_error(false);
    let agent: ureq::Agent = config.build().into();
    let mut answer = agent.get(&url).call().unwrap_or_else(|error| panic!("{path}: {error}"));
    (answer.status().as_u16(), answer.body_mut().read_to_string().expect("text"))
}

/// Waits until `/ready` answers with this status.
pub async fn until_ready(daemon: &mut Daemon, status: u16) {
    let mut last = String::new();
    let answered = wait::answer(DEADLINE, async || {
        let (now, body) = page(daemon, "/ready").await;
        last = body;
        (now == status).then_some(())
    });
    let answered = answered.await.is_some();
    assert!(answered, "/ready never answered {status}, last {last}:\n{}", daemon.log_tail());
}

/// Waits until the log has `count` lines with all of `words`.
pub async fn until_logged(daemon: &Daemon, words: &[&str], count: usize) {
    let seen = wait::answer(DEADLINE, async || (logged(daemon.log(), words) >= count).then_some(()));
    assert!(seen.await.is_some(), "{words:?} not logged {count} times:\n{}", daemon.log_tail());
}

/// How many lines of a log have all of `words`.
pub fn logged(log: &std::path::Path, words: &[&str]) -> usize {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines().filter(|line| words.iter().all(|word| line.contains(word))).count()
}
