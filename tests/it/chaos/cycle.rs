//! Queues that dead-letter in a circle (reliability notes, "RabbitMQ facts", 1): what passes the delivery limit stays
//! in between for ever. The daemon does not work on such queues, and the checker sees messages that nobody can have.

use std::time::Duration;

use makegood::broker::{BrokerOptions, Outgoing, Publisher};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::rig::Rig;
use crate::support::daemon::Daemon;
use crate::support::market::Scale;
use crate::support::rabbit;
use crate::support::wait;

const SCALE: Scale =
    Scale { events: 5, freelancers: 10, agencies: 2, crowds: &[], suspensions: 0, overlaps_per_mille: 0, late_jobs: 0 };

const DEADLINE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_in_a_dead_letter_cycle_are_seen_and_the_daemon_refuses_such_queues() {
    let rig = Rig::new(5, SCALE).await;
    declare(&rig, "makegood.events", "waiting", json!({"x-delivery-limit": 1}));
    declare(&rig, "waiting", "makegood.events", json!({"x-message-ttl": 100}));
    let mut daemon = Daemon::start(&rig.settings(), "refuses");
    let status = daemon.exit(DEADLINE).await.expect("it ends");
    assert!(!status.success() && daemon.log_tail().contains("makegood.events"), "{status}: {}", daemon.log_tail());

    let options = BrokerOptions::new(SecretString::from(rig.broker_url()));
    let mut publisher = Publisher::connect(&options).await.expect("RabbitMQ answers");
    let straight = |outgoing| Outgoing { exchange: String::new(), routing_key: "makegood.events".into(), ..outgoing };
    Rig::publish(&mut publisher, rig.deliveries(1).into_iter().map(straight).collect()).await;
    wait::until("all of them are stuck", DEADLINE, async || {
        // Whoever takes them dies before the ack, until the limit is passed.
        let get = json!({"count": 5, "ackmode": "reject_requeue_true", "encoding": "auto"});
        rabbit::post(&format!("/api/queues/{}/makegood.events/get", rig.vhost.name()), &get);
        rig.queued().await.stuck == 5
    })
    .await;
    let verdict = rig.verdict(rig.queued().await, 0).await;
    assert!(!verdict.ok && verdict.queued.stuck == 5 && verdict.lost() > 0, "{}", verdict.json());
}

fn declare(rig: &Rig, queue: &str, dead_letters_to: &str, more: Value) {
    let mut arguments = json!({
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead_letters_to,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    });
    let both = arguments.as_object_mut().expect("an object");
    both.extend(more.as_object().cloned().unwrap_or_default());
    let body = json!({"durable": true, "arguments": arguments});
    rabbit::put(&format!("/api/queues/{}/{queue}", rig.vhost.name()), &body);
}
