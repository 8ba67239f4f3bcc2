//! Which notices: the conditions of the command line as fields of a form.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::admin::console::Failure;
use crate::admin::console::show::{age, given, parameters};
use crate::store::{NoticeFilter, NoticeState};

/// What a form says.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Conditions {
    /// One state, or several with commas between.
    state: Option<String>,
    person: Option<String>,
    proposal: Option<String>,
    source: Option<String>,
    event_id: Option<String>,
    #[serde(rename = "type")]
    event_type: Option<String>,
    code: Option<String>,
    newer_than: Option<String>,
    older_than: Option<String>,
    /// How an id begins.
    begins: Option<String>,
}

impl Conditions {
    /// As the store takes it.
    pub(super) fn filter(&self, now: OffsetDateTime) -> Result<NoticeFilter, Failure> {
        let ids = match given(self.begins.as_ref()) {
            None => None,
            Some(begins) => {
                let wrong = || Failure::BadRequest("An id begins with hexadecimal digits.".to_owned());
                NoticeFilter::beginning(&begins).ok_or_else(wrong)?.ids
            }
        };
        Ok(NoticeFilter {
            states: self.states()?,
            person: given(self.person.as_ref()),
            source: given(self.source.as_ref()),
            event_id: given(self.event_id.as_ref()),
            event_type: given(self.event_type.as_ref()),
            code: given(self.code.as_ref()),
            proposal: given(self.proposal.as_ref()),
            created_from: age(self.newer_than.as_ref(), now)?,
            created_before: age(self.older_than.as_ref(), now)?,
            ids,
        })
    }

    fn states(&self) -> Result<Vec<NoticeState>, Failure> {
        let Some(text) = given(self.state.as_ref()) else { return Ok(Vec::new()) };
        let names = NoticeState::ALL.map(NoticeState::as_str).join(", ");
        let parse = |name: &str| NoticeState::parse(name.trim());
        let states: Option<Vec<NoticeState>> = text.split(',').map(parse).collect();
        states.ok_or_else(|| Failure::BadRequest(format!("A state is one of {names}.")))
    }

    fn fields(&self) -> Vec<(&'static str, Option<String>)> {
        let fields = [
            ("state", &self.state),
            ("person", &self.person),
            ("proposal", &self.proposal),
            ("source", &self.source),
            ("event_id", &self.event_id),
            ("type", &self.event_type),
            ("code", &self.code),
            ("newer_than", &self.newer_than),
            ("older_than", &self.older_than),
            ("begins", &self.begins),
        ];
        fields.into_iter().map(|(name, value)| (name, given(value.as_ref()))).collect()
    }

    /// Nothing was asked for.
    pub(super) fn is_everything(&self) -> bool {
        self.fields().iter().all(|(_, value)| value.is_none())
    }

    /// What a field says, for the form that shows it again.
    pub(super) fn value(&self, name: &str) -> String {
        let fields = self.fields();
        fields.into_iter().find(|(known, _)| *known == name).and_then(|(_, value)| value).unwrap_or_default()
    }

    /// The conditions as the query of a link.
    pub(super) fn link(&self) -> String {
        parameters(self.fields())
    }

    /// The conditions with one field besides, or in place of its own.
    pub(super) fn with(&self, name: &'static str, value: &impl ToString) -> String {
        let rest = self.fields().into_iter().filter(|(known, _)| *known != name);
        parameters(rest.chain([(name, Some(value.to_string()))]))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::Conditions;
    use crate::store::NoticeState;

    #[test]
    fn several_states_stand_in_one_field() {
        let read = |query: &str| serde_html_form::from_str::<Conditions>(query).expect("conditions");
        let conditions = read("state=sent, failed&person=&newer_than=2h&begins=0A");
        let filter = conditions.filter(datetime!(2026-11-26 12:00 UTC)).expect("a filter");
        assert_eq!(filter.states, [NoticeState::Sent, NoticeState::Failed]);
        assert!(filter.person.is_none() && filter.ids.is_some());
        assert_eq!(conditions.with("state", &"sent"), "newer_than=2h&begins=0A&state=sent");
        for wrong in ["state=odd", "begins=xyz", "older_than=ages"] {
            read(wrong).filter(datetime!(2026-11-26 12:00 UTC)).expect_err(wrong);
        }
    }
}
