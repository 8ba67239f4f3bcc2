//! The doctor: looks at the broker through AMQP and, if it is configured, the management API; then judges what was
//! seen, with the risk of each finding in words. Looking and judging are apart, so that every judgement can be tested
//! on what any version would show.

mod around;
mod by_amqp;
mod by_management;
mod diagnosis;
mod nodes;
mod policies;
mod queue;
mod rights;
mod routes;
mod rules;
mod seen;
#[cfg(test)]
mod tests;
mod version;

pub use diagnosis::{Checkup, Diagnosis, Severity};

use super::Topology;
use super::declare::finish;
use crate::broker::connection::Link;
use crate::broker::error::BrokerError;
use crate::broker::management::{Management, ManagementError, ManagementOptions};
use crate::broker::options::BrokerOptions;
use queue::Role;
use seen::{Seen, SeenQueue};

/// Whom to ask, and what for.
#[derive(Debug, Clone)]
pub struct Examiner {
    /// The broker.
    pub broker: BrokerOptions,
    /// Its management API; without it, much is unseen.
    pub management: Option<ManagementOptions>,
    /// The daemon declares the topology itself, and needs the permission to.
    pub declares: bool,
}

/// The broker, or its API, could not be looked at.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ExamineError {
    /// The broker.
    #[error(transparent)]
    Broker(#[from] BrokerError),
    /// The management API.
    #[error(transparent)]
    Management(#[from] ManagementError),
}

/// What is judged.
struct Case<'a> {
    topology: &'a Topology,
    seen: &'a Seen,
    declares: bool,
}

/// A difference told by the broker in words that are not understood.
struct Broken {
    about: String,
    found: String,
}

impl Topology {
    /// Looks at everything and judges it. Changes nothing.
    ///
    /// # Errors
    /// The broker or the configured API does not answer, or refuses the login. What is found is no error.
    pub async fn examine(&self, examiner: &Examiner) -> Result<Checkup, ExamineError> {
        let api = examiner.management.as_ref().map(Management::new).transpose()?;
        let link = Link::open(&examiner.broker, "topology").await?;
        let looked = match &api {
            Some(api) => {
                let looked = by_management::look(api, self, by_amqp::nothing(&link)).await;
                looked.map(|seen| (seen, Vec::new())).map_err(ExamineError::from)
            }
            None => by_amqp::look(&link, self).await.map_err(ExamineError::from),
        };
        let place = link.place.to_string();
        finish(link).await;
        let (seen, broken) = looked?;
        let mut findings = diagnose(&Case { topology: self, seen: &seen, declares: examiner.declares });
        if api.is_none() {
            findings.extend(by_amqp::worth(&seen.server));
        }
        findings.extend(broken.into_iter().map(Broken::diagnosis));
        Ok(Checkup::new(place, seen.server, api.is_some(), findings))
    }
}

/// Judges everything seen.
fn diagnose(case: &Case<'_>) -> Vec<Diagnosis> {
    let mut findings = vec![version::diagnose(&case.seen.server)];
    findings.extend(queue::diagnose(case, Role::Work));
    findings.extend(queue::diagnose(case, Role::Dead));
    findings.extend(around::diagnose(case));
    findings.extend(rights::diagnose(case));
    findings.extend(nodes::diagnose(case));
    findings
}

impl Case<'_> {
    /// `rabbitmqctl` with these words, quoted for a shell.
    fn shell(words: &[&str]) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%".contains(c);
        let quoted = |word: &&str| {
            if !word.is_empty() && word.chars().all(plain) {
                (*word).to_owned()
            } else {
                format!("'{}'", word.replace('\'', r"'\''"))
            }
        };
        let words: Vec<String> = words.iter().map(quoted).collect();
        format!("rabbitmqctl {}", words.join(" "))
    }

    /// What to do about a policy that matches one of our queues.
    fn unpolicy(&self, queue: &SeenQueue, name: &str) -> String {
        let policy = queue.policy.here().map(|policy| policy.name.as_str()).unwrap_or_default();
        let list = Self::shell(&["list_policies", "-p", &self.seen.vhost]);
        format!("Change the pattern of {policy} so that it does not match `{name}`; `{list}` shows it.")
    }
}

impl Broken {
    fn diagnosis(self) -> Diagnosis {
        Diagnosis::new(Severity::Broken, "arguments", &self.about)
            .expected("as makegood declares it")
            .found(self.found)
            .risk("It was declared in another way; makegood does not start on it.")
            .remedy("Set broker.management_url to see in what it differs.")
    }
}
