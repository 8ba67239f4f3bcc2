//! A database for one case, the store over it, and raw SQL to seed it and to look behind the store's back.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use makegood::store::{Store, StoreError, StoreOptions, WaitRule, open};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgPool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use time::OffsetDateTime;

use crate::support::postgres::Database;

/// The moment all cases start at: 2026-03-01T12:00:00Z.
pub const NOON: i64 = 1_772_366_400;

/// `NOON` and so many seconds.
pub fn noon(plus: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOON + plus).expect("a moment")
}

/// Three attempts, a minute and two minutes apart, or a tenth more.
pub const WAIT: WaitRule =
    WaitRule { first: Duration::from_secs(60), longest: Duration::from_secs(3600), attempts_max: 3 };

/// When event number `event` is tried again that waited at `noon(at)`, for that many attempts now.
pub fn due(at: i64, attempts: u32, event: i64) -> OffsetDateTime {
    noon(at) + WAIT.pause(attempts, event).expect("another attempt")
}

/// Where the database lies.
enum Place {
    Postgres(Database, PgPool),
    Sqlite(PathBuf, SqlitePool, #[expect(dead_code, reason = "removed with the case")] tempfile::TempDir),
}

/// A database of one case's own.
pub struct Bench {
    place: Place,
    /// Events with more proposals fan out.
    pub inline: u32,
    /// Proposals a batch applies at once.
    pub batch: u32,
    /// Accounts a chunk.
    pub chunk: u32,
    /// What is told is announced.
    pub announces: bool,
}

impl Bench {
    pub async fn postgres() -> Bench {
        let database = Database::create().await;
        let raw = PgPool::connect(&database.url()).await.expect("PostgreSQL answers");
        Bench { place: Place::Postgres(database, raw), inline: 100, batch: 200, chunk: 2, announces: true }
    }

    pub async fn sqlite() -> Bench {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("makegood.db");
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let raw = SqlitePool::connect_lazy_with(options);
        Bench { place: Place::Sqlite(path, raw, folder), inline: 100, batch: 200, chunk: 2, announces: true }
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self.place, Place::Sqlite(..))
    }

    pub fn url(&self) -> String {
        match &self.place {
            Place::Postgres(database, _) => database.url(),
            Place::Sqlite(path, ..) => format!("sqlite:{}", path.display()),
        }
    }

    pub async fn try_open(&self, exclusive: bool) -> Result<Arc<dyn Store>, StoreError> {
        self.connected(4, exclusive).await
    }

    /// A store with so many connections to PostgreSQL at most.
    pub async fn connected(&self, connections_max: u32, exclusive: bool) -> Result<Arc<dyn Store>, StoreError> {
        open(StoreOptions {
            url: self.url().into(),
            connections_max,
            acquire_timeout: Duration::from_secs(20),
            statement_timeout: Duration::from_secs(20),
            lock_timeout: Duration::from_secs(20),
            inline_proposals_max: self.inline,
            batch_proposals_max: self.batch,
            chunk_accounts: self.chunk,
            announces: self.announces,
            exclusive,
        })
        .await
    }

    /// The store, which other stores may stand beside.
    pub async fn open(&self) -> Arc<dyn Store> {
        self.try_open(false).await.expect("a store")
    }

    /// A migrated store.
    pub async fn migrated(&self) -> Arc<dyn Store> {
        let store = self.open().await;
        store.migrate().await.expect("migrated");
        store
    }

