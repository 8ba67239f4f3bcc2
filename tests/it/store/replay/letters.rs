//! What becomes of one letter.

use std::collections::BTreeMap;

use makegood::event::Message;
use makegood::store::{DEAD_BODY_MAX, DeadClass, LetterOutcome, Outcome, ReplayEffects};

use super::super::bench::{Bench, WAIT, noon};
use super::super::events::{HOLD, batch, canceled, judge, refusable, suspended};
use super::{applied, body, bury, column, failed, history, newest, one, skipped, waits};

const BOTH: ReplayEffects = ReplayEffects::Both;

pub async fn a_patch_replaces_the_body_and_the_original_stays(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let broken = Message { body: b"{not json".to_vec(), routing_key: "k".into(), ..Message::default() };
    let id = bury(&bench, &store, &broken, DeadClass::Undecodable, "syntax").await;
    assert_eq!(failed(&one(&store, id, BOTH, None).await).0, DeadClass::Undecodable);
    assert_eq!((column(&bench, id, "state").await, bench.count("events").await), ("open".into(), 0));
    assert_eq!(one(&store, id, BOTH, Some(&body("e", "j"))).await, applied(1, 6, 1, 1));
    assert_eq!(column(&bench, id, "state").await, "resolved");
    assert_eq!(bench.number("select cast(length(body) as bigint) from dead_letters").await, 9);
    assert_eq!(history(&bench, id).await, "replay dead invalid_json|replay applied");
    assert_eq!(bench.balance("a").await, 100);
    bench.books_agree().await;
}

/// Binary mode: the body alone is no event.
pub async fn headers_and_content_type_come_back(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let headers = [("specversion", "1.0"), ("id", "e"), ("source", "/test"), ("type", "job-canceled")];
    let mut headers: BTreeMap<_, _> =
        headers.map(|(name, value)| (format!("cloudEvents_{name}"), value.to_owned())).into();
    headers.insert("cloudEvents_time".into(), "2026-03-01T12:00:00Z".into());
    let message = Message {
        body: br#"{"job_id":"j","cause":"client-canceled"}"#.to_vec(),
        content_type: Some("application/json".into()),
        content_encoding: Some("identity".into()),
        headers,
        ..Message::default()
    };
    let id = bury(&bench, &store, &message, DeadClass::Refused, "store_refused").await;
    let wrong = br#"{"job_id":"nowhere","cause":"client-canceled"}"#;
    // A patch that is no whole event is the data alone.
    let predicted = store.predict(&[id], BOTH, Some(wrong), super::call(noon(100))).await.expect("predicted");
    assert_eq!(waits(&predicted[0].outcome), "job_unknown");
    assert_eq!(one(&store, id, BOTH, None).await, applied(1, 6, 1, 1));
    assert_eq!(bench.texts("select event_id from events").await, "e");
}

pub async fn what_fails_again_is_the_same_letter(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    store.apply(&batch([refusable("e", "j")]), &judge, &WAIT, noon(0)).await.expect("taken in");
    let id = newest(&bench).await;
    for _ in 0..2 {
        assert_eq!(failed(&one(&store, id, BOTH, None).await), (DeadClass::Refused, "test_refusal"));
    }
    assert_eq!((bench.count("dead_letters").await, bench.number("select times from dead_letters").await), (1, 1));
    assert_eq!(column(&bench, id, "state").await, "open");
    assert_eq!(column(&bench, id, "fingerprint").await, "test_refusal job-canceled -");
    let seen = format!("select count(*) from dead_letters where last_seen = {}", bench.moment(100));
    assert_eq!(bench.number(&seen).await, 1);
    assert_eq!(history(&bench, id).await, "replay dead test_refusal|replay dead test_refusal");
    assert_eq!(bench.texts("select state from events").await, "dead");
}

