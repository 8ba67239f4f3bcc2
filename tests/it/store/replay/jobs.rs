//! A replay as a job: frozen, leased, fenced, canceled, on record.

use std::sync::Arc;
use std::time::Duration;

use makegood::event::Message;
use makegood::store::{
    DeadClass, LetterFilter, LetterOutcome, LetterState, Replay, ReplayEffects, ReplayEnd, ReplayOrder, ReplayState,
    ReplayStep, Selection, Store,
};
use uuid::Uuid;

use super::super::bench::{Bench, noon};
use super::super::events::{canceled, refusable};
use super::{LEASE, act, applied, begun, body, bury, call, failed, order, run, skipped, step, timeless};

const BOTH: ReplayEffects = ReplayEffects::Both;

/// So many letters about jobs of one applicant each, and the store.
async fn letters(bench: &Bench, count: u32) -> (Arc<dyn Store>, Vec<i64>) {
    let store = bench.migrated().await;
    bench.client("c").await;
    bench.account("a", "ann").await;
    let mut ids = Vec::new();
    for n in 1..=count {
        let job = format!("j{n}");
        bench.job(&job, "c").await;
        bench.proposal(&format!("p{n}"), &job, "a", "ann", 6).await;
        let message = &canceled(&format!("e{n}"), &job).message;
        ids.push(bury(bench, &store, message, DeadClass::Refused, "store_refused").await);
    }
    (store, ids)
}

async fn read(store: &Arc<dyn Store>, no: i64) -> Replay {
    store.replays(Some(no), 1).await.expect("read").remove(0)
}

fn id_of(step: &ReplayStep) -> i64 {
    match step {
        ReplayStep::Tried { id, .. } => *id,
        other => panic!("{other:?}"),
    }
}

pub async fn its_letters_are_frozen_and_counted(bench: Bench) {
    let (store, ids) = letters(&bench, 3).await;
    let broken = Message { body: b"{".to_vec(), ..Message::default() };
    let broken = bury(&bench, &store, &broken, DeadClass::Undecodable, "syntax").await;
    let all = Selection::Filter(LetterFilter::default());
    let order = ReplayOrder { rate: Some(5), ramp: vec![1, 2], selection: all, ..order(&[], BOTH) };
    let hold = begun(&store, &order).await;
    // What comes later is not of it.
    bury(&bench, &store, &canceled("late", "j1").message, DeadClass::Refused, "store_refused").await;
    let mut seen = Vec::new();
    while let ReplayStep::Tried { id, replay, .. } = step(&store, hold).await {
        seen.push(id);
        assert_eq!(replay.done + replay.failed, seen.len() as u64);
    }
    assert_eq!(seen, [&ids[..], &[broken]].concat());
    assert!(store.replay_end(hold.0, hold.1, ReplayEnd::Done, noon(120)).await.expect("ended"));
    let replay = read(&store, hold.0).await;
    assert_eq!((replay.state, replay.held, replay.ended_at), (ReplayState::Done, false, Some(noon(120))));
    assert_eq!((replay.items, replay.done, replay.failed, replay.skipped), (4, 3, 1, 0));
    assert_eq!((replay.credits, replay.connects, replay.notices), (3, 18, 3));
    assert_eq!((replay.rate, &replay.ramp[..], replay.patched), (Some(5), &[1, 2][..], false));
    let items = "select state || ' ' || outcome || coalesce(' ' || code, '') from replay_items order by position";
    assert_eq!(bench.texts(items).await, "done applied|done applied|done applied|failed dead invalid_json");
    let log = store.operator_log(None, 10).await.expect("read");
    let [end, start] = &log[..] else { panic!("{log:?}") };
    assert_eq!(
        (&*start.action, start.affected, &*start.operator, &*start.reason),
        ("replay.start", 4, "olga", "ticket 7")
    );
    assert_eq!((&start.details["effects"], &start.details["rate"]), (&"both".into(), &5.into()));
    assert_eq!((&*end.action, end.affected, &end.details["failed"]), ("replay.end", 3, &1.into()));
    bench.books_agree().await;
}

