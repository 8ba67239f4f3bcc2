//! `GET /letters/plan`: what an act would do to which letters, before anybody says yes.
//!
//! The letters are frozen by number and digest. The form gives the digest of all of them back: what is confirmed is
//! what was shown, or nothing happens.

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tokio::time::Instant;

use super::HOME;
use super::filter::{Conditions, Deed};
use crate::admin::console::show::Query;
use crate::admin::console::{Console, Failure, Format, Shell, Visitor, respond};
use crate::store::{LetterState, Prediction, ReplayEffects};
use crate::worker::desk::{self, DeskError, Forecast, Frozen, Tally};
use crate::worker::words;

/// How long one page predicts; what is left then is counted, and not predicted.
const PREDICT_MAX: Duration = Duration::from_secs(4);
/// Letters predicted between two looks at the clock.
const PREDICT_PAGE: usize = 100;
/// Letters named one by one.
const NAMED: usize = 20;

impl Deed {
    fn verb(self) -> &'static str {
        match self {
            Deed::Replay => "replay",
            Deed::Discard => "discard",
            Deed::Restore => "restore",
        }
    }

    /// The letters it is for.
    fn states(self, effects: ReplayEffects) -> &'static [LetterState] {
        match self {
            Deed::Replay => effects.states(),
            Deed::Discard => &[LetterState::Open],
            Deed::Restore => &[LetterState::Discarded],
        }
    }

    /// Where its form is posted.
    fn target(self) -> &'static str {
        match self {
            Deed::Replay => "/replays",
            Deed::Discard => "/letters/discard",
            Deed::Restore => "/letters/restore",
        }
    }
}

/// The letters that are meant, now.
pub(super) async fn frozen(
    console: &Console, conditions: &Conditions, now: OffsetDateTime,
) -> Result<Vec<Frozen>, Failure> {
    let selection = conditions.selection(conditions.deed.states(conditions.effects()?), now)?;
    match desk::freeze(&*console.store, &selection, conditions.limit()?).await {
        Ok(frozen) => Ok(frozen),
        Err(DeskError::Store(error)) => Err(error.into()),
        Err(DeskError::NoLetter(id)) => Err(Failure::BadRequest(format!("There is no dead letter {id}."))),
        Err(error @ DeskError::TooMany) => Err(Failure::BadRequest(format!("{error}."))),
    }
}

/// What the form gives back: number and digest of each letter, digested.
pub(super) fn seal(frozen: &[Frozen]) -> String {
    let mut hash = Sha256::new();
    for (id, digest) in frozen {
        hash.update(id.to_be_bytes());
        hash.update(digest);
    }
    hex::encode(hash.finalize())
}

/// What would become of a letter.
#[derive(Serialize)]
struct Foretold {
    id: i64,
    outcome: &'static str,
    #[serde(skip)]
    code: String,
}

#[derive(Template, Serialize)]
#[template(path = "letters_plan.html")]
struct Plan {
    #[serde(skip)]
    shell: Shell,
    deed: Deed,
    /// Letters that are meant.
    letters: usize,
    /// Of these, predicted.
    predicted: usize,
    effects: &'static str,
    totals: Option<Tally>,
    /// To be given back with the act.
    seal: String,
    first: Vec<Foretold>,
    #[serde(skip)]
    forecast: Vec<String>,
    #[serde(skip)]
    everything: bool,
    #[serde(skip)]
    conditions: Conditions,
    #[serde(skip)]
    limit: String,
    #[serde(skip)]
    target: &'static str,
}

impl Plan {
    fn is_replay(&self) -> bool {
        self.deed == Deed::Replay
    }
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>, format: Format, visitor: Visitor, Query(conditions): Query<Conditions>,
) -> Result<Response, Failure> {
    let (deed, effects) = (conditions.deed, conditions.effects()?);
    let frozen = frozen(&console, &conditions, console.clock.now()).await?;
    let predictions = match deed {
        Deed::Replay => predict(&console, &frozen, effects).await?,
        Deed::Discard | Deed::Restore => Vec::new(),
    };
    let totals = (deed == Deed::Replay).then(|| Forecast::totals(&predictions));
    let title = format!("Plan: {} {}", deed.verb(), words::count(frozen.len() as u64, "letter"));
    let page = Plan {
        shell: Shell::new(&visitor, HOME, title),
        deed,
        letters: frozen.len(),
        predicted: predictions.len(),
        effects: effects.as_str(),
        forecast: totals.as_ref().map(|totals| totals.forecast().split_off(1)).unwrap_or_default(),
        totals,
        seal: seal(&frozen),
        first: first(&frozen, &predictions),
        everything: conditions.is_everything(),
        limit: conditions.limit.clone().unwrap_or_default(),
        target: deed.target(),
        conditions,
    };
    respond(format, &page)
}

async fn predict(console: &Console, frozen: &[Frozen], effects: ReplayEffects) -> Result<Vec<Prediction>, Failure> {
    let begun = Instant::now();
    let mut predictions = Vec::new();
    for page in frozen.chunks(PREDICT_PAGE) {
        if begun.elapsed() > PREDICT_MAX {
            break;
        }
        let forecast = Forecast { frozen: page, effects, patch: None };
        match forecast.make(&console.intake, &mut |_| {}).await {
            Ok(made) => predictions.extend(made),
            Err(DeskError::Store(error)) => return Err(error.into()),
            Err(error) => return Err(Failure::Conflict(format!("{error}."))),
        }
    }
    Ok(predictions)
}

fn first(frozen: &[Frozen], predictions: &[Prediction]) -> Vec<Foretold> {
    let named = frozen.iter().take(NAMED).map(|(id, _)| {
        let outcome = predictions.iter().find(|prediction| prediction.id == *id).map(|found| &found.outcome);
        let code = outcome.and_then(|outcome| outcome.code()).map(words::plain).unwrap_or_default();
        Foretold { id: *id, outcome: outcome.map_or("not predicted", |outcome| outcome.as_str()), code }
    });
    named.collect()
}
