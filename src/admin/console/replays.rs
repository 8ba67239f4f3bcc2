//! `GET /replays` and `GET /replays/{no}`: replays as they stand, with live progress; `POST /replays/{no}/cancel`.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use super::show::{Query, When, sentence};
use super::{Acting, Console, Failure, Format, Role, Route, Shell, Visitor, done, respond};
use crate::store::{Replay, ReplayState};
use crate::worker::{desk, words};

const HOME: &str = "/replays";
/// Replays in the list, the newest.
const SHOWN: u32 = 100;
/// Seconds after which the page of a replay under way is shown anew.
const REFRESH: u32 = 2;
/// Characters of a reason in the list.
const REASON_CHARS: usize = 120;

/// A replay.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    json: Value,
    #[serde(skip)]
    it: Replay,
    #[serde(skip)]
    operator: String,
    #[serde(skip)]
    reason: String,
    #[serde(skip)]
    created: When,
    #[serde(skip)]
    started: Option<When>,
    #[serde(skip)]
    ended: Option<When>,
}

impl Row {
    fn new(replay: Replay, now: OffsetDateTime, reason_chars: usize) -> Self {
        Self {
            json: desk::replay_json(&replay),
            operator: words::plain(&replay.operator),
            reason: words::cut(&replay.reason, reason_chars),
            created: When::new(replay.created_at, now),
            started: replay.started_at.map(|at| When::new(at, now)),
            ended: replay.ended_at.map(|at| When::new(at, now)),
            it: replay,
        }
    }

    fn tried(&self) -> u64 {
        self.it.done + self.it.failed + self.it.skipped
    }

    fn percent(&self) -> u64 {
        (self.tried() * 100).checked_div(self.it.items).unwrap_or(100)
    }

    /// How it looks: good, bad, warn, or nothing in particular.
    fn look(&self) -> &'static str {
        match self.it.state {
            ReplayState::Done if self.it.failed == 0 => "good",
            ReplayState::Done | ReplayState::Canceled => "warn",
            ReplayState::Stopped => "bad",
            ReplayState::Pending | ReplayState::Running => "",
        }
    }
}

#[derive(Template, Serialize)]
#[template(path = "replays.html")]
struct List {
    #[serde(skip)]
    shell: Shell,
    replays: Vec<Row>,
}

#[derive(Template, Serialize)]
#[template(path = "replay.html")]
struct One {
    #[serde(skip)]
    shell: Shell,
    #[serde(flatten)]
    replay: Row,
    #[serde(skip)]
    words: String,
    #[serde(skip)]
    can_cancel: bool,
}

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    routes.extend(Route::page(HOME, Role::Viewer, list));
    routes.extend(Route::page("/replays/{no}", Role::Viewer, show));
    routes.extend(Route::act("/replays/{no}/cancel", Role::Operator, cancel));
    routes
}

async fn list(State(console): State<Console>, format: Format, visitor: Visitor) -> Result<Response, Failure> {
    let now = console.clock.now();
    let replays = console.store.replays(None, SHOWN).await?;
    let under_way = replays.iter().any(|replay| replay.ended_at.is_none());
    let shell = Shell::new(&visitor, HOME, "Replays");
    let page = List {
        shell: if under_way { shell.refreshing(REFRESH) } else { shell },
        replays: replays.into_iter().map(|replay| Row::new(replay, now, REASON_CHARS)).collect(),
    };
    respond(format, &page)
}

/// Whether the page is to stay as it is: without a script it would be loaded anew while somebody writes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    still: Option<String>,
}

async fn show(
    State(console): State<Console>, format: Format, visitor: Visitor, Path(no): Path<i64>, Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let replay = console.store.replays(Some(no), 1).await?.into_iter().next().ok_or(Failure::NotFound)?;
    let shell = Shell::new(&visitor, HOME, format!("Replay {no}"));
    let under_way = replay.ended_at.is_none();
    let page = One {
        shell: if under_way && asked.still.is_none() { shell.refreshing(REFRESH) } else { shell },
        words: told(&replay),
        can_cancel: under_way && visitor.may(Role::Operator),
        replay: Row::new(replay, console.clock.now(), usize::MAX),
    };
    respond(format, &page)
}

/// How it stands, in a sentence.
fn told(replay: &Replay) -> String {
    let failed = words::count(replay.failed, "letter");
    match replay.state {
        ReplayState::Pending => "Ordered; the daemon begins in a moment.".to_owned(),
        ReplayState::Running if replay.held => "Under way.".to_owned(),
        ReplayState::Running => sentence("nobody works at it just now; a running daemon takes it over"),
        ReplayState::Done if replay.failed == 0 => "Done: every letter was tried and none failed again.".to_owned(),
        ReplayState::Done => format!("Done, and {failed} failed again: they are open as before, with this attempt."),
        ReplayState::Stopped => format!("Stopped after {failed} failed again; the rest was not touched."),
        ReplayState::Canceled => "Canceled: what was replayed stays, the rest was not touched.".to_owned(),
    }
}

/// What a form without fields of its own has.
#[derive(Debug, Deserialize)]
struct Nothing {}

async fn cancel(
    State(console): State<Console>, format: Format, Path(no): Path<i64>, Acting { act, .. }: Acting<Nothing>,
) -> Result<Response, Failure> {
    let before = console.store.replays(Some(no), 1).await?.into_iter().next().ok_or(Failure::NotFound)?;
    if before.ended_at.is_some() {
        return Err(Failure::Conflict(format!("Replay {no} has ended already: nothing was changed.")));
    }
    let after = console.store.replay_cancel(no, &act, console.clock.now()).await?.ok_or(Failure::NotFound)?;
    Ok(done(format, &format!("{HOME}/{no}"), &desk::replay_json(&after)))
}
