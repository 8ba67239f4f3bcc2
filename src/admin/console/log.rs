//! `GET /log`: what operators did, and why.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use super::show::{Query, When, age, given, parameters};
use super::{Console, Failure, Format, Role, Route, Shell, Visitor, respond};
use crate::store::{OperatorEntry, OperatorFilter};
use crate::worker::{desk, words};

const HOME: &str = "/log";
/// Entries on a page.
const SHOWN: u32 = 50;
/// Characters of the details.
const DETAILS_CHARS: usize = 2_000;
/// Kinds of acts, the part before the point.
const KINDS: [&str; 7] = ["dlq", "replay", "notices", "suppressions", "audit", "people", "policy"];

/// What a form says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Conditions {
    operator: Option<String>,
    action: Option<String>,
    newer_than: Option<String>,
    older_than: Option<String>,
    before: Option<i64>,
}

impl Conditions {
    fn filter(&self, now: OffsetDateTime) -> Result<OperatorFilter, Failure> {
        Ok(OperatorFilter {
            operator: given(self.operator.as_ref()),
            action: given(self.action.as_ref()),
            from: age(self.newer_than.as_ref(), now)?,
            before: age(self.older_than.as_ref(), now)?,
        })
    }

    fn fields(&self) -> [(&'static str, Option<String>); 4] {
        let fields = [
            ("operator", &self.operator),
            ("action", &self.action),
            ("newer_than", &self.newer_than),
            ("older_than", &self.older_than),
        ];
        fields.map(|(name, value)| (name, given(value.as_ref())))
    }

    fn value(&self, name: &str) -> String {
        let fields = self.fields();
        fields.into_iter().find(|(known, _)| *known == name).and_then(|(_, value)| value).unwrap_or_default()
    }

    fn is_everything(&self) -> bool {
        self.fields().iter().all(|(_, value)| value.is_none())
    }

    fn link(&self) -> String {
        parameters(self.fields())
    }

    fn older(&self, before: &impl ToString) -> String {
        parameters(self.fields().into_iter().chain([("before", Some(before.to_string()))]))
    }
}

/// An entry.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    json: Value,
    #[serde(skip)]
    no: i64,
    #[serde(skip)]
    at: When,
    #[serde(skip)]
    operator: String,
    #[serde(skip)]
    action: String,
    #[serde(skip)]
    reason: String,
    #[serde(skip)]
    affected: u64,
    #[serde(skip)]
    details: String,
}

#[derive(Template, Serialize)]
#[template(path = "log.html")]
struct Page {
    #[serde(skip)]
    shell: Shell,
    entries: Vec<Row>,
    /// Where the next page begins.
    next: Option<i64>,
    #[serde(skip)]
    conditions: Conditions,
    #[serde(skip)]
    kinds: [&'static str; 7],
}

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    Route::page(HOME, Role::Viewer, show).into()
}

async fn show(
    State(console): State<Console>, format: Format, visitor: Visitor, Query(conditions): Query<Conditions>,
) -> Result<Response, Failure> {
    let now = console.clock.now();
    let entries = console.store.operator_acts(&conditions.filter(now)?, conditions.before, SHOWN).await?;
    let full = entries.len() >= SHOWN as usize;
    let page = Page {
        shell: Shell::new(&visitor, HOME, "Operators' log"),
        next: entries.last().filter(|_| full).map(|entry| entry.no),
        entries: entries.iter().map(|entry| row(entry, now)).collect(),
        conditions,
        kinds: KINDS,
    };
    respond(format, &page)
}

fn row(entry: &OperatorEntry, now: OffsetDateTime) -> Row {
    let details = serde_json::to_string_pretty(&entry.details).unwrap_or_default();
    Row {
        json: desk::entry_json(entry),
        no: entry.no,
        at: When::new(entry.at, now),
        operator: words::plain(&entry.operator),
        action: words::plain(&entry.action),
        reason: words::plain(&entry.reason),
        affected: entry.affected,
        details: words::plain_lines(&details.chars().take(DETAILS_CHARS).collect::<String>()),
    }
}
