//! What a table as a whole must satisfy: order of versions, unique names, an answer to every case, no dead rule.

use std::collections::HashSet;

use super::{Finding, PolicyVersion};
use crate::policy::case::{Case, Suspension};

/// Most unanswered cases that are named for one version: one forgotten line leaves dozens open.
const OPEN_CASES_MAX: usize = 10;

/// Checks every version, and them together.
pub(super) fn versions(versions: &[PolicyVersion], findings: &mut Vec<Finding>) {
    let mut ids = HashSet::new();
    for version in versions {
        if !ids.insert(version.id()) {
            findings.push(about(version, None, "another version has the same `id`".to_owned()));
        }
    }
    for (earlier, later) in versions.iter().zip(versions.iter().skip(1)) {
        if later.valid_from() <= earlier.valid_from() {
            let message = format!("`valid_from` must be later than that of {:?} above it", earlier.id());
            findings.push(about(later, None, message));
        }
    }
    for version in versions {
        names_and_words(version, findings);
        if version.sound {
            every_case(version, findings);
        }
    }
}

fn names_and_words(version: &PolicyVersion, findings: &mut Vec<Finding>) {
    let mut ids = HashSet::new();
    for rule in version.rules() {
        if !ids.insert(rule.id.as_str()) {
            findings.push(about(version, Some(&rule.id), "another rule has the same `id`".to_owned()));
        }
        for contradiction in rule.contradictions() {
            findings.push(about(version, Some(&rule.id), contradiction.to_owned()));
        }
    }
}

/// Walks every case over the rules: none may be left open, no rule that is switched on may be left out.
///
/// A suspension that may be lifted must not be told of before it is decided: its event is decided twice, and a person
/// is told once an event.
fn every_case(version: &PolicyVersion, findings: &mut Vec<Finding>) {
    let mut open = Vec::new();
    let mut used = HashSet::new();
    let mut too_early = HashSet::new();
    for case in Case::all() {
        match version.rules().iter().enumerate().find(|(_, rule)| rule.matches(&case)) {
            None => open.push(case),
            Some((index, rule)) => {
                used.insert(index);
                if rule.notice && case.trigger.suspension == Some(Suspension::Temporary) && too_early.insert(index) {
                    let message = format!("`notice` must be false for a suspension that may be lifted, as in: {case}");
                    findings.push(about(version, Some(&rule.id), message));
                }
            }
        }
    }
    for case in open.iter().take(OPEN_CASES_MAX) {
        findings.push(about(version, None, format!("no rule matches: {case}")));
    }
    if let Some(more) = open.len().checked_sub(OPEN_CASES_MAX).filter(|more| *more > 0) {
        findings.push(about(version, None, format!("and {more} more cases that no rule matches")));
    }
    for (index, rule) in version.rules().iter().enumerate() {
        if rule.switched_on && !used.contains(&index) {
            let message = "it never decides: rules above it match all it could match".to_owned();
            findings.push(about(version, Some(&rule.id), message));
        }
    }
}

fn about(version: &PolicyVersion, rule: Option<&str>, message: String) -> Finding {
    Finding { version: Some(format!("{:?}", version.id())), rule: rule.map(|id| format!("{id:?}")), message }
}
