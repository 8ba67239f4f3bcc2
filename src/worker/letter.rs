//! From a notice to its letter: one way for the sender who sends it and the operator who looks at it.

use uuid::Uuid;

use crate::fault::failpoint::planted;
use crate::mail::{Bell, ComposeError, LetterContext, Letters, Mail, Notice, RenderError, Rendered, Senders};
use crate::store::{Address, LeasedNotice};

/// Why a notice has no letter. Trying again does not help.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    /// No mail goes to the address any more.
    #[error("the address is suppressed")]
    Suppressed,
    /// Nobody knows where to.
    #[error("there is no address")]
    NoAddress,
    /// A template failed.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// No message could be made of it.
    #[error(transparent)]
    Compose(#[from] ComposeError),
}

impl Unwritten {
    /// Stable code, as in `notices.code`.
    pub fn code(&self) -> &'static str {
        match self {
            Unwritten::Suppressed => "suppressed",
            Unwritten::NoAddress => "no_address",
            Unwritten::Render(_) => "not_renderable",
            Unwritten::Compose(ComposeError::Recipient(_)) => "bad_address",
            Unwritten::Compose(_) => "not_composable",
        }
    }
}

/// The words of a notice's letter, wherever it may go.
pub fn words(letters: &Letters, senders: &Senders, notice: &LeasedNotice) -> Result<Rendered, RenderError> {
    letters.render(&LetterContext::new(senders.of(notice.about.event_type), &facts_of(notice, "")))
}

/// The words of a notice where no letter goes: in the marketplace itself.
pub fn bell(letters: &Letters, senders: &Senders, notice: &LeasedNotice) -> Result<Bell, RenderError> {
    letters.bell(&LetterContext::new(senders.of(notice.about.event_type), &facts_of(notice, "")))
}

/// The message that would leave now, addressed.
pub fn mail(letters: &Letters, senders: &Senders, notice: &LeasedNotice) -> Result<Mail, Unwritten> {
    if notice.suppressed {
        return Err(Unwritten::Suppressed);
    }
    let Some(Address(address)) = &notice.address else {
        return Err(Unwritten::NoAddress);
    };
    mail_to(letters, senders, notice, address)
}

/// The message, as if this were the address: what is shown where the address is not.
pub fn mail_to(letters: &Letters, senders: &Senders, notice: &LeasedNotice, address: &str) -> Result<Mail, Unwritten> {
    let facts = facts_of(notice, address);
    let rendered = letters.render(&LetterContext::new(senders.of(notice.about.event_type), &facts))?;
    Ok(senders.compose(&facts, &rendered)?)
}

fn facts_of<'a>(notice: &'a LeasedNotice, address: &'a str) -> Notice<'a> {
    Notice {
        id: if planted("plant-new-message-id") { Uuid::new_v4() } else { notice.id },
        name: notice.name.as_deref(),
        locale: notice.locale.as_deref(),
        time_zone: notice.time_zone.as_deref(),
        resends: notice.resends,
        address,
        created_at: notice.created_at,
        about: &notice.about,
        lines: &notice.lines,
    }
}
