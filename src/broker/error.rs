//! What can go wrong with the broker, and whether trying again may help.

use super::options::Place;
use crate::fault::{Classify, Fault};
use lapin::ErrorKind;
use lapin::protocol::{AMQPErrorKind, AMQPHardError, AMQPSoftError};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What the client library says, as the last source of a [`BrokerError`].
#[derive(Debug, Clone, thiserror::Error)]
#[error(transparent)]
pub struct Cause(Arc<lapin::Error>);

/// A failure at the broker. No variant holds a password.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum BrokerError {
    /// The URL is none.
    #[error("broker.url is not amqp://user:password@host:port/vhost or amqps://…: {why}")]
    BadUrl {
        /// What is wrong with it; never a part of it that could be a password.
        why: &'static str,
    },
    /// An option is out of its range.
    #[error("{key} {why}")]
    BadOption {
        /// The configuration key.
        key: &'static str,
        /// What it must be.
        why: &'static str,
    },
    /// A name is longer than AMQP can say.
    #[error("the name `{start}…` is longer than 255 bytes")]
    BadName {
        /// How it starts.
        start: String,
    },
    /// The password would cross a network in the clear.
    #[error(
        "broker.url is amqp:// (no TLS) and {host} is not this machine: use amqps://, or set `broker.allow_plaintext = true` if the network is trusted"
    )]
    PlaintextRefused {
        /// The host.
        host: String,
    },
    /// `broker.ca_file` is of no use.
    #[error("broker.ca_file {} cannot be used", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Arc<std::io::Error>,
    },
    /// The server's certificate, name or TLS version is not acceptable.
    #[error("TLS with {place} failed: check its certificate, and `broker.ca_file` if its authority is your own")]
    Untrusted {
        /// Where.
        place: Arc<Place>,
        /// Why.
        source: Cause,
    },
    /// Unknown user or wrong password.
    #[error("{place} refuses the login of `{}`", place.user)]
    LoginRefused {
        /// Where.
        place: Arc<Place>,
        /// What it says.
        source: Cause,
    },
    /// The vhost does not exist or is not for this user.
    #[error("{place} does not let `{}` into vhost `{}` (in a URL the vhost / is written %2f)", place.user, place.vhost)]
    VhostRefused {
        /// Where.
        place: Arc<Place>,
        /// What it says.
        source: Cause,
    },
    /// The user lacks a permission.
    #[error("{place}: `{}` may not {doing}", place.user)]
    AccessRefused {
        /// Where.
        place: Arc<Place>,
        /// What was tried.
        doing: String,
        /// What the broker says.
        source: Cause,
    },
    /// A queue or exchange that was asked for does not exist.
    #[error("{place} cannot {doing}: there is no such thing; `makegood topology declare` creates what makegood needs")]
    NotFound {
        /// Where.
        place: Arc<Place>,
        /// What was tried.
        doing: String,
        /// What the broker says.
        source: Cause,
    },
    /// A queue or exchange exists with other arguments, or the broker refuses what was sent as it is.
    #[error("{place} cannot {doing}: what exists differs; `makegood topology check` says in what")]
    Differs {
        /// Where.
        place: Arc<Place>,
        /// What was tried.
        doing: String,
        /// What the broker says.
        source: Cause,
    },
    /// Nobody answers there, or the handshake broke off.
    #[error("{place} cannot be reached")]
    Unreachable {
        /// Where.
        place: Arc<Place>,
        /// Why.
        source: Cause,
    },
    /// No answer in time.
    #[error("{place} did not {doing} within {} s", after.as_secs_f32())]
    Timeout {
        /// Where.
        place: Arc<Place>,
        /// What was asked.
        doing: String,
        /// How long it was waited for.
        after: Duration,
    },
    /// The connection or channel ended.
    #[error("{place}: connection lost (to {doing})")]
    Lost {
        /// Where.
        place: Arc<Place>,
        /// What it was for.
        doing: String,
        /// Why.
        source: Cause,
    },
    /// The broker took the consumer off the queue: the queue was deleted, its leader moved, or a delivery waited too
    /// long.
    #[error("{place} canceled the consumer of queue `{queue}`")]
    Canceled {
        /// Where.
        place: Arc<Place>,
        /// The queue.
        queue: String,
    },
    /// The queue went away while it was consumed.
    #[error("{place}: queue `{queue}` is gone")]
    QueueGone {
        /// Where.
        place: Arc<Place>,
        /// The queue.
        queue: String,
        /// What the broker says.
        source: Cause,
    },
    /// The broker stopped this connection because it is short of memory or disk.
    #[error("{place} takes no messages now: it is short of memory or disk (`rabbitmqctl status` names the alarm)")]
    Blocked {
        /// Where.
        place: Arc<Place>,
    },
}

