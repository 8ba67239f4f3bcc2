//! Lists, counts, groups and whole letters, by every filter.

use makegood::store::{
    AttemptKind, DeadClass, DeadLetter, EventState, LetterFilter, LetterPage, LetterState, Selection, Store, StoreError,
};

use super::{act, all, broken, ids, in_state, key, letter, newest, on_both};
use crate::store::bench::{Bench, WAIT, noon};
use crate::store::events::{batch, canceled, judge, refusable};

on_both!(
    every_condition_holds_alone_and_with_others,
    a_text_means_itself,
    pages_are_stable_while_new_letters_come,
    groups_hold_the_same_trouble,
    a_letter_is_shown_whole,
    events_are_listed_by_state,
);

/// Six letters, one second apart, numbered 1 to 6; the last is in the archive.
async fn six(store: &dyn Store) {
    let event = DeadLetter { event: Some(key("e3")), event_type: Some("job-canceled".into()), ..broken("three") };
    let placed = DeadLetter { pointer: Some("/data/cause".into()), ..event.clone() };
    let six = [
        broken("one"),
        letter("two", DeadClass::UnknownType, "unknown_type", "nobody knows Party"),
        DeadLetter { job: Some("j".into()), ..event },
        DeadLetter {
            job: Some("j".into()),
            client: Some("d".into()),
            event: Some(key("e4")),
            digest: [4; 32],
            ..placed
        },
        DeadLetter { client: Some("c".into()), ..broken("five") },
        DeadLetter { job: Some("other".into()), ..broken("six") },
    ];
    for (second, letter) in (1..).zip(six) {
        store.bury(&[letter], noon(second)).await.expect("buried");
    }
    let sixth = Selection::Ids(vec![6]);
    assert_eq!(store.discard(&sixth, 10, &act("a test"), noon(9)).await.expect("discarded"), [6]);
}

/// What every list says of a filter, which must be the same.
async fn say(store: &dyn Store, filter: &LetterFilter) -> Vec<i64> {
    let listed = ids(store, filter).await;
    let mut whole: Vec<_> =
        store.letters_whole(filter, 0, 100).await.expect("whole").iter().map(|l| l.summary.id).collect();
    whole.reverse();
    assert_eq!(whole, listed, "{filter:?}");
    let number = listed.len() as u64;
    assert_eq!(store.letters_count(filter).await.expect("counted"), number, "{filter:?}");
    let groups = store.letter_groups(filter).await.expect("grouped");
    assert_eq!(groups.iter().map(|group| group.letters).sum::<u64>(), number, "{filter:?}");
    listed
}

async fn every_condition_holds_alone_and_with_others(bench: Bench) {
    let store = bench.migrated().await;
    bench.client("c").await;
    bench.job("j", "c").await;
    six(&*store).await;
    let text = |text: &str| Some(text.to_owned());
    let one_job = LetterFilter { job: text("j"), ..all() };
    let placed = LetterFilter { fingerprint: text("syntax job-canceled /data/cause"), ..all() };
    let open = || vec![LetterState::Open];
    let cases: Vec<(LetterFilter, &[i64])> = vec![
        (all(), &[6, 5, 4, 3, 2, 1]),
        (in_state(LetterState::Open), &[5, 4, 3, 2, 1]),
        (in_state(LetterState::Discarded), &[6]),
        (in_state(LetterState::Trial), &[]),
        (LetterFilter { states: vec![LetterState::Discarded, LetterState::Open], ..all() }, &[6, 5, 4, 3, 2, 1]),
        (LetterFilter { class: Some(DeadClass::UnknownType), ..all() }, &[2]),
        (LetterFilter { code: text("unknown_type"), ..all() }, &[2]),
        (LetterFilter { code: text("unknown_typ"), ..all() }, &[]),
        (LetterFilter { event_type: text("job-canceled"), ..all() }, &[4, 3]),
        (LetterFilter { source: text("/shop"), ..all() }, &[4, 3]),
        (LetterFilter { event_id: text("e4"), ..all() }, &[4]),
        (LetterFilter { event_id: text("e\0"), ..all() }, &[]),
        (one_job.clone(), &[4, 3]),
        // By its own word, and by the client whose job it is.
        (LetterFilter { client: text("c"), ..all() }, &[5, 4, 3]),
        (LetterFilter { client: text("d"), ..all() }, &[4]),
        (LetterFilter { text: text("pARTY"), ..all() }, &[2]),
        (placed.clone(), &[4]),
        (LetterFilter { fingerprint: text("syntax - -"), ..all() }, &[6, 5, 1]),
        (LetterFilter { seen_from: Some(noon(5)), ..all() }, &[6, 5]),
        (LetterFilter { seen_before: Some(noon(2)), ..all() }, &[1]),
        (LetterFilter { seen_from: Some(noon(2)), seen_before: Some(noon(4)), ..all() }, &[3, 2]),
        (LetterFilter { states: open(), fingerprint: text("syntax - -"), ..all() }, &[5, 1]),
        (LetterFilter { client: text("c"), event_type: text("job-canceled"), seen_from: Some(noon(4)), ..all() }, &[4]),
        (LetterFilter { text: text("json"), class: Some(DeadClass::Undecodable), ..one_job }, &[4, 3]),
        (LetterFilter { client: text("nobody"), ..placed }, &[]),
    ];
    for (filter, expected) in cases {
        assert_eq!(say(&*store, &filter).await, expected, "{filter:?}");
    }
}

