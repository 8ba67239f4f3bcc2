//! What a daemon counts about itself is what the database says.

use std::collections::BTreeMap;

use makegood::telemetry::metrics as m;
use makegood::telemetry::samples::Readings;

use super::market::{FULL, Market, bytes, canceled, message, removed, suspended};
use super::stage::{DEADLINE, Stage, page};
use crate::support::wait;

pub fn market() -> Market {
    Market::new(3).job("job-c", "client-c", [0, 1]).job("job-r", "client-r", [1, 2]).job("job-s1", "client-s", [0]).job(
        "job-s2",
        "client-s",
        [0, 2],
    )
}

/// A series, and the SQL of what it must be: rows of `label=count`.
const SERIES: &[(&str, &str, &str)] = &[
    (
        m::CREDITS,
        "reason",
        "select reason || '=' || count(*) from decisions where verdict = 'credited' group by reason",
    ),
    (
        m::CONNECTS,
        "reason",
        "select reason || '=' || sum(amount) from connects_entries where kind = 'return' group by reason",
    ),
    (m::EVENTS, "outcome", "select state || '=' || count(*) from events where state = 'applied' group by state"),
    (m::EVENTS, "event_type", "select 'none=' || sum(times) from dead_letters where class = 'undecodable'"),
    (m::NOTICES, "outcome", "select state || '=' || count(*) from notices group by state"),
    (m::DEAD_LETTERS, "code", "select code || '=' || sum(times) from dead_letters group by code"),
    (m::DEAD_LETTERS_OPEN, "", "select '=' || count(*) from dead_letters where state = 'open'"),
    (m::EVENTS_OPEN, "state", "select state || '=' || count(*) from events where state = 'waiting' group by state"),
];

/// Three causes, one event that waits, one that is none, and all of it delivered twice.
pub async fn the_metrics_say_what_the_database_says(stage: Stage) {
    let mut daemon = stage.daemon("daemon").await;
    let events = [
        canceled("c", "job-c"),
        removed("r", "job-r"),
        suspended("s", "client-s"),
        canceled("later", "job-nobody-knows"),
    ];
    for _ in 0..2 {
        stage.publish(events.iter().map(message).collect()).await;
        stage.publish(vec![bytes("job-canceled", b"no event".to_vec())]).await;
    }
    stage.until_applied(&daemon, 3).await;
    stage.until_count(&daemon, "dead_letters where times = 2", 1).await;
    stage.assert_made_good(FULL).await;

    // The gauges are read from the database every few seconds.
    let mut differ = BTreeMap::new();
    let agreed = wait::answer(DEADLINE, async || {
        let readings = Readings::new(page(&mut daemon, "/metrics").await.1);
        differ.clear();
        for (name, label, sql) in SERIES {
            let rows = stage.rows(sql).await;
            assert!(!rows.is_empty(), "nothing to compare: {sql}");
            for row in rows {
                let (value, count) = row.split_once('=').expect("value=count");
                let counted = readings.sum(name, (label, value));
                if counted != count.parse().ok() {
                    differ.insert(format!("{name} {row}"), counted);
                }
            }
        }
        differ.is_empty().then_some(())
    });
    assert!(agreed.await.is_some(), "{differ:?}");

    let readings = Readings::new(page(&mut daemon, "/metrics").await.1);
    assert!(readings.sum(m::WAITING_OLDEST, ("", "")) > Some(0.0), "an event waits");
    let queue = ("messaging_destination_name", "makegood.events");
    assert_eq!(readings.sum(m::CONSUMED, queue), Some(10.0), "once per delivery");
    assert!(readings.sum(&format!("{}_count", m::PROCESS_DURATION), queue) > Some(0.0));
    assert!(readings.sum(&format!("{}_count", m::OPERATION_DURATION), ("messaging_operation_name", "ack")) > Some(0.0));
    assert!(readings.sum(m::POOL, ("", "")) > Some(0.0) && readings.sum(m::POOL_MAX, ("", "")) > Some(0.0));
    stage.stop_clean(daemon).await;
}
