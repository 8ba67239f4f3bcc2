//! `makegood suppressions list`.

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::dlq;
use crate::cli::{Exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::event::PersonId;
use crate::mail::masked;
use crate::store::{PAGE_MAX, Suppression, SuppressionCause, SuppressionFilter};

/// Options of `makegood suppressions list`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Only of this cause: bad-mailbox, complaint or operator.
    #[arg(long, value_name = "CAUSE", value_parser = cause)]
    cause: Option<SuppressionCause>,
    /// Only the present address of this person.
    #[arg(long, value_name = "ID", value_parser = person)]
    person: Option<PersonId>,
    /// Those whose term is over, instead of those in force.
    #[arg(long)]
    expired: bool,
    /// Shows addresses whole; without it, their first letter and the domain.
    #[arg(long)]
    show_addresses: bool,
    /// Entries at most, up to 1000.
    #[arg(long, value_name = "N", default_value_t = 50,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(PAGE_MAX)))]
    limit: u32,
    /// The next page: only entries with a lower number.
    #[arg(long, value_name = "NO")]
    before: Option<i64>,
    /// Prints JSON: entries, and the number that the next page goes on from.
    #[arg(long)]
    json: bool,
}

/// The cause of this name.
fn cause(name: &str) -> Result<SuppressionCause, String> {
    SuppressionCause::parse(name).ok_or_else(|| "bad-mailbox, complaint or operator is expected".to_owned())
}

fn person(id: &str) -> Result<PersonId, String> {
    PersonId::parse(id.to_owned()).map_err(|error| error.to_string())
}

/// Lists them.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let filter = SuppressionFilter {
        cause: options.cause,
        person: options.person.clone(),
        expired: options.expired,
        before: options.before,
    };
    let store = dlq::open(config).await?;
    let entries = store.suppressions(&filter, options.limit, SystemClock.now()).await?;
    store.close().await;
    let full = entries.len() >= options.limit as usize;
    let next = entries.last().filter(|_| full).map(|entry| entry.no);
    if options.json {
        let entries: Vec<Value> = entries.iter().map(|entry| entry_json(entry, options.show_addresses)).collect();
        dlq::json(&json!({ "entries": entries, "next": next }))?;
    } else if entries.is_empty() {
        output::talk("no address that matches is suppressed");
    } else {
        output::say(table(&entries, options.show_addresses))?;
        output::talk("to let one go: makegood suppressions release NO --reason TEXT");
        if let Some(next) = next {
            output::talk(format!("the next page: --before {next}"));
        }
    }
    Ok(Exit::Done)
}

/// The address as it may be shown.
pub(super) fn shown(entry: &Suppression, whole: bool) -> String {
    if whole { entry.address.0.clone() } else { masked(&entry.address.0) }
}

fn table(entries: &[Suppression], whole: bool) -> String {
    let mut table = output::table(&["no", "address", "cause", "since", "until", "notice"]);
    for entry in entries {
        table.add_row([
            entry.no.to_string(),
            dlq::plain(&shown(entry, whole)),
            entry.cause.as_str().to_owned(),
            dlq::moment(entry.created_at),
            entry.expires_at.map_or_else(|| "released".to_owned(), dlq::moment),
            entry.notice.map_or_else(|| "-".to_owned(), |id| id.to_string()),
        ]);
    }
    table.to_string()
}

/// An entry for machines.
pub(super) fn entry_json(entry: &Suppression, whole: bool) -> Value {
    json!({
        "no": entry.no,
        "address": shown(entry, whole),
        "cause": entry.cause.as_str(),
        "notice": entry.notice,
        "created_at": entry.created_at.format(&Rfc3339).ok(),
        "expires_at": entry.expires_at.and_then(|at| at.format(&Rfc3339).ok()),
    })
}