async fn a_text_means_itself(bench: Bench) {
    let store = bench.migrated().await;
    for (second, text) in (1..).zip(["100% sure", "100 sure", r"a\b", "a_b", "ÄRGER nul\0"]) {
        let letter = letter(text, DeadClass::Undecodable, "syntax", text);
        store.bury(&[letter], noon(second)).await.expect("buried");
    }
    // Letters beyond ASCII are not folded, so that both databases say the same.
    let cases: [(&str, &[i64]); 9] = [
        ("0%", &[1]),
        ("0 S", &[2]),
        (r"\", &[3]),
        (r"A\B", &[3]),
        ("a_B", &[4]),
        ("_", &[4]),
        ("Är", &[5]),
        ("är", &[]),
        ("NUL\0", &[5]),
    ];
    for (text, expected) in cases {
        let filter = LetterFilter { text: Some(text.to_owned()), ..all() };
        assert_eq!(ids(&*store, &filter).await, expected, "{text}");
    }
    let endless = LetterFilter { text: Some("x".repeat(60_000)), ..all() };
    let error = store.letters_count(&endless).await.expect_err("too long");
    assert!(matches!(error, StoreError::Setup(_)), "{error:?}");
}

async fn pages_are_stable_while_new_letters_come(bench: Bench) {
    let store = bench.migrated().await;
    let body = |n: i64| broken(&format!("body {n}"));
    store.bury(&(1..=7).map(body).collect::<Vec<_>>(), noon(0)).await.expect("buried");
    let mut seen = Vec::new();
    let mut page = LetterPage { before: None, limit: 3 };
    loop {
        let letters = store.letters(&all(), page).await.expect("a page");
        let Some(last) = letters.last() else { break };
        page.before = Some(last.id);
        seen.extend(letters.iter().map(|letter| letter.id));
        // A new one, and an old one again.
        store.bury(&[body(100 + last.id), body(5)], noon(1)).await.expect("buried");
    }
    assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
    let none = store.letters(&all(), LetterPage { before: None, limit: 0 }).await.expect("a page");
    assert_eq!(none, []);
    let mut after = 0;
    let mut whole = Vec::new();
    loop {
        let letters = store.letters_whole(&all(), after, 4).await.expect("a page");
        let Some(last) = letters.last() else { break };
        after = last.summary.id;
        whole.extend(letters.iter().map(|letter| letter.summary.id));
    }
    whole.reverse();
    assert_eq!(whole, ids(&*store, &all()).await);
    assert_eq!(whole.len(), 10);
}

async fn groups_hold_the_same_trouble(bench: Bench) {
    let store = bench.migrated().await;
    let placed = |body: &str, text: &str| DeadLetter {
        event_type: Some("post-removed".into()),
        pointer: Some("/data/cause".into()),
        ..letter(body, DeadClass::Undecodable, "unknown_value", text)
    };
    store.bury(&[placed("a", "first")], noon(1)).await.expect("buried");
    store.bury(&[broken("b")], noon(2)).await.expect("buried");
    store.bury(&[placed("c", "newest")], noon(3)).await.expect("buried");
    store.bury(&[placed("a", "first")], noon(4)).await.expect("buried");
    let groups = store.letter_groups(&all()).await.expect("grouped");
    let [two, one] = &groups[..] else { panic!("two groups: {groups:?}") };
    assert_eq!(two.fingerprint, "unknown_value post-removed /data/cause");
    assert_eq!((two.class, two.code.as_str()), (DeadClass::Undecodable, "unknown_value"));
    assert_eq!((two.event_type.as_deref(), two.pointer.as_deref()), (Some("post-removed"), Some("/data/cause")));
    assert_eq!((two.letters, two.times, two.newest, two.message.as_str()), (2, 3, 3, "newest"));
    assert_eq!((two.first_seen, two.last_seen), (noon(1), noon(4)));
    assert_eq!((one.fingerprint.as_str(), one.letters, one.times), ("syntax - -", 1, 1));
    assert_eq!((one.event_type.as_deref(), one.pointer.as_deref()), (None, None));
    let broken = LetterFilter { code: Some("syntax".into()), ..all() };
    assert_eq!(store.letter_groups(&broken).await.expect("grouped"), std::slice::from_ref(one));
}

async fn a_letter_is_shown_whole(bench: Bench) {
    let store = bench.migrated().await;
    let buried = DeadLetter {
        event: Some(key("e")),
        event_type: Some("job-canceled".into()),
        pointer: Some("/data".into()),
        job: Some("j".into()),
        client: Some("c".into()),
        ..broken("\u{0}{bytes")
    };
    store.bury(std::slice::from_ref(&buried), noon(1)).await.expect("buried");
    let letter = store.letter(1).await.expect("read").expect("there");
    assert_eq!(newest(&*store, &all()).await, std::slice::from_ref(&letter.summary));
    let summary = &letter.summary;
    assert_eq!((summary.id, summary.state, summary.class), (1, LetterState::Open, DeadClass::Undecodable));
    assert_eq!((summary.code.as_str(), summary.message.as_str()), ("syntax", "no JSON"));
    assert_eq!((summary.source.as_deref(), summary.event_id.as_deref()), (Some("/shop"), Some("e")));
    assert_eq!((summary.event_type.as_deref(), summary.pointer.as_deref()), (Some("job-canceled"), Some("/data")));
    assert_eq!((summary.job.as_deref(), summary.client.as_deref()), (Some("j"), Some("c")));
    assert_eq!(summary.fingerprint, "syntax job-canceled /data");
    assert_eq!((summary.times, summary.attempts), (1, 1));
    assert_eq!((summary.first_seen, summary.last_seen, summary.settled_at), (noon(1), noon(1), None));
    assert_eq!((summary.body_len, summary.digest), (7, buried.digest));
    assert_eq!(summary.version, env!("CARGO_PKG_VERSION"));
    assert!(letter.is_whole());
    assert_eq!((&letter.body, letter.body_hash), (&buried.body, buried.body_hash));
    assert_eq!((letter.exchange.as_str(), letter.routing_key.as_str()), ("marketplace", "job-canceled"));
    let headers: Vec<_> = letter.headers.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(headers, ["content-type=application/json", "x-shop=no\u{fffd}rth"]);
    let [arrival] = &letter.history[..] else { panic!("one arrival: {:?}", letter.history) };
    assert_eq!((arrival.at, arrival.kind, arrival.outcome.as_str()), (noon(1), AttemptKind::Arrival, "dead"));
    assert_eq!((arrival.class.as_deref(), arrival.code.as_deref()), (Some("undecodable"), Some("syntax")));
    assert_eq!((arrival.message.as_deref(), arrival.pointer.as_deref()), (Some("no JSON"), Some("/data")));
    assert_eq!((arrival.replay, arrival.version.as_str()), (None, env!("CARGO_PKG_VERSION")));
    assert_eq!(store.letter(2).await.expect("read"), None);
}

async fn events_are_listed_by_state(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    for arrival in [canceled("one", "j"), canceled("two", "k"), refusable("three", "j"), canceled("four", "k")] {
        store.apply(&batch([arrival]), &judge, &WAIT, noon(0)).await.expect("taken in");
    }
    let list = async |state, before, limit| store.events(state, before, limit).await.expect("listed");
    let ids = |events: &[makegood::store::EventSummary]| events.iter().map(|e| e.key.id.clone()).collect::<Vec<_>>();
    let waiting = list(EventState::Waiting, None, 10).await;
    assert_eq!(ids(&waiting), ["four", "two"]);
    assert_eq!((waiting[0].state.as_str(), waiting[0].code.as_deref()), ("waiting", Some("job_unknown")));
    assert_eq!(waiting[0].attempts, 1);
    let due = waiting[0].due_at.expect("it is tried again");
    assert!((noon(60)..=noon(66)).contains(&due), "a minute, and up to a tenth: {due}");
    assert_eq!((waiting[0].event_type.as_str(), waiting[0].received_at), ("job-canceled", noon(0)));
    assert_eq!(ids(&list(EventState::Waiting, Some(waiting[0].no), 10).await), ["two"]);
    assert_eq!(ids(&list(EventState::Waiting, None, 1).await), ["four"]);
    assert_eq!(ids(&list(EventState::Applied, None, 10).await), ["one"]);
    assert_eq!(ids(&list(EventState::Dead, None, 10).await), ["three"]);
    assert_eq!(list(EventState::FanningOut, None, 10).await, []);
}
