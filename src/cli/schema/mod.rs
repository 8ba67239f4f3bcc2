//! `makegood schema`: what a publisher checks its events against, as JSON Schema or as an AsyncAPI document.

mod asyncapi;

use anyhow::bail;

use crate::app;
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::event::{EventType, schema};
use crate::worker::{PUBLISHED, published_schema};

/// Options of `makegood schema`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  makegood schema job-canceled        JSON Schema (2020-12) of one event
  makegood schema --asyncapi          AsyncAPI 3.0: exchanges, routing keys, every event and its schema")]
pub(super) struct Options {
    /// Type of the event.
    #[arg(value_name = "TYPE", required_unless_present = "asyncapi")]
    event_type: Option<String>,
    /// Prints the AsyncAPI document, with the exchanges' names as configured.
    #[arg(long, conflicts_with = "event_type")]
    asyncapi: bool,
}

/// Prints one of them.
pub(super) fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let Some(name) = &options.event_type else {
        output::json(&asyncapi::document(&app::topology(config).exchange, &config.in_app.exchange))?;
        return Ok(Exit::Done);
    };
    let Some(schema) = EventType::parse(name).map(schema).or_else(|| published_schema(name)) else {
        let (consumed, published) = (EventType::ALL.map(EventType::as_str).join(", "), PUBLISHED.join(", "));
        bail!("there is no event {name:?}: {consumed} are consumed, {published} published");
    };
    output::json(&schema)?;
    Ok(Exit::Done)
}
