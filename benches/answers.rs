//! How long an answer takes where a million proposals lie: `make bench-answers`.
//!
//! Real PostgreSQL, and SQLite in a file. See `benches/README.md`.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a bench that cannot go on ends"
)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it found")]
#![allow(unreachable_pub, reason = "`pub` in a shared file means: for every bench")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::needless_pass_by_value,
    reason = "figures"
)]

#[allow(dead_code, clippy::allow_attributes, reason = "the tests' harness has more than a bench needs")]
#[path = "../tests/it/support/mod.rs"]
mod harness;
#[allow(dead_code, clippy::allow_attributes, reason = "shared by the benches")]
mod support;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use harness::postgres::Database;
use makegood::store::{Listed, Store, StoreOptions, ThingKind, open};
use makegood::worker::explain::{PROPOSALS_SHOWN, explain, find};
use makegood::worker::history::{Page, Period, statement};
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};
use support::report::{Report, quantile};
use time::OffsetDateTime;

/// An answer at a million proposals (issue 5).
const ANSWER_MS_MAX: f64 = 50.0;
/// Ids of each kind.
const IDS: u64 = 100;
/// Strides over ids, prime, so that neighbours in time are no neighbours in the tables.
const STRIDE: u64 = 7_919;
/// Lines of a statement.
const LINES: u32 = 100;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(bench())
}

async fn bench() -> ExitCode {
    let proposals: u64 =
        harness::optional("MAKEGOOD_BENCH_PROPOSALS").map_or(1_000_000, |n| n.parse().expect("a number"));
    assert!(proposals >= 5_000, "MAKEGOOD_BENCH_PROPOSALS: at least 5000");
    let mut report = Report::new("answers");
    report.figure("proposals", "proposals", proposals, "");
    let database = Database::create().await;
    let store = opened(database.url()).await;
    let pool = PgPool::connect(&database.url()).await.expect("PostgreSQL");
    let began = Instant::now();
    let sql = include_str!("sql/answers_postgres.sql").replace(":total", &proposals.to_string());
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&pool).await.expect("loaded");
    eprintln!("answers: PostgreSQL loaded in {:.0} s", began.elapsed().as_secs_f64());
    ask("postgres", &*store, proposals, &mut report).await;
    store.close().await;
    pool.close().await;
    drop(database);
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("makegood.db").display());
    let store = opened(url.clone()).await;
    let pool = SqlitePool::connect(&url).await.expect("SQLite");
    let began = Instant::now();
    let sql = include_str!("sql/answers_sqlite.sql").replace(":total", &proposals.to_string());
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&pool).await.expect("loaded");
    pool.close().await;
    eprintln!("answers: SQLite loaded in {:.0} s", began.elapsed().as_secs_f64());
    ask("sqlite", &*store, proposals, &mut report).await;
    store.close().await;
    report.print()
}

async fn opened(url: String) -> Arc<dyn Store> {
    let options = StoreOptions {
        url: url.into(),
        connections_max: 2,
        acquire_timeout: Duration::from_secs(30),
        statement_timeout: Duration::from_secs(60),
        lock_timeout: Duration::from_secs(60),
        inline_proposals_max: 100,
        batch_proposals_max: 1_000,
        chunk_accounts: 1_000,
        announces: false,
        exclusive: false,
    };
    let store = open(options).await.expect("a store");
    store.migrate().await.expect("migrated");
    store
}

/// Asks about ids of each kind twice: when the database has just been filled, and again.
async fn ask(database: &str, store: &dyn Store, proposals: u64, report: &mut Report) {
    let spread = |name: &str, of: u64| -> Vec<String> {
        (0..IDS).map(|n| format!("{name}{}", 1 + n * STRIDE % (of - 1))).collect()
    };
    let kinds = [
        ("proposal", ThingKind::Proposal, spread("pro-", proposals)),
        ("entry", ThingKind::Entry, spread("return-fee-pro-", proposals)),
        ("account", ThingKind::Account, spread("acc-", proposals / 5)),
        ("busy_account", ThingKind::Account, vec!["acc-busy".to_owned(); 5]),
        ("person", ThingKind::Person, spread("per-", proposals / 5)),
        ("job", ThingKind::Job, spread("job-", proposals / 50)),
        ("large_job", ThingKind::Job, vec!["job-0".to_owned(); 5]),
        ("client", ThingKind::Client, spread("cli-", proposals / 500)),
        ("event", ThingKind::Event, spread("evt-", proposals / 50)),
        ("large_event", ThingKind::Event, vec!["evt-0".to_owned(); 5]),
    ];
    for (name, kind, ids) in kinds {
        for pass in ["first", "again"] {
            let mut took = Vec::new();
            for id in &ids {
                took.push(answered(store, kind, id).await);
            }
            tell(database, name, pass, &took, report);
        }
    }
    for (name, account) in [("history", "acc-3"), ("long_history", "acc-busy")] {
        let mut took = Vec::new();
        for newest_first in [true, false].repeat(5) {
            let began = Instant::now();
            let page = Page { beyond: None, newest_first, limit: LINES };
            let found = statement(store, account, Period::default(), &page).await.expect("read");
            assert!(!found.expect("an account").lines.is_empty(), "{account}");
            took.push(began.elapsed().as_secs_f64() * 1_000.0);
        }
        tell(database, name, "first", &took, report);
    }
}

/// Milliseconds from the id to the timeline: looked up and explained, as the command does.
async fn answered(store: &dyn Store, kind: ThingKind, id: &str) -> f64 {
    let began = Instant::now();
    let found = find(store, id, Some(kind)).await.expect("looked up");
    let thing = found.first().unwrap_or_else(|| panic!("{id} is not there"));
    let page = Listed { before: None, limit: PROPOSALS_SHOWN };
    let timeline = explain(store, thing, page, OffsetDateTime::UNIX_EPOCH).await.expect("explained");
    let took = began.elapsed().as_secs_f64() * 1_000.0;
    assert!(!timeline.answer.sentences.is_empty() && timeline.answer.code != "unknown", "{id}: {:?}", timeline.answer);
    took
}

fn tell(database: &str, name: &str, pass: &str, took: &[f64], report: &mut Report) {
    let (median, worst) = (quantile(took, 0.5), quantile(took, 1.0));
    report.figure(
        &format!("{database}_{name}_{pass}_p50"),
        &format!("{database}, {name}, {pass}: median"),
        median,
        "ms",
    );
    report.figure(&format!("{database}_{name}_{pass}_max"), &format!("{database}, {name}, {pass}: worst"), worst, "ms");
    report.bound(
        median < ANSWER_MS_MAX,
        format!("{database}, {name}, {pass}: {median:.1} ms, and {ANSWER_MS_MAX} at most"),
    );
}
