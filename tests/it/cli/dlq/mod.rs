//! `makegood dlq`: what an operator types, on SQLite and on PostgreSQL.

mod archive;
mod beside;
mod looking;
mod many;
mod planning;
mod replaying;
mod transfer;
mod two;

use super::{Desk, MARKET, Ran};
use crate::support::postgres::Database;
use crate::support::wait;
use makegood::store::{DeadClass, Letter, LetterState, LetterSummary, ndjson};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection, SqliteConnection};
use std::collections::BTreeMap;
use std::time::Duration;
use time::OffsetDateTime;
use time::macros::datetime;

/// Far longer than anything here takes on a busy machine.
const UNTIL_MAX: Duration = Duration::from_secs(60);

/// A desk over a database of its own, with the demo's facts loaded.
pub struct Bench {
    pub desk: Desk,
    database: Option<Database>,
}

impl Bench {
    /// On SQLite.
    pub fn sqlite() -> Self {
        Self::over(Desk::new(), None)
    }

    /// One on each database.
    pub fn each() -> [Self; 2] {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let database = runtime.block_on(Database::create());
        let desk = Desk::new().env("MAKEGOOD_STORE__URL", &database.url());
        [Self::sqlite(), Self::over(desk, Some(database))]
    }

    /// Whatever else its commands find in their environment.
    pub fn env(self, name: &str, value: &str) -> Self {
        Self { desk: self.desk.env(name, value), ..self }
    }

    fn over(desk: Desk, database: Option<Database>) -> Self {
        let desk = desk.env("MAKEGOOD_OPERATOR", "ana").env("COLUMNS", "200");
        desk.run(&["migrate"]).done();
        desk.write("market.ndjson", MARKET);
        desk.run(&["import", "market.ndjson"]).done();
        Self { desk, database }
    }

    pub fn dlq(&self, arguments: &[&str]) -> Ran {
        self.desk.run(&[&["dlq"][..], arguments].concat())
    }

    /// Applies events without sending letters; waits once only.
    pub fn process(&self, events: &[Value]) -> Value {
        let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
        let ran = self.desk.feed(&["process", "--no-mail", "--json", "--set", "intake.wait_attempts_max=1"], lines);
        serde_json::from_str(&ran.stdout).expect("a summary")
    }

    /// Letters that the conditions choose, as `list --json` has them, newest first.
    pub fn letters(&self, conditions: &[&str]) -> Vec<Value> {
        let answer = self.dlq(&[&["list", "--json"][..], conditions].concat()).json(0);
        answer["letters"].as_array().expect("letters").clone()
    }

    pub fn ids(&self, conditions: &[&str]) -> Vec<i64> {
        self.letters(conditions).iter().map(|letter| letter["id"].as_i64().expect("an id")).collect()
    }

    /// What operators did, oldest first: action, letters, reason.
    pub fn log(&self) -> Vec<(String, u64, String)> {
        let entries = self.dlq(&["log", "--json"]).json(0);
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let mut log: Vec<_> = entries["entries"]
            .as_array()
            .expect("entries")
            .iter()
            .map(|entry| (text(&entry["action"]), entry["letters"].as_u64().expect("a number"), text(&entry["reason"])))
            .collect();
        log.reverse();
        log
    }

    /// One number out of the database.
    pub fn scalar(&self, sql: &'static str) -> i64 {
        let url = self.url();
        // A thread of its own: whoever waits is within a runtime already.
        std::thread::spawn(move || number(&url, sql)).join().expect("a number")
    }

    /// A sum out of the database, which PostgreSQL counts without an end.
    pub fn scalar_cast(&self, sql: &str) -> i64 {
        let sql = format!("select cast(({sql}) as bigint)");
        self.scalar(Box::leak(sql.into_boxed_str()))
    }

    pub fn is_sqlite(&self) -> bool {
        self.database.is_none()
    }

