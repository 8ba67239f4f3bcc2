//! The command line. Data goes to stdout, talk to stderr; `--json` where there is data.
//!
//! | exit code | meaning |
//! | --- | --- |
//! | 0 | done |
//! | 1 | failed, and stderr says what and what to do; or the answer is no (`health`) |
//! | 2 | the command line is wrong |
//! | 3 | done in part, or a check found differences: see the output |
//! | 75 | not now: the database is away, try again (`bounces ingest`; `EX_TEMPFAIL` of sysexits.h) |
//! | 78 | the configuration, policy or templates are wrong (`EX_CONFIG` of sysexits.h) |
//!
//! Who reads stdout may stop reading: the command goes on to its end, and its exit code says how that was.

mod ask;
mod audit;
mod bounces;
mod config;
mod console;
mod demo;
mod dlq;
mod events;
mod explain;
mod health;
mod history;
mod import;
mod lines;
mod manual;
mod migrate;
mod notices;
mod output;
mod people;
mod policy;
mod process;
mod publish;
mod reload;
mod run;
mod schema;
mod suppressions;
mod templates;
mod topology;
mod when;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};

use crate::app;
use crate::config::{Config, ConfigError, Sources};
use crate::telemetry::logs;

const AFTER_HELP: &str = "\
Try `makegood demo` first: it needs nothing and shows what makegood does.

Exit codes:
  0   done
  1   failed (stderr says why), or the answer is no (health)
  2   the command line is wrong
  3   done in part, or a check found differences
  75  not now: the database is away (bounces ingest)
  78  the configuration is wrong";

/// Returns the Connects a dead job cost, exactly once, and tells each freelancer why.
#[derive(Debug, Parser)]
#[command(name = "makegood", version, arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = AFTER_HELP)]
pub struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Options of every command")]
struct Globals {
    /// Configuration file (TOML); what it leaves out stays at its default.
    #[arg(long, short, global = true, env = "MAKEGOOD_CONFIG", hide_env_values = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Sets one key, above file and environment; may be repeated. `makegood config show` lists the keys.
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = key_value)]
    set: Vec<(String, String)>,
    /// What is logged to stderr: error, warn, info, debug, or `makegood::store=debug,info`.
    #[arg(long, global = true, value_name = "LEVEL")]
    log: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the daemon: consumes events, credits balances, sends notices.
    Run(run::Options),
    /// Applies events from a file or stdin as the daemon would, without a broker.
    Process(process::Options),
    /// Loads clients, people, accounts, jobs, proposals and ledger entries from NDJSON or CSV.
    Import(import::Options),
    /// Publishes events from a file or stdin to the exchange, each confirmed by the broker.
    Publish(publish::Options),
    /// Works on dead letters: looks at them, predicts, replays, archives; every act on record.
    Dlq(Box<dlq::Options>),
    /// Works on notices: looks at them, keeps them back, lets them go, has them sent again; every act on record.
    Notices(Box<notices::Options>),
    /// Shows what is held about a person, and erases it at their request; the ledger stays.
    People(people::Options),
    /// Shows the table that decides, checks it, tries it on cases and on what has happened.
    Policy(policy::Options),
    /// Answers "where are my Connects?" for a proposal, account, job, event …: one timeline.
    Explain(explain::Options),
    /// Prints the Connects history of an account: every entry with its cause and the balance.
    History(history::Options),
    /// Finds what should have happened and did not, and repairs it; every act on record.
    Audit(Box<audit::Options>),
    /// Lists events that wait, are applied in chunks, or were given up.
    Events(events::Options),
    /// Looks at the addresses that no mail goes to; adds and releases.
    Suppressions(suppressions::Options),
    /// Takes in what comes back: delivery reports and complaints.
    Bounces(bounces::Options),
    /// Brings the database to this version.
    Migrate(migrate::Options),
    /// Shows or checks the configuration.
    Config(config::Options),
    /// Says who may into the operator console: local users, tokens of programs.
    Console(console::Options),
    /// Shows, checks or declares exchanges and queues.
    Topology(topology::Options),
    /// Prints the schema of an event, or the AsyncAPI document of all.
    Schema(schema::Options),
    /// Lists, checks or previews the notices.
    Templates(templates::Options),
    /// Checks policy and templates, then has a running daemon put them in force.
    Reload(reload::Options),
    /// Asks a running daemon whether it is ready.
    Health(health::Options),
    /// Prints the completions of a shell.
    Completions(manual::Completions),
    /// Prints the manual page, or writes those of all commands.
    Man(manual::Man),
    /// Plays a small marketplace through and tells what happened.
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
    /// The database is away: whoever called keeps what they have and tries again.
    Later,
    /// The configuration is wrong, and the output said so.
    Config,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::No => 1,
            Exit::Partly => 3,
            Exit::Later => EXIT_TEMPFAIL,
            Exit::Config => EXIT_CONFIG,
        })
    }
}

