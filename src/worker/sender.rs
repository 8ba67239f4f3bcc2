//! One connection to the mail server: renders, sends, reports.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

use super::Wakeups;
use super::breaker::{Breaker, Pass};
use super::dispatch::Dispatcher;
use super::letter::{self, Unwritten};
use super::limits::{Entry, Gate, Limit, Place};
use super::rulebook::Rulebook;
use super::verdict::{self, RetrySchedule};
use crate::clock::Clock;
use crate::fault::failpoint::kill_point;
use crate::mail::{ComposeError, Receipt, Senders, Transport, domain_of};
use crate::policy::Reason;
use crate::store::{Address, LeasedNotice, NoticeResult, Settlement, THROTTLED};
use crate::telemetry::facts;
use crate::telemetry::traces::{Span, trace_id};

/// Reason of a notice whose proposals have different ones, in metrics.
const SEVERAL: &str = "several";

/// From one letter of a connection to its next, at least, while there is a backlog: to a server that is near, one
/// connection without a pause sends more than 2,000 a second, and takes half a core from the credits.
const BACKLOG_PACE: Duration = Duration::from_millis(4);

/// What a connection does while there is a backlog.
#[derive(Debug, Clone, Copy)]
enum InBacklog {
    /// It stands still.
    Stands,
    /// It keeps a pace ([`BACKLOG_PACE`]).
    Paced,
    /// All go on, as no letter is to wait for credits.
    AsEver,
}

impl InBacklog {
    /// Of the connection with this number, of so many, of which so many go on.
    fn of(number: usize, connections: usize, go_on: usize) -> Self {
        match number {
            _ if go_on >= connections => Self::AsEver,
            number if number < go_on => Self::Paced,
            _ => Self::Stands,
        }
    }

    /// How long the next letter waits, where there is a backlog for `left` and the last letter began so long ago.
    fn pause(self, left: Duration, since_last: Duration) -> Duration {
        match self {
            Self::Stands => left,
            Self::Paced => BACKLOG_PACE.saturating_sub(since_last).min(left),
            Self::AsEver => Duration::ZERO,
        }
    }
}

/// A notice to be sent.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) notice: LeasedNotice,
    /// Of the one notice that probes a mail server that was away.
    pub(super) probe: Option<Pass>,
}

pub(super) struct Sender {
    transport: Box<dyn Transport>,
    rulebook: Arc<Rulebook>,
    senders: Arc<Senders>,
    clock: Arc<dyn Clock>,
    retry: RetrySchedule,
    server: Arc<Breaker>,
    gate: Option<SharedGate>,
    report: mpsc::Sender<Settlement>,
    wakeups: Arc<Wakeups>,
    in_backlog: InBacklog,
    /// When its last letter began.
    began: Instant,
    stop: CancellationToken,
}

/// One for all senders; never held over an await.
pub(super) type SharedGate = Arc<std::sync::Mutex<Gate<Task>>>;

impl Sender {
    pub(super) fn new(
        dispatcher: &Dispatcher, number: usize, server: Arc<Breaker>, gate: Option<SharedGate>,
        report: mpsc::Sender<Settlement>, stop: CancellationToken,
    ) -> Self {
        Self {
            wakeups: Arc::clone(&dispatcher.wakeups),
            in_backlog: InBacklog::of(
                number,
                dispatcher.options.connections,
                dispatcher.options.connections_in_backlog,
            ),
            began: Instant::now(),
            transport: dispatcher.options.transport.transport(),
            rulebook: Arc::clone(&dispatcher.rulebook),
            senders: Arc::clone(&dispatcher.senders),
            clock: Arc::clone(&dispatcher.clock),
            retry: dispatcher.options.retry,
            server,
            gate,
            report,
            stop,
        }
    }
}

/// Sends what comes out of the queue until it ends, or until nobody takes the results.
pub(super) async fn run(mut sender: Sender, queue: Arc<Mutex<mpsc::Receiver<Task>>>) {
    let mut told = true;
    while told {
        sender.let_credits_go_first().await;
        let next = queue.lock().await.recv().await;
        let Some(task) = next else { break };
        let domain = task.notice.address.as_ref().filter(|_| !task.notice.suppressed).map(|Address(address)| address);
        told = match (sender.gate.clone(), domain.and_then(|address| domain_of(address))) {
            (Some(gate), Some(domain)) => sender.through(&gate, &domain, task).await,
            _ => sender.send(task).await,
        };
    }
    sender.transport.close().await;
}

