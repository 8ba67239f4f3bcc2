//! What was settled long ago leaves the database, and nothing is doubled, lost or called wrong for it.

use std::time::Duration;

use makegood::event::{DecodeLimits, Event, EventType, Message, decode};
use makegood::policy::{Facts, Ground, Ruling, Stage, Verdict};
use makegood::store::{
    Act, AuditCase, AuditCheck, AuditKey, AuditRule, Fate, Gap, Listed, NoticeResult, OperatorFilter, Outcome,
    PURGE_PAGE_MAX, PastWindow, Purged, Settlement, Store, Thing, ThingKind,
};
use makegood::worker::explain::explain;
use uuid::Uuid;

use super::bench::{Bench, WAIT, noon};
use super::events::{batch, canceled, judge, suspended};

const RULE: AuditRule = AuditRule {
    now: time::macros::datetime!(2026-03-20 12:00 UTC),
    lag: time::Duration::ZERO,
    page: 100,
    announces: true,
};

/// When it is purged, and what is old by then.
pub const LATER: i64 = 500_000;
pub const OLD: i64 = 1_000;

pub fn act() -> Act {
    Act { operator: "olga".into(), reason: "kept for two years".into() }
}

/// Sends all that is due.
pub async fn send(store: &dyn Store, now: i64) {
    let token = Uuid::new_v4();
    let notices = store.lease_notices(100, token, Duration::from_secs(600), noon(now)).await.expect("leased");
    let sent = |id| Settlement { id, token, result: NoticeResult::Sent, code: "smtp_250".into(), reply: None };
    let settlements: Vec<_> = notices.iter().map(|notice| sent(notice.id)).collect();
    store.settle_notices(&settlements, noon(now)).await.expect("settled");
}

/// Announces all that is due.
pub async fn announce(bench: &Bench) {
    let now = bench.moment(5);
    bench.run(&format!("update announcements set state = 'published', settled_at = {now}")).await;
}

async fn purge(store: &dyn Store, before: i64, dry_run: bool) -> Purged {
    store.purge_events(Fate::Deleted, noon(before), 0, dry_run, &act(), noon(LATER)).await.expect("purged")
}

pub async fn gaps(store: &dyn Store) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let nobody = |_: &AuditCase<'_>, _: &mut Facts| None;
    for check in AuditCheck::WALKS {
        let page = store.audit_page(check, &AuditKey::start(), &RULE, &nobody).await.expect("a page");
        gaps.extend(page.gaps);
    }
    gaps
}

/// An event that is settled, one whose letter has not left, one whose announcement has not, and one of today.
pub async fn four_events(bench: &Bench, store: &dyn Store) {
    bench.small_market().await;
    for (job, people) in [("unsent", 1), ("unannounced", 2), ("today", 1)] {
        bench.crowd(job, people).await;
    }
    let now = bench.moment(0);
    bench.run(&format!("update jobs set state = 'canceled', state_since = {now}")).await;
    store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(1)).await.expect("applied");
    send(store, 2).await;
    announce(bench).await;
    store.apply(&batch([canceled("open-2", "unannounced")]), &judge, &WAIT, noon(3)).await.expect("applied");
    send(store, 4).await;
    store.apply(&batch([canceled("open-1", "unsent")]), &judge, &WAIT, noon(5)).await.expect("applied");
    bench.run("update announcements set state = 'published', settled_at = created_at where event_no = 3").await;
    store.apply(&batch([canceled("new", "today")]), &judge, &WAIT, noon(OLD)).await.expect("applied");
}

