//! `makegood console tokens`.

use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::json;

use super::users::{known, name, put};
use crate::admin::console::Role;
use crate::admin::console::records::Records;
use crate::admin::console::tokens::Token;
use crate::cli::{Exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;

/// Longest life of a token: a year, in days.
const DAYS_MAX: u64 = 366;

/// Options of `makegood console tokens`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A program gives its token as `Authorization: Bearer TOKEN`, and reads the JSON twin of each page below /api.
The token is printed once; the file holds only its hash. A running daemon takes a change at once.")]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Makes a token and prints it.
    Add(AddOptions),
    /// Takes a token back.
    Revoke(RevokeOptions),
    /// Lists tokens: whose, what they may, until when.
    List(ListOptions),
}

#[derive(Debug, clap::Args)]
struct AddOptions {
    /// Whose: the operators' log names whoever uses it so.
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    /// What it may: viewer, support, operator or admin.
    #[arg(long, value_name = "ROLE")]
    role: Role,
    /// For how long, in whole days, as 90d; a year at most.
    #[arg(long, value_name = "DURATION", default_value = "90d", value_parser = days)]
    expires_in: u64,
    /// Says what would be done, and does nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
struct RevokeOptions {
    /// Whose.
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    /// Says what would be done, and does nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
struct ListOptions {
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

fn days(text: &str) -> Result<u64, String> {
    let given = humantime::parse_duration(text).map_err(|_| "a duration is expected, as 90d".to_owned())?;
    let days = given.as_secs() / 86_400;
    if (1..=DAYS_MAX).contains(&days) && given == Duration::from_secs(days * 86_400) {
        return Ok(days);
    }
    Err(format!("whole days are expected, 1d to {DAYS_MAX}d"))
}

/// Runs one of them.
pub(super) fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let path = config.console.tokens_file.as_deref();
    let path = path.context("no file is named for tokens: set console.tokens_file first")?;
    let tokens = known::<Token>(path)?;
    let today = SystemClock.now().date();
    match &options.verb {
        Verb::Add(options) => {
            if tokens.contains_key(&options.name) {
                bail!("there is a token of {0} already: makegood console tokens revoke {0}", options.name);
            }
            let ends = today + Duration::from_secs(options.expires_in * 86_400);
            let (token, secret) = Token::issue(options.role, ends);
            let done = format!("token of {} as {}, until {ends}", options.name, options.role);
            put(path, &options.name, Some(&token.fields()), options.dry_run, &done)?;
            if !options.dry_run {
                output::say(secret)?;
            }
            Ok(Exit::Done)
        }
        Verb::Revoke(options) => {
            if !tokens.contains_key(&options.name) {
                bail!("there is no token of {} in {}", options.name, path.display());
            }
            put(path, &options.name, None, options.dry_run, &format!("token of {} revoked", options.name))
        }
        Verb::List(options) => list(&tokens, today, options.json),
    }
}

fn list(tokens: &Records<Token>, today: time::Date, json: bool) -> anyhow::Result<Exit> {
    if json {
        output::json(&tokens.iter().map(|(name, token)| token_json(name, token, today)).collect::<Vec<_>>())?;
    } else if tokens.is_empty() {
        output::talk("no token yet: makegood console tokens add NAME --role ROLE");
    } else {
        let mut table = output::table(&["token of", "role", "until"]);
        for (name, token) in tokens {
            let over = if token.ends <= today { " (over)" } else { "" };
            table.add_row([name.clone(), token.role.to_string(), format!("{}{over}", token.ends)]);
        }
        output::say(table.to_string())?;
    }
    Ok(Exit::Done)
}

fn token_json(name: &str, token: &Token, today: time::Date) -> serde_json::Value {
    let ends = token.ends.to_string();
    json!({"name": name, "role": token.role, "ends": ends, "expired": token.ends <= today})
}
