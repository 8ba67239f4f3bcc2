//! The archive, and the log of those who act.

use makegood::store::{Act, LetterFilter, LetterState, OperatorEntry, Selection, Store, StoreError};
use serde_json::json;

use super::{act, all, broken, ids, in_state, on_both};
use crate::store::bench::{Bench, noon};

on_both!(
    open_letters_go_into_the_archive_and_come_out,
    a_filter_is_narrowed_to_what_an_act_may_touch,
    two_operators_have_one_effect,
    a_purge_takes_what_was_settled_first,
    an_act_without_a_name_or_a_reason_changes_nothing,
    the_log_is_append_only,
    metrics_count_open_letters,
);

async fn with_letters(bench: &Bench, letters: u32) -> std::sync::Arc<dyn Store> {
    let store = bench.migrated().await;
    for n in 1..=letters {
        store.bury(&[broken(&format!("body {n}"))], noon(i64::from(n))).await.expect("buried");
    }
    store
}

async fn log(store: &dyn Store) -> Vec<OperatorEntry> {
    store.operator_log(None, 100).await.expect("the log")
}

async fn open_letters_go_into_the_archive_and_come_out(bench: Bench) {
    let store = with_letters(&bench, 4).await;
    let some = Selection::Ids(vec![3, 1, 3, 99]);
    assert_eq!(store.discard(&some, 10, &act("test mail"), noon(10)).await.expect("discarded"), [1, 3]);
    assert_eq!(ids(&*store, &in_state(LetterState::Discarded)).await, [3, 1]);
    let letter = store.letter(3).await.expect("read").expect("there");
    assert_eq!((letter.summary.settled_at, letter.summary.last_seen), (Some(noon(10)), noon(3)));
    // What is in the archive is not discarded again.
    assert_eq!(store.discard(&some, 10, &act("again"), noon(11)).await.expect("nothing"), [] as [i64; 0]);
    let back = Selection::Ids(vec![4, 3]);
    assert_eq!(store.restore(&back, 10, &act("a mistake"), noon(12)).await.expect("restored"), [3]);
    assert_eq!(store.letter(3).await.expect("read").expect("there").summary.settled_at, None);
    assert_eq!(ids(&*store, &in_state(LetterState::Open)).await, [4, 3, 2]);

    let log = log(&*store).await;
    let [restore, again, discard] = &log[..] else { panic!("three acts: {log:?}") };
    assert_eq!((discard.action.as_str(), discard.affected, discard.at), ("dlq.discard", 2, noon(10)));
    assert_eq!((discard.operator.as_str(), discard.reason.as_str()), ("ann", "test mail"));
    assert_eq!(discard.details, json!({"ids": [1, 3]}));
    assert_eq!(discard.version, env!("CARGO_PKG_VERSION"));
    assert_eq!((again.affected, again.reason.as_str()), (0, "again"));
    assert_eq!((restore.action.as_str(), restore.affected), ("dlq.restore", 1));
    assert_eq!(store.operator_log(Some(restore.no), 1).await.expect("a page"), std::slice::from_ref(again));
}

async fn a_filter_is_narrowed_to_what_an_act_may_touch(bench: Bench) {
    let store = with_letters(&bench, 5).await;
    let every = Selection::Filter(all());
    assert_eq!(store.discard(&every, 2, &act("the oldest two"), noon(10)).await.expect("discarded"), [1, 2]);
    let archived = Selection::Filter(in_state(LetterState::Discarded));
    assert_eq!(store.discard(&archived, 9, &act("no"), noon(11)).await.expect("nothing"), [] as [i64; 0]);
    let recent = LetterFilter { seen_from: Some(noon(4)), text: Some("a@b".into()), ..all() };
    assert_eq!(
        store.discard(&Selection::Filter(recent), 9, &act("none"), noon(12)).await.expect("none"),
        [] as [i64; 0]
    );
    assert_eq!(store.restore(&every, 9, &act("all"), noon(13)).await.expect("restored"), [1, 2]);
    let log = log(&*store).await;
    assert_eq!(log[3].details, json!({"ids": [1, 2], "filter": {}}));
    assert_eq!(log[2].details, json!({"ids": [], "filter": {"states": "discarded"}}));
    let moment = "2026-03-01T12:00:04Z";
    assert_eq!(log[1].details, json!({"ids": [], "filter": {"seen_from": moment, "text": "(has an @)"}}));
}

