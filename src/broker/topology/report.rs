//! Comparing the topology with what the broker has, part by part and argument by argument. Creates nothing.

use super::declare::{active, exists, finish};
use super::difference::{Difference, Found};
use super::{Argument, Part, Topology};
use crate::broker::connection::Link;
use crate::broker::error::BrokerError;
use crate::broker::options::BrokerOptions;
use serde::Serialize;

/// Most differences shown of one part: more than a queue has arguments.
const DIFFERENCES_MAX: usize = 16;

/// What was found at the broker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TopologyReport {
    /// At least one for every exchange, queue and binding; one for every argument that differs.
    pub findings: Vec<Finding>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is about, for people: "queue `makegood.events`".
    pub what: String,
    /// What was found.
    #[serde(flatten)]
    pub state: State,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum State {
    /// As it must be.
    Fit,
    /// Not there.
    Missing,
    /// There, with another value of one argument.
    Differs {
        /// The argument: `x-delivery-limit`, `durable`, `type`.
        field: String,
        /// What makegood needs.
        expected: String,
        /// What is there.
        found: String,
    },
    /// It could not be compared.
    Unseen {
        /// Why.
        why: String,
    },
}

impl TopologyReport {
    /// Nothing is missing and nothing differs, as far as could be seen.
    pub fn is_fit(&self) -> bool {
        self.findings.iter().all(|finding| matches!(finding.state, State::Fit | State::Unseen { .. }))
    }
}

/// A line each finding, and what to do about it.
impl std::fmt::Display for TopologyReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (number, finding) in self.findings.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            match (&finding.state, finding.advice()) {
                (_, Some(advice)) => write!(f, "differs  {advice}")?,
                (State::Unseen { why }, None) => write!(f, "unseen   {} ({why})", finding.what)?,
                (_, None) => write!(f, "fit      {}", finding.what)?,
            }
        }
        Ok(())
    }
}

impl Finding {
    /// What to do about it; `None` if nothing must be done.
    pub fn advice(&self) -> Option<String> {
        match &self.state {
            State::Fit | State::Unseen { .. } => None,
            State::Missing => Some(format!("{} is missing: type `makegood topology declare`", self.what)),
            State::Differs { field, expected, found } => Some(format!(
                "{}: {field} is {found}, must be {expected}. It cannot be changed in place: set the configuration to \
                 what is there, or drain it, delete it and type `makegood topology declare`",
                self.what
            )),
        }
    }
}

impl Topology {
    /// Compares. Asks passively first, so that nothing is created; then declares what exists as it must be, which the
    /// broker answers with its first difference, if any.
    ///
    /// # Errors
    /// As connecting. A difference is no error. A user who may not configure gets [`State::Unseen`].
    pub async fn check(&self, options: &BrokerOptions) -> Result<TopologyReport, BrokerError> {
        let link = Link::open(options, "topology").await?;
        let mut findings = Vec::new();
        for part in self.parts() {
            let states = match exists(&link, &part).await? {
                None => vec![State::Unseen { why: "AMQP cannot ask for a binding".to_owned() }],
                Some(false) => vec![State::Missing],
                Some(true) => compare(&link, part.clone()).await?.states,
            };
            let what = part.to_string();
            findings.extend(states.into_iter().map(|state| Finding { what: what.clone(), state }));
        }
        finish(link).await;
        Ok(TopologyReport { findings })
    }
}

/// How a part compares.
pub(super) struct Compared {
    /// At least one.
    pub(super) states: Vec<State>,
    /// The part as it is, as far as the broker told.
    pub(super) agreed: Part,
}

/// The broker names one difference at a time: each is noted, and the next question agrees with it.
pub(super) async fn compare(link: &Link, part: Part) -> Result<Compared, BrokerError> {
    let mut asked = part;
    let mut differences = Vec::new();
    while differences.len() < DIFFERENCES_MAX {
        match active(link, &asked).await {
            Ok(()) => break,
            Err(BrokerError::Differs { source, .. }) => {
                let words = source.reply_text().unwrap_or_default();
                let Some(difference) = Difference::read(words) else {
                    differences.push(unreadable(words));
                    break;
                };
                let expected = asked.agree(&difference);
                let Difference { field, found } = difference;
                let state = State::Differs { field, expected: shown(expected.as_ref()), found: found.to_string() };
                if differences.contains(&state) {
                    break;
                }
                differences.push(state);
            }
            Err(BrokerError::AccessRefused { .. }) => {
                let why = "it is there; its arguments cannot be compared, because the user may not configure it";
                return Ok(Compared { states: vec![State::Unseen { why: why.to_owned() }], agreed: asked });
            }
            Err(error) => return Err(error),
        }
    }
    let states = if differences.is_empty() { vec![State::Fit] } else { differences };
    Ok(Compared { states, agreed: asked })
}

fn unreadable(words: &str) -> State {
    State::Differs { field: "arguments".to_owned(), expected: "as declared".to_owned(), found: words.to_owned() }
}

fn shown(value: Option<&Argument>) -> String {
    value.map_or_else(|| "none".to_owned(), Argument::to_string)
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nothing => f.write_str("none"),
            Self::Value(value) => value.fmt(f),
        }
    }
}

impl Part {
    /// Takes over what was found, and returns what stood there before.
    fn agree(&mut self, difference: &Difference) -> Option<Argument> {
        let found = match &difference.found {
            Found::Nothing => None,
            Found::Value(value) => Some(value.clone()),
        };
        match self {
            Self::Exchange { durable, .. } | Self::Queue { durable, .. } if difference.field == "durable" => {
                let before = std::mem::replace(durable, matches!(found, Some(Argument::Flag(true))));
                Some(Argument::Flag(before))
            }
            Self::Exchange { kind, .. } if difference.field == "type" => match found {
                Some(Argument::Text(found)) => Some(Argument::Text(std::mem::replace(kind, found))),
                _ => None,
            },
            Self::Queue { arguments, .. } => match found {
                Some(found) => arguments.insert(difference.field.clone(), found),
                None => arguments.remove(&difference.field),
            },
            _ => None,
        }
    }
}
