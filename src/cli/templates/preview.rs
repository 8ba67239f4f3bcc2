//! `makegood templates preview`: one letter on the terminal, or the gallery of all of them.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, bail};
use serde_json::json;

use super::{gallery, serve};
use crate::app;
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::mail::{LetterContext, Letters, Rendered};

/// What says how one letter is shown, and means nothing for all of them.
const ONE_LETTER: [&str; 5] = ["letter", "part", "context", "locale", "late"];

/// Options of `makegood templates preview`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The gallery shows every letter in every language, light and dark, on a phone and on a desktop, and \
made-up notices of every\nshape: late ones, several proposals, long and hostile titles. Open its index.html; \
nothing in it is fetched from anywhere.
--serve shows the same in a browser and renders anew when a file below mail.templates_dir changes; Ctrl-C ends it.")]
pub(super) struct Options {
    /// The letter, as `makegood templates list` names it.
    #[arg(required_unless_present_any = ["gallery", "serve"])]
    letter: Option<String>,
    /// Which part: subject, text (with the subject above it) or html.
    #[arg(long, value_enum, default_value = "text", hide_possible_values = true)]
    part: Part,
    /// A context (JSON) instead of the letter's sample.
    #[arg(long, value_name = "FILE")]
    context: Option<PathBuf>,
    /// For a reader of this language; where there is no letter in it, the one they would get.
    #[arg(long, value_name = "TAG")]
    locale: Option<String>,
    /// As it reads when it comes too late to be news.
    #[arg(long)]
    late: bool,
    /// Prints all parts as JSON; with --gallery, what was written.
    #[arg(long, conflicts_with_all = ["part", "serve"])]
    json: bool,
    /// Writes the gallery of all letters into this folder; files of an earlier gallery there are replaced.
    #[arg(long, value_name = "FOLDER", conflicts_with = "serve", conflicts_with_all = ONE_LETTER)]
    gallery: Option<PathBuf>,
    /// Serves the gallery on this address of the loopback (port 0: any) until it is interrupted.
    #[arg(long, value_name = "ADDRESS", value_parser = serve::loopback, num_args = 0..=1, require_equals = true,
        default_missing_value = serve::ADDRESS, conflicts_with_all = ONE_LETTER)]
    serve: Option<SocketAddr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Subject,
    Text,
    Html,
}

/// Shows what was asked for.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    match (options.serve, &options.gallery, &options.letter) {
        (Some(address), _, _) => serve::run(address, config).await,
        (_, Some(folder), _) => gallery::run(folder, options.json, config),
        (_, _, Some(letter)) => letter_of(letter, options, config),
        (None, None, None) => bail!("a letter, --gallery or --serve is needed"),
    }
}

fn letter_of(letter: &str, options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let rendered = render(config, letter, options)?;
    match options.part {
        _ if options.json => {
            output::json(&json!({ "subject": rendered.subject, "text": rendered.text, "html": rendered.html }))?;
        }
        Part::Subject => output::say(&rendered.subject)?,
        Part::Text => output::say(format!("Subject: {}\n\n{}", rendered.subject, rendered.text.trim_end()))?,
        Part::Html => output::say(rendered.html.trim_end())?,
    }
    Ok(Exit::Done)
}

fn render(config: &Config, letter: &str, options: &Options) -> anyhow::Result<Rendered> {
    let letters = app::letters(config)?;
    let Some(sample) = letters.sample(letter) else {
        let names: Vec<_> = Letters::names().collect();
        bail!("no letter is called {letter}; there are: {}", names.join(", "));
    };
    let mut context: LetterContext = match &options.context {
        None => sample.clone(),
        Some(file) => {
            let text = std::fs::read(file).with_context(|| format!("cannot open {}", file.display()))?;
            serde_json::from_slice(&text).with_context(|| format!("{} is no context of a letter", file.display()))?
        }
    };
    context.locale = options.locale.clone().or(context.locale);
    context.about.late |= options.late;
    Ok(letters.render(&context)?)
}
