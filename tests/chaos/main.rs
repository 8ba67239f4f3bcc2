//! The long fault run, `make chaos`: every fault of the reliability notes that a program can cause, under load, on a
//! RabbitMQ and a PostgreSQL of its own, which it kills. Talk on stderr, one JSON verdict on stdout; exit code 0 or 1.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a run that cannot go on ends"
)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the verdict on stdout, the talk on stderr")]
#![allow(unreachable_pub, reason = "`pub` in the harness means: for every test; nothing leaves this binary")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::needless_pass_by_value,
    clippy::disallowed_methods,
    reason = "as in the other tests: small counts, values, tasks of their own"
)]

mod disk;
mod options;
mod outage;
mod services;
mod stalls;
mod storms;
mod verdict;

// The rig and the faults that the short form in `tests/it` uses too.
#[allow(dead_code, clippy::allow_attributes, reason = "the harness has more than one run needs")]
#[path = "../it/support/mod.rs"]
mod support;

#[path = "../it/chaos/cutting.rs"]
mod cutting;
#[path = "../it/chaos/feed.rs"]
mod feed;
#[path = "../it/chaos/killing.rs"]
mod killing;
#[path = "../it/chaos/nemesis.rs"]
mod nemesis;
#[path = "../it/chaos/phase.rs"]
mod phase;
#[allow(dead_code, clippy::allow_attributes, reason = "the rig has more than this run needs")]
#[path = "../it/chaos/rig.rs"]
mod rig;
#[path = "../it/chaos/watch.rs"]
mod watch;

use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use options::{Options, Plan, Which};
use phase::Outcome;
use rig::Rig;
use verdict::Verdict;

fn main() -> ExitCode {
    let options = Options::parse();
    if !services::owned() {
        return services::run_on_own();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let verdict = runtime.expect("a runtime").block_on(run(options));
    println!("{}", serde_json::to_string(&verdict).expect("JSON"));
    if verdict.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Lets a fault last.
async fn hold(length: Duration) {
    support::wait::answer(length, async || None::<()>).await;
}

async fn run(options: Options) -> Verdict {
    let (plan, begun) = (options.plan(), Instant::now());
    let mut verdict = Verdict::new(options.seed, options.scale());
    // The outage is nearly idle and long, and the kills of daemons touch neither broker nor database: both at once.
    let both = options.runs(Which::Outage) && options.runs(Which::DaemonKills);
    if both {
        let (kills, outage) = tokio::join!(one(Which::DaemonKills, &plan), one(Which::Outage, &plan));
        verdict.take(kills);
        verdict.take(outage);
    }
    for which in Which::ALL {
        if options.runs(which) && !(both && matches!(which, Which::DaemonKills | Which::Outage)) {
            verdict.take(one(which, &plan).await);
        }
    }
    verdict.finish(&plan, begun.elapsed())
}

/// One phase. A panic in it is its failure, not that of the run.
async fn one(which: Which, plan: &Plan) -> Outcome {
    let (name, begun) = (which.name(), Instant::now());
    eprintln!("{name}: begins");
    let outcome = match AssertUnwindSafe(phase(which, plan)).catch_unwind().await {
        Ok(outcome) => outcome,
        Err(said) => Outcome { phase: name, wrong: vec![verdict::panic_text(&*said)], ..Outcome::default() },
    };
    let word = if outcome.ok { "ok" } else { "FAILED" };
    eprintln!("{name}: {word} after {:?}: {:?} {:?}", begun.elapsed(), outcome.injected, outcome.wrong);
    if !outcome.ok {
        eprintln!("{}", outcome.json());
    }
    outcome
}

fn phase(which: Which, plan: &Plan) -> LocalBoxFuture<'_, Outcome> {
    async move {
        let seed = plan.seed ^ which as u64;
        match which {
            Which::DaemonKills => killing::run(&Rig::new(seed, plan.market(which)).await, plan.kills).await,
            Which::Cuts => cutting::run(&Rig::behind_doors(seed, plan.market(which)).await, plan.cuts).await,
            Which::BrokerKills => storms::broker(&Rig::new(seed, plan.market(which)).await, plan.broker_kills).await,
            Which::PostgresKills => {
                storms::postgres(&Rig::new(seed, plan.market(which)).await, plan.postgres_kills, plan.backends).await
            }
            Which::Stalls => stalls::run(&Rig::behind_doors(seed, plan.market(which)).await, plan.stalls).await,
            Which::SqliteDisk => disk::run(seed, plan.market(which), plan.disk_fills).await,
            Which::Outage => outage::run(&Rig::behind_doors(seed, plan.market(which)).await, plan.outage).await,
        }
    }
    .boxed_local()
}
