//! Nothing dies, but something does not answer: a memory alarm, half-open connections, a process that stands still. And
//! a queue that is deleted.

use std::time::Duration;

use makegood::broker::Outgoing;

use crate::hold;
use crate::phase::{Outcome, Phase};
use crate::rig::{LEASED_MAX, Rig};
use crate::services;
use crate::support::wait;

/// Messages published at once.
const ROUND: usize = 50;

/// Parts the events are published in: before, during and after each fault.
const PARTS: usize = 5;

/// Longer than a lease (10 s), and than the broker waits for a sign of life (two heartbeats of 4 s).
const LONG: Duration = Duration::from_secs(14);

/// How long the alarm lasts.
const ALARM: Duration = Duration::from_secs(6);

/// How soon something must go on.
const DEADLINE: Duration = Duration::from_secs(60);

/// Each stall `times` times.
pub async fn run(rig: &Rig, times: u64) -> Outcome {
    let mut phase = Phase::start(rig, "stalls", &rig.settings()).await;
    let deliveries = rig.deliveries(2);
    let part = deliveries.len().div_ceil(PARTS);
    let mut parts = deliveries.chunks(part).cycle().map(<[Outgoing]>::to_vec);
    let mut next = || parts.next().unwrap_or_default();
    phase.publish(next(), ROUND, async |_, _| {}).await;
    for _ in 0..times {
        alarm(&mut phase, next()).await;
        half_open(&mut phase, next()).await;
        queue_deleted(&mut phase, &deliveries, next()).await;
        stopped(&mut phase, next()).await;
    }
    // Whatever the parts were: each event was confirmed, and none of them only to a queue that is gone.
    phase.publish(deliveries, ROUND, async |_, _| {}).await;
    // A daemon that stood still past its lease may have handed over what another then sent: nothing else repeats a
    // letter, save a database that was not to be reached for as long.
    phase.finish(times * 3 * LEASED_MAX).await
}

/// Publishers are held back; the daemon consumes on a connection of its own and goes on.
async fn alarm(phase: &mut Phase<'_>, messages: Vec<Outgoing>) {
    let rig = phase.rig;
    phase.publish(messages.clone(), ROUND, async |_, _| {}).await;
    services::rabbitmqctl(&["-q", "set_vm_memory_high_watermark", "0.0001"]).await;
    let blocked = async {
        hold(ALARM).await;
        services::rabbitmqctl(&["-q", "set_vm_memory_high_watermark", "0.4"]).await;
    };
    tokio::join!(phase.feed.send(messages), blocked);
    // What was in the queue when the alarm came was taken out of it.
    wait::until("the queue is worked off", DEADLINE, async || rig.at_rest().await).await;
    phase.injected("memory_alarm", 1);
}

/// The connections stay open and nothing passes: first the broker's, then the database's.
async fn half_open(phase: &mut Phase<'_>, messages: Vec<Outgoing>) {
    let doors = phase.rig.doors();
    for (what, door) in [("broker_half_open", &doors.broker), ("database_half_open", &doors.database)] {
        let stall = async {
            door.freeze();
            hold(LONG).await;
            door.thaw();
        };
        tokio::join!(phase.feed.send(messages.clone()), stall);
        phase.injected(what, 1);
    }
}

/// Everything in it goes with it, confirmed or not; so whoever published must publish it again.
async fn queue_deleted(phase: &mut Phase<'_>, published: &[Outgoing], messages: Vec<Outgoing>) {
    phase.feed.send(messages).await;
    phase.rig.vhost.delete_queue("makegood.events");
    phase.rig.declare();
    phase.feed.send(published.to_vec()).await;
    phase.injected("queue_deleted", 1);
}

/// A daemon is stopped with SIGSTOP, longer than its leases last.
async fn stopped(phase: &mut Phase<'_>, messages: Vec<Outgoing>) {
    phase.daemons[0].signal("STOP");
    let go_on = hold(LONG);
    tokio::join!(phase.feed.send(messages), go_on);
    phase.daemons[0].signal("CONT");
    phase.injected("daemon_sigstop", 1);
}
