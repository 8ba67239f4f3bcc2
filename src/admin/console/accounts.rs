//! `GET /accounts/{id}`: the Connects history of an account with the balance after each line;
//! `GET /accounts/{id}/history.csv`: the whole of a period as a file.

use std::sync::Arc;

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime};

use super::show::{Query, When, given, parameters};
use super::{Console, Failure, Format, Role, Route, Shell, Visitor, respond};
use crate::store::{PAGE_MAX, Store};
use crate::worker::history::{Cursor, Line, Page, Period, Statement, statement, to_csv};
use crate::worker::words;

/// Lines on a page.
const SHOWN: u32 = 50;
/// Characters of a title.
const TITLE_CHARS: usize = 120;
/// Lines of a file at most; of one that is longer the download breaks off, so that nobody takes it for all there is.
/// `makegood history --csv` has no end.
const FILE_LINES_MAX: u32 = 1_000_000;

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
    #[serde(skip)]
    file: String,
}

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = Vec::from(Route::page("/accounts/{id}", Role::Viewer, show));
    routes.extend(Route::file("/accounts/{id}/history.csv", Role::Viewer, download));
    routes
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
        file: format!("{}/history.csv?{}", path(&id), asked.query(None)),
        rows: statement.lines.iter().map(|line| row(line, now)).collect(),
        next: statement.next.as_ref().map(|next| asked.query(Some(next.to_string()))),
        explain: parameters([("q", Some(id)), ("kind", Some("account".to_owned()))]),
        asked,
        statement,
    };
    respond(format, &page)
}

/// A file that is being written: the page of the database after the last, and what is left of the longest.
struct File {
    store: Arc<dyn Store>,
    account: String,
    period: Period,
    /// Where it goes on; `None`: it is whole.
    next: Option<Cursor>,
    lines_left: u32,
}

/// The period as CSV, oldest first, in the memory of one page.
async fn download(
    State(console): State<Console>, Path(account): Path<String>, Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (store, period) = (console.store, asked.period()?);
    let page = Page { beyond: None, newest_first: false, limit: PAGE_MAX };
    let first = statement(&*store, &account, period, &page).await?.ok_or(Failure::NotFound)?;
    let head = to_csv(&first.lines, true).map_err(|error| Failure::internal(&error))?;
    let rest = File { store, account, period, next: first.next, lines_left: FILE_LINES_MAX };
    let pages = stream::try_unfold(rest, File::page);
    let body = stream::StreamExt::chain(stream::iter([Ok(Bytes::from(head))]), pages);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"connects-history.csv\""),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}

impl File {
    async fn page(mut self) -> std::io::Result<Option<(Bytes, File)>> {
        let Some(beyond) = self.next.take() else { return Ok(None) };
        self.lines_left = self.lines_left.checked_sub(PAGE_MAX).ok_or_else(|| std::io::Error::other("too long"))?;
        let page = Page { beyond: Some(beyond), newest_first: false, limit: PAGE_MAX };
        let part = statement(&*self.store, &self.account, self.period, &page).await.map_err(std::io::Error::other)?;
        let Some(part) = part else { return Ok(None) };
        self.next = part.next;
        Ok(Some((to_csv(&part.lines, false)?.into(), self)))
    }
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
