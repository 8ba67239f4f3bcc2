//! One version of a policy as people and machines read it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::event::EventType;
use crate::policy::{Contract, Ground, PolicyVersion, Reason, Rule, Settings};

/// A version: what stands in its part of the file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VersionShown {
    /// Its name.
    pub id: String,
    /// From when on it is in force.
    #[serde(with = "time::serde::rfc3339")]
    pub valid_from: OffsetDateTime,
    /// Its settings, by the keys of the file.
    pub settings: BTreeMap<&'static str, Value>,
    /// Reasons by event and cause.
    pub reasons: BTreeMap<&'static str, BTreeMap<&'static str, &'static str>>,
    /// Its rules, in the order in which they are asked.
    pub rules: Vec<RuleShown>,
}

/// A rule. A condition that is absent matches everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleShown {
    /// Its name.
    pub id: String,
    /// Conditions by the keys of the file, each with the words it takes.
    pub conditions: BTreeMap<&'static str, Vec<&'static str>>,
    /// Its `when` holds with the settings of its version.
    pub switched_on: bool,
    /// `net`, `none` or `hold`.
    pub credit: &'static str,
    /// The person is told.
    pub notice: bool,
    /// Reason, where it is not that of the event's cause.
    pub reason: Option<&'static str>,
    /// Why nothing comes back.
    pub ground: Option<&'static str>,
}

impl VersionShown {
    /// As it stands.
    pub fn of(version: &PolicyVersion) -> Self {
        let reasons = EventType::ALL.into_iter().map(|event| {
            let of = |cause: &'static str| version.reason(event, cause).map(|reason| (cause, reason.as_str()));
            (event.as_str(), event.causes().into_iter().filter_map(of).collect())
        });
        VersionShown {
            id: version.id().to_owned(),
            valid_from: version.valid_from(),
            settings: settings(version.settings()),
            reasons: reasons.collect(),
            rules: version.rules().iter().map(RuleShown::of).collect(),
        }
    }
}

fn settings(settings: &Settings) -> BTreeMap<&'static str, Value> {
    BTreeMap::from([
        ("declined_by_client_on_cancel", json!(settings.declined_by_client_on_cancel.as_str())),
        ("declined_by_client_on_removal", json!(settings.declined_by_client_on_removal.as_str())),
        ("withdrawn_before_fraud", json!(settings.withdrawn_before_fraud.as_str())),
        ("after_hire_on_removal", json!(settings.after_hire_on_removal.as_str())),
        ("expired_notice", json!(settings.expired_notice)),
        ("hold_days", json!(settings.hold.whole_days())),
        ("fresh_days", json!(settings.fresh.whole_days())),
        ("stale_notice", json!(settings.stale_notice.as_str())),
        ("returned_valid_days_min", json!(settings.returned_valid_min.whole_days())),
        ("returned_valid_days_default", json!(settings.returned_valid_default.whole_days())),
    ])
}

impl RuleShown {
    fn of(rule: &Rule) -> Self {
        let conditions = [
            ("event", rule.event.into_iter().map(EventType::as_str).collect::<Vec<_>>()),
            ("cause", rule.causes.clone()),
            ("contract", rule.contract.into_iter().map(Contract::as_str).collect()),
            ("standing", rule.standings.iter().map(|standing| standing.as_str()).collect()),
            ("suspension", rule.suspensions.iter().map(|suspension| suspension.as_str()).collect()),
            ("charges", rule.charges.iter().map(|charges| charges.as_str()).collect()),
        ];
        RuleShown {
            id: rule.id.clone(),
            conditions: conditions.into_iter().filter(|(_, words)| !words.is_empty()).collect(),
            switched_on: rule.switched_on,
            credit: rule.credit.as_str(),
            notice: rule.notice,
            reason: rule.reason.map(Reason::as_str),
            ground: rule.ground.map(Ground::as_str),
        }
    }

    /// Its conditions in a line: `job-canceled filled; contract made; standing open, withdrawn`.
    pub fn conditions_line(&self) -> String {
        let words = |key: &str| self.conditions.get(key).map(|words| words.join(", "));
        let mut parts: Vec<String> = Vec::new();
        match (words("event"), words("cause")) {
            (Some(event), Some(cause)) => parts.push(format!("{event}: {cause}")),
            (Some(event), None) => parts.push(event),
            (None, _) => parts.push("any event".to_owned()),
        }
        for key in ["suspension", "contract", "standing", "charges"] {
            parts.extend(words(key).map(|words| format!("{key} {words}")));
        }
        if !self.switched_on {
            parts.push("switched off by a setting".to_owned());
        }
        parts.join("; ")
    }
}
