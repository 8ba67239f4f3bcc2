//! What this machine can do at best just now: the queue alone, the SQL alone, a bare delivery, mail alone.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use makegood::broker::{Publisher, attach};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::events;
use super::report::quantile;

/// Events in one statement, as in one batch of the daemon.
const BATCH: usize = 256;

/// An event's body has about this many bytes.
const PAYLOAD_BYTES: usize = 230;

/// Connections that smtp-source opens.
const SESSIONS: u32 = 8;

/// Bytes of a letter of ours, headers and both parts.
const LETTER_BYTES: u32 = 12_000;

/// Events a second that come out of a full queue, in the daemon's batches, when nothing is done with them.
pub async fn null_consumer(vhost: &str, queue: &str, count: u32) -> f64 {
    let mut session = attach(&events::broker(vhost), queue).await.expect("a consumer");
    let (mut taken, mut began) = (0, None);
    let mut first = 0;
    while taken < count {
        let batch = session.next_batch().await.expect("a batch").expect("more");
        taken += u32::try_from(batch.len()).expect("few");
        if began.is_none() {
            (began, first) = (Some(Instant::now()), taken);
        }
        session.ack_through(batch.last().map_or(0, |delivery| delivery.tag)).await.expect("an ack");
    }
    let seconds = began.map_or(0.0, |began| began.elapsed().as_secs_f64());
    session.close().await;
    f64::from(count - first) / seconds
}

/// Milliseconds from before a publish to its delivery, at the pace of `pause`: p50 and p99.
pub async fn bare_delivery(vhost: &str, queue: &str, count: u32, pause: Duration) -> (f64, f64) {
    let (mut publisher, mut session) = (
        Publisher::connect(&events::broker(vhost)).await.expect("the broker"),
        attach(&events::broker(vhost), queue).await.expect("a consumer"),
    );
    let mut ticks = tokio::time::interval(pause);
    let mut waits = Vec::new();
    for number in 0..count {
        ticks.tick().await;
        let event = events::job_canceled(&format!("bare-{number}"), "none");
        let began = Instant::now();
        let (published, delivered) = tokio::join!(publisher.publish(vec![event]), session.next_batch());
        waits.push(began.elapsed().as_secs_f64() * 1_000.0);
        assert!(published.iter().all(Result::is_ok), "confirmed");
        let tag = delivered.expect("a batch").expect("more").last().expect("one").tag;
        session.ack_through(tag).await.expect("an ack");
    }
    session.close().await;
    publisher.close().await;
    (quantile(&waits, 0.5), quantile(&waits, 0.99))
}

/// Credits a second of the SQL alone, over one connection: jobs `job-1` to `job-{jobs}` canceled in batches.
pub async fn sql(url: &str, jobs: usize, proposals: usize) -> f64 {
    let reach = "cross join lateral (select * from proposals p where p.job_id = e.job_id offset 0) as p";
    let sql = include_str!("../sql/limit.sql").replace(":reach", reach);
    let mut database = PgConnection::connect(url).await.expect("the database");
    let payload = "x".repeat(PAYLOAD_BYTES);
    let numbers: Vec<usize> = (1..=jobs).collect();
    let began = Instant::now();
    for batch in numbers.chunks(BATCH) {
        let events: Vec<String> = batch.iter().map(|n| format!("event-{n}")).collect();
        let jobs: Vec<String> = batch.iter().map(|n| format!("job-{n}")).collect();
        let statement = sqlx::query(AssertSqlSafe(sql.clone())).bind(events).bind(jobs).bind(&payload);
        statement.execute(&mut database).await.expect("it runs");
    }
    let seconds = began.elapsed().as_secs_f64();
    let credits: i64 =
        sqlx::query_scalar("select count(*) from decisions").fetch_one(&mut database).await.expect("a count");
    assert_eq!(usize::try_from(credits), Ok(proposals), "the limit does the whole work");
    database.close().await.expect("closed");
    proposals as f64 / seconds
}

/// Credits a second of one statement that makes good every proposal of a client.
pub async fn sql_at_once(url: &str, client: &str, proposals: usize) -> f64 {
    let reach =
        "cross join lateral (select p.* from jobs j join proposals p using (job_id) where j.client_id = e.job_id) as p";
    let sql = include_str!("../sql/limit.sql").replace(":reach", reach);
    let mut database = PgConnection::connect(url).await.expect("the database");
    let statement = sqlx::query(AssertSqlSafe(sql)).bind(vec!["event-1"]).bind(vec![client]);
    let began = Instant::now();
    statement.bind("x".repeat(PAYLOAD_BYTES)).execute(&mut database).await.expect("it runs");
    let seconds = began.elapsed().as_secs_f64();
    let credits: i64 =
        sqlx::query_scalar("select count(*) from decisions").fetch_one(&mut database).await.expect("a count");
    assert_eq!(usize::try_from(credits), Ok(proposals), "the limit does the whole work");
    database.close().await.expect("closed");
    proposals as f64 / seconds
}

/// Letters a second from Postfix's smtp-source to its smtp-sink over the loopback.
pub async fn mail(letters: u32) -> f64 {
    let folder = crate::harness::service("MAKEGOOD_BENCH_POSTFIX");
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let program = |name: &str| {
        let mut command = Command::new(format!("{folder}/usr/sbin/{name}"));
        command.env("LD_LIBRARY_PATH", format!("{folder}/usr/lib/postfix")).stdin(Stdio::null()).stdout(Stdio::null());
        command
    };
    // As root it wants to become somebody else.
    let address = format!("127.0.0.1:{port}");
    let mut sink =
        Killed(program("smtp-sink").args(["-u", "nobody", &address, "512"]).spawn().expect("smtp-sink starts"));
    crate::harness::wait::until("smtp-sink listens", Duration::from_secs(10), async || {
        assert!(sink.0.try_wait().expect("it can be asked").is_none(), "smtp-sink ended");
        std::net::TcpStream::connect(&address).is_ok()
    })
    .await;
    let began = Instant::now();
    let sent = program("smtp-source")
        .args(["-d", "-s", &SESSIONS.to_string(), "-m", &letters.to_string(), "-l", &LETTER_BYTES.to_string()])
        .args(["-f", "a@limit.test", "-t", "b@limit.test", &address])
        .status();
    assert!(sent.expect("smtp-source starts").success(), "smtp-source");
    f64::from(letters) / began.elapsed().as_secs_f64()
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
