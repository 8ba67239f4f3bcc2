//! What the database itself refuses.

use makegood::event::EntryId;
use makegood::policy::Ruling;
use makegood::store::StoreError;

use super::bench::{Bench, WAIT, noon};
use super::events::{batch, canceled, judge};

/// Nothing of a batch is left.
async fn nothing_is_left(bench: &Bench) {
    for table in ["events", "decisions", "notices", "dead_letters"] {
        assert_eq!(bench.count(table).await, 0, "{table}");
    }
    assert_eq!(bench.number("select count(*) from connects_entries where kind = 'return'").await, 0);
}

pub async fn it_is_append_only(bench: Bench) {
    bench.migrated().await;
    bench.small_market().await;
    for sql in [
        "update connects_entries set amount = 7 where entry_id = 'fee-p'",
        "update connects_entries set reason = 'x'",
        "delete from connects_entries where entry_id = 'fee-p'",
        "delete from connects_entries",
        "truncate connects_entries",
    ] {
        bench.try_run(sql).await.expect_err(sql);
    }
    assert_eq!(bench.count("connects_entries").await, 2);
}

pub async fn a_charge_is_reversed_once(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let at = bench.moment(0);
    bench
        .run(&format!(
            "insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, reverses, created_at)
             values ('refund-1', 'a', 'p', 'refund', 6, 'fee-p', {at}); update accounts set balance = 100 where account_id = 'a'"
        ))
        .await;
    // A judge that does not look: the unique key must stop it.
    let blind = |event: &_, stage, facts: &mut makegood::policy::Facts| {
        facts.entries.values_mut().for_each(|entries| entries.retain(|entry| entry.reverses.is_none()));
        judge(event, stage, facts)
    };
    let error = store.apply(&batch([canceled("e", "j")]), &blind, &WAIT, noon(0)).await.expect_err("reversed before");
    assert!(matches!(error, StoreError::Refused { .. }), "{error:?}");
    if !bench.is_sqlite() {
        assert!(error.to_string().contains("connects_entries_reverses_key"), "{error}");
    }
    nothing_is_left(&bench).await;
    assert_eq!(bench.balance("a").await, 100);
    bench.books_agree().await;
}

pub async fn a_balance_that_overflows_rolls_everything_back(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    bench.run(&format!("update accounts set balance = {} where account_id = 'a'", i64::MAX - 5)).await;
    let error = store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(0)).await.expect_err("too much");
    assert!(matches!(error, StoreError::Refused { .. }), "{error:?}");
    nothing_is_left(&bench).await;
    assert_eq!(bench.balance("a").await, i64::MAX - 5);
}

pub async fn an_account_that_vanished_rolls_everything_back(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let elsewhere = |event: &_, stage, facts: &mut makegood::policy::Facts| {
        let mut ruling = judge(event, stage, facts);
        if let Ruling::Apply(effects) = &mut ruling {
            for entry in &mut effects.entries {
                entry.id = EntryId::parse("return-elsewhere").expect("an id");
                entry.account = makegood::event::AccountId::parse("nobody").expect("an id");
            }
        }
        ruling
    };
    let error =
        store.apply(&batch([canceled("e", "j")]), &elsewhere, &WAIT, noon(0)).await.expect_err("no such account");
    assert!(matches!(error, StoreError::Inconsistent { table: "accounts", .. }), "{error:?}");
    nothing_is_left(&bench).await;
    bench.books_agree().await;
}
