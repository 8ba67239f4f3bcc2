//! One connection to the mail server: renders, sends, reports.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

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

/// A notice to be sent.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) token: Uuid,
    pub(super) notice: LeasedNotice,
    /// Of the one notice that probes a mail server that was away.
    pub(super) probe: Option<Pass>,
}

/// A result on its way into the database.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) token: Uuid,
    pub(super) settlement: Settlement,
}

pub(super) struct Sender {
    transport: Box<dyn Transport>,
    rulebook: Arc<Rulebook>,
    senders: Arc<Senders>,
    clock: Arc<dyn Clock>,
    retry: RetrySchedule,
    server: Arc<Breaker>,
    gate: Option<SharedGate>,
    report: mpsc::Sender<Settled>,
    /// Of a connection that stands still while there is a backlog.
    backlog: Option<Arc<Wakeups>>,
    stop: CancellationToken,
}

/// One for all senders; never held over an await.
pub(super) type SharedGate = Arc<std::sync::Mutex<Gate<Task>>>;

impl Sender {
    pub(super) fn new(
        dispatcher: &Dispatcher, number: usize, server: Arc<Breaker>, gate: Option<SharedGate>,
        report: mpsc::Sender<Settled>, stop: CancellationToken,
    ) -> Self {
        let goes_on = number < dispatcher.options.connections_in_backlog;
        Self {
            backlog: (!goes_on).then(|| Arc::clone(&dispatcher.wakeups)),
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
        let Task { token, notice, probe } = task;
        // Another notice may try whether the server is back.
        drop(probe);
        let wait =
            time::Duration::try_from(at.saturating_duration_since(Instant::now())).unwrap_or(time::Duration::DAY);
        let now = self.clock.now();
        let result = NoticeResult::Released { due: now.checked_add(wait).unwrap_or(now) };
        facts::notice_throttled(&notice.id.to_string(), limit.as_str());
        let settlement = Settlement { id: notice.id, result, code: THROTTLED.to_owned(), reply: None };
        self.report.send(Settled { token, settlement }).await.is_ok()
    }

    /// Stands still while there is a backlog, unless this connection is one of those that go on.
    async fn let_credits_go_first(&mut self) {
        while let Some(left) = self.backlog.as_ref().and_then(|wakeups| wakeups.backlog.left(Instant::now())) {
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                () = self.stop.cancelled() => return,
            }
        }
    }

    async fn send(&mut self, task: Task) -> bool {
        let Task { token, notice, probe } = task;
        let began = Instant::now();
        let span = Span::letter(notice.about.event_type.as_str(), notice.traceparent.as_deref());
        let settlement = self.attempt(&notice, probe).await;
        let outcome = verdict::outcome(&settlement.result);
        span.ends((outcome != "sent").then_some(settlement.code.as_str()));
        let reason = notice.about.shared_reason(&notice.lines).map_or(SEVERAL, Reason::as_str);
        let about = (notice.about.event_type.as_str(), reason);
        let ids = (&*notice.id.to_string(), trace_id(notice.traceparent.as_deref()));
        facts::notice_attempted(ids, about, outcome, &settlement.code, began.elapsed());
        self.report.send(Settled { token, settlement }).await.is_ok()
    }

    async fn attempt(&mut self, notice: &LeasedNotice, probe: Option<Pass>) -> Settlement {
        let too_late = Instant::now() + self.retry.attempt_max > notice.lease_ends;
        // An outage that others found since this notice was leased is not tried again.
        let pass = probe.or_else(|| self.server.try_pass());
        let Some(pass) = pass.filter(|_| !self.stop.is_cancelled() && !too_late) else {
            let result = NoticeResult::Released { due: self.clock.now() };
            return Settlement { id: notice.id, result, code: "not_tried".to_owned(), reply: None };
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
    Settlement { id: notice.id, result, code: why.code().to_owned(), reply }
}

#[derive(Debug, thiserror::Error)]
#[error("the mail server is away ({0})")]
struct Away<'a>(&'a str);
