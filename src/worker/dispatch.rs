//! Sends the notices: one task leases, several send, one settles.
//!
//! No transaction is open while a server is spoken to. Settlements are committed in groups: what came in soon after
//! the first of them, or while the last commit was under way.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::breaker::{Breaker, Pass, Work};
use super::health::Health;
use super::limits::{Gate, Limits};
use super::rulebook::Rulebook;
use super::sender::{Sender, SharedGate, Task};
use super::verdict::RetrySchedule;
use super::{Wakeups, sender};
use crate::broker::Schedule;
use crate::clock::Clock;
use crate::fault::Classify;
use crate::mail::{Senders, TransportOptions};
use crate::store::{LeasedNotice, Settlement, Store};
use crate::telemetry::facts::{self, Dependency};

/// Settlements committed in one transaction at most.
const SETTLE_MAX: usize = 256;
/// How long the first result of a settlement waits for others: far fewer commits, for which events would wait too; no
/// letter waits for it. A crash repeats what was sent within it, or since the last commit began.
const SETTLE_LINGER: Duration = Duration::from_millis(25);

/// Results that wait for no more: enough for one commit, and few for a crash to repeat.
const SETTLE_ENOUGH: usize = 64;

/// What a rate allows within this time may leave at once: finer than receivers count, and coarse enough for the pauses
/// between two looks into the outbox.
const BURST_WINDOW: Duration = Duration::from_secs(1);

/// How to dispatch.
#[derive(Debug, Clone)]
pub struct DispatchOptions {
    /// How mail leaves.
    pub transport: TransportOptions,
    /// Connections to the mail server.
    pub connections: usize,
    /// Of them, those that send while the intake has a backlog.
    pub connections_in_backlog: usize,
    /// Notices leased at once.
    pub batch: u32,
    /// How long a lease lasts; longer than it takes to send a batch.
    pub lease: Duration,
    /// The outbox is looked at at least this often.
    pub poll: Duration,
    /// How fast mail may leave.
    pub limits: Limits,
    /// When a deferred notice is tried again, and when it is given up.
    pub retry: RetrySchedule,
    /// First and longest pause while the mail server, or the database, is away.
    pub patience: (Duration, Duration),
}

/// The dispatcher and what it needs.
#[derive(Debug, Clone)]
pub struct Dispatcher {
    /// The outbox.
    pub store: Arc<dyn Store>,
    /// The templates.
    pub rulebook: Arc<Rulebook>,
    /// Who writes.
    pub senders: Arc<Senders>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How to dispatch.
    pub options: DispatchOptions,
    /// Wakes this loop.
    pub wakeups: Arc<Wakeups>,
    /// What `/ready` tells.
    pub health: Arc<Health>,
    /// Before the database; shared by all that work on it.
    pub database: Arc<Breaker>,
}

/// When to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// When told to stop.
    Stopped,
    /// When nothing is due any more (`makegood process`, `demo`).
    Drained,
}

impl Dispatcher {
    /// Sends what is due until `until` holds, or `stop`. Then a mail under way is finished and settled, and notices
    /// that were leased and not begun are released.
    pub async fn run(&self, until: Until, stop: &CancellationToken) {
        let lanes = self.options.connections.max(1);
        // As many as are leased at once: the next are leased while these are sent, and nobody waits for the database.
        let (work, queue) = mpsc::channel::<Task>(self.options.batch.max(1) as usize);
        let (report, reports) = mpsc::channel::<Settlement>(SETTLE_MAX);
        let queue = Arc::new(Mutex::new(queue));
        let server = Breaker::new(Dependency::Mail, Arc::clone(&self.health), self.options.patience);
        let window = self.options.poll.max(BURST_WINDOW);
        let gate = Gate::new(self.options.limits, window, self.options.batch as usize);
        let gate: Option<SharedGate> = gate.map(|gate| Arc::new(std::sync::Mutex::new(gate)));
        let mut senders = JoinSet::new();
        for number in 0..lanes {
            let sender = Sender::new(self, number, Arc::clone(&server), gate.clone(), report.clone(), stop.clone());
            senders.spawn(sender::run(sender, Arc::clone(&queue)));
        }
        drop(report);
        let written_down = Mutex::new(());
        let settling = self.settle(reports, &written_down, stop);
        let leasing = async {
            self.lease(until, &server, &work, &written_down, stop).await;
            drop(work);
            while senders.join_next().await.is_some() {}
        };
        tokio::join!(settling, leasing);
    }

