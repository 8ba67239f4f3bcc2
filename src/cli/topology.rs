//! `makegood topology`: exchanges and queues as they should be, as they are, and how to get there.

use crate::app;
use crate::broker::{BrokerOptions, Topology};
use crate::cli::{Exit, output};
use crate::config::Config;

/// Options of `makegood topology`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Prints what makegood expects; asks no broker.
    Show {
        /// Prints a JSON list.
        #[arg(long)]
        json: bool,
    },
    /// Compares the broker with it and changes nothing; exit code 3 if they differ.
    Check {
        /// Prints the findings as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Creates what is missing. What exists with other arguments is an error: the broker cannot change them.
    Declare {
        /// Only says what is missing or differs, as `check` does; exit code 3 if anything is.
        #[arg(long)]
        dry_run: bool,
        /// Prints what was created, and what existed, as JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Runs one of them.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let (topology, broker) = (app::topology(config), app::broker_options(config));
    match options.verb {
        Verb::Show { json } => {
            let items = topology.items();
            if json {
                output::json(&items)?;
            } else {
                items.iter().try_for_each(output::say)?;
            }
            Ok(Exit::Done)
        }
        Verb::Check { json } | Verb::Declare { dry_run: true, json } => check(&topology, &broker, json).await,
        Verb::Declare { dry_run: false, json } => {
            let items = topology.declare(&broker).await?;
            if json {
                output::json(&items)?;
            } else {
                items.iter().try_for_each(|item| output::say(item.to_string()))?;
            }
            Ok(Exit::Done)
        }
    }
}

async fn check(topology: &Topology, broker: &BrokerOptions, json: bool) -> anyhow::Result<Exit> {
    let report = topology.check(broker).await?;
    if json {
        output::json(&report)?;
    } else {
        output::say(report.to_string())?;
    }
    Ok(if report.is_fit() { Exit::Done } else { Exit::Partly })
}
