//! Several chunks of one event in a row: to the rows they leave, they are as if taken one by one.

use std::sync::{Arc, Mutex};

use makegood::event::EventKey;
use makegood::store::{FanOutStep, Outcome, Store};

use super::bench::{Bench, WAIT, due, noon};
use super::events::{HOLD, batch, canceled, judge, suspended};

/// Takes up to so many chunks; what was told of them.
async fn line(store: &Arc<dyn Store>, chunks_max: usize) -> Vec<FanOutStep> {
    let steps = Mutex::new(Vec::new());
    let told = |step| steps.lock().expect("not poisoned").push(step);
    store.fan_out_chunks(&judge, &WAIT, noon(1), chunks_max, &told).await.expect("steps");
    steps.into_inner().expect("not poisoned")
}

/// Credits of each step, and whether the event is done.
fn credits(steps: &[FanOutStep]) -> Vec<(u64, bool)> {
    let credits = |step: &FanOutStep| match step {
        FanOutStep::Advanced { outcome: Outcome::Applied { credits, .. }, done } => (*credits, *done),
        other => panic!("{other:?}"),
    };
    steps.iter().map(credits).collect()
}

fn key() -> EventKey {
    EventKey { source: "/test".into(), id: "e".into() }
}

/// Job `j` with so many proposals is canceled, and its accounts are listed.
async fn planned(bench: &mut Bench, people: u32) -> Arc<dyn Store> {
    bench.inline = 3;
    let store = bench.migrated().await;
    bench.client("c").await;
    bench.crowd("j", people).await;
    store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(0)).await.expect("taken in");
    assert_eq!(line(&store, 8).await, [FanOutStep::Planned { key: key(), accounts: people.into() }]);
    store
}

const DUE: &str = "select count(*) from notices where due_at is not null";

/// How many chunks the database has under way in one call.
fn several(bench: &Bench, most: usize) -> usize {
    if bench.is_sqlite() { 1 } else { most }
}

pub async fn its_steps_are_told_in_order(mut bench: Bench) {
    let store = planned(&mut bench, 11).await;
    let mut steps = Vec::new();
    while !matches!(steps.last(), Some(FanOutStep::Advanced { done: true, .. })) {
        let more = line(&store, 3).await;
        assert!(more.len() <= several(&bench, 3) && !more.is_empty(), "{more:?}");
        steps.extend(more);
    }
    assert_eq!(credits(&steps), [(2, false), (2, false), (2, false), (2, false), (2, false), (1, true)]);
    assert_eq!(line(&store, 3).await, [FanOutStep::Idle]);
    assert_eq!(bench.texts("select state from events").await, "applied");
    assert_eq!((bench.count("fanout_accounts").await, bench.number(DUE).await), (0, 11));
    bench.books_agree().await;
}

pub async fn whoever_is_told_by_two_chunks_gets_one_letter(mut bench: Bench) {
    bench.inline = 3;
    let store = bench.migrated().await;
    bench.client("c").await;
    bench.crowd("j", 10).await;
    // p01 submitted in each chunk but the last, p04 for the next.
    for (number, person, account) in [(1, "p01", "a03"), (2, "p01", "a05"), (3, "p01", "a07"), (4, "p04", "a06")] {
        bench.proposal(&format!("j-extra-{number}"), "j", account, person, 4).await;
    }
    store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(0)).await.expect("taken in");
    for _ in 0..=5 {
        line(&store, 8).await;
    }
    assert_eq!(bench.texts("select state from events").await, "applied");
    assert_eq!((bench.count("notices").await, bench.number(DUE).await), (10, 10));
    let length = if bench.is_sqlite() { "json_array_length" } else { "jsonb_array_length" };
    let lines = format!("select cast({length}(lines) as bigint) from notices where person_id");
    assert_eq!(
        (bench.number(&format!("{lines} = 'p01'")).await, bench.number(&format!("{lines} = 'p04'")).await),
        (4, 2)
    );
    bench.books_agree().await;
}

pub async fn what_goes_wrong_with_a_later_chunk_leaves_the_earlier_ones(mut bench: Bench) {
    let store = planned(&mut bench, 9).await;
    bench.run(&format!("update accounts set balance = {} where account_id = 'a06'", i64::MAX - 5)).await;
    let mut steps = Vec::new();
    while steps.len() < 2 {
        steps.extend(line(&store, 8).await);
    }
    assert_eq!(credits(&steps), [(2, false), (2, false)]);
    let put_off = Outcome::Waiting { key: key(), code: "store_refused", due: due(1, 1, 1) };
    assert_eq!(line(&store, 8).await, [FanOutStep::Advanced { outcome: put_off, done: false }]);
    assert_eq!(bench.texts("select state || ' ' || cursor from events").await, "waiting a04");
    assert_eq!(bench.number("select count(*) from accounts where balance = 100").await, 4);
    // What was done ahead of it is not there, and is done when its turn comes.
    assert_eq!(bench.count("decisions").await, 4);
    bench.run("update accounts set balance = 94 where account_id = 'a06'").await;
    store.apply_due(1, &judge, &WAIT, noon(67)).await.expect("due");
    for _ in 0..5 {
        line(&store, 8).await;
    }
    assert_eq!(bench.texts("select state from events").await, "applied");
    bench.ledger_agrees().await;
}

pub async fn a_hold_ends_with_one_letter_each(mut bench: Bench) {
    bench.inline = 3;
    let store = bench.migrated().await;
    bench.client("c").await;
    bench.crowd("j", 7).await;
    store.apply(&batch([suspended("e", "c", false)]), &judge, &WAIT, noon(0)).await.expect("taken in");
    line(&store, 8).await;
    let mut steps = line(&store, 8).await;
    assert_eq!(steps.len(), several(&bench, 4), "{steps:?}");
    while steps.len() < 4 {
        steps.extend(line(&store, 8).await);
    }
    assert_eq!(bench.texts("select state from events").await, "waiting");
    let held = bench.number("select count(*) from decisions where verdict = 'held'").await;
    assert_eq!((held, bench.number(DUE).await), (7, 0));
    store.apply_due(10, &judge, &WAIT, noon(0) + HOLD).await.expect("due");
    for _ in 0..5 {
        line(&store, 8).await;
    }
    assert_eq!(bench.texts("select state from events").await, "applied");
    assert_eq!(bench.number("select count(*) from decisions where verdict = 'credited'").await, 7);
    assert_eq!((bench.count("notices").await, bench.number(DUE).await), (7, 7));
    bench.books_agree().await;
}

pub async fn two_processes_on_one_event_credit_each_account_once(mut bench: Bench) {
    let one = planned(&mut bench, 40).await;
    let other = bench.open().await;
    let until_idle = async |store: &Arc<dyn Store>| while line(store, 8).await != [FanOutStep::Idle] {};
    // One of them may be idle while the other holds the event; what it leaves is done by whoever asks last.
    tokio::join!(until_idle(&one), until_idle(&other));
    until_idle(&one).await;
    assert_eq!(bench.texts("select state from events").await, "applied");
    assert_eq!(bench.number("select count(*) from accounts where balance = 100").await, 40);
    assert_eq!((bench.count("decisions").await, bench.number(DUE).await), (40, 40));
    bench.books_agree().await;
}
