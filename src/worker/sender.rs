//! One connection to the mail server: renders, sends, reports.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::breaker::{Breaker, Pass};
use super::dispatch::Dispatcher;
use super::letter::{self, Unwritten};
use super::verdict::{self, RetrySchedule};
use crate::clock::Clock;
use crate::fault::failpoint::kill_point;
use crate::mail::{Addressing, ComposeError, Letters, Receipt, Transport};
use crate::store::{LeasedNotice, NoticeResult, Settlement};
use crate::telemetry::facts;

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
    letters: Arc<Letters>,
    addressing: Arc<Addressing>,
    clock: Arc<dyn Clock>,
    retry: RetrySchedule,
    server: Arc<Breaker>,
    report: mpsc::Sender<Settled>,
    stop: CancellationToken,
}

impl Sender {
    pub(super) fn new(
        dispatcher: &Dispatcher, server: Arc<Breaker>, report: mpsc::Sender<Settled>, stop: CancellationToken,
    ) -> Self {
        Self {
            transport: dispatcher.options.transport.transport(),
            letters: Arc::clone(&dispatcher.letters),
            addressing: Arc::clone(&dispatcher.addressing),
            clock: Arc::clone(&dispatcher.clock),
            retry: dispatcher.options.retry,
            server,
            report,
            stop,
        }
    }
}

/// Sends what comes out of the queue until it ends.
pub(super) async fn run(mut sender: Sender, queue: Arc<Mutex<mpsc::Receiver<Task>>>) {
    loop {
        let next = queue.lock().await.recv().await;
        let Some(Task { token, notice, probe }) = next else { break };
        let began = Instant::now();
        let settlement = sender.attempt(&notice, probe).await;
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
    async fn attempt(&mut self, notice: &LeasedNotice, probe: Option<Pass>) -> Settlement {
        let too_late = Instant::now() + self.retry.attempt_max > notice.lease_ends;
        // An outage that others found since this notice was leased is not tried again.
        let pass = probe.or_else(|| self.server.try_pass());
        let Some(pass) = pass.filter(|_| !self.stop.is_cancelled() && !too_late) else {
            let result = NoticeResult::Released { due: self.clock.now() };
            return Settlement { id: notice.id, result, code: "not_tried".to_owned(), reply: None };
        };
        let mail = match letter::mail(&self.letters, &self.addressing, notice) {
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
