//! `makegood people`: the rights of those whom makegood tells. What is held about them is shown, and erased.

mod change;
mod show;

use super::{Exit, dlq};
use crate::config::Config;
use crate::event::PersonId;

/// Options of `makegood people`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What is kept, why and for how long: docs/privacy.md.
People are named by the marketplace's ids: no name and no address need stand on a command line.")]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Shows everything that is held about a person.
    Show(show::Options),
    /// Takes out what speaks of a person, at their request; the ledger keeps its entries.
    Erase(change::EraseOptions),
    /// Lets imports bring facts about an erased person again.
    Readmit(change::ReadmitOptions),
}

/// Runs one of them. `operators`: names the environment has for whoever acts, the best first.
pub(super) async fn run(options: &Options, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    match &options.verb {
        Verb::Show(options) => show::run(options, config).await,
        Verb::Erase(options) => change::erase(options, config, operators).await,
        Verb::Readmit(options) => change::readmit(options, config, operators).await,
    }
}

fn person(id: &str) -> Result<PersonId, String> {
    PersonId::parse(id.to_owned()).map_err(|error| error.to_string())
}
