//! `makegood events purge`: what was settled long ago leaves the database.

use std::time::Duration;

use serde_json::json;
use time::OffsetDateTime;

use crate::cli::dlq::{self, ActArgs, confirm, count, moment};
use crate::cli::{Exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::store::{Act, Purged, Store};

/// Options of `makegood events purge`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Decisions, notices with their history and announcements are deleted; of an event stays what it is about, with its key,
so that one that comes again is a duplicate. The ledger stays whole. An event with a letter that is still to go out
stays as it is. Stopped on the way, it goes on when it is run again.")]
pub(super) struct PurgeOptions {
    /// Only events that were applied longer ago than this, as in 18months.
    #[arg(long, value_name = "AGE", value_parser = humantime::parse_duration)]
    older_than: Duration,
    #[command(flatten)]
    act: ActArgs,
    /// Only says what it would be.
    #[arg(long)]
    dry_run: bool,
    /// Purges without being asked.
    #[arg(long)]
    yes: bool,
    /// Prints the numbers as JSON.
    #[arg(long)]
    json: bool,
}

/// Purges page by page; each is a transaction and a row of the operators' log.
pub(super) async fn run(options: &PurgeOptions, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    let act = options.act.act(operators)?;
    let before = dlq::ago(SystemClock.now(), options.older_than)?;
    let store = dlq::open(config).await?;
    if !options.dry_run {
        let question =
            format!("purge what was decided and told about events applied before {} for good?", moment(before));
        confirm(options.yes, &question)?;
    }
    let purged = all(&*store, before, options.dry_run, &act).await;
    store.close().await;
    let purged = purged?;
    if options.json {
        dlq::json(&json!({
            "events": purged.events, "decisions": purged.decisions, "notices": purged.notices,
            "dry_run": options.dry_run,
        }))?;
        return Ok(Exit::Done);
    }
    let what = format!(
        "{} with {} and {}",
        count(purged.events, "event"),
        count(purged.decisions, "decision"),
        count(purged.notices, "notice")
    );
    output::say(if options.dry_run {
        format!("{what} would be purged; nothing was changed")
    } else {
        format!("{what} purged")
    })?;
    Ok(Exit::Done)
}

async fn all(store: &dyn Store, before: OffsetDateTime, dry_run: bool, act: &Act) -> anyhow::Result<Purged> {
    let (mut sum, mut after) = (Purged::default(), Some(0));
    while let Some(from) = after {
        let purged = store.purge_events(before, from, dry_run, act, SystemClock.now()).await?;
        sum.events += purged.events;
        sum.decisions += purged.decisions;
        sum.notices += purged.notices;
        after = purged.next;
    }
    Ok(sum)
}
