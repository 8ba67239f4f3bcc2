//! `makegood topology`: exchanges and queues as they should be, as they are, and how to get there.

use crate::app;
use crate::broker::{Examiner, Topology};
use crate::cli::{Exit, output};
use crate::config::Config;

/// Options of `makegood topology`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

const CHECK_HELP: &str = "\
It looks at kind, arguments and policies of both queues, exchanges, bindings, the way of dead
letters, consumers, permissions, nodes and version. AMQP alone shows a part of that;
broker.management_url shows the rest.

  broken  makegood does not start on it, or messages are lost or stuck although nothing else fails
  risk    messages are lost, stuck or doubled when something else fails, too
  note    worth knowing
  unseen  could not be looked at, and why
  fit     as it must be

Exit codes:
  0   nothing is broken or at risk, as far as could be seen
  1   could not look: the broker or its management API does not answer or refuses the login
  3   something is broken or at risk
  78  the configuration is wrong";

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Prints what makegood expects; asks no broker.
    Show {
        /// Prints a JSON list.
        #[arg(long)]
        json: bool,
    },
    /// Examines the broker and changes nothing: each finding says what would be lost, stuck or doubled.
    #[command(after_help = CHECK_HELP)]
    Check {
        /// Prints the findings as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Creates what is missing. What exists with other arguments is an error: the broker cannot change them.
    Declare {
        /// Only examines, as `check` does, with its exit codes.
        #[arg(long)]
        dry_run: bool,
        /// Prints what was created, and what existed, as JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Runs one of them.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let topology = app::topology(config);
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
        Verb::Check { json } | Verb::Declare { dry_run: true, json } => {
            check(&topology, &app::examiner(config), json).await
        }
        Verb::Declare { dry_run: false, json } => {
            let items = topology.declare(&app::broker_options(config)).await?;
            if json {
                output::json(&items)?;
            } else {
                items.iter().try_for_each(|item| output::say(item.to_string()))?;
            }
            Ok(Exit::Done)
        }
    }
}

async fn check(topology: &Topology, examiner: &Examiner, json: bool) -> anyhow::Result<Exit> {
    let report = topology.examine(examiner).await?;
    if json {
        output::json(&report)?;
    } else {
        output::say(report.to_string())?;
    }
    Ok(if report.fit { Exit::Done } else { Exit::Partly })
}
