//! `makegood policy test`: cases, and what a policy makes of them.

use std::path::PathBuf;

use anyhow::{Context, bail};
use serde_json::json;

use super::{dlq, policy};
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::worker::policies::{BUILT_IN_CASES, Cases, Tried};

/// Options of `makegood policy test`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without FILE it plays the cases of the built-in table (config/policy-cases.toml, which says how to write your own).
The newest version decides, as if it had always been in force. Exit code 3: a case is decided otherwise.")]
pub(super) struct Options {
    /// Files of cases (TOML).
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A policy of this file, instead of the one in force.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The version of this id, instead of the newest.
    #[arg(long, value_name = "ID")]
    version: Option<String>,
    /// Prints JSON: each step with what was expected and what was decided.
    #[arg(long)]
    json: bool,
}

/// Plays them.
pub(super) fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let policy = policy(options.policy.as_deref(), config)?;
    let Some(pinned) = policy.pinned(options.version.as_deref()) else {
        bail!("there is no version {}", options.version.as_deref().unwrap_or_default());
    };
    let mut tried = Vec::new();
    if options.files.is_empty() {
        tried.extend(Cases::parse(BUILT_IN_CASES)?.run(&pinned)?);
    }
    for file in &options.files {
        let place = || file.display().to_string();
        let text = std::fs::read_to_string(file).with_context(place)?;
        tried.extend(Cases::parse(&text).and_then(|cases| cases.run(&pinned)).with_context(place)?);
    }
    let differ: Vec<&Tried> = tried.iter().filter(|step| !step.agrees).collect();
    if options.json {
        dlq::json(&json!({ "steps": tried, "differ": differ.len() }))?;
    } else {
        if !differ.is_empty() {
            let mut table = output::table(&["case", "step", "expected", "decided"]);
            for step in &differ {
                table.add_row([
                    dlq::plain(&step.case),
                    step.step.to_string(),
                    dlq::plain(&step.expected),
                    dlq::plain(&step.got),
                ]);
            }
            output::say(table.to_string())?;
        }
        output::talk(format!("{} of {} are decided otherwise", differ.len(), dlq::count(tried.len() as u64, "step")));
    }
    Ok(if differ.is_empty() { Exit::Done } else { Exit::Partly })
}