async fn two_operators_have_one_effect(bench: Bench) {
    let (one, two) = (with_letters(&bench, 20).await, bench.open().await);
    let (there, back) = (Selection::Ids((1..=20).collect()), Selection::Ids((1..=20).rev().collect()));
    let (act, now) = (act("a race"), noon(30));
    let (a, b) = tokio::join!(one.discard(&there, 100, &act, now), two.discard(&back, 100, &act, now));
    let (a, b) = (a.expect("one"), b.expect("two"));
    assert_eq!(a.len() + b.len(), 20, "{a:?} {b:?}");
    assert_eq!(log(&*one).await.iter().map(|entry| entry.affected).sum::<u64>(), 20);
}

async fn a_purge_takes_what_was_settled_first(bench: Bench) {
    let store = with_letters(&bench, 5).await;
    for (second, id) in [(20, 3), (21, 1), (22, 2), (30, 4)] {
        store.discard(&Selection::Ids(vec![id]), 1, &act("old"), noon(second)).await.expect("discarded");
    }
    assert_eq!(store.purge(noon(22), 1, &act("a year old"), noon(40)).await.expect("purged"), 1);
    assert_eq!(ids(&*store, &all()).await, [5, 4, 2, 1]);
    assert_eq!(store.purge(noon(22), 10, &act("a year old"), noon(41)).await.expect("purged"), 1);
    assert_eq!(store.purge(noon(22), 10, &act("a year old"), noon(42)).await.expect("purged"), 0);
    assert_eq!(ids(&*store, &all()).await, [5, 4, 2]);
    assert_eq!(bench.count("dead_letter_attempts").await, 3);
    let log = log(&*store).await;
    assert_eq!(log.iter().take(3).map(|entry| entry.affected).collect::<Vec<_>>(), [0, 1, 1]);
    assert_eq!(
        (log[0].action.as_str(), &log[0].details),
        ("dlq.purge", &json!({"settled_before": "2026-03-01T12:00:22Z"}))
    );
    // Ids are for ever: a purged one is not given again.
    store.purge(noon(99), 10, &act("all"), noon(43)).await.expect("purged");
    store.discard(&Selection::Ids(vec![5]), 1, &act("the newest"), noon(44)).await.expect("discarded");
    store.purge(noon(99), 10, &act("all"), noon(45)).await.expect("purged");
    store.bury(&[broken("new")], noon(46)).await.expect("buried");
    assert_eq!(ids(&*store, &all()).await, [6]);
}

async fn an_act_without_a_name_or_a_reason_changes_nothing(bench: Bench) {
    let store = with_letters(&bench, 1).await;
    let one = Selection::Ids(vec![1]);
    for (operator, reason) in [("", "why"), ("ann", ""), (" ", "why")] {
        let act = Act { operator: operator.to_owned(), reason: reason.to_owned() };
        let error = store.discard(&one, 1, &act, noon(2)).await.expect_err("refused");
        assert!(matches!(error, StoreError::Refused { .. }), "{error:?}");
    }
    assert_eq!(ids(&*store, &in_state(LetterState::Open)).await, [1]);
    assert_eq!(log(&*store).await, []);
}

async fn the_log_is_append_only(bench: Bench) {
    let store = with_letters(&bench, 0).await;
    let details = json!({"file": "a\0b", "list": ["\0"]});
    store.note("dlq.export", 7, &details, &act("for \0 support"), noon(1)).await.expect("noted");
    for act in ["update operator_log set reason = 'other'", "delete from operator_log"] {
        let error = bench.try_run(act).await.expect_err("refused");
        assert!(error.to_string().contains("append-only"), "{error}");
    }
    let log = log(&*store).await;
    assert_eq!((log.len(), log[0].action.as_str(), log[0].affected), (1, "dlq.export", 7));
    assert_eq!(log[0].details, json!({"file": "a\u{fffd}b", "list": ["\u{fffd}"]}));
    assert_eq!(log[0].reason, "for \u{fffd} support");
}

async fn metrics_count_open_letters(bench: Bench) {
    let store = with_letters(&bench, 3).await;
    store.discard(&Selection::Ids(vec![1]), 1, &act("old"), noon(4)).await.expect("discarded");
    let stats = store.stats(noon(12)).await.expect("numbers");
    assert_eq!((stats.dead_letters, stats.oldest_dead_letter_seconds), (2, 10.0));
}
