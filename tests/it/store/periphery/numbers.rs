//! Statistics, agreement and report.

use makegood::policy::{Ground, Reason, Verdict};
use makegood::store::{DeadClass, DeadLetter, ImportBatch, NoticeResult, Settlement, StoreError};
use time::Duration;
use uuid::Uuid;

use super::{Bench, START, account, message, on_both, small_world};

on_both!(
    an_empty_store_has_no_numbers,
    the_numbers_are_those_of_the_rows,
    a_balance_that_moved_alone_is_found,
    a_charge_returned_twice_is_found,
    the_report_tells_the_latest_last,
    an_unknown_code_is_named,
);

async fn an_empty_store_has_no_numbers(bench: Bench) {
    let stats = bench.store.stats(START).await.expect("numbers");
    assert_eq!(stats, makegood::store::Stats::default());
    assert!(bench.store.agreement().await.expect("read").holds());
    assert!(bench.store.report(10).await.expect("read").is_empty());
}

async fn the_numbers_are_those_of_the_rows(bench: Bench) {
    for (id, state) in [("w1", "waiting"), ("w2", "waiting"), ("f1", "fanning_out"), ("d1", "dead")] {
        bench.event(id, state).await;
    }
    for (code, minutes) in [("one", 30), ("two", 10)] {
        let letter = DeadLetter::new(&message(b"{}"), DeadClass::Undecodable, code, "text".into());
        bench.store.bury(&[letter], START - Duration::minutes(minutes)).await.expect("buried");
    }
    let (token, lapsed) = (Uuid::new_v4(), Uuid::new_v4());
    let sent = bench.notice("ana", Some(START - Duration::hours(3))).await;
    bench.lease(1, token, 60, START).await;
    let report = Settlement { id: sent, token, result: NoticeResult::Sent, code: "accepted".into(), reply: None };
    bench.store.settle_notices(&[report], START).await.expect("settled");
    bench.notice("ana", Some(START - Duration::hours(2))).await;
    bench.lease(1, token, 60, START).await;
    bench.notice("ana", Some(START - Duration::minutes(5))).await;
    bench.notice("ana", Some(START + Duration::minutes(5))).await;
    bench.notice("ana", None).await;

    let stats = bench.store.stats(START).await.expect("numbers");
    assert_eq!(
        stats.notices.into_iter().collect::<Vec<_>>(),
        [("leased", 1), ("pending", 3)],
        "sent ones are not counted"
    );
    assert_eq!(stats.oldest_due_notice_seconds, 300.0, "what somebody is at is not due");
    assert_eq!((stats.events_waiting, stats.events_fanning_out, stats.dead_letters), (2, 1, 2));
    assert_eq!(stats.oldest_dead_letter_seconds, 1_800.0);

    bench.lease(1, lapsed, 0, START).await;
    let stats = bench.store.stats(START).await.expect("numbers");
    assert_eq!(stats.oldest_due_notice_seconds, 300.0, "a lease that ran out is due again");
    let early = bench.store.stats(START - Duration::days(1)).await.expect("numbers");
    assert_eq!(early.oldest_dead_letter_seconds, 0.0, "no age is negative");
}

async fn a_balance_that_moved_alone_is_found(bench: Bench) {
    let mut world = small_world();
    for number in 10..40 {
        world.accounts.push(account(&format!("z{number}")));
    }
    bench.store.import(&world).await.expect("imported");
    let agreement = bench.store.agreement().await.expect("read");
    assert_eq!((agreement.holds(), agreement.accounts, agreement.entries), (true, 31, 2));
    bench.run("update accounts set balance = balance + 1 where account_id = 'a1'".into()).await;
    assert_eq!(bench.store.agreement().await.expect("read").disagreeing, ["a1"]);
    bench.run("update accounts set balance = balance + 1 where account_id like 'z%'".into()).await;
    let named = bench.store.agreement().await.expect("read").disagreeing;
    assert_eq!((named.len(), named[0].as_str(), named[19].as_str()), (20, "a1", "z28"));
    bench.run("update accounts set balance = 0 where account_id like 'z%'".into()).await;
    bench.run("delete from accounts where account_id = 'a1'".into()).await;
    assert_eq!(bench.store.agreement().await.expect("read").disagreeing, ["a1"], "entries without their account");
}

