//! Which letters there are and which one a notice becomes.

use crate::event::EventType;
use crate::policy::{NoticeLine, Occasion};

/// One kind of letter; a folder `templates/letters/<name>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Letter {
    /// A job was canceled; Connects came back.
    JobCanceled,
    /// A job was canceled; none came back.
    JobCanceledNoReturn,
    /// A post was removed; Connects came back.
    PostRemoved,
    /// A post was removed; none came back.
    PostRemovedNoReturn,
    /// A client was suspended; Connects came back.
    ClientSuspended,
    /// A client was suspended; none came back.
    ClientSuspendedNoReturn,
    /// A post ran out of time.
    JobExpired,
    /// A proposal was declined.
    ProposalDeclined,
    /// An invitation was withdrawn.
    InvitationWithdrawn,
    /// A profile application was declined.
    ApplicationDeclined,
    /// A profile application arrived.
    ApplicationReceived,
}

impl Letter {
    /// Every letter, in the order of the documentation.
    pub const ALL: [Letter; 11] = [
        Letter::JobCanceled,
        Letter::JobCanceledNoReturn,
        Letter::PostRemoved,
        Letter::PostRemovedNoReturn,
        Letter::ClientSuspended,
        Letter::ClientSuspendedNoReturn,
        Letter::JobExpired,
        Letter::ProposalDeclined,
        Letter::InvitationWithdrawn,
        Letter::ApplicationDeclined,
        Letter::ApplicationReceived,
    ];

    /// Its stable name, which is its folder's.
    pub fn name(self) -> &'static str {
        match self {
            Letter::JobCanceled => "job-canceled",
            Letter::JobCanceledNoReturn => "job-canceled-no-return",
            Letter::PostRemoved => "post-removed",
            Letter::PostRemovedNoReturn => "post-removed-no-return",
            Letter::ClientSuspended => "client-suspended",
            Letter::ClientSuspendedNoReturn => "client-suspended-no-return",
            Letter::JobExpired => "job-expired",
            Letter::ProposalDeclined => "proposal-declined",
            Letter::InvitationWithdrawn => "invitation-withdrawn",
            Letter::ApplicationDeclined => "application-declined",
            Letter::ApplicationReceived => "application-received",
        }
    }

    /// The letter of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|letter| letter.name() == name)
    }

    /// It is about proposals, and has a part for each of them.
    pub fn has_lines(self) -> bool {
        !matches!(self, Letter::InvitationWithdrawn | Letter::ApplicationDeclined | Letter::ApplicationReceived)
    }

    /// The letter for a notice: by what happened, and by whether anything came back on any of its proposals.
    pub fn choose(about: &Occasion, lines: &[NoticeLine]) -> Self {
        let returned = lines.iter().any(|line| line.returned() > 0);
        match (about.event_type, returned) {
            (EventType::JobCanceled, true) => Letter::JobCanceled,
            (EventType::JobCanceled, false) => Letter::JobCanceledNoReturn,
            (EventType::PostRemoved, true) => Letter::PostRemoved,
            (EventType::PostRemoved, false) => Letter::PostRemovedNoReturn,
            (EventType::ClientSuspended, true) => Letter::ClientSuspended,
            (EventType::ClientSuspended, false) => Letter::ClientSuspendedNoReturn,
            (EventType::JobExpired, _) => Letter::JobExpired,
            (EventType::ProposalDeclined, _) => Letter::ProposalDeclined,
            (EventType::InvitationWithdrawn, _) => Letter::InvitationWithdrawn,
            (EventType::ApplicationDeclined, _) => Letter::ApplicationDeclined,
            (EventType::ApplicationReceived, _) => Letter::ApplicationReceived,
        }
    }
}

impl std::fmt::Display for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
