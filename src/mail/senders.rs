//! Who writes: a sender for each class of notices, and the signature they share.

use std::sync::Arc;

use super::compose::{Addressing, ComposeError, Mail, Notice, compose};
use super::dkim::DkimSigner;
use super::template::Rendered;
use crate::event::EventType;

/// What notices have in common as mail: what a reader may want to sort, to answer and to bounce apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NoticeClass {
    /// What became of Connects when a job, its post or its client was gone, returned or not.
    Returns,
    /// A client's no: to a proposal, or by taking an invitation back.
    Declines,
    /// What became of an application for a profile.
    Applications,
}

impl NoticeClass {
    /// Every class.
    pub const ALL: [NoticeClass; 3] = [NoticeClass::Returns, NoticeClass::Declines, NoticeClass::Applications];

    /// Its stable name, as in `mail.classes`.
    pub fn as_str(self) -> &'static str {
        match self {
            NoticeClass::Returns => "returns",
            NoticeClass::Declines => "declines",
            NoticeClass::Applications => "applications",
        }
    }

    /// The class of the notices of an event.
    pub fn of(event_type: EventType) -> Self {
        match event_type {
            EventType::JobCanceled | EventType::PostRemoved | EventType::ClientSuspended | EventType::JobExpired => {
                NoticeClass::Returns
            }
            EventType::ProposalDeclined | EventType::InvitationWithdrawn => NoticeClass::Declines,
            EventType::ApplicationDeclined | EventType::ApplicationReceived => NoticeClass::Applications,
        }
    }
}

/// Who writes, by class, and who vouches for it.
#[derive(Debug, Clone)]
pub struct Senders {
    returns: Addressing,
    declines: Addressing,
    applications: Addressing,
    dkim: Option<Arc<DkimSigner>>,
}

impl Senders {
    /// The senders that `addressing` says for each class; with `dkim` their mails are signed.
    pub fn new(addressing: impl Fn(NoticeClass) -> Addressing, dkim: Option<DkimSigner>) -> Self {
        Self {
            returns: addressing(NoticeClass::Returns),
            declines: addressing(NoticeClass::Declines),
            applications: addressing(NoticeClass::Applications),
            dkim: dkim.map(Arc::new),
        }
    }

    /// Who writes the letters about such an event.
    pub fn of(&self, event_type: EventType) -> &Addressing {
        match NoticeClass::of(event_type) {
            NoticeClass::Returns => &self.returns,
            NoticeClass::Declines => &self.declines,
            NoticeClass::Applications => &self.applications,
        }
    }

    /// Makes the message of a notice, signed where there is a key. The same notice gives the same bytes.
    pub fn compose(&self, notice: &Notice<'_>, rendered: &Rendered) -> Result<Mail, ComposeError> {
        let mail = compose(self.of(notice.about.event_type), notice, rendered)?;
        match &self.dkim {
            None => Ok(mail),
            Some(signer) => {
                let signature = signer.sign(mail.bytes(), notice.created_at);
                signature.map(|header| mail.headed(&header)).ok_or(ComposeError::Defect("it could not be signed"))
            }
        }
    }
}
