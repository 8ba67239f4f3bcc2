//! Broker, database and mail server come late, go away and come back: nothing is lost, nothing dead-lettered for it.

use super::market::{FULL, Market, all_canceled};
use super::stage::{Stage, page, until_logged, until_ready};
use crate::support::daemon::{Daemon, Settings};
use crate::support::proxy::Proxy;
use crate::support::wait;

pub const EVENTS: usize = 30;

/// Host and port of a URL.
fn place(url: &str) -> &str {
    url.split_once('@').and_then(|(_, rest)| rest.split('/').next()).expect("a host in the URL")
}

/// The production parts with a proxy before the broker and one before the database.
pub struct Behind {
    pub stage: Stage,
    pub broker: Proxy,
    pub database: Proxy,
}

impl Behind {
    pub async fn new() -> Self {
        let stage = Stage::production(&Market::new(EVENTS).jobs(EVENTS)).await;
        let broker = Proxy::start(place(&stage.vhost.url())).await;
        let database = Proxy::start(place(&stage.database())).await;
        Self { stage, broker, database }
    }

    pub fn settings(&self) -> Settings {
        let through = |url: String, proxy: &Proxy| url.replace(place(&url), &format!("127.0.0.1:{}", proxy.port()));
        let (broker, database) = (self.stage.vhost.url(), self.stage.database());
        self.stage.settings().broker(&through(broker, &self.broker)).store(&through(database, &self.database))
    }