impl Classify for BrokerError {
    fn fault(&self) -> Fault {
        match self {
            Self::BadUrl { .. }
            | Self::BadOption { .. }
            | Self::BadName { .. }
            | Self::PlaintextRefused { .. }
            | Self::CaFile { .. }
            | Self::Untrusted { .. }
            | Self::LoginRefused { .. }
            | Self::VhostRefused { .. }
            | Self::AccessRefused { .. }
            | Self::NotFound { .. }
            | Self::Differs { .. } => Fault::Permanent,
            Self::Unreachable { .. }
            | Self::Timeout { .. }
            | Self::Lost { .. }
            | Self::Canceled { .. }
            | Self::QueueGone { .. }
            | Self::Blocked { .. } => Fault::Transient,
        }
    }
}

impl BrokerError {
    /// The error of opening a connection.
    pub(super) fn of_connecting(place: &Arc<Place>, error: lapin::Error) -> Self {
        let (place, protocol, source) = (place.clone(), protocol_kind(&error), Cause(Arc::new(error)));
        match protocol {
            Some(AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED)) => Self::LoginRefused { place, source },
            Some(AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED)) => Self::VhostRefused { place, source },
            _ if source.is_untrusted() => Self::Untrusted { place, source },
            _ => Self::Unreachable { place, source },
        }
    }

    /// The error of an operation on an open connection.
    pub(super) fn of_doing(place: &Arc<Place>, doing: impl Into<String>, error: lapin::Error) -> Self {
        let (place, doing, protocol, source) =
            (place.clone(), doing.into(), protocol_kind(&error), Cause(Arc::new(error)));
        match protocol {
            Some(AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED)) => Self::AccessRefused { place, doing, source },
            Some(AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND)) => Self::NotFound { place, doing, source },
            Some(AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED)) => Self::Differs { place, doing, source },
            _ => Self::Lost { place, doing, source },
        }
    }

    /// The end of a session that was attached: always transient, the caller attaches again.
    pub(super) fn of_session(place: &Arc<Place>, queue: &str, error: lapin::Error) -> Self {
        let (place, protocol, source) = (place.clone(), protocol_kind(&error), Cause(Arc::new(error)));
        match protocol {
            Some(AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND)) => {
                Self::QueueGone { place, queue: queue.to_owned(), source }
            }
            _ => Self::Lost { place, doing: format!("consume queue `{queue}`"), source },
        }
    }
}

/// What became of one published message.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// No queue is bound for it: the broker returned it. It is stored nowhere.
    #[error(
        "no queue takes a message with routing key `{routing_key}` from exchange `{exchange}`: bind one (`makegood topology declare`)"
    )]
    Unroutable {
        /// The exchange.
        exchange: String,
        /// The routing key.
        routing_key: String,
    },
    /// The broker refused to keep it: the queue is full or could not store it.
    #[error("the broker refused to keep the message: the queue is full or cannot store it now")]
    Nacked,
    /// No answer: it may or may not have been stored. Publish it again; consumers ignore a repeat.
    #[error("the message was not confirmed, it may or may not have arrived")]
    Lost(#[source] BrokerError),
    /// AMQP cannot carry it.
    #[error("the message cannot be sent as it is: {what} is longer than {limit} bytes")]
    Unencodable {
        /// The part.
        what: String,
        /// Its limit in bytes.
        limit: usize,
    },
}

impl Classify for PublishError {
    fn fault(&self) -> Fault {
        match self {
            Self::Unroutable { .. } | Self::Unencodable { .. } => Fault::Permanent,
            Self::Nacked => Fault::Transient,
            Self::Lost(cause) => cause.fault(),
        }
    }
}

/// Marks an I/O error as TLS's own, so that it is told from a network's.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct TlsRefused(pub(super) std::io::Error);

impl Cause {
    fn is_untrusted(&self) -> bool {
        match self.0.kind() {
            ErrorKind::IOError(error) => {
                error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<TlsRefused>)
            }
            _ => false,
        }
    }

    /// The broker's own words, if it spoke.
    pub(super) fn reply_text(&self) -> Option<&str> {
        match self.0.kind() {
            ErrorKind::ProtocolError(error) => Some(error.get_message().as_str()),
            _ => None,
        }
    }
}

fn protocol_kind(error: &lapin::Error) -> Option<AMQPErrorKind> {
    match error.kind() {
        ErrorKind::ProtocolError(error) => Some(error.kind().clone()),
        _ => None,
    }
}
