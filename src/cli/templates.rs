//! `makegood templates`: which letters there are, whether they are fit, and how they read.

use std::path::PathBuf;

use anyhow::{Context, bail};

use crate::app;
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::mail::{LetterContext, Letters};

/// Options of `makegood templates`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Lists the letters.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Renders every letter over its sample and says what is wrong, all of it at once; exit code 3 if anything is.
    Check,
    /// Prints one letter as a reader would get it.
    Preview {
        /// The letter, as `makegood templates list` names it.
        letter: String,
        /// Which part.
        #[arg(long, value_enum, default_value = "text")]
        part: Part,
        /// A context (JSON) instead of the letter's sample.
        #[arg(long, value_name = "FILE")]
        context: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Only the subject.
    Subject,
    /// Subject and plain text.
    Text,
    /// The HTML part.
    Html,
}

/// Runs one of them; needs neither broker nor database.
pub(super) fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    match &options.verb {
        Verb::List { json } => {
            let names: Vec<_> = Letters::names().collect();
            if *json {
                output::json(&names)?
            } else {
                names.iter().try_for_each(output::say)?
            }
            Ok(Exit::Done)
        }
        Verb::Check => {
            let findings = Letters::check(config.mail.templates_dir.as_deref());
            findings.iter().try_for_each(|finding| output::say(finding.to_string()))?;
            if findings.is_empty() {
                output::say("the templates are fit")?;
            }
            Ok(if findings.is_empty() { Exit::Done } else { Exit::Partly })
        }
        Verb::Preview { letter, part, context } => {
            let letters = app::letters(config)?;
            let Some(sample) = letters.sample(letter) else {
                let names: Vec<_> = Letters::names().collect();
                bail!("no letter is called {letter}; there are: {}", names.join(", "));
            };
            let context: LetterContext = match context {
                None => sample.clone(),
                Some(file) => {
                    let text = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
                    serde_json::from_slice(&text).with_context(|| format!("{} is no context", file.display()))?
                }
            };
            let rendered = letters.render(&context)?;
            match part {
                Part::Subject => output::say(&rendered.subject)?,
                Part::Text => output::say(format!("Subject: {}\n\n{}", rendered.subject, rendered.text))?,
                Part::Html => output::say(&rendered.html)?,
            }
            Ok(Exit::Done)
        }
    }
}
