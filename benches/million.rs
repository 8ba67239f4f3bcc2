//! One client with a million proposals is suspended while other jobs are canceled and the daemon is killed: `make
//! bench-million`.
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

use std::process::ExitCode;
use std::time::{Duration, Instant};

use harness::daemon::{Daemon, Settings};
use harness::{postgres::Database, rabbit::Vhost, wait};
use makegood::broker::Publisher;
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, PgPool};
use support::process::Used;
use support::report::{Report, quantile};
use support::sink::Sink;
use support::{checks, events};
use tokio::sync::watch;

/// Resident memory of the daemon at most (issue 2).
const MEMORY_MIB_MAX: f64 = 128.0;
/// A job canceled meanwhile is credited "within a second or two".
const LATENCY_P50_MAX: f64 = 1.0;
const LATENCY_MAX: f64 = 2.0;
/// Shares of the fan-out at which the daemon is killed.
const KILLS: [f64; 4] = [0.2, 0.4, 0.6, 0.8];
/// Jobs that can be canceled meanwhile, one a second: longer than any run lasts.
const LIVE: u32 = 3600;
/// The last share of the fan-out may be slower than the first by this factor: what a chunk costs stays flat.
const SLOWER_MAX: f64 = 2.0;
const DEADLINE: Duration = Duration::from_hours(1);
const SUSPENSION: &str = "suspension";

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(bench())
}

/// What the run is made of.
struct Rig {
    pool: PgPool,
    settings: Settings,
    vhost: Vhost,
    sink: Sink,
    database: Database,
    proposals: u32,
}

async fn bench() -> ExitCode {
    let proposals = harness::optional("MAKEGOOD_BENCH_PROPOSALS").map_or(1_000_000, |n| n.parse().expect("a number"));
    assert!(proposals >= 1000, "MAKEGOOD_BENCH_PROPOSALS: at least 1000");
    let folder = tempfile::tempdir().expect("a folder");
    let mut report = Report::new("million");
    let rig = Rig::set_up(proposals, folder.path()).await;
    report.figure("proposals", "proposals of the suspended client", proposals, "");
    let run = rig.run().await;
    rig.tell(&run, &mut report);
    let findings = checks::suspension(&rig.pool, proposals).await;
    report.figure("wrong", "rows that are wrong (own SQL)", findings.iter().map(|found| found.1).sum::<i64>(), "");
    for (what, rows) in findings {
        report.bound(rows == 0, format!("{rows} {what}"));
    }
    rig.pool.close().await;
    drop(rig.database);
    report.print()
}

/// What happened.
#[derive(Default)]
struct Run {
    seconds: f64,
    used: Used,
    /// Share of the fan-out done, and when, while the daemon was up.
    progress: Vec<(Instant, f64)>,
    /// From the kill until the daemon was ready again.
    down: Vec<(Instant, Instant)>,
    /// When each live event was published, and seconds until its commit was seen.
    live: Vec<(Instant, f64)>,
    mails_meanwhile: u64,
    clean_exit: bool,
}