    /// Everything that was published is applied, nothing else happened.
    async fn assert_nothing_lost(&self, daemon: Daemon) {
        self.stage.until_applied(&daemon, EVENTS).await;
        self.stage.assert_made_good(FULL).await;
        assert_eq!(self.stage.letters().len(), EVENTS);
        self.stage.stop_clean(daemon).await;
        assert_eq!(self.stage.dead_letters().await, Vec::<String>::new());
        self.stage.assert_nothing_leaks(&[]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn started_before_everything_it_waits_and_then_works() {
    let behind = Behind::new().await;
    behind.broker.cut();
    behind.database.cut();
    let mut daemon = Daemon::start(&behind.settings(), "daemon");
    wait::until("it starts", super::stage::DEADLINE, async || daemon.has_started()).await;
    until_logged(&daemon, &["dependency lost", "database"], 3).await;
    assert_eq!(page(&mut daemon, "/live").await.0, 200);
    let (status, body) = page(&mut daemon, "/ready").await;
    assert_eq!((status, body.contains(r#""database":false"#)), (503, true), "{body}");

    behind.database.mend();
    until_logged(&daemon, &["dependency lost", "broker"], 3).await;
    let (status, body) = page(&mut daemon, "/ready").await;
    assert!(status == 503 && body.contains(r#""database":true"#) && body.contains(r#""broker":false"#), "{body}");
    assert!(daemon.exited().is_none());

    behind.broker.mend();
    until_ready(&mut daemon, 200).await;
    behind.stage.publish(all_canceled(EVENTS)).await;
    behind.assert_nothing_lost(daemon).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_freezes_or_goes_is_waited_for() {
    let behind = Behind::new().await;
    let mut daemon = Daemon::start_ready(&behind.settings(), "daemon").await;
    let mut events = all_canceled(EVENTS);
    let later = events.split_off(EVENTS / 2);

    behind.broker.freeze();
    behind.stage.publish(events).await;
    until_ready(&mut daemon, 503).await;
    let (_, metrics) = page(&mut daemon, "/metrics").await;
    assert!(metrics.contains(r#"makegood_dependency_up{dependency="broker"} 0"#), "{metrics}");
    behind.broker.thaw();
    until_ready(&mut daemon, 200).await;
    behind.stage.until_applied(&daemon, EVENTS / 2).await;

    behind.broker.cut();
    until_ready(&mut daemon, 503).await;
    behind.stage.publish(later).await;
    behind.broker.mend();
    until_ready(&mut daemon, 200).await;
    let (_, metrics) = page(&mut daemon, "/metrics").await;
    assert!(metrics.contains(r#"makegood_dependency_up{dependency="broker"} 1"#), "{metrics}");
    behind.assert_nothing_lost(daemon).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_goes_is_waited_for() {
    let behind = Behind::new().await;
    let mut daemon = Daemon::start_ready(&behind.settings(), "daemon").await;
    let mut events = all_canceled(EVENTS);
    let later = events.split_off(EVENTS / 3);
    behind.stage.publish(events).await;
    behind.stage.until_count(&daemon, "events where state = 'applied'", EVENTS / 3).await;

    behind.database.cut();
    until_ready(&mut daemon, 503).await;
    behind.stage.publish(later).await;
    until_logged(&daemon, &["dependency lost", "database"], 5).await;
    assert_eq!(page(&mut daemon, "/live").await.0, 200);
    assert_eq!(behind.stage.count("events").await, EVENTS / 3);
    behind.database.mend();
    until_ready(&mut daemon, 200).await;
    behind.assert_nothing_lost(daemon).await;
}

/// Of what piled up, one message reaches the database before the rest does, and until then no more is taken in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_outage_one_message_goes_first() {
    let behind = Behind::new().await;
    let few = behind.settings().set("broker.batch_max", 5).set("broker.batches_in_flight", 2);
    let mut daemon = Daemon::start_ready(&few.set("broker.batch_linger", "200ms"), "daemon").await;
    behind.database.cut();
    until_ready(&mut daemon, 503).await;
    behind.stage.publish(all_canceled(EVENTS)).await;
    until_logged(&daemon, &["dependency lost", "database"], 5).await;
    let taken = "messaging_client_consumed_messages_total";
    let (_, metrics) = page(&mut daemon, "/metrics").await;
    let taken = metrics.lines().find(|line| line.starts_with(taken)).expect("messages were taken");
    assert!(taken.ends_with(" 10"), "two batches and no more: {taken}");
    assert!(!metrics.contains(r#"makegood_circuit_state{dependency="database"} 0"#), "{metrics}");

    behind.database.mend();
    behind.stage.until_applied(&daemon, EVENTS).await;
    // Rows of one transaction share their xmin.
    let transactions = "select cast(count(*) as text) from events group by xmin order by min(event_no)";
    let mut sizes = behind.stage.rows(transactions).await;
    let probe = sizes.remove(0);
    sizes.sort();
    let log = std::fs::read_to_string(daemon.log()).unwrap_or_default();
    let log: Vec<_> = log.lines().filter(|line| line.contains("dependency")).collect();
    assert_eq!(
        (&*probe, sizes),
        ("1", ["4", "5", "5", "5", "5", "5"].map(String::from).to_vec()),
        "then the flow: {log:#?}"
    );
    behind.assert_nothing_lost(daemon).await;
}

/// Another process holds SQLite's one write lock for longer than the daemon waits for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_sqlite_file_is_waited_for() {
    let stage = Stage::embedded(&Market::new(EVENTS).jobs(EVENTS)).await;
    let daemon = Daemon::start_ready(&stage.settings().set("store.lock_timeout", "100ms"), "daemon").await;
    let lock = stage.lock_sqlite().await;
    stage.publish(all_canceled(EVENTS)).await;
    until_logged(&daemon, &["dependency lost", "database"], 3).await;
    assert_eq!(stage.count("events").await, 0);
    drop(lock);
    stage.until_applied(&daemon, EVENTS).await;
    stage.assert_made_good(FULL).await;
    stage.stop_clean(daemon).await;
    assert_eq!(stage.dead_letters().await, Vec::<String>::new());
}

/// Stopped while the database is away, it ends in time and acks nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_without_a_database_loses_nothing() {
    let behind = Behind::new().await;
    let mut daemon = Daemon::start_ready(&behind.settings(), "first").await;
    behind.database.cut();
    until_ready(&mut daemon, 503).await;
    behind.stage.publish(all_canceled(EVENTS)).await;
    until_logged(&daemon, &["dependency lost", "database"], 3).await;
    let status = daemon.terminate(super::stage::DEADLINE).await;
    assert!(status.success(), "{status}:\n{}", daemon.log_tail());
    assert_eq!(behind.stage.left_in("makegood.events").await, EVENTS as u32);
    behind.database.mend();
    let daemon = Daemon::start_ready(&behind.settings(), "second").await;
    behind.assert_nothing_lost(daemon).await;
}
