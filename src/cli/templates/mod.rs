//! `makegood templates`: which letters there are, whether they are fit, and how they look.

mod gallery;
mod preview;
mod serve;

use serde_json::json;

use crate::app;
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::mail::Letters;

/// Options of `makegood templates`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Lists the letters, or the languages they are written in.
    List {
        /// The languages instead.
        #[arg(long)]
        languages: bool,
        /// Prints a JSON list.
        #[arg(long)]
        json: bool,
    },
    /// Renders every letter in every variant and says what is wrong, all of it at once; exit code 3 if anything is.
    Check {
        /// Prints the findings as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Shows one letter as a reader would get it, or all of them in a gallery.
    Preview(preview::Options),
}

/// Runs one of them; needs neither broker nor database.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    match &options.verb {
        Verb::List { languages, json } => {
            let letters = if *languages { Some(app::letters(config)?) } else { None };
            let names: Vec<_> = match &letters {
                Some(letters) => letters.languages().collect(),
                None => Letters::names().collect(),
            };
            if *json {
                output::json(&names)?;
            } else {
                names.iter().try_for_each(output::say)?;
            }
            Ok(Exit::Done)
        }
        Verb::Check { json } => {
            let findings = Letters::check(&app::letters_options(config));
            if *json {
                output::json(&json!({ "findings": findings }))?;
            } else if findings.is_empty() {
                output::say("the templates are fit")?;
            } else {
                findings.iter().try_for_each(|finding| output::say(finding.to_string()))?;
            }
            Ok(if findings.is_empty() { Exit::Done } else { Exit::Partly })
        }
        Verb::Preview(options) => preview::run(options, config).await,
    }
}
