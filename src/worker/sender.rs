//! One connection to the mail server: renders, sends, reports. And the gate that keeps all of them from hammering a
//! server that is away.

use std::sync::{Arc, Mutex as Lock, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use tokio::sync::{Mutex, Notify, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::dispatch::Dispatcher;
use super::health::Health;
use super::verdict::{self, RetrySchedule};
use crate::broker::Schedule;
use crate::clock::Clock;
use crate::fault::failpoint::{kill_point, planted};
use crate::mail::{Addressing, ComposeError, LetterContext, Letters, Mail, Notice, Receipt, Transport, compose};
use crate::store::{Address, LeasedNotice, NoticeResult, Settlement};
use crate::telemetry::facts::{self, Dependency};

/// A result on its way into the database.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) token: Uuid,
    pub(super) settlement: Settlement,
}

pub(super) struct Sender {
    transport: Box<dyn Transport>,
    letters: Arc<Letters>,
    addressing: Arc<Addressing>,
    clock: Arc<dyn Clock>,
    retry: RetrySchedule,
    gate: Arc<Gate>,
    health: Arc<Health>,
    report: mpsc::Sender<Settled>,
    stop: CancellationToken,
}

impl Sender {
    pub(super) fn new(
        dispatcher: &Dispatcher, gate: Arc<Gate>, report: mpsc::Sender<Settled>, stop: CancellationToken,
    ) -> Self {
        Self {
            transport: dispatcher.options.transport.transport(),
            letters: Arc::clone(&dispatcher.letters),
            addressing: Arc::clone(&dispatcher.addressing),
            clock: Arc::clone(&dispatcher.clock),
            retry: dispatcher.options.retry,
            gate,
            health: Arc::clone(&dispatcher.health),
            report,
            stop,
        }
    }
}

/// Sends what comes out of the queue until it ends.
pub(super) async fn run(mut sender: Sender, queue: Arc<Mutex<mpsc::Receiver<(Uuid, LeasedNotice)>>>) {
    loop {
        let next = queue.lock().await.recv().await;
        let Some((token, notice)) = next else { break };
        let began = Instant::now();
        let settlement = sender.attempt(&notice).await;
        sender.gate.probed.notify_one();
        let outcome = verdict::outcome(&settlement.result);
        let event_type = notice.about.event_type.as_str();
        facts::notice_attempted(&notice.id.to_string(), event_type, outcome, &settlement.code, began.elapsed());
        if sender.report.send(Settled { token, settlement }).await.is_err() {
            break;
        }
    }
    sender.transport.close().await;
}

impl Sender {
    async fn attempt(&mut self, notice: &LeasedNotice) -> Settlement {
        let now = self.clock.now();
        let too_late = Instant::now() + self.retry.attempt_max > notice.lease_ends;
        if self.stop.is_cancelled() || self.gate.is_closed() || too_late {
            let result = NoticeResult::Released { due: now };
            return Settlement { id: notice.id, result, code: "not_tried".to_owned(), reply: None };
        }
        let mail = match self.letter(notice) {
            Ok(mail) => mail,
            Err(settlement) => return settlement,
        };
        kill_point("k10");
        let receipt = self.transport.send(&mail).await;
        if let Receipt::Accepted { .. } = receipt {
            kill_point("k12");
        }
        match &receipt {
            Receipt::Away { why, .. } => {
                let pause = self.gate.close();
                self.health.lost(Dependency::Mail, &Away(why), pause);
            }
            _ => {
                self.gate.open();
                self.health.found(Dependency::Mail);
            }
        }
        verdict::settle(notice, receipt, &self.retry, self.clock.now())
    }

    fn letter(&self, notice: &LeasedNotice) -> Result<Mail, Settlement> {
        let give_up =
            |result: NoticeResult, code: &str| Settlement { id: notice.id, result, code: code.to_owned(), reply: None };
        if notice.suppressed {
            return Err(give_up(NoticeResult::Suppressed, "suppressed"));
        }
        let Some(Address(address)) = &notice.address else {
            return Err(give_up(NoticeResult::Failed { suppress_address: None }, "no_address"));
        };
        let letter = Notice {
            id: if planted("plant-new-message-id") { Uuid::new_v4() } else { notice.id },
            name: notice.name.as_deref(),
            address,
            created_at: notice.created_at,
            about: &notice.about,
            lines: &notice.lines,
        };
        let failed = |code, error: &dyn std::error::Error| Settlement {
            reply: Some(facts::chain(error)),
            ..give_up(NoticeResult::Failed { suppress_address: None }, code)
        };
        let rendered = self.letters.render(&LetterContext::new(&self.addressing, &letter));
        let rendered = rendered.map_err(|error| failed("not_renderable", &error))?;
        compose(&self.addressing, &letter, &rendered).map_err(|error| match error {
            ComposeError::Recipient(_) => failed("bad_address", &error),
            _ => failed("not_composable", &error),
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the mail server is away ({0})")]
struct Away<'a>(&'a str);

/// A circuit breaker before the mail server: closed to all after a failure to reach it, then open for one probe, then
/// for all.
#[derive(Debug)]
pub(super) struct Gate {
    state: Lock<GateState>,
    probed: Notify,
}

#[derive(Debug)]
struct GateState {
    schedule: Schedule,
    closed_until: Option<tokio::time::Instant>,
}

impl Gate {
    pub(super) fn new(patience: (Duration, Duration)) -> Self {
        let schedule = Schedule::new(patience.0, patience.1);
        Self { state: Lock::new(GateState { schedule, closed_until: None }), probed: Notify::new() }
    }

    /// Waits while the server is known to be away; then lets one through, or `batch` if it is not known to be away.
    pub(super) async fn pass(&self, batch: u32) -> u32 {
        let closed_until = self.state().closed_until;
        match closed_until {
            None => batch,
            Some(until) => {
                tokio::time::sleep_until(until).await;
                1
            }
        }
    }

    pub(super) fn is_probing(&self) -> bool {
        self.state().closed_until.is_some()
    }

    /// Forgets attempts that ended before: the next [`Gate::probed`] is about the next attempt.
    pub(super) fn forget_probes(&self) {
        let _: Option<()> = self.probed.notified().now_or_never();
    }

    /// Waits until an attempt ended.
    pub(super) async fn probed(&self) {
        self.probed.notified().await;
    }

    fn is_closed(&self) -> bool {
        self.state().closed_until.is_some_and(|until| tokio::time::Instant::now() < until)
    }

    fn open(&self) {
        let mut state = self.state();
        state.closed_until = None;
        state.schedule.succeeded();
    }

    fn close(&self) -> Duration {
        let now = tokio::time::Instant::now();
        let mut state = self.state();
        // The other connections find out about the same outage: that is no further failure.
        if let Some(left) = state.closed_until.and_then(|until| until.checked_duration_since(now)) {
            return left;
        }
        let pause = state.schedule.next_pause();
        state.closed_until = Some(now + pause);
        pause
    }

    fn state(&self) -> std::sync::MutexGuard<'_, GateState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
