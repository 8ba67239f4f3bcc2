//! `makegood policy check`: everything that is wrong with a policy, and what it would change.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{dlq, place, read};
use crate::app;
use crate::cli::{Exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::policy::Finding;
use crate::worker::policies::{Change, VersionChanges, changes};

/// Options of `makegood policy check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit code 78: something is wrong, or a reload would refuse it in the place of the one in force.
It is read and compared; what it would have done: makegood policy diff.")]
pub(super) struct Options {
    /// A policy that is to take the place of the one in force; without it, the one in force itself.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Prints JSON: {"findings": […], "changes": […]}.
    #[arg(long)]
    json: bool,
}

/// Checks it.
pub(super) fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let (findings, changed) = match &options.file {
        None => match &config.policy.file {
            None => (Vec::new(), Vec::new()),
            Some(file) => (read(file).err().unwrap_or_default(), Vec::new()),
        },
        Some(file) => match read(file) {
            Err(findings) => (findings, Vec::new()),
            Ok(new) => {
                let old = app::policy(config)?;
                (new.succeeds(&old, SystemClock.now()), changes(&old, &new))
            }
        },
    };
    let place = options.file.as_ref().map_or_else(|| place(config), |file| file.display().to_string());
    if options.json {
        let findings: Vec<Value> = findings.iter().map(finding_json).collect();
        dlq::json(&json!({ "file": place, "findings": findings, "changes": changed }))?;
    } else {
        for version in &changed {
            output::say(words(version))?;
        }
        if options.file.is_some() && changed.is_empty() && findings.is_empty() {
            output::talk("it is the same as the one in force");
        }
        for finding in &findings {
            output::talk(format!("{place}: {finding}"));
        }
        output::talk(if findings.is_empty() { "the policy is fit".to_owned() } else { count(findings.len()) });
    }
    Ok(if findings.is_empty() { Exit::Done } else { Exit::Config })
}

fn count(number: usize) -> String {
    if number == 1 { "1 finding".to_owned() } else { format!("{number} findings") }
}

fn finding_json(finding: &Finding) -> Value {
    json!({ "version": finding.version, "rule": finding.rule, "message": finding.message })
}

fn words(version: &VersionChanges) -> String {
    let head = match (&version.against, version.removed) {
        (_, true) => return format!("version {}: is gone", version.version),
        (Some(against), _) if *against == version.version => format!("version {} changes:", version.version),
        (Some(against), _) => format!("version {}, new; against version {against}:", version.version),
        (None, _) => format!("version {}, new; there is none before it:", version.version),
    };
    let lines = version.changes.iter().map(line);
    std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n")
}

fn line(change: &Change) -> String {
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => format!("  ~ {}: {before} -> {after}", change.what),
        (None, Some(after)) => format!("  + {}: {after}", change.what),
        (Some(before), None) => format!("  - {}: {before}", change.what),
        (None, None) => format!("    {}", change.what),
    }
}
