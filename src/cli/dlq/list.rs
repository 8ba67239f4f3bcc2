//! `makegood dlq list` and `makegood dlq groups`.

use comfy_table::ColumnConstraint;
use serde_json::{Value, json};

use super::select::{FilterArgs, StateArg};
use super::{open, words};
use crate::cli::{Exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::store::{GROUPS_MAX, LetterGroup, LetterPage, LetterSummary, PAGE_MAX};
use crate::worker::desk::{group_json, summary_json};

/// Characters of a message in a table.
const MESSAGE_CHARS: usize = 60;
/// Characters of an id in a table.
const ID_CHARS: usize = 40;

/// Options of `makegood dlq list`.
#[derive(Debug, clap::Args)]
pub(super) struct ListOptions {
    #[command(flatten)]
    state: StateArg,
    /// Letters at most, up to 1000.
    #[arg(long, value_name = "N", default_value_t = 50,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(PAGE_MAX)))]
    limit: u32,
    /// The next page: only letters with a lower id.
    #[arg(long, value_name = "ID")]
    before: Option<i64>,
    /// Prints JSON: letters, and the id that the next page goes on from.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    filter: FilterArgs,
}

/// Options of `makegood dlq groups`.
#[derive(Debug, clap::Args)]
pub(super) struct GroupsOptions {
    #[command(flatten)]
    state: StateArg,
    /// Prints a JSON list.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    filter: FilterArgs,
}

/// Lists letters.
pub(super) async fn list(options: &ListOptions, config: &Config) -> anyhow::Result<Exit> {
    let filter = options.filter.filter(&options.state.states(), SystemClock.now())?;
    let store = open(config).await?;
    let letters = store.letters(&filter, LetterPage { before: options.before, limit: options.limit }).await?;
    let full = letters.len() >= options.limit as usize;
    let next = letters.last().filter(|_| full).map(|letter| letter.id);
    if options.json {
        let letters: Vec<Value> = letters.iter().map(summary_json).collect();
        words::json(&json!({ "letters": letters, "next": next }))?;
    } else if letters.is_empty() {
        output::talk("no dead letter matches");
    } else {
        output::say(table(&letters))?;
        output::talk("next: makegood dlq show ID");
        if let Some(next) = next {
            let all = store.letters_count(&filter).await?;
            output::talk(format!("{} in all; the next page: --before {next}", words::count(all, "letter")));
        }
    }
    store.close().await;
    Ok(Exit::Done)
}

fn table(letters: &[LetterSummary]) -> String {
    let mut table = output::table(&["id", "last seen", "state", "type", "code", "times", "event", "message"]);
    for letter in letters {
        table.add_row([
            letter.id.to_string(),
            words::moment(letter.last_seen),
            letter.state.as_str().to_owned(),
            words::known(letter.event_type.as_deref()),
            words::plain(&letter.code),
            letter.times.to_string(),
            letter.event_id.as_deref().map_or_else(|| "-".to_owned(), |id| words::cut(id, ID_CHARS)),
            words::cut(&letter.message, MESSAGE_CHARS),
        ]);
    }
    table.to_string()
}

/// Counts letters by trouble.
pub(super) async fn groups(options: &GroupsOptions, config: &Config) -> anyhow::Result<Exit> {
    let filter = options.filter.filter(&options.state.states(), SystemClock.now())?;
    let store = open(config).await?;
    let groups = store.letter_groups(&filter).await?;
    store.close().await;
    if options.json {
        words::json(&groups.iter().map(group_json).collect::<Vec<_>>())?;
    } else if groups.is_empty() {
        output::talk("no dead letter matches");
    } else {
        output::say(groups_table(&groups))?;
        if groups.len() >= GROUPS_MAX as usize {
            output::talk(format!("these are the largest {GROUPS_MAX}; conditions show others"));
        }
        output::talk("next: makegood dlq show EXAMPLE, then makegood dlq plan --group 'GROUP'");
    }
    Ok(Exit::Done)
}

fn groups_table(groups: &[LetterGroup]) -> String {
    let mut table = output::table(&["letters", "times", "class", "first seen", "last seen", "example", "group"]);
    // A group is copied into a command: it must not be broken.
    if let Some(group) = table.column_mut(6) {
        group.set_constraint(ColumnConstraint::ContentWidth);
    }
    for group in groups {
        table.add_row([
            group.letters.to_string(),
            group.times.to_string(),
            group.class.as_str().to_owned(),
            words::moment(group.first_seen),
            words::moment(group.last_seen),
            group.newest.to_string(),
            words::plain(&group.fingerprint),
        ]);
    }
    table.to_string()
}
