//! How fast the daemon makes good, beside what this machine can do at best and a worker somebody might run instead:
//! `make bench`.
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

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use support::contender::{Contender, QUEUE};
use support::field::{Field, Kind, prepare};
use support::report::{Report, quantile};
use support::{growth, limits, replicas, run};

/// Events a second in W4.
const PACE: u32 = 200;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(bench())
}

/// What was measured, by name: one value a run.
#[derive(Debug, Default)]
pub struct Figures(BTreeMap<String, Vec<f64>>);

impl Figures {
    fn add(&mut self, name: impl Into<String>, value: f64) {
        self.0.entry(name.into()).or_default().push(value);
    }

    fn median(&self, name: &str) -> Option<f64> {
        self.0.get(name).map(|values| quantile(values, 0.5))
    }
}

fn knob(name: &str, otherwise: f64) -> f64 {
    harness::optional(name).map_or(otherwise, |n| n.parse().expect("a number"))
}

async fn bench() -> ExitCode {
    let (runs, scale) = (knob("MAKEGOOD_BENCH_RUNS", 5.0) as u32, knob("MAKEGOOD_BENCH_SCALE", 1.0));
    let only = harness::optional("MAKEGOOD_BENCH_ONLY");
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only.split(',').any(|one| one == name));
    let mut figures = Figures::default();
    let mut wrong = Vec::new();
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| wanted(kind.name())).collect();
    let mut fields = Vec::new();
    for kind in kinds {
        fields.push(Field::load(kind, scale).await);
    }
    for number in 1..=runs {
        for field in fields.iter().filter(|field| number == 1 || !field.kind.is_long()) {
            let mut of_run = Figures::default();
            if wanted("limits") {
                limit(field, &mut of_run).await;
            }
            for who in contenders(field.kind, &wanted) {
                let folder = tempfile::tempdir().expect("a folder");
                let (found, bad) = run::run(field, who, folder.path()).await;
                for (name, value) in found {
                    of_run.add(format!("{}.{name}", who.name()), value);
                }
                wrong.extend(
                    bad.into_iter().filter(|(_, rows)| *rows > 0).map(|(what, rows)| {
                        format!("{} {}, run {number}: {rows} {what}", field.kind.name(), who.name())
                    }),
                );
            }
            for (name, values) in of_run.0 {
                eprintln!("bench: run {number}: {} {name} {:.3}", field.kind.name(), values[0]);
                figures.add(format!("{}.{name}", field.kind.name()), values[0]);
            }
        }
    }
    if wanted("sqlite") {
        let folder = tempfile::tempdir().expect("a folder");
        for _ in 0..runs {
            figures.add("W1.sqlite.credits", run::sqlite(scale, folder.path()).await);
        }
    }
    if wanted("replicas") {
        wrong.extend(share(&mut figures, runs, scale).await);
    }
    if wanted("growth") {
        wrong.extend(grow(&mut figures, scale).await);
    }
    tell(&figures, runs, scale, &wrong)
}

/// W1 by one, two and four daemons.
async fn share(figures: &mut Figures, runs: u32, scale: f64) -> Vec<String> {
    let (field, mut wrong) = (Field::load(Kind::W1, scale).await, Vec::new());
    for _ in 0..runs {
        for count in replicas::COUNTS {
            let folder = tempfile::tempdir().expect("a folder");
            let (found, bad) = replicas::share(&field, count, folder.path()).await;
            for (name, value) in found {
                eprintln!("bench: {count} daemons: {name} {value:.3}");
                figures.add(format!("replicas.{count}.{name}"), value);
            }
            wrong.extend(
                bad.into_iter()
                    .filter(|(_, rows)| *rows > 0)
                    .map(|(what, rows)| format!("{count} daemons: {rows} {what}")),
            );
        }
    }
    wrong
}

