//! `makegood suppressions add` and `release`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use serde_json::json;

use super::list::entry_json;
use super::{addresses, dlq};
use crate::cli::dlq::ActArgs;
use crate::cli::{Exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::store::{Address, ReleaseSelection, Released};

/// People told one by one.
const PEOPLE_TOLD: usize = 20;

/// Options of `makegood suppressions add`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
An address that is on the list already stays as it is, unless it would leave by itself and the new entry would not.
A domain with letters beyond ASCII makes two entries, one for each way to write it.")]
pub(super) struct AddOptions {
    /// A file of addresses, one a line; `-` for stdin.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// Until mail may go there again by itself, as in 30d; without it: never.
    #[arg(long = "for", value_name = "TIME", value_parser = humantime::parse_duration)]
    term: Option<Duration>,
    #[command(flatten)]
    act: ActArgs,
    /// Only says what would be added.
    #[arg(long)]
    dry_run: bool,
    /// Prints JSON: the numbers of the new entries, and how many were there already.
    #[arg(long)]
    json: bool,
}

/// Options of `makegood suppressions release`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit code 3: something that was named was not on the list.
What was held back meanwhile stays back: `makegood notices resend` sends it.")]
#[command(group = clap::ArgGroup::new("which").required(true).multiple(true))]
pub(super) struct ReleaseOptions {
    /// Numbers of entries, as `suppressions list` shows them.
    #[arg(value_name = "NO", group = "which")]
    numbers: Vec<i64>,
    /// A file of addresses, one a line; `-` for stdin.
    #[arg(long, value_name = "FILE", group = "which")]
    from: Option<PathBuf>,
    /// Every entry whose term is over.
    #[arg(long, group = "which")]
    expired: bool,
    #[command(flatten)]
    act: ActArgs,
    /// Only says what would be released.
    #[arg(long)]
    dry_run: bool,
    /// Shows addresses whole.
    #[arg(long)]
    show_addresses: bool,
    /// Prints JSON: the entries, and whose notices were held back.
    #[arg(long)]
    json: bool,
}

/// Suppresses addresses.
pub(super) async fn add(options: &AddOptions, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    let act = options.act.act(operators)?;
    let now = SystemClock.now();
    let until = options.term.map(|term| {
        let term = time::Duration::try_from(term).ok();
        term.and_then(|term| now.checked_add(term)).context("--for is longer than the calendar")
    });
    let addresses = addresses::read(&options.from).await?.concat();
    let store = dlq::open(config).await?;
    let numbers = store.suppress(&addresses, until.transpose()?, options.dry_run, &act, now).await?;
    store.close().await;
    let already = distinct(&addresses).saturating_sub(numbers.len());
    if options.json {
        dlq::json(&json!({ "numbers": numbers, "already": already, "dry_run": options.dry_run }))?;
    } else {
        let entries = entries_of(numbers.len());
        output::say(if options.dry_run {
            format!("{entries} would be added; nothing was changed")
        } else {
            format!("{entries} added")
        })?;
        if already > 0 {
            output::talk(format!("{already} on the list already: left as they were"));
        }
    }
    Ok(Exit::Done)
}

/// `1 entry`, `2 entries`.
fn entries_of(number: usize) -> String {
    if number == 1 { "1 entry".to_owned() } else { format!("{number} entries") }
}

/// As the database compares them, as far as counting goes.
fn distinct(addresses: &[Address]) -> usize {
    let folded = addresses.iter().map(|address| address.0.to_ascii_lowercase());
    folded.collect::<std::collections::BTreeSet<_>>().len()
}

/// Takes entries off the list.
pub(super) async fn release(options: &ReleaseOptions, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    let act = options.act.act(operators)?;
    let addresses = match &options.from {
        Some(path) => addresses::read(path).await?,
        None => Vec::new(),
    };
    let selection =
        ReleaseSelection { numbers: options.numbers.clone(), addresses: addresses.concat(), expired: options.expired };
    let store = dlq::open(config).await?;
    let released = store.release(&selection, options.dry_run, &act, SystemClock.now()).await?;
    store.close().await;
    tell(options, &released)?;
    Ok(if all_found(&selection.numbers, &addresses, &released) { Exit::Done } else { Exit::Partly })
}

fn tell(options: &ReleaseOptions, released: &Released) -> anyhow::Result<()> {
    if options.json {
        let entries: Vec<_> = released.entries.iter().map(|entry| entry_json(entry, options.show_addresses)).collect();
        let held: Vec<_> =
            released.held.iter().map(|(person, notices)| json!({ "person": person, "notices": notices })).collect();
        return dlq::json(&json!({ "released": entries, "held_back": held, "dry_run": options.dry_run }));
    }
    let entries = entries_of(released.entries.len());
    output::say(if options.dry_run {
        format!("{entries} would be released; nothing was changed")
    } else {
        format!("{entries} released")
    })?;
    for (person, notices) in released.held.iter().take(PEOPLE_TOLD) {
        let (person, notices) = (dlq::plain(person), dlq::count(*notices, "notice"));
        let resend = format!("makegood notices resend --state suppressed --person {person} --reason TEXT");
        output::talk(format!("{notices} to {person} held back: {resend}"));
    }
    if released.held.len() > PEOPLE_TOLD {
        let more = released.held.len() - PEOPLE_TOLD;
        output::talk(format!("and of {more} more people: makegood notices list --state suppressed"));
    }
    Ok(())
}

/// Whether everything that was named was on the list; says what was not.
fn all_found(numbers: &[i64], addresses: &[Vec<Address>], released: &Released) -> bool {
    let known = |no: &i64| released.entries.iter().any(|entry| entry.no == *no);
    let missing: Vec<_> = numbers.iter().filter(|no| !known(no)).collect();
    for no in &missing {
        output::talk(format!("there is no entry {no}"));
    }
    let listed = |address: &Address| {
        let folded = address.0.to_lowercase();
        released.entries.iter().any(|entry| entry.address.0.to_lowercase() == folded)
    };
    let unlisted = addresses.iter().filter(|spellings| !spellings.iter().any(listed)).count();
    if unlisted > 0 {
        output::talk(format!("{unlisted} of the addresses were not on the list"));
    }
    missing.is_empty() && unlisted == 0
}
