//! Why the management API could not be asked.

use crate::fault::{Classify, Fault};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A failure of the management API. No variant holds a password.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ManagementError {
    /// The URL is none.
    #[error(
        "broker.management_url is not http://host:port or https://host:port, with or without user:password@: {why}"
    )]
    BadUrl {
        /// What is wrong with it; never a part of it that could be a password.
        why: &'static str,
    },
    /// The password would cross a network in the clear.
    #[error(
        "broker.management_url is http:// (no TLS) and {host} is not this machine: use https://, or set `broker.allow_plaintext = true` if the network is trusted"
    )]
    PlaintextRefused {
        /// The host.
        host: String,
    },
    /// `broker.ca_file` is of no use.
    #[error("broker.ca_file {} cannot be used for broker.management_url", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
    },
    /// TLS cannot be set up at all: this machine trusts no authority.
    #[error("no certificate authority to trust: set `broker.ca_file`")]
    NoAuthorities,
    /// Nobody answers there, or not in HTTP, or not with a certificate that is trusted.
    #[error(
        "the management API at {place} cannot be reached: is the plugin on (`rabbitmq-plugins enable rabbitmq_management`), and broker.management_url its address?"
    )]
    Unreachable {
        /// Host and port.
        place: String,
        /// Why.
        source: Arc<std::io::Error>,
    },
    /// No answer in time.
    #[error("the management API at {place} did not answer within {} s", after.as_secs_f32())]
    Timeout {
        /// Host and port.
        place: String,
        /// How long it was waited for.
        after: Duration,
    },
    /// Unknown user, wrong password, or a user who may not see anything.
    #[error(
        "the management API at {place} refuses `{user}`: check the login, and give the user a tag (`rabbitmqctl set_user_tags {user} monitoring`)"
    )]
    LoginRefused {
        /// Host and port.
        place: String,
        /// The user.
        user: String,
    },
    /// Something else answers there.
    #[error(
        "{place} answers GET {path} with {what}: is broker.management_url the address of RabbitMQ's management API?"
    )]
    Strange {
        /// Host and port.
        place: String,
        /// What was asked for.
        path: String,
        /// What came.
        what: String,
    },
}

impl Classify for ManagementError {
    fn fault(&self) -> Fault {
        match self {
            Self::BadUrl { .. }
            | Self::PlaintextRefused { .. }
            | Self::CaFile { .. }
            | Self::NoAuthorities
            | Self::LoginRefused { .. }
            | Self::Strange { .. } => Fault::Permanent,
            Self::Unreachable { .. } | Self::Timeout { .. } => Fault::Transient,
        }
    }
}
