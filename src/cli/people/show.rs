//! `makegood people show`: the answer to a person who asks what is held about them.

use anyhow::bail;

use super::{dlq, person};
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::event::PersonId;
use crate::mail::masked;
use crate::store::{HELD_ROWS_MAX, PersonHeld};

/// Options of `makegood people show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
--json is the answer to a request for access (GDPR Art. 15): every row, with name, address and the words of
the notices. Treat it as personal data.")]
pub(super) struct Options {
    /// Id of the person.
    #[arg(value_name = "PERSON", value_parser = person)]
    person: PersonId,
    /// Rows of each kind at most, up to 10000.
    #[arg(long, value_name = "N", default_value_t = HELD_ROWS_MAX,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(HELD_ROWS_MAX)))]
    limit: u32,
    /// Shows the address whole; without it, its first letter and the domain. JSON always has it whole.
    #[arg(long)]
    show_address: bool,
    /// Prints JSON: facts, and the rows of each kind.
    #[arg(long)]
    json: bool,
}

/// Shows it.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let store = dlq::open(config).await?;
    let held = store.person_held(&options.person, options.limit).await?;
    store.close().await;
    let facts = &held.facts;
    if !(facts.known || facts.named || facts.erased_at.is_some()) {
        bail!("nothing is held about {}: is it the id that the marketplace uses?", options.person);
    }
    if options.json {
        dlq::json(&serde_json::to_value(&held)?)?;
    } else {
        output::say(head(&held, options.show_address))?;
        output::talk("everything, row by row: --json");
    }
    Ok(Exit::Done)
}

fn head(held: &PersonHeld, whole: bool) -> String {
    let facts = &held.facts;
    let mut lines = vec![format!("person {}", dlq::plain(&held.person))];
    let mut line = |name: &str, text: String| lines.push(format!("  {name:<13} {text}"));
    if let Some(at) = facts.erased_at {
        line("erased", dlq::moment(at));
    }
    line("name", dlq::known(facts.name.as_deref()));
    let address = facts.email.as_deref().map(|email| if whole { email.to_owned() } else { masked(email) });
    line("address", dlq::known(address.as_deref()));
    line("language", dlq::known(facts.locale.as_deref()));
    line("time zone", dlq::known(facts.time_zone.as_deref()));
    for kind in &held.held {
        let more = if kind.more { " and more" } else { "" };
        line(&kind.kind.replace('_', " "), format!("{}{more}", kind.rows.len()));
    }
    lines.join("\n")
}
