//! The format of a scenario file (see `tests/scenarios/README.md`). A key it does not know is an error.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use time::{Date, OffsetDateTime, Time, UtcOffset};

/// Where the scenarios lie.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// One question, the facts, and what happens step by step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// As it was asked.
    pub question: String,
    /// Where.
    pub source: String,
    /// What should happen, in a sentence or two.
    pub answer: String,
    /// Where the answer is makegood's own: why this one.
    pub judgement: Option<String>,
    /// Settings of the policy that differ from `config/policy.toml`.
    #[serde(default)]
    pub settings: toml::Table,
    /// The marketplace before anything happens.
    pub facts: toml::Table,
    pub step: Vec<Step>,
}

/// A moment, what happens then, and everything that comes of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub at: Moment,
    /// For the reader.
    pub story: Option<String>,
    /// What changes at the marketplace, before the events come.
    #[serde(default)]
    pub facts: toml::Table,
    /// Messages, in the order in which they come.
    #[serde(default)]
    pub events: Vec<toml::Table>,
    #[serde(default)]
    pub decided: Vec<Decided>,
    #[serde(default)]
    pub returned: Vec<Returned>,
    /// Of every account whose balance moved.
    #[serde(default)]
    pub balances: BTreeMap<String, i64>,
    #[serde(default)]
    pub told: Vec<Told>,
    /// `class/code` of messages that could not be applied.
    #[serde(default)]
    pub dead_letters: Vec<String>,
}

/// A time of TOML with its offset.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "toml::value::Datetime")]
pub struct Moment(pub OffsetDateTime);

impl TryFrom<toml::value::Datetime> for Moment {
    type Error = String;

    fn try_from(at: toml::value::Datetime) -> Result<Self, String> {
        let wrong = || format!("{at}: write a date, a time and Z, as 2026-03-02 12:00Z");
        let (Some(date), Some(clock), Some(toml::value::Offset::Z)) = (at.date, at.time, at.offset) else {
            return Err(wrong());
        };
        let month = time::Month::try_from(date.month).map_err(|_| wrong())?;
        let date = Date::from_calendar_date(date.year.into(), month, date.day).map_err(|_| wrong())?;
        let (second, nano) = (clock.second.unwrap_or(0), clock.nanosecond.unwrap_or(0));
        let clock = Time::from_hms_nano(clock.hour, clock.minute, second, nano).map_err(|_| wrong())?;
        Ok(Moment(date.with_time(clock).assume_offset(UtcOffset::UTC)))
    }
}

/// What was decided about a proposal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    pub proposal: String,
    pub verdict: String,
    /// Connects that come back.
    #[serde(default)]
    pub connects: i64,
    pub reason: String,
    /// Why nothing comes back.
    pub ground: Option<String>,
    pub rule: String,
}

impl fmt::Display for Decided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Decided { proposal, verdict, connects, reason, ground, rule } = self;
        write!(f, "proposal {proposal}: {verdict}, {connects} Connects come back, reason {reason}")?;
        if let Some(ground) = ground {
            write!(f, ", ground {ground}")?;
        }
        write!(f, ", by {rule}")
    }
}

/// A line of the ledger that makegood wrote.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Returned {
    pub to: String,
    pub proposal: String,
    /// Id of the charge it gives back.
    pub charge: String,
    pub connects: i64,
    pub reason: String,
}

impl fmt::Display for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Returned { to, proposal, charge, connects, reason } = self;
        write!(
            f,
            "{connects} Connects to account {to} for proposal {proposal}, of the charge {charge}, reason {reason}"
        )
    }
}

/// A person is told, or would be.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    pub person: String,
    pub letter: String,
    /// The proposals it speaks of.
    #[serde(default)]
    pub proposals: Vec<String>,
    /// `submitter`, `manager` or `owner`: of all its proposals; several, where they differ.
    #[serde(default = "submitter")]
    pub role: String,
    /// Connects that these proposals had cost.
    #[serde(default)]
    pub spent: i64,
    #[serde(default)]
    pub returned: i64,
    /// `sent`, or what became of it instead.
    #[serde(default = "sent")]
    pub state: String,
    /// It says that it comes late.
    #[serde(default)]
    pub late: bool,
    /// The subject of the mail; none, if no mail goes out.
    pub subject: Option<String>,
    /// What the mail says, among other things; white space does not count.
    #[serde(default)]
    pub says: Vec<String>,
    /// What it must not say.
    #[serde(default)]
    pub never_says: Vec<String>,
}

fn submitter() -> String {
    "submitter".into()
}

fn sent() -> String {
    "sent".into()
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Told { person, letter, role, spent, returned, state, late, .. } = self;
        let proposals = self.proposals.join(", ");
        let late = if *late { ", says that it comes late" } else { "" };
        write!(
            f,
            "{person} ({role}): letter {letter} on proposals [{proposals}], spent {spent}, returned {returned}, "
        )?;
        write!(f, "{state}{late}, subject: {}", self.subject.as_deref().unwrap_or("none"))
    }
}

impl Scenario {
    /// Reads a file; the error is for whoever wrote it.
    pub fn read(name: &str) -> Result<Self, String> {
        let text = std::fs::read_to_string(folder().join(name)).map_err(|error| error.to_string())?;
        Self::parse(&text)
    }

    pub fn parse(text: &str) -> Result<Self, String> {
        let scenario: Scenario = toml::from_str(text).map_err(|error| error.to_string())?;
        let said = [&scenario.question, &scenario.source, &scenario.answer];
        let said = said.into_iter().chain(&scenario.judgement).all(|text| !text.trim().is_empty());
        let in_order = scenario.step.is_sorted_by_key(|step| step.at.0);
        match (said, in_order, scenario.step.is_empty()) {
            (false, ..) => Err("question, source, answer and judgement must say something".into()),
            (_, false, _) => Err("the steps are not in the order of their times".into()),
            (_, _, true) => Err("nothing happens: there is no [[step]]".into()),
            _ => Ok(scenario),
        }
    }
}
