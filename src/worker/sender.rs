//! One connection to the mail server: renders, sends, reports.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::breaker::{Breaker, Pass};
use super::dispatch::Dispatcher;
use super::verdict::{self, RetrySchedule};
use crate::clock::Clock;
use crate::fault::failpoint::{kill_point, planted};
use crate::mail::{Addressing, ComposeError, LetterContext, Letters, Mail, Notice, Receipt, Transport, compose};
use crate::store::{Address, LeasedNotice, NoticeResult, Settlement};
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
            Receipt::Away { why, .. } => pass.failed(&Away(why)),
            _ => pass.succeeded(),
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
            locale: notice.locale.as_deref(),
            time_zone: notice.time_zone.as_deref(),
            resends: notice.resends,
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
