//! The marketplaces of `make bench`: loaded once, copied for each run.

use std::path::Path;

use makegood::broker::{Outgoing, Publisher};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::events;
use crate::harness::daemon::Settings;
use crate::harness::postgres::Database;
use crate::harness::rabbit::Vhost;

/// Which workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A full queue: 20,000 jobs canceled, one proposal each. Then W5, mail alone: the same letters, all due again.
    W1,
    /// A full queue: 2,000 jobs canceled, 20 proposals each.
    W2,
    /// One suspension, 100,000 proposals.
    W3,
    /// 200 events a second.
    W4,
    /// One suspension, 1,000,000 proposals, with jobs canceled meanwhile.
    W6,
    /// A backlog of 200,000 jobs canceled.
    W7,
}

impl Kind {
    /// All, the shortest first.
    pub const ALL: [Kind; 6] = [Kind::W1, Kind::W2, Kind::W3, Kind::W4, Kind::W6, Kind::W7];

    /// As in the issue and in `MAKEGOOD_BENCH_ONLY`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::W1 => "W1",
            Kind::W2 => "W2",
            Kind::W3 => "W3",
            Kind::W4 => "W4",
            Kind::W6 => "W6",
            Kind::W7 => "W7",
        }
    }

    /// Run once, by the daemon alone: it takes minutes.
    pub fn is_long(self) -> bool {
        matches!(self, Kind::W6 | Kind::W7)
    }

    /// Jobs, proposals on each, jobs of one client.
    fn shape(self) -> (usize, usize, usize) {
        match self {
            Kind::W1 => (20_000, 1, 1),
            Kind::W2 => (2_000, 20, 1),
            Kind::W3 => (2_000, 50, 2_000),
            Kind::W4 => (4_000, 1, 1),
            Kind::W6 => (20_000, 50, 20_000),
            Kind::W7 => (200_000, 1, 1),
        }
    }

    /// It begins with one event, of the first client.
    pub fn is_suspension(self) -> bool {
        matches!(self, Kind::W3 | Kind::W6)
    }
}

/// A marketplace, loaded.
pub struct Field {
    /// Whose.
    pub kind: Kind,
    /// `job-1` to `job-{jobs}`.
    pub jobs: usize,
    /// `pro-1` to `pro-{proposals}`, in the order of the jobs.
    pub proposals: usize,
    /// Jobs beyond those of the suspended client, canceled meanwhile.
    pub live: usize,
    template: Database,
}

impl Field {
    /// Loads it into a database of its own.
    pub async fn load(kind: Kind, scale: f64) -> Self {
        let (jobs, each, posts) = kind.shape();
        let scaled = |count: usize| if count == 1 { 1 } else { (count as f64 * scale).round().max(1.0) as usize };
        let live = if kind == Kind::W6 { 2_000 } else { 0 };
        Self::shaped(kind, (scaled(jobs), each, scaled(posts)), live).await
    }

    /// As that of W1, with so many jobs.
    pub async fn of(jobs: usize) -> Self {
        Self::shaped(Kind::W1, (jobs, 1, 1), 0).await
    }

    async fn shaped(kind: Kind, (jobs, each, posts): (usize, usize, usize), live: usize) -> Self {
        let template = Database::create().await;
        let folder = tempfile::tempdir().expect("a folder");
        command(&Settings::new(folder.path()).store(&template.url()), &["migrate"]);
        let mut database = PgConnection::connect(&template.url()).await.expect("the database");
        load(&mut database, (jobs, each, posts), "").await;
        if live > 0 {
            load(&mut database, (live, 1, 1), "live-").await;
        }
        for statement in ["vacuum analyze", "checkpoint"] {
            database.execute(statement).await.expect("it runs");
        }
        database.close().await.expect("closed");
        Self { kind, jobs, proposals: jobs * each, live, template }
    }

    /// A copy of it.
    pub async fn copy(&self) -> Database {
        let copy = Database::create().await;
        let name = |database: &Database| database.url().rsplit('/').next().expect("a name").to_owned();
        let server = crate::harness::service("MAKEGOOD_TEST_POSTGRES");
        let mut admin = PgConnection::connect(&format!("{server}/postgres")).await.expect("PostgreSQL answers");
        for sql in [
            format!("drop database {}", name(&copy)),
            format!("create database {} template {}", name(&copy), name(&self.template)),
        ] {
            admin.execute(AssertSqlSafe(sql)).await.expect("copied");
        }
        admin.close().await.expect("closed");
        copy
    }

    /// Cancels every job, in order.
    pub async fn fill(&self, vhost: &Vhost) {
        let mut publisher = Publisher::connect(&events::broker(&vhost.url())).await.expect("the broker");
        let numbers: Vec<usize> = (1..=self.jobs).collect();
        for some in numbers.chunks(10_000) {
            events::publish(&mut publisher, some.iter().map(|number| canceled(*number)).collect()).await;
        }
        publisher.close().await;
    }
}

/// The cancellation of a job.
pub fn canceled(number: usize) -> Outgoing {
    events::job_canceled(&format!("event-{number}"), &format!("job-{number}"))
}

/// Declares the queues in a new vhost.
pub fn prepare(vhost: &Vhost, folder: &Path) {
    command(&Settings::new(folder).broker(&vhost.url()), &["topology", "declare"]);
}

fn command(settings: &Settings, arguments: &[&str]) {
    let done = settings.command().args(arguments).output().expect("the program runs");
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

async fn load(database: &mut PgConnection, (jobs, each, posts): (usize, usize, usize), prefix: &str) {
    let sql = include_str!("../sql/workloads.sql")
        .replace(":jobs", &jobs.to_string())
        .replace(":each", &each.to_string())
        .replace(":posts", &posts.to_string())
        .replace(":prefix", prefix);
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(database).await.expect("facts loaded");
}
