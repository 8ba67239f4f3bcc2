//! `makegood policy show`: the decision table, readable.

use std::path::PathBuf;

use anyhow::{Context, bail};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{dlq, place, policy};
use crate::cli::{Exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::policy::{Policy, PolicyVersion};
use crate::worker::policies::VersionShown;

/// Options of `makegood policy show`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// A policy of this file, instead of the one in force.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The version in force at this time, as 2026-11-03T10:00:00Z; without it, now.
    #[arg(long, value_name = "TIME", value_parser = moment, conflicts_with = "version")]
    at: Option<OffsetDateTime>,
    /// The version of this id.
    #[arg(long, value_name = "ID")]
    version: Option<String>,
    /// Prints JSON: versions, and the one that is shown with settings, reasons and rules.
    #[arg(long)]
    json: bool,
}

pub(super) fn moment(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339).map_err(|_| "a time is expected, as 2026-11-03T10:00:00Z".to_owned())
}

/// Shows it.
pub(super) fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let policy = policy(options.file.as_deref(), config)?;
    let now = SystemClock.now();
    let version = chosen(&policy, options, now)?;
    let shown = VersionShown::of(version);
    let in_force = policy.at(now).map(PolicyVersion::id);
    let place = options.file.as_ref().map_or_else(|| place(config), |file| file.display().to_string());
    if options.json {
        let versions: Vec<_> = policy
            .versions()
            .iter()
            .map(|one| {
                let in_force = in_force == Some(one.id());
                json!({ "id": one.id(), "valid_from": one.valid_from().format(&Rfc3339).ok(), "in_force": in_force })
            })
            .collect();
        dlq::json(&json!({ "file": place, "versions": versions, "version": shown }))?;
        return Ok(Exit::Done);
    }
    output::say(head(&policy, &place, in_force, &shown))?;
    output::say(rules(&shown))?;
    Ok(Exit::Done)
}

fn chosen<'p>(policy: &'p Policy, options: &Options, now: OffsetDateTime) -> anyhow::Result<&'p PolicyVersion> {
    if let Some(id) = &options.version {
        let found = policy.versions().iter().find(|version| version.id() == id);
        let known: Vec<_> = policy.versions().iter().map(PolicyVersion::id).collect();
        return found.with_context(|| format!("there is no version {id}; there are {}", known.join(", ")));
    }
    let at = options.at.unwrap_or(now);
    match policy.at(at) {
        Some(version) => Ok(version),
        None => bail!("no version is in force at {}: the first begins later", dlq::moment(at)),
    }
}

fn head(policy: &Policy, place: &str, in_force: Option<&str>, shown: &VersionShown) -> String {
    let mut lines = vec![format!("policy {place}")];
    for version in policy.versions() {
        let mark = match (in_force == Some(version.id()), version.id() == shown.id) {
            (true, true) => ", in force, shown below",
            (true, false) => ", in force",
            (false, true) => ", shown below",
            (false, false) => "",
        };
        lines.push(format!("  version {} from {}{mark}", version.id(), dlq::moment(version.valid_from())));
    }
    lines.push("settings".to_owned());
    lines.extend(shown.settings.iter().map(|(key, value)| format!("  {key:<30} {value}")));
    lines.push("reasons by cause".to_owned());
    for (event, causes) in &shown.reasons {
        lines.extend(causes.iter().map(|(cause, reason)| format!("  {event:<20} {cause:<22} {reason}")));
    }
    lines.push("rules, the first that matches decides".to_owned());
    lines.join("\n")
}

fn rules(shown: &VersionShown) -> String {
    let mut table = output::table(&["rule", "when", "credit", "reason", "told"]);
    for rule in &shown.rules {
        let credit = rule.ground.map_or_else(|| rule.credit.to_owned(), |ground| format!("{} ({ground})", rule.credit));
        table.add_row([
            rule.id.clone(),
            rule.conditions_line(),
            credit,
            rule.reason.unwrap_or("by cause").to_owned(),
            if rule.notice { "yes" } else { "no" }.to_owned(),
        ]);
    }
    table.to_string()
}
