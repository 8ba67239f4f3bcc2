//! SMTP: one connection, opened when the first mail comes, used for the next ones, given up at the first doubt.
//!
//! lettre speaks the protocol; its pool and its timeouts are not used, because both can report a mail as sent that was
//! not. Each command has a deadline here, and a connection that missed one is dropped, never used again.

mod options;
mod reply;
mod session;
mod wire;

pub use options::{SmtpLogin, SmtpOptions, SmtpTimeouts, SmtpTls};
pub(super) use reply::{is_bad_mailbox, masked as masked_reply};

use async_trait::async_trait;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

use super::compose::Mail;
use super::transport::{Receipt, Transport};
use session::{End, Session};
use wire::Unreached;

/// For `fuzz/`: a reply from the wire to the receipt.
#[cfg(any(fuzzing, feature = "failpoints"))]
pub(super) fn refused(code: u16, reply: &str, local: &str, at_rcpt: bool) -> Receipt {
    reply::refused(code, reply::masked(reply, local), at_rcpt)
}

/// The transport.
pub(super) struct Smtp {
    options: SmtpOptions,
    tls: Option<TlsConnector>,
    session: Option<Session>,
}

impl Smtp {
    pub(super) fn new(options: SmtpOptions) -> Self {
        Self { options, tls: None, session: None }
    }

    /// The connection of the last mail, if it is still good for one more.
    async fn kept(&mut self) -> Option<Session> {
        let session = self.session.take()?;
        let fresh = session.last_used.elapsed() < self.options.idle_max;
        if fresh && session.mails < self.options.messages_per_connection {
            return Some(session);
        }
        session.close(self.options.timeouts.quit).await;
        None
    }

    async fn opened(&mut self, deadline: Instant) -> Result<Session, Unreached> {
        if !self.options.may_speak() {
            return Err(wire::misset("plaintext"));
        }
        if self.options.tls != SmtpTls::None && self.tls.is_none() {
            let options = self.options.clone();
            let connector = tokio::task::spawn_blocking(move || wire::connector(&options)).await;
            self.tls = Some(connector.map_err(|_| wire::away("tls"))??);
        }
        Session::open(&self.options, self.tls.as_ref(), deadline).await
    }

    async fn over_new(&mut self, mail: &Mail, deadline: Instant) -> Receipt {
        match self.opened(deadline).await {
            Ok(session) => self.over(session, mail, deadline).await.receipt,
            Err(Unreached { why, permanent_setup }) => Receipt::Away { why, permanent_setup },
        }
    }

    /// Sends over this connection and keeps it only if it came out sound. A dropped future drops it.
    async fn over(&mut self, mut session: Session, mail: &Mail, deadline: Instant) -> End {
        let end = session.deliver(mail, &self.options, deadline).await;
        if end.usable {
            self.session = Some(session);
        }
        end
    }
}

#[async_trait]
impl Transport for Smtp {
    async fn send(&mut self, mail: &Mail) -> Receipt {
        let deadline = Instant::now() + self.options.timeouts.total;
        if let Some(session) = self.kept().await {
            let end = self.over(session, mail, deadline).await;
            if !end.stale {
                return end.receipt;
            }
        }
        self.over_new(mail, deadline).await
    }

    async fn close(&mut self) {
        if let Some(session) = self.session.take() {
            session.close(self.options.timeouts.quit).await;
        }
    }
}
