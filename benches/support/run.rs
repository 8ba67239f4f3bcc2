//! One workload, one worker, once: what it took, and what is wrong afterwards.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use makegood::broker::Publisher;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgPool, SqliteConnection};

use super::contender::{Contender, Place, Worker};
use super::field::{Field, Kind, canceled, prepare};
use super::report::quantile;
use super::sink::Sink;
use super::{checks, events, process};
use crate::harness::daemon::Settings;
use crate::harness::rabbit::Vhost;
use crate::harness::wait;

/// Longest wait for anything.
const DEADLINE: Duration = Duration::from_mins(15);

/// Pause between two looks at a worker.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Letters of a workload that are waited for: beyond them nothing changes but the time a bench takes.
const LETTERS_MAX: u64 = 20_000;

/// Pause between two events of W4, and between two canceled jobs of W6.
const PAUSE: Duration = Duration::from_millis(5);
const PAUSE_BESIDE: Duration = Duration::from_millis(100);

/// Names and values.
pub type Found = Vec<(&'static str, f64)>;

/// When each event was about to be published, in seconds since 1970, by its id.
pub type Published = HashMap<String, f64>;

/// Runs it.
pub async fn run(field: &Field, who: Contender, folder: &Path) -> (Found, Vec<(&'static str, i64)>) {
    let (database, vhost, sink) = (field.copy().await, Vhost::create(), Sink::remembering());
    let place = Place {
        settings: Settings::new(folder).store(&database.url()).smtp(sink.address()).broker(&vhost.url()),
        database: database.url(),
        broker: vhost.url(),
        mail: sink.address().to_string(),
    };
    prepare(&vhost, folder);
    let pool = PgPoolOptions::new().max_connections(2).connect(&database.url()).await.expect("the database");
    if !field.kind.is_suspension() && field.kind != Kind::W4 {
        field.fill(&vhost).await;
    }
    let before = others();
    let mut worker = Worker::start(who, &place, folder);
    let published = match field.kind {
        Kind::W3 | Kind::W4 | Kind::W6 => {
            worker.ready().await;
            publish(field, &vhost, &pool).await
        }
        _ => Published::new(),
    };
    wait_for(&mut worker, &pool, &sink, field).await;
    let used = worker.stop().await;
    let mut found: Found = vec![("peak_mib", used.peak_mib())];
    found.extend(others().into_iter().zip(before).map(|((name, now), (_, before))| (name, now - before)));
    found.push(("cpu_worker", used.cpu_seconds()));
    let letters = sink.taken() as f64;
    let work = if field.kind == Kind::W1 { letters } else { field.proposals as f64 };
    found.push(("cpu_ms", used.cpu_seconds() * 1_000.0 / work));
    if field.kind != Kind::W4 {
        found.extend([("mails", sink.rate()), ("credits", credits(&pool, field, &published).await)]);
    }
    found.extend(latencies(&pool, &sink, field, &published).await);
    let mut wrong = checks::drain(&pool, (field.proposals + field.live) as u32).await;
    if field.kind == Kind::W1 {
        found.push(("mails_alone", mail_alone(&pool, field, who, place, folder).await));
        wrong.extend(checks::drain(&pool, field.proposals as u32).await);
    }
    pool.close().await;
    (found, wrong)
}

/// CPU seconds so far of those who are not the worker: the bench publishes and takes the mail.
fn others() -> [(&'static str, f64); 3] {
    [
        ("cpu_postgres", process::cpu_of("postgres")),
        ("cpu_rabbitmq", process::cpu_of("beam")),
        ("cpu_bench", process::cpu_of_bench()),
    ]
}

/// W5: letters a second when all of them are due again and nothing else is to be done.
async fn mail_alone(pool: &PgPool, field: &Field, who: Contender, place: Place, folder: &Path) -> f64 {
    let again = "update notices set state = 'pending', due_at = now(), attempts = 0, settled_at = null, code = null, \
        reply = null; vacuum analyze notices; checkpoint";
    for statement in again.split(';') {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(pool).await.expect("it runs");
    }
    let sink = Sink::start();
    let place = Place { settings: place.settings.smtp(sink.address()), mail: sink.address().to_string(), ..place };
    let mut worker = Worker::start(who, &place, folder);
    wait_for(&mut worker, pool, &sink, field).await;
    worker.stop().await;
    sink.rate()
}

async fn publish(field: &Field, vhost: &Vhost, pool: &PgPool) -> Published {
    let mut publisher = Publisher::connect(&events::broker(&vhost.url())).await.expect("the broker");
    let mut published = Published::new();
    let mut one = async |id: &str, event, published: &mut Published| {
        published.insert(id.to_owned(), events::seconds());
        events::publish(&mut publisher, vec![event]).await;
    };
    if field.kind == Kind::W4 {
        let mut ticks = tokio::time::interval(PAUSE);
        for number in 1..=field.jobs {
            ticks.tick().await;
            one(&format!("event-{number}"), canceled(number), &mut published).await;
        }
        return published;
    }
    one("suspension", events::client_suspended("suspension", "cli-1"), &mut published).await;
    let mut ticks = tokio::time::interval(PAUSE_BESIDE);
    for number in 1..=field.live {
        ticks.tick().await;
        if applied(pool, "event_id = 'suspension'").await == 1 {
            // The rest at once, or the checks would miss them.
            let rest = (number..=field.live).map(beside).map(|(_, event)| event).collect();
            events::publish(&mut publisher, rest).await;
            break;
        }
        let (id, event) = beside(number);
        published.insert(id, events::seconds());
        events::publish(&mut publisher, vec![event]).await;
    }
    publisher.close().await;
    published
}

fn beside(number: usize) -> (String, makegood::broker::Outgoing) {
    let id = format!("live-{number}");
    (id.clone(), events::job_canceled(&id, &format!("live-job-{number}")))
}

async fn applied(pool: &PgPool, which: &str) -> i64 {
    let sql = format!("select count(*) from events where state = 'applied' and {which}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await.expect("an answer")
}

/// Waits for the last credit and for the letters.
async fn wait_for(worker: &mut Worker, pool: &PgPool, sink: &Sink, field: &Field) {
    let events = if field.kind.is_suspension() { 1 + field.live } else { field.jobs };
    let letters = if field.kind == Kind::W6 { 0 } else { LETTERS_MAX.min(field.proposals as u64) };
    wait_until_done(std::slice::from_mut(worker), pool, sink, (events, letters)).await;
}

/// Waits until so many events are applied, and so many letters taken.
pub async fn wait_until_done(workers: &mut [Worker], pool: &PgPool, sink: &Sink, (events, letters): (usize, u64)) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    wait::until("everything is done", DEADLINE, async || {
        ticks.tick().await;
        workers.iter_mut().for_each(Worker::look);
        // Cheap: the head of an index. All of them are counted once it may be true.
        let last: i64 = sqlx::query_scalar("select coalesce(max(event_no), 0) from events")
            .fetch_one(pool)
            .await
            .expect("a number");
        last >= events as i64 && sink.taken() >= letters && applied(pool, "true").await >= events as i64
    })
    .await;
}

/// Credits a second: from the first commit to the last, or, of one event alone, from its publishing.
pub async fn credits(pool: &PgPool, field: &Field, published: &Published) -> f64 {
    let sql = "select count(*), count(*) filter (where at = first), extract(epoch from first)::float8, \
        extract(epoch from last)::float8 from (select pg_xact_commit_timestamp(e.xmin) as at, \
        min(pg_xact_commit_timestamp(e.xmin)) over () as first, max(pg_xact_commit_timestamp(e.xmin)) over () as last \
        from connects_entries e join proposals p using (proposal_id) \
        where e.kind = 'return' and p.proposal_id not like 'live-%') as commits group by first, last";
    let (all, at_first, first, last): (i64, i64, f64, f64) =
        sqlx::query_as(sql).fetch_one(pool).await.expect("credits");
    match published.get("suspension") {
        Some(since) if field.kind.is_suspension() => all as f64 / (last - since),
        _ => (all - at_first) as f64 / (last - first),
    }
}

/// Milliseconds from before the publishing to the commit, and to the moment the mail server took the letter.
async fn latencies(pool: &PgPool, sink: &Sink, field: &Field, published: &Published) -> Found {
    if !matches!(field.kind, Kind::W4 | Kind::W6) {
        return Found::new();
    }
    let sql = "select event_id, extract(epoch from pg_xact_commit_timestamp(xmin))::float8 from events where type = 'job-canceled'";
    let rows: Vec<(String, f64)> = sqlx::query_as(sql).fetch_all(pool).await.expect("events");
    let since = |id: &str| published.get(id).copied();
    let commits: Vec<f64> = rows.iter().filter_map(|(id, at)| Some((at - since(id)?) * 1_000.0)).collect();
    let mut found = vec![("commit_p50", quantile(&commits, 0.5)), ("commit_p99", quantile(&commits, 0.99))];
    if field.kind == Kind::W4 {
        let arrivals = sink.arrivals();
        let number = |to: &str| to.strip_prefix("per-")?.split('@').next().map(|number| format!("event-{number}"));
        let mails: Vec<f64> =
            arrivals.iter().filter_map(|(to, at)| Some((at - since(&number(to)?)?) * 1_000.0)).collect();
        found.extend([("mail_p50", quantile(&mails, 0.5)), ("mail_p99", quantile(&mails, 0.99))]);
    }
    found
}

/// Credits a second of `makegood process` on an SQLite file: W1's events, from its start to its end.
pub async fn sqlite(scale: f64, folder: &Path) -> f64 {
    let count = (20_000.0 * scale) as usize;
    let file = folder.join(format!("{}.db", uuid::Uuid::new_v4()));
    let settings = Settings::new(folder).store(&format!("sqlite:{}", file.display()));
    let run = |arguments: &[&str]| {
        let done = settings.command().args(arguments).output().expect("the program runs");
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    };
    run(&["migrate"]);
    let mut database = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.expect("the file");
    let sql = include_str!("../sql/workloads_sqlite.sql").replace(":n", &count.to_string());
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut database).await.expect("facts loaded");
    let lines: Vec<u8> = (1..=count).flat_map(|number| [canceled(number).body, vec![b'\n']].concat()).collect();
    let events = folder.join("events.ndjson");
    std::fs::write(&events, lines).expect("written");
    let began = std::time::Instant::now();
    run(&["process", "--no-mail", &events.display().to_string()]);
    let took = began.elapsed().as_secs_f64();
    let sql = "select count(*) from decisions where verdict = 'credited'";
    let credits: i64 = sqlx::query_scalar(sql).fetch_one(&mut database).await.expect("a count");
    assert_eq!(credits, count as i64, "all are credited");
    database.close().await.expect("closed");
    count as f64 / took
}
