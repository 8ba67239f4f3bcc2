//! Letters the broker gave up, tried alone.

use std::sync::Arc;
use std::time::Duration;

use makegood::event::Message;
use makegood::store::{DeadClass, Store, Trial};

use super::super::bench::{Bench, noon};
use super::super::events::{canceled, refusable};
use super::{LEASE, applied, bury, call, column, failed, history, skipped};

async fn given_up(bench: &Bench, message: &Message) -> (Arc<dyn Store>, i64) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let id = bury(bench, &store, message, DeadClass::GivenUp, "delivery_limit").await;
    bench.run("update dead_letters set state = 'trial'").await;
    (store, id)
}

async fn begin(store: &Arc<dyn Store>, lease: Duration) -> Option<Trial> {
    store.trial_begin(lease, 2, noon(50)).await.expect("asked")
}

pub async fn an_innocent_letter_is_applied_in_its_trial(bench: Bench) {
    let (store, id) = given_up(&bench, &canceled("e", "j").message).await;
    assert_eq!(begin(&store, LEASE).await, Some(Trial::Begun { id }));
    assert_eq!(history(&bench, id).await, "trial begun");
    // Nobody else tries it meanwhile.
    assert_eq!(begin(&bench.open().await, LEASE).await, None);
    assert_eq!(store.trial_apply(id, call(noon(51))).await.expect("tried"), applied(1, 6, 1, 1));
    assert_eq!(
        (column(&bench, id, "state").await, column(&bench, id, "trials").await),
        ("resolved".into(), "1".into())
    );
    assert_eq!(history(&bench, id).await, "trial begun|trial applied");
    assert_eq!(store.trial_apply(id, call(noon(52))).await.expect("asked"), skipped("resolved"));
    assert_eq!(begin(&store, LEASE).await, None);
    bench.books_agree().await;
}

pub async fn a_trial_that_fails_opens_the_letter(bench: Bench) {
    let (store, id) = given_up(&bench, &refusable("e", "j").message).await;
    assert_eq!(begin(&store, LEASE).await, Some(Trial::Begun { id }));
    let outcome = store.trial_apply(id, call(noon(51))).await.expect("tried");
    assert_eq!(failed(&outcome), (DeadClass::Refused, "test_refusal"));
    assert_eq!((column(&bench, id, "state").await, bench.count("dead_letters").await), ("open".into(), 1));
    assert_eq!(history(&bench, id).await, "trial begun|trial dead test_refusal");
}

pub async fn what_the_database_refuses_ends_its_trial(bench: Bench) {
    let (store, id) = given_up(&bench, &canceled("e", "j").message).await;
    bench.run(&format!("update accounts set balance = {} where account_id = 'a'", i64::MAX - 5)).await;
    begin(&store, LEASE).await;
    let outcome = store.trial_apply(id, call(noon(51))).await.expect("tried");
    assert_eq!(failed(&outcome), (DeadClass::Refused, "store_refused"));
    assert_eq!((column(&bench, id, "state").await, bench.count("events").await), ("open".into(), 0));
}

/// Its leases are over at once, as if the process had ended.
pub async fn a_letter_that_ends_the_process_is_condemned(bench: Bench) {
    let (store, id) = given_up(&bench, &canceled("e", "j").message).await;
    for _ in 0..2 {
        assert_eq!(begin(&store, Duration::ZERO).await, Some(Trial::Begun { id }));
    }
    assert_eq!(begin(&store, Duration::ZERO).await, Some(Trial::Condemned { id }));
    assert_eq!(begin(&store, Duration::ZERO).await, None);
    assert_eq!(column(&bench, id, "state || ' ' || class || ' ' || code").await, "open given-up kills_the_process");
    assert!(column(&bench, id, "message").await.contains("tried alone 2 times"));
    assert_eq!(history(&bench, id).await, "trial begun|trial begun|trial dead kills_the_process");
    // A process that was only slow comes too late.
    assert_eq!(store.trial_apply(id, call(noon(52))).await.expect("asked"), skipped("open"));
    assert_eq!(bench.balance("a").await, 94);
}
