//! `makegood migrate`: brings the database to this version.

use anyhow::bail;
use serde_json::json;

use crate::app::{self, Access};
use crate::cli::{Exit, output};
use crate::config::Config;

/// Options of `makegood migrate`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Only says what would be applied; exit code 3 if anything would.
    #[arg(long)]
    dry_run: bool,
    /// Prints JSON: what was applied now, what is applied, what is pending.
    #[arg(long)]
    json: bool,
}

/// Migrates under a lock: several may start it at once.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let store = app::open_store(config, Access::Shared).await?;
    let before = store.migration_status().await?;
    if let Some(newest) = before.unknown.iter().max() {
        bail!(
            "the database has migration {newest:04}, which this makegood ({}) does not know: it belongs to a newer \
             one; run that one",
            env!("CARGO_PKG_VERSION")
        );
    }
    let after = if options.dry_run { before.clone() } else { store.migrate().await? };
    store.close().await;
    let applied_now: Vec<_> = after.applied.iter().filter(|name| !before.applied.contains(name)).collect();
    if options.json {
        output::json(&json!({ "applied_now": applied_now, "applied": after.applied, "pending": after.pending }))?;
    } else if applied_now.is_empty() && after.pending.is_empty() {
        output::say(format!("nothing to do: all {} migrations are applied", after.applied.len()))?;
    } else {
        applied_now.iter().try_for_each(|name| output::say(format!("applied {name}")))?;
        after.pending.iter().try_for_each(|name| output::say(format!("pending {name}")))?;
    }
    Ok(if after.pending.is_empty() { Exit::Done } else { Exit::Partly })
}
