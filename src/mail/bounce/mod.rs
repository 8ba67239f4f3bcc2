//! What comes back to the envelope's sender: delivery reports (RFC 3464), complaints (RFC 5965), automatic replies.
//!
//! All of it is written by strangers: every size is bounded, nothing is believed. What a report is about is a letter of
//! ours, named by its Message-ID; whom it is about is compared by whoever knows the letter's reader.

mod complaint;
mod delivery;
mod part;
mod status;

pub use delivery::{Action, Delivery, Meaning};
pub use status::Status;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use part::{Fields, Part};

/// Longest message that is read, in bytes: a letter of ours that is returned whole, four times over, and the report.
pub const RETURNED_BYTES_MAX: usize = 1024 * 1024;

/// Recipients that one report may speak of. A letter of ours has one.
const RECIPIENTS_MAX: usize = 20;

/// Message-IDs of a header that are looked at: References of an answer may list a whole correspondence.
const IDS_MAX: usize = 20;

/// Which letter: a notice, and how often it had been sent again by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LetterId {
    /// The notice.
    pub notice: Uuid,
    /// `notices.resends` when it left.
    pub resends: u32,
}

impl LetterId {
    /// The letter of a Message-ID (`<id@domain>` or `<id.rN@domain>`, brackets or none); `None`: not one of ours.
    pub fn parse(message_id: &str, own_domain: &str) -> Option<LetterId> {
        let id = message_id.trim().trim_start_matches('<').trim_end_matches('>');
        let (name, domain) = id.rsplit_once('@')?;
        if !domain.eq_ignore_ascii_case(own_domain) {
            return None;
        }
        let (notice, resends) = match name.split_once(".r") {
            Some((notice, resends)) => (notice, resends.parse().ok()?),
            None => (name, 0),
        };
        // The one form that is written: a UUID has others, and what we did not write is not ours.
        let parsed = Uuid::try_parse(notice).ok()?;
        (parsed.to_string() == notice.to_ascii_lowercase()).then_some(LetterId { notice: parsed, resends })
    }
}

/// A message that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The letter it is about; `None`: it names none of ours.
    pub letter: Option<LetterId>,
    /// What it says.
    pub says: Says,
}

/// What a message that came back says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// What became of a delivery, for each recipient; never empty.
    Delivery(Vec<Delivery>),
    /// A reader called it spam.
    Complaint(Complaint),
    /// Some other report about abuse (`not-spam`, `virus`, `auth-failure` …): nothing to be done.
    OtherFeedback,
    /// Nobody wrote it (RFC 3834): an absence, a receipt.
    AutoReply,
}

/// A reader called a letter spam. `Debug` shows no address.
#[derive(Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Whom the letter had gone to, normalised, as far as the report says; never shown.
    pub addresses: Vec<String>,
    /// The same for the same complaint, however often and by whatever way it comes.
    pub digest: [u8; 32],
}

impl std::fmt::Debug for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Complaint").field("addresses", &self.addresses.len()).finish_non_exhaustive()
    }
}

/// Why a message cannot be read as what came back. Says what is wrong, never with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BounceError {
    /// Longer than is read.
    #[error("it is longer than {RETURNED_BYTES_MAX} bytes")]
    TooLarge,
    /// More parts, or deeper ones, than any report has.
    #[error("it has more parts, or parts within parts, than any report")]
    TooManyParts,
    /// More recipients than a letter of ours.
    #[error("it speaks of more than {RECIPIENTS_MAX} recipients")]
    TooManyRecipients,
    /// No delivery report (RFC 3464), no complaint (RFC 5965), no automatic reply (RFC 3834).
    #[error("it is no delivery report, no complaint and no automatic reply")]
    NoReport,
    /// It calls itself a report, and does not say what became of whom.
    #[error("it calls itself a report and does not say what became of whom")]
    BrokenReport,
}

impl BounceError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            BounceError::TooLarge => "too_large",
            BounceError::TooManyParts => "too_many_parts",
            BounceError::TooManyRecipients => "too_many_recipients",
            BounceError::NoReport => "no_report",
            BounceError::BrokenReport => "broken_report",
        }
    }
}

