//! A refusal of the mail server: two bytes for the code, then the reader's local part, 0xFF, the reply.

use makegood::mail::{Receipt, fuzzing};

use super::text::{assert_fit_to_show, fields, next};

/// Longest reply that is kept.
const REPLY_CHARS_MAX: usize = 500;

/// Reads it as what a server said.
pub fn run(data: &[u8]) {
    let Some(([high, low], rest)) = data.split_first_chunk::<2>() else { return };
    let code = 400 + u16::from_be_bytes([*high, *low]) % 200;
    let mut fields = fields(rest);
    let (local, reply) = (next(&mut fields), next(&mut fields));
    for at_rcpt in [true, false] {
        match fuzzing::refused(code, &reply, &local, at_rcpt) {
            Receipt::Deferred { code: kept, reply: shown } => {
                assert!(kept == code && code < 500);
                assert_masked(&shown, &reply, &local);
            }
            Receipt::Refused { code: kept, reply: shown, bad_mailbox } => {
                assert!(kept == code && code >= 500);
                assert!(at_rcpt || !bad_mailbox, "a mailbox is suppressed for what was not said of it");
                assert_masked(&shown, &reply, &local);
            }
            other => panic!("{other:?} of a refusal"),
        }
    }
}

/// No address, and not the reader's local part as a word of its own.
fn assert_masked(shown: &str, reply: &str, local: &str) {
    assert_fit_to_show(shown, REPLY_CHARS_MAX);
    // A cut can make any word; the mask itself has one.
    let tellable = local.chars().count() >= 3 && !local.eq_ignore_ascii_case("address");
    if tellable && reply.chars().count() <= REPLY_CHARS_MAX {
        let mut words = shown.split(' ').map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
        assert!(!words.any(|word| word.eq_ignore_ascii_case(local)), "{local:?} in {shown:?}");
    }
}
