//! How letters come, come again, and stay the same letter.

use std::sync::Arc;

use makegood::event::{DecodeLimits, Message, decode};
use makegood::store::{
    Arrival, AttemptKind, Batch, DEAD_BODY_MAX, DeadClass, DeadLetter, LetterState, Selection, Store,
};

use super::{act, all, broken, ids, newest, on_both};
use crate::store::bench::{Bench, WAIT, noon};
use crate::store::events::{batch, canceled, judge};

on_both!(
    an_event_that_dies_again_is_the_same_letter,
    what_comes_again_after_it_was_settled_is_open_again,
    a_repeat_only_counts_up,
    a_letter_on_trial_is_told_from_an_open_one,
    a_broken_event_tells_its_job_and_client,
    two_processes_bury_the_same_letters,
);

async fn history(store: &dyn Store, id: i64) -> Vec<String> {
    let letter = store.letter(id).await.expect("read").expect("there");
    assert_eq!(letter.summary.attempts, letter.history.len() as u64);
    assert!(letter.history.iter().all(|attempt| attempt.kind == AttemptKind::Arrival && attempt.outcome == "dead"));
    letter.history.into_iter().map(|attempt| attempt.code.unwrap_or_default()).collect()
}

async fn an_event_that_dies_again_is_the_same_letter(bench: Bench) {
    let store = bench.migrated().await;
    // As it came from the broker, refused; then out of the inbox, whose text is another, for another reason.
    let inbox = canceled("e", "j");
    let mut message = (*inbox.message).clone();
    message.headers.insert("x-shop".into(), "north".into());
    message.body.push(b' ');
    let broker = Arrival { event: inbox.event.clone(), message: Arc::new(message) };
    let first = DeadLetter::of_event(&broker, DeadClass::Refused, "store_refused", "first".into());
    store.bury(std::slice::from_ref(&first), noon(1)).await.expect("buried");
    store.apply(&batch([inbox]), &judge, &WAIT, noon(2)).await.expect("taken in");
    // A pause is longer by up to a tenth.
    store.apply_due(10, &judge, &WAIT, noon(68)).await.expect("due");
    store.apply_due(10, &judge, &WAIT, noon(200)).await.expect("dead");
    let letters = newest(&*store, &all()).await;
    let [letter] = &letters[..] else { panic!("one letter: {letters:?}") };
    assert_eq!((letter.class, letter.code.as_str(), letter.times), (DeadClass::Unresolved, "job_unknown", 2));
    assert_eq!((letter.first_seen, letter.last_seen), (noon(1), noon(200)));
    assert_eq!(letter.fingerprint, "job_unknown job-canceled -");
    assert_eq!((letter.job.as_deref(), letter.client.as_deref()), (Some("j"), None));
    let whole = store.letter(letter.id).await.expect("read").expect("there");
    assert_eq!(whole.body, first.body, "the first message stays");
    // A conflict is about a message, and a letter of its own.
    let conflict = DeadLetter::of_event(&broker, DeadClass::Conflict, "event_conflict", "other".into());
    store.bury(&[conflict], noon(201)).await.expect("buried");
    assert_eq!(ids(&*store, &all()).await.len(), 2);
}

async fn what_comes_again_after_it_was_settled_is_open_again(bench: Bench) {
    let store = bench.migrated().await;
    store.bury(&[broken("one")], noon(1)).await.expect("buried");
    store.discard(&Selection::Ids(vec![1]), 1, &act("old"), noon(2)).await.expect("discarded");
    let again = DeadLetter { message: "newest".into(), pointer: Some("/data".into()), ..broken("one") };
    store.bury(&[again], noon(3)).await.expect("buried");
    let letter = store.letter(1).await.expect("read").expect("there").summary;
    assert_eq!((letter.state, letter.settled_at, letter.times), (LetterState::Open, None, 2));
    assert_eq!((letter.message.as_str(), letter.pointer.as_deref()), ("newest", Some("/data")));
    assert_eq!(letter.fingerprint, "syntax - /data");
    assert_eq!((letter.first_seen, letter.last_seen), (noon(1), noon(3)));
    assert_eq!(history(&*store, 1).await, ["syntax", "syntax"]);
}

