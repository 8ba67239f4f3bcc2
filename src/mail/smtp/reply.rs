//! What a server's reply means for a mail, and what of its words may be kept.

use crate::mail::bounce::Status;
use crate::mail::text::clip;
use crate::mail::transport::Receipt;

/// Longest reply that is kept, in characters.
const REPLY_CHARS_MAX: usize = 500;

/// Stands where an address stood.
const MASK: &str = "[address]";

/// Shortest local part that is masked where it stands alone: shorter ones would mask words.
const LOCAL_CHARS_MIN: usize = 3;

/// The receipt of a mail the server answered with `code` (400 to 599).
pub(super) fn refused(code: u16, reply: String, at_rcpt: bool) -> Receipt {
    if code < 500 {
        return Receipt::Deferred { code, reply };
    }
    let bad_mailbox = at_rcpt && is_bad_mailbox(code, &reply);
    Receipt::Refused { code, reply, bad_mailbox }
}

/// The mailbox does not exist, as against: the server does not want this mail.
///
/// With an enhanced code at its head [`Status`] decides. Without one a bare 550 is read as it is meant most often. 551
/// and 553 without a code are about relaying and syntax.
pub(in crate::mail) fn is_bad_mailbox(code: u16, reply: &str) -> bool {
    match Status::at_head(reply) {
        Some(status) => matches!(code, 550 | 551 | 553) && status.is_bad_mailbox(),
        None => code == 550,
    }
}

/// The server's words on one line, without addresses, control and overlength.
pub(in crate::mail) fn masked(reply: &str, recipient_local: &str) -> String {
    let words: Vec<String> = reply
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(|word| mask_word(word, recipient_local))
        .collect();
    clip(&words.join(" "), REPLY_CHARS_MAX)
}

fn mask_word(word: &str, local: &str) -> String {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let names_reader = local.chars().count() >= LOCAL_CHARS_MIN && bare.eq_ignore_ascii_case(local);
    let address = word.contains('@') || word.to_ascii_lowercase().contains("%40");
    let in_link = word.contains('=') && word.contains(local) && local.chars().count() >= LOCAL_CHARS_MIN;
    if address || names_reader || in_link { MASK.to_owned() } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_mailbox_is_told_from_a_policy() {
        for (code, reply, bad) in [
            (550, "5.1.1 no such user", true),
            (550, "no such user", true),
            (553, "5.1.3 bad syntax", true),
            (551, "5.1.6 moved", true),
            (550, "5.7.1 spam", false),
            (550, "5.7.515 not authenticated", false),
            (550, "5.1.8 bad sender", false),
            (550, "5.2.1 mailbox disabled", true),
            (552, "5.2.2 over quota", false),
            (553, "relaying denied", false),
            (554, "5.1.1 no", false),
        ] {
            assert_eq!(is_bad_mailbox(code, reply), bad, "{code} {reply}");
        }
    }

    #[test]
    fn a_reply_keeps_no_address() {
        let reply =
            "5.1.1 <ana.berg@example.com>: user ana.berg unknown\r\nsee https://x/?to=ana.berg%40example.com \u{7}";
        assert_eq!(masked(reply, "ana.berg"), "5.1.1 [address] user [address] unknown see [address]");
        assert_eq!(masked(&"x".repeat(900), "ana").chars().count(), 500);
        assert_eq!(masked("an 4.2.0 try later", "an"), "an 4.2.0 try later");
    }
}