    /// Runs statements past the program.
    pub fn execute(&self, sql: String) {
        let url = self.url();
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
                if url.starts_with("sqlite:") {
                    let mut connection = SqliteConnection::connect(&url).await.expect("connected");
                    sql.execute(&mut connection).await.expect("it runs");
                    connection.close().await.expect("closed");
                } else {
                    let mut connection = PgConnection::connect(&url).await.expect("connected");
                    sql.execute(&mut connection).await.expect("it runs");
                    connection.close().await.expect("closed");
                }
            });
        };
        std::thread::spawn(run).join().expect("it runs");
    }

    /// Keeps the database as it is now.
    pub fn back_up(&self) {
        match &self.database {
            Some(database) => database.back_up(),
            None => {
                let (from, to) = (self.desk.path("var/makegood.db"), self.desk.path("backup.db"));
                std::fs::copy(from, to).expect("copied");
            }
        }
    }

    /// Puts what was kept in the database's place.
    pub fn restore(&self) {
        match &self.database {
            Some(database) => database.restore(),
            None => {
                let file = self.desk.path("var/makegood.db");
                for beside in ["var/makegood.db-wal", "var/makegood.db-shm"] {
                    drop(std::fs::remove_file(self.desk.path(beside)));
                }
                std::fs::copy(self.desk.path("backup.db"), file).expect("copied");
            }
        }
    }

    fn url(&self) -> String {
        match &self.database {
            Some(database) => database.url(),
            None => format!("sqlite:{}", self.desk.path("var/makegood.db").display()),
        }
    }

    /// Returns in the ledger.
    pub fn returns(&self) -> i64 {
        self.scalar("select count(*) from connects_entries where kind = 'return'")
    }

    /// Waits for what another process does to become visible.
    pub fn until(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(wait::until(what, UNTIL_MAX, async || holds(self)));
    }

    /// Takes prepared letters in.
    pub fn import(&self, letters: &[Letter]) -> Ran {
        let lines: String = letters.iter().map(|letter| ndjson::line(letter) + "\n").collect();
        self.desk.write("letters.ndjson", lines);
        self.dlq(&["import", "letters.ndjson", "--reason", "prepared"])
    }
}

fn number(url: &str, sql: &'static str) -> i64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        if url.starts_with("sqlite:") {
            let mut connection = SqliteConnection::connect(url).await.expect("connected");
            return sqlx::query_scalar(sql).fetch_one(&mut connection).await.expect("a number");
        }
        let mut connection = PgConnection::connect(url).await.expect("connected");
        sqlx::query_scalar(sql).fetch_one(&mut connection).await.expect("a number")
    })
}

/// The moment at which prepared letters came.
pub const SEEN: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

/// A prepared letter with this body: open, unresolved.
pub fn letter(code: &str, body: &[u8]) -> Letter {
    let hash: [u8; 32] = Sha256::digest(body).into();
    Letter {
        summary: LetterSummary {
            id: 1,
            state: LetterState::Open,
            class: DeadClass::Unresolved,
            code: code.to_owned(),
            message: format!("{code} happened"),
            pointer: None,
            source: Some("/marketplace/jobs".to_owned()),
            event_id: None,
            event_type: Some("job-canceled".to_owned()),
            job: None,
            client: None,
            fingerprint: String::new(),
            times: 1,
            attempts: 0,
            first_seen: SEEN,
            last_seen: SEEN,
            settled_at: None,
            erased_at: None,
            body_len: body.len() as u64,
            digest: hash,
            version: "0.1.0".to_owned(),
        },
        body: body.to_vec(),
        body_hash: hash,
        headers: BTreeMap::from([("content-type".to_owned(), "application/cloudevents+json".to_owned())]),
        exchange: "marketplace.events".to_owned(),
        routing_key: "job-canceled".to_owned(),
        history: Vec::new(),
    }
}

/// An event that cancels a job.
pub fn canceled(id: &str, job: &str) -> Value {
    event("job-canceled", id, json!({"job_id": job, "cause": "client-canceled"}))
}

/// Any event.
pub fn event(event_type: &str, id: &str, data: Value) -> Value {
    json!({
        "specversion": "1.0", "type": event_type, "source": "/marketplace/jobs", "id": id,
        "time": "2026-11-20T09:00:00Z", "data": data,
    })
}

/// Facts of a job with one proposal that cost 6 Connects, for `makegood import`.
pub fn job_rows(job: &str) -> Vec<Value> {
    let at = "2026-11-01T00:00:00Z";
    vec![
        json!({"table": "jobs", "job_id": job, "client_id": "client-harbor", "title": "A job", "state": "canceled",
            "state_since": at}),
        json!({"table": "proposals", "proposal_id": format!("p-{job}"), "job_id": job, "account_id": "amara-own",
            "person_id": "amara", "state": "submitted", "state_since": at, "submitted_at": at}),
        json!({"table": "entries", "entry_id": format!("grant-{job}"), "account_id": "amara-own", "kind": "grant",
            "amount": 6, "created_at": at}),
        json!({"table": "entries", "entry_id": format!("fee-{job}"), "account_id": "amara-own", "kind": "fee",
            "amount": -6, "proposal_id": format!("p-{job}"), "created_at": at}),
    ]
}

/// One letter of each of five kinds, dead for a reason of its own.
pub fn five_kinds(bench: &Bench) {
    let summary = bench.process(&[
        canceled("unknown-job", "job-nowhere"),
        event("job-renamed", "unknown-type", json!({})),
        event("job-canceled", "bad-cause", json!({"job_id": "job-logo", "cause": "weather"})),
        canceled("twice", "job-shop"),
        canceled("twice", "job-copy"),
        json!({"specversion": "1.0", "type": "job-canceled", "source": "/marketplace/jobs", "id": "too-old",
            "time": "2001-01-01T00:00:00Z", "data": {"job_id": "job-logo", "cause": "client-canceled"}}),
    ]);
    assert_eq!(summary["dead_letters"], 5, "{summary}");
}
