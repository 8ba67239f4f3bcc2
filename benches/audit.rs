//! How long a whole audit takes over a million proposals, and what events that arrive meanwhile notice of it: `make
//! bench-audit`.
//!
//! Real program, RabbitMQ, PostgreSQL. See `benches/README.md`.
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

use std::ops::RangeInclusive;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use harness::daemon::{Daemon, Settings};
use harness::{postgres::Database, rabbit::Vhost};
use makegood::broker::Publisher;
use serde_json::Value;
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, PgPool};
use support::report::{Report, quantile};
use support::{events, sink::Sink};

/// Jobs that can be canceled while the bench looks on: more than an audit leaves time for.
const LIVE: u32 = 20_000;
/// Canceled jobs that no event ever told of: the audit has to find each.
const GAPS: u64 = 100;
/// Jobs canceled before the audit begins, to compare with.
const QUIET: u32 = 300;
/// From one canceled job to the next.
const EVERY: Duration = Duration::from_millis(50);
/// Longest wait for one commit.
const DEADLINE: Duration = Duration::from_mins(2);
/// A million proposals "in minutes" (issue 5).
const AUDIT_MAX: Duration = Duration::from_mins(10);

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(bench())
}

async fn bench() -> ExitCode {
    let proposals: u64 =
        harness::optional("MAKEGOOD_BENCH_PROPOSALS").map_or(1_000_000, |n| n.parse().expect("a number"));
    assert!(proposals >= 5_000, "MAKEGOOD_BENCH_PROPOSALS: at least 5000");
    let folder = tempfile::tempdir().expect("a folder");
    let (database, vhost, sink) = (Database::create().await, Vhost::create(), Sink::start());
    let settings = Settings::new(folder.path())
        .store(&database.url())
        .broker(&vhost.url())
        .smtp(sink.address())
        .set("audit.enabled", false);
    for command in [&["migrate"][..], &["topology", "declare"]] {
        let done = settings.command().args(command).output().expect("the program runs");
        assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
    let pool = PgPoolOptions::new().max_connections(4).connect(&database.url()).await.expect("the database");
    load(&pool, proposals).await;
    let mut daemon = Daemon::start_ready(&settings, "daemon").await;
    let mut publisher = Publisher::connect(&events::broker(&vhost.url())).await.expect("the broker");

    let quiet = canceled(&pool, &mut publisher, 1..=QUIET, &mut || true).await;
    let (audit, meanwhile) = audited(&settings, &pool, &mut publisher).await;
    publisher.close().await;
    daemon.terminate(Duration::from_mins(1)).await;
    pool.close().await;
    tell(proposals, &audit, &quiet, &meanwhile)
}

async fn load(pool: &PgPool, proposals: u64) {
    let began = Instant::now();
    let market = include_str!("sql/answers_postgres.sql").replace(":total", &proposals.to_string());
    let beside = include_str!("sql/audit.sql").replace(":live", &LIVE.to_string()).replace(":gaps", &GAPS.to_string());
    for sql in [market, beside] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(pool).await.expect("loaded");
    }
    eprintln!("audit: loaded in {:.0} s", began.elapsed().as_secs_f64());
}

/// What a run of `makegood audit --json` took and said.
struct Audited {
    seconds: f64,
    said: Value,
}

/// Runs the audit, and cancels jobs until it has ended.
async fn audited(settings: &Settings, pool: &PgPool, publisher: &mut Publisher) -> (Audited, Vec<f64>) {
    let mut command: Command = settings.command();
    command.args(["audit", "--json"]);
    let began = Instant::now();
    let running = tokio::task::spawn_blocking(move || {
        let output = command.output().expect("the program runs");
        (output, began.elapsed().as_secs_f64())
    });
    let meanwhile = canceled(pool, publisher, QUIET + 1..=LIVE, &mut || !running.is_finished()).await;
    let (output, seconds) = running.await.expect("an end");
    let said = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&output.stderr)));
    (Audited { seconds, said }, meanwhile)
}

/// Cancels these jobs, one after the other, while `goes_on`; milliseconds from publishing each to its commit.
async fn canceled(
    pool: &PgPool, publisher: &mut Publisher, jobs: RangeInclusive<u32>, goes_on: &mut dyn FnMut() -> bool,
) -> Vec<f64> {
    let mut took = Vec::new();
    let mut pace = tokio::time::interval(EVERY);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for job in jobs {
        if !goes_on() {
            break;
        }
        pace.tick().await;
        let id = format!("live-{job}");
        let published = Instant::now();
        events::publish(publisher, vec![events::job_canceled(&id, &id)]).await;
        let committed = events::commit(pool, &id, published, DEADLINE).await;
        took.push(committed.as_secs_f64() * 1_000.0);
    }
    took
}

fn tell(proposals: u64, audit: &Audited, quiet: &[f64], meanwhile: &[f64]) -> ExitCode {
    let mut report = Report::new("audit");
    report.figure("proposals", "proposals", proposals, "");
    report.figure("seconds", "a whole audit", audit.seconds, "s");
    report.figure("per_second", "  proposals a second", proposals as f64 / audit.seconds, "/s");
    for (key, label, took) in
        [("quiet", "publish to commit before it", quiet), ("audited", "  while it ran", meanwhile)]
    {
        report.figure(&format!("{key}_events"), &format!("{label}, events"), took.len() as u64, "");
        report.figure(&format!("{key}_p50_ms"), &format!("{label}, p50"), quantile(took, 0.5), "ms");
        report.figure(&format!("{key}_p99_ms"), &format!("{label}, p99"), quantile(took, 0.99), "ms");
    }
    let found = |code: &str| -> u64 {
        let open = audit.said["open"].as_array().map(Vec::as_slice).unwrap_or_default();
        open.iter().filter(|of| of["code"] == code).filter_map(|of| of["findings"].as_u64()).sum()
    };
    let all: u64 =
        audit.said["open"].as_array().map_or(0, |open| open.iter().filter_map(|of| of["findings"].as_u64()).sum());
    report.figure("found", "planted gaps found", found("event_missing"), &format!("of {GAPS}"));
    report.figure("others", "other findings", all - found("event_missing"), "");
    report.bound(found("event_missing") == GAPS, "a planted gap was not found");
    report.bound(all == GAPS, format!("findings that are none: {}", audit.said["open"]));
    report.bound(audit.seconds < AUDIT_MAX.as_secs_f64(), format!("{:.0} s are not minutes", audit.seconds));
    report.print()
}
