//! Codes as parts of a sentence, for support agents to read out.

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, UtcOffset};

use crate::policy::{Ground, Reason};
use crate::worker::words::cut;

/// A moment in a sentence.
const MINUTE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
/// Characters of a title in a sentence.
const TITLE_CHARS: usize = 80;

/// A moment to the minute, in UTC.
pub(super) fn moment(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC).format(MINUTE).unwrap_or_else(|_| at.to_string())
}

/// A title in quotes, as its client wrote it, without what a terminal might obey.
pub(super) fn quoted(title: &str) -> String {
    format!("“{}”", cut(title, TITLE_CHARS))
}

/// `1 Connect`, `2 Connects`.
pub(super) fn connects(number: i64) -> String {
    if number.abs() == 1 { format!("{number} Connect") } else { format!("{number} Connects") }
}

/// How long before, as people say it: the largest unit that fits.
pub(super) fn span(span: Duration) -> String {
    let unit = |number: i64, one: &str| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
    match (span.whole_days(), span.whole_hours(), span.whole_minutes()) {
        (days, ..) if days > 0 => unit(days, "day"),
        (_, hours, _) if hours > 0 => unit(hours, "hour"),
        (.., minutes) if minutes > 0 => unit(minutes, "minute"),
        _ => "moments".to_owned(),
    }
}

/// What happened, as the half of a sentence; the sentences of `docs/reasons.md`.
pub(in crate::worker) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::ClientCanceled => "the client canceled the job",
        Reason::FilledByOther => "another freelancer was hired for the job",
        Reason::ClientDeclined => "the client declined this proposal",
        Reason::Expired => "the post ran out of time",
        Reason::PostRemovedPolicy => "the marketplace removed the post because it broke the rules for posts",
        Reason::PostRemovedFraud => "the marketplace removed the post as fraud",
        Reason::ClientSuspended => "the marketplace suspended the client's account",
        Reason::FreelancerSuspended => "the account the proposal was sent from was suspended",
        Reason::InvitationWithdrawn => "the invitation was withdrawn",
        Reason::ApplicationDeclined => "the application was not accepted",
        Reason::ApplicationReceived => "the application has arrived",
    }
}

/// Why nothing came back, as the half of a sentence; the sentences of `docs/reasons.md`.
pub(in crate::worker) fn ground(ground: Ground) -> &'static str {
    match ground {
        Ground::NothingSpent => "no Connects were spent on this proposal",
        Ground::AlreadyReturned => "everything spent on this proposal had come back before",
        Ground::Withdrawn => "the proposal had been withdrawn before this happened",
        Ground::Hired => "a contract was made on this proposal",
        Ground::FilledByOther => {
            "the job ended with a hire, and Connects come back only from a job that ends without one"
        }
        Ground::DeclinedByClient => {
            "the client declined the proposal, and a declined proposal does not return Connects"
        }
        Ground::Expired => "a post that runs out of time does not return Connects; a post the client cancels does",
        Ground::SuspensionNotFinal => "the suspension may still be lifted",
        Ground::Reinstated => "the suspension was lifted",
        Ground::AccountSuspended => "the account it was sent from was suspended",
    }
}

/// The same of a code as the database has it; a code of a newer makegood stands for itself.
pub(super) fn reason_of(code: &str) -> String {
    Reason::parse(code).map_or_else(|| code.to_owned(), |known| reason(known).to_owned())
}

/// As [`reason_of`].
pub(super) fn ground_of(code: &str) -> String {
    Ground::parse(code).map_or_else(|| code.to_owned(), |known| ground(known).to_owned())
}

/// What became of a post, as the half of a sentence that ends in a date.
pub(super) fn job_end(state: &str) -> &'static str {
    match state {
        "canceled" => "the job was canceled",
        "removed" => "the post was removed",
        "expired" => "the post ran out of time",
        "filled" => "the job was filled",
        _ => "the post changed",
    }
}

/// What an event waits for.
pub(super) fn waits_for(code: Option<&str>) -> &'static str {
    match code {
        Some("job_unknown") => "for the job to become known",
        Some("client_unknown") => "for the client to become known",
        Some("account_unknown") => "for an account that paid to become known",
        Some("proposal_unknown") => "for the proposal to become known",
        Some("person_unknown") => "for the person to become known",
        Some("suspension_not_final") => "for the end of the hold, because the suspension may still be lifted",
        Some("store_refused") => "to be tried again: the database refused what it does",
        _ => "to be tried again",
    }
}

/// A sentence: with a capital letter and a full stop.
pub(super) fn sentence(half: &str) -> String {
    let mut chars = half.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if half.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_sentences_read_well() {
        assert_eq!(span(Duration::hours(49)), "2 days");
        assert_eq!(span(Duration::minutes(61)), "1 hour");
        assert_eq!(span(Duration::seconds(3)), "moments");
        assert_eq!(sentence("the post is open"), "The post is open.");
        assert_eq!((connects(1), connects(-8)), ("1 Connect".to_owned(), "-8 Connects".to_owned()));
    }

    #[test]
    fn the_sentences_are_those_of_the_documentation() {
        let documented = include_str!("../../../docs/reasons.md");
        for known in Reason::ALL {
            assert!(documented.contains(&sentence(reason(*known))), "{}", reason(*known));
        }
        for known in Ground::ALL {
            assert!(documented.contains(ground(*known)), "{}", ground(*known));
        }
    }
}