pub async fn an_order_is_limited_and_must_make_sense(bench: Bench) {
    let (store, ids) = letters(&bench, 3).await;
    let ordered = async |order: &ReplayOrder| store.replay_create(order, &act(), noon(1)).await;
    let some = LetterFilter { states: vec![LetterState::Open, LetterState::Resolved], ..LetterFilter::default() };
    let filter = ReplayOrder { selection: Selection::Filter(some), limit: Some(2), ..order(&[], BOTH) };
    let two = ordered(&filter).await.expect("ordered");
    assert_eq!((two.items, two.state, two.held), (2, ReplayState::Pending, false));
    let twice = ordered(&order(&[ids[1], ids[0], ids[1]], BOTH)).await.expect("ordered");
    let positions = format!(
        "select cast(dead_letter_no as text) from replay_items where replay_no = {} order by position",
        twice.no
    );
    assert_eq!(bench.texts(&positions).await, format!("{}|{}", ids[0], ids[1]));
    let settled = LetterFilter { states: vec![LetterState::Discarded], ..LetterFilter::default() };
    let none = ReplayOrder { selection: Selection::Filter(settled), ..order(&[], BOTH) };
    assert_eq!(ordered(&none).await.expect("ordered").items, 0);
    let patch = Some(body("e", "j"));
    for nonsense in [
        ReplayOrder { patch: patch.clone(), ..order(&ids, BOTH) },
        ReplayOrder { rate: Some(0), ..order(&ids, BOTH) },
        ReplayOrder { ramp: vec![1, 0], ..order(&ids, BOTH) },
    ] {
        ordered(&nonsense).await.expect_err("no sense");
    }
    let patched = ordered(&ReplayOrder { patch, ..order(&ids[..1], BOTH) }).await.expect("ordered");
    assert!(patched.patched);
    let log = store.operator_log(None, 1).await.expect("read");
    assert_eq!(log[0].details["patch_sha256"].as_str().map(str::len), Some(64));
    assert!(!log[0].details.to_string().contains("job_id"), "no payload in the log");
    let newest: Vec<i64> = store.replays(None, 2).await.expect("read").iter().map(|replay| replay.no).collect();
    assert_eq!(newest, [patched.no, patched.no - 1]);
}

/// Two operators at the same letters: one effect, and each is told what became of them.
pub async fn two_at_once_have_one_effect(bench: Bench) {
    let (one, ids) = letters(&bench, 4).await;
    let two = bench.open().await;
    let (there, back) = (order(&ids, BOTH), order(&ids, BOTH));
    let ((first, a), (second, b)) = tokio::join!(run(&one, &there), run(&two, &back));
    for (first, second) in first.iter().zip(&second) {
        let both = [first, second];
        assert!(both.contains(&&applied(1, 6, 1, 1)) && both.contains(&&skipped("resolved")), "{both:?}");
    }
    assert_eq!((a.done + b.done, a.skipped + b.skipped, a.failed + b.failed), (4, 4, 0));
    assert_eq!(bench.number("select count(*) from connects_entries where kind = 'return'").await, 4);
    assert_eq!(bench.number("select count(*) from dead_letter_attempts where kind = 'replay'").await, 4);
    bench.books_agree().await;
}

pub async fn a_canceled_one_stops_before_its_next_letter(bench: Bench) {
    let (store, ids) = letters(&bench, 3).await;
    let hold = begun(&store, &order(&ids, BOTH)).await;
    step(&store, hold).await;
    let canceled = store.replay_cancel(hold.0, &act(), noon(101)).await.expect("canceled").expect("there is one");
    assert_eq!((canceled.state, canceled.done, canceled.held), (ReplayState::Canceled, 1, false));
    assert_eq!(step(&store, hold).await, ReplayStep::Lost);
    assert!(!store.replay_end(hold.0, hold.1, ReplayEnd::Done, noon(102)).await.expect("asked"));
    // Again: it stays as it was, and nothing more is on record.
    let again = store.replay_cancel(hold.0, &act(), noon(103)).await.expect("asked").expect("there is one");
    assert_eq!(again, canceled);
    assert_eq!(store.replay_cancel(hold.0 + 1, &act(), noon(103)).await.expect("asked"), None);
    let log = store.operator_log(None, 10).await.expect("read");
    assert_eq!(log.iter().map(|entry| &*entry.action).collect::<Vec<_>>(), ["replay.cancel", "replay.start"]);
    assert_eq!(bench.number("select count(*) from events").await, 1);
    assert_eq!(store.replay_claim(None, Uuid::new_v4(), LEASE, noon(104)).await.expect("asked"), None);
}

