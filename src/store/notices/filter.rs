//! A filter as the parameters of `notices_filter.sql`, and an act as words for the operators' log.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::act::{NoticeAct, NoticeSelection, NoticesChanged};
use crate::store::at::At;
use crate::store::dead::plain;
use crate::store::{NoticeCursor, NoticeFilter, NoticeState};

/// Ids that a row of the operators' log names.
const NAMED_MAX: usize = 100;

/// `$1` to `$13` of `notices_filter.sql`.
#[derive(Debug, Clone)]
pub(in crate::store) struct NoticeParams {
    pub(in crate::store) states: Vec<&'static str>,
    pub(in crate::store) person: Option<String>,
    pub(in crate::store) source: Option<String>,
    pub(in crate::store) event_id: Option<String>,
    pub(in crate::store) event_type: Option<String>,
    pub(in crate::store) code: Option<String>,
    pub(in crate::store) proposal: Option<String>,
    pub(in crate::store) created_from: Option<At>,
    pub(in crate::store) created_before: Option<At>,
    pub(in crate::store) id_first: Option<Uuid>,
    pub(in crate::store) id_last: Option<Uuid>,
    pub(in crate::store) before_at: Option<At>,
    pub(in crate::store) before_id: Option<Uuid>,
}

impl NoticeParams {
    /// All that match and lie behind `before`.
    pub(in crate::store) fn of(filter: &NoticeFilter, before: Option<NoticeCursor>) -> NoticeParams {
        let text = |text: &Option<String>| text.as_deref().map(plain);
        NoticeParams {
            states: filter.states.iter().map(|state| state.as_str()).collect(),
            person: text(&filter.person),
            source: text(&filter.source),
            event_id: text(&filter.event_id),
            event_type: text(&filter.event_type),
            code: text(&filter.code),
            proposal: text(&filter.proposal),
            created_from: filter.created_from.map(At),
            created_before: filter.created_before.map(At),
            id_first: filter.ids.map(|(first, _)| first),
            id_last: filter.ids.map(|(_, last)| last),
            before_at: before.map(|cursor| At(cursor.created_at)),
            before_id: before.map(|cursor| cursor.id),
        }
    }
}

/// The filter narrowed to what `act` is for; `None`: it asks for others alone, so nothing matches.
pub(in crate::store) fn within(filter: &NoticeFilter, act: NoticeAct) -> Option<NoticeFilter> {
    let states: Vec<NoticeState> = match filter.states.is_empty() {
        true => act.from_unless_named().to_vec(),
        false => filter.states.iter().copied().filter(|state| act.from().contains(state)).collect(),
    };
    (!states.is_empty()).then(|| NoticeFilter { states, ..filter.clone() })
}

/// What an act was about, for `operator_log.details`: the filter, and the ids where they are few.
pub(in crate::store) fn details(selection: &NoticeSelection, changed: &NoticesChanged) -> Value {
    let mut details = Map::new();
    if let NoticeSelection::Filter(filter) = selection {
        details.insert("filter".to_owned(), told(filter));
    }
    if changed.changed.len() <= NAMED_MAX {
        details.insert("ids".to_owned(), json!(changed.changed));
    }
    if changed.events > 0 {
        details.insert("events_under_way".to_owned(), changed.events.into());
    }
    details.into()
}

/// The conditions that are set. A text that may be an address is not written down.
fn told(filter: &NoticeFilter) -> Value {
    let moment = |at: Option<OffsetDateTime>| at.and_then(|at| at.format(&Rfc3339).ok());
    let text = |text: &Option<String>| {
        text.as_ref().map(|text| if text.contains('@') { "(has an @)".to_owned() } else { text.clone() })
    };
    let states = filter.states.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(",");
    let conditions = [
        ("states", Some(states).filter(|states| !states.is_empty())),
        ("person", text(&filter.person)),
        ("source", text(&filter.source)),
        ("event_id", text(&filter.event_id)),
        ("type", text(&filter.event_type)),
        ("code", text(&filter.code)),
        ("proposal", text(&filter.proposal)),
        ("created_from", moment(filter.created_from)),
        ("created_before", moment(filter.created_before)),
        ("ids", filter.ids.map(|(first, last)| format!("{first} to {last}"))),
    ];
    let set = conditions.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?))));
    Value::Object(set.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_is_about_what_it_is_for() {
        fn states(named: &[NoticeState], act: NoticeAct) -> Option<Vec<NoticeState>> {
            let filter = NoticeFilter { states: named.to_vec(), ..NoticeFilter::default() };
            within(&filter, act).map(|filter| filter.states)
        }
        assert!(!states(&[], NoticeAct::Resend).expect("some").contains(&NoticeState::Sent));
        assert_eq!(states(&[NoticeState::Sent], NoticeAct::Resend), Some(vec![NoticeState::Sent]));
        assert_eq!(states(&[NoticeState::Leased, NoticeState::Sent], NoticeAct::Hold), None);
    }

    #[test]
    fn the_log_has_no_address() {
        let filter = NoticeFilter { person: Some("ana@example.org".to_owned()), ..NoticeFilter::default() };
        let details = details(&NoticeSelection::Filter(filter.into()), &NoticesChanged::default());
        assert_eq!(details, json!({"filter": {"person": "(has an @)"}, "ids": []}));
    }
}