/// An event that waited for its job in vain.
async fn unresolved(bench: &Bench) -> (std::sync::Arc<dyn makegood::store::Store>, i64) {
    let store = bench.migrated().await;
    store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(0)).await.expect("taken in");
    for at in [70, 300] {
        store.apply_due(10, &judge, &WAIT, noon(at)).await.expect("due");
    }
    assert_eq!(bench.texts("select state from events").await, "dead");
    (store, newest(bench).await)
}

pub async fn an_unresolved_event_is_decided_again(bench: Bench) {
    let (store, id) = unresolved(&bench).await;
    assert_eq!(waits(&one(&store, id, BOTH, None).await), "job_unknown");
    assert_eq!(column(&bench, id, "state").await, "resolved");
    // It dies once more: the same letter is open again.
    for at in [170, 400] {
        store.apply_due(10, &judge, &WAIT, noon(at)).await.expect("due");
    }
    assert_eq!(bench.texts("select state from events").await, "dead");
    assert_eq!((bench.count("dead_letters").await, column(&bench, id, "state").await), (1, "open".into()));
    bench.small_market().await;
    assert_eq!(one(&store, id, BOTH, None).await, applied(1, 6, 1, 1));
    assert_eq!(history(&bench, id).await, "replay waiting job_unknown|replay applied");
    assert_eq!(bench.texts("select state || ' ' || attempts from events").await, "applied 1");
    bench.books_agree().await;
}

/// The letter is not the one that the event alone would become: its digest is that of other bytes.
pub async fn an_event_that_dies_once_more_opens_the_letter_it_came_from(bench: Bench) {
    let store = bench.migrated().await;
    let broken = Message { body: b"{not json".to_vec(), ..Message::default() };
    let id = bury(&bench, &store, &broken, DeadClass::Undecodable, "syntax").await;
    assert_eq!(waits(&one(&store, id, BOTH, Some(&body("e", "j"))).await), "job_unknown");
    for at in [170, 400] {
        store.apply_due(10, &judge, &WAIT, noon(at)).await.expect("due");
    }
    assert_eq!(bench.count("dead_letters").await, 1);
    assert_eq!(
        (column(&bench, id, "state").await, column(&bench, id, "code").await),
        ("open".into(), "job_unknown".into())
    );
    // Once the letter is gone, it becomes a new one.
    bench.small_market().await;
    bench.run("delete from dead_letters").await;
    bench.run(&format!("update events set state = 'waiting', due_at = {}", bench.moment(0))).await;
    bench.run("delete from jobs").await;
    store.apply_due(10, &judge, &WAIT, noon(999)).await.expect("due");
    assert_eq!(bench.count("dead_letters").await, 1);
    assert!(newest(&bench).await > id);
}

pub async fn a_dead_event_takes_a_corrected_payload(bench: Bench) {
    let (store, id) = unresolved(&bench).await;
    bench.client("c").await;
    bench.job("right", "c").await;
    bench.account("a", "ann").await;
    bench.proposal("p", "right", "a", "ann", 6).await;
    assert_eq!(one(&store, id, BOTH, Some(&body("e", "right"))).await, applied(1, 6, 1, 1));
    assert_eq!(bench.number("select count(*) from events where payload like '%right%'").await, 1);
    assert_eq!(bench.count("events").await, 1);
    let kept = if bench.is_sqlite() { "cast(body as text)" } else { "convert_from(body, 'UTF8')" };
    assert!(bench.texts(&format!("select {kept} from dead_letters")).await.contains("\"j\""));
    // What comes late with the first words is a conflict now.
    let again = store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(101)).await.expect("seen");
    assert!(matches!(&again[..], [Outcome::Dead { code, .. }] if code == "event_conflict"), "{again:?}");
}

