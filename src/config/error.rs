//! What is wrong with a configuration: all of it at once.

use serde::Serialize;

/// One thing that is wrong. Never repeats a value that may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The dotted key; empty where it is about a whole layer.
    pub key: String,
    /// Where the value came from: `default`, `file makegood.toml, line 3`, `environment MAKEGOOD_…`, `command line`, …
    pub layer: String,
    /// What is wrong and what is expected.
    pub message: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.key.is_empty() {
            write!(f, "{}: {}", self.layer, self.message)
        } else {
            write!(f, "{}: {} ({})", self.key, self.message, self.layer)
        }
    }
}

/// The configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the configuration has {}:\n{}", counted(findings.len()), lines(findings))]
pub struct ConfigError {
    /// All of them; at least one.
    pub findings: Vec<Finding>,
}

fn lines(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("  {finding}")).collect::<Vec<_>>().join("\n")
}

fn counted(findings: usize) -> String {
    if findings == 1 { "1 finding".to_owned() } else { format!("{findings} findings") }
}
