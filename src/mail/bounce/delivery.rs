//! Delivery status notifications (RFC 3464; RFC 6533 where addresses are not ASCII).

use super::part::{Fields, Part, head};
use super::status::Status;
use super::{BounceError, LetterId, RECIPIENTS_MAX, digest};
use crate::mail::address::normalise_address;
use crate::mail::smtp::{is_bad_mailbox, masked_reply};

/// Groups of fields in a report: those of the message, and of each recipient.
const BLOCKS_MAX: usize = RECIPIENTS_MAX * 2;

/// What a server did (RFC 3464, 2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Given up.
    Failed,
    /// Still trying.
    Delayed,
    /// Put into the mailbox.
    Delivered,
    /// Handed on to a server that reports nothing.
    Relayed,
    /// Handed on to several addresses.
    Expanded,
}

impl Action {
    fn parse(text: &str) -> Option<Action> {
        let word = text.split_whitespace().next()?.to_ascii_lowercase();
        let all = [Action::Failed, Action::Delayed, Action::Delivered, Action::Relayed, Action::Expanded];
        all.into_iter().find(|action| action.as_str() == word)
    }

    /// Its name, as in a report.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Failed => "failed",
            Action::Delayed => "delayed",
            Action::Delivered => "delivered",
            Action::Relayed => "relayed",
            Action::Expanded => "expanded",
        }
    }
}

/// What a report means for the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Not delivered, and no letter ever will be: the mailbox is bad.
    BadMailbox,
    /// Not delivered, for another reason.
    Refused,
    /// Not yet.
    Delayed,
    /// It went on, as far as the server knows.
    Fine,
}

/// What became of a letter for one recipient. `Debug` shows no address.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What the server did.
    pub action: Action,
    /// How it went.
    pub status: Status,
    /// The mailbox is bad, by the status or by the server's words.
    pub bad_mailbox: bool,
    /// Whom it was for, normalised: as the last server knows them, and as we had written. Never shown.
    pub addresses: Vec<String>,
    /// Status and the server's words, without addresses.
    pub words: String,
    /// The same for the same report, however often and by whatever way it comes.
    pub digest: [u8; 32],
}

impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery").field("action", &self.action).field("words", &self.words).finish_non_exhaustive()
    }
}

impl Delivery {
    /// What it means.
    pub fn meaning(&self) -> Meaning {
        match (self.action, self.status.class) {
            (Action::Failed, 5) if self.bad_mailbox => Meaning::BadMailbox,
            // A server that gives up after days of 4.4.7 has given up.
            (Action::Failed, _) => Meaning::Refused,
            (Action::Delayed, _) => Meaning::Delayed,
            (Action::Delivered | Action::Relayed | Action::Expanded, _) => Meaning::Fine,
        }
    }
}

/// Reads a part of the type `message/delivery-status`: fields of the message, then of each recipient.
pub(super) fn read(part: &Part, letter: Option<LetterId>) -> Result<Vec<Delivery>, BounceError> {
    let mut deliveries = Vec::new();
    let mut rest = &*part.body;
    let mut blocks = 0;
    while !rest.is_empty() {
        let (block, after) = head(rest);
        rest = after;
        if block.is_empty() {
            continue; // an empty line too many
        }
        blocks += 1;
        if blocks > BLOCKS_MAX {
            return Err(BounceError::BrokenReport);
        }
        let fields = Fields::read(block);
        if fields.get("final-recipient").is_none() && fields.get("original-recipient").is_none() {
            continue; // the fields of the message
        }
        if deliveries.len() == RECIPIENTS_MAX {
            return Err(BounceError::TooManyRecipients);
        }
        deliveries.push(read_one(&fields, letter).ok_or(BounceError::BrokenReport)?);
    }
    if deliveries.is_empty() { Err(BounceError::BrokenReport) } else { Ok(deliveries) }
}

