//! What differs between two policies, by version: settings, reasons, rules and their order.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::shown::VersionShown;
use crate::policy::Policy;

/// One difference. Without `before` it is new, without `after` it is gone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// `setting hold_days`, `reason job-canceled expired`, `rule row-02`, `order of the rules`.
    pub what: String,
    /// As it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// As it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// What differs in one version.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VersionChanges {
    /// Its id.
    pub version: String,
    /// The version it is compared with: of the same id, else the one it follows. None: there is none before it.
    pub against: Option<String>,
    /// It is in the old policy alone.
    pub removed: bool,
    /// The differences.
    pub changes: Vec<Change>,
}

/// What `new` changes against `old`; versions that are the same are left out.
pub fn changes(old: &Policy, new: &Policy) -> Vec<VersionChanges> {
    let same = |policy: &Policy, id: &str| policy.versions().iter().find(|version| version.id() == id).cloned();
    let mut all = Vec::new();
    for version in new.versions() {
        let own = same(old, version.id());
        let before = own.clone().or_else(|| old.at(version.valid_from()).cloned());
        let (shown, before) = (VersionShown::of(version), before.as_ref().map(VersionShown::of));
        let changes = between(before.as_ref(), &shown);
        if own.is_none() || !changes.is_empty() {
            let against = before.map(|before| before.id);
            all.push(VersionChanges { version: shown.id, against, removed: false, changes });
        }
    }
    let gone = old.versions().iter().filter(|version| same(new, version.id()).is_none());
    all.extend(gone.map(|version| VersionChanges {
        version: version.id().to_owned(),
        against: None,
        removed: true,
        changes: Vec::new(),
    }));
    all
}

fn between(before: Option<&VersionShown>, after: &VersionShown) -> Vec<Change> {
    let (old, new) = (before.map(parts).unwrap_or_default(), parts(after));
    let mut changes: Vec<Change> = Vec::new();
    for (what, value) in &new {
        let was = old.get(what);
        if was != Some(value) {
            changes.push(Change { what: what.clone(), before: was.cloned(), after: Some(value.clone()) });
        }
    }
    let gone = old.iter().filter(|(what, _)| !new.contains_key(*what));
    changes.extend(gone.map(|(what, was)| Change { what: what.clone(), before: Some(was.clone()), after: None }));
    if let Some(before) = before {
        let common = |one: &VersionShown, other: &VersionShown| -> Vec<String> {
            let there = |id: &String| other.rules.iter().any(|rule| rule.id == *id);
            one.rules.iter().map(|rule| rule.id.clone()).filter(there).collect()
        };
        let (was, is) = (common(before, after), common(after, before));
        if was != is {
            let what = "order of the rules".to_owned();
            changes.push(Change { what, before: Some(json!(was)), after: Some(json!(is)) });
        }
    }
    changes
}

/// Everything that can differ, by name. The valid-from counts as a setting.
fn parts(version: &VersionShown) -> BTreeMap<String, Value> {
    let settings = version.settings.iter().map(|(key, value)| (format!("setting {key}"), value.clone()));
    let reasons = version.reasons.iter().flat_map(|(event, causes)| {
        causes.iter().map(move |(cause, reason)| (format!("reason {event} {cause}"), json!(reason)))
    });
    let rules = version.rules.iter().map(|rule| (format!("rule {}", rule.id), json!(rule)));
    settings.chain(reasons).chain(rules).collect()
}
