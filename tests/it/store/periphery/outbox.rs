//! Leases, settlements and dead letters.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration as Span, Instant};

use makegood::store::{Address, BadMailbox, DeadClass, DeadLetter, ImportBatch, NoticeResult, Settlement};
use time::Duration;
use uuid::Uuid;

use super::{Bench, Raw, START, message, on_both, person};

on_both!(
    oldest_due_first_and_never_twice,
    a_lapsed_lease_passes_on_and_fences_the_late,
    results_of_several_leases_go_down_together,
    leasers_at_once_share_no_notice,
    a_late_report_and_a_new_lease_never_both_win,
    a_notice_committed_late_is_not_skipped,
    every_result_leaves_its_state,
    a_bad_mailbox_stops_the_next_notice,
    a_late_worker_suppresses_nothing,
    an_unreadable_notice_hides_no_other,
    a_notice_tells_what_is_known_now,
    a_reply_may_hold_anything,
    burying_again_counts,
);

fn bad_mailbox() -> BadMailbox {
    BadMailbox { address: Address("ana@example.com".into()), until: START + Duration::days(30) }
}

fn settlement(id: Uuid, token: Uuid, result: NoticeResult) -> Settlement {
    Settlement { id, token, result, code: "some_code".into(), reply: Some("250 ok".into()) }
}

async fn oldest_due_first_and_never_twice(bench: Bench) {
    let later = bench.notice("ana", Some(START - Duration::minutes(1))).await;
    let first = bench.notice("ana", Some(START - Duration::minutes(3))).await;
    let second = bench.notice("ana", Some(START - Duration::minutes(2))).await;
    bench.notice("ana", Some(START + Duration::microseconds(1))).await;
    bench.notice("ana", None).await;
    let lease = |limit| bench.lease(limit, Uuid::new_v4(), 60, START);
    assert!(lease(0).await.is_empty());
    assert_eq!(lease(2).await, [first, second]);
    assert_eq!(lease(10).await, [later], "what is leased, not due, or held back is left alone");
    assert!(lease(10).await.is_empty());
}

async fn a_lapsed_lease_passes_on_and_fences_the_late(bench: Bench) {
    let id = bench.notice("ana", Some(START)).await;
    let (late, next) = (Uuid::new_v4(), Uuid::new_v4());
    assert_eq!(bench.lease(10, late, 0, START).await, [id]);
    // Leased by the database's clock: that of the caller may stand anywhere.
    assert_eq!(bench.lease(10, next, 60, START - Duration::days(1)).await, [id]);
    let sent = |token| [settlement(id, token, NoticeResult::Sent)];
    assert_eq!(bench.store.settle_notices(&sent(late), START).await.expect("settled"), 0);
    assert_eq!(bench.number("select count(*) from notices where state = 'leased'").await, 1);
    assert_eq!(bench.store.settle_notices(&sent(next), START).await.expect("settled"), 1);
    assert_eq!(bench.store.settle_notices(&sent(next), START).await.expect("settled"), 0, "once is enough");
    assert_eq!(bench.store.settle_notices(&[], START).await.expect("settled"), 0);
}

async fn results_of_several_leases_go_down_together(bench: Bench) {
    let bad = || NoticeResult::Failed { suppress_address: Some(bad_mailbox()) };
    let put_off = || NoticeResult::Deferred { due: START + Duration::hours(1) };
    let (first, second, late, next) = (Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4());
    let mut results = Vec::new();
    for (token, result) in [(first, NoticeResult::Sent), (first, put_off()), (second, put_off()), (second, bad())] {
        let id = bench.notice("ana", Some(START)).await;
        assert_eq!(bench.lease(1, token, 60, START).await, [id]);
        results.push(settlement(id, token, result));
    }
    // Leased again meanwhile: of the two results the late one says nothing, whatever it says and wherever it stands.
    for (before, after) in [(bad(), NoticeResult::Sent), (put_off(), NoticeResult::Sent)] {
        let id = bench.notice("ana", Some(START)).await;
        assert_eq!(bench.lease(1, late, 0, START).await, [id]);
        assert_eq!(bench.lease(1, next, 60, START).await, [id]);
        results.insert(0, settlement(id, late, before));
        results.push(settlement(id, next, after));
    }
    assert_eq!(bench.store.settle_notices(&results, START).await.expect("settled"), 6);
    let states = "select count(*) from notices where state = ";
    for (state, count) in [("'sent'", 3), ("'deferred'", 2), ("'failed'", 1), ("'leased'", 0)] {
        assert_eq!(bench.number(&format!("{states}{state}")).await, count, "{state}");
    }
    assert_eq!(bench.number("select count(*) from notice_history where what = 'attempt'").await, 2);
    let finder = bench.uuid(results[5].id);
    let found = format!("select count(*) from suppressions where notice_id = {finder}");
    assert_eq!(bench.number(&found).await, 1);
}