impl Rig {
    async fn set_up(proposals: u32, folder: &std::path::Path) -> Self {
        let (database, vhost, sink) = (Database::create().await, Vhost::create(), Sink::start());
        let settings = Settings::new(folder).store(&database.url()).broker(&vhost.url()).smtp(sink.address());
        let migrated = settings.command().arg("migrate").output().expect("the program runs");
        assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
        let pool = PgPoolOptions::new().max_connections(4).connect(&database.url()).await.expect("the database");
        let began = Instant::now();
        let sql = include_str!("sql/million.sql").replace(":live", &LIVE.to_string());
        let sql = sql.replace(":n", &proposals.to_string());
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&pool).await.expect("facts loaded");
        eprintln!("million: {proposals} proposals loaded in {:.0} s", began.elapsed().as_secs_f64());
        Rig { pool, settings, vhost, sink, database, proposals }
    }

    async fn run(&self) -> Run {
        let mut daemon = Daemon::start_ready(&self.settings, "daemon-0").await;
        let broker = events::broker(&self.vhost.url());
        let mut publisher = Publisher::connect(&broker).await.expect("the broker");
        let began = Instant::now();
        events::publish(&mut publisher, vec![events::client_suspended(SUSPENSION, "cli-big")]).await;
        let (done, until_done) = watch::channel(false);
        let live = live(self.pool.clone(), publisher, until_done);
        let watched = async {
            let run = self.oversee(&mut daemon, began).await;
            done.send_replace(true);
            run
        };
        let (mut run, live) = tokio::join!(watched, live);
        run.live = live;
        run.mails_meanwhile = self.sink.taken();
        if harness::optional("MAKEGOOD_BENCH_ALL_MAIL").is_some() {
            wait::until("every notice sent", DEADLINE, async || {
                run.used.look();
                !exists(&self.pool, "select exists (select from notices where state <> 'sent')").await
            })
            .await;
        }
        run.used.ends();
        run.clean_exit = daemon.terminate(Duration::from_mins(1)).await.success();
        run
    }

    /// Watches the fan-out to its end, kills the daemon on the way.
    async fn oversee(&self, daemon: &mut Daemon, began: Instant) -> Run {
        let mut run = Run::default();
        let mut kills = KILLS.iter().peekable();
        let mut looks = tokio::time::interval(Duration::from_millis(100));
        let mut told = Instant::now();
        while began.elapsed() < DEADLINE {
            looks.tick().await;
            run.used.look();
            let share = self.share().await;
            run.progress.push((Instant::now(), share));
            if told.elapsed() > Duration::from_secs(10) {
                told = Instant::now();
                let mails = self.sink.taken();
                eprintln!("million: {:.1} %, {:.0} MiB, {mails} mails", share * 100.0, run.used.peak_mib());
            }
            if share >= 1.0 {
                run.seconds = began.elapsed().as_secs_f64();
                return run;
            }
            if kills.next_if(|at| share >= **at).is_some() {
                run.used.ends();
                let killed = Instant::now();
                assert_eq!(daemon.kill(), Some(9), "it ended by itself:\n{}", daemon.log_tail());
                let name = format!("daemon-{}", run.down.len() + 1);
                *daemon = Daemon::start_ready(&self.settings, &name).await;
                run.down.push((killed, Instant::now()));
            }
            assert!(daemon.exited().is_none(), "the daemon ended:\n{}", daemon.log_tail());
        }
        panic!("the fan-out did not end; the daemon's log ends:\n{}", daemon.log_tail());
    }

    /// How much of the fan-out is done: the accounts' ids are numbers in their order, and the cursor is one of them.
    async fn share(&self) -> f64 {
        let sql = "select state, coalesce(cursor, '') from events where event_id = $1";
        let row: Option<(String, String)> =
            sqlx::query_as(sql).bind(SUSPENSION).fetch_optional(&self.pool).await.expect("an answer");
        match row {
            Some((state, _)) if state == "applied" => 1.0,
            Some((_, cursor)) => {
                let number = cursor.trim_start_matches("acc-").parse().unwrap_or(0.0);
                number / f64::from(self.proposals - self.proposals / 50)
            }
            None => 0.0,
        }
    }

    fn tell(&self, run: &Run, report: &mut Report) {
        let (up, down): (Vec<_>, Vec<_>) = run.live.iter().partition(|live| !run.was_down(live));
        let seconds = |lives: Vec<&(Instant, f64)>| lives.into_iter().map(|live| live.1).collect::<Vec<_>>();
        let (up, down) = (seconds(up), seconds(down));
        let (p50, max) = (quantile(&up, 0.5), quantile(&up, 1.0));
        let (first, last) = (run.rate(0.0, 0.2, self.proposals), run.rate(0.8, 1.0, self.proposals));
        let down_seconds: f64 = run.down.iter().map(|(from, to)| (*to - *from).as_secs_f64()).sum();
        report.figure("seconds", "from publishing to the last commit", run.seconds, "s");
        report.figure("killed", "SIGKILLs on the way", run.down.len(), "");
        report.figure("down_seconds", "of that without a ready daemon", down_seconds, "s");
        let rate = f64::from(self.proposals) / (run.seconds - down_seconds);
        report.figure("credits_per_second", "credits while it ran", rate, "/s");
        report.figure("credits_per_second_first_fifth", "  in the first fifth", first, "/s");
        report.figure("credits_per_second_last_fifth", "  in the last fifth", last, "/s");
        report.figure("peak_mib", "peak resident memory (VmHWM)", run.used.peak_mib(), "MiB");
        report.figure("cpu_seconds", "CPU time of the daemon", run.used.cpu_seconds(), "s");
        report.figure("live", "jobs canceled meanwhile, daemon up", up.len(), "");
        report.figure("live_p50_seconds", "  publish to commit, median", p50, "s");
        report.figure("live_p95_seconds", "  publish to commit, p95", quantile(&up, 0.95), "s");
        report.figure("live_max_seconds", "  publish to commit, longest", max, "s");
        report.figure("live_down", "jobs canceled around a kill", down.len(), "");
        report.figure("live_down_max_seconds", "  publish to commit, longest", quantile(&down, 1.0), "s");
        report.figure("mails_meanwhile", "mails taken meanwhile", run.mails_meanwhile, "");
        report.bound(run.used.peak_mib() < MEMORY_MIB_MAX, format!("more than {MEMORY_MIB_MAX} MiB resident"));
        report.bound(run.down.len() >= 3, "killed fewer than 3 times");
        report.bound(p50 <= LATENCY_P50_MAX && max <= LATENCY_MAX, "jobs canceled meanwhile were held up");
        report.bound(first <= last * SLOWER_MAX, "chunks become slower on the way");
        report.bound(run.clean_exit, "SIGTERM was not answered by exit code 0");
    }
}

