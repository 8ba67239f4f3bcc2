//! The outbox, the import and the numbers, on both databases.

mod import;
mod notices;
mod numbers;
mod outbox;
mod suppressions;

use std::sync::Arc;
use std::time::Duration;

use makegood::event::{AccountId, ClientId, EntryId, EventType, JobId, Message, PersonId, ProposalId};
use makegood::policy::Occasion;
use makegood::store::{
    ImportAccount, ImportBatch, ImportClient, ImportEntry, ImportJob, ImportPerson, ImportProposal, Store,
    StoreOptions, open,
};
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use crate::support::postgres::Database;

/// When the tests begin.
const START: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

/// Runs each function once on PostgreSQL and once on SQLite.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => { $(
        mod $name {
            use crate::store::periphery::Bench;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name(Bench::postgres().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(Bench::sqlite().await).await;
            }
        }
    )+ };
}
use on_both;

/// A migrated store, and a way around it.
struct Bench {
    store: Arc<dyn Store>,
    raw: Raw,
}

enum Raw {
    Postgres(PgPool, #[expect(dead_code, reason = "dropped with the bench")] Database),
    Sqlite(SqlitePool, #[expect(dead_code, reason = "dropped with the bench")] tempfile::TempDir),
}

impl Bench {
    async fn postgres() -> Self {
        let database = Database::create().await;
        let store = migrated(database.url()).await;
        let pool = PgPool::connect(&database.url()).await.expect("connected");
        Bench { store, raw: Raw::Postgres(pool, database) }
    }

    async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("makegood.db").display());
        let store = migrated(url.clone()).await;
        let pool = SqlitePool::connect(&url).await.expect("opened");
        Bench { store, raw: Raw::Sqlite(pool, folder) }
    }

    fn is_postgres(&self) -> bool {
        matches!(self.raw, Raw::Postgres(..))
    }

    /// Runs a statement that both databases read alike.
    async fn run(&self, sql: String) {
        match &self.raw {
            Raw::Postgres(pool, _) => _ = sqlx::query(AssertSqlSafe(sql)).execute(pool).await.expect("it runs"),
            Raw::Sqlite(pool, _) => _ = sqlx::query(AssertSqlSafe(sql)).execute(pool).await.expect("it runs"),
        }
    }

    /// The one number a query answers.
    async fn number(&self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.raw {
            Raw::Postgres(pool, _) => sqlx::query_scalar(sql).fetch_one(pool).await.expect("a number"),
            Raw::Sqlite(pool, _) => sqlx::query_scalar(sql).fetch_one(pool).await.expect("a number"),
        }
    }

    /// The one text a query answers.
    async fn text(&self, sql: &str) -> Option<String> {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.raw {
            Raw::Postgres(pool, _) => sqlx::query_scalar(sql).fetch_one(pool).await.expect("a text"),
            Raw::Sqlite(pool, _) => sqlx::query_scalar(sql).fetch_one(pool).await.expect("a text"),
        }
    }

    /// A moment as a literal.
    fn moment(&self, at: OffsetDateTime) -> String {
        let micros = at.unix_timestamp_nanos() / 1_000;
        match self.raw {
            Raw::Postgres(..) => format!("(timestamptz '1970-01-01 00:00:00Z' + {micros} * interval '1 microsecond')"),
            Raw::Sqlite(..) => micros.to_string(),
        }
    }

    /// Bytes as a literal; a UUID in PostgreSQL is none.
    fn bytes(&self, bytes: &[u8]) -> String {
        match self.raw {
            Raw::Postgres(..) => format!("'\\x{}'::bytea", hex::encode(bytes)),
            Raw::Sqlite(..) => format!("x'{}'", hex::encode(bytes)),
        }
    }

    fn uuid(&self, id: Uuid) -> String {
        match self.raw {
            Raw::Postgres(..) => format!("'{id}'::uuid"),
            Raw::Sqlite(..) => format!("x'{}'", id.simple()),
        }
    }

    /// An event of this id, in this state.
    async fn event(&self, id: &str, state: &str) {
        let (now, hash) = (self.moment(START), self.bytes(&[7; 32]));
        self.run(format!(
            "insert into events (source, event_id, type, occurred_at, received_at, payload, payload_hash, state, due_at) \
             values ('market', '{id}', 'job-canceled', {now}, {now}, '{{}}', {hash}, '{state}', {now})"
        ))
        .await;
    }

