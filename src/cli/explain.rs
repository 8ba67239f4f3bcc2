//! `makegood explain`: "where are my Connects?", answered for any id that a support agent may be given.

use anyhow::bail;
use serde_json::json;
use time::OffsetDateTime;

use super::dlq;
use crate::cli::{Exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::store::{Listed, Store, Thing, ThingKind};
use crate::worker::explain::{self, PROPOSALS_SHOWN, Timeline};

/// Characters of a title in a table.
const TITLE_CHARS: usize = 40;
/// Characters of an answer in a table.
const ANSWER_CHARS: usize = 120;

/// Options of `makegood explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
  makegood explain PROPOSAL          what became of its Connects, and why
  makegood explain account ID        its proposals, newest first, each with its answer
  makegood explain event SOURCE ID   an event of this source

KIND is proposal, person, account, job, client, event, notice or entry. Of a notice the
Message-ID of its mail is understood, too. The first lines are the answer; the timeline below
has every moment in UTC. Docs: docs/support.md.

Exit codes: 0 answered; 1 nothing has this id; 3 several things have it, and the output lists
them.")]
pub(super) struct Options {
    /// The id; before it, if you like, what it is the id of.
    #[arg(value_name = "[KIND] ID", required = true, num_args = 1..=3)]
    what: Vec<String>,
    /// The next page of proposals: only those behind this one.
    #[arg(long, value_name = "PROPOSAL")]
    before: Option<String>,
    /// Proposals on a page, up to 1000.
    #[arg(long, value_name = "N", default_value_t = PROPOSALS_SHOWN)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Prints JSON: subject, answer, facts, entries, proposals.
    #[arg(long)]
    json: bool,
}

impl Options {
    /// What it is said to be, and its id.
    fn asked(&self) -> (Option<ThingKind>, String) {
        match self.what.split_first() {
            Some((kind, id)) if !id.is_empty() && ThingKind::parse(kind).is_some() => {
                (ThingKind::parse(kind), id.join(" "))
            }
            _ => (None, self.what.join(" ")),
        }
    }
}

/// Answers.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let store = dlq::open(config).await?;
    let told = answer(options, &*store, SystemClock.now()).await;
    store.close().await;
    told
}

async fn answer(options: &Options, store: &dyn Store, now: OffsetDateTime) -> anyhow::Result<Exit> {
    let (kind, id) = options.asked();
    let found = explain::find(store, &id, kind).await?;
    let thing = match &found[..] {
        [] => {
            let what = kind.map_or("proposal, person, account, job, client, event, notice or entry", ThingKind::as_str);
            bail!("no {what} has the id {}, and nothing was ever said of one", dlq::plain(&id))
        }
        [one] => one,
        several => return list(several, options.json),
    };
    let page = Listed { before: options.before.as_deref(), limit: options.limit };
    let timeline = explain::explain(store, thing, page, now).await?;
    if options.json {
        dlq::json(&timeline)?;
    } else {
        tell(&timeline)?;
    }
    Ok(Exit::Done)
}

/// Several things have this id: which is meant?
fn list(several: &[Thing], as_json: bool) -> anyhow::Result<Exit> {
    if as_json {
        dlq::json(&json!({ "matches": several }))?;
    } else {
        output::talk("several things have this id; say which is meant:");
        for thing in several {
            let source = thing.source.as_ref().map_or_else(String::new, |source| format!(" {}", dlq::plain(source)));
            output::say(format!("makegood explain {}{source} {}", thing.kind.as_str(), dlq::plain(&thing.id)))?;
        }
    }
    Ok(Exit::Partly)
}

fn tell(timeline: &Timeline) -> anyhow::Result<()> {
    let mut head: Vec<String> = timeline.answer.sentences.iter().map(|sentence| dlq::plain(sentence)).collect();
    head.push(String::new());
    head.push(format!("{} {}", timeline.subject.kind.as_str(), dlq::plain(&timeline.subject.id)));
    head.extend(timeline.facts.iter().map(|fact| format!("  {:<12} {}", fact.name, dlq::plain(&fact.value))));
    output::say(head.join("\n"))?;
    if !timeline.proposals.is_empty() {
        output::say(format!("\n{}", proposals(timeline)))?;
    }
    if !timeline.entries.is_empty() {
        output::say(format!("\n{}", entries(timeline)))?;
    }
    for more in &timeline.more {
        output::talk(format!("there are {more}"));
    }
    if let Some(next) = &timeline.next {
        output::talk(format!("the next page: --before {}", dlq::plain(next)));
    }
    output::talk(next_steps(timeline).join("\n"));
    Ok(())
}

fn proposals(timeline: &Timeline) -> String {
    let mut table = output::table(&["submitted", "proposal", "job", "cost", "back", "answer"]);
    for line in &timeline.proposals {
        table.add_row([
            dlq::moment(line.submitted_at),
            dlq::plain(&line.proposal),
            dlq::cut(line.job_title.as_deref().unwrap_or(&line.job), TITLE_CHARS),
            line.spent.to_string(),
            line.answer.connects.to_string(),
            dlq::cut(&line.answer.brief(), ANSWER_CHARS),
        ]);
    }
    table.to_string()
}

fn entries(timeline: &Timeline) -> String {
    let mut table = output::table(&["when", "what", "words"]);
    for entry in &timeline.entries {
        table.add_row([dlq::moment(entry.at), entry.what.to_owned(), dlq::plain(&entry.words)]);
    }
    table.to_string()
}

/// What to type next, by what the timeline names. Ids of others are not put into a command: a shell would read them.
fn next_steps(timeline: &Timeline) -> Vec<String> {
    let mut steps = Vec::new();
    let named = |name: &str| timeline.entries.iter().rev().find_map(|entry| entry.ids.get(name));
    if let Some(notice) = named("notice") {
        steps.push(format!("the mail as it is: makegood notices show {}", dlq::plain(notice)));
    }
    if let Some(letter) = named("dead_letter") {
        steps.push(format!("the dead letter: makegood dlq show {}", dlq::plain(letter)));
    }
    if let Some(trace) = named("trace") {
        steps.push(format!("the trace: {}", dlq::plain(trace)));
    }
    steps
}
