//! The command line. Data goes to stdout, talk to stderr; `--json` where there is data.
//!
//! | exit code | meaning |
//! | --- | --- |
//! | 0 | done |
//! | 1 | failed; stderr says what and what to do |
//! | 2 | the command line is wrong |
//! | 3 | done in part, or a check found differences: see the output |
//! | 78 | the configuration is wrong (EX_CONFIG of sysexits.h) |

mod config;
mod demo;
mod health;
mod import;
mod lines;
mod migrate;
mod output;
mod process;
mod publish;
mod run;
mod templates;
mod topology;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app;
use crate::config::{Config, ConfigError, Sources};
use crate::telemetry::logs;

/// Returns the Connects a dead job cost, exactly once, and tells each freelancer why.
#[derive(Debug, Parser)]
#[command(name = "makegood", version, propagate_version = true, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong command line, 3 done in part or differences found, 78 wrong configuration."
)]
pub struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Args)]
struct Globals {
    /// Configuration file (TOML). What it leaves out stays as `makegood config show` says.
    #[arg(long, short, global = true, env = "MAKEGOOD_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Overrides one key, as in `--set broker.queue=makegood.events`. May be repeated.
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = key_value)]
    set: Vec<(String, String)>,
    /// What is logged: error, warn, info, debug, or a filter such as `makegood=debug,info`.
    #[arg(long, global = true, value_name = "LEVEL")]
    log: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the daemon: consumes events, credits balances, sends notices.
    Run(run::Options),
    /// Feeds events from a file or stdin (one CloudEvent a line) into the same pipeline, without a broker.
    Process(process::Options),
    /// Loads accounts, people, clients, jobs, proposals and ledger entries from NDJSON or CSV.
    Import(import::Options),
    /// Publishes events from a file to the exchange, with confirms.
    Publish(publish::Options),
    /// Brings the database to this version.
    Migrate(migrate::Options),
    /// Shows or checks the configuration.
    Config(config::Options),
    /// Shows, checks or declares exchanges and queues.
    Topology(topology::Options),
    /// Lists, checks or previews the notices.
    Templates(templates::Options),
    /// Asks a running daemon whether it is ready.
    Health(health::Options),
    /// Plays a small marketplace through, and tells what happened.
    Demo(demo::Options),
}

/// How a command ended, when it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    Done,
    /// Not ready, not found: the answer is no.
    No,
    /// Done in part, or differences were found.
    Partly,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::No => 1,
            Exit::Partly => 3,
        })
    }
}

/// EX_CONFIG of sysexits.h.
const EXIT_CONFIG: u8 = 78;

/// Parses the command line and runs the command.
pub fn main() -> ExitCode {
    crate::fault::failpoint::arm();
    let cli = Cli::parse();
    match execute(cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            output::complain(&error);
            if error.downcast_ref::<ConfigError>().is_some() { ExitCode::from(EXIT_CONFIG) } else { ExitCode::FAILURE }
        }
    }
}

fn execute(cli: Cli) -> anyhow::Result<Exit> {
    let globals = &cli.globals;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match cli.command {
        Command::Config(options) => config::run(&options, &sources(globals)),
        Command::Run(options) => runtime.block_on(run::run(&options, &prepare(globals, Talk::AsConfigured)?)),
        Command::Process(options) => runtime.block_on(process::run(&options, &prepare(globals, Talk::Little)?)),
        Command::Import(options) => runtime.block_on(import::run(&options, &prepare(globals, Talk::Little)?)),
        Command::Publish(options) => runtime.block_on(publish::run(&options, &prepare(globals, Talk::Little)?)),
        Command::Migrate(options) => runtime.block_on(migrate::run(&options, &prepare(globals, Talk::Little)?)),
        Command::Topology(options) => runtime.block_on(topology::run(&options, &prepare(globals, Talk::Little)?)),
        Command::Templates(options) => templates::run(&options, &prepare(globals, Talk::Little)?),
        Command::Health(options) => runtime.block_on(health::run(&options, &prepare(globals, Talk::Little)?)),
        Command::Demo(options) => runtime.block_on(demo::run(&options, sources(globals))),
    }
}

/// How much a command logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Talk {
    /// As `log.level` says.
    AsConfigured,
    /// Warnings, unless `--log` asks for more: a person is watching the output.
    Little,
}

/// Reads the configuration and starts the log.
fn prepare(globals: &Globals, talk: Talk) -> anyhow::Result<Config> {
    let config = Config::load(&sources(globals))?;
    let level = match (talk, &globals.log) {
        (Talk::Little, None) => "warn",
        _ => &config.log.level,
    };
    logs::init(app::log_format(&config), level)?;
    Ok(config)
}

/// Where the configuration comes from: the one place that reads the environment.
fn sources(globals: &Globals) -> Sources {
    let mut flags = globals.set.clone();
    if let Some(level) = &globals.log {
        flags.push(("log.level".to_owned(), level.clone()));
    }
    #[expect(clippy::disallowed_methods, reason = "the environment enters here and is handed down")]
    let (env, credentials) = (std::env::vars_os(), std::env::var_os("CREDENTIALS_DIRECTORY"));
    Sources {
        file: globals.config.clone(),
        env: Sources::environment(env),
        flags,
        credentials_dir: credentials.map(PathBuf::from),
    }
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("KEY=VALUE is expected, as in broker.queue=makegood.events")?;
    Ok((key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