pub async fn a_lapsed_lease_lets_another_carry_on(bench: Bench) {
    let (store, ids) = letters(&bench, 3).await;
    let replay = store.replay_create(&order(&ids, BOTH), &act(), noon(0)).await.expect("ordered");
    let (late, next, other) = (Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4());
    let claim = async |token, lease| store.replay_claim(None, token, lease, noon(1)).await.expect("asked");
    assert!(claim(late, LEASE).await.is_some());
    // Held: neither it nor any other is to be had.
    assert_eq!(claim(next, LEASE).await, None);
    // A step whose lease is over when it ends.
    let first = store.replay_step(replay.no, late, Duration::ZERO, call(noon(1))).await.expect("a step");
    assert_eq!(id_of(&first), ids[0]);
    assert!(claim(next, LEASE).await.is_some_and(|replay| replay.done == 1 && replay.started_at == Some(noon(1))));
    assert_eq!(step(&store, (replay.no, late)).await, ReplayStep::Lost);
    assert!(!store.replay_end(replay.no, late, ReplayEnd::Done, noon(2)).await.expect("asked"));
    store.replay_release(replay.no, late).await.expect("nothing to give back");
    assert_eq!(id_of(&step(&store, (replay.no, next)).await), ids[1]);
    store.replay_release(replay.no, next).await.expect("given back");
    assert_eq!(step(&store, (replay.no, next)).await, ReplayStep::Lost);
    assert!(claim(other, LEASE).await.is_some_and(|replay| replay.state == ReplayState::Running));
    assert_eq!(id_of(&step(&store, (replay.no, other)).await), ids[2]);
    assert_eq!(step(&store, (replay.no, other)).await, ReplayStep::Exhausted);
    assert!(store.replay_end(replay.no, other, ReplayEnd::Stopped, noon(3)).await.expect("ended"));
    assert_eq!(read(&store, replay.no).await.state, ReplayState::Stopped);
    bench.books_agree().await;
}

/// Letters of every kind: what is predicted is what comes, and predicting writes nothing.
pub async fn a_prediction_is_the_replay_without_its_traces(bench: Bench) {
    let (store, mut ids) = letters(&bench, 2).await;
    bench.job("crowded", "c").await;
    let more = [
        (canceled("unknown", "nowhere").message, DeadClass::Unresolved, "job_unknown"),
        (refusable("no", "j1").message, DeadClass::Refused, "test_refusal"),
        (Arc::new(Message { body: b"[]".to_vec(), ..Message::default() }), DeadClass::Undecodable, "not_an_event"),
    ];
    for (message, class, code) in more {
        ids.push(bury(&bench, &store, &message, class, code).await);
    }
    ids.push(ids[4] + 1);
    for effects in [ReplayEffects::Credit, ReplayEffects::Mail] {
        let before = counts(&bench).await;
        let predicted = store.predict(&ids, effects, None, call(noon(100))).await.expect("predicted");
        assert_eq!(counts(&bench).await, before);
        let (outcomes, _) = run(&store, &order(&ids, effects)).await;
        let predicted: Vec<_> = predicted.iter().map(|prediction| timeless(&prediction.outcome)).collect();
        assert_eq!(predicted, outcomes.iter().map(timeless).collect::<Vec<_>>());
        if effects == ReplayEffects::Mail {
            let mailed = LetterOutcome::Mailed { notices: 1 };
            assert_eq!(outcomes[..2], [mailed.clone(), mailed]);
            assert_eq!(outcomes[5], skipped("gone"));
        } else {
            assert_eq!(failed(&outcomes[3]), (DeadClass::Refused, "test_refusal"));
        }
    }
    let many: Vec<i64> = (0..1_001).collect();
    store.predict(&many, BOTH, None, call(noon(100))).await.expect_err("too many at once");
}

/// Rows of every table, and what may change without a new row.
async fn counts(bench: &Bench) -> String {
    let tables = [
        "accounts",
        "connects_entries",
        "dead_letter_attempts",
        "dead_letters",
        "decisions",
        "events",
        "fanout_accounts",
        "notices",
        "operator_log",
        "replay_items",
        "replays",
        "suppressions",
    ];
    let mut counts = Vec::new();
    for table in tables {
        counts.push(format!("{table} {}", bench.count(table).await));
    }
    counts.push(bench.texts("select state || code from dead_letters order by dead_letter_no").await);
    counts.push(bench.texts("select state from notices order by created_at").await);
    counts.push(bench.number("select cast(sum(balance) as bigint) from accounts").await.to_string());
    counts.join("\n")
}
