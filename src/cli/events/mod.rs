//! `makegood events`: the inbox, as far as it is not done with, and what leaves it.

mod retention;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::dlq;
use crate::cli::{Exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::store::{EventState, EventSummary};

/// Characters of an id in a table.
const ID_CHARS: usize = 60;

/// Options of `makegood events`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Lists events that wait, are applied in chunks, or were given up; newest first.
    List(ListOptions),
    /// Moves what was decided and told about events applied long ago into tables by month.
    #[command(after_help = retention::ARCHIVE)]
    Archive(retention::LeaveOptions),
    /// Deletes what was decided and told about events applied long ago; keys and the ledger stay.
    #[command(after_help = retention::PURGE)]
    Purge(retention::LeaveOptions),
}

/// Options of `makegood events list`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("state").required(true))]
struct ListOptions {
    /// Events that wait for something to become known, or for the end of a hold.
    #[arg(long, group = "state")]
    waiting: bool,
    /// Events that are applied in chunks.
    #[arg(long, group = "state")]
    fanning_out: bool,
    /// Events that were given up; their dead letters: `makegood dlq list --event-id ID`.
    #[arg(long, group = "state")]
    dead: bool,
    /// Events at most, up to 1000.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// The next page: only events with a lower number.
    #[arg(long, value_name = "N")]
    before: Option<i64>,
    /// Prints JSON: events, and the number that the next page goes on from.
    #[arg(long)]
    json: bool,
}

impl ListOptions {
    fn state(&self) -> EventState {
        if self.dead {
            EventState::Dead
        } else if self.fanning_out {
            EventState::FanningOut
        } else {
            EventState::Waiting
        }
    }
}

/// Does what the verb says.
pub(super) async fn run(options: &Options, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    match &options.verb {
        Verb::List(options) => list(options, config).await,
        Verb::Archive(options) => retention::archive(options, config, operators).await,
        Verb::Purge(options) => retention::purge(options, config, operators).await,
    }
}

async fn list(options: &ListOptions, config: &Config) -> anyhow::Result<Exit> {
    let store = dlq::open(config).await?;
    let events = store.events(options.state(), options.before, options.limit).await?;
    store.close().await;
    let full = events.len() >= options.limit as usize;
    let next = events.last().filter(|_| full).map(|event| event.no);
    if options.json {
        let events: Vec<Value> = events.iter().map(event_json).collect();
        dlq::json(&json!({ "events": events, "next": next }))?;
    } else if events.is_empty() {
        output::talk(format!("no event is {}", options.state().as_str().replace('_', " ")));
    } else {
        output::say(table(&events, SystemClock.now()))?;
        if let Some(next) = next {
            output::talk(format!("the next page: --before {next}"));
        }
    }
    Ok(Exit::Done)
}

fn table(events: &[EventSummary], now: OffsetDateTime) -> String {
    let mut table = output::table(&["no", "event", "source", "type", "code", "attempts", "came", "due"]);
    for event in events {
        table.add_row([
            event.no.to_string(),
            dlq::cut(&event.key.id, ID_CHARS),
            dlq::cut(&event.key.source, ID_CHARS),
            dlq::plain(&event.event_type),
            dlq::known(event.code.as_deref()),
            event.attempts.to_string(),
            dlq::moment(event.received_at),
            event.due_at.map_or_else(|| "-".to_owned(), |at| due(at, now)),
        ]);
    }
    table.to_string()
}

/// How long until then, to the second.
fn due(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let seconds = (at - now).whole_seconds();
    match u64::try_from(seconds) {
        Ok(0) | Err(_) => "now".to_owned(),
        Ok(seconds) => format!("in {}", humantime::format_duration(std::time::Duration::from_secs(seconds))),
    }
}

fn event_json(event: &EventSummary) -> Value {
    let moment = |at: OffsetDateTime| at.format(&Rfc3339).ok();
    json!({
        "no": event.no,
        "source": event.key.source,
        "event_id": event.key.id,
        "event_type": event.event_type,
        "state": event.state,
        "code": event.code,
        "attempts": event.attempts,
        "occurred_at": moment(event.occurred_at),
        "received_at": moment(event.received_at),
        "due_at": event.due_at.and_then(moment),
    })
}
