//! `GET /notices`: how many there are of each state, and the notices that match, newest first.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::HOME;
use super::filter::Conditions;
use crate::admin::console::show::{Query, When};
use crate::admin::console::{Console, Failure, Format, Shell, Visitor, respond};
use crate::store::{NoticePage, NoticeState, NoticeSummary};
use crate::worker::{desk, words};

/// Notices on a page.
const SHOWN: u32 = 50;
/// Characters of an id of others.
const ID_CHARS: usize = 60;

/// A notice in the list.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    json: Value,
    #[serde(skip)]
    id: Uuid,
    #[serde(skip)]
    state: &'static str,
    #[serde(skip)]
    look: &'static str,
    #[serde(skip)]
    code: String,
    #[serde(skip)]
    event_type: String,
    #[serde(skip)]
    event_id: String,
    #[serde(skip)]
    person: String,
    #[serde(skip)]
    attempts: u32,
    #[serde(skip)]
    created: When,
}

#[derive(Template, Serialize)]
#[template(path = "notices_list.html")]
struct List {
    #[serde(skip)]
    shell: Shell,
    notices: Vec<Row>,
    /// Of those that match, how many are in each state.
    counts: BTreeMap<&'static str, u64>,
    /// Where the next page begins.
    next: Option<Uuid>,
    #[serde(skip)]
    paged: bool,
    #[serde(skip)]
    conditions: Conditions,
    #[serde(skip)]
    states: Vec<&'static str>,
}

/// Which page.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Page {
    before: Option<Uuid>,
}

/// The page.
pub(super) async fn list(
    State(console): State<Console>, format: Format, visitor: Visitor, Query(conditions): Query<Conditions>,
    Query(page): Query<Page>,
) -> Result<Response, Failure> {
    let now = console.clock.now();
    let filter = conditions.filter(now)?;
    let before = match page.before {
        None => None,
        Some(id) => Some(console.store.notice(id, now).await?.ok_or(Failure::NotFound)?.summary.cursor()),
    };
    let notices = console.store.notices(&filter, NoticePage { before, limit: SHOWN }).await?;
    let mut counts = BTreeMap::new();
    for group in console.store.notice_groups(&filter).await? {
        *counts.entry(group.state.as_str()).or_default() += group.notices;
    }
    let full = notices.len() >= SHOWN as usize;
    let page = List {
        shell: Shell::new(&visitor, HOME, "Notices"),
        next: notices.last().filter(|_| full).map(|notice| notice.id),
        notices: notices.iter().map(|notice| row(notice, now)).collect(),
        counts,
        paged: before.is_some(),
        conditions,
        states: NoticeState::ALL.map(NoticeState::as_str).to_vec(),
    };
    respond(format, &page)
}

/// How a state looks: good, bad, warn, or nothing in particular.
pub(super) fn look(state: NoticeState) -> &'static str {
    match state {
        NoticeState::Sent => "good",
        NoticeState::Failed | NoticeState::Undeliverable | NoticeState::Suppressed => "bad",
        NoticeState::Unknown | NoticeState::Withheld | NoticeState::Deferred => "warn",
        NoticeState::Pending | NoticeState::Leased => "",
    }
}

fn row(notice: &NoticeSummary, now: OffsetDateTime) -> Row {
    Row {
        json: desk::notice_json(notice),
        id: notice.id,
        state: notice.state.as_str(),
        look: look(notice.state),
        code: words::known(notice.code.as_deref()),
        event_type: words::plain(&notice.event_type),
        event_id: words::cut(&notice.event.id, ID_CHARS),
        person: words::cut(&notice.person, ID_CHARS),
        attempts: notice.attempts,
        created: When::new(notice.created_at, now),
    }
}
