//! One connection and one mail over it: which command was answered, by what, and when it is too late to know.

use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use secrecy::ExposeSecret;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tokio_rustls::TlsConnector;

use super::options::{SmtpOptions, SmtpTimeouts};
use super::reply::{masked, refused};
use super::wire::{Signals, Unreached, Wire, away, misset};
use crate::fault::failpoint::kill_point;
use crate::mail::compose::Mail;
use crate::mail::transport::Receipt;

/// An open connection.
pub(super) struct Session {
    connection: AsyncSmtpConnection,
    signals: Signals,
    /// Mails offered over it.
    pub(super) mails: u32,
    /// When it last answered.
    pub(super) last_used: Instant,
}

/// How one mail ended.
pub(super) struct End {
    pub(super) receipt: Receipt,
    /// The connection can take another mail.
    pub(super) usable: bool,
    /// It broke before the server had heard of the mail: on an old connection, no more than that it was old.
    pub(super) stale: bool,
}

/// How far a mail had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Mail,
    Rcpt,
    Data,
    Text,
    Dot,
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Stage::Mail => "mail",
            Stage::Rcpt => "rcpt",
            Stage::Data => "data",
            Stage::Text | Stage::Dot => "text",
        }
    }
}

/// What came instead of an answer, or an answer that says no.
enum Trouble {
    Reply(u16, String),
    Timeout,
    Lost,
}

type Answer = Result<Response, Trouble>;

/// Where a mail came to its end.
struct Failed {
    stage: Stage,
    trouble: Trouble,
    /// Every command has its reply, and the server waits for no text.
    in_step: bool,
}

impl Failed {
    fn at(stage: Stage) -> impl Fn(Trouble) -> Self {
        move |trouble| Self { stage, trouble, in_step: true }
    }

    /// No further reply is to be waited for: none came, or the server says that it goes.
    fn is_final(&self) -> bool {
        !matches!(self.trouble, Trouble::Reply(..)) || matches!(self.trouble, Trouble::Reply(421, _))
    }
}

