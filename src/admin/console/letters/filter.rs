//! Which letters: the conditions of the command line as fields of a form, and numbers that were ticked.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use time::OffsetDateTime;

use crate::admin::console::Failure;
use crate::admin::console::show::{age, given, parameters};
use crate::store::{DeadClass, LetterFilter, LetterState, ReplayEffects, Selection};

/// Letters named by their numbers at most: what a page of the list shows, some times over.
const IDS_MAX: usize = 1_000;

/// What a form says.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(in crate::admin::console) struct Conditions {
    /// `open`, `trial`, `resolved`, `discarded` or `any`; without: open.
    pub(in crate::admin::console) state: Option<String>,
    pub(in crate::admin::console) class: Option<String>,
    pub(in crate::admin::console) code: Option<String>,
    #[serde(rename = "type")]
    pub(in crate::admin::console) event_type: Option<String>,
    pub(in crate::admin::console) source: Option<String>,
    pub(in crate::admin::console) event_id: Option<String>,
    pub(in crate::admin::console) job: Option<String>,
    pub(in crate::admin::console) client: Option<String>,
    pub(in crate::admin::console) text: Option<String>,
    pub(in crate::admin::console) group: Option<String>,
    pub(in crate::admin::console) older_than: Option<String>,
    pub(in crate::admin::console) newer_than: Option<String>,
    /// Numbers of letters; with any, the conditions are not looked at.
    pub(in crate::admin::console) id: Vec<i64>,
    /// What is to be done with them.
    pub(in crate::admin::console) deed: Deed,
    /// Of a replay: `both`, `credit` or `mail`.
    pub(in crate::admin::console) effects: Option<String>,
    /// Letters at most, the lowest numbers.
    #[serde(deserialize_with = "text_or_number")]
    pub(in crate::admin::console) limit: Option<String>,
    /// Of a replay: letters a second at most.
    #[serde(deserialize_with = "text_or_number")]
    pub(in crate::admin::console) rate: Option<String>,
    /// Of a replay: failures after which it stops.
    #[serde(deserialize_with = "text_or_number")]
    pub(in crate::admin::console) stop_after_failures: Option<String>,
    /// What the plan showed; without it, what is meant now is done.
    pub(in crate::admin::console) seal: Option<String>,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::admin::console) enum Deed {
    /// Applied again.
    #[default]
    Replay,
    /// Put into the archive.
    Discard,
    /// Taken out of it.
    Restore,
}

/// A form has texts, a program may write numbers.
fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Text(String),
        Number(u64),
    }
    let either = Option::<Either>::deserialize(deserializer)?;
    Ok(either.map(|either| match either {
        Either::Text(text) => text,
        Either::Number(number) => number.to_string(),
    }))
}

/// A whole number above 0, unless the field was left empty.
fn number<T: FromStr + PartialOrd + From<u8>>(field: Option<&String>, name: &str) -> Result<Option<T>, Failure> {
    let Some(text) = given(field) else { return Ok(None) };
    let number = text.parse().ok().filter(|number| *number > T::from(0));
    number.map(Some).ok_or_else(|| Failure::BadRequest(format!("{name} is a whole number above 0.")))
}

impl Conditions {
    /// The states it asks for; none: any.
    pub(in crate::admin::console) fn states(&self) -> Result<Vec<LetterState>, Failure> {
        match given(self.state.as_ref()).as_deref() {
            None => Ok(vec![LetterState::Open]),
            Some("any") => Ok(Vec::new()),
            Some(name) => {
                let state = LetterState::parse(name);
                let wrong = || Failure::BadRequest("A state is open, trial, resolved, discarded or any.".to_owned());
                state.map(|state| vec![state]).ok_or_else(wrong)
            }
        }
    }

    /// As the store takes it, for letters in these states.
    pub(in crate::admin::console) fn filter(
        &self, states: Vec<LetterState>, now: OffsetDateTime,
    ) -> Result<LetterFilter, Failure> {
        let class = match given(self.class.as_ref()) {
            None => None,
            Some(name) => Some(DeadClass::parse(&name).ok_or_else(|| {
                let classes = "undecodable, unknown-type, conflict, unresolved, refused or given-up";
                Failure::BadRequest(format!("A class is {classes}."))
            })?),
        };
        Ok(LetterFilter {
            states,
            class,
            code: given(self.code.as_ref()),
            event_type: given(self.event_type.as_ref()),
            source: given(self.source.as_ref()),
            event_id: given(self.event_id.as_ref()),
            job: given(self.job.as_ref()),
            client: given(self.client.as_ref()),
            text: given(self.text.as_ref()),
            fingerprint: given(self.group.as_ref()),
            seen_from: age(self.newer_than.as_ref(), now)?,
            seen_before: age(self.older_than.as_ref(), now)?,
        })
    }

