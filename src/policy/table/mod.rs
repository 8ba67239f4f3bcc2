//! The decision table: versions of rules and settings, read from TOML and checked before anything is decided by them.

mod check;
mod read;
mod rule;
mod settings;
mod succession;
mod version;

pub use rule::Rule;
pub use settings::{Answer, Settings, StaleNotice};
pub use version::PolicyVersion;

use time::OffsetDateTime;

/// The table that comes with makegood.
const BUILT_IN: &str = include_str!("../../../config/policy.toml");

/// Every version of the table, in order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    versions: Vec<PolicyVersion>,
}

impl Policy {
    /// The table that comes with makegood: `config/policy.toml`.
    #[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "compiled in; the unit test below parses it")]
    pub fn built_in() -> Self {
        Self::parse(BUILT_IN).expect("config/policy.toml is valid")
    }

    /// Reads a table and checks it as a whole: words, order of versions, and that each version answers every case and
    /// has no rule that never decides. All findings come back at once.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let (versions, mut findings) = version::read_all(text);
        check::versions(&versions, &mut findings);
        if findings.is_empty() { Ok(Policy { versions }) } else { Err(PolicyError { findings }) }
    }

    /// The version in force at `time`: the time of the event, never of its arrival.
    ///
    /// `None` before the first version: nobody knows what was promised then, and a guess would move Connects.
    pub fn at(&self, time: OffsetDateTime) -> Option<&PolicyVersion> {
        self.versions.iter().rev().find(|version| version.valid_from() <= time)
    }

    /// One version alone, as if it had always been in force: to try it on what has happened. `None` names the newest;
    /// the answer is `None` where there is none of this id.
    pub fn pinned(&self, id: Option<&str>) -> Option<Policy> {
        let named = |version: &&PolicyVersion| id.is_none_or(|id| version.id() == id);
        let version = self.versions.iter().rev().find(named)?;
        Some(Policy { versions: vec![version.timeless()] })
    }

    /// The versions, oldest first; at least one.
    pub fn versions(&self) -> &[PolicyVersion] {
        &self.versions
    }
}

/// One thing wrong with a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// In which version: its id, or its place (`#2`) where it has none.
    pub version: Option<String>,
    /// In which rule of it: its id, or its place.
    pub rule: Option<String>,
    /// What is wrong, and what was expected.
    pub message: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(version) = &self.version {
            write!(f, "version {version}, ")?;
        }
        if let Some(rule) = &self.rule {
            write!(f, "rule {rule}, ")?;
        }
        f.write_str(&self.message)
    }
}

/// Why a text is no policy: everything that is wrong with it, at least one finding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.findings.iter().map(Finding::to_string).collect::<Vec<_>>().join("\n"))]
pub struct PolicyError {
    findings: Vec<Finding>,
}

impl PolicyError {
    /// Everything that is wrong, in the order of the text.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_table_is_valid() {
        assert_eq!(Policy::parse(BUILT_IN).map_err(|e| e.to_string()), Ok(Policy::built_in()));
    }
}
