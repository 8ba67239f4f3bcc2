//! `makegood dlq log`: what operators did, and why.

use serde_json::{Value, json};

use super::{open, words};
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::store::OperatorEntry;
use crate::worker::desk::entry_json;

/// Characters of a reason or of details in a table.
const TEXT_CHARS: usize = 60;

/// Options of `makegood dlq log`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Entries at most, up to 1000.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// The next page: only entries with a lower number.
    #[arg(long, value_name = "N")]
    before: Option<i64>,
    /// Prints JSON: entries, and the number that the next page goes on from.
    #[arg(long)]
    json: bool,
}

/// Shows it.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let store = open(config).await?;
    let entries = store.operator_log(options.before, options.limit).await?;
    store.close().await;
    let full = entries.len() >= options.limit as usize;
    let next = entries.last().filter(|_| full).map(|entry| entry.no);
    if options.json {
        let entries: Vec<Value> = entries.iter().map(entry_json).collect();
        words::json(&json!({ "entries": entries, "next": next }))?;
    } else if entries.is_empty() {
        output::talk("no operator did anything yet");
    } else {
        output::say(table(&entries))?;
        if let Some(next) = next {
            output::talk(format!("the next page: --before {next}"));
        }
    }
    Ok(Exit::Done)
}

fn table(entries: &[OperatorEntry]) -> String {
    let mut table = output::table(&["no", "when", "who", "what", "letters", "why", "details"]);
    for entry in entries {
        table.add_row([
            entry.no.to_string(),
            words::moment(entry.at),
            words::plain(&entry.operator),
            words::plain(&entry.action),
            entry.affected.to_string(),
            words::plain(&entry.reason),
            words::cut(&entry.details.to_string(), TEXT_CHARS),
        ]);
    }
    table.to_string()
}
