//! `makegood notices`: the letters looked at, kept back, let go, sent again; every act on record.

mod change;
mod list;
mod select;
mod show;

use crate::cli::Exit;
use crate::config::Config;
use crate::store::NoticeAct;

/// Options of `makegood notices`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Start with `makegood notices list --counts`: how many there are of each state, event type and code.
Everything that changes something needs --reason and is a row of `makegood dlq log`.")]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Lists notices, newest first, or counts them.
    List(list::Options),
    /// Shows one notice: its facts, every attempt, its letter, and what to type next.
    Show(show::Options),
    /// Keeps back what was not sent yet.
    Hold(change::Options),
    /// Lets go what an operator or the policy keeps back.
    Release(change::Options),
    /// Has notices sent once more.
    Resend(change::Options),
}

/// Runs one of them. `operators`: names the environment has for whoever acts, the best first.
pub(super) async fn run(options: &Options, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    match &options.verb {
        Verb::List(options) => list::run(options, config).await,
        Verb::Show(options) => show::run(options, config).await,
        Verb::Hold(options) => change::run(NoticeAct::Hold, options, config, operators).await,
        Verb::Release(options) => change::run(NoticeAct::Release, options, config, operators).await,
        Verb::Resend(options) => change::run(NoticeAct::Resend, options, config, operators).await,
    }
}
