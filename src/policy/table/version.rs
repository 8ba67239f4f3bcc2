//! One version of the table: its settings, its reasons, its rules.

use std::collections::BTreeMap;

use time::OffsetDateTime;
use toml::Table;

use super::read::Reader;
use super::{Finding, Rule, Settings};
use crate::event::EventType;
use crate::policy::outcome::Reason;

/// Most versions of a table: one a month for eight years.
const VERSIONS_MAX: usize = 100;
/// Most rules of a version: ten times what the built-in one has. Bounds the check of every case against every rule.
const RULES_MAX: usize = 400;

/// One version of the table, in force from a moment until the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersion {
    id: String,
    valid_from: OffsetDateTime,
    settings: Settings,
    reasons: BTreeMap<(EventType, &'static str), Reason>,
    rules: Vec<Rule>,
    /// It could be read without a finding: only then is it worth asking whether it answers every case.
    pub(super) sound: bool,
}

impl PolicyVersion {
    /// Its name, kept with every decision made by it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// From when on it is in force.
    pub fn valid_from(&self) -> OffsetDateTime {
        self.valid_from
    }

    /// The same, in force since before anything that an event can tell.
    pub(super) fn timeless(&self) -> PolicyVersion {
        PolicyVersion { valid_from: OffsetDateTime::UNIX_EPOCH, ..self.clone() }
    }

    /// Its settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Its rules, in the order in which they are asked.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The reason code of an event's cause, where no rule names another. `None` for a cause the event does not have.
    pub fn reason(&self, event: EventType, cause: &str) -> Option<Reason> {
        self.reasons.iter().find(|((e, c), _)| *e == event && *c == cause).map(|(_, reason)| *reason)
    }
}

/// Reads every version, with what is wrong in them. A version whose start cannot be read is left out.
pub(super) fn read_all(text: &str) -> (Vec<PolicyVersion>, Vec<Finding>) {
    let mut findings = Vec::new();
    let table = match text.parse::<Table>() {
        Ok(table) => table,
        Err(error) => {
            let line = error.span().map_or(1, |span| 1 + text.bytes().take(span.start).filter(|b| *b == b'\n').count());
            let message = format!("line {line} is no TOML: {}", error.message());
            return (Vec::new(), vec![Finding { version: None, rule: None, message }]);
        }
    };
    let mut reader = Reader::new(table, None, None, "", &mut findings);
    let tables = reader.tables("version");
    if !(1..=VERSIONS_MAX).contains(&tables.len()) {
        reader.find(format!("a table has 1 to {VERSIONS_MAX} [[version]], this one has {}", tables.len()));
    }
    reader.finish();
    let numbered = tables.into_iter().take(VERSIONS_MAX).enumerate();
    let versions = numbered.filter_map(|(index, table)| read(index, table, &mut findings)).collect();
    (versions, findings)
}

/// `"id"`, or `#2` where there is none.
fn label(table: &Table, index: usize) -> String {
    table.get("id").and_then(toml::Value::as_str).map_or_else(|| format!("#{}", index + 1), |id| format!("{id:?}"))
}

fn read(index: usize, table: Table, findings: &mut Vec<Finding>) -> Option<PolicyVersion> {
    let before = findings.len();
    let label_of_version = label(&table, index);
    let name = Some(label_of_version.as_str());
    let mut reader = Reader::new(table, name, None, "", findings);
    let id = reader.required("id", Reader::name);
    let valid_from = reader.required("valid_from", Reader::moment);
    let settings = reader.table("settings").unwrap_or_default();
    let reasons = reader.required("reasons", Reader::table).unwrap_or_default();
    let rules = reader.tables("rule");
    if !(1..=RULES_MAX).contains(&rules.len()) {
        reader.find(format!("a version has 1 to {RULES_MAX} [[version.rule]], this one has {}", rules.len()));
    }
    reader.finish();

    let settings = Settings::read(Reader::new(settings, name, None, "settings: ", findings));
    let reasons = read_reasons(reasons, name, findings);
    let mut read = Vec::new();
    for (index, table) in rules.into_iter().take(RULES_MAX).enumerate() {
        let rule = label(&table, index);
        read.extend(Rule::read(Reader::new(table, name, Some(&rule), "", findings), &settings));
    }
    let sound = findings.len() == before;
    Some(PolicyVersion { id: id?, valid_from: valid_from?, settings, reasons, rules: read, sound })
}

fn read_reasons(
    table: Table, version: Option<&str>, findings: &mut Vec<Finding>,
) -> BTreeMap<(EventType, &'static str), Reason> {
    let mut reasons = BTreeMap::new();
    let mut reader = Reader::new(table, version, None, "reasons: ", findings);
    let tables =
        EventType::ALL.map(|event| (event, reader.required(event.as_str(), Reader::table).unwrap_or_default()));
    reader.finish();
    for (event, table) in tables {
        let part = match event {
            EventType::JobCanceled => "reasons.job-canceled: ",
            EventType::PostRemoved => "reasons.post-removed: ",
            EventType::ClientSuspended => "reasons.client-suspended: ",
            EventType::JobExpired => "reasons.job-expired: ",
            EventType::ProposalDeclined => "reasons.proposal-declined: ",
            EventType::InvitationWithdrawn => "reasons.invitation-withdrawn: ",
            EventType::ApplicationDeclined => "reasons.application-declined: ",
            EventType::ApplicationReceived => "reasons.application-received: ",
        };
        let mut reader = Reader::new(table, version, None, part, findings);
        for cause in event.causes() {
            let reason = reader.required(cause, |r, key| r.word(key, Reason::ALL, Reason::as_str));
            reasons.extend(reason.map(|reason| ((event, cause), reason)));
        }
        reader.finish();
    }
    reasons
}
