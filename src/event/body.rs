//! What events say, by type: their data in types that cannot hold nonsense.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{
    ApplicationCause, ApplicationId, CancelCause, ClientId, DeclineCause, EventType, Improvement, InvitationId, JobId,
    PersonId, ProposalId, RemovalCause, SuspensionCause, WithdrawalCause,
};

/// The cause of every `job-expired`.
pub(super) const EXPIRED: &str = "expired";
/// The cause of every `application-received`.
pub(super) const RECEIVED: &str = "received";

/// What happened, as the marketplace's events say it.
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
    /// A post ran out of time.
    JobExpired {
        /// The job.
        job: JobId,
    },
    /// A proposal was declined.
    ProposalDeclined {
        /// The proposal.
        proposal: ProposalId,
        /// Why, and by whom: [`DeclineCause`].
        cause: DeclineCause,
        /// The client's own words to the freelancer; told.
        message: Option<String>,
    },
    /// An invitation to apply was withdrawn.
    InvitationWithdrawn {
        /// The invitation.
        invitation: InvitationId,
        /// To which job.
        job: JobId,
        /// Who had been invited.
        person: PersonId,
        /// Why, and by whom: [`WithdrawalCause`].
        cause: WithdrawalCause,
    },
    /// The marketplace did not take a freelancer's profile in.
    ApplicationDeclined {
        /// The application.
        application: ApplicationId,
        /// Whose.
        person: PersonId,
        /// What decided.
        cause: ApplicationCause,
        /// What to improve, each once.
        improve: Vec<Improvement>,
        /// Whether and when they may apply again.
        reapply: Reapply,
        /// A program decided alone; `None`: the marketplace does not say.
        automated: Option<bool>,
    },
    /// The marketplace has a freelancer's application.
    ApplicationReceived {
        /// The application.
        application: ApplicationId,
        /// Whose.
        person: PersonId,
        /// When it is decided at the latest, where the marketplace says so.
        decide_by: Option<OffsetDateTime>,
    },
}

/// Whether and when somebody may apply again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reapply {
    /// Not again.
    Never,
    /// At any time.
    Now,
    /// From this moment on.
    After(#[serde(with = "time::serde::rfc3339")] OffsetDateTime),
}

/// A statement of reasons (Regulation (EU) 2022/2065 Art. 17 (3)), as the event carried it. Every field is optional;
/// unknown fields are kept in [`super::Event::canonical`].
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
            Body::JobExpired { .. } => EventType::JobExpired,
            Body::ProposalDeclined { .. } => EventType::ProposalDeclined,
            Body::InvitationWithdrawn { .. } => EventType::InvitationWithdrawn,
            Body::ApplicationDeclined { .. } => EventType::ApplicationDeclined,
            Body::ApplicationReceived { .. } => EventType::ApplicationReceived,
        }
    }

    /// The cause as text, as it stands in `data.cause`; an event without one always has the same.
    pub fn cause(&self) -> &'static str {
        match self {
            Body::JobCanceled { cause, .. } => cause.as_str(),
            Body::PostRemoved { cause, .. } => cause.as_str(),
            Body::ClientSuspended { cause, .. } => cause.as_str(),
            Body::JobExpired { .. } => EXPIRED,
            Body::ProposalDeclined { cause, .. } => cause.as_str(),
            Body::InvitationWithdrawn { cause, .. } => cause.as_str(),
            Body::ApplicationDeclined { cause, .. } => cause.as_str(),
            Body::ApplicationReceived { .. } => RECEIVED,
        }
    }

    /// What it touches.
    pub fn subject(&self) -> Subject<'_> {
        match self {
            Body::JobCanceled { job, .. } | Body::PostRemoved { job, .. } | Body::JobExpired { job } => {
                Subject::Job(job)
            }
            Body::ClientSuspended { client, .. } => Subject::Client(client),
            Body::ProposalDeclined { proposal, .. } => Subject::Proposal(proposal),
            Body::InvitationWithdrawn { person, job, .. } => Subject::Person { person, job: Some(job) },
            Body::ApplicationDeclined { person, .. } | Body::ApplicationReceived { person, .. } => {
                Subject::Person { person, job: None }
            }
        }
    }
}

/// What an event touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// The proposals of one job.
    Job(&'a JobId),
    /// The proposals of every post of one client that was open when it happened.
    Client(&'a ClientId),
    /// One proposal.
    Proposal(&'a ProposalId),
    /// No proposal: one person, and the job it speaks of.
    Person {
        /// Who is told.
        person: &'a PersonId,
        /// The job whose title is told.
        job: Option<&'a JobId>,
    },
}
