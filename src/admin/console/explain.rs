//! `GET /explain?q=`: what happened to a proposal, person, account, job, client, event, notice or entry: the front door
//! for support.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::show::{Query, When, given, parameters};
use super::{Console, Failure, Format, Role, Route, Shell, Visitor, people, respond};
use crate::store::{Listed, Thing, ThingKind};
use crate::worker::explain::{self, Entry, PROPOSALS_SHOWN, Timeline};
use crate::worker::words;

const HOME: &str = "/explain";
/// Characters of a text to look for.
const TEXT_CHARS: usize = 1_000;
/// Characters of a title in a list.
const TITLE_CHARS: usize = 120;
/// Things listed where a text fits several.
const FOUND_SHOWN: usize = 50;

/// What is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: Option<String>,
    kind: Option<String>,
    before: Option<String>,
}

/// One thing that a text fits.
struct Found {
    kind: &'static str,
    id: String,
    source: Option<String>,
    query: String,
}

/// One thing that happened.
struct Happened {
    at: When,
    what: String,
    look: &'static str,
    words: String,
    links: Vec<(String, String)>,
    trace: Option<String>,
}

/// A proposal in a list.
struct Line {
    proposal: String,
    query: String,
    title: String,
    submitted: When,
    spent: i64,
    back: i64,
    answer: String,
}

/// The page of one thing.
#[derive(Template, Serialize)]
#[template(path = "explain.html")]
struct Page {
    #[serde(skip)]
    shell: Shell,
    /// What was asked.
    q: String,
    /// What the text fits; one: it is explained.
    found: Vec<Thing>,
    timeline: Option<Timeline>,
    #[serde(skip)]
    listed: Vec<Found>,
    #[serde(skip)]
    answer: Vec<String>,
    #[serde(skip)]
    facts: Vec<(String, String)>,
    #[serde(skip)]
    happened: Vec<Happened>,
    #[serde(skip)]
    lines: Vec<Line>,
    #[serde(skip)]
    further: Vec<(&'static str, String)>,
    #[serde(skip)]
    next: Option<String>,
    #[serde(skip)]
    more: Vec<String>,
}

impl Page {
    /// The one thing that is explained, in words.
    fn subject(&self) -> String {
        let subject = self.timeline.as_ref().map(|timeline| &timeline.subject);
        subject.map(|thing| format!("{} {}", thing.kind.as_str(), words::plain(&thing.id))).unwrap_or_default()
    }
}

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    Route::page(HOME, Role::Viewer, show).into()
}

async fn show(
    State(console): State<Console>, format: Format, visitor: Visitor, Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let now = console.clock.now();
    let q: String = given(asked.q.as_ref()).unwrap_or_default().chars().take(TEXT_CHARS).collect();
    let kind = given(asked.kind.as_ref());
    let kind = match kind.as_deref().map(ThingKind::parse) {
        Some(None) => return Err(Failure::BadRequest("There is no such kind of thing to ask about.".to_owned())),
        kind => kind.flatten(),
    };
    let store = &*console.store;
    let mut found = if q.is_empty() { Vec::new() } else { explain::find(store, &q, kind).await? };
    found.truncate(FOUND_SHOWN);
    let before = given(asked.before.as_ref());
    let timeline = match &found[..] {
        [only] => {
            let page = Listed { before: before.as_deref(), limit: PROPOSALS_SHOWN };
            Some(explain::explain(store, only, page, now).await?)
        }
        _ => None,
    };
    let shell = Shell::new(&visitor, HOME, "Explain").asked(&q);
    respond(format, &page(shell, q, found, timeline, &visitor, now))
}

fn page(
    shell: Shell, q: String, found: Vec<Thing>, timeline: Option<Timeline>, visitor: &Visitor, now: OffsetDateTime,
) -> Page {
    let mut page = Page {
        shell,
        q,
        listed: found.iter().map(listed).collect(),
        found,
        answer: Vec::new(),
        facts: Vec::new(),
        happened: Vec::new(),
        lines: Vec::new(),
        further: Vec::new(),
        next: None,
        more: Vec::new(),
        timeline: None,
    };
    let Some(timeline) = timeline else { return page };
    let fact = |fact: &explain::Fact| (fact.name.replace('_', " "), words::plain(&fact.value));
    page.answer = timeline.answer.sentences.iter().map(|sentence| words::plain(sentence)).collect();
    page.facts = timeline.facts.iter().map(fact).collect();
    page.happened = timeline.entries.iter().map(|entry| happened(entry, now)).collect();
    page.lines = timeline.proposals.iter().map(|line| proposal(line, now)).collect();
    page.further = further(&timeline.subject, visitor);
    page.next = timeline.next.as_ref().map(|next| query(&timeline.subject, Some(next)));
    page.more.clone_from(&timeline.more);
    page.timeline = Some(timeline);
    page
}