    /// Runs SQL that both databases read alike.
    pub async fn run(&self, sql: &str) {
        self.try_run(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    pub async fn try_run(&self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match &self.place {
            Place::Postgres(_, raw) => sql.execute(raw).await.map(drop),
            Place::Sqlite(_, raw, _) => sql.execute(raw).await.map(drop),
        }
    }

    /// The one number a query answers.
    pub async fn number(&self, sql: &str) -> i64 {
        let query = AssertSqlSafe(sql.to_owned());
        let answer = match &self.place {
            Place::Postgres(_, raw) => sqlx::query_scalar(query).fetch_one(raw).await,
            Place::Sqlite(_, raw, _) => sqlx::query_scalar(query).fetch_one(raw).await,
        };
        answer.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The texts a query answers, `|` between them.
    pub async fn texts(&self, sql: &str) -> String {
        let query = AssertSqlSafe(sql.to_owned());
        let answer: Result<Vec<String>, _> = match &self.place {
            Place::Postgres(_, raw) => sqlx::query_scalar(query).fetch_all(raw).await,
            Place::Sqlite(_, raw, _) => sqlx::query_scalar(query).fetch_all(raw).await,
        };
        answer.unwrap_or_else(|error| panic!("{sql}: {error}")).join("|")
    }

    /// A moment as this database writes it.
    pub fn moment(&self, plus: i64) -> String {
        let seconds = NOON + plus;
        if self.is_sqlite() { format!("{seconds}000000") } else { format!("to_timestamp({seconds})") }
    }

    pub async fn client(&self, id: &str) {
        self.run(&format!("insert into clients (client_id) values ('{id}')")).await;
    }

    /// An open job, posted an hour before.
    pub async fn job(&self, id: &str, client: &str) {
        let since = self.moment(-3600);
        self.run(&format!(
            "insert into jobs (job_id, client_id, title, state, state_since) values ('{id}', '{client}', 'Job {id}', 'open', {since})"
        ))
        .await;
    }

    pub async fn account(&self, id: &str, owner: &str) {
        let now = self.moment(-7200);
        self.run(&format!(
            "insert into accounts (account_id, kind, owner_id, balance) values ('{id}', 'freelancer', '{owner}', 100)"
        ))
        .await;
        self.run(&format!(
            "insert into connects_entries (entry_id, account_id, kind, amount, created_at) values ('grant-{id}', '{id}', 'grant', 100, {now})"
        ))
        .await;
    }

    /// A proposal of a person that cost its account so many Connects.
    pub async fn proposal(&self, id: &str, job: &str, account: &str, person: &str, fee: i64) {
        let at = self.moment(-1800);
        self.run(&format!(
            "insert into proposals (proposal_id, job_id, account_id, person_id, state, state_since, submitted_at)
             values ('{id}', '{job}', '{account}', '{person}', 'submitted', {at}, {at});
             insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, created_at)
             values ('fee-{id}', '{account}', '{id}', 'fee', -{fee}, {at});
             update accounts set balance = balance - {fee} where account_id = '{account}'"
        ))
        .await;
    }

    /// Client `c`, job `j`, account `a` of person `ann` (balance 94) with proposal `p`, which cost 6.
    pub async fn small_market(&self) {
        self.client("c").await;
        self.job("j", "c").await;
        self.account("a", "ann").await;
        self.proposal("p", "j", "a", "ann", 6).await;
    }

    /// Client `c`, job `j` and so many accounts `a01`… of people `p01`…, each with a proposal that cost 6.
    pub async fn crowd(&self, job: &str, people: u32) {
        self.job(job, "c").await;
        for n in 1..=people {
            let (account, person) = (format!("a{n:02}"), format!("p{n:02}"));
            if self.number(&format!("select count(*) from accounts where account_id = '{account}'")).await == 0 {
                self.account(&account, &person).await;
            }
            self.proposal(&format!("{job}-{n:02}"), job, &account, &person, 6).await;
        }
    }

    /// Every row of every table as text, bytes in hex.
    pub async fn dump(&self) -> String {
        let tables = if self.is_sqlite() {
            "select name from sqlite_master where type = 'table' order by name"
        } else {
            "select table_name::text from information_schema.tables where table_schema = 'public' order by table_name"
        };
        let mut all = String::new();
        for table in self.texts(tables).await.split('|') {
            let row = if self.is_sqlite() {
                let columns =
                    self.texts(&format!("select 'quote(\"' || name || '\")' from pragma_table_info('{table}')")).await;
                columns.replace('|', " || ';' || ")
            } else {
                "t::text".to_owned()
            };
            let rows = self.texts(&format!("select {row} from {table} as t")).await;
            all.push_str(&format!("{table}: {rows}\n"));
        }
        all
    }

    pub async fn balance(&self, account: &str) -> i64 {
        self.number(&format!("select balance from accounts where account_id = '{account}'")).await
    }

    pub async fn count(&self, table: &str) -> i64 {
        self.number(&format!("select count(*) from {table}")).await
    }

    /// Every balance is the sum of its entries, and no charge was reversed twice; what is told, and what came back, is
    /// announced.
    pub async fn books_agree(&self) {
        self.ledger_agrees().await;
        if self.announces {
            self.announcements_agree().await;
        }
    }

    /// Every balance is the sum of its entries, and no charge was reversed twice.
    pub async fn ledger_agrees(&self) {
        let wrong = "select count(*) from accounts a
            where a.balance <> (select coalesce(sum(e.amount), 0) from connects_entries e where e.account_id = a.account_id)";
        assert_eq!(self.number(wrong).await, 0, "balances that are not the sum of their entries");
        let twice = "select count(*) from (select 1 from connects_entries where reverses is not null group by reverses having count(*) > 1) as t";
        assert_eq!(self.number(twice).await, 0, "charges reversed twice");
    }

    /// Every notice is announced, due exactly when its letter is; every return is, and is due.
    pub async fn announcements_agree(&self) {
        let strays = "select count(*) from notices n left join announcements a on a.notice_id = n.notice_id
            where a.announcement_no is null or (a.due_at is null) <> (n.state = 'withheld' or n.due_at is null)";
        assert_eq!(self.number(strays).await, 0, "notices that are not announced as they are mailed");
        let silent = "select count(*) from connects_entries e left join announcements a on a.entry_id = e.entry_id
            where e.kind = 'return' and (a.due_at is null or a.balance_after is null)";
        assert_eq!(self.number(silent).await, 0, "returns that are not announced");
    }
}
