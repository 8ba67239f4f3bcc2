//! What an operator may do about a notice, and what to type for it.

use crate::store::{NoticeState, NoticeSummary};

/// Why it stands as it does, then the commands. The id is our own: no shell reads anything else into it.
pub(super) fn next(notice: &NoticeSummary) -> Vec<String> {
    let id = notice.id;
    let command = |verb: &str| format!("  makegood notices {verb} {id} --reason '…'");
    let (why, verbs): (&str, &[&str]) = match notice.state {
        NoticeState::Pending if notice.due_at.is_none() => {
            ("its event may have more to tell this person, and lets it go at its end; to keep it back:", &["hold"])
        }
        NoticeState::Pending | NoticeState::Deferred => {
            ("the daemon sends it when it is due; to keep it back:", &["hold"])
        }
        NoticeState::Leased => ("a sender is at it: look again when its attempt is over", &[]),
        NoticeState::Sent => ("the server took it; to send it once more, as a letter of its own:", &["resend"]),
        NoticeState::Unknown => (
            "it may have arrived: look for its Message-ID in the mail server's log; if it did not, send it again:",
            &["resend"],
        ),
        NoticeState::Suppressed => {
            ("no mail goes to its address; `makegood suppressions release` lets it go there again, then:", &["resend"])
        }
        NoticeState::Undeliverable => {
            ("its person has no address that mail can go to; `makegood import` takes one, then:", &["resend"])
        }
        NoticeState::Failed => ("it was given up; when what its code and reply say is mended:", &["resend"]),
        NoticeState::Withheld => match notice.code.as_deref() {
            Some("credit_only") => {
                ("a replay without mail keeps it back: `makegood dlq replay LETTER --effects mail`, or:", &["release"])
            }
            Some("stale") => ("the policy sends no late mail; to send it all the same:", &["release"]),
            _ => ("an operator keeps it back; to let it go:", &["release"]),
        },
    };
    std::iter::once(why.to_owned()).chain(verbs.iter().map(|verb| command(verb))).collect()
}