pub async fn what_is_purged_stays_a_duplicate_and_the_ledger_whole(bench: Bench) {
    let store = bench.migrated().await;
    four_events(&bench, &*store).await;
    let before = bench.dump().await;
    let expected = Purged { events: 1, decisions: 1, notices: 1, next: None };
    assert_eq!(purge(&*store, OLD, true).await, expected);
    assert_eq!(bench.dump().await, before, "a rehearsal changes nothing");
    let entries = bench.count("connects_entries").await;
    assert_eq!(purge(&*store, OLD, false).await, expected);
    assert_eq!(bench.texts("select event_id from events where purged_at is not null").await, "e");
    for table in ["decisions", "notices", "announcements"] {
        let left = format!("select count(*) from {table} where event_no = 1");
        assert_eq!((table, bench.number(&left).await), (table, 0));
    }
    assert_eq!(bench.count("connects_entries").await, entries);
    assert!(store.agreement().await.expect("read").disagreeing.is_empty());
    // It came already, and it says the same as then, or something else.
    let again = store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(LATER)).await.expect("seen");
    assert!(matches!(again[..], [Outcome::Duplicate { .. }]), "{again:?}");
    let other = store.apply(&batch([canceled("e", "today")]), &judge, &WAIT, noon(LATER)).await.expect("a conflict");
    assert!(matches!(&other[..], [Outcome::Dead { code, .. }] if code == "event_conflict"), "{other:?}");
    // Another event about the same proposal finds the charge reversed.
    store.apply(&batch([canceled("e-2", "j")]), &judge, &WAIT, noon(LATER)).await.expect("applied");
    assert_eq!(bench.count("connects_entries").await, entries, "nothing comes back twice");
    assert_eq!(purge(&*store, OLD, false).await, Purged::default(), "what is gone is gone");
    let log = store.operator_acts(&OperatorFilter::default(), None, 10).await.expect("read");
    let acts: Vec<_> =
        log.iter().map(|entry| (entry.action.as_str(), entry.affected, entry.operator.as_str())).collect();
    assert_eq!(acts, [("events.purge", 1, "olga")]);
    assert_eq!(log[0].details["notices"], 1);
}

pub async fn the_audit_and_explain_know_what_was_purged(bench: Bench) {
    let store = bench.migrated().await;
    four_events(&bench, &*store).await;
    announce(&bench).await;
    send(&*store, OLD).await;
    let before = gaps(&*store).await;
    assert_eq!(before, Vec::<Gap>::new());
    assert_eq!(purge(&*store, LATER, false).await, Purged { events: 4, decisions: 5, notices: 5, next: None });
    assert_eq!(gaps(&*store).await, Vec::<Gap>::new(), "a return whose decision was purged has a cause");
    let all = Listed { before: None, limit: 10 };
    let timeline = explain(&*store, &Thing::new(ThingKind::Proposal, "p"), all, noon(LATER)).await.expect("explained");
    assert_eq!((timeline.answer.code.as_str(), timeline.answer.connects), ("purged", 6));
    let words = timeline.answer.sentences.join(" ");
    assert!(words.contains("6 Connects came back") && words.contains("In the Connects history: "), "{words}");
    assert!(timeline.entries.iter().any(|entry| entry.what == "event.purged" && entry.at == noon(LATER)));
    let span = store.past_span(&PastWindow { since: None, until: None, limit: 100 }).await.expect("read");
    assert_eq!(span.events, 0, "a policy is not tried on what has no decisions");
}

/// What the audit reads of an event is still there.
pub async fn a_purged_event_still_says_what_it_is_about(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let (job, client) = (canceled("e", "j"), suspended("s", "c", true));
    store.apply(&batch([job, client]), &judge, &WAIT, noon(1)).await.expect("applied");
    announce(&bench).await;
    send(&*store, 2).await;
    assert_eq!(purge(&*store, OLD, false).await.events, 2);
    for (no, kind) in [(1, EventType::JobCanceled), (2, EventType::ClientSuspended)] {
        let payload = bench.texts(&format!("select payload from events where event_no = {no}")).await;
        let content_type = Some("application/cloudevents+json".to_owned());
        let message = Message { body: payload.clone().into_bytes(), content_type, ..Default::default() };
        let limits = DecodeLimits { body_bytes_max: 1 << 20 };
        let event = decode(&message, limits).unwrap_or_else(|error| panic!("{payload}: {error}"));
        assert_eq!((event.body.event_type(), event.time), (kind, noon(0)), "{payload}");
    }
}

