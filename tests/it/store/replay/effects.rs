//! Credit without mail, and mail without credit.

use makegood::event::Event;
use makegood::policy::{Effects, Facts, Ruling, Stage};
use makegood::store::{Batch, DeadClass, FanOutStep, LetterOutcome, ReplayCall, ReplayEffects, ReplayStep};
use std::time::Duration;
use uuid::Uuid;

use super::super::bench::{Bench, WAIT, noon};
use super::super::events::{HOLD, canceled, judge, returned, suspended};
use super::{LEASE, begun, body, bury, call, column, history, one, order, skipped, waits};

const CREDIT: ReplayEffects = ReplayEffects::Credit;
const MAIL: ReplayEffects = ReplayEffects::Mail;

const WITHHELD: &str = "select count(*) from notices where state = 'withheld' and due_at is null";
const DUE: &str = "select count(*) from notices where state = 'pending' and due_at is not null";

pub async fn credit_then_mail(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let id = bury(&bench, &store, &canceled("e", "j").message, DeadClass::Refused, "store_refused").await;
    // Never mail alone: nothing has been credited that could be told.
    assert_eq!(one(&store, id, MAIL, None).await, skipped("nothing_to_mail"));
    assert_eq!(column(&bench, id, "state").await, "open");
    assert_eq!(one(&store, id, CREDIT, None).await, credited_and_kept_back());
    assert_eq!((bench.balance("a").await, bench.number(WITHHELD).await), (100, 1));
    let leased = store.lease_notices(9, Uuid::new_v4(), Duration::from_secs(60), noon(9_999)).await.expect("leased");
    assert!(leased.is_empty());
    assert_eq!(one(&store, id, CREDIT, None).await, skipped("resolved"));
    assert_eq!(one(&store, id, MAIL, None).await, LetterOutcome::Mailed { notices: 1 });
    assert_eq!((bench.balance("a").await, bench.number(DUE).await), (100, 1));
    assert_eq!(one(&store, id, MAIL, None).await, skipped("nothing_to_mail"));
    assert_eq!(column(&bench, id, "state").await, "resolved");
    assert_eq!(history(&bench, id).await, "replay applied|replay mailed");
    bench.books_agree().await;
}

/// One proposal credited, its notice kept back.
fn credited_and_kept_back() -> LetterOutcome {
    LetterOutcome::Applied {
        credits: 1,
        connects: 6,
        returned: returned(1, 6),
        already: 0,
        decisions: 1,
        notices: 1,
        withheld: 1,
    }
}

/// As the policy judges what happened too long ago to be told (`stale_notice = "none"`).
fn too_late(event: &Event, stage: Stage, facts: &mut Facts) -> Ruling {
    match judge(event, stage, facts) {
        Ruling::Apply(effects) => Ruling::Apply(Effects { withhold: Some("stale"), ..effects }),
        ruling => ruling,
    }
}

/// Credited like any other, and told only when an operator asks for it.
pub async fn late_notices_are_kept_back_and_let_go(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let id = bury(&bench, &store, &canceled("e", "j").message, DeadClass::Refused, "store_refused").await;
    let (replay, token) = begun(&store, &order(&[id], ReplayEffects::Both)).await;
    let call = ReplayCall { judge: &too_late, ..call(noon(100)) };
    let step = store.replay_step(replay, token, LEASE, call).await.expect("a step");
    let ReplayStep::Tried { outcome, .. } = step else { panic!("{step:?}") };
    assert_eq!(outcome, credited_and_kept_back());
    assert_eq!((bench.balance("a").await, bench.number(WITHHELD).await), (100, 1));
    assert_eq!(bench.count("notices where code = 'stale'").await, 1);
    assert_eq!(one(&store, id, MAIL, None).await, LetterOutcome::Mailed { notices: 1 });
    assert_eq!(bench.number(DUE).await, 1);
    bench.books_agree().await;
}

pub async fn late_notices_of_the_queue_are_kept_back(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let batch = Batch { arrivals: vec![canceled("e", "j")], dead: Vec::new() };
    store.apply(&batch, &too_late, &WAIT, noon(100)).await.expect("applied");
    assert_eq!((bench.balance("a").await, bench.number(WITHHELD).await, bench.number(DUE).await), (100, 1, 0));
}

