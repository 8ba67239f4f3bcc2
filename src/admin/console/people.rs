//! `GET /people/{id}`: what is held about a person; `GET /people/{id}/erasure`: what an erasure would take out;
//! `POST /people/{id}/erase`: it is taken out. For admins alone.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::show::When;
use super::{Acting, Console, Failure, Format, Role, Route, Shell, Visitor, done, respond};
use crate::event::PersonId;
use crate::store::{Act, Erased, HeldRows, PersonFacts, PersonHeld};
use crate::worker::erase::{EraseError, erase};
use crate::worker::words;

/// Rows of each kind on the page; `makegood people show` has up to 10,000.
const SHOWN: u32 = 100;
/// What a rehearsal is called; it is undone, and stands in no log.
const REHEARSAL: &str = "a rehearsal in the console";

/// Rows of one kind, as text.
struct Kind {
    name: String,
    number: String,
    rows: Vec<String>,
}

#[derive(Template, Serialize)]
#[template(path = "person.html")]
struct Person {
    #[serde(skip)]
    shell: Shell,
    #[serde(flatten)]
    held: PersonHeld,
    #[serde(skip)]
    link: String,
    #[serde(skip)]
    facts: Vec<(&'static str, String)>,
    #[serde(skip)]
    erased: Option<When>,
    #[serde(skip)]
    kinds: Vec<Kind>,
}

#[derive(Template, Serialize)]
#[template(path = "person_erase.html")]
struct Rehearsal {
    #[serde(skip)]
    shell: Shell,
    person: String,
    would: Erased,
    #[serde(skip)]
    link: String,
    #[serde(skip)]
    lines: Vec<(&'static str, u64)>,
}

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    routes.extend(Route::page("/people/{id}", Role::Admin, show));
    routes.extend(Route::page("/people/{id}/erasure", Role::Admin, rehearse));
    routes.extend(Route::act("/people/{id}/erase", Role::Admin, take_out));
    routes
}

fn person(id: &str) -> Result<PersonId, Failure> {
    PersonId::parse(id).map_err(|_| Failure::NotFound)
}

/// Where a person's pages lie.
pub(super) fn path(id: &str) -> String {
    format!("/people/{}", askama::filters::urlencode_strict(id).map(|text| text.to_string()).unwrap_or_default())
}

async fn show(
    State(console): State<Console>, format: Format, visitor: Visitor, Path(id): Path<String>,
) -> Result<Response, Failure> {
    let person = person(&id)?;
    let held = console.store.person_held(&person, SHOWN).await?;
    let known = held.facts.known || held.facts.named || held.facts.erased_at.is_some();
    if !known {
        return Err(Failure::NotFound);
    }
    let now = console.clock.now();
    let page = Person {
        shell: Shell::new(&visitor, "", format!("Person {}", words::plain(&id))),
        link: path(&id),
        facts: facts(&held.facts),
        erased: held.facts.erased_at.map(|at| When::new(at, now)),
        kinds: held.held.iter().map(kind).collect(),
        held,
    };
    respond(format, &page)
}

fn facts(facts: &PersonFacts) -> Vec<(&'static str, String)> {
    let all = [
        ("Name", facts.name.as_deref()),
        ("Address", facts.email.as_deref()),
        ("Language", facts.locale.as_deref()),
        ("Time zone", facts.time_zone.as_deref()),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, words::plain(value?)))).collect()
}

fn kind(rows: &HeldRows) -> Kind {
    let text = |row: &serde_json::Value| words::plain_lines(&serde_json::to_string_pretty(row).unwrap_or_default());
    let number = rows.rows.len();
    Kind {
        name: rows.kind.replace('_', " "),
        number: if rows.more { format!("more than {number}") } else { number.to_string() },
        rows: rows.rows.iter().map(text).collect(),
    }
}

async fn rehearse(
    State(console): State<Console>, format: Format, visitor: Visitor, Path(id): Path<String>,
) -> Result<Response, Failure> {
    let act = Act { operator: visitor.name.clone(), reason: REHEARSAL.to_owned() };
    let would = order(&console, &id, true, &act, console.clock.now()).await?;
    let page = Rehearsal {
        shell: Shell::new(&visitor, "", format!("Erase {}", words::plain(&id))),
        link: path(&id),
        lines: lines(&would),
        person: id,
        would,
    };
    respond(format, &page)
}

/// What the form says besides the reason.
#[derive(Debug, Deserialize)]
struct Form {
    /// The id, typed.
    confirm: String,
}

async fn take_out(
    State(console): State<Console>, format: Format, Path(id): Path<String>, Acting { act, form, .. }: Acting<Form>,
) -> Result<Response, Failure> {
    if form.confirm.trim() != id {
        let why = "What was typed is not the person's id: nothing was erased.";
        return Err(Failure::BadRequest(why.to_owned()));
    }
    let erased = order(&console, &id, false, &act, console.clock.now()).await?;
    Ok(done(format, &path(&id), &erased))
}

async fn order(console: &Console, id: &str, rehearse: bool, act: &Act, now: OffsetDateTime) -> Result<Erased, Failure> {
    match erase(&*console.store, &person(id)?, rehearse, act, now).await {
        Ok(erased) => Ok(erased),
        Err(EraseError::Store(error)) => Err(error.into()),
        Err(EraseError::Unknown(_)) => Err(Failure::NotFound),
        Err(error @ EraseError::Named) => Err(Failure::BadRequest(format!("Refused: {error}."))),
        Err(error @ EraseError::Sending(_)) => Err(Failure::Conflict(format!("{error}."))),
    }
}

fn lines(would: &Erased) -> Vec<(&'static str, u64)> {
    vec![
        ("facts emptied", u64::from(would.facts)),
        ("notices without their words", would.notices),
        ("of these not sent yet, and never sent", would.unsent),
        ("announcements given up", would.announcements),
        ("suppressed addresses forgotten", would.suppressions),
        ("events without what names them", would.events),
        ("dead letters without what names them", would.letters),
        ("replays without their edited payload", would.replays),
        ("rows of the operators' log that hold the address, and stay", would.log_rows),
    ]
}
