//! `makegood migrate`: brings the database to this version.

use serde_json::json;

use crate::app::{self, Access};
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::store::{MigrationStatus, PendingMigration};

/// Options of `makegood migrate`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Only says what would be applied, what each is for, and whether daemons of the version before may go on
    /// meanwhile; exit code 3 if anything would.
    #[arg(long, visible_alias = "dry-run")]
    plan: bool,
    /// Prints JSON: what was applied now, what is applied, what is pending.
    #[arg(long)]
    json: bool,
}

/// Migrates under a lock: several may start it at once.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let store = app::open_store(config, Access::Shared).await?;
    let before = store.migration_status().await?;
    let after = match options.plan {
        true if !before.unknown.is_empty() => before.require_current().map(|()| before.clone())?,
        true => before.clone(),
        false => store.migrate().await?,
    };
    store.close().await;
    let applied_now: Vec<_> = after.applied.iter().filter(|name| !before.applied.contains(name)).collect();
    if options.json {
        let pending: Vec<_> = after.pending.iter().map(planned).collect();
        output::json(&json!({
            "applied_now": applied_now, "applied": after.applied, "pending": pending, "unknown": after.unknown,
        }))?;
    } else {
        tell(&after, &applied_now)?;
    }
    Ok(if after.pending.is_empty() { Exit::Done } else { Exit::Partly })
}

fn planned(one: &PendingMigration) -> serde_json::Value {
    json!({ "name": one.name, "summary": one.summary, "expands": one.expands })
}

fn tell(after: &MigrationStatus, applied_now: &[&String]) -> anyhow::Result<()> {
    if after.is_ahead() {
        let newest = after.unknown.iter().max().copied().unwrap_or(0);
        return output::say(format!(
            "nothing to do: a newer makegood brought the database to migration {newest:04}, and this one may work on it"
        ));
    }
    if applied_now.is_empty() && after.pending.is_empty() {
        return output::say(format!("nothing to do: all {} migrations are applied", after.applied.len()));
    }
    applied_now.iter().try_for_each(|name| output::say(format!("applied {name}")))?;
    for one in &after.pending {
        let running = if one.expands { "running daemons may go on" } else { "stop older daemons first" };
        output::say(format!("pending {}: {} ({running})", one.name, one.summary.trim_end_matches('.')))?;
    }
    Ok(())
}
