//! A message that came back to the envelope's sender.

use makegood::mail::{Says, read_returned};

use super::text::assert_fit_to_show;

/// Longest words of a report: a status, a code, and 500 characters of what a server said.
const WORDS_CHARS_MAX: usize = 520;

/// Recipients of a report.
const RECIPIENTS_MAX: usize = 20;

/// Reads it as what came back.
pub fn run(data: &[u8]) {
    let Ok(returned) = read_returned(data, "marketplace.example") else { return };
    let shown = format!("{returned:?}");
    match &returned.says {
        Says::Delivery(deliveries) => {
            assert!((1..=RECIPIENTS_MAX).contains(&deliveries.len()));
            for delivery in deliveries {
                assert_fit_to_show(&delivery.words, WORDS_CHARS_MAX);
                assert_addresses(&delivery.addresses, 2, &shown);
            }
        }
        Says::Complaint(complaint) => assert_addresses(&complaint.addresses, RECIPIENTS_MAX, &shown),
        Says::OtherFeedback | Says::AutoReply => {}
    }
    let again = read_returned(data, "marketplace.example");
    assert_eq!(again, Ok(returned), "read twice, it says the same");
}

/// Each can be mailed to, and none is shown.
fn assert_addresses(addresses: &[String], most: usize, shown: &str) {
    assert!(addresses.len() <= most);
    for address in addresses {
        let (local, domain) = address.rsplit_once('@').expect("an address");
        assert!(!local.is_empty() && domain.is_ascii() && !address.chars().any(char::is_control), "{address:?}");
        assert!(!shown.contains(address), "an address in Debug");
    }
}
