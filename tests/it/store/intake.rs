//! Batches and waiting events.

use makegood::event::{Event, EventKey};
use makegood::policy::{self, Facts, Policy, Ruling, Stage};
use makegood::store::{Batch, DeadClass, DeadLetter, Judge, Outcome, StoreError};

use time::Duration;

use super::bench::{Bench, WAIT, due, noon};
use super::events::{HOLD, batch, canceled, judge, refusable, returned, suspended};

fn key(id: &str) -> EventKey {
    EventKey { source: "/test".into(), id: id.into() }
}

fn applied(id: &str, credits: u64, connects: i64, decisions: u64, notices: u64) -> Outcome {
    Outcome::Applied { key: key(id), credits, connects, returned: returned(credits, connects), decisions, notices }
}

pub async fn an_event_is_applied_once_and_the_balance_moves(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let outcomes = store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(1)).await.expect("applied");
    assert_eq!(outcomes, [applied("e", 1, 6, 1, 1)]);
    assert_eq!(bench.balance("a").await, 100);
    assert_eq!(bench.texts("select state from events").await, "applied");
    assert_eq!(bench.texts("select policy_version from events").await, "test-1");
    assert_eq!(bench.texts("select verdict from decisions").await, "credited");
    assert_eq!(bench.texts("select reverses from connects_entries where kind = 'return'").await, "fee-p");
    let due = format!("select count(*) from notices where state = 'pending' and due_at = {}", bench.moment(1));
    assert_eq!(bench.number(&due).await, 1);
    bench.books_agree().await;
}

pub async fn a_redelivery_is_a_duplicate(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let arrivals = batch([canceled("e", "j")]);
    store.apply(&arrivals, &judge, &WAIT, noon(1)).await.expect("applied");
    for later in 2..4 {
        let outcomes = store.apply(&arrivals, &judge, &WAIT, noon(later)).await.expect("seen");
        assert_eq!(outcomes, [Outcome::Duplicate { key: key("e") }]);
    }
    assert_eq!(bench.balance("a").await, 100);
    assert_eq!((bench.count("decisions").await, bench.count("notices").await), (1, 1));
    assert_eq!(bench.count("dead_letters").await, 0);
}

pub async fn another_payload_under_the_same_id_is_a_conflict(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    bench.job("other", "c").await;
    store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(1)).await.expect("applied");
    // In one batch: the same again, and twice the other.
    let arrivals = [canceled("e", "other"), canceled("e", "j"), canceled("e", "other")];
    let outcomes = store.apply(&batch(arrivals.clone()), &judge, &WAIT, noon(2)).await.expect("seen");
    let dead = Outcome::Dead { key: key("e"), code: "event_conflict".into() };
    assert_eq!(outcomes, [dead.clone(), Outcome::Duplicate { key: key("e") }, dead]);
    assert_eq!(bench.texts("select class from dead_letters").await, "conflict");
    assert_eq!(bench.number("select times from dead_letters").await, 2);
    let message = bench.texts("select message from dead_letters").await;
    for arrival in &arrivals {
        assert!(message.contains(&hex::encode(arrival.event.hash)), "{message}");
    }
    assert_eq!(bench.texts("select state from events").await, "applied");
}

pub async fn the_same_event_twice_in_a_batch_counts_once(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let arrivals = batch([canceled("e", "j"), canceled("e", "j"), canceled("e", "other")]);
    let outcomes = store.apply(&arrivals, &judge, &WAIT, noon(1)).await.expect("applied");
    assert_eq!(
        outcomes,
        [
            applied("e", 1, 6, 1, 1),
            Outcome::Duplicate { key: key("e") },
            Outcome::Dead { key: key("e"), code: "event_conflict".into() }
        ]
    );
    assert_eq!((bench.count("events").await, bench.balance("a").await), (1, 100));
}

pub async fn two_events_about_one_proposal_in_one_batch(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let arrivals = batch([canceled("one", "j"), suspended("two", "c", true)]);
    let outcomes = store.apply(&arrivals, &judge, &WAIT, noon(1)).await.expect("applied");
    assert_eq!(outcomes, [applied("one", 1, 6, 1, 1), applied("two", 0, 0, 1, 0)]);
    assert_eq!(bench.texts("select verdict from decisions order by event_no").await, "credited|none");
    assert_eq!(bench.balance("a").await, 100);
    bench.books_agree().await;
}

pub async fn an_unknown_job_waits_and_is_applied_when_due(bench: Bench) {
    let store = bench.migrated().await;
    let outcomes = store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(0)).await.expect("taken in");
    assert_eq!(outcomes, [Outcome::Waiting { key: key("e"), code: "job_unknown", due: due(0, 1, 1) }]);
    assert_eq!(store.apply_due(10, &judge, &WAIT, noon(59)).await.expect("too early"), []);
    bench.small_market().await;
    let again = store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(59)).await.expect("seen");
    assert_eq!(again, [Outcome::Duplicate { key: key("e") }]);
    assert_eq!(store.apply_due(10, &judge, &WAIT, noon(66)).await.expect("due"), [applied("e", 1, 6, 1, 1)]);
    assert_eq!(bench.balance("a").await, 100);
    assert_eq!(store.apply_due(10, &judge, &WAIT, noon(9999)).await.expect("none left"), []);
}

