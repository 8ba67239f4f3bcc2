//! Enhanced mail system status codes (RFC 3463, registry of RFC 5248): which of them say that the mailbox is bad.

use std::fmt;

/// A status, as 5.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// 2 success, 4 not yet, 5 for good.
    pub class: u16,
    /// 1 the address, 2 the mailbox, 7 policy …
    pub subject: u16,
    /// What exactly.
    pub detail: u16,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl Status {
    /// The status that is the first word of a text; each number has at most three digits (RFC 3463, 2).
    pub fn at_head(text: &str) -> Option<Status> {
        let word = text.split_whitespace().next()?;
        let mut numbers = word.split('.').map(|number| {
            let fits = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
            fits.then(|| number.parse::<u16>().ok()).flatten()
        });
        let status = Status { class: numbers.next()??, subject: numbers.next()??, detail: numbers.next()?? };
        (numbers.next().is_none() && matches!(status.class, 2 | 4 | 5)).then_some(status)
    }

    /// Says no more than its class: `5.0.0` is what a server writes that does not know better.
    pub fn is_vague(self) -> bool {
        (self.subject, self.detail) == (0, 0)
    }

    /// The mailbox does not exist, or takes no mail any more: no letter will ever arrive there.
    ///
    /// | status | meaning | source |
    /// | --- | --- | --- |
    /// | 5.1.0 | other address status | RFC 3463, 3.2 |
    /// | 5.1.1 | bad destination mailbox address | RFC 3463, 3.2 |
    /// | 5.1.2 | bad destination system address: no such domain | RFC 3463, 3.2 |
    /// | 5.1.3 | bad destination mailbox address syntax | RFC 3463, 3.2 |
    /// | 5.1.4 | destination mailbox address ambiguous | RFC 3463, 3.2 |
    /// | 5.1.6 | destination mailbox has moved, no forwarding address | RFC 3463, 3.2 |
    /// | 5.1.10 | recipient address has null MX: the domain takes no mail | RFC 7505, 4.2 |
    /// | 5.2.1 | mailbox disabled, not accepting messages | RFC 3463, 3.3 |
    ///
    /// Not among them: 5.1.7 and 5.1.8 blame the sender, 5.1.9 (RFC 3886) speaks of a gateway, 5.2.2 is a full mailbox,
    /// 5.2.3 a letter that is too long, 5.4.x a network, 5.7.x a policy.
    pub fn is_bad_mailbox(self) -> bool {
        matches!((self.class, self.subject, self.detail), (5, 1, 0..=4 | 6 | 10) | (5, 2, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_three_short_numbers() {
        let read = |text| Status::at_head(text).map(|status| status.to_string());
        assert_eq!(read(" 5.1.1 (bad destination mailbox)").as_deref(), Some("5.1.1"));
        assert_eq!(read("4.4.7").as_deref(), Some("4.4.7"));
        for text in ["", "5", "5.1", "5.1.1.1", "5.1.x", "3.1.1", "5.1.1000", "5..1", "+5.1.1", "mail 5.1.1"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_bad_mailbox_is_told_from_everything_else() {
        for (text, bad) in [
            ("5.1.1", true),
            ("5.1.2", true),
            ("5.1.10", true),
            ("5.2.1", true),
            ("5.0.0", false),
            ("5.1.8", false),
            ("5.1.9", false),
            ("5.2.2", false),
            ("5.4.4", false),
            ("5.7.1", false),
            ("4.1.1", false),
            ("2.1.5", false),
        ] {
            assert_eq!(Status::at_head(text).expect("a status").is_bad_mailbox(), bad, "{text}");
        }
    }
}
