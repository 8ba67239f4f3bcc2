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
}

impl Letter {
    /// Every letter, in the order of the documentation.
    pub const ALL: [Letter; 6] = [
        Letter::JobCanceled,
        Letter::JobCanceledNoReturn,
        Letter::PostRemoved,
        Letter::PostRemovedNoReturn,
        Letter::ClientSuspended,
        Letter::ClientSuspendedNoReturn,
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
        }
    }

    /// The letter of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|letter| letter.name() == name)
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
        }
    }
}

impl std::fmt::Display for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