/// The letter itself is no event: what was made of it is found by the letter.
pub async fn mail_finds_what_a_patch_had_credited(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let broken = makegood::event::Message { body: b"{".to_vec(), ..Default::default() };
    let id = bury(&bench, &store, &broken, DeadClass::Undecodable, "syntax").await;
    one(&store, id, CREDIT, Some(&body("e", "j"))).await;
    assert_eq!(one(&store, id, MAIL, None).await, LetterOutcome::Mailed { notices: 1 });
}

/// Mail of one event is not let go by a letter that only has its id.
pub async fn a_conflict_lets_nothing_go(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let id = bury(&bench, &store, &canceled("e", "j").message, DeadClass::Refused, "store_refused").await;
    let other = bury(&bench, &store, &canceled("e", "elsewhere").message, DeadClass::Conflict, "event_conflict").await;
    one(&store, id, CREDIT, None).await;
    assert_eq!(one(&store, other, MAIL, None).await, skipped("nothing_to_mail"));
    assert_eq!(bench.number(WITHHELD).await, 1);
}

async fn steps(store: &std::sync::Arc<dyn makegood::store::Store>, count: u32) {
    for _ in 0..count {
        assert_ne!(store.fan_out(&judge, &WAIT, noon(200)).await.expect("a step"), FanOutStep::Idle);
    }
}

pub async fn every_chunk_keeps_its_notices_back(mut bench: Bench) {
    bench.inline = 3;
    let store = bench.migrated().await;
    bench.client("c").await;
    bench.crowd("j", 5).await;
    let id = bury(&bench, &store, &canceled("e", "j").message, DeadClass::Refused, "store_refused").await;
    assert_eq!(one(&store, id, CREDIT, None).await, LetterOutcome::FanningOut);
    steps(&store, 2).await;
    assert_eq!((bench.number(WITHHELD).await, bench.count("notices").await), (2, 2));
    // Let go in the middle: the rest comes without being asked for.
    assert_eq!(one(&store, id, MAIL, None).await, LetterOutcome::Mailed { notices: 2 });
    steps(&store, 2).await;
    assert_eq!(bench.texts("select state from events").await, "applied");
    assert_eq!((bench.number(DUE).await, bench.count("notices").await), (5, 5));
    bench.books_agree().await;
}

pub async fn what_waits_keeps_its_notices_back_when_it_is_decided(bench: Bench) {
    let store = bench.migrated().await;
    let early = bury(&bench, &store, &canceled("e", "j").message, DeadClass::Refused, "store_refused").await;
    assert_eq!(waits(&one(&store, early, CREDIT, None).await), "job_unknown");
    bench.small_market().await;
    let held = bury(&bench, &store, &suspended("h", "c", false).message, DeadClass::Refused, "store_refused").await;
    let waiting = LetterOutcome::Waiting { code: "suspension_not_final".into(), due: noon(0) + HOLD };
    assert_eq!(one(&store, held, CREDIT, None).await, waiting);
    store.apply_due(10, &judge, &WAIT, noon(0) + HOLD).await.expect("due");
    assert_eq!((bench.number(WITHHELD).await, bench.count("notices").await), (1, 1));
    assert_eq!(bench.balance("a").await, 100);
    assert_eq!(one(&store, early, MAIL, None).await, LetterOutcome::Mailed { notices: 1 });
}

/// After a replay without mail the event dies; one with both tells all of it.
pub async fn both_lets_go_what_an_earlier_replay_kept_back(mut bench: Bench) {
    bench.inline = 3;
    let store = bench.migrated().await;
    bench.client("c").await;
    bench.crowd("j", 5).await;
    let id = bury(&bench, &store, &canceled("e", "j").message, DeadClass::Refused, "store_refused").await;
    one(&store, id, CREDIT, None).await;
    steps(&store, 2).await;
    bench.run("update events set state = 'dead', cursor = null").await;
    bench.run("delete from fanout_accounts").await;
    bench.run("update dead_letters set state = 'open', settled_at = null").await;
    assert_eq!(one(&store, id, ReplayEffects::Both, None).await, LetterOutcome::FanningOut);
    steps(&store, 4).await;
    assert_eq!((bench.number(DUE).await, bench.count("notices").await), (5, 5));
}
