//! `POST /replays`, `/letters/discard` and `/letters/restore`: what a plan showed is done, or nothing is.

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::filter::{Conditions, Deed};
use super::plan::{frozen, seal};
use crate::admin::console::show::given;
use crate::admin::console::{Acting, Console, Failure, Format, done};
use crate::store::{REPLAY_ITEMS_MAX, ReplayOrder, Selection};
use crate::worker::desk::{self, Frozen};

/// Orders a replay, which the daemon carries out.
pub(super) async fn replay(
    State(console): State<Console>, format: Format, Acting { act, form, .. }: Acting<Conditions>,
) -> Result<Response, Failure> {
    let form = Conditions { deed: Deed::Replay, ..form };
    let order = ReplayOrder {
        selection: chosen(&console, &form).await?,
        limit: None,
        effects: form.effects()?,
        rate: form.rate()?,
        ramp: Vec::new(),
        stop_after_failures: form.stop_after_failures()?,
        patch: None,
    };
    let replay = console.store.replay_create(&order, &act, console.clock.now()).await?;
    Ok(done(format, &format!("/replays/{}", replay.no), &desk::replay_json(&replay)))
}

/// Puts letters into the archive.
pub(super) async fn discard(
    State(console): State<Console>, format: Format, Acting { act, form, .. }: Acting<Conditions>,
) -> Result<Response, Failure> {
    let form = Conditions { deed: Deed::Discard, ..form };
    let chosen = chosen(&console, &form).await?;
    let ids = console.store.discard(&chosen, REPLAY_ITEMS_MAX, &act, console.clock.now()).await?;
    Ok(done(format, &after(&form, &ids, "state=discarded"), &json!({ "letters": ids.len(), "ids": ids })))
}

/// Takes letters out of the archive.
pub(super) async fn restore(
    State(console): State<Console>, format: Format, Acting { act, form, .. }: Acting<Conditions>,
) -> Result<Response, Failure> {
    let form = Conditions { deed: Deed::Restore, ..form };
    let chosen = chosen(&console, &form).await?;
    let ids = console.store.restore(&chosen, REPLAY_ITEMS_MAX, &act, console.clock.now()).await?;
    Ok(done(format, &after(&form, &ids, "state=open"), &json!({ "letters": ids.len(), "ids": ids })))
}

/// The letters of the plan, if they are still those.
async fn chosen(console: &Console, form: &Conditions) -> Result<Selection, Failure> {
    if form.is_everything() && given(form.seal.as_ref()).is_none() {
        let why = "Without letters, conditions or a plan this would mean every letter. Make a plan first.";
        return Err(Failure::BadRequest(why.to_owned()));
    }
    let frozen: Vec<Frozen> = frozen(console, form, console.clock.now()).await?;
    if frozen.is_empty() {
        return Err(Failure::Conflict("No letter is meant any more: nothing was changed.".to_owned()));
    }
    if given(form.seal.as_ref()).is_some_and(|planned| planned != seal(&frozen)) {
        let why = "Other letters match now than the plan showed: nothing was changed. Go back and plan again.";
        return Err(Failure::Conflict(why.to_owned()));
    }
    Ok(Selection::Ids(frozen.into_iter().map(|(id, _)| id).collect()))
}

/// The page that shows what was done.
fn after(form: &Conditions, ids: &[i64], list: &str) -> String {
    match (&*form.id, ids) {
        ([only], _) | (_, [only]) => format!("/letters/{only}"),
        _ => format!("/letters?{list}"),
    }
}
