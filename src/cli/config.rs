//! `makegood config`: what is in force, and what is wrong.

use crate::app;
use crate::cli::{Exit, output};
use crate::config::{Config, Sources};

/// Options of `makegood config`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Prints every key with its value and the layer it comes from; secrets are masked.
    Show {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Says what is wrong, all of it at once; exit code 78 if anything is.
    Check,
}

/// Needs neither broker nor database.
pub(super) fn run(options: &Options, sources: &Sources) -> anyhow::Result<Exit> {
    let config = Config::load(sources)?;
    match options.verb {
        Verb::Show { json: true } => output::json(&config.show_json())?,
        Verb::Show { json: false } => output::say(config.show())?,
        Verb::Check => {
            app::check(&config)?;
            output::say("the configuration is fit")?;
        }
    }
    Ok(Exit::Done)
}