/// What a credit costs as the ledger grows; drawn where it is measured in full.
async fn grow(figures: &mut Figures, scale: f64) -> Vec<String> {
    let (mut points, mut wrong) = (Vec::new(), Vec::new());
    for size in growth::SIZES {
        let folder = tempfile::tempdir().expect("a folder");
        let (cost, bad) = growth::cost(size, scale, folder.path()).await;
        eprintln!("bench: {size} entries: {cost:?}");
        figures.add(format!("growth.{size}.postgres_ms"), cost.postgres_ms);
        figures.add(format!("growth.{size}.makegood_ms"), cost.makegood_ms);
        figures.add(format!("growth.{size}.wal_kb"), cost.wal_kb);
        figures.add(format!("growth.{size}.full_pages"), cost.full_pages);
        points.push((size as f64, cost.postgres_ms, cost.makegood_ms));
        wrong.extend(
            bad.into_iter().filter(|(_, rows)| *rows > 0).map(|(what, rows)| format!("growth {size}: {rows} {what}")),
        );
    }
    if (scale - 1.0).abs() < f64::EPSILON {
        growth::draw(&points, Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/scaling.svg")));
    }
    wrong
}

fn contenders(kind: Kind, wanted: &impl Fn(&str) -> bool) -> Vec<Contender> {
    let all = [Contender::Makegood, Contender::Asyncio];
    let takes_part = |who: &Contender| wanted(who.name()) && (*who == Contender::Makegood || !kind.is_long());
    all.into_iter().filter(takes_part).collect()
}

/// What the machine can do at best, measured beside what it is compared with.
async fn limit(field: &Field, figures: &mut Figures) {
    match field.kind {
        Kind::W1 | Kind::W2 => {
            let database = field.copy().await;
            figures.add("limit.sql", limits::sql(&database.url(), field.jobs, field.proposals).await);
            if field.kind == Kind::W1 {
                let vhost = harness::rabbit::Vhost::create();
                prepare(&vhost, Path::new("/tmp"));
                field.fill(&vhost).await;
                figures.add("limit.null", limits::null_consumer(&vhost.url(), QUEUE, field.jobs as u32).await);
                figures.add("limit.mail", limits::mail(field.jobs as u32).await);
            }
        }
        Kind::W3 => {
            let database = field.copy().await;
            figures.add("limit.sql", limits::sql_at_once(&database.url(), "cli-1", field.proposals).await);
        }
        Kind::W4 => {
            let vhost = harness::rabbit::Vhost::create();
            prepare(&vhost, Path::new("/tmp"));
            let pause = Duration::from_secs(1) / PACE;
            let (p50, p99) = limits::bare_delivery(&vhost.url(), QUEUE, field.jobs as u32, pause).await;
            figures.add("limit.delivery_p50", p50);
            figures.add("limit.delivery_p99", p99);
        }
        Kind::W6 | Kind::W7 => {}
    }
}

/// A goal of the project: which figure over which other, at least or at most what.
struct Goal {
    what: &'static str,
    figure: &'static str,
    of: Option<&'static str>,
    at_least: Option<f64>,
    at_most: Option<f64>,
}

const fn at_least(what: &'static str, figure: &'static str, of: Option<&'static str>, bound: f64) -> Goal {
    Goal { what, figure, of, at_least: Some(bound), at_most: None }
}

const fn at_most(what: &'static str, figure: &'static str, of: Option<&'static str>, bound: f64) -> Goal {
    Goal { what, figure, of, at_least: None, at_most: Some(bound) }
}

const GOALS: [Goal; 15] = [
    at_least("W1 credits, of the SQL alone", "W1.makegood.credits", Some("W1.limit.sql"), 0.5),
    at_least("W2 credits, of the SQL alone", "W2.makegood.credits", Some("W2.limit.sql"), 0.7),
    at_least("W3 credits, of one statement", "W3.makegood.credits", Some("W3.limit.sql"), 0.9),
    at_least("W5 mails, of smtp-source's best", "W1.makegood.mails_alone", Some("W1.limit.mail"), 0.5),
    at_most("W4 commit p99, of a bare delivery's", "W4.makegood.commit_p99", Some("W4.limit.delivery_p99"), 3.0),
    at_most("W1 CPU of the worker an event with its mail, ms", "W1.makegood.cpu_ms", None, 0.15),
    at_most("W1 resident, MiB", "W1.makegood.peak_mib", None, 40.0),
    at_most("W2 resident, MiB", "W2.makegood.peak_mib", None, 40.0),
    at_most("W3 resident, MiB", "W3.makegood.peak_mib", None, 40.0),
    at_most("W4 resident, MiB", "W4.makegood.peak_mib", None, 40.0),
    at_most("W6 resident, MiB", "W6.makegood.peak_mib", None, 64.0),
    at_most("W7 resident, MiB", "W7.makegood.peak_mib", None, 64.0),
    at_least("W1 credits/s on SQLite by `process`", "W1.sqlite.credits", None, 10_000.0),
    at_least("W1 credits, of the peer's", "W1.makegood.credits", Some("W1.asyncio.credits"), 1.0),
    at_least("W5 mails, of the peer's", "W1.makegood.mails_alone", Some("W1.asyncio.mails_alone"), 1.0),
];

fn tell(figures: &Figures, runs: u32, scale: f64, wrong: &[String]) -> ExitCode {
    let mut report = Report::new("workloads");
    report.figure("runs", "runs; their medians follow", runs, "");
    report.figure("scale", "scale", scale, "");
    for name in figures.0.keys() {
        report.figure(name, name, figures.median(name).unwrap_or_default(), "");
    }
    for goal in GOALS {
        let Some(figure) = figures.median(goal.figure) else { continue };
        let value = match goal.of.map(|of| figures.median(of)) {
            None => figure,
            Some(Some(of)) => figure / of,
            Some(None) => continue,
        };
        let holds = goal.at_least.is_none_or(|bound| value >= bound) && goal.at_most.is_none_or(|bound| value <= bound);
        let (word, bound) = match (goal.at_least, goal.at_most) {
            (Some(bound), _) => ("at least", bound),
            (_, bound) => ("at most", bound.unwrap_or_default()),
        };
        let label = format!("{}: {} {word} {bound}", if holds { "reached" } else { "MISSED" }, goal.what);
        report.figure(&format!("goal: {}", goal.what), &label, value, "");
    }
    for what in wrong {
        report.bound(false, what.clone());
    }
    report.print()
}