pub async fn a_conflict_stays_one_unless_it_has_a_new_id(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    bench.job("k", "c").await;
    bench.proposal("q", "k", "a", "ann", 5).await;
    let events = [canceled("e", "j"), canceled("e", "k")];
    store.apply(&batch(events), &judge, &WAIT, noon(0)).await.expect("taken in");
    let id = newest(&bench).await;
    for patch in [None, Some(body("e", "elsewhere"))] {
        let outcome = one(&store, id, BOTH, patch.as_deref()).await;
        assert_eq!(failed(&outcome), (DeadClass::Conflict, "event_conflict"));
    }
    assert_eq!((bench.count("events").await, bench.balance("a").await), (1, 95));
    assert_eq!(one(&store, id, BOTH, Some(&body("e-2", "k"))).await, applied(1, 5, 1, 1));
    assert_eq!((bench.count("events").await, bench.balance("a").await), (2, 100));
    assert_eq!(bench.count("dead_letters").await, 1);
}

/// What a dead event has decided is its own: other words need another id.
pub async fn a_dead_event_that_decided_something_keeps_its_words(mut bench: Bench) {
    let (store, id) = dead_fan_out(&mut bench).await;
    let outcome = one(&store, id, BOTH, Some(&body("e", "elsewhere"))).await;
    assert_eq!(failed(&outcome), (DeadClass::Conflict, "event_conflict"));
}

/// Five people, of whom two had their credit when the third's account could not be found for good.
async fn dead_fan_out(bench: &mut Bench) -> (std::sync::Arc<dyn makegood::store::Store>, i64) {
    bench.inline = 3;
    let store = bench.migrated().await;
    bench.client("c").await;
    bench.crowd("j", 5).await;
    bench.run("create table put_away as select * from accounts where account_id = 'a03'").await;
    bench.run("delete from accounts where account_id = 'a03'").await;
    store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(0)).await.expect("taken in");
    for at in [0, 70, 300] {
        store.apply_due(10, &judge, &WAIT, noon(at)).await.expect("due");
        while store.fan_out(&judge, &WAIT, noon(at)).await.expect("a step") != makegood::store::FanOutStep::Idle {}
    }
    assert_eq!(bench.texts("select state from events").await, "dead");
    bench.run("insert into accounts select * from put_away").await;
    (store, newest(bench).await)
}

pub async fn a_dead_fan_out_begins_anew(mut bench: Bench) {
    let (store, id) = dead_fan_out(&mut bench).await;
    assert_eq!(bench.number("select count(*) from connects_entries where kind = 'return'").await, 2);
    assert_eq!(one(&store, id, BOTH, None).await, LetterOutcome::FanningOut);
    while store.fan_out(&judge, &WAIT, noon(500)).await.expect("a step") != makegood::store::FanOutStep::Idle {}
    assert_eq!(bench.texts("select state from events").await, "applied");
    assert_eq!(bench.number("select count(*) from connects_entries where kind = 'return'").await, 5);
    assert_eq!(bench.number("select count(*) from decisions where verdict = 'credited'").await, 5);
    assert_eq!(bench.number("select count(*) from notices where state = 'pending' and due_at is not null").await, 5);
    assert_eq!((bench.count("dead_letters").await, bench.count("fanout_accounts").await), (1, 0));
    bench.books_agree().await;
}

pub async fn a_head_cannot_be_replayed(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let long = Message { body: vec![b' '; DEAD_BODY_MAX + 1], ..Message::default() };
    let id = bury(&bench, &store, &long, DeadClass::Undecodable, "body_too_large").await;
    let outcome = one(&store, id, BOTH, None).await;
    assert_eq!(failed(&outcome), (DeadClass::Undecodable, "body_truncated"));
    assert_eq!(one(&store, id, BOTH, Some(&body("e", "j"))).await, applied(1, 6, 1, 1));
}

pub async fn what_was_applied_in_another_way_is_resolved(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let event = canceled("e", "j");
    let id = bury(&bench, &store, &event.message, DeadClass::Refused, "store_refused").await;
    store.apply(&batch([event]), &judge, &WAIT, noon(0)).await.expect("applied");
    assert_eq!(one(&store, id, BOTH, None).await, LetterOutcome::AlreadyApplied);
    assert_eq!(column(&bench, id, "state").await, "resolved");
    assert_eq!(bench.count("connects_entries").await, 3);
}