async fn leasers_at_once_share_no_notice(bench: Bench) {
    let mut all = HashSet::new();
    for minute in 0..120 {
        all.insert(bench.notice("ana", Some(START - Duration::minutes(minute))).await);
    }
    let bench = Arc::new(bench);
    let leasers: Vec<_> = (0..6)
        .map(|_| {
            let bench = Arc::clone(&bench);
            tokio::spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let leased = bench.lease(7, Uuid::new_v4(), 60, START).await;
                    if leased.is_empty() {
                        return mine;
                    }
                    mine.extend(leased);
                }
            })
        })
        .collect();
    let mut leased = Vec::new();
    for leaser in leasers {
        leased.extend(leaser.await.expect("it ends"));
    }
    assert_eq!(leased.len(), all.len(), "none twice");
    assert_eq!(leased.into_iter().collect::<HashSet<_>>(), all, "none missing");
}

async fn a_late_report_and_a_new_lease_never_both_win(bench: Bench) {
    let bench = Arc::new(bench);
    for _ in 0..20 {
        let id = bench.notice("ana", Some(START)).await;
        let (late, next) = (Uuid::new_v4(), Uuid::new_v4());
        assert_eq!(bench.lease(1, late, 0, START).await, [id]);
        let store = Arc::clone(&bench.store);
        let report = settlement(id, late, NoticeResult::Sent);
        let settled = tokio::spawn(async move { store.settle_notices(&[report], START).await.expect("settled") });
        let leased = bench.lease(1, next, 60, START).await.len() as u64;
        assert_eq!(settled.await.expect("it ends") + leased, 1, "sent, or leased again");
    }
}

async fn a_notice_committed_late_is_not_skipped(bench: Bench) {
    let first = bench.notice("ana", Some(START - Duration::minutes(2))).await;
    let Raw::Postgres(pool, _) = &bench.raw else {
        // One writer: rows are committed in the order they are written.
        return;
    };
    // Written before the other, due before it, and committed after it was leased.
    let mut tx = pool.begin().await.expect("begun");
    let copy = "insert into notices (notice_id, event_no, person_id, about, lines, state, due_at, created_at) \
                select gen_random_uuid(), event_no, 'ben', about, lines, state, due_at - interval '1 hour', created_at from notices";
    sqlx::query(copy).execute(&mut *tx).await.expect("written");
    bench.notice("ana", Some(START)).await;
    let lease = || bench.lease(10, Uuid::new_v4(), 60, START);
    assert_eq!(lease().await.len(), 2);
    tx.commit().await.expect("committed");
    let late = lease().await;
    assert!(late.len() == 1 && late != [first]);
}

async fn every_result_leaves_its_state(bench: Bench) {
    let due = START + Duration::hours(1);
    let failed = NoticeResult::Failed { suppress_address: None };
    for (result, state, attempts, is_due, is_settled) in [
        (NoticeResult::Sent, "sent", 1, false, true),
        (NoticeResult::Deferred { due }, "deferred", 1, true, false),
        (NoticeResult::Released { due }, "pending", 0, true, false),
        (failed, "failed", 1, false, true),
        (NoticeResult::Suppressed, "suppressed", 0, false, true),
        (NoticeResult::Undeliverable, "undeliverable", 0, false, true),
        (NoticeResult::Unknown, "unknown", 1, false, true),
    ] {
        let id = bench.notice("ana", Some(START)).await;
        let token = Uuid::new_v4();
        assert_eq!(bench.lease(1, token, 60, START).await, [id]);
        let report = settlement(id, token, result.clone());
        assert_eq!(bench.store.settle_notices(&[report], START).await.expect("settled"), 1, "{result:?}");
        let row = bench.uuid(id);
        let (due_at, now) = (bench.moment(due), bench.moment(START));
        let found = format!(
            "select count(*) from notices where notice_id = {row} and state = '{state}' and attempts = {attempts} \
             and code = 'some_code' and reply = '250 ok' and lease_token is null and lease_until is null \
             and (due_at = {due_at}) = ({is_due}) and coalesce(settled_at = {now}, false) = ({is_settled})"
        );
        assert_eq!(bench.number(&found).await, 1, "{result:?}");
    }
    // Those put off come again when due; a release after an attempt stays deferred and counts none.
    let token = Uuid::new_v4();
    let again = bench.lease(10, token, 60, due).await;
    assert_eq!(again.len(), 2);
    let released: Vec<_> = again.iter().map(|id| settlement(*id, token, NoticeResult::Released { due })).collect();
    assert_eq!(bench.store.settle_notices(&released, due).await.expect("settled"), 2);
    assert_eq!(bench.number("select count(*) from notices where state = 'deferred' and attempts = 1").await, 1);
    assert_eq!(bench.number("select count(*) from notices where state = 'pending' and attempts = 0").await, 1);
}

