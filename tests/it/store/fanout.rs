//! Events too large for a batch.

use std::sync::Arc;

use makegood::event::EventKey;
use makegood::store::{FanOutStep, Outcome, Store};

use super::bench::{Bench, WAIT, due, noon};
use super::events::{HOLD, batch, canceled, judge, refusable, returned, suspended};

async fn step(store: &Arc<dyn Store>) -> FanOutStep {
    store.fan_out(&judge, &WAIT, noon(1)).await.expect("a step")
}

/// Steps until there is nothing to do; their number.
async fn finish(store: &Arc<dyn Store>) -> u32 {
    let mut steps = 0;
    while step(store).await != FanOutStep::Idle {
        steps += 1;
        assert!(steps < 100, "it does not end");
    }
    steps
}

fn key(id: &str) -> EventKey {
    EventKey { source: "/test".into(), id: id.into() }
}

/// A market whose job `j` has five proposals of five people, a migrated store, and the event `e` that cancels it, taken
/// in.
async fn five(bench: &mut Bench) -> Arc<dyn Store> {
    bench.inline = 3;
    let store = bench.migrated().await;
    bench.client("c").await;
    bench.crowd("j", 5).await;
    let outcomes = store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(0)).await.expect("taken in");
    assert_eq!(outcomes, [Outcome::FanningOut { key: key("e") }]);
    store
}

const DUE: &str = "select count(*) from notices where due_at is not null";

pub async fn it_goes_on_after_a_crash(mut bench: Bench) {
    let store = five(&mut bench).await;
    assert_eq!(step(&store).await, FanOutStep::Planned { key: key("e"), accounts: 5 });
    let two = Outcome::Applied {
        key: key("e"),
        credits: 2,
        connects: 12,
        returned: returned(2, 12),
        decisions: 2,
        notices: 2,
    };
    assert_eq!(step(&store).await, FanOutStep::Advanced { outcome: two.clone(), done: false });
    assert_eq!(bench.texts("select cursor from events").await, "a02");
    bench.books_agree().await;
    drop(store);
    let store = bench.open().await;
    assert_eq!(step(&store).await, FanOutStep::Advanced { outcome: two, done: false });
    let one =
        Outcome::Applied { key: key("e"), credits: 1, connects: 6, returned: returned(1, 6), decisions: 1, notices: 1 };
    assert_eq!(step(&store).await, FanOutStep::Advanced { outcome: one, done: true });
    assert_eq!(step(&store).await, FanOutStep::Idle);
    assert_eq!(bench.texts("select state from events").await, "applied");
    assert_eq!((bench.count("fanout_accounts").await, bench.number(DUE).await), (0, 5));
    assert_eq!(bench.number("select count(*) from accounts where balance = 100").await, 5);
    bench.books_agree().await;
}

pub async fn a_person_with_accounts_in_two_chunks_gets_one_letter(mut bench: Bench) {
    bench.inline = 3;
    let store = bench.migrated().await;
    bench.client("c").await;
    bench.crowd("j", 5).await;
    // p01, who has a01, also submitted for a05.
    bench.proposal("j-extra", "j", "a05", "p01", 4).await;
    store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(0)).await.expect("taken in");
    step(&store).await;
    step(&store).await;
    // p02 has heard everything; p01 has not.
    assert_eq!(bench.texts("select person_id from notices where due_at is not null").await, "p02");
    assert_eq!(bench.texts("select person_id from notices where due_at is null").await, "p01");
    finish(&store).await;
    assert_eq!((bench.count("notices").await, bench.number(DUE).await), (5, 5));
    let length = if bench.is_sqlite() { "json_array_length" } else { "jsonb_array_length" };
    let lines = format!("select count(*) from notices where person_id = 'p01' and {length}(lines) = 2");
    assert_eq!(bench.number(&lines).await, 1);
    bench.books_agree().await;
}

pub async fn a_large_event_does_not_block_a_small_one(mut bench: Bench) {
    let store = five(&mut bench).await;
    step(&store).await;
    step(&store).await;
    bench.crowd("small", 2).await;
    let outcomes = store.apply(&batch([canceled("s", "small")]), &judge, &WAIT, noon(1)).await.expect("applied");
    assert!(matches!(outcomes[..], [Outcome::Applied { credits: 2, .. }]), "{outcomes:?}");
    finish(&store).await;
    bench.books_agree().await;
}