pub async fn proposals_credited_before_are_counted(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    store.apply(&batch([canceled("first", "j")]), &judge, &WAIT, noon(0)).await.expect("applied");
    let id = bury(&bench, &store, &canceled("second", "j").message, DeadClass::Refused, "store_refused").await;
    let nothing = LetterOutcome::Applied {
        credits: 0,
        connects: 0,
        returned: vec![],
        already: 1,
        decisions: 1,
        notices: 0,
        withheld: 0,
    };
    assert_eq!(one(&store, id, BOTH, None).await, nothing);
}

pub async fn a_waiting_event_is_decided_now_and_a_held_one_is_not(bench: Bench) {
    let store = bench.migrated().await;
    let (early, held) = (canceled("e", "j"), suspended("h", "d", false));
    store.apply(&batch([early.clone()]), &judge, &WAIT, noon(0)).await.expect("taken in");
    bench.small_market().await;
    let id = bury(&bench, &store, &early.message, DeadClass::Refused, "store_refused").await;
    assert_eq!(one(&store, id, BOTH, None).await, applied(1, 6, 1, 1));
    bench.client("d").await;
    bench.job("k", "d").await;
    bench.proposal("q", "k", "a", "ann", 5).await;
    store.apply(&batch([held.clone()]), &judge, &WAIT, noon(0)).await.expect("held");
    let id = bury(&bench, &store, &held.message, DeadClass::Refused, "store_refused").await;
    let waiting = LetterOutcome::Waiting { code: "suspension_not_final".into(), due: noon(0) + HOLD };
    assert_eq!(one(&store, id, BOTH, None).await, waiting);
    assert_eq!(bench.balance("a").await, 95);
    store.apply_due(10, &judge, &WAIT, noon(0) + HOLD).await.expect("due");
    assert_eq!(bench.balance("a").await, 100);
}

pub async fn what_is_settled_or_gone_is_left_alone(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let id = bury(&bench, &store, &canceled("e", "j").message, DeadClass::Refused, "store_refused").await;
    let put = async |state: &str, settled: &str| {
        bench.run(&format!("update dead_letters set state = '{state}', settled_at = {settled}")).await;
    };
    put("discarded", &bench.moment(5)).await;
    assert_eq!(one(&store, id, BOTH, None).await, skipped("discarded"));
    put("trial", "null").await;
    assert_eq!(one(&store, id, BOTH, None).await, skipped("trial"));
    put("resolved", &bench.moment(5)).await;
    assert_eq!(one(&store, id, BOTH, None).await, skipped("resolved"));
    assert_eq!(one(&store, id + 1, BOTH, None).await, skipped("gone"));
    assert_eq!((bench.count("events").await, history(&bench, id).await), (0, String::new()));
}

pub async fn what_the_database_refuses_fails_alone(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    bench.account("b", "bob").await;
    bench.job("k", "c").await;
    bench.proposal("q", "k", "b", "bob", 5).await;
    bench.run(&format!("update accounts set balance = {} where account_id = 'a'", i64::MAX - 5)).await;
    let bad = bury(&bench, &store, &canceled("e", "j").message, DeadClass::Undecodable, "syntax").await;
    let good = bury(&bench, &store, &canceled("f", "k").message, DeadClass::Undecodable, "syntax").await;
    let (outcomes, replay) = super::run(&store, &super::order(&[bad, good], BOTH)).await;
    assert_eq!(failed(&outcomes[0]), (DeadClass::Refused, "store_refused"));
    assert_eq!(outcomes[1], applied(1, 5, 1, 1));
    assert_eq!((replay.done, replay.failed, replay.skipped), (1, 1, 0));
    assert_eq!(column(&bench, bad, "class").await, "refused");
    assert_eq!(bench.texts("select event_id from events").await, "f");
    let predicted = store.predict(&[bad], BOTH, None, super::call(noon(100))).await.expect("predicted");
    assert_eq!(predicted[0].outcome, outcomes[0]);
}
