//! Notices: found, read as sent, kept back, let go, sent again; the same acts as `makegood notices`.

mod filter;
mod list;
mod one;

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::show::sentence;
use super::{Acting, Console, Failure, Format, Role, Route, done};
use crate::store::{Act, NoticeAct, NoticeSelection};
use crate::worker::desk::{NoticesOrder, change_notices, notice_left_because};

/// Where the navigation leads.
const HOME: &str = "/notices";

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    routes.extend(Route::page(HOME, Role::Viewer, list::list));
    routes.extend(Route::page("/notices/{id}", Role::Viewer, one::show));
    routes.extend(Route::file("/notices/{id}/mail", Role::Support, one::mail));
    routes.extend(Route::act("/notices/{id}/hold", Role::Support, hold));
    routes.extend(Route::act("/notices/{id}/release", Role::Support, release));
    routes.extend(Route::act("/notices/{id}/resend", Role::Support, resend));
    routes
}

/// What a form without fields of its own has.
#[derive(Debug, Deserialize)]
struct Nothing {}

type Posted = Acting<Nothing>;

async fn hold(
    State(console): State<Console>, format: Format, Path(id): Path<Uuid>, Acting { act, .. }: Posted,
) -> Result<Response, Failure> {
    change(&console, format, NoticeAct::Hold, id, &act).await
}

async fn release(
    State(console): State<Console>, format: Format, Path(id): Path<Uuid>, Acting { act, .. }: Posted,
) -> Result<Response, Failure> {
    change(&console, format, NoticeAct::Release, id, &act).await
}

async fn resend(
    State(console): State<Console>, format: Format, Path(id): Path<Uuid>, Acting { act, .. }: Posted,
) -> Result<Response, Failure> {
    change(&console, format, NoticeAct::Resend, id, &act).await
}

async fn change(console: &Console, format: Format, what: NoticeAct, id: Uuid, act: &Act) -> Result<Response, Failure> {
    let which = NoticeSelection::Ids(vec![id]);
    let order = NoticesOrder { what, which: &which, limit: 1, rehearse: false };
    let changed = change_notices(&*console.store, &*console.clock, &order, act).await?;
    match changed.left.first() {
        Some((_, None)) => Err(Failure::NotFound),
        Some((id, state)) => Err(Failure::Conflict(sentence(&notice_left_because(what, *id, *state)))),
        None => Ok(done(format, &format!("{HOME}/{id}"), &json!({ "changed": changed.changed }))),
    }
}
