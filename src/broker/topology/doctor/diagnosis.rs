//! What the doctor says: findings with their risk, and the report of all of them.

use crate::broker::greeting::Server;
use serde::Serialize;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// makegood does not start on it, or messages are lost or stuck although nothing else fails.
    Broken,
    /// Messages are lost, stuck or doubled when something else fails, too.
    Risk,
    /// Worth knowing; nothing is lost by it.
    Note,
    /// It could not be looked at.
    Unseen,
    /// As it must be.
    Fit,
}

impl Severity {
    /// All of them, the worst first.
    pub const ALL: [Self; 5] = [Self::Broken, Self::Risk, Self::Note, Self::Unseen, Self::Fit];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Risk => "risk",
            Self::Note => "note",
            Self::Unseen => "unseen",
            Self::Fit => "fit",
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// How much it matters.
    pub severity: Severity,
    /// What was looked at: "delivery-limit". Stable, for scripts.
    pub check: &'static str,
    /// Of what, for people: "queue `makegood.events`".
    pub about: String,
    /// What it must be.
    pub expected: String,
    /// What it is.
    pub found: String,
    /// What would be lost, stuck or doubled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<String>,
    /// What to do or type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Diagnosis {
    pub(super) fn fit(check: &'static str, about: &str, found: impl Into<String>) -> Self {
        let found = found.into();
        let (about, expected) = (about.to_owned(), found.clone());
        Self { severity: Severity::Fit, check, about, expected, found, risk: None, remedy: None }
    }

    pub(super) fn new(severity: Severity, check: &'static str, about: &str) -> Self {
        let about = about.to_owned();
        Self { severity, check, about, expected: String::new(), found: String::new(), risk: None, remedy: None }
    }

    pub(super) fn unseen(check: &'static str, about: &str, why: &str) -> Self {
        Self { found: why.to_owned(), ..Self::new(Severity::Unseen, check, about) }
    }

    pub(super) fn expected(self, expected: impl Into<String>) -> Self {
        Self { expected: expected.into(), ..self }
    }

    pub(super) fn found(self, found: impl Into<String>) -> Self {
        Self { found: found.into(), ..self }
    }

    pub(super) fn risk(self, risk: impl Into<String>) -> Self {
        Self { risk: Some(risk.into()), ..self }
    }

    pub(super) fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }
}

/// All findings about one broker, the worst first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checkup {
    /// Nothing is broken and nothing at risk, as far as could be seen.
    pub fit: bool,
    /// Where, for people.
    pub broker: String,
    /// What the broker says it is.
    #[serde(flatten)]
    pub server: Server,
    /// Whether the management API was asked, too.
    pub management: bool,
    /// At least one for everything looked at.
    pub findings: Vec<Diagnosis>,
}

impl Checkup {
    pub(super) fn new(broker: String, server: Server, management: bool, mut findings: Vec<Diagnosis>) -> Self {
        findings.sort_by_key(|finding| finding.severity);
        let fit = findings.iter().all(|finding| finding.severity > Severity::Risk);
        Self { fit, broker, server, management, findings }
    }

    /// How many findings are as bad as this.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// Columns of the words of a finding.
const WIDTH: usize = 96;

/// Where they begin.
const INDENT: usize = 18;

/// A head, then a block each finding; what is fit, or unseen without more to say, has one line.
impl std::fmt::Display for Checkup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let through = if self.management { "AMQP and the management API" } else { "AMQP alone" };
        writeln!(f, "{} ({}), seen through {through}", self.broker, self.server)?;
        let counts = Severity::ALL.map(|severity| format!("{} {}", self.count(severity), severity.as_str()));
        write!(f, "{}", counts.join(", "))?;
        for finding in &self.findings {
            write!(f, "\n{finding}")?;
        }
        Ok(())
    }
}

impl std::fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { severity, check, about, expected, found, .. } = self;
        if *severity == Severity::Fit {
            return write!(f, "fit     {about}: {check}: {found}");
        }
        if *severity == Severity::Unseen && expected.is_empty() && self.remedy.is_none() {
            return write!(f, "unseen  {about}: {check}: {found}");
        }
        write!(f, "\n{:<8}{about}: {check}", severity.as_str())?;
        let line = |f: &mut std::fmt::Formatter<'_>, name: &str, words: &str| {
            let lines = wrapped(words);
            write!(f, "\n        {name:<10}{}", lines.join(&format!("\n{:INDENT$}", "")))
        };
        if !expected.is_empty() {
            line(f, "expected", expected)?;
        }
        line(f, if *severity == Severity::Unseen { "why" } else { "found" }, found)?;
        self.risk.iter().try_for_each(|risk| line(f, "risk", risk))?;
        self.remedy.iter().try_for_each(|remedy| line(f, "do", remedy))
    }
}

/// Broken at blanks; what is in backticks stays in one piece, to be copied.
fn wrapped(words: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut quoted = false;
    for word in words.split(' ') {
        if let Some(line) = lines.last_mut() {
            let long = line.chars().count() + 1 + word.chars().count() > WIDTH;
            if line.is_empty() {
                line.push_str(word);
            } else if long && !quoted {
                lines.push(word.to_owned());
            } else {
                line.push(' ');
                line.push_str(word);
            }
        }
        quoted ^= word.matches('`').count() % 2 == 1;
    }
    lines
}
