//! `makegood dlq`: dead letters looked at, predicted, replayed, put away, taken out and in; every act on record.

mod act;
mod archive;
mod collect;
mod drive;
mod list;
mod log;
mod plan;
mod planfile;
mod predict;
mod replay;
mod select;
mod show;
mod status;
mod transfer;
mod words;

pub(super) use act::{ActArgs, OperatorArg, confirm};
pub(super) use select::ago;
pub(super) use words::{count, cut, json, known, moment, plain};

use std::sync::Arc;

use crate::app::{self, Access};
use crate::cli::Exit;
use crate::config::Config;
use crate::store::Store;

/// Options of `makegood dlq`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Start with `makegood dlq groups`: letters of the same trouble, with what to type next.
Everything that changes something needs --reason and is a row of `makegood dlq log`.")]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Lists dead letters, newest first.
    List(list::ListOptions),
    /// Counts dead letters by trouble: code, type and place.
    Groups(list::GroupsOptions),
    /// Shows one letter: cause, payload, headers, history, and what to type next.
    Show(show::Options),
    /// Predicts what a replay would do, and freezes it in a file; changes nothing.
    Plan(plan::Options),
    /// Applies letters again, each once, with this version, today's ledger and policy.
    Replay(Box<replay::Options>),
    /// Shows replays: the newest, or one.
    Status(status::StatusOptions),
    /// Cancels a replay: it stops before its next letter.
    Cancel(status::CancelOptions),
    /// Puts open letters into the archive.
    Discard(archive::ChangeOptions),
    /// Takes letters out of the archive: they are open again.
    Restore(archive::ChangeOptions),
    /// Deletes letters that were settled long ago, for good.
    Purge(archive::PurgeOptions),
    /// Takes in what lies in a RabbitMQ dead-letter queue.
    Collect(collect::Options),
    /// Writes letters, whole, to a file: one JSON object a line.
    Export(transfer::ExportOptions),
    /// Takes exported letters in; those known already are left alone.
    Import(transfer::ImportOptions),
    /// Shows what operators did, and why, newest first.
    Log(log::Options),
}

/// Runs one of them. `operators`: names the environment has for whoever acts, the best first.
pub(super) async fn run(options: &Options, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    match &options.verb {
        Verb::List(options) => list::list(options, config).await,
        Verb::Groups(options) => list::groups(options, config).await,
        Verb::Show(options) => show::run(options, config).await,
        Verb::Plan(options) => plan::run(options, config).await,
        Verb::Replay(options) => replay::run(options, config, operators).await,
        Verb::Status(options) => status::status(options, config).await,
        Verb::Cancel(options) => status::cancel(options, config, operators).await,
        Verb::Discard(options) => archive::change(archive::Change::Discard, options, config, operators).await,
        Verb::Restore(options) => archive::change(archive::Change::Restore, options, config, operators).await,
        Verb::Purge(options) => archive::purge(options, config, operators).await,
        Verb::Collect(options) => collect::run(options, config, operators).await,
        Verb::Export(options) => transfer::export(options, config, operators).await,
        Verb::Import(options) => transfer::import(options, config, operators).await,
        Verb::Log(options) => log::run(options, config).await,
    }
}

/// The database, beside whoever else works on it.
pub(super) async fn open(config: &Config) -> anyhow::Result<Arc<dyn Store>> {
    let store = app::open_store(config, Access::Shared).await?;
    ready(&*store, config).await?;
    Ok(store)
}

/// Brings the database to this version where the configuration says so, and makes sure that it answers.
async fn ready(store: &dyn Store, config: &Config) -> anyhow::Result<()> {
    if config.store.migrate_at_start {
        store.migrate().await?;
    }
    Ok(store.ping().await?)
}