pub async fn two_large_events_take_turns(mut bench: Bench) {
    let store = five(&mut bench).await;
    bench.crowd("k", 5).await;
    store.apply(&batch([canceled("f", "k")]), &judge, &WAIT, noon(0)).await.expect("taken in");
    let mut order = Vec::new();
    for at in 1..9 {
        match store.fan_out(&judge, &WAIT, noon(at)).await.expect("a step") {
            FanOutStep::Planned { key, .. } | FanOutStep::Advanced { outcome: Outcome::Applied { key, .. }, .. } => {
                order.push(key.id)
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(order, ["e", "f", "e", "f", "e", "f", "e", "f"]);
    assert_eq!(step(&store).await, FanOutStep::Idle);
    bench.books_agree().await;
}

pub async fn a_chunk_that_lacks_an_account_waits_where_it_stands(mut bench: Bench) {
    let store = five(&mut bench).await;
    bench.run("create table put_away as select * from accounts where account_id = 'a03'").await;
    bench.run("delete from accounts where account_id = 'a03'").await;
    step(&store).await;
    step(&store).await;
    let waiting = Outcome::Waiting { key: key("e"), code: "account_unknown", due: due(1, 1, 1) };
    assert_eq!(step(&store).await, FanOutStep::Advanced { outcome: waiting, done: false });
    assert_eq!(step(&store).await, FanOutStep::Idle);
    bench.run("insert into accounts select * from put_away").await;
    let resumed = store.apply_due(10, &judge, &WAIT, noon(67)).await.expect("due");
    assert_eq!(resumed, [Outcome::FanningOut { key: key("e") }]);
    finish(&store).await;
    assert_eq!(bench.texts("select state from events").await, "applied");
    assert_eq!(bench.number("select count(*) from accounts where balance = 100").await, 5);
    assert_eq!(bench.number(DUE).await, 5);
    bench.books_agree().await;
}

pub async fn a_held_fan_out_is_decided_again(mut bench: Bench) {
    bench.inline = 3;
    let store = bench.migrated().await;
    bench.client("c").await;
    bench.crowd("j", 5).await;
    bench.crowd("k", 2).await;
    store.apply(&batch([suspended("e", "c", false)]), &judge, &WAIT, noon(0)).await.expect("taken in");
    assert_eq!(finish(&store).await, 4);
    assert_eq!(bench.texts("select state from events").await, "waiting");
    assert_eq!(bench.number("select count(*) from decisions where verdict = 'held'").await, 7);
    let due = noon(0) + HOLD;
    let outcomes = store.apply_due(10, &judge, &WAIT, due).await.expect("due");
    assert_eq!(outcomes, [Outcome::FanningOut { key: key("e") }]);
    assert_eq!(finish(&store).await, 4);
    assert_eq!(bench.texts("select state from events").await, "applied");
    assert_eq!(bench.number("select count(*) from decisions where verdict = 'credited'").await, 7);
    assert_eq!((bench.count("notices").await, bench.number(DUE).await), (5, 5));
    bench.books_agree().await;
}

pub async fn a_refusal_ends_it(mut bench: Bench) {
    bench.inline = 3;
    let store = bench.migrated().await;
    bench.client("c").await;
    bench.crowd("j", 5).await;
    store.apply(&batch([refusable("e", "j")]), &judge, &WAIT, noon(0)).await.expect("taken in");
    step(&store).await;
    let dead = Outcome::Dead { key: key("e"), code: "test_refusal".into() };
    assert_eq!(step(&store).await, FanOutStep::Advanced { outcome: dead, done: true });
    assert_eq!(step(&store).await, FanOutStep::Idle);
    assert_eq!((bench.count("fanout_accounts").await, bench.count("dead_letters").await), (0, 1));
}

pub async fn what_the_database_refuses_holds_up_no_other(mut bench: Bench) {
    let store = five(&mut bench).await;
    bench.run(&format!("update accounts set balance = {} where account_id = 'a03'", i64::MAX - 5)).await;
    step(&store).await;
    step(&store).await;
    let put_off = |due| Outcome::Waiting { key: key("e"), code: "store_refused", due };
    assert_eq!(step(&store).await, FanOutStep::Advanced { outcome: put_off(due(1, 1, 1)), done: false });
    assert_eq!(step(&store).await, FanOutStep::Idle);
    let resumed = store.apply_due(1, &judge, &WAIT, noon(67)).await.expect("due");
    assert_eq!(resumed, [Outcome::FanningOut { key: key("e") }]);
    let again = store.fan_out(&judge, &WAIT, noon(67)).await.expect("put off");
    assert_eq!(again, FanOutStep::Advanced { outcome: put_off(due(67, 2, 1)), done: false });
    store.apply_due(1, &judge, &WAIT, noon(67 + 132)).await.expect("due");
    let dead = Outcome::Dead { key: key("e"), code: "store_refused".into() };
    assert_eq!(step(&store).await, FanOutStep::Advanced { outcome: dead, done: true });
    // What was credited before is told.
    assert_eq!((bench.count("notices").await, bench.number(DUE).await), (2, 2));
    assert_eq!(
        (bench.count("fanout_accounts").await, bench.texts("select class from dead_letters").await),
        (0, "refused".into())
    );
}
