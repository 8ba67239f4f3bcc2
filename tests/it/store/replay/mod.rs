//! Replays, predictions and trials, on both databases.

mod effects;
mod jobs;
mod letters;
mod trials;

pub use effects::*;
pub use jobs::*;
pub use letters::*;
pub use trials::*;

use std::sync::Arc;
use std::time::Duration;

use makegood::event::{DecodeLimits, Message};
use makegood::store::{
    Act, DeadClass, DeadLetter, LetterOutcome, Replay, ReplayCall, ReplayEffects, ReplayEnd, ReplayOrder, ReplayStep,
    Selection, Store,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::bench::{Bench, WAIT, noon};
use super::events::{judge, returned};

/// Longer than any case takes.
const LEASE: Duration = Duration::from_secs(600);

const LIMITS: DecodeLimits = DecodeLimits { body_bytes_max: 256 * 1024 };

fn call(now: OffsetDateTime) -> ReplayCall<'static> {
    ReplayCall { judge: &judge, wait: &WAIT, limits: LIMITS, now }
}

fn act() -> Act {
    Act { operator: "olga".into(), reason: "ticket 7".into() }
}

fn order(ids: &[i64], effects: ReplayEffects) -> ReplayOrder {
    ReplayOrder {
        selection: Selection::Ids(ids.to_vec()),
        limit: None,
        effects,
        rate: None,
        ramp: Vec::new(),
        stop_after_failures: None,
        patch: None,
    }
}

/// Orders a replay and takes it over.
async fn begun(store: &Arc<dyn Store>, order: &ReplayOrder) -> (i64, Uuid) {
    let replay = store.replay_create(order, &act(), noon(100)).await.expect("ordered");
    let token = Uuid::new_v4();
    let claimed = store.replay_claim(Some(replay.no), token, LEASE, noon(100)).await.expect("claimed");
    assert!(claimed.is_some_and(|claimed| claimed.held && claimed.no == replay.no));
    (replay.no, token)
}

async fn step(store: &Arc<dyn Store>, (replay, token): (i64, Uuid)) -> ReplayStep {
    store.replay_step(replay, token, LEASE, call(noon(100))).await.expect("a step")
}

/// Does a replay from its order to its end.
async fn run(store: &Arc<dyn Store>, order: &ReplayOrder) -> (Vec<LetterOutcome>, Replay) {
    let hold = begun(store, order).await;
    let mut outcomes = Vec::new();
    loop {
        match step(store, hold).await {
            ReplayStep::Tried { outcome, .. } => outcomes.push(outcome),
            ReplayStep::Exhausted => break,
            ReplayStep::Lost => panic!("nobody else is here"),
        }
    }
    assert!(store.replay_end(hold.0, hold.1, ReplayEnd::Done, noon(100)).await.expect("ended"));
    (outcomes, store.replays(Some(hold.0), 1).await.expect("read").remove(0))
}

/// Replays one letter: what was predicted is what came of it.
async fn one(store: &Arc<dyn Store>, id: i64, effects: ReplayEffects, patch: Option<&[u8]>) -> LetterOutcome {
    let predicted = store.predict(&[id], effects, patch, call(noon(100))).await.expect("predicted");
    let order = ReplayOrder { patch: patch.map(<[u8]>::to_vec), ..order(&[id], effects) };
    let (outcomes, _) = run(store, &order).await;
    let [outcome] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!(predicted.iter().map(|prediction| prediction.id).collect::<Vec<_>>(), [id]);
    assert_eq!(timeless(&predicted[0].outcome), timeless(outcome));
    outcome.clone()
}

/// When an event is tried again depends on its number, and a prediction's is not kept.
fn timeless(outcome: &LetterOutcome) -> LetterOutcome {
    match outcome {
        LetterOutcome::Waiting { code, .. } => LetterOutcome::Waiting { code: code.clone(), due: noon(0) },
        outcome => outcome.clone(),
    }
}

/// What an event waits for that was decided at `noon(100)` for the first time.
fn waits(outcome: &LetterOutcome) -> &str {
    match outcome {
        LetterOutcome::Waiting { code, due } => {
            assert!(*due >= noon(160) && *due <= noon(167), "{due}");
            code
        }
        other => panic!("{other:?}"),
    }
}

/// Buries a message and answers the id of its letter.
async fn bury(bench: &Bench, store: &Arc<dyn Store>, message: &Message, class: DeadClass, code: &str) -> i64 {
    store.bury(&[DeadLetter::new(message, class, code, "it failed".into())], noon(0)).await.expect("buried");
    newest(bench).await
}

async fn newest(bench: &Bench) -> i64 {
    bench.number("select max(dead_letter_no) from dead_letters").await
}

/// What stands in one column of a letter.
async fn column(bench: &Bench, id: i64, name: &str) -> String {
    bench.texts(&format!("select cast({name} as text) from dead_letters where dead_letter_no = {id}")).await
}

/// Kind and outcome of what happened to a letter, without its arrivals.
async fn history(bench: &Bench, id: i64) -> String {
    bench
        .texts(&format!(
            "select kind || ' ' || outcome || coalesce(' ' || code, '') from dead_letter_attempts
             where dead_letter_no = {id} and kind <> 'arrival' order by attempt_no"
        ))
        .await
}

fn applied(credits: u64, connects: i64, decisions: u64, notices: u64) -> LetterOutcome {
    LetterOutcome::Applied {
        credits,
        connects,
        returned: returned(credits, connects),
        already: 0,
        decisions,
        notices,
        withheld: 0,
    }
}

fn skipped(code: &'static str) -> LetterOutcome {
    LetterOutcome::Skipped { code }
}

/// Class and code of a failure.
fn failed(outcome: &LetterOutcome) -> (DeadClass, &str) {
    match outcome {
        LetterOutcome::Failed { class, code, message, .. } => {
            assert!(!message.is_empty());
            (*class, code)
        }
        other => panic!("{other:?}"),
    }
}

/// The body of an event that cancels a job.
fn body(id: &str, job: &str) -> Vec<u8> {
    super::events::canceled(id, job).message.body.clone()
}
