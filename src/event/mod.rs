//! The words: what arrives, in types that cannot hold nonsense.
//!
//! [`decode()`] turns a message into an [`Event`] or says, with a stable code and a JSON pointer, why it cannot.
//! Nothing here does I/O, reads a clock or logs.

mod body;
mod causes;
mod cloud;
mod data;
mod debug;
mod decode;
mod error;
mod ids;
mod json;
mod media;
mod message;
mod published;
mod schema;

pub use body::{Body, Reapply, Statement, Subject};
pub use causes::{
    ApplicationCause, CancelCause, DeclineCause, Improvement, RemovalCause, SuspensionCause, WithdrawalCause,
};
pub use cloud::ATTRIBUTE_BYTES_MAX;
pub use data::{IMPROVE_MAX, MESSAGE_CHARS_MAX, NOTE_CHARS_MAX, RULE_CHARS_MAX, STATEMENT_CHARS_MAX};
pub use decode::{DecodeLimits, decode};
pub use error::{DecodeError, QUOTE_CHARS_MAX};
pub use ids::{
    AccountId, ApplicationId, ClientId, EntryId, ID_BYTES_MAX, IdError, InvitationId, JobId, PersonId, ProposalId,
};
pub use json::DEPTH_MAX;
pub(crate) use json::strict_json;
pub use message::Message;
pub use published::{CONNECTS_RETURNED, NOTICE_ISSUED, notice_key, published_keys};
pub use schema::schema;
pub(crate) use schema::set_keyword;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// What identifies an event for ever: CloudEvents `source` and `id` together (CloudEvents 1.0 §3.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EventKey {
    /// Who says it: a URI-reference of 1 to 256 visible ASCII characters.
    pub source: String,
    /// Unique within the source: 1 to 256 visible ASCII characters.
    pub id: String,
}

impl std::fmt::Display for EventKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.source, self.id)
    }
}

/// One decoded event.
#[derive(Clone, PartialEq)]
pub struct Event {
    /// Its identity.
    pub key: EventKey,
    /// When it happened at the marketplace. Decides everything; arrival time decides nothing.
    pub time: OffsetDateTime,
    /// What happened.
    pub body: Body,
    /// The event as canonical structured CloudEvents JSON: keys sorted, no space, so that the same event in
    /// structured and in binary mode is the same text. [`decode()`] reads it back.
    pub canonical: String,
    /// SHA-256 of `canonical`. The same key with another hash is a conflict.
    pub hash: [u8; 32],
    /// W3C trace context it came with, if that was well-formed.
    pub traceparent: Option<String>,
}

/// The name of an event: the CloudEvents `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventType {
    /// `job-canceled`
    JobCanceled,
    /// `post-removed`
    PostRemoved,
    /// `client-suspended`
    ClientSuspended,
    /// `job-expired`
    JobExpired,
    /// `proposal-declined`
    ProposalDeclined,
    /// `invitation-withdrawn`
    InvitationWithdrawn,
    /// `application-declined`
    ApplicationDeclined,
    /// `application-received`
    ApplicationReceived,
}

impl EventType {
    /// Every type, in the order of the documentation.
    pub const ALL: [EventType; 8] = [
        EventType::JobCanceled,
        EventType::PostRemoved,
        EventType::ClientSuspended,
        EventType::JobExpired,
        EventType::ProposalDeclined,
        EventType::InvitationWithdrawn,
        EventType::ApplicationDeclined,
        EventType::ApplicationReceived,
    ];

    /// The name as it stands in `type`, in the routing key, in metrics and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            EventType::JobCanceled => "job-canceled",
            EventType::PostRemoved => "post-removed",
            EventType::ClientSuspended => "client-suspended",
            EventType::JobExpired => "job-expired",
            EventType::ProposalDeclined => "proposal-declined",
            EventType::InvitationWithdrawn => "invitation-withdrawn",
            EventType::ApplicationDeclined => "application-declined",
            EventType::ApplicationReceived => "application-received",
        }
    }

    /// It is about proposals. Else it is about a person alone, and nothing of it can come back.
    pub fn concerns_proposals(self) -> bool {
        match self {
            EventType::JobCanceled
            | EventType::PostRemoved
            | EventType::ClientSuspended
            | EventType::JobExpired
            | EventType::ProposalDeclined => true,
            EventType::InvitationWithdrawn | EventType::ApplicationDeclined | EventType::ApplicationReceived => false,
        }
    }

    /// The causes it can have, as in `data.cause`, or the one it always has.
    pub fn causes(self) -> Vec<&'static str> {
        fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> Vec<&'static str> {
            all.iter().map(|cause| name(*cause)).collect()
        }
        match self {
            EventType::JobCanceled => names(CancelCause::ALL, CancelCause::as_str),
            EventType::PostRemoved => names(RemovalCause::ALL, RemovalCause::as_str),
            EventType::ClientSuspended => names(SuspensionCause::ALL, SuspensionCause::as_str),
            EventType::JobExpired => vec![body::EXPIRED],
            EventType::ProposalDeclined => names(DeclineCause::ALL, DeclineCause::as_str),
            EventType::InvitationWithdrawn => names(WithdrawalCause::ALL, WithdrawalCause::as_str),
            EventType::ApplicationDeclined => names(ApplicationCause::ALL, ApplicationCause::as_str),
            EventType::ApplicationReceived => vec![body::RECEIVED],
        }
    }

    /// The type of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.as_str() == name)
    }
}
