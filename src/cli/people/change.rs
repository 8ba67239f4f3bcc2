//! `makegood people erase` and `readmit`.

use serde_json::json;

use super::{dlq, person};
use crate::cli::dlq::{ActArgs, confirm};
use crate::cli::{Exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::event::PersonId;
use crate::store::{Erased, Store};
use crate::worker::erase;

/// Options of `makegood people erase`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Gone afterwards: name, address, language and time zone; the words of notices and what mail servers
answered; texts in events, dead letters and replays that speak of the person; their entries on the list
of suppressed addresses. What had not left never will. Kept, by ids alone: entries, decisions, balances.
Later imports leave the person out, until `makegood people readmit`.
It cannot be undone, and backups have it still: docs/privacy.md.")]
pub(super) struct EraseOptions {
    /// Id of the person.
    #[arg(value_name = "PERSON", value_parser = person)]
    person: PersonId,
    #[command(flatten)]
    act: ActArgs,
    /// Does it all and undoes it: only says what it would be.
    #[arg(long)]
    dry_run: bool,
    /// Without being asked.
    #[arg(long)]
    yes: bool,
    /// Prints JSON: how many rows of each kind.
    #[arg(long)]
    json: bool,
}

/// Options of `makegood people readmit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit code 3: the person was not erased.")]
pub(super) struct ReadmitOptions {
    /// Id of the person.
    #[arg(value_name = "PERSON", value_parser = person)]
    person: PersonId,
    #[command(flatten)]
    act: ActArgs,
    /// Prints JSON: whether the person had been erased.
    #[arg(long)]
    json: bool,
}

/// Erases them.
pub(super) async fn erase(options: &EraseOptions, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    let act = options.act.act(operators)?;
    let store = dlq::open(config).await?;
    let done = run(options, &*store, &act).await;
    store.close().await;
    tell(options, &done?)?;
    Ok(Exit::Done)
}

async fn run(options: &EraseOptions, store: &dyn Store, act: &crate::store::Act) -> anyhow::Result<Erased> {
    if !options.dry_run {
        confirm(options.yes, &format!("Erase {} for good?", options.person))?;
    }
    Ok(erase::erase(store, &options.person, options.dry_run, act, SystemClock.now()).await?)
}

fn tell(options: &EraseOptions, erased: &Erased) -> anyhow::Result<()> {
    if options.json {
        return dlq::json(&json!({ "person": options.person.as_str(), "dry_run": options.dry_run, "erased": erased }));
    }
    let mut table = output::table(&["what", "rows"]);
    let rows = [
        ("facts about the person", u64::from(erased.facts)),
        ("notices without words now", erased.notices),
        ("  of them never sent", erased.unsent),
        ("announcements given up", erased.announcements),
        ("suppressed addresses", erased.suppressions),
        ("events", erased.events),
        ("dead letters", erased.letters),
        ("replays", erased.replays),
    ];
    for (what, number) in rows {
        table.add_row([what.to_owned(), number.to_string()]);
    }
    output::say(table.to_string())?;
    output::talk(if options.dry_run { "nothing was changed" } else { "erased" });
    if erased.view {
        output::talk(
            "`people` is a view of yours: name and address are still in the tables behind it. Erase them there, or let \
             the view leave out whoever is in `erasures` (docs/privacy.md)",
        );
    }
    if erased.log_rows > 0 {
        let rows = dlq::count(erased.log_rows, "row");
        output::talk(format!(
            "{rows} of the operators' log hold the address; the log is append-only (docs/privacy.md)"
        ));
    }
    Ok(())
}

/// Lets them be taken in again.
pub(super) async fn readmit(options: &ReadmitOptions, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    let act = options.act.act(operators)?;
    let store = dlq::open(config).await?;
    let found = store.readmit(&options.person, &act, SystemClock.now()).await;
    store.close().await;
    let found = found?;
    if options.json {
        dlq::json(&json!({ "person": options.person.as_str(), "readmitted": found }))?;
    } else if found {
        output::talk("the next import takes facts about them again");
    } else {
        output::talk("they were not erased: nothing was changed");
    }
    Ok(if found { Exit::Done } else { Exit::Partly })
}
