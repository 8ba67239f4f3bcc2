//! `makegood policy`: the table that decides, shown, checked, tried on cases and on what has happened.

mod check;
mod diff;
mod show;
mod test;

use std::path::Path;

use super::{Exit, dlq};
use crate::app;
use crate::config::Config;
use crate::policy::{Finding, Policy};

/// Options of `makegood policy`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
How to change a policy, step by step: docs/policy.md.")]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Shows a version: settings, reasons, rules in the order in which they are asked.
    Show(show::Options),
    /// Says what is wrong with a policy, all of it at once, and what it changes.
    Check(check::Options),
    /// Plays cases against a policy, and names those that are decided otherwise.
    Test(test::Options),
    /// Judges past events by a changed policy, and says what would differ; writes nothing.
    Diff(Box<diff::Options>),
}

/// Runs one of them.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    match &options.verb {
        Verb::Show(options) => show::run(options, config),
        Verb::Check(options) => check::run(options, config),
        Verb::Test(options) => test::run(options, config),
        Verb::Diff(options) => diff::run(options, config).await,
    }
}

/// Where the policy in force comes from.
fn place(config: &Config) -> String {
    config.policy.file.as_ref().map_or_else(|| "compiled in".to_owned(), |file| file.display().to_string())
}

/// The policy of a file, or everything that is wrong with it.
fn read(file: &Path) -> Result<Policy, Vec<Finding>> {
    let whole = |message: String| vec![Finding { version: None, rule: None, message }];
    let text = std::fs::read_to_string(file).map_err(|error| whole(format!("the file cannot be read: {error}")))?;
    Policy::parse(&text).map_err(|error| error.findings().to_vec())
}

/// The policy of a file, or the one in force.
fn policy(file: Option<&Path>, config: &Config) -> anyhow::Result<Policy> {
    let Some(file) = file else { return Ok(app::policy(config)?) };
    Ok(read(file).map_err(|findings| unfit(file, config, &findings))?)
}

/// What is wrong with a file, as an error that ends with the code of a wrong configuration.
fn unfit(file: &Path, config: &Config, findings: &[Finding]) -> crate::config::ConfigError {
    let told = findings.iter().map(|finding| config.finding("policy.file", format!("{}: {finding}", file.display())));
    crate::config::ConfigError { findings: told.collect() }
}
