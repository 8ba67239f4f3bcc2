//! `GET /accounts/{id}`: the Connects history of an account with the balance after each line, and the same as CSV.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime};

use super::show::{Query, When, given, parameters};
use super::{Console, Failure, Format, Role, Route, Shell, Visitor, respond};
use crate::worker::history::{Cursor, Line, Page, Period, Statement, statement};
use crate::worker::words;

/// Lines on a page.
const SHOWN: u32 = 50;
/// Characters of a title.
const TITLE_CHARS: usize = 120;

/// Which period, and which page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    since: Option<String>,
    until: Option<String>,
    before: Option<String>,
}

impl Asked {
    fn period(&self) -> Result<Period, Failure> {
        let until = day(self.until.as_ref(), "The last day")?;
        // The last day belongs to the period.
        let until = until.and_then(|at| at.checked_add(time::Duration::DAY));
        Ok(Period { since: day(self.since.as_ref(), "The first day")?, until })
    }

    fn query(&self, before: Option<String>) -> String {
        parameters([("since", given(self.since.as_ref())), ("until", given(self.until.as_ref())), ("before", before)])
    }
}

/// The begin of a day in UTC.
fn day(field: Option<&String>, name: &str) -> Result<Option<OffsetDateTime>, Failure> {
    let Some(text) = given(field) else { return Ok(None) };
    let date = Date::parse(&text, &Iso8601::DATE).ok();
    let wrong = || Failure::BadRequest(format!("{name} is a date such as 2026-11-03."));
    date.map(|date| Some(date.midnight().assume_utc())).ok_or_else(wrong)
}

/// A line as it is shown.
struct Row {
    at: When,
    cause: String,
    title: Option<String>,
    job: Option<String>,
    proposal: Option<(String, String)>,
    event: Option<String>,
    amount: String,
    balance: i64,
    expires: Option<When>,
    entry: String,
}

#[derive(Template, Serialize)]
#[template(path = "account.html")]
struct Account {
    #[serde(skip)]
    shell: Shell,
    #[serde(flatten)]
    statement: Statement,
    #[serde(skip)]
    path: String,
    #[serde(skip)]
    rows: Vec<Row>,
    #[serde(skip)]
    asked: Asked,
    #[serde(skip)]
    next: Option<String>,
    #[serde(skip)]
    explain: String,
}

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    Route::page("/accounts/{id}", Role::Viewer, show).into()
}

/// Where an account's page lies.
pub(super) fn path(id: &str) -> String {
    format!("/accounts/{}", askama::filters::urlencode_strict(id).map(|text| text.to_string()).unwrap_or_default())
}

async fn show(
    State(console): State<Console>, format: Format, visitor: Visitor, Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let beyond = match given(asked.before.as_ref()) {
        None => None,
        Some(text) => {
            let wrong = || Failure::BadRequest("The page to go on from cannot be read.".to_owned());
            Some(Cursor::parse(&text).ok_or_else(wrong)?)
        }
    };
    let page = Page { beyond, newest_first: true, limit: SHOWN };
    let statement = statement(&*console.store, &id, asked.period()?, &page).await?.ok_or(Failure::NotFound)?;
    let now = console.clock.now();
    let page = Account {
        shell: Shell::new(&visitor, "/explain", format!("Account {}", words::plain(&id))),
        path: path(&id),
        rows: statement.lines.iter().map(|line| row(line, now)).collect(),
        next: statement.next.as_ref().map(|next| asked.query(Some(next.to_string()))),
        explain: parameters([("q", Some(id)), ("kind", Some("account".to_owned()))]),
        asked,
        statement,
    };
    respond(format, &page)
}

fn row(line: &Line, now: OffsetDateTime) -> Row {
    let ask = |id: &str, kind: &str| parameters([("q", Some(id.to_owned())), ("kind", Some(kind.to_owned()))]);
    let event = line.event_id.as_deref().map(|id| match &line.event_source {
        Some(source) => ask(&format!("{source} {id}"), "event"),
        None => ask(id, "event"),
    });
    Row {
        at: When::new(line.at, now),
        cause: words::plain(&line.cause),
        title: line.job_title.as_deref().map(|title| words::cut(title, TITLE_CHARS)),
        job: line.job.as_deref().map(|job| ask(job, "job")),
        proposal: line.proposal.as_deref().map(|id| (words::plain(id), ask(id, "proposal"))),
        event,
        amount: format!("{:+}", line.amount),
        balance: line.balance,
        expires: line.expires_at.map(|at| When::new(at, now)),
        entry: words::plain(&line.entry),
    }
}