impl Session {
    /// Connects, encrypts, greets, logs in.
    pub(super) async fn open(
        options: &SmtpOptions, tls: Option<&TlsConnector>, deadline: Instant,
    ) -> Result<Self, Unreached> {
        let hello = options.hello_name.clone().map_or_else(ClientId::default, ClientId::Domain);
        let opening = async {
            let wire = Wire::open(options, tls, &hello).await?;
            let signals = wire.signals();
            let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(wire), &hello);
            let Ok(Ok(mut connection)) = timeout(options.timeouts.greeting, greeting).await else {
                return Err(away("greeting"));
            };
            log_in(&mut connection, options).await?;
            Ok((connection, signals))
        };
        let (connection, signals) = timeout_at(deadline, opening).await.map_err(|_| away("greeting"))??;
        Ok(Self { connection, signals, mails: 0, last_used: Instant::now() })
    }

    /// Offers one mail.
    pub(super) async fn deliver(&mut self, mail: &Mail, options: &SmtpOptions, deadline: Instant) -> End {
        self.mails += 1;
        let receipt = match self.offer(mail, options, deadline).await {
            Ok(receipt) => receipt,
            Err(failed) => return self.ended(failed, mail, options).await,
        };
        self.last_used = Instant::now();
        End { receipt, usable: true, stale: false }
    }

    /// QUIT, as far as the server will have it.
    pub(super) async fn close(mut self, limit: Duration) {
        // Whatever the answer, the connection is gone.
        drop(timeout(limit, self.connection.command(Quit)).await);
    }

    async fn offer(&mut self, mail: &Mail, options: &SmtpOptions, deadline: Instant) -> Result<Receipt, Failed> {
        let limits = &options.timeouts;
        let mut parameters = Vec::new();
        if mail.needs_utf8() {
            if !self.connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Ok(Receipt::NoUtf8);
            }
            parameters = vec![MailParameter::SmtpUtfEight, MailParameter::Body(MailBodyParameter::EightBitMime)];
        }
        let from = MailFrom::new(Some(mail.sender.clone()), parameters);
        let to = Rcpt::new(mail.recipient.clone(), Vec::new());
        if self.signals.pipelining() {
            self.envelope_at_once(&from, &to, limits, deadline).await?;
        } else {
            self.envelope(from, to, limits, deadline).await?;
        }
        // lettre writes the end of the text itself, CRLF before the dot included.
        let text = mail.bytes.strip_suffix(b"\r\n").unwrap_or(&mail.bytes);
        let sent = expect(&[250], whole(text, &self.signals, limits, deadline, &mut self.connection).await);
        let stage = if self.signals.past_held() { Stage::Dot } else { Stage::Text };
        let response = sent.map_err(Failed::at(stage))?;
        Ok(Receipt::Accepted { code: 250, reply: words(&response, mail) })
    }

    /// From whom and to whom, command by command.
    async fn envelope(
        &mut self, from: MailFrom, to: Rcpt, limits: &SmtpTimeouts, deadline: Instant,
    ) -> Result<(), Failed> {
        let connection = &mut self.connection;
        let from = answer(limits.mail, deadline, connection.command(from)).await;
        expect(&[250], from).map_err(Failed::at(Stage::Mail))?;
        let to = answer(limits.rcpt, deadline, connection.command(to)).await;
        expect(&[250, 251, 252], to).map_err(Failed::at(Stage::Rcpt))?;
        let data = answer(limits.data, deadline, connection.command(Data)).await;
        expect(&[354], data).map_err(Failed::at(Stage::Data)).map(drop)
    }

    /// The same in one go (RFC 2920): there and back once instead of three times. The first reply that says no counts;
    /// those after it are read, or they would be taken for replies to what comes next.
    async fn envelope_at_once(
        &mut self, from: &MailFrom, to: &Rcpt, limits: &SmtpTimeouts, deadline: Instant,
    ) -> Result<(), Failed> {
        let connection = &mut self.connection;
        let from = answer(limits.mail, deadline, connection.command(format!("{from}{to}{Data}"))).await;
        let from = expect(&[250], from).map_err(Failed::at(Stage::Mail)).map(drop);
        if from.as_ref().is_err_and(Failed::is_final) {
            return from;
        }
        let to = answer(limits.rcpt, deadline, connection.read_response()).await;
        let to = from.and(expect(&[250, 251, 252], to).map_err(Failed::at(Stage::Rcpt)).map(drop));
        if to.as_ref().is_err_and(Failed::is_final) {
            return to;
        }
        let data = answer(limits.data, deadline, connection.read_response()).await;
        let data = expect(&[354], data).map_err(Failed::at(Stage::Data)).map(drop);
        match (to, data) {
            (Ok(()), data) => data,
            (Err(refused), Err(Failed { trouble: Trouble::Reply(..), .. })) => Err(refused),
            // It waits for a text that nobody may have (RFC 2920 §3.1), or is gone.
            (Err(refused), _) => Err(Failed { in_step: false, ..refused }),
        }
    }

    /// Turns trouble into a receipt, and brings the connection into a state to go on from, if it can be.
    async fn ended(&mut self, failed: Failed, mail: &Mail, options: &SmtpOptions) -> End {
        let Failed { stage, trouble, in_step } = failed;
        let closing = matches!(trouble, Trouble::Reply(421, _));
        let stale = stage == Stage::Mail && (closing || matches!(trouble, Trouble::Lost));
        let receipt = match trouble {
            // 530, 534, 535 and 538 at MAIL speak of us, not of this mail (RFC 4954 §6).
            Trouble::Reply(530 | 534 | 535 | 538, _) if stage == Stage::Mail => {
                let receipt = Receipt::Away { why: "auth", permanent_setup: true };
                return End { receipt, usable: false, stale: false };
            }
            Trouble::Reply(code @ 400..=599, text) => {
                refused(code, masked(&text, mail.recipient.user()), stage == Stage::Rcpt)
            }
            // An answer no client can make sense of.
            Trouble::Reply(..) if stage == Stage::Dot => Receipt::CutOff { stage: "protocol" },
            Trouble::Reply(..) => Receipt::Away { why: "protocol", permanent_setup: false },
            Trouble::Timeout if stage == Stage::Dot => Receipt::CutOff { stage: "timeout" },
            Trouble::Lost if stage == Stage::Dot => Receipt::CutOff { stage: "lost" },
            Trouble::Timeout | Trouble::Lost if stage == Stage::Text => {
                Receipt::Deferred { code: 451, reply: "the connection ended inside the text".to_owned() }
            }
            Trouble::Timeout | Trouble::Lost => Receipt::Away { why: stage.name(), permanent_setup: false },
        };
        let answered = matches!(receipt, Receipt::Deferred { .. } | Receipt::Refused { .. }) && stage != Stage::Text;
        let usable = answered && in_step && !closing && (stage == Stage::Dot || self.reset(options).await);
        self.last_used = Instant::now();
        End { receipt, usable, stale }
    }

    /// Forgets the transaction that was refused half-way.
    async fn reset(&mut self, options: &SmtpOptions) -> bool {
        let limit = options.timeouts.quit;
        let deadline = Instant::now() + limit;
        expect(&[250], answer(limit, deadline, self.connection.command(Rset)).await).is_ok()
    }
}

