//! `makegood config`: what is in force, and what is wrong.

use serde_json::json;

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
        /// Prints JSON: {"KEY": {"value": …, "layer": …}, …}.
        #[arg(long)]
        json: bool,
    },
    /// Says what is wrong, all of it at once; exit code 78 if anything is.
    ///
    /// Checks values, policy and templates. Keys of an older file that are gone, renamed, or stand at what was the
    /// default once are told, with what to do. Asks neither the broker nor the database nor the mail server.
    Check {
        /// Prints JSON: {"findings": [{"key": …, "layer": …, "message": …}, …], "notes": […]}.
        #[arg(long)]
        json: bool,
    },
}

/// Needs neither broker nor database.
pub(super) fn run(options: &Options, sources: &Sources) -> anyhow::Result<Exit> {
    match options.verb {
        Verb::Show { json: true } => output::json(&Config::load(sources)?.show_json())?,
        Verb::Show { json: false } => output::say(Config::load(sources)?.show().trim_end())?,
        Verb::Check { json: true } => {
            let findings = app::check(sources).err().map(|error| error.findings).unwrap_or_default();
            output::json(&json!({ "findings": findings, "notes": Config::examine(sources).0.notes() }))?;
            return Ok(if findings.is_empty() { Exit::Done } else { Exit::Config });
        }
        Verb::Check { json: false } => {
            Config::examine(sources).0.notes().iter().for_each(|note| output::talk(format!("note: {note}")));
            app::check(sources)?;
            output::say("the configuration is fit")?;
        }
    }
    Ok(Exit::Done)
}
