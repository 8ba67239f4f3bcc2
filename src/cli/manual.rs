//! `makegood completions`, `makegood man`: what a shell and a reader of manual pages need, from the command line.

use std::path::PathBuf;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Exit, output};

/// Options of `makegood completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  makegood completions bash > /etc/bash_completion.d/makegood
  makegood completions zsh > ~/.zfunc/_makegood
  makegood completions fish > ~/.config/fish/completions/makegood.fish")]
pub(super) struct Completions {
    /// Which shell.
    shell: Shell,
}

/// Options of `makegood man`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  makegood man | man -l -
  makegood man --into /usr/local/share/man/man1")]
pub(super) struct Man {
    /// Writes a page for each command into this folder; else the page of `makegood` is printed.
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
}

/// Prints the script.
pub(super) fn completions(options: &Completions) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Cli::command(), "makegood", &mut script);
    output::raw(&script)?;
    Ok(Exit::Done)
}

/// Prints the page, or writes all of them.
pub(super) fn man(options: &Man) -> anyhow::Result<Exit> {
    let Some(folder) = &options.into else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page)?;
        output::raw(&page)?;
        return Ok(Exit::Done);
    };
    let cannot = || format!("cannot write manual pages into {}", folder.display());
    std::fs::create_dir_all(folder).with_context(cannot)?;
    clap_mangen::generate_to(Cli::command(), folder).with_context(cannot)?;
    Ok(Exit::Done)
}