impl Run {
    /// Published, or waiting, while no daemon was ready.
    fn was_down(&self, (published, seconds): &(Instant, f64)) -> bool {
        let committed = *published + Duration::from_secs_f64(*seconds);
        self.down.iter().any(|(from, to)| *published <= *to && committed >= *from)
    }

    /// Accounts a second between two shares of the fan-out that no kill lies between.
    fn rate(&self, from: f64, to: f64, proposals: u32) -> f64 {
        let inside: Vec<_> = self.progress.iter().filter(|(_, share)| *share > from && *share <= to).collect();
        let since = |at: &Instant| !self.down.iter().any(|(killed, ready)| at >= killed && at <= ready);
        let (Some(first), Some(last)) = (inside.iter().find(|(at, _)| since(at)), inside.last()) else { return 0.0 };
        f64::from(proposals) * (last.1 - first.1) / (last.0 - first.0).as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

/// Cancels one job a second until told that it is done; how long each took.
async fn live(pool: PgPool, mut publisher: Publisher, until_done: watch::Receiver<bool>) -> Vec<(Instant, f64)> {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    let mut watching = tokio::task::JoinSet::new();
    for number in 1..=LIVE {
        seconds.tick().await;
        if *until_done.borrow() {
            break;
        }
        let id = format!("live-{number}");
        let published = Instant::now();
        events::publish(&mut publisher, vec![events::job_canceled(&id, &id)]).await;
        watching.spawn(commit(pool.clone(), id, published));
    }
    publisher.close().await;
    watching.join_all().await
}

/// When it was published, and seconds until its commit.
async fn commit(pool: PgPool, id: String, published: Instant) -> (Instant, f64) {
    (published, events::commit(&pool, &id, published, DEADLINE).await.as_secs_f64())
}

async fn exists(pool: &PgPool, sql: &'static str) -> bool {
    sqlx::query_scalar(sql).fetch_one(pool).await.expect("an answer")
}