async fn a_charge_returned_twice_is_found(bench: Bench) {
    let world = small_world();
    bench.store.import(&world).await.expect("imported");
    // The same ledger without its keys: what somebody would have who took them away.
    bench.run("drop table connects_entries".into()).await;
    let columns = "entry_id text, account_id text, kind text, amount bigint, reverses text";
    bench.run(format!("create table connects_entries ({columns})")).await;
    let (fee, refund) = ("('fee1', 'a1', 'fee', -6, null)", "'a1', 'refund', 6, 'fee1')");
    bench.run(format!("insert into connects_entries values {fee}, ('one', {refund}, ('two', {refund}")).await;
    let agreement = bench.store.agreement().await.expect("read");
    assert_eq!((agreement.holds(), agreement.entries), (false, 3));
    assert_eq!((agreement.disagreeing, agreement.doubled), (vec!["a1".to_owned()], vec!["fee1".to_owned()]));
}

async fn decision(bench: &Bench, event: &str, proposal: &str, minutes: i64, told: &str) {
    let at = bench.moment(START + Duration::minutes(minutes));
    bench
        .run(format!(
            "insert into decisions (event_no, proposal_id, job_id, account_id, person_id, rule, policy_version, verdict, \
             reason, ground, amount, told, decided_at) select event_no, '{proposal}', 'j1', 'a1', 'ana', 'r1', 'v1', {told}, {at} \
             from events where event_id = '{event}'"
        ))
        .await;
}

async fn the_report_tells_the_latest_last(bench: Bench) {
    bench.store.import(&small_world()).await.expect("imported");
    bench.event("e1", "applied").await;
    bench.event("e2", "applied").await;
    let yes = if bench.is_postgres() { "true" } else { "1" };
    let none = format!("'none', 'expired', 'already_returned', 0, {yes}");
    decision(&bench, "e1", "pr2", 2, &none).await;
    decision(&bench, "e2", "pr1", 2, &none).await;
    decision(&bench, "e1", "pr1", 2, &format!("'credited', 'client_canceled', null, 6, {yes}")).await;
    decision(&bench, "e2", "pr0", 1, &none).await;
    let told = |rows: Vec<makegood::store::ReportRow>| {
        rows.into_iter().map(|row| format!("{} {}", row.key.id, row.proposal)).collect::<Vec<_>>()
    };
    let rows = bench.store.report(10).await.expect("read");
    let row = rows[1].clone();
    assert_eq!(told(rows), ["e2 pr0", "e1 pr1", "e1 pr2", "e2 pr1"]);
    assert_eq!(told(bench.store.report(2).await.expect("read")), ["e1 pr2", "e2 pr1"], "the latest are kept");
    assert_eq!((row.key.source.as_str(), row.event_type.as_str(), row.rule.as_str()), ("market", "job-canceled", "r1"));
    assert_eq!((row.person.as_str(), row.job_title.as_str(), row.account.as_str()), ("Ana", "Logo", "a1"));
    assert_eq!((row.verdict, row.reason, row.ground), (Verdict::Credited, Reason::ClientCanceled, None));
    assert_eq!((row.amount, row.balance), (6, 94));
    for table in ["people", "jobs", "accounts"] {
        bench.run(format!("delete from {table}")).await;
    }
    let row = bench.store.report(1).await.expect("read").remove(0);
    assert_eq!((row.person.as_str(), row.job_title.as_str(), row.balance), ("ana", "j1", 0));
    assert_eq!(row.ground, Some(Ground::AlreadyReturned));
}

async fn an_unknown_code_is_named(bench: Bench) {
    bench.store.import(&ImportBatch::default()).await.expect("imported");
    bench.event("e1", "applied").await;
    let no = if bench.is_postgres() { "false" } else { "0" };
    decision(&bench, "e1", "pr1", 0, &format!("'none', 'from_the_future', 'expired', 0, {no}")).await;
    match bench.store.report(1).await {
        Err(StoreError::Inconsistent { table: "decisions", column: "reason", found, .. }) => {
            assert_eq!(found, "from_the_future");
        }
        other => panic!("{other:?}"),
    }
}