    /// A pending notice to `person`, about an event of its own.
    async fn notice(&self, person: &str, due: Option<OffsetDateTime>) -> Uuid {
        self.notice_about(person, due, &serde_json::to_string(&occasion()).expect("JSON")).await
    }

    async fn notice_about(&self, person: &str, due: Option<OffsetDateTime>, about: &str) -> Uuid {
        let id = Uuid::new_v4();
        self.event(&id.to_string(), "applied").await;
        let (now, row) = (self.moment(START), self.uuid(id));
        let due = due.map_or_else(|| "null".to_owned(), |due| self.moment(due));
        self.run(format!(
            "insert into notices (notice_id, event_no, person_id, about, lines, state, due_at, created_at) \
             select {row}, event_no, '{person}', '{about}', '[]', 'pending', {due}, {now} from events where event_id = '{id}'"
        ))
        .await;
        id
    }

    async fn lease(&self, limit: u32, token: Uuid, seconds: u64, now: OffsetDateTime) -> Vec<Uuid> {
        let leased = self.store.lease_notices(limit, token, Duration::from_secs(seconds), now).await.expect("leased");
        leased.into_iter().map(|notice| notice.id).collect()
    }
}

async fn migrated(url: String) -> Arc<dyn Store> {
    let store = open(StoreOptions {
        url: url.into(),
        connections_max: 8,
        acquire_timeout: Duration::from_secs(20),
        statement_timeout: Duration::from_secs(20),
        lock_timeout: Duration::from_secs(10),
        inline_proposals_max: 100,
        batch_proposals_max: 100,
        chunk_accounts: 10,
        announces: false,
        exclusive: true,
    })
    .await
    .expect("opened");
    store.migrate().await.expect("migrated");
    store
}

fn message(body: &[u8]) -> Message {
    Message { body: body.to_vec(), ..Message::default() }
}

fn occasion() -> Occasion {
    Occasion {
        source: "market".into(),
        event_id: "e".into(),
        event_type: EventType::JobCanceled,
        cause: "dropped".into(),
        time: START,
        rule: None,
        late: false,
        reason: None,
        details: None,
    }
}

fn person(id: &str, name: &str, email: &str) -> ImportPerson {
    ImportPerson {
        person_id: PersonId::parse(id).expect("an id"),
        name: Some(name.into()),
        email: Some(email.into()),
        locale: None,
        time_zone: None,
    }
}

fn account(id: &str) -> ImportAccount {
    ImportAccount {
        account_id: AccountId::parse(id).expect("an id"),
        kind: "freelancer".into(),
        owner_id: PersonId::parse("ana").expect("an id"),
        manager_id: None,
        tell_manager: true,
    }
}

fn entry(id: &str, account: &str, kind: &str, amount: i64) -> ImportEntry {
    ImportEntry {
        entry_id: EntryId::parse(id).expect("an id"),
        account_id: AccountId::parse(account).expect("an id"),
        proposal_id: None,
        kind: kind.into(),
        amount,
        reverses: None,
        created_at: START,
        expires_at: None,
    }
}

fn refund(id: &str, account: &str, amount: i64, charge: &str) -> ImportEntry {
    let reverses = Some(EntryId::parse(charge).expect("an id"));
    ImportEntry { reverses, ..entry(id, account, "refund", amount) }
}

/// One row of each kind, and a grant and a fee: ana has 94 Connects.
fn small_world() -> ImportBatch {
    let proposal = ProposalId::parse("pr1").expect("an id");
    ImportBatch {
        clients: vec![ImportClient { client_id: ClientId::parse("c1").expect("an id"), suspended: false }],
        people: vec![person("ana", "Ana", "ana@example.com")],
        accounts: vec![account("a1")],
        jobs: vec![ImportJob {
            job_id: JobId::parse("j1").expect("an id"),
            client_id: ClientId::parse("c1").expect("an id"),
            title: "Logo".into(),
            state: "open".into(),
            state_since: START,
            hired_at: None,
        }],
        proposals: vec![ImportProposal {
            proposal_id: proposal.clone(),
            job_id: JobId::parse("j1").expect("an id"),
            account_id: AccountId::parse("a1").expect("an id"),
            person_id: PersonId::parse("ana").expect("an id"),
            state: "submitted".into(),
            state_since: START,
            declined_by: None,
            submitted_at: START,
            invited: false,
        }],
        entries: vec![
            ImportEntry { proposal_id: Some(proposal), ..entry("fee1", "a1", "fee", -6) },
            entry("grant1", "a1", "grant", 100),
        ],
    }
}
