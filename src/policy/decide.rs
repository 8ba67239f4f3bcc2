//! One case, one rule, one choice.

use super::case::{Case, Credit};
use super::outcome::{Ground, Reason};
use super::table::{PolicyVersion, Rule};

/// What the table says about one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice<'p> {
    /// The rule that decided.
    pub rule: &'p Rule,
    /// What it does.
    pub credit: Credit,
    /// Why it happened.
    pub reason: Reason,
    /// Why nothing comes back; `None` exactly where `credit` is [`Credit::Net`].
    pub ground: Option<Ground>,
    /// The rule wants the person told.
    pub notice: bool,
}

/// The first rule of this version that matches the case.
///
/// `None` only for a cause the event does not have: [`super::Policy::parse`] refuses a table that leaves a case open.
pub fn decide<'p>(version: &'p PolicyVersion, case: &Case) -> Option<Choice<'p>> {
    let rule = version.rules().iter().find(|rule| rule.matches(case))?;
    let reason = match rule.reason {
        Some(reason) => reason,
        None => version.reason(case.trigger.event, case.trigger.cause)?,
    };
    Some(Choice { rule, credit: rule.credit, reason, ground: rule.ground, notice: rule.notice })
}
