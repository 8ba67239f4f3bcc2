//! Several daemons on one queue and one database: what they do together, and how evenly they share it.

use std::path::Path;

use sqlx::postgres::PgPoolOptions;

use super::contender::{Contender, Place, Worker};
use super::field::{Field, prepare};
use super::run::{Found, Published, credits, wait_until_done};
use super::sink::Sink;
use super::{checks, process};
use crate::harness::daemon::Settings;
use crate::harness::rabbit::Vhost;

/// How many daemons.
pub const COUNTS: [usize; 3] = [1, 2, 4];

/// W1 by so many daemons: credits and mails a second, CPU milliseconds of all daemons a letter, and what the daemon
/// with the least did, of an even share: 1 is fair, 0 is a daemon that did nothing. And what is wrong afterwards.
pub async fn share(field: &Field, daemons: usize, folder: &Path) -> (Found, Vec<(&'static str, i64)>) {
    let (database, vhost, sink) = (field.copy().await, Vhost::create(), Sink::remembering());
    let settings = Settings::new(folder).store(&database.url()).smtp(sink.address()).broker(&vhost.url());
    prepare(&vhost, folder);
    let place = Place { settings, database: database.url(), broker: vhost.url(), mail: sink.address().to_string() };
    let pool = PgPoolOptions::new().max_connections(2).connect(&database.url()).await.expect("the database");
    let mut workers: Vec<Worker> =
        (0..daemons).map(|number| Worker::named(Contender::Makegood, &place, folder, number)).collect();
    for worker in &mut workers {
        worker.ready().await;
    }
    let before = process::cpu_of("postgres");
    // All of them are there when the first event comes: the queue is filled under their eyes.
    field.fill(&vhost).await;
    wait_until_done(&mut workers, &pool, &sink, (field.jobs, field.jobs as u64)).await;
    let postgres = process::cpu_of("postgres") - before;
    let (mut events, mut letters, mut seconds) = (Vec::new(), Vec::new(), 0.0);
    for mut worker in workers {
        let page = worker.page("/metrics").await;
        events.push(sum(&page, "makegood_events_total"));
        letters.push(sum(&page, "makegood_notices_total"));
        seconds += worker.stop().await.cpu_seconds();
    }
    let found = vec![
        ("credits", credits(&pool, field, &Published::new()).await),
        ("mails", sink.rate()),
        ("cpu_ms", seconds * 1_000.0 / field.jobs as f64),
        ("cpu_postgres", postgres),
        ("least_of_events", least(&events)),
        ("least_of_letters", least(&letters)),
    ];
    let wrong = checks::drain(&pool, field.proposals as u32).await;
    pool.close().await;
    (found, wrong)
}

/// The sum of a metric over its labels.
fn sum(page: &str, metric: &str) -> f64 {
    let lines = page.lines().filter(|line| line.strip_prefix(metric).is_some_and(|rest| rest.starts_with(['{', ' '])));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}

/// The least, of the mean.
fn least(shares: &[f64]) -> f64 {
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    shares.iter().copied().fold(f64::INFINITY, f64::min) / mean
}