/// Variables that may name whoever acts: our own, then those of sudo and login.
const OPERATOR_VARIABLES: [&str; 4] = ["MAKEGOOD_OPERATOR", "SUDO_USER", "LOGNAME", "USER"];

/// `EX_TEMPFAIL` of sysexits.h.
const EXIT_TEMPFAIL: u8 = 75;

/// `EX_CONFIG` of sysexits.h.
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
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    let result = runtime.block_on(command(cli));
    // A read of stdin that was given up would hold an orderly end until the next line comes.
    runtime.shutdown_background();
    result
}

async fn command(cli: Cli) -> anyhow::Result<Exit> {
    let globals = &cli.globals;
    match cli.command {
        Command::Config(options) => config::run(&options, &sources(globals)),
        Command::Run(options) => run::run(&options, &prepare(globals, Talk::AsConfigured)?).await,
        Command::Process(options) => process::run(&options, &prepare(globals, Talk::Little)?).await,
        Command::Import(options) => import::run(&options, &prepare(globals, Talk::Little)?).await,
        Command::Publish(options) => publish::run(&options, &prepare(globals, Talk::Little)?).await,
        Command::Dlq(options) => dlq::run(&options, &prepare(globals, Talk::Little)?, &operators()).await,
        Command::Notices(options) => notices::run(&options, &prepare(globals, Talk::Little)?, &operators()).await,
        Command::People(options) => people::run(&options, &prepare(globals, Talk::Little)?, &operators()).await,
        Command::Policy(options) => policy::run(&options, &prepare(globals, Talk::Little)?).await,
        Command::Explain(options) => explain::run(&options, &prepare(globals, Talk::Little)?).await,
        Command::History(options) => history::run(&options, &prepare(globals, Talk::Little)?).await,
        Command::Audit(options) => audit::run(&options, &prepare(globals, Talk::Little)?, &operators()).await,
        Command::Events(options) => events::run(&options, &prepare(globals, Talk::Little)?, &operators()).await,
        Command::Suppressions(options) => {
            suppressions::run(&options, &prepare(globals, Talk::Little)?, &operators()).await
        }
        Command::Bounces(options) => bounces::run(&options, &prepare(globals, Talk::Little)?).await,
        Command::Migrate(options) => migrate::run(&options, &prepare(globals, Talk::Little)?).await,
        Command::Console(options) => console::run(&options, &prepare(globals, Talk::Little)?),
        Command::Topology(options) => topology::run(&options, &prepare(globals, Talk::Little)?).await,
        Command::Templates(options) => templates::run(&options, &prepare(globals, Talk::Little)?).await,
        Command::Reload(options) => reload::run(&options, &sources(globals)).await,
        Command::Schema(options) => schema::run(&options, &prepare(globals, Talk::Little)?),
        Command::Health(options) => health::run(&options, &sources(globals)).await,
        Command::Completions(options) => manual::completions(&options),
        Command::Man(options) => manual::man(&options),
        Command::Demo(options) => demo::run(&options, sources(globals)).await,
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

/// Names the environment has for whoever acts, the best first.
fn operators() -> Vec<String> {
    #[expect(clippy::disallowed_methods, reason = "the environment enters here and is handed down")]
    let named = OPERATOR_VARIABLES.iter().filter_map(|name| std::env::var(name).ok());
    named.collect()
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
