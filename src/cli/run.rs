//! `makegood run`: the daemon.

use crate::app::{self, Ended};
use crate::cli::Exit;
use crate::config::Config;

/// Options of `makegood run`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
SIGTERM or Ctrl-C ends it within shutdown.grace, a second one at once; nothing is lost either way.
Before the first start: `makegood config check`, `makegood migrate`, `makegood topology declare`.")]
pub(super) struct Options {}

/// Runs until it is told to stop. SIGTERM or SIGINT ends it within `shutdown.grace`; a second one ends it at once.
pub(super) async fn run(_options: &Options, config: &Config) -> anyhow::Result<Exit> {
    Ok(match app::run(config).await? {
        Ended::Clean => Exit::Done,
        Ended::Cut => Exit::No,
    })
}