async fn log_in(connection: &mut AsyncSmtpConnection, options: &SmtpOptions) -> Result<(), Unreached> {
    let Some(login) = &options.login else { return Ok(()) };
    let credentials = Credentials::new(login.user.clone(), login.password.expose_secret().to_owned());
    let auth = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
    match timeout(options.timeouts.auth, auth).await {
        Ok(Ok(response)) if response.has_code(235) => Ok(()),
        // 5xx: these credentials are wrong. A client error: no mechanism in common. Both stay until somebody acts.
        Ok(Err(error)) if error.is_permanent() || error.is_client() => Err(misset("auth")),
        Ok(_) | Err(_) => Err(away("auth")),
    }
}

/// The text and its end, in one go. Once the end has begun to leave (`past_held`) the outcome is the server's.
async fn whole(
    text: &[u8], signals: &Signals, limits: &SmtpTimeouts, deadline: Instant, connection: &mut AsyncSmtpConnection,
) -> Answer {
    let mut parts = std::iter::once(text);
    signals.hold();
    let told = std::iter::from_fn(|| {
        let part = parts.next();
        if part.is_none() {
            signals.release();
        }
        part
    });
    let mut sending = std::pin::pin!(connection.message_iter(told));
    tokio::select! {
        biased;
        result = &mut sending => return read(result),
        () = signals.passed() => {}
        () = sleep_until(deadline.min(Instant::now() + limits.text)) => return Err(Trouble::Timeout),
    }
    // The poll that ended the text wrote its end as well, and found no answer yet.
    kill_point("k11");
    answer(limits.dot, deadline, sending).await
}

async fn answer(
    limit: Duration, deadline: Instant, command: impl Future<Output = Result<Response, lettre::transport::smtp::Error>>,
) -> Answer {
    match timeout_at(deadline.min(Instant::now() + limit), command).await {
        Ok(result) => read(result),
        Err(_) => Err(Trouble::Timeout),
    }
}

fn read(result: Result<Response, lettre::transport::smtp::Error>) -> Answer {
    result.map_err(|error| match error.status() {
        Some(code) => {
            let text = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            Trouble::Reply(number(&code.to_string()), text)
        }
        None => Trouble::Lost,
    })
}

/// Only the codes that were asked for: lettre takes any 2xx or 3xx for a yes.
fn expect(codes: &[u16], answer: Answer) -> Answer {
    let response = answer?;
    let code = number(&response.code().to_string());
    if codes.contains(&code) { Ok(response) } else { Err(Trouble::Reply(code, String::new())) }
}

fn number(code: &str) -> u16 {
    code.parse().unwrap_or(0)
}

fn words(response: &Response, mail: &Mail) -> String {
    masked(&response.message().collect::<Vec<_>>().join(" "), mail.recipient.user())
}
