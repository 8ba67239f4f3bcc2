//! Which letters a command is about: ids, or conditions that combine.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Context;
use clap::builder::PossibleValuesParser;
use time::OffsetDateTime;

use crate::store::{DeadClass, LetterFilter, LetterState, Selection};

/// Over the conditions, in the help.
const HEADING: &str = "Which letters (all conditions must hold)";

/// Conditions on letters; all that are given must hold.
#[derive(Debug, Default, clap::Args)]
pub(super) struct FilterArgs {
    /// Of this event type, as far as it could be read.
    #[arg(help_heading = HEADING, long = "type", value_name = "TYPE")]
    event_type: Option<String>,
    /// Of this class: undecodable, unknown-type, conflict, unresolved, refused or given-up.
    #[arg(help_heading = HEADING, long, value_name = "CLASS", value_parser = class)]
    class: Option<DeadClass>,
    /// With this error code.
    #[arg(help_heading = HEADING, long, value_name = "CODE")]
    code: Option<String>,
    /// With this text in the error's message; upper and lower case are the same.
    #[arg(help_heading = HEADING, long, value_name = "TEXT")]
    text: Option<String>,
    /// Last seen longer ago than this, as in 2h or 1day.
    #[arg(help_heading = HEADING, long, value_name = "AGE", value_parser = humantime::parse_duration)]
    older_than: Option<Duration>,
    /// Last seen since this long ago.
    #[arg(help_heading = HEADING, long, value_name = "AGE", value_parser = humantime::parse_duration)]
    newer_than: Option<Duration>,
    /// From this CloudEvents source.
    #[arg(help_heading = HEADING, long, value_name = "SOURCE")]
    source: Option<String>,
    /// With this CloudEvents id.
    #[arg(help_heading = HEADING, long, value_name = "ID")]
    event_id: Option<String>,
    /// About this job.
    #[arg(help_heading = HEADING, long, value_name = "JOB")]
    job: Option<String>,
    /// About this client, or about a job of this client.
    #[arg(help_heading = HEADING, long, value_name = "CLIENT")]
    client: Option<String>,
    /// Of this group, as `makegood dlq groups` names it.
    #[arg(help_heading = HEADING, long, value_name = "FINGERPRINT")]
    group: Option<String>,
}

/// The state, where a command may choose it.
#[derive(Debug, clap::Args)]
pub(super) struct StateArg {
    /// open, trial, resolved, discarded or any.
    #[arg(long, value_name = "STATE", default_value = "open", value_parser = states_parser(),
        hide_possible_values = true)]
    state: String,
}

fn states_parser() -> PossibleValuesParser {
    PossibleValuesParser::new(LetterState::ALL.map(LetterState::as_str).into_iter().chain(["any"]))
}

impl StateArg {
    /// The states it stands for; none: any.
    pub(super) fn states(&self) -> Vec<LetterState> {
        LetterState::parse(&self.state).into_iter().collect()
    }
}

impl FilterArgs {
    /// As the store takes it. Ages count back from `now`.
    pub(super) fn filter(&self, states: &[LetterState], now: OffsetDateTime) -> anyhow::Result<LetterFilter> {
        Ok(LetterFilter {
            states: states.to_vec(),
            class: self.class,
            code: self.code.clone(),
            event_type: self.event_type.clone(),
            source: self.source.clone(),
            event_id: self.event_id.clone(),
            job: self.job.clone(),
            client: self.client.clone(),
            text: self.text.clone(),
            fingerprint: self.group.clone(),
            seen_from: self.newer_than.map(|age| ago(now, age)).transpose()?,
            seen_before: self.older_than.map(|age| ago(now, age)).transpose()?,
        })
    }

    /// No condition was given.
    pub(super) fn is_everything(&self) -> bool {
        let texts = [&self.event_type, &self.code, &self.text, &self.source, &self.event_id, &self.job, &self.client];
        texts.iter().all(|text| text.is_none())
            && self.group.is_none()
            && self.class.is_none()
            && self.older_than.is_none()
            && self.newer_than.is_none()
    }
}

/// Ids or conditions.
#[derive(Debug, clap::Args)]
pub(super) struct WhichArgs {
    /// Ids of letters, as `makegood dlq list` shows them; without any, the conditions choose.
    #[arg(value_name = "ID", value_parser = clap::value_parser!(i64).range(1..), conflicts_with = "FilterArgs")]
    pub(super) ids: Vec<i64>,
    #[command(flatten)]
    pub(super) filter: FilterArgs,
}

impl WhichArgs {
    /// As the store takes it; `states` narrow the conditions, not the ids.
    pub(super) fn selection(&self, states: &[LetterState], now: OffsetDateTime) -> anyhow::Result<Selection> {
        if self.ids.is_empty() {
            return Ok(Selection::Filter(self.filter.filter(states, now)?));
        }
        let distinct: BTreeSet<i64> = self.ids.iter().copied().collect();
        Ok(Selection::Ids(distinct.into_iter().collect()))
    }

    /// Neither ids nor conditions: every letter there is.
    pub(super) fn is_everything(&self) -> bool {
        self.ids.is_empty() && self.filter.is_everything()
    }
}

/// The moment this long before `now`.
pub(in crate::cli) fn ago(now: OffsetDateTime, age: Duration) -> anyhow::Result<OffsetDateTime> {
    let age = time::Duration::try_from(age).ok();
    age.and_then(|age| now.checked_sub(age)).context("that long ago there was no calendar")
}

fn class(text: &str) -> Result<DeadClass, String> {
    DeadClass::parse(text)
        .ok_or_else(|| "undecodable, unknown-type, conflict, unresolved, refused or given-up is expected".to_owned())
}
