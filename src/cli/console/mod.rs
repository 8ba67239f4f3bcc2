//! `makegood console`: who may into the operator console.

mod password;
mod tokens;
mod users;

use crate::cli::Exit;
use crate::config::Config;

/// Options of `makegood console`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Local users, in the file of console.users_file.
    Users(users::Options),
    /// Tokens of programs, in the file of console.tokens_file.
    Tokens(tokens::Options),
}

/// Runs one of them.
pub(super) fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    match &options.verb {
        Verb::Users(options) => users::run(options, config),
        Verb::Tokens(options) => tokens::run(options, config),
    }
}