fn read_one(fields: &Fields, letter: Option<LetterId>) -> Option<Delivery> {
    let action = Action::parse(fields.get("action")?)?;
    let diagnostic = fields.get("diagnostic-code").unwrap_or_default();
    let (code, said) = smtp_reply(diagnostic);
    let given = fields.get("status").and_then(Status::at_head);
    let said_status = Status::at_head(said);
    // Exim writes 5.0.0 whatever the server had said; the server knew better.
    let status = match (given, said_status) {
        (Some(given), Some(said)) if given.is_vague() && given.class == said.class => said,
        (Some(given), _) => given,
        (None, Some(said)) => said,
        (None, None) => return None,
    };
    let by_words = status.is_vague() && status.class == 5 && code.is_some_and(|code| is_bad_mailbox(code, said));
    let recipients = [fields.get("final-recipient"), fields.get("original-recipient")];
    let mut addresses: Vec<String> = recipients.into_iter().flatten().filter_map(address).collect();
    addresses.dedup();
    let locals: Vec<&str> =
        addresses.iter().filter_map(|address| address.rsplit_once('@')).map(|(local, _)| local).collect();
    let said = locals.iter().fold(said.to_owned(), |said, local| masked_reply(&said, local));
    let words = match (code, said.is_empty()) {
        (_, true) => status.to_string(),
        (Some(code), false) => format!("{status}: {code} {}", masked_reply(&said, "")),
        (None, false) => format!("{status}: {}", masked_reply(&said, "")),
    };
    let names = ["action", "status", "diagnostic-code", "final-recipient", "original-recipient", "last-attempt-date"];
    let digest = digest(letter, &names.map(|name| fields.get(name).unwrap_or_default()));
    Some(Delivery { action, status, bad_mailbox: status.is_bad_mailbox() || by_words, addresses, words, digest })
}

/// `smtp; 550 5.1.1 no such user`, `smtp;550-5.1.1 …` as code and words; words alone where there is no code.
fn smtp_reply(diagnostic: &str) -> (Option<u16>, &str) {
    let text = diagnostic.split_once(';').map_or(diagnostic, |(_, text)| text).trim();
    let digits = text.get(..3).filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()));
    match digits.and_then(|code| code.parse().ok()) {
        Some(code) if (200..600).contains(&code) => (Some(code), text[3..].trim_start_matches([' ', '-', '#'])),
        _ => (None, text.trim_start_matches('#')),
    }
}

/// `rfc822; ana@example.com`, with brackets or without, as an address.
fn address(recipient: &str) -> Option<String> {
    let text = recipient.split_once(';').map_or(recipient, |(_, text)| text).trim();
    normalise_address(text.trim_start_matches('<').trim_end_matches('>')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str) -> Result<Vec<Delivery>, BounceError> {
        read(&Part { media: String::new(), body: body.as_bytes().to_vec() }, None)
    }

    fn one(fields: &str) -> Delivery {
        let mut all =
            of(&format!("Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ana@example.com\n{fields}\n"))
                .expect("read");
        all.pop().expect("one")
    }

    #[test]
    fn a_vague_status_gives_way_to_what_the_server_said() {
        for (fields, meaning, words) in [
            (
                "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1 <ana@example.com> unknown",
                Meaning::BadMailbox,
                "5.1.1: 550 5.1.1 [address] unknown",
            ),
            (
                "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 no such user",
                Meaning::BadMailbox,
                "5.0.0: 550 no such user",
            ),
            (
                "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 554 rejected",
                Meaning::Refused,
                "5.0.0: 554 rejected",
            ),
            (
                "Action: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; 550 5.1.1 no",
                Meaning::Refused,
                "5.7.1: 550 5.1.1 no",
            ),
            (
                "Action: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp;552-5.2.2 ana is full",
                Meaning::Refused,
                "5.2.2: 552 5.2.2 [address] is full",
            ),
            ("Action: failed\nStatus: 4.4.7", Meaning::Refused, "4.4.7"),
            (
                "Action: delayed\nStatus: 4.4.1\nDiagnostic-Code: X-Postfix; connect timed out",
                Meaning::Delayed,
                "4.4.1: connect timed out",
            ),
            ("Action: delivered (to mailbox)\nStatus: 2.1.5", Meaning::Fine, "2.1.5"),
            ("Action: failed\nDiagnostic-Code: smtp; 550 5.1.1 gone", Meaning::BadMailbox, "5.1.1: 550 5.1.1 gone"),
        ] {
            let delivery = one(fields);
            assert_eq!((delivery.meaning(), &*delivery.words), (meaning, words), "{fields}");
            assert_eq!(delivery.addresses, ["ana@example.com"]);
        }
    }

    #[test]
    fn a_report_that_does_not_say_what_became_of_whom_is_broken() {
        for body in [
            "",
            "Reporting-MTA: dns; mx.example\n",
            "Final-Recipient: rfc822; ana@example.com\n",
            "Final-Recipient: rfc822; ana@example.com\nAction: vanished\nStatus: 5.1.1\n",
            "Final-Recipient: rfc822; ana@example.com\nAction: failed\n",
        ] {
            assert_eq!(of(body), Err(BounceError::BrokenReport), "{body:?}");
        }
        let many = "Final-Recipient: rfc822; ana@example.com\nAction: failed\nStatus: 5.1.1\n\n".repeat(21);
        assert_eq!(of(&many), Err(BounceError::TooManyRecipients));
    }
}
