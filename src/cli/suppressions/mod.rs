//! `makegood suppressions`: addresses that no mail goes to; looked at, added, released; every act on record.

mod addresses;
mod change;
mod list;

use super::dlq;
use crate::cli::Exit;
use crate::config::Config;

/// Options of `makegood suppressions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Entries are named by their number: no address need stand on a command line, in a shell's history or in a log.
What puts addresses there by itself, and when it ends: docs/mail.md.")]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Lists addresses that no mail goes to, newest first.
    List(list::Options),
    /// Suppresses addresses from a file or stdin.
    Add(change::AddOptions),
    /// Takes entries off the list: mail may go there again.
    Release(change::ReleaseOptions),
}

/// Runs one of them. `operators`: names the environment has for whoever acts, the best first.
pub(super) async fn run(options: &Options, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    match &options.verb {
        Verb::List(options) => list::run(options, config).await,
        Verb::Add(options) => change::add(options, config, operators).await,
        Verb::Release(options) => change::release(options, config, operators).await,
    }
}
