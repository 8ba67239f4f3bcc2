//! How fast the daemon drains a queue of cancellations, beside the queue alone and the mail: `make bench-drain`.
//!
//! Real program, RabbitMQ, PostgreSQL, SMTP. See `benches/README.md`.
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
    clippy::cast_sign_loss,
    clippy::needless_pass_by_value,
    reason = "figures"
)]

#[allow(dead_code, clippy::allow_attributes, reason = "the tests' harness has more than a bench needs")]
#[path = "../tests/it/support/mod.rs"]
mod harness;
#[allow(dead_code, clippy::allow_attributes, reason = "shared by the benches")]
mod support;

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use harness::daemon::{Daemon, Settings};
use harness::{postgres::Database, rabbit::Vhost, wait};
use makegood::broker::{Publisher, attach};
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, PgPool};
use support::process::Used;
use support::report::{Report, quantile};
use support::sink::Sink;
use support::{checks, events};

const RUNS: usize = 3;
const QUEUE: &str = "makegood.events";
const DEADLINE: Duration = Duration::from_mins(10);

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(bench())
}

/// The figures of one run.
#[derive(Debug, Default)]
struct Run {
    nothing: f64,
    credits: f64,
    mails: f64,
    cpu_ms: f64,
    peak_mib: f64,
    wrong: Vec<(&'static str, i64)>,
}

async fn bench() -> ExitCode {
    let count = harness::optional("MAKEGOOD_BENCH_EVENTS").map_or(20_000, |n| n.parse().expect("a number"));
    let mut runs = Vec::new();
    for number in 1..=RUNS {
        let folder = tempfile::tempdir().expect("a folder");
        let run = run(count, folder.path()).await;
        eprintln!("drain: run {number}: {run:?}");
        runs.push(run);
    }
    let mut report = Report::new("drain");
    report.figure("events", "events, one proposal each", count, "");
    report.figure("runs", "runs; their median counts", RUNS, "");
    let median = |of: fn(&Run) -> f64| quantile(&runs.iter().map(of).collect::<Vec<_>>(), 0.5);
    let (nothing, credits) = (median(|run| run.nothing), median(|run| run.credits));
    report.figure("null_per_second", "the queue alone (attach, batches, acks)", nothing, "/s");
    report.figure("credits_per_second", "makegood run, first to last commit", credits, "/s");
    report.figure("ratio", "  of the queue alone", credits / nothing, "");
    report.figure("mails_per_second", "mails, first to last", median(|run| run.mails), "/s");
    report.figure("cpu_ms_per_event", "CPU of the daemon an event with its mail", median(|run| run.cpu_ms), "ms");
    report.figure("peak_mib", "peak resident memory (VmHWM)", median(|run| run.peak_mib), "MiB");
    let wrong = runs.iter().flat_map(|run| &run.wrong);
    report.figure("wrong", "rows that are wrong (own SQL)", wrong.clone().map(|found| found.1).sum::<i64>(), "");
    for (what, rows) in wrong {
        report.bound(*rows == 0, format!("{rows} {what}"));
    }
    report.print()
}

async fn run(count: u32, folder: &Path) -> Run {
    let (database, vhost, sink) = (Database::create().await, Vhost::create(), Sink::start());
    let settings = Settings::new(folder).store(&database.url()).smtp(sink.address());
    // A vhost of its own: acks sent just before the close were seen to be lost, and their messages came again.
    let idle = Vhost::create();
    prepare(&settings.clone().broker(&idle.url()), &[&["topology", "declare"]]);
    let settings = settings.broker(&vhost.url());
    prepare(&settings, &[&["migrate"], &["topology", "declare"]]);
    let pool = PgPoolOptions::new().max_connections(2).connect(&database.url()).await.expect("the database");
    let sql = include_str!("sql/drain.sql").replace(":n", &count.to_string());
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&pool).await.expect("facts loaded");

    fill(&idle, count).await;
    let nothing = drain_for_nothing(&idle, count).await;
    drop(idle);
    fill(&vhost, count).await;
    let mut run = Run { nothing, ..drain(&pool, &settings, &sink, count).await };
    run.wrong = checks::drain(&pool, count).await;
    pool.close().await;
    run
}

fn prepare(settings: &Settings, commands: &[&[&str]]) {
    for command in commands {
        let done = settings.command().args(*command).output().expect("the program runs");
        assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

/// Cancels every job once.
async fn fill(vhost: &Vhost, count: u32) {
    let mut publisher = Publisher::connect(&events::broker(&vhost.url())).await.expect("the broker");
    let cancel = |number| events::job_canceled(&format!("event-{number}"), &format!("job-{number}"));
    events::publish(&mut publisher, (1..=count).map(cancel).collect()).await;
    publisher.close().await;
}

/// Events a second that come out of the queue, in the daemon's batches, when nothing is done with them.
async fn drain_for_nothing(vhost: &Vhost, count: u32) -> f64 {
    let mut session = attach(&events::broker(&vhost.url()), QUEUE).await.expect("a consumer");
    let (mut taken, mut began) = (0, None);
    let mut first = 0;
    while taken < count {
        let batch = session.next_batch().await.expect("a batch").expect("more");
        taken += batch.len() as u32;
        if began.is_none() {
            (began, first) = (Some(Instant::now()), taken);
        }
        session.ack_through(batch.last().map_or(0, |delivery| delivery.tag)).await.expect("an ack");
    }
    let seconds = began.map_or(0.0, |began| began.elapsed().as_secs_f64());
    session.close().await;
    f64::from(count - first) / seconds
}

/// Starts the daemon on the full queue and waits for the last credit and the last mail.
async fn drain(pool: &PgPool, settings: &Settings, sink: &Sink, count: u32) -> Run {
    let mut used = Used::default();
    let mut daemon = Daemon::start(settings, "daemon");
    wait::until("every event applied", DEADLINE, async || {
        used.look();
        assert!(daemon.exited().is_none(), "the daemon ended:\n{}", daemon.log_tail());
        // Cheap: the head of an index, and the events are numbered as they come.
        let last: i64 = sqlx::query_scalar("select coalesce(max(event_no), 0) from events")
            .fetch_one(pool)
            .await
            .expect("an answer");
        last >= i64::from(count)
    })
    .await;
    wait::until("every mail sent", DEADLINE, async || {
        used.look();
        sink.taken() >= u64::from(count)
    })
    .await;
    used.ends();
    daemon.terminate(Duration::from_mins(1)).await;
    // `applied_at` is when a batch began: from the first batch to the last, everything but the last was committed.
    let sql = "select (select count(*) from events e where e.applied_at < s.until)::float8
            / extract(epoch from s.until - s.since)::float8
        from (select min(applied_at) as since, max(applied_at) as until from events) s";
    let credits = sqlx::query_scalar(sql).fetch_one(pool).await.expect("an answer");
    let cpu_ms = used.cpu_seconds() * 1000.0 / f64::from(count);
    Run { credits, mails: sink.rate(), cpu_ms, peak_mib: used.peak_mib(), ..Run::default() }
}
