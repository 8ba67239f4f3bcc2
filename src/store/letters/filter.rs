//! A filter as the parameters of `letters_filter.sql`, and as words for the operators' log.

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::store::at::At;
use crate::store::dead::plain;
use crate::store::{LetterFilter, LetterState, Selection, StoreError};

/// Longest text to look for: SQLite refuses patterns of 50,000 bytes, and no message has a word like that.
const TEXT_BYTES_MAX: usize = 1_000;

/// Ids that a row of the operators' log names.
const NAMED_MAX: usize = 100;

/// `$1` to `$14` of `letters_filter.sql`.
#[derive(Debug, Clone)]
pub(in crate::store) struct FilterParams {
    pub(in crate::store) states: Vec<&'static str>,
    pub(in crate::store) class: Option<&'static str>,
    pub(in crate::store) code: Option<String>,
    pub(in crate::store) event_type: Option<String>,
    pub(in crate::store) source: Option<String>,
    pub(in crate::store) event_id: Option<String>,
    pub(in crate::store) job: Option<String>,
    pub(in crate::store) client: Option<String>,
    pub(in crate::store) pattern: Option<String>,
    pub(in crate::store) fingerprint: Option<String>,
    pub(in crate::store) seen_from: Option<At>,
    pub(in crate::store) seen_before: Option<At>,
    pub(in crate::store) above: i64,
    pub(in crate::store) below: i64,
}

impl FilterParams {
    /// All that match.
    pub(in crate::store) fn of(filter: &LetterFilter) -> Result<FilterParams, StoreError> {
        let text = |text: &Option<String>| text.as_deref().map(plain);
        Ok(FilterParams {
            states: filter.states.iter().map(|state| state.as_str()).collect(),
            class: filter.class.map(crate::store::DeadClass::as_str),
            code: text(&filter.code),
            event_type: text(&filter.event_type),
            source: text(&filter.source),
            event_id: text(&filter.event_id),
            job: text(&filter.job),
            client: text(&filter.client),
            pattern: filter.text.as_deref().map(pattern).transpose()?,
            fingerprint: text(&filter.fingerprint),
            seen_from: filter.seen_from.map(At),
            seen_before: filter.seen_before.map(At),
            above: i64::MIN,
            below: i64::MAX,
        })
    }

    /// With ids above this one only.
    pub(in crate::store) fn above(self, above: i64) -> FilterParams {
        FilterParams { above, ..self }
    }

    /// With ids below this one only, if there is one.
    pub(in crate::store) fn below(self, below: Option<i64>) -> FilterParams {
        FilterParams { below: below.unwrap_or(i64::MAX), ..self }
    }
}

/// Any text around this one, which means itself.
fn pattern(text: &str) -> Result<String, StoreError> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(StoreError::Setup(format!(
            "the text to look for is {} bytes long, and at most {TEXT_BYTES_MAX} make sense",
            text.len()
        )));
    }
    let mut pattern = String::from("%");
    for character in plain(text).chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    Ok(pattern)
}

/// The filter narrowed to letters in these states; `None`: it asks for others alone, so nothing matches.
pub(in crate::store) fn within(filter: &LetterFilter, states: &[LetterState]) -> Option<LetterFilter> {
    let mut narrowed = filter.clone();
    narrowed.states =
        states.iter().copied().filter(|state| filter.states.is_empty() || filter.states.contains(state)).collect();
    (!narrowed.states.is_empty()).then_some(narrowed)
}

/// Ids in ascending order, each once, at most `limit`.
pub(in crate::store) fn in_order(ids: &[i64], limit: u64) -> Vec<i64> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    ids
}

/// What an act was about, for `operator_log.details`: the filter, and the ids where they are few.
pub(in crate::store) fn details(selection: &Selection, ids: &[i64]) -> Map<String, Value> {
    let mut details = Map::new();
    if let Selection::Filter(filter) = selection {
        details.insert("filter".to_owned(), filter_json(filter));
    }
    if ids.len() <= NAMED_MAX {
        details.insert("ids".to_owned(), ids.into());
    }
    details
}

/// The conditions that are set. A text that may be an address is not written down.
pub(in crate::store) fn filter_json(filter: &LetterFilter) -> Value {
    let moment = |at: Option<OffsetDateTime>| at.and_then(|at| at.format(&Rfc3339).ok());
    let text = filter.text.as_ref().map(|text| if text.contains('@') { "(has an @)".to_owned() } else { text.clone() });
    let states = filter.states.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(",");
    let conditions = [
        ("states", Some(states).filter(|states| !states.is_empty())),
        ("class", filter.class.map(|class| class.as_str().to_owned())),
        ("code", filter.code.clone()),
        ("type", filter.event_type.clone()),
        ("source", filter.source.clone()),
        ("event_id", filter.event_id.clone()),
        ("job", filter.job.clone()),
        ("client", filter.client.clone()),
        ("text", text),
        ("fingerprint", filter.fingerprint.clone()),
        ("seen_from", moment(filter.seen_from)),
        ("seen_before", moment(filter.seen_before)),
    ];
    let set = conditions.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?))));
    Value::Object(set.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_mean_themselves() {
        assert_eq!(pattern(r"100%_\").expect("short"), r"%100\%\_\\%");
        pattern(&"x".repeat(TEXT_BYTES_MAX + 1)).expect_err("long");
    }

    #[test]
    fn a_filter_is_narrowed_to_states_and_told_without_addresses() {
        let all = LetterFilter { text: Some("ann@example.org".to_owned()), ..LetterFilter::default() };
        let open = within(&all, &[LetterState::Open]).expect("open ones");
        assert_eq!(filter_json(&open), serde_json::json!({"states": "open", "text": "(has an @)"}));
        assert_eq!(within(&open, &[LetterState::Discarded]), None);
    }
}