/// The query that asks for this very thing.
fn query(thing: &Thing, before: Option<&str>) -> String {
    let text = match &thing.source {
        Some(source) => format!("{source} {}", thing.id),
        None => thing.id.clone(),
    };
    let kind = Some(thing.kind.as_str().to_owned());
    parameters([("q", Some(text)), ("kind", kind), ("before", before.map(str::to_owned))])
}

fn listed(thing: &Thing) -> Found {
    Found {
        kind: thing.kind.as_str(),
        id: words::plain(&thing.id),
        source: thing.source.as_deref().map(words::plain),
        query: query(thing, None),
    }
}

fn proposal(line: &explain::ProposalLine, now: OffsetDateTime) -> Line {
    Line {
        proposal: words::plain(&line.proposal),
        query: query(&Thing::new(ThingKind::Proposal, &line.proposal), None),
        title: words::cut(line.job_title.as_deref().unwrap_or(&line.job), TITLE_CHARS),
        submitted: When::new(line.submitted_at, now),
        spent: line.spent,
        back: line.answer.connects,
        answer: line.answer.sentences.first().map(|first| words::plain(first)).unwrap_or_default(),
    }
}

/// Where else there is more about it.
fn further(thing: &Thing, visitor: &Visitor) -> Vec<(&'static str, String)> {
    match thing.kind {
        ThingKind::Account => vec![("Connects history of the account", super::accounts::path(&thing.id))],
        ThingKind::Notice => vec![("The notice, and its letter", format!("/notices/{}", thing.id))],
        ThingKind::Person if visitor.may(Role::Admin) => {
            vec![("What is held about the person", people::path(&thing.id))]
        }
        ThingKind::Event => {
            let query = parameters([("event_id", Some(thing.id.clone()))]);
            vec![("Notices about the event", format!("/notices?{query}"))]
        }
        _ => Vec::new(),
    }
}

fn happened(entry: &Entry, now: OffsetDateTime) -> Happened {
    let link = |(name, id): (&&'static str, &String)| {
        Some((format!("{} {}", name.replace('_', " "), words::cut(id, 60)), href(name, id, entry)?))
    };
    Happened {
        at: When::new(entry.at, now),
        what: entry.what.replace('_', " "),
        look: look(entry),
        words: words::plain(&entry.words),
        links: entry.ids.iter().filter_map(link).collect(),
        trace: entry.ids.get("trace").map(|trace| words::plain(trace)),
    }
}

/// The page about what an id names.
fn href(name: &str, id: &str, entry: &Entry) -> Option<String> {
    let ask = |kind: ThingKind| format!("{HOME}?{}", query(&Thing::new(kind, id), None));
    match name {
        "notice" => Some(format!("/notices/{id}")),
        "dead_letter" => Some(format!("/letters/{id}")),
        "replay" => Some(format!("/replays/{id}")),
        "account" => Some(super::accounts::path(id)),
        "event" => {
            let source = entry.ids.get("source").cloned();
            Some(format!("{HOME}?{}", query(&Thing { source, ..Thing::new(ThingKind::Event, id) }, None)))
        }
        "reverses" => Some(ask(ThingKind::Entry)),
        name => ThingKind::parse(name).map(ask),
    }
}

/// How it looks: good, bad, warn, or nothing in particular.
fn look(entry: &Entry) -> &'static str {
    let code = |name: &str| entry.details.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
    match (entry.what, code("state"), code("verdict")) {
        ("dead_letter" | "notice.bounce" | "notice.complaint", ..) | (_, "failed" | "undeliverable", _) => "bad",
        ("notice.hold" | "suppressed" | "event.waiting", ..) | (_, "deferred" | "unknown" | "withheld", _) => "warn",
        ("ledger.return" | "event.applied", ..) | (_, "sent", _) | (_, _, "credited") => "good",
        _ => "",
    }
}
