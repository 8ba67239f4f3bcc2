//! `makegood events archive` and `makegood events purge`: what was settled long ago moves into months, or leaves the
//! database.

use std::time::Duration;

use serde_json::json;
use time::OffsetDateTime;

use crate::cli::dlq::{self, ActArgs, confirm, count, moment};
use crate::cli::{Exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::store::{Act, ArchiveMonth, Fate, Purged, Store, StoreError};

/// What `makegood events archive` says below its options.
pub(super) const ARCHIVE: &str = "\
PostgreSQL only. Texts of events, decisions, notices with their history and announcements move into tables of the \
month in which the event was applied. Explanations, erasures and trials of a policy find them there; every other event \
is spared their weight. An event with a letter that is still to go out stays as it is. `makegood events purge` drops \
months. Stopped on the way, it goes on when it is run again.";

/// What `makegood events purge` says below its options.
pub(super) const PURGE: &str = "\
Decisions, notices with their history and announcements are deleted; of an event stays what it is about, with its \
key, so that one that comes again is a duplicate. The ledger stays whole. An event with a letter that is still to go \
out stays as it is. A month of the archive goes as a whole, once all of it is that old. Stopped on the way, it goes on \
when it is run again.";

/// Options of `makegood events archive` and `makegood events purge`.
#[derive(Debug, clap::Args)]
pub(super) struct LeaveOptions {
    /// Only events that were applied longer ago than this, as in 18months.
    #[arg(long, value_name = "AGE", value_parser = humantime::parse_duration)]
    older_than: Duration,
    #[command(flatten)]
    act: ActArgs,
    /// Only says what it would be.
    #[arg(long)]
    dry_run: bool,
    /// Goes on without being asked.
    #[arg(long)]
    yes: bool,
    /// Prints the numbers as JSON.
    #[arg(long)]
    json: bool,
}

/// Archives page by page; each is a transaction and a row of the operators' log.
pub(super) async fn archive(options: &LeaveOptions, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    run(options, Fate::Archived, config, operators).await
}

/// Purges page by page, and drops months; each is a transaction and a row of the operators' log.
pub(super) async fn purge(options: &LeaveOptions, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    run(options, Fate::Deleted, config, operators).await
}

async fn run(options: &LeaveOptions, fate: Fate, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    let act = options.act.act(operators)?;
    let before = dlq::ago(SystemClock.now(), options.older_than)?;
    let store = dlq::open(config).await?;
    if !options.dry_run {
        let told = match fate {
            Fate::Archived => "archive what was decided and told about events applied before {}?",
            Fate::Deleted => "purge what was decided and told about events applied before {} for good?",
        };
        confirm(options.yes, &told.replace("{}", &moment(before)))?;
    }
    let left = all(&*store, fate, before, options.dry_run, &act).await;
    store.close().await;
    let (purged, months) = left?;
    if options.json {
        let months: Vec<_> = months.iter().map(ArchiveMonth::to_string).collect();
        dlq::json(&json!({
            "events": purged.events, "decisions": purged.decisions, "notices": purged.notices, "months": months,
            "dry_run": options.dry_run,
        }))?;
    } else {
        output::say(words(fate, &purged, &months, options.dry_run))?;
    }
    Ok(Exit::Done)
}

/// What was done, or would be.
fn words(fate: Fate, purged: &Purged, months: &[ArchiveMonth], dry_run: bool) -> String {
    let mut what = format!(
        "{} with {} and {}",
        count(purged.events, "event"),
        count(purged.decisions, "decision"),
        count(purged.notices, "notice")
    );
    if !months.is_empty() {
        let names: Vec<_> = months.iter().map(ArchiveMonth::to_string).collect();
        what.push_str(&format!(", and {} of the archive ({})", count(months.len() as u64, "month"), names.join(", ")));
    }
    let done = if fate == Fate::Archived { "archived" } else { "purged" };
    if dry_run { format!("{what} would be {done}; nothing was changed") } else { format!("{what} {done}") }
}

/// What became of rows page by page, and the months that went.
async fn all(
    store: &dyn Store, fate: Fate, before: OffsetDateTime, dry_run: bool, act: &Act,
) -> Result<(Purged, Vec<ArchiveMonth>), StoreError> {
    let (mut sum, mut after) = (Purged::default(), Some(0));
    while let Some(from) = after {
        let page = store.purge_events(fate, before, from, dry_run, act, SystemClock.now()).await?;
        sum.events += page.events;
        sum.decisions += page.decisions;
        sum.notices += page.notices;
        after = page.next;
    }
    let mut gone = Vec::new();
    if fate == Fate::Deleted {
        for month in store.archived_months(before).await? {
            if dry_run || store.drop_month(month, act, SystemClock.now()).await? {
                gone.push(month);
            }
        }
    }
    Ok((sum, gone))
}
