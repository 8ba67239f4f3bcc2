//! What pages show alike: moments, masked texts, plots, payloads, and the query behind a list.

mod payload;
mod plot;
mod query;
mod when;

pub(super) use payload::{Payload, read_payload};
pub(super) use plot::{Measure, Plot};
pub(super) use query::{Query, age, given, parameters};
pub(super) use when::{When, span};

/// Stands where a viewer may not read.
pub(super) const MASKED: &str = "masked for viewers";

/// A phrase such as `load it, then apply the letter:` as a sentence.
pub(super) fn sentence(phrase: &str) -> String {
    let phrase = phrase.trim_end_matches(':');
    let mut chars = phrase.chars();
    let first: String = chars.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
