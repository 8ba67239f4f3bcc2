//! The words: what arrives, in types that cannot hold nonsense.
//!
//! [`decode()`] turns a message into an [`Event`] or says, with a stable code and a JSON pointer, why it cannot.
//! Nothing here does I/O, reads a clock or logs.

mod cloud;
mod data;
mod debug;
mod decode;
mod error;
mod ids;
mod json;
mod media;
mod message;

pub use cloud::ATTRIBUTE_BYTES_MAX;
pub use data::{NOTE_CHARS_MAX, RULE_CHARS_MAX, STATEMENT_CHARS_MAX};
pub use decode::{DecodeLimits, decode};
pub use error::{DecodeError, QUOTE_CHARS_MAX};
pub use ids::{AccountId, ClientId, EntryId, ID_BYTES_MAX, IdError, JobId, PersonId, ProposalId};
pub use json::DEPTH_MAX;
pub(crate) use json::strict_json;
pub use message::Message;

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

/// What happened, as the marketplace's three events say it.
#[derive(Clone, PartialEq)]
pub enum Body {
    /// A client took a job back, or its time ran out.
    JobCanceled {
        /// The job.
        job: JobId,
        /// Why.
        cause: CancelCause,
        /// The client's own words, for the record; never sent on.
        note: Option<String>,
    },
    /// The marketplace took a post down.
    PostRemoved {
        /// The job.
        job: JobId,
        /// Why.
        cause: RemovalCause,
        /// Category of the rule that was broken, fit to be shown to applicants.
        rule: Option<String>,
        /// The statement of reasons owed to the client (Regulation (EU) 2022/2065 Art. 17); kept, never sent to
        /// applicants.
        statement: Option<Statement>,
    },
    /// The marketplace suspended a client.
    ClientSuspended {
        /// The client.
        client: ClientId,
        /// Why.
        cause: SuspensionCause,
        /// `false`: may be lifted again.
        is_final: bool,
        /// As in `PostRemoved`.
        statement: Option<Statement>,
    },
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
}

impl EventType {
    /// Every type, in the order of the documentation.
    pub const ALL: [EventType; 3] = [EventType::JobCanceled, EventType::PostRemoved, EventType::ClientSuspended];

    /// The name as it stands in `type`, in the routing key, in metrics and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            EventType::JobCanceled => "job-canceled",
            EventType::PostRemoved => "post-removed",
            EventType::ClientSuspended => "client-suspended",
        }
    }

    /// The type of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.as_str() == name)
    }
}

macro_rules! causes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }
        impl $name {
            /// Every cause.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// The cause as it stands in `data.cause`.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
            /// The cause of this name.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|c| c.as_str() == name)
            }
        }
    };
}

causes!(
    /// Why a job was canceled.
    CancelCause {
        /// The client canceled, no further reason.
        ClientCanceled = "client-canceled",
        /// Posted by accident (the marketplace's code 67).
        Accident = "accident",
        /// The project was dropped (41).
        Dropped = "dropped",
        /// Nobody with the skills (34).
        NoSkills = "no-skills",
        /// Filled by another source (49).
        FilledElsewhere = "filled-elsewhere",
        /// All positions filled (51).
        Filled = "filled",
        /// Thirty days without activity.
        Expired = "expired",
    }
);
causes!(
    /// Why a post was removed.
    RemovalCause {
        /// Against the Terms of Service.
        TermsOfService = "terms-of-service",
        /// Fraud or scam.
        Fraud = "fraud",
        /// Posted more than once.
        Duplicate = "duplicate",
        /// Clean-up of an inactive post: counts as expired.
        Inactive = "inactive",
    }
);
causes!(
    /// Why a client was suspended.
    SuspensionCause {
        /// Against the Terms of Service.
        TermsOfService = "terms-of-service",
        /// Fraud.
        Fraud = "fraud",
        /// Billing method; usually lifted again.
        Billing = "billing",
    }
);

/// A statement of reasons (Regulation (EU) 2022/2065 Art. 17 (3)), as the event carried it. Every field is optional;
/// unknown fields are kept in [`Event::canonical`].
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Statement {
    /// `illegal` or `terms`.
    pub ground: Option<String>,
    /// The clause or law.
    pub clause: Option<String>,
    /// Facts and circumstances.
    pub facts: Option<String>,
    /// Automated means found it.
    pub automated_detection: Option<bool>,
    /// Automated means decided it.
    pub automated_decision: Option<bool>,
    /// How to complain.
    pub redress: Option<String>,
}

impl Body {
    /// The event's type.
    pub fn event_type(&self) -> EventType {
        match self {
            Body::JobCanceled { .. } => EventType::JobCanceled,
            Body::PostRemoved { .. } => EventType::PostRemoved,
            Body::ClientSuspended { .. } => EventType::ClientSuspended,
        }
    }

    /// The cause as text, as it stands in `data.cause`.
    pub fn cause(&self) -> &'static str {
        match self {
            Body::JobCanceled { cause, .. } => cause.as_str(),
            Body::PostRemoved { cause, .. } => cause.as_str(),
            Body::ClientSuspended { cause, .. } => cause.as_str(),
        }
    }

    /// Whose proposals it touches.
    pub fn subject(&self) -> Subject<'_> {
        match self {
            Body::JobCanceled { job, .. } | Body::PostRemoved { job, .. } => Subject::Job(job),
            Body::ClientSuspended { client, .. } => Subject::Client(client),
        }
    }
}

/// Whose proposals an event touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// Those of one job.
    Job(&'a JobId),
    /// Those of every post of one client that was open when it happened.
    Client(&'a ClientId),
}