async fn a_bad_mailbox_stops_the_next_notice(bench: Bench) {
    let people = vec![person("ana", "Ana", " Ana@Example.COM "), person("ben", "Ben", "ben@example.com")];
    bench.store.import(&ImportBatch { people, ..ImportBatch::default() }).await.expect("imported");
    for _ in 0..2 {
        let id = bench.notice("ana", Some(START)).await;
        let token = Uuid::new_v4();
        bench.lease(1, token, 60, START).await;
        let result = NoticeResult::Failed { suppress_address: Some(bad_mailbox()) };
        assert_eq!(bench.store.settle_notices(&[settlement(id, token, result)], START).await.expect("settled"), 1);
    }
    assert_eq!(bench.number("select count(*) from suppressions where cause = 'bad-mailbox'").await, 1);
    bench.notice("ana", Some(START)).await;
    bench.notice("ben", Some(START + Duration::minutes(1))).await;
    let now = START + Duration::hours(1);
    let leased = bench.store.lease_notices(10, Uuid::new_v4(), Span::from_secs(60), now).await.expect("leased");
    assert_eq!(leased.iter().map(|notice| notice.suppressed).collect::<Vec<_>>(), [true, false]);
}

async fn a_late_worker_suppresses_nothing(bench: Bench) {
    let id = bench.notice("ana", Some(START)).await;
    bench.lease(1, Uuid::new_v4(), 60, START).await;
    let result = NoticeResult::Failed { suppress_address: Some(bad_mailbox()) };
    let report = settlement(id, Uuid::new_v4(), result);
    let changed = bench.store.settle_notices(&[report], START).await.expect("settled");
    assert_eq!((changed, bench.number("select count(*) from suppressions").await), (0, 0));
}

async fn an_unreadable_notice_hides_no_other(bench: Bench) {
    let odd = bench.notice_about("ana", Some(START - Duration::minutes(2)), r#"{"odd": 1}"#).await;
    let nobody = bench.notice("no body", Some(START - Duration::minutes(1))).await;
    let good = bench.notice("ana", Some(START)).await;
    assert_eq!(bench.lease(10, Uuid::new_v4(), 0, START).await, [good]);
    assert_eq!(bench.lease(10, Uuid::new_v4(), 0, START).await, [good], "given up for good");
    for id in [odd, nobody] {
        let row = bench.uuid(id);
        let code = bench.text(&format!("select code from notices where notice_id = {row} and state = 'failed'")).await;
        assert_eq!(code.as_deref(), Some("unreadable"));
    }
}

async fn a_notice_tells_what_is_known_now(bench: Bench) {
    let known = bench.notice("ana", Some(START)).await;
    let unknown = bench.notice("zoe", Some(START + Duration::minutes(1))).await;
    let people = vec![person("ana", "Ana \"Q'\" <b>", "ana@example.com")];
    bench.store.import(&ImportBatch { people, ..ImportBatch::default() }).await.expect("imported");
    let before = Instant::now();
    let now = START + Duration::minutes(1);
    let leased = bench.store.lease_notices(10, Uuid::new_v4(), Span::from_secs(60), now).await.expect("leased");
    let [ana, zoe] = &leased[..] else { panic!("two are due: {leased:?}") };
    assert_eq!((ana.id, zoe.id), (known, unknown));
    assert_eq!(ana.name.as_deref(), Some("Ana \"Q'\" <b>"));
    assert_eq!(ana.address, Some(Address("ana@example.com".into())));
    assert_eq!((ana.event.source.as_str(), ana.event.id.clone()), ("market", known.to_string()));
    assert_eq!((ana.person.as_str(), ana.attempts, ana.created_at, ana.suppressed), ("ana", 0, START, false));
    assert_eq!((&ana.about, ana.lines.len()), (&super::occasion(), 0));
    assert_eq!((&zoe.name, &zoe.address), (&None, &None));
    assert!(ana.lease_ends > before + Span::from_secs(59) && ana.lease_ends <= Instant::now() + Span::from_secs(60));
}

async fn a_reply_may_hold_anything(bench: Bench) {
    let id = bench.notice("ana", Some(START)).await;
    let token = Uuid::new_v4();
    bench.lease(1, token, 60, START).await;
    let reply = Some("450 4.2.1 \0'; drop table notices; -- \"\u{1f4a5}\u{202e}".to_owned());
    let report = Settlement { reply, ..settlement(id, token, NoticeResult::Unknown) };
    assert_eq!(bench.store.settle_notices(&[report], START).await.expect("settled"), 1);
    let kept = bench.text("select reply from notices").await;
    assert_eq!(kept.as_deref(), Some("450 4.2.1 '; drop table notices; -- \"\u{1f4a5}\u{202e}"));
}

async fn burying_again_counts(bench: Bench) {
    let letter = DeadLetter::new(&message(b"not json"), DeadClass::Undecodable, "not_json", "not JSON".into());
    bench.store.bury(&[], START).await.expect("nothing to do");
    bench.store.bury(std::slice::from_ref(&letter), START).await.expect("buried");
    bench.store.bury(&[letter], START + Duration::hours(1)).await.expect("buried");
    let stats = bench.store.stats(START + Duration::hours(2)).await.expect("numbers");
    assert_eq!((stats.dead_letters, stats.oldest_dead_letter_seconds), (1, 7200.0));
    assert_eq!(bench.number("select times from dead_letters").await, 2);
}
