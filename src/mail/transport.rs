//! How mail leaves: the trait, what a transport says became of a mail, and the choice between the two there are.

use async_trait::async_trait;

use super::compose::Mail;
use super::folder::{Folder, FolderOptions};
use super::smtp::{Smtp, SmtpOptions};

/// One way out, owned by one task: at most one mail is under way.
///
/// No transport retries, queues or logs; the loop above it does, by the [`Receipt`]. A `send` that is dropped half-way
/// gives its connection up with it.
#[async_trait]
pub trait Transport: Send {
    /// Hands one mail over and says what became of it. Bounded in time by the transport's options.
    async fn send(&mut self, mail: &Mail) -> Receipt;

    /// Says goodbye, if there is a connection. The next `send` would open a new one.
    async fn close(&mut self);
}

/// What became of one mail. Replies are without addresses, at most 500 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// Taken: the server is responsible for it now, or it lies in the folder.
    Accepted {
        /// Reply code; 250.
        code: u16,
        /// The reply.
        reply: String,
    },
    /// Refused for now. Try again later; it counts as an attempt.
    Deferred {
        /// Reply code, 4xx; 451 where the connection was lost inside the text, before its end (RFC 5321 §4.2.5 reads
        /// it so).
        code: u16,
        /// The reply.
        reply: String,
    },
    /// Refused for good.
    Refused {
        /// Reply code, 5xx.
        code: u16,
        /// The reply.
        reply: String,
        /// The mailbox does not exist: no further mail should go there.
        bad_mailbox: bool,
    },
    /// Not offered: the address is not ASCII, and the server does not take such (RFC 6531). No other way leads there.
    NoUtf8,
    /// Not offered: the server could not be reached or left before the text began. Says nothing about this mail.
    Away {
        /// At which stage, as a stable word: `resolve`, `connect`, `tls`, `greeting`, `hello`, `starttls`, `auth`,
        /// `mail` …
        why: &'static str,
        /// It will stay so until somebody changes a setting.
        permanent_setup: bool,
    },
    /// The connection ended after the end of the text began to be sent and before its answer: it may or may not have
    /// been taken (RFC 1047).
    CutOff {
        /// What ended it: `lost`, `timeout` or `protocol`.
        stage: &'static str,
    },
}

/// Which transport, and how it is set.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "one value a process, and a box would be in every reader's way")]
pub enum TransportOptions {
    /// To a mail server.
    Smtp(SmtpOptions),
    /// Into a folder of `.eml` files.
    Folder(FolderOptions),
}

impl TransportOptions {
    /// A transport of its own for one task. Opens nothing yet.
    pub fn transport(&self) -> Box<dyn Transport> {
        match self {
            TransportOptions::Smtp(options) => Box::new(Smtp::new(options.clone())),
            TransportOptions::Folder(options) => Box::new(Folder::new(options.clone())),
        }
    }

    /// What is wrong with the options: key and reason, all at once.
    pub fn check(&self) -> Vec<(&'static str, String)> {
        match self {
            TransportOptions::Smtp(options) => options.check(),
            TransportOptions::Folder(_) => Vec::new(),
        }
    }
}