/// Reads one message. `own_domain`: right side of our Message-IDs.
pub fn read_returned(bytes: &[u8], own_domain: &str) -> Result<Returned, BounceError> {
    if bytes.len() > RETURNED_BYTES_MAX {
        return Err(BounceError::TooLarge);
    }
    let (head, parts) = part::read(bytes)?;
    let letter = letter(&head, &parts, own_domain);
    let find = |media: &[&str]| parts.iter().find(|part| media.contains(&&*part.media));
    if let Some(status) = find(&["message/delivery-status", "message/global-delivery-status"]) {
        let deliveries = delivery::read(status, letter)?;
        return Ok(Returned { letter, says: Says::Delivery(deliveries) });
    }
    if let Some(feedback) = find(&["message/feedback-report"]) {
        return Ok(Returned { letter, says: complaint::read(feedback, returned_fields(&parts).as_ref(), letter)? });
    }
    if head.is_report("delivery-status") || head.is_report("feedback-report") {
        return Err(BounceError::BrokenReport);
    }
    // Exim's word for: this is a bounce, whatever its form. Nobody should overlook it.
    if is_automatic(&head) && head.get("x-failed-recipients").is_none() {
        return Ok(Returned { letter, says: Says::AutoReply });
    }
    Err(if head.media == "multipart/report" { BounceError::BrokenReport } else { BounceError::NoReport })
}

/// Nobody wrote it: RFC 3834, and what was in use before it.
fn is_automatic(head: &Fields) -> bool {
    let submitted = head.get("auto-submitted").map(|value| value.trim().to_ascii_lowercase());
    let precedence = head.get("precedence").map(|value| value.trim().to_ascii_lowercase());
    submitted.is_some_and(|value| value.starts_with("auto-"))
        || head.get("x-autoreply").is_some()
        || head.get("x-autorespond").is_some()
        || precedence.is_some_and(|value| matches!(&*value, "auto_reply" | "bulk" | "junk"))
        || head.is_report("disposition-notification")
}

/// The head of the letter that is returned.
fn returned_fields(parts: &[Part]) -> Option<Fields> {
    const RETURNED: [&str; 4] = ["message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"];
    let part = parts.iter().find(|part| RETURNED.contains(&&*part.media))?;
    Some(Fields::read(part::head(&part.body).0))
}

/// The letter it is about: by the letter that is returned, or by what it answers.
fn letter(head: &Fields, parts: &[Part], own_domain: &str) -> Option<LetterId> {
    let returned = returned_fields(parts).and_then(|fields| fields.get("message-id").map(str::to_owned));
    let answered = ["x-original-message-id", "in-reply-to", "references"].map(|name| head.get(name).map(str::to_owned));
    let texts = std::iter::once(returned).chain(answered).flatten();
    texts
        .flat_map(|text| text.split_whitespace().take(IDS_MAX).map(str::to_owned).collect::<Vec<_>>())
        .find_map(|id| LetterId::parse(&id, own_domain))
}

/// The hash of a report about a letter, from what it says: the way it took, and when, do not count.
fn digest(letter: Option<LetterId>, texts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    if let Some(letter) = letter {
        hash.update(letter.notice.as_bytes());
        hash.update(letter.resends.to_be_bytes());
    }
    for text in texts {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_message_id_of_ours_names_a_letter() {
        let id = "0b0e7c3a-6b52-8d3e-9a0c-1d2e3f405162";
        let ours = |text: &str| LetterId::parse(text, "mail.example");
        let notice = Uuid::try_parse(id).expect("a UUID");
        assert_eq!(ours(&format!("<{id}@mail.example>")), Some(LetterId { notice, resends: 0 }));
        assert_eq!(ours(&format!(" {id}.r3@MAIL.example")), Some(LetterId { notice, resends: 3 }));
        let simple = notice.simple();
        for text in [
            format!("<{id}@other.example>"),
            format!("<{id}.r@mail.example>"),
            format!("<{id}.r-1@mail.example>"),
            format!("<{id}.r99999999999@mail.example>"),
            format!("<{simple}@mail.example>"),
            format!("<{{{id}}}@mail.example>"),
            "<1@mail.example>".to_owned(),
            String::new(),
        ] {
            assert_eq!(ours(&text), None, "{text}");
        }
    }
}
