//! `makegood audit`: what should have happened beside what did; findings looked at, accepted, repaired.

mod change;
mod list;
mod run;
mod seals;

use crate::app::{self, Parts};
use crate::cli::Exit;
use crate::config::Config;
use crate::worker::audit::Audit;

/// Options of `makegood audit`.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Without a verb everything is audited, from the beginning to the end; a daemon does the same bit by
bit ([audit] in the configuration). Nothing is changed but the list of findings
and the seals over the ledger.
--repair audits what is open again and prints what it would do; with --yes and --reason it does it:
missing events go through the same intake as those of the queue. docs/audit.md tells each code.

Exit code 3: something that does not agree is open."
)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    run: run::WholeArgs,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Lists findings, newest first.
    List(list::Options),
    /// Shows one finding with all that is known about it.
    Show(list::ShowOptions),
    /// Shows the newest seals over the ledger, or compares one with its digest kept elsewhere.
    Seals(seals::Options),
    /// Says that findings are right as they are: they count no more while nothing changes.
    Accept(change::Options),
}

/// Runs one of them. `operators`: names the environment has for whoever acts, the best first.
pub(super) async fn run(options: &Options, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    match &options.verb {
        None => run::run(&options.run, config, operators).await,
        Some(Verb::List(options)) => list::run(options, config).await,
        Some(Verb::Show(options)) => list::show(options, config).await,
        Some(Verb::Seals(options)) => seals::run(options, config).await,
        Some(Verb::Accept(options)) => change::accept(options, config, operators).await,
    }
}

fn audit(parts: &Parts, config: &Config) -> Audit {
    app::audit(parts, config)
}