    /// Takes what is due, as long as what came of what was taken before can be written down (`written_down` is free).
    async fn lease(
        &self, until: Until, server: &Arc<Breaker>, work: &mpsc::Sender<Task>, written_down: &Mutex<()>,
        stop: &CancellationToken,
    ) {
        let mut schedule = Schedule::new(self.options.patience.0, self.options.patience.1);
        while !stop.is_cancelled() {
            let woken = self.wakeups.outbox.notified();
            if until == Until::Drained && !server.is_closed() {
                return; // the server is away: what is left stays due
            }
            let (to_server, to_database) = tokio::select! {
                passes = async {
                    drop(written_down.lock().await);
                    (server.pass(Work::Outbox).await, self.database.pass(Work::Outbox).await)
                } => passes,
                () = stop.cancelled() => return,
            };
            let alone = to_server.is_probe() || to_database.is_probe();
            let (limit, token) = (if alone { 1 } else { self.options.batch }, Uuid::new_v4());
            let leased = self.store.lease_notices(limit, token, self.options.lease, self.clock.now()).await;
            let pause = match leased {
                Err(error) if error.is_transient() => {
                    to_database.failed(&error);
                    continue;
                }
                leased => {
                    to_database.succeeded();
                    match leased {
                        Ok(notices) if !notices.is_empty() => {
                            schedule.succeeded();
                            let nothing_else = notices.len() < limit as usize && until == Until::Stopped;
                            hand_out(notices, to_server, work).await;
                            if !nothing_else {
                                continue;
                            }
                            // Nothing else was due; what is put into the outbox from now on wakes this loop.
                            self.options.poll
                        }
                        Ok(_) if until == Until::Drained => return,
                        Ok(_) => self.options.poll,
                        // The database works, and this will not: the intake must not stand still for it.
                        Err(error) => {
                            let pause = schedule.next_pause();
                            self.health.lost(Dependency::Database, &error, pause);
                            pause
                        }
                    }
                }
            };
            tokio::select! {
                () = woken => {}
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    async fn settle(
        &self, mut reports: mpsc::Receiver<Settlement>, written_down: &Mutex<()>, stop: &CancellationToken,
    ) {
        let mut received = Vec::with_capacity(SETTLE_MAX);
        while gather(&mut reports, &mut received).await > 0 {
            self.settle_group(&received, written_down, stop).await;
            received.clear();
        }
    }

    /// Writes one group down. While the database is away it waits like all others, also when the leases have run out:
    /// what no other dispatcher has taken meanwhile is still ours, and what is not written down is sent again. Only a
    /// stop ends it, once the leases have run out.
    async fn settle_group(&self, settlements: &[Settlement], written_down: &Mutex<()>, stop: &CancellationToken) {
        let deadline = tokio::time::Instant::now() + self.options.lease;
        let longest_wait = self.options.patience.1.min(self.options.lease / 4);
        let mut schedule = Schedule::new(self.options.patience.0, self.options.patience.1);
        let mut first_of_all = None;
        while !stop.is_cancelled() || tokio::time::Instant::now() < deadline {
            let pass = tokio::time::timeout(longest_wait, self.database.pass(Work::Outbox)).await.ok();
            let settled = self.store.settle_notices(settlements, self.clock.now()).await;
            if settled.is_err() && first_of_all.is_none() {
                // Nothing more is taken until this is written down.
                first_of_all = Some(written_down.lock().await);
            }
            match (&settled, pass) {
                (_, None) => {}
                (Err(error), Some(pass)) if error.is_transient() => pass.failed(error),
                (_, Some(pass)) => pass.succeeded(),
            }
            match settled {
                Ok(count) => {
                    let lost = (settlements.len() as u64).saturating_sub(count);
                    if lost > 0 {
                        facts::leases_lost(lost);
                    }
                    return;
                }
                Err(error) if error.is_transient() => {}
                Err(error) => {
                    let pause = schedule.next_pause();
                    self.health.lost(Dependency::Database, &error, pause);
                    tokio::time::sleep(pause).await;
                }
            }
        }
        facts::leases_lost(settlements.len() as u64);
    }
}

/// Waits for a result, and for those that come soon after: each settlement is a commit. How many there are; none: it is
/// the end.
async fn gather(reports: &mut mpsc::Receiver<Settlement>, received: &mut Vec<Settlement>) -> usize {
    let first = reports.recv_many(received, SETTLE_MAX).await;
    let last = tokio::time::Instant::now() + SETTLE_LINGER;
    while first > 0 && received.len() < SETTLE_ENOUGH {
        let left = SETTLE_MAX - received.len();
        match tokio::time::timeout_at(last, reports.recv_many(received, left)).await {
            Ok(more) if more > 0 => {}
            _ => break,
        }
    }
    received.len()
}

/// Gives leased notices to the senders, who live until `work` is dropped; the one that probes with its pass.
async fn hand_out(notices: Vec<LeasedNotice>, pass: Pass, work: &mpsc::Sender<Task>) {
    let mut probe = Some(pass).filter(Pass::is_probe);
    for notice in notices {
        if work.send(Task { notice, probe: probe.take() }).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::NoticeResult;

    #[tokio::test]
    async fn a_result_waits_for_others_until_there_are_enough() {
        let (report, mut reports) = mpsc::channel(SETTLE_MAX);
        let (id, token) = (Uuid::nil(), Uuid::nil());
        let settlement = || Settlement { id, token, result: NoticeResult::Sent, code: String::new(), reply: None };
        for (before, together) in [(1, 2), (SETTLE_ENOUGH, SETTLE_ENOUGH), (SETTLE_MAX - 1, SETTLE_MAX - 1)] {
            for _ in 0..before {
                report.send(settlement()).await.expect("somebody listens");
            }
            // One more comes once it has begun to wait, if it waits.
            let mut received = Vec::new();
            let (count, sent) = tokio::join!(gather(&mut reports, &mut received), report.send(settlement()));
            sent.expect("somebody listens");
            assert_eq!(count, together);
            if before == together {
                assert!(reports.recv().await.is_some(), "it goes with the next");
            }
        }
        drop(report);
        assert_eq!(gather(&mut reports, &mut Vec::new()).await, 0, "the end");
    }
}
