//! `makegood dlq discard`, `restore` and `purge`: the archive.

use std::time::Duration;

use serde_json::json;

use super::act::{ActArgs, confirm};
use super::select::{WhichArgs, ago};
use super::{open, words};
use crate::cli::{Exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::store::{LetterFilter, LetterPage, LetterState, PAGE_MAX, REPLAY_ITEMS_MAX, Selection, Store};
use crate::worker::desk::{freeze, look_up};

/// Letters deleted in one transaction.
const PURGE_PAGE: u32 = 1_000;
/// Ids told one by one.
const TOLD_MAX: usize = 20;

/// Into the archive, or out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Discard,
    Restore,
}

impl Change {
    /// The letters that can be changed so.
    fn from(self) -> LetterState {
        match self {
            Change::Discard => LetterState::Open,
            Change::Restore => LetterState::Discarded,
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Change::Discard => "discard",
            Change::Restore => "restore",
        }
    }

    fn done(self) -> &'static str {
        match self {
            Change::Discard => "put into the archive",
            Change::Restore => "open again",
        }
    }
}

/// Options of `makegood dlq discard` and `makegood dlq restore`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
`discard` is undone by `restore`, and the other way round.
Exit code 3: a letter that was named was left as it was.")]
pub(super) struct ChangeOptions {
    #[command(flatten)]
    which: WhichArgs,
    #[command(flatten)]
    act: ActArgs,
    /// Letters at most, the lowest ids.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=REPLAY_ITEMS_MAX))]
    limit: Option<u64>,
    /// Only says how many letters it would be.
    #[arg(long)]
    dry_run: bool,
    /// All letters, without being asked.
    #[arg(long)]
    yes: bool,
    /// Prints the ids as JSON.
    #[arg(long)]
    json: bool,
}

/// Discards or restores.
pub(super) async fn change(
    change: Change, options: &ChangeOptions, config: &Config, operators: &[String],
) -> anyhow::Result<Exit> {
    let act = options.act.act(operators)?;
    let now = SystemClock.now();
    let selection = options.which.selection(&[change.from()], now)?;
    let store = open(config).await?;
    if options.dry_run {
        let would = would_change(&*store, &selection, change.from(), options.limit).await?;
        store.close().await;
        return tell(change, options, &would, 0);
    }
    if options.which.is_everything() {
        let Selection::Filter(filter) = &selection else { return Ok(Exit::Done) };
        let all = words::count(store.letters_count(filter).await?, "letter");
        confirm(options.yes, &format!("{} every {} letter ({all})?", change.verb(), change.from().as_str()))?;
    }
    let limit = options.limit.unwrap_or(REPLAY_ITEMS_MAX);
    let changed = match change {
        Change::Discard => store.discard(&selection, limit, &act, now).await?,
        Change::Restore => store.restore(&selection, limit, &act, now).await?,
    };
    let left = left_as_they_were(&*store, &selection, &changed, options.limit).await?;
    store.close().await;
    tell(change, options, &changed, left)
}

async fn would_change(
    store: &dyn Store, selection: &Selection, from: LetterState, limit: Option<u64>,
) -> anyhow::Result<Vec<i64>> {
    if let Selection::Ids(ids) = selection {
        let found = look_up(store, ids).await?;
        return Ok(found.values().filter(|letter| letter.state == from).map(|letter| letter.id).collect());
    }
    Ok(freeze(store, selection, limit).await?.into_iter().map(|(id, _)| id).collect())
}

/// Says of each named letter that was not changed why; answers how many.
async fn left_as_they_were(
    store: &dyn Store, selection: &Selection, changed: &[i64], limit: Option<u64>,
) -> anyhow::Result<usize> {
    let Selection::Ids(ids) = selection else { return Ok(0) };
    let left: Vec<i64> = ids.iter().copied().filter(|id| !changed.contains(id)).collect();
    // What a limit left out is no surprise.
    if limit.is_some() {
        return Ok(0);
    }
    let found = look_up(store, &left).await?;
    for id in left.iter().take(TOLD_MAX) {
        match found.get(id) {
            Some(letter) => output::talk(format!("letter {id} is {}: left as it was", letter.state.as_str())),
            None => output::talk(format!("there is no dead letter {id}")),
        }
    }
    Ok(left.len())
}