pub async fn an_unknown_job_is_a_dead_letter_in_the_end(bench: Bench) {
    let store = bench.migrated().await;
    store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(0)).await.expect("taken in");
    let second = store.apply_due(10, &judge, &WAIT, noon(66)).await.expect("due");
    assert_eq!(second, [Outcome::Waiting { key: key("e"), code: "job_unknown", due: due(66, 2, 1) }]);
    let third = store.apply_due(10, &judge, &WAIT, noon(66 + 132)).await.expect("due");
    assert_eq!(third, [Outcome::Dead { key: key("e"), code: "job_unknown".into() }]);
    assert_eq!(bench.texts("select state from events").await, "dead");
    assert_eq!(bench.texts("select class from dead_letters").await, "unresolved");
    assert_eq!(bench.texts("select event_id from dead_letters").await, "e");
    // What was kept can be replayed as it is.
    assert_eq!(
        bench.number("select count(*) from dead_letters d join events e on length(d.body) = length(e.payload)").await,
        1
    );
}

pub async fn what_is_refused_is_a_dead_letter(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let arrivals = batch([refusable("bad", "j"), canceled("good", "j")]);
    let outcomes = store.apply(&arrivals, &judge, &WAIT, noon(0)).await.expect("taken in");
    assert_eq!(outcomes, [Outcome::Dead { key: key("bad"), code: "test_refusal".into() }, applied("good", 1, 6, 1, 1)]);
    assert_eq!(bench.texts("select class from dead_letters").await, "refused");
    assert_eq!(bench.texts("select state from events order by event_id").await, "dead|applied");
}

/// The judge of the tests, as one who says by which version it will decide.
struct Forward;

impl Judge for Forward {
    fn judge(&self, event: &Event, stage: Stage, facts: &mut Facts) -> Ruling {
        judge(event, stage, facts)
    }

    fn version(&self, _: &Event) -> Option<String> {
        Some("test-1".into())
    }
}

/// The inbox writes the version beforehand; only what it decided keeps it.
pub async fn a_version_is_claimed_by_none_that_it_did_not_decide(mut bench: Bench) {
    bench.inline = 3;
    let store = bench.migrated().await;
    bench.small_market().await;
    bench.crowd("large", 4).await;
    let arrivals = [canceled("good", "j"), refusable("bad", "j"), canceled("early", "later"), canceled("big", "large")];
    store.apply(&batch(arrivals), &Forward, &WAIT, noon(1)).await.expect("taken in");
    let rows = "select event_id || ' ' || state || ' ' || attempts || ' ' || coalesce(policy_version, '-') || ' '
        || case when applied_at is null then 'open' else 'done' end from events order by event_id";
    let taken_in = "bad dead 1 - open|big fanning_out 0 - open|early waiting 1 - open|good applied 1 test-1 done";
    assert_eq!(bench.texts(rows).await, taken_in);
    // A version that was written by what decided stays while the rest is decided.
    for _ in 0..2 {
        store.fan_out(&Forward, &WAIT, noon(2)).await.expect("a step");
    }
    let one = "select state || ' ' || coalesce(policy_version, '-') from events where event_id = 'big'";
    assert_eq!(bench.texts(one).await, "fanning_out test-1");
    bench.books_agree().await;
}

pub async fn a_hold_ends_with_a_credit_and_one_letter(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let outcomes = store.apply(&batch([suspended("e", "c", false)]), &judge, &WAIT, noon(0)).await.expect("held");
    let due = noon(0) + HOLD;
    assert_eq!(outcomes, [Outcome::Waiting { key: key("e"), code: "suspension_not_final", due }]);
    assert_eq!(bench.texts("select verdict from decisions").await, "held");
    assert_eq!(bench.texts("select stage from events").await, "after_hold");
    assert_eq!((bench.balance("a").await, bench.count("notices").await), (94, 0));
    assert_eq!(store.apply_due(10, &judge, &WAIT, due).await.expect("due"), [applied("e", 1, 6, 1, 1)]);
    assert_eq!(bench.texts("select verdict from decisions").await, "credited");
    assert_eq!((bench.balance("a").await, bench.count("notices").await), (100, 1));
    bench.books_agree().await;
}

pub async fn the_policy_ends_a_hold_with_a_credit(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let policy = Policy::built_in();
    let at = |now| {
        let policy = &policy;
        move |event: &Event, stage: Stage, facts: &mut Facts| policy::judge(policy, event, stage, facts, now)
    };
    store.apply(&batch([suspended("e", "c", false)]), &at(noon(0)), &WAIT, noon(0)).await.expect("held");
    assert_eq!(bench.texts("select verdict from decisions").await, "held");
    bench.run("update clients set suspended = true").await;
    let over = noon(0) + Duration::days(30);
    store.apply_due(10, &at(over), &WAIT, over).await.expect("due");
    assert_eq!(bench.texts("select verdict from decisions").await, "credited");
    assert_eq!((bench.balance("a").await, bench.count("notices").await), (100, 1));
    bench.books_agree().await;
}

