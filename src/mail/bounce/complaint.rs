//! Complaints in the Abuse Reporting Format (RFC 5965).

use super::part::{Fields, Part};
use super::{BounceError, Complaint, LetterId, RECIPIENTS_MAX, Says, digest};
use crate::mail::address::normalise_address;

/// Feedback types that mean: this reader wants no more of it. `opt-out` and its kin are older than the RFC.
const COMPLAINTS: [&str; 4] = ["abuse", "fraud", "opt-out", "opt-out-list"];

/// Reads a part of the type `message/feedback-report`. `returned`: head of the letter that came with it.
pub(super) fn read(part: &Part, returned: Option<&Fields>, letter: Option<LetterId>) -> Result<Says, BounceError> {
    let fields = Fields::read(super::part::head(&part.body).0);
    if fields.is_empty() {
        return Err(BounceError::BrokenReport);
    }
    let kind = fields.get("feedback-type").ok_or(BounceError::BrokenReport)?.trim().to_ascii_lowercase();
    if !COMPLAINTS.contains(&&*kind) {
        return Ok(Says::OtherFeedback);
    }
    // Many leave the recipient out of the report, and in the letter that they return.
    let named = fields.get("original-rcpt-to").or_else(|| returned.and_then(|fields| fields.get("to")));
    let addresses: Vec<String> =
        named.into_iter().flat_map(|text| text.split(',')).take(RECIPIENTS_MAX).filter_map(address).collect();
    let digest = digest(letter, &[&kind, fields.get("original-rcpt-to").unwrap_or_default()]);
    Ok(Says::Complaint(Complaint { addresses, digest }))
}

/// `Ana <ana@example.com>` or `ana@example.com` as an address.
fn address(text: &str) -> Option<String> {
    let text = text.rsplit_once('<').map_or(text, |(_, text)| text);
    normalise_address(text.trim().trim_end_matches('>')).ok()
}
