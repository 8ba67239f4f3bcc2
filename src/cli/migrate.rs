//! `makegood migrate`: brings the database to this version.

use serde_json::json;

use crate::app::{Access, Parts};
use crate::cli::{Exit, output};
use crate::config::Config;

/// Options of `makegood migrate`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Only says what would be applied; exit code 3 if anything would.
    #[arg(long)]
    dry_run: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Migrates under a lock: several may start it at once.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let store = Parts::assemble(config, Access::Shared).await?.store;
    let before = store.migration_status().await?;
    let after = if options.dry_run { before.clone() } else { store.migrate().await? };
    store.close().await;
    let applied_now: Vec<_> = after.applied.iter().filter(|name| !before.applied.contains(name)).collect();
    if options.json {
        output::json(&json!({
            "applied_now": applied_now, "applied": after.applied, "pending": after.pending, "unknown": after.unknown,
        }))?;
    } else {
        for name in &applied_now {
            output::say(format!("applied {name}"))?;
        }
        for name in &after.pending {
            output::say(format!("pending {name}"))?;
        }
        if applied_now.is_empty() && after.pending.is_empty() {
            output::say(format!("nothing to do: {} of {} applied", after.applied.len(), after.applied.len()))?;
        }
    }
    Ok(if after.pending.is_empty() { Exit::Done } else { Exit::Partly })
}