async fn a_repeat_only_counts_up(bench: Bench) {
    let store = bench.migrated().await;
    let newer = DeadLetter { message: "newer".into(), ..broken("one") };
    store.bury(&[broken("one"), newer], noon(1)).await.expect("buried");
    for later in 2..5 {
        let dead = Batch { arrivals: Vec::new(), dead: vec![broken("one"), broken("one")] };
        store.apply(&dead, &judge, &WAIT, noon(later)).await.expect("buried");
    }
    let letter = store.letter(1).await.expect("read").expect("there");
    assert_eq!((letter.summary.times, letter.history.len()), (8, 1));
    assert_eq!(letter.history[0].message.as_deref(), Some("newer"));
}

async fn a_letter_on_trial_is_told_from_an_open_one(bench: Bench) {
    let store = bench.migrated().await;
    let given_up = |state| DeadLetter { class: DeadClass::GivenUp, state, ..broken("killer") };
    let trial = given_up(LetterState::Trial);
    let state = async || bench.texts("select state from dead_letters").await;
    store.bury(&[given_up(LetterState::Open)], noon(1)).await.expect("buried");
    store.bury(std::slice::from_ref(&trial), noon(2)).await.expect("buried");
    assert_eq!(state().await, "trial");
    // One that is being tried stays so; its trials are counted for ever.
    let until = bench.moment(9);
    bench.run(&format!("update dead_letters set trials = 1, trial_until = {until}")).await;
    store.bury(std::slice::from_ref(&trial), noon(3)).await.expect("buried");
    assert_eq!(bench.number(&format!("select count(*) from dead_letters where trial_until = {until}")).await, 1);
    let settled = bench.moment(4);
    bench.run(&format!("update dead_letters set state = 'resolved', settled_at = {settled}")).await;
    store.bury(&[trial], noon(5)).await.expect("buried");
    assert_eq!(state().await, "trial");
    assert_eq!(bench.number("select count(*) from dead_letters where trial_until is null and trials = 1").await, 1);
    assert_eq!(store.stats(noon(6)).await.expect("numbers").dead_letters, 0);
    assert_eq!(store.discard(&Selection::Ids(vec![1]), 1, &act("no"), noon(7)).await.expect("none"), [] as [i64; 0]);
    assert_eq!(history(&*store, 1).await.len(), 3);
}

async fn a_broken_event_tells_its_job_and_client(bench: Bench) {
    let store = bench.migrated().await;
    let undecodable = |body: String| {
        let message = Message { body: body.into_bytes(), ..Message::structured(Vec::new()) };
        let error = decode(&message, DecodeLimits { body_bytes_max: DEAD_BODY_MAX }).expect_err("broken");
        DeadLetter::undecodable(&message, &error)
    };
    let data = |data: &str| {
        format!(
            r#"{{"specversion":"1.0","source":"/s","id":"e","type":"post-removed","time":"2026-03-01T12:00:00Z","data":{data}}}"#
        )
    };
    let letters = [
        undecodable(data(r#"{"job_id":"j","client_id":"c","cause":"weather"}"#)),
        undecodable(data(r#"{"job_id":"not an id","cause":"fraud"}"#)),
        undecodable("{".to_owned()),
        undecodable(format!(r#"{{"job_id":"j","pad":"{}"}}"#, "x".repeat(DEAD_BODY_MAX))),
    ];
    for letter in letters {
        store.bury(&[letter], noon(1)).await.expect("buried");
    }
    let found = newest(&*store, &all()).await;
    let told: Vec<_> = found.iter().rev().map(|l| (l.job.as_deref(), l.client.as_deref())).collect();
    assert_eq!(told, [(Some("j"), Some("c")), (None, None), (None, None), (None, None)]);
    assert_eq!(found[3].fingerprint, "unknown_value post-removed /data/cause");
    let head = store.letter(4).await.expect("read").expect("there");
    assert!(!head.is_whole());
    assert_eq!((head.body.len(), head.summary.body_len > head.body.len() as u64), (DEAD_BODY_MAX, true));
}

async fn two_processes_bury_the_same_letters(bench: Bench) {
    let (one, two) = (bench.migrated().await, bench.open().await);
    let letters: Vec<_> = (0..50).map(|n| broken(&format!("body {n}"))).collect();
    let back: Vec<_> = letters.iter().cloned().rev().collect();
    let (a, b) = tokio::join!(one.bury(&letters, noon(1)), two.bury(&back, noon(1)));
    a.expect("one");
    b.expect("two");
    assert_eq!(bench.number("select count(*) from dead_letters where times = 2").await, 50);
    assert_eq!(bench.count("dead_letter_attempts").await, 50);
}
