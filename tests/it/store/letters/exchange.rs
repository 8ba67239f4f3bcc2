//! Letters out of one database and into another.

use makegood::store::{
    AttemptKind, DEAD_BODY_MAX, DeadClass, DeadLetter, Letter, LetterState, Selection, Store, StoreError,
};
use serde_json::json;

use super::{act, all, broken, ids, in_state, key, letter, on_both};
use crate::store::bench::{Bench, noon};

on_both!(
    an_import_of_an_export_is_the_same_letters,
    what_no_export_writes_is_refused,
    marks_of_the_database_are_cleaned
);

async fn whole(store: &dyn Store) -> Vec<Letter> {
    store.letters_whole(&all(), 0, 100).await.expect("exported")
}

/// Three letters with a past: one open, one in the archive, one head of a long body.
async fn three(store: &dyn Store) -> Vec<Letter> {
    let event = DeadLetter {
        event: Some(key("e")),
        event_type: Some("job-canceled".into()),
        pointer: Some("/data/cause".into()),
        job: Some("j".into()),
        client: Some("c".into()),
        ..letter("one", DeadClass::Refused, "store_refused", "no")
    };
    let long = broken(&"x".repeat(DEAD_BODY_MAX + 1));
    store.bury(&[event, broken("two"), long], noon(1)).await.expect("buried");
    store.bury(&[broken("two")], noon(2)).await.expect("buried");
    store.discard(&Selection::Ids(vec![1, 2]), 9, &act("old"), noon(3)).await.expect("discarded");
    store.bury(&[broken("two")], noon(4)).await.expect("buried");
    whole(store).await
}

async fn an_import_of_an_export_is_the_same_letters(bench: Bench) {
    let from = bench.migrated().await;
    let exported = three(&*from).await;
    assert!(exported.iter().any(|letter| !letter.is_whole()));
    let other = if bench.is_sqlite() { Bench::sqlite().await } else { Bench::postgres().await };
    let store = other.migrated().await;
    store.bury(&[broken("local")], noon(0)).await.expect("buried");
    assert_eq!(store.letters_import(&exported, &act("moved"), noon(10)).await.expect("imported"), 3);
    let mut imported = whole(&*store).await.split_off(1);
    assert_eq!(imported.iter().map(|letter| letter.summary.id).collect::<Vec<_>>(), [2, 3, 4]);
    for (letter, was) in imported.iter_mut().zip(&exported) {
        letter.summary.id = was.summary.id;
    }
    assert_eq!(imported, exported);
    assert!(exported.iter().any(|letter| letter.history.len() == 2 && letter.summary.state == LetterState::Open));
    // A second time, and back where it came from, nothing is new.
    assert_eq!(store.letters_import(&exported, &act("again"), noon(11)).await.expect("imported"), 0);
    assert_eq!(from.letters_import(&imported, &act("back"), noon(12)).await.expect("imported"), 0);
    assert_eq!(whole(&*from).await, exported);
    let log = store.operator_log(None, 10).await.expect("the log");
    assert_eq!(log.iter().map(|entry| entry.affected).collect::<Vec<_>>(), [0, 3]);
    assert_eq!((log[1].action.as_str(), &log[1].details), ("dlq.import", &json!({"letters": 3})));
    // What is imported can be worked on.
    let archived = Selection::Filter(in_state(LetterState::Discarded));
    assert_eq!(store.restore(&archived, 9, &act("back"), noon(13)).await.expect("restored").len(), 1);
}

async fn what_no_export_writes_is_refused(bench: Bench) {
    let store = bench.migrated().await;
    store.bury(&[broken("one")], noon(1)).await.expect("buried");
    let fine = whole(&*store).await.remove(0);
    let with = |change: &dyn Fn(&mut Letter)| {
        let mut letter = fine.clone();
        letter.summary.digest = [7; 32];
        change(&mut letter);
        letter
    };
    let wrong = [
        with(&|letter| letter.body.push(b'!')),
        with(&|letter| letter.body = b"two".to_vec()),
        with(&|letter| letter.summary.body_len = 0),
        with(&|letter| letter.body = vec![0; DEAD_BODY_MAX + 1]),
        with(&|letter| letter.summary.times = 0),
        with(&|letter| letter.summary.times = u64::MAX),
        with(&|letter| letter.summary.event_id = Some("x".repeat(10_000))),
        with(&|letter| letter.summary.message = "x".repeat(100_000)),
        with(&|letter| letter.history = vec![fine.history[0].clone(); 10_001]),
    ];
    for letter in wrong {
        let error = store.letters_import(&[with(&|_| ()), letter], &act("no"), noon(2)).await.expect_err("refused");
        assert!(matches!(error, StoreError::Rows(_)), "{error:?}");
        assert!(error.to_string().starts_with("letter 1: "), "{error}");
    }
    assert_eq!(ids(&*store, &all()).await, [1], "all or nothing");
    assert_eq!(store.operator_log(None, 10).await.expect("the log"), []);
    // Twice in one file: the first counts, with its history once.
    let twice = [with(&|_| ()), with(&|_| ())];
    assert_eq!(store.letters_import(&twice, &act("twice"), noon(3)).await.expect("imported"), 1);
    assert_eq!(bench.count("dead_letter_attempts").await, 2);
}

async fn marks_of_the_database_are_cleaned(bench: Bench) {
    let store = bench.migrated().await;
    store.bury(&[broken("one")], noon(1)).await.expect("buried");
    let mut letter = whole(&*store).await.remove(0);
    letter.summary.digest = [7; 32];
    letter.summary.message = "nul\0".into();
    letter.summary.state = LetterState::Resolved;
    letter.summary.settled_at = None;
    letter.headers.insert("\0".into(), "\0".into());
    letter.history[0].kind = AttemptKind::Replay;
    letter.history[0].replay = Some(3);
    letter.history[0].message = Some("nul\0".into());
    assert_eq!(store.letters_import(&[letter], &act("odd"), noon(2)).await.expect("imported"), 1);
    let letter = whole(&*store).await.remove(1);
    assert_eq!(letter.summary.message, "nul\u{fffd}");
    assert_eq!(letter.headers.get("\u{fffd}").map(String::as_str), Some("\u{fffd}"));
    assert_eq!(letter.summary.settled_at, Some(letter.summary.last_seen), "a settled letter has a time");
    assert_eq!((letter.history[0].kind, letter.history[0].replay), (AttemptKind::Replay, Some(3)));
    assert_eq!(letter.history[0].message.as_deref(), Some("nul\u{fffd}"));
}
