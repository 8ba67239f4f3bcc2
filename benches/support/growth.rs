//! What a credit costs as the ledger grows, and the plot of it.

use std::path::Path;

use plotters::prelude::*;
use sqlx::postgres::PgPoolOptions;

use super::contender::{Contender, Place, Worker};
use super::field::{Field, prepare};
use super::sink::Sink;
use super::{checks, events, process};
use crate::harness::daemon::Settings;
use crate::harness::rabbit::Vhost;

/// Ledger entries at the start: a grant and a fee for each proposal.
pub const SIZES: [usize; 4] = [10_000, 100_000, 1_000_000, 5_000_000];

/// Jobs canceled at each size, spread over all of them.
pub const EVENTS: usize = 5_000;

/// Reads all of the database into the shared buffers, as far as they hold it: a copy begins cold, and what is measured
/// is the size, not the first reading.
const WARM: &str = "create extension pg_prewarm; select pg_prewarm(oid) from pg_class \
    where relkind in ('r', 'i') and relnamespace = 'public'::regnamespace";

/// What a credit with its mail takes.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// CPU time of PostgreSQL, ms.
    pub postgres_ms: f64,
    /// CPU time of the daemon, ms.
    pub makegood_ms: f64,
    /// What PostgreSQL writes ahead, KB.
    pub wal_kb: f64,
    /// Pages that stand in it whole, as they changed for the first time since a checkpoint (`full_page_writes`).
    pub full_pages: f64,
}

/// Bytes written ahead so far, and pages that were written whole: of all the server.
async fn written_ahead(pool: &sqlx::PgPool) -> (f64, f64) {
    let sql = "select (pg_current_wal_insert_lsn() - '0/0')::float8, (select wal_fpi::float8 from pg_stat_wal)";
    sqlx::query_as(sql).fetch_one(pool).await.expect("figures")
}

/// What a credit with its mail takes at one size; and what is wrong.
pub async fn cost(size: usize, scale: f64, folder: &Path) -> (Cost, Vec<(&'static str, i64)>) {
    let jobs = ((size / 2) as f64 * scale).round() as usize;
    let count = EVENTS.min(jobs);
    let field = Field::of(jobs).await;
    let (database, vhost, sink) = (field.copy().await, Vhost::create(), Sink::start());
    let settings = Settings::new(folder).store(&database.url()).smtp(sink.address()).broker(&vhost.url());
    prepare(&vhost, folder);
    let place = Place { settings, database: database.url(), broker: vhost.url(), mail: sink.address().to_string() };
    let mut publisher = makegood::broker::Publisher::connect(&events::broker(&vhost.url())).await.expect("the broker");
    let cancel = |n: usize| events::job_canceled(&format!("event-{n}"), &format!("job-{}", 1 + n * (jobs / count)));
    events::publish(&mut publisher, (0..count).map(cancel).collect()).await;
    publisher.close().await;
    let pool = PgPoolOptions::new().max_connections(2).connect(&database.url()).await.expect("the database");
    sqlx::raw_sql(WARM).execute(&pool).await.expect("read");
    let (before, ahead) = (process::cpu_of("postgres"), written_ahead(&pool).await);
    let mut worker = Worker::start(Contender::Makegood, &place, folder);
    super::run::wait_until_done(std::slice::from_mut(&mut worker), &pool, &sink, (count, count as u64)).await;
    let used = worker.stop().await;
    let of = |all: f64| all / count as f64;
    let now = written_ahead(&pool).await;
    let cost = Cost {
        postgres_ms: of(1_000.0 * (process::cpu_of("postgres") - before)),
        makegood_ms: of(1_000.0 * used.cpu_seconds()),
        wal_kb: of((now.0 - ahead.0) / 1_000.0),
        full_pages: of(now.1 - ahead.1),
    };
    let wrong = checks::drain(&pool, count as u32).await;
    pool.close().await;
    (cost, wrong)
}

/// Draws what each size cost into `docs/scaling.svg`.
pub fn draw(points: &[(f64, f64, f64)], file: &Path) {
    let most = points.iter().map(|point| point.1 + point.2).fold(0.0, f64::max) * 1.3;
    let (least, last) = (points.first().map_or(1.0, |p| p.0), points.last().map_or(10.0, |p| p.0));
    let root = SVGBackend::new(file, (720, 380)).into_drawing_area();
    root.fill(&WHITE).expect("drawn");
    let mut chart = ChartBuilder::on(&root)
        .caption("CPU time of a credit with its mail, by entries of the ledger", ("sans-serif", 18))
        .margin(14)
        .x_label_area_size(44)
        .y_label_area_size(60)
        .build_cartesian_2d((least..last).log_scale(), 0.0..most)
        .expect("axes");
    chart.configure_mesh().x_desc("entries of the ledger").y_desc("ms").draw().expect("drawn");
    let total = |point: &(f64, f64, f64)| (point.0, point.1 + point.2);
    let lines: [Vec<(f64, f64)>; 3] = [
        points.iter().map(total).collect(),
        points.iter().map(|point| (point.0, point.1)).collect(),
        points.iter().map(|point| (point.0, point.2)).collect(),
    ];
    let names = [("PostgreSQL and makegood", BLACK), ("PostgreSQL", BLUE), ("makegood", RED)];
    for ((name, color), line) in names.into_iter().zip(lines) {
        chart
            .draw_series(LineSeries::new(line, color.stroke_width(2)).point_size(4))
            .expect("drawn")
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2)));
    }
    chart.configure_series_labels().border_style(BLACK).background_style(WHITE).draw().expect("drawn");
    root.present().expect("written");
}