pub async fn a_batch_with_many_proposals_is_taken_in_by_parts(mut bench: Bench) {
    (bench.inline, bench.batch) = (3, 4);
    let store = bench.migrated().await;
    bench.client("c").await;
    for (job, people) in [("j1", 3), ("j2", 2), ("j3", 1), ("j4", 4)] {
        bench.crowd(job, people).await;
    }
    let mut arrivals = batch(["j1", "j2", "j4", "j3"].map(|job| canceled(job, job)));
    let outcomes = store.apply(&arrivals, &judge, &WAIT, noon(0)).await.expect("taken in");
    assert_eq!(outcomes, [applied("j1", 3, 18, 3, 3)]);
    assert_eq!(bench.count("events").await, 1, "the others are as if they had not been given");
    arrivals.arrivals.remove(0);
    let outcomes = store.apply(&arrivals, &judge, &WAIT, noon(0)).await.expect("taken in");
    // What is too large for itself takes no share of the others.
    let fanning_out = Outcome::FanningOut { key: key("j4") };
    assert_eq!(outcomes, [applied("j2", 2, 12, 2, 2), fanning_out, applied("j3", 1, 6, 1, 1)]);
    bench.batch = 1;
    let store = bench.open().await;
    bench.crowd("j5", 2).await;
    let outcomes = store.apply(&batch([canceled("j5", "j5")]), &judge, &WAIT, noon(0)).await.expect("taken in");
    assert_eq!(outcomes, [applied("j5", 2, 12, 2, 2)], "one is always taken");
    bench.books_agree().await;
}

pub async fn dead_letters_count_up(bench: Bench) {
    let store = bench.migrated().await;
    let message = canceled("e", "j").message;
    let mut message = (*message).clone();
    message.headers.insert("odd".into(), "a\0b".into());
    let letter = DeadLetter::new(&message, DeadClass::Undecodable, "not_json", "no JSON\0".into());
    let dead = Batch { arrivals: Vec::new(), dead: vec![letter.clone(), letter] };
    for later in [5, 3] {
        assert_eq!(store.apply(&dead, &judge, &WAIT, noon(later)).await.expect("buried"), []);
    }
    assert_eq!((bench.count("dead_letters").await, bench.number("select times from dead_letters").await), (1, 4));
    let seen = |column: &str| format!("select count(*) from dead_letters where {column} = {}", bench.moment(5));
    assert_eq!(bench.number(&seen("first_seen")).await, 1);
    assert_eq!(bench.number(&seen("last_seen")).await, 1);
    assert_eq!(bench.texts("select message from dead_letters").await, "no JSON\u{fffd}");
}

pub async fn two_stores_with_the_same_batch_apply_it_once(bench: Bench) {
    let (one, two) = (bench.migrated().await, bench.open().await);
    bench.client("c").await;
    for job in ["j1", "j2", "j3"] {
        bench.crowd(job, 5).await;
    }
    let there = batch(["j1", "j2", "j3"].map(|job| canceled(job, job)));
    let back = batch(["j3", "j2", "j1"].map(|job| canceled(job, job)));
    let (first, second) =
        tokio::join!(one.apply(&there, &judge, &WAIT, noon(0)), two.apply(&back, &judge, &WAIT, noon(0)));
    let outcomes: Vec<_> = first.expect("one").into_iter().chain(second.expect("two")).collect();
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Duplicate { .. })).count(), 3);
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Applied { credits: 5, .. })).count(), 3);
    assert_eq!(bench.number("select count(*) from connects_entries where kind = 'return'").await, 15);
    bench.books_agree().await;
}

pub async fn a_waiting_event_that_is_refused_alone_is_put_off(bench: Bench) {
    let store = bench.migrated().await;
    store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(0)).await.expect("taken in");
    store.apply(&batch([canceled("f", "k")]), &judge, &WAIT, noon(7)).await.expect("taken in");
    bench.small_market().await;
    bench.job("k", "c").await;
    bench.run(&format!("update accounts set balance = {} where account_id = 'a'", i64::MAX - 5)).await;
    let error = store.apply_due(2, &judge, &WAIT, noon(74)).await.expect_err("refused");
    assert!(matches!(error, StoreError::Refused { .. }), "{error:?}");
    let outcomes = store.apply_due(1, &judge, &WAIT, noon(74)).await.expect("put off");
    assert_eq!(outcomes, [Outcome::Waiting { key: key("e"), code: "store_refused", due: due(74, 2, 1) }]);
    assert_eq!(store.apply_due(1, &judge, &WAIT, noon(74)).await.expect("due"), [applied("f", 0, 0, 0, 0)]);
}