fn lock(gate: &SharedGate) -> MutexGuard<'_, Gate<Task>> {
    gate.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sender {
    /// Sends a task, and those to the same domain that stood by meanwhile, as the limits let it. `false`: nobody takes
    /// the results.
    async fn through(&mut self, gate: &SharedGate, domain: &str, task: Task) -> bool {
        let place = lock(gate).place(domain, Instant::now());
        let mut has_slot = task.notice.throttled;
        let mut next = Some(task);
        while let Some(task) = next {
            let entry = lock(gate).enter(&place, has_slot, task, Instant::now());
            let told = match entry {
                Entry::Parked => true,
                Entry::Later(task, at, limit) => self.put_off(task, at, limit).await,
                Entry::Go(task) => {
                    let under_way = UnderWay { gate, place: &place, began: Instant::now() };
                    let told = self.send(task).await;
                    drop(under_way);
                    told
                }
            };
            if !told {
                return false;
            }
            next = lock(gate).next(&place);
            // It was here before all that come now.
            has_slot = true;
        }
        true
    }

    /// Gives a task back until the moment at which it may go. It counts as no attempt.
    async fn put_off(&mut self, task: Task, at: Instant, limit: Limit) -> bool {
        let Task { notice, probe } = task;
        // Another notice may try whether the server is back.
        drop(probe);
        let wait =
            time::Duration::try_from(at.saturating_duration_since(Instant::now())).unwrap_or(time::Duration::DAY);
        let now = self.clock.now();
        let result = NoticeResult::Released { due: now.checked_add(wait).unwrap_or(now) };
        facts::notice_throttled(&notice.id.to_string(), limit.as_str());
        self.report.send(untried(&notice, result, THROTTLED)).await.is_ok()
    }

    /// Waits as long as a backlog asks for.
    async fn let_credits_go_first(&mut self) {
        while let Some(left) = self.wakeups.backlog.left(Instant::now()) {
            let pause = self.in_backlog.pause(left, self.began.elapsed());
            if pause.is_zero() {
                break;
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.stop.cancelled() => return,
            }
        }
        self.began = Instant::now();
    }

    async fn send(&mut self, task: Task) -> bool {
        let Task { notice, probe } = task;
        let began = Instant::now();
        let span = Span::letter(notice.about.event_type.as_str(), notice.traceparent.as_deref());
        let settlement = self.attempt(&notice, probe).await;
        let outcome = verdict::outcome(&settlement.result);
        span.ends((outcome != "sent").then_some(settlement.code.as_str()));
        let reason = notice.about.shared_reason(&notice.lines).map_or(SEVERAL, Reason::as_str);
        let about = (notice.about.event_type.as_str(), reason);
        let ids = (&*notice.id.to_string(), trace_id(notice.traceparent.as_deref()));
        facts::notice_attempted(ids, about, outcome, &settlement.code, began.elapsed());
        self.report.send(settlement).await.is_ok()
    }

    async fn attempt(&mut self, notice: &LeasedNotice, probe: Option<Pass>) -> Settlement {
        let too_late = Instant::now() + self.retry.attempt_max > notice.lease_ends;
        // An outage that others found since this notice was leased is not tried again.
        let pass = probe.or_else(|| self.server.try_pass());
        let Some(pass) = pass.filter(|_| !self.stop.is_cancelled() && !too_late) else {
            let result = NoticeResult::Released { due: self.clock.now() };
            return untried(notice, result, "not_tried");
        };
        let mail = match letter::mail(&self.rulebook.letters(), &self.senders, notice) {
            Ok(mail) => mail,
            Err(why) => return unsendable(notice, &why),
        };
        kill_point("k10");
        let receipt = self.transport.send(&mail).await;
        if let Receipt::Accepted { .. } = receipt {
            kill_point("k12");
        }
        match &receipt {
            Receipt::Away { why, .. } => pass.failed(&Away(why)),
            _ => pass.succeeded(),
        }
        verdict::settle(notice, receipt, &self.retry, self.clock.now())
    }
}

/// A mail under way; gives its place back however it ends.
struct UnderWay<'a> {
    gate: &'a SharedGate,
    place: &'a Place,
    began: Instant,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        lock(self.gate).leave(self.place, self.began.elapsed());
    }
}

/// What is written down about a notice that has no letter.
fn unsendable(notice: &LeasedNotice, why: &Unwritten) -> Settlement {
    let (result, reply) = match why {
        Unwritten::Suppressed => (NoticeResult::Suppressed, None),
        Unwritten::NoAddress => (NoticeResult::Undeliverable, None),
        Unwritten::Compose(ComposeError::Recipient(_)) => (NoticeResult::Undeliverable, Some(facts::chain(why))),
        Unwritten::Render(_) | Unwritten::Compose(_) => {
            (NoticeResult::Failed { suppress_address: None }, Some(facts::chain(why)))
        }
    };
    Settlement { reply, ..untried(notice, result, why.code()) }
}

/// What is written down about a notice of which the mail server heard nothing.
fn untried(notice: &LeasedNotice, result: NoticeResult, code: &str) -> Settlement {
    Settlement { id: notice.id, token: notice.token, result, code: code.to_owned(), reply: None }
}

#[derive(Debug, thiserror::Error)]
#[error("the mail server is away ({0})")]
struct Away<'a>(&'a str);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_backlog_some_keep_a_pace_and_the_others_stand_still() {
        let (left, just_now, long_ago) = (Duration::from_millis(200), Duration::from_millis(1), Duration::from_secs(1));
        let pauses = |number, go_on| {
            let this = InBacklog::of(number, 4, go_on);
            [this.pause(left, just_now), this.pause(left, long_ago)].map(|pause| pause.as_millis())
        };
        assert_eq!([pauses(0, 1), pauses(1, 1), pauses(3, 1)], [[3, 0], [200, 200], [200, 200]]);
        assert_eq!([pauses(1, 2), pauses(2, 2)], [[3, 0], [200, 200]]);
        // All of them go on: letters never wait for credits.
        assert_eq!([pauses(0, 4), pauses(3, 4), pauses(3, 9)], [[0, 0]; 3]);
        // A pace never outlasts the backlog.
        assert_eq!(InBacklog::Paced.pause(just_now, Duration::ZERO), just_now);
    }
}