    /// The ticked ones, or those that match and are in one of these states.
    pub(in crate::admin::console) fn selection(
        &self, states: &[LetterState], now: OffsetDateTime,
    ) -> Result<Selection, Failure> {
        if self.id.is_empty() {
            return Ok(Selection::Filter(self.filter(states.to_vec(), now)?));
        }
        if self.id.len() > IDS_MAX {
            return Err(Failure::BadRequest(format!("At most {IDS_MAX} letters can be named; choose by conditions.")));
        }
        let mut ids = self.id.clone();
        ids.sort_unstable();
        ids.dedup();
        Ok(Selection::Ids(ids))
    }

    /// The effects of a replay.
    pub(in crate::admin::console) fn effects(&self) -> Result<ReplayEffects, Failure> {
        match given(self.effects.as_ref()) {
            None => Ok(ReplayEffects::Both),
            Some(name) => ReplayEffects::parse(&name)
                .ok_or_else(|| Failure::BadRequest("Effects are both, credit or mail.".to_owned())),
        }
    }

    /// Letters at most.
    pub(in crate::admin::console) fn limit(&self) -> Result<Option<u64>, Failure> {
        number(self.limit.as_ref(), "The limit")
    }

    /// Letters a second at most.
    pub(in crate::admin::console) fn rate(&self) -> Result<Option<u32>, Failure> {
        number(self.rate.as_ref(), "The rate")
    }

    /// Failures after which a replay stops.
    pub(in crate::admin::console) fn stop_after_failures(&self) -> Result<Option<u32>, Failure> {
        number(self.stop_after_failures.as_ref(), "The number of failures")
    }

    /// No letter and no condition was named: every letter there is.
    pub(in crate::admin::console) fn is_everything(&self) -> bool {
        self.id.is_empty() && self.fields().iter().all(|(name, value)| *name == "state" || value.is_none())
    }

    /// The conditions by their names, those that say nothing as `None`.
    pub(in crate::admin::console) fn fields(&self) -> Vec<(&'static str, Option<String>)> {
        let fields = [
            ("state", &self.state),
            ("class", &self.class),
            ("code", &self.code),
            ("type", &self.event_type),
            ("source", &self.source),
            ("event_id", &self.event_id),
            ("job", &self.job),
            ("client", &self.client),
            ("text", &self.text),
            ("group", &self.group),
            ("older_than", &self.older_than),
            ("newer_than", &self.newer_than),
        ];
        fields.into_iter().map(|(name, value)| (name, given(value.as_ref()))).collect()
    }

    /// Everything that was said, as fields of another form.
    pub(in crate::admin::console) fn hidden(&self) -> Vec<(&'static str, String)> {
        let ids = self.id.iter().map(|id| ("id", id.to_string()));
        self.fields().into_iter().filter_map(|(name, value)| Some((name, value?))).chain(ids).collect()
    }

    /// The conditions as the query of a link, with these fields besides.
    pub(in crate::admin::console) fn query(&self, more: &[(&'static str, String)]) -> String {
        let more = more.iter().map(|(name, value)| (*name, Some(value.clone())));
        parameters(self.fields().into_iter().chain(more))
    }

    /// The conditions alone as the query of a link.
    pub(in crate::admin::console) fn link(&self) -> String {
        self.query(&[])
    }

    /// The conditions with one field besides.
    pub(in crate::admin::console) fn page(&self, name: &'static str, value: &impl ToString) -> String {
        self.query(&[(name, value.to_string())])
    }

    /// What a field says, for the form that shows it again.
    pub(in crate::admin::console) fn value(&self, name: &str) -> String {
        let fields = self.fields();
        fields.into_iter().find(|(known, _)| *known == name).and_then(|(_, value)| value).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::Conditions;
    use crate::store::{LetterState, Selection};

    fn read(query: &str) -> Conditions {
        serde_html_form::from_str(query).expect("conditions")
    }

    #[test]
    fn what_is_left_empty_says_nothing() {
        let now = datetime!(2026-11-26 12:00 UTC);
        let conditions = read("state=&code=job_unknown&type=&older_than=2h&text=+");
        assert_eq!(conditions.states().expect("states"), [LetterState::Open]);
        let filter = conditions.filter(Vec::new(), now).expect("a filter");
        assert_eq!((filter.code.as_deref(), filter.event_type, filter.text), (Some("job_unknown"), None, None));
        assert_eq!(filter.seen_before, Some(datetime!(2026-11-26 10:00 UTC)));
        assert_eq!(conditions.query(&[("before", "7".to_owned())]), "code=job_unknown&older_than=2h&before=7");
        assert!(read("state=any").is_everything() && !conditions.is_everything() && !read("id=1").is_everything());
    }

    #[test]
    fn what_is_ticked_counts_alone() {
        let now = datetime!(2026-11-26 12:00 UTC);
        let selection = read("id=9&id=2&id=9&code=x").selection(&[LetterState::Open], now).expect("ids");
        assert_eq!(selection, Selection::Ids(vec![2, 9]));
        for wrong in ["older_than=soon", "class=odd", "newer_than=99999999999y"] {
            read(wrong).filter(Vec::new(), now).expect_err(wrong);
        }
        read("state=odd").states().expect_err("no state");
    }
}
