//! `makegood templates`: which letters there are, whether they are fit, and how they read.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::json;

use crate::app;
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::mail::{LetterContext, Letters, Rendered};

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
    /// Prints one letter as a reader would get it.
    Preview {
        /// The letter, as `makegood templates list` names it.
        letter: String,
        /// Which part: subject, text (with the subject above it) or html.
        #[arg(long, value_enum, default_value = "text", hide_possible_values = true)]
        part: Part,
        /// A context (JSON) instead of the letter's sample.
        #[arg(long, value_name = "FILE")]
        context: Option<PathBuf>,
        /// As it reads when it comes too late to be news.
        #[arg(long)]
        late: bool,
        /// Prints all parts as JSON.
        #[arg(long, conflicts_with = "part")]
        json: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Subject,
    Text,
    Html,
}

/// Runs one of them; needs neither broker nor database.
pub(super) fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    match &options.verb {
        Verb::List { json } => {
            let names: Vec<_> = Letters::names().collect();
            if *json {
                output::json(&names)?;
            } else {
                names.iter().try_for_each(output::say)?;
            }
            Ok(Exit::Done)
        }
        Verb::Check { json } => {
            let findings = Letters::check(config.mail.templates_dir.as_deref());
            if *json {
                output::json(&json!({ "findings": findings }))?;
            } else if findings.is_empty() {
                output::say("the templates are fit")?;
            } else {
                findings.iter().try_for_each(|finding| output::say(finding.to_string()))?;
            }
            Ok(if findings.is_empty() { Exit::Done } else { Exit::Partly })
        }
        Verb::Preview { letter, part, context, late, json } => {
            let rendered = preview(config, letter, context.as_deref(), *late)?;
            match part {
                _ if *json => {
                    output::json(
                        &json!({ "subject": rendered.subject, "text": rendered.text, "html": rendered.html }),
                    )?;
                }
                Part::Subject => output::say(&rendered.subject)?,
                Part::Text => output::say(format!("Subject: {}\n\n{}", rendered.subject, rendered.text.trim_end()))?,
                Part::Html => output::say(rendered.html.trim_end())?,
            }
            Ok(Exit::Done)
        }
    }
}

fn preview(config: &Config, letter: &str, context: Option<&Path>, late: bool) -> anyhow::Result<Rendered> {
    let letters = app::letters(config)?;
    let Some(sample) = letters.sample(letter) else {
        let names: Vec<_> = Letters::names().collect();
        bail!("no letter is called {letter}; there are: {}", names.join(", "));
    };
    let mut context: LetterContext = match context {
        None => sample.clone(),
        Some(file) => {
            let text = std::fs::read(file).with_context(|| format!("cannot open {}", file.display()))?;
            serde_json::from_slice(&text).with_context(|| format!("{} is no context of a letter", file.display()))?
        }
    };
    context.about.late |= late;
    Ok(letters.render(&context)?)
}