fn tell(change: Change, options: &ChangeOptions, ids: &[i64], left: usize) -> anyhow::Result<Exit> {
    let letters = words::count(ids.len() as u64, "letter");
    match (options.json, options.dry_run) {
        (true, dry_run) => words::json(&json!({ "letters": ids.len(), "ids": ids, "dry_run": dry_run }))?,
        (false, true) => output::say(format!("{letters} would be {}; nothing was changed", change.done()))?,
        (false, false) => output::say(format!("{letters} {}", change.done()))?,
    }
    if change == Change::Discard && !options.dry_run && !ids.is_empty() {
        output::talk("undone by: makegood dlq restore ID --reason '…'");
    }
    Ok(if left > 0 { Exit::Partly } else { Exit::Done })
}

/// Options of `makegood dlq purge`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Open letters are never deleted. `makegood dlq export` keeps a copy of what will be.")]
pub(super) struct PurgeOptions {
    /// Only letters that were resolved or discarded longer ago than this, as in 90d.
    #[arg(long, value_name = "AGE", value_parser = humantime::parse_duration)]
    older_than: Duration,
    #[command(flatten)]
    act: ActArgs,
    /// Only says how many letters it would be.
    #[arg(long)]
    dry_run: bool,
    /// Deletes without being asked.
    #[arg(long)]
    yes: bool,
    /// Prints the number as JSON.
    #[arg(long)]
    json: bool,
}

/// Deletes what was settled long ago.
pub(super) async fn purge(options: &PurgeOptions, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    let act = options.act.act(operators)?;
    let now = SystemClock.now();
    let settled_before = ago(now, options.older_than)?;
    let store = open(config).await?;
    let would = purgeable(&*store, settled_before).await?;
    let mut deleted = 0;
    if !options.dry_run && would > 0 {
        let letters = words::count(would, "letter");
        confirm(options.yes, &format!("delete {letters} settled before {} for good?", words::moment(settled_before)))?;
        let bar = output::progress(would, "letters")?;
        loop {
            let page = store.purge(settled_before, PURGE_PAGE, &act, now).await?;
            deleted += page;
            bar.set_position(deleted);
            if page < u64::from(PURGE_PAGE) {
                break;
            }
        }
        bar.finish_and_clear();
    }
    store.close().await;
    match (options.json, options.dry_run) {
        (true, true) => words::json(&json!({ "letters": would, "dry_run": true }))?,
        (true, false) => words::json(&json!({ "letters": deleted, "dry_run": false }))?,
        (false, true) => {
            output::say(format!("{} would be deleted; nothing was changed", words::count(would, "letter")))?;
        }
        (false, false) => output::say(format!("{} deleted", words::count(deleted, "letter")))?,
    }
    Ok(Exit::Done)
}

/// How many letters were settled before. No letter is seen again after it was settled without being open again.
async fn purgeable(store: &dyn Store, settled_before: time::OffsetDateTime) -> anyhow::Result<u64> {
    let states = vec![LetterState::Resolved, LetterState::Discarded];
    let filter = LetterFilter { states, seen_before: Some(settled_before), ..LetterFilter::default() };
    let (mut letters, mut before) = (0, None);
    loop {
        let page = store.letters(&filter, LetterPage { before, limit: PAGE_MAX }).await?;
        let Some(last) = page.last() else { return Ok(letters) };
        before = Some(last.id);
        letters += page.iter().filter(|letter| letter.settled_at.is_some_and(|at| at < settled_before)).count() as u64;
    }
}
