//! The decision table: `config/policy.toml`, read and checked.

use time::OffsetDateTime;

/// The versions of the policy, oldest first.
#[derive(Debug, Clone)]
pub struct Policy {}

/// One version.
#[derive(Debug, Clone)]
pub struct PolicyVersion {}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {}

/// What is wrong with a policy file: all findings at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", findings.join("\n"))]
pub struct PolicyError {
    /// One sentence each, naming version and rule.
    pub findings: Vec<String>,
}

impl Policy {
    /// The policy compiled in: `config/policy.toml`.
    pub fn built_in() -> Result<Policy, PolicyError> {
        Policy::parse("")
    }
    /// Reads a policy file.
    pub fn parse(_text: &str) -> Result<Policy, PolicyError> {
        Ok(Policy {})
    }
    /// The version in force at this moment.
    pub fn at(&self, _time: OffsetDateTime) -> Option<&PolicyVersion> {
        None
    }
}