/// Decides that nothing comes back, and leaves the charges as they are.
fn nothing(event: &Event, stage: Stage, facts: &mut Facts) -> Ruling {
    let Ruling::Apply(mut effects) = judge(event, stage, &mut facts.clone()) else { panic!("it is applied") };
    effects.entries.clear();
    effects.notices.clear();
    for decision in &mut effects.decisions {
        (decision.verdict, decision.ground, decision.amount, decision.tell) =
            (Verdict::None, Some(Ground::Withdrawn), 0, false);
    }
    facts.record(&effects.decisions, &[]);
    Ruling::Apply(effects)
}

/// What the audit would ask the policy about again.
async fn asked(store: &dyn Store) -> Vec<String> {
    let mut asked = Vec::new();
    let each = |case: &AuditCase<'_>, _: &mut Facts| {
        let (code, kind, subject) = ("asked".to_owned(), "job".to_owned(), case.subject.to_owned());
        Some(Gap { code, kind, subject, details: serde_json::json!(case.proposals) })
    };
    for check in [AuditCheck::Jobs, AuditCheck::Clients] {
        let page = store.audit_page(check, &AuditKey::start(), &RULE, &each).await.expect("a page");
        asked.extend(page.gaps.into_iter().map(|gap| format!("{} {}", gap.subject, gap.details)));
    }
    asked
}

pub async fn what_gave_nothing_back_is_not_decided_again(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    bench.client("d").await;
    bench.job("k", "d").await;
    bench.proposal("q", "k", "a", "ann", 6).await;
    let now = bench.moment(0);
    bench.run(&format!("update jobs set state = 'canceled', state_since = {now} where job_id = 'j'")).await;
    bench
        .run(&format!(
            "update clients set suspended = {} where client_id = 'd'",
            if bench.is_sqlite() { "1" } else { "true" }
        ))
        .await;
    let events = [canceled("e", "j"), suspended("s", "d", true)];
    store.apply(&batch(events), &nothing, &WAIT, noon(1)).await.expect("applied");
    assert_eq!(asked(&*store).await, Vec::<String>::new(), "they are decided");
    assert_eq!(purge(&*store, OLD, false).await.decisions, 2);
    assert_eq!(asked(&*store).await, Vec::<String>::new(), "they were decided");
    // What comes later was not.
    bench.proposal("late", "j", "a", "ann", 6).await;
    let later = bench.moment(2);
    bench.run(&format!("update proposals set submitted_at = {later} where proposal_id = 'late'")).await;
    assert_eq!(asked(&*store).await, [r#"j ["late"]"#]);
    bench.run("update events set purged_at = null").await;
    assert_eq!(asked(&*store).await, [r#"j ["late","p"]"#, r#"d ["q"]"#], "the mark alone keeps them away");
}

pub async fn pages_meet_every_event_once(bench: Bench) {
    let store = bench.migrated().await;
    bench.client("c").await;
    bench.job("empty", "c").await;
    let count = PURGE_PAGE_MAX + 1;
    let events = (1..=count).map(|number| canceled(&format!("e-{number}"), "empty"));
    store.apply(&batch(events), &judge, &WAIT, noon(1)).await.expect("applied");
    let act = act();
    let page = async |after| {
        store.purge_events(Fate::Deleted, noon(OLD), after, false, &act, noon(LATER)).await.expect("purged")
    };
    let first = page(0).await;
    assert_eq!((first.events, first.next), (u64::from(PURGE_PAGE_MAX), Some(i64::from(PURGE_PAGE_MAX))));
    let second = page(i64::from(PURGE_PAGE_MAX)).await;
    assert_eq!((second.events, second.next), (1, None));
    // A page of what came later ends it.
    store.apply(&batch([canceled("new", "empty")]), &judge, &WAIT, noon(LATER)).await.expect("applied");
    assert_eq!(page(2).await, Purged::default());
}

pub async fn two_purges_at_once_take_each_event_once(bench: Bench) {
    let store = bench.migrated().await;
    four_events(&bench, &*store).await;
    announce(&bench).await;
    send(&*store, OLD).await;
    let (one, two) = tokio::join!(purge(&*store, LATER, false), purge(&*store, LATER, false));
    assert_eq!((one.events + two.events, one.decisions + two.decisions), (4, 5));
    assert_eq!(bench.count("decisions").await, 0);
}
