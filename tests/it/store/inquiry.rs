//! What answers are made of: what is kept, what is found, pages, plans, and the answer where nothing happened.

use std::collections::BTreeSet;

use makegood::event::{DecodeLimits, Message, decode};
use makegood::store::{Arrival, Listed, Store, Thing, ThingKind};
use makegood::worker::explain::{Timeline, explain, find};
use makegood::worker::history::{Page, Period, statement};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

use super::bench::{Bench, WAIT, noon};
use super::events::{batch, canceled, judge, refusable, suspended};
use super::files::{files, statement as sql_of};
use super::plans::plan;

const ALL: Listed<'_> = Listed { before: None, limit: 100 };

async fn about(store: &dyn Store, kind: ThingKind, id: &str) -> Timeline {
    explain(store, &Thing::new(kind, id), ALL, noon(9_000)).await.expect("explained")
}

async fn answer(store: &dyn Store, proposal: &str) -> (String, String) {
    let timeline = about(store, ThingKind::Proposal, proposal).await;
    (timeline.answer.code, timeline.answer.sentences.join(" "))
}

/// A message with an AMQP timestamp.
fn published(id: &str, seconds: i64) -> Arrival {
    let mut message = Message::clone(&canceled(id, "j").message);
    message.headers.insert("amqp:timestamp".to_owned(), seconds.to_string());
    let event = decode(&message, DecodeLimits { body_bytes_max: 1 << 20 }).expect("an event");
    Arrival { event, message: message.into() }
}

pub async fn what_comes_again_is_counted(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(1)).await.expect("applied");
    store.apply(&batch([canceled("e", "j"), canceled("e", "j")]), &judge, &WAIT, noon(2)).await.expect("seen");
    store.apply(&batch([canceled("f", "j"), canceled("f", "j")]), &judge, &WAIT, noon(3)).await.expect("applied");
    // Another payload under the same id is another matter.
    store.apply(&batch([canceled("e", "other")]), &judge, &WAIT, noon(4)).await.expect("a conflict");
    let counts = "select event_id || ' ' || deliveries from events order by event_id";
    assert_eq!(bench.texts(counts).await, "e 3|f 2");
    let last = format!("select count(*) from events where last_delivered_at = {}", bench.moment(2));
    assert_eq!(bench.number(&last).await, 1);
    let timeline = about(&*store, ThingKind::Event, "e").await;
    assert!(timeline.answer.sentences.join(" ").contains("delivered 3 times"), "{:?}", timeline.answer);
    assert!(timeline.entries.iter().any(|entry| entry.what == "event.redelivered" && entry.at == noon(2)));
}

pub async fn an_event_knows_what_it_speaks_of_and_when_it_was_published(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let arrivals = [published("e", 1_772_366_390), published("nonsense", 1_772_366_390_000), suspended("s", "c", true)];
    store.apply(&batch(arrivals), &judge, &WAIT, noon(1)).await.expect("applied");
    let columns = "select event_id || ' ' || coalesce(job_id, '-') || ' ' || coalesce(client_id, '-') || ' '
        || case when published_at is null then 'unsaid' else 'said' end from events order by event_no";
    assert_eq!(bench.texts(columns).await, "e j - said|nonsense j - unsaid|s - c unsaid");
    let timeline = about(&*store, ThingKind::Event, "e").await;
    assert!(timeline.entries.iter().any(|entry| entry.what == "event.published" && entry.at == noon(-10)));
}

pub async fn a_decision_keeps_what_it_saw(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(1)).await.expect("applied");
    let moved = bench.moment(5);
    bench.run(&format!("update proposals set state = 'withdrawn', state_since = {moved}")).await;
    let timeline = about(&*store, ThingKind::Proposal, "p").await;
    let decision = timeline.entries.iter().find(|entry| entry.what == "decision").expect("a decision");
    assert_eq!(decision.details["seen"]["proposal"], json!("submitted"), "as it was, not as it is");
    assert_eq!((timeline.answer.code.as_str(), timeline.answer.connects), ("credited", 6));
    bench.run("update decisions set facts = null").await;
    let older = about(&*store, ThingKind::Proposal, "p").await;
    assert_eq!(older.answer, timeline.answer, "decided before facts were kept");
}

pub async fn an_id_is_found_in_all_its_kinds(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    bench.run("insert into people (person_id, email) values ('a', 'a@people.test')").await;
    store.apply(&batch([canceled("e", "j"), canceled("x", "unknown")]), &judge, &WAIT, noon(1)).await.expect("taken");
    let kinds = async |text: &str| -> Vec<ThingKind> {
        find(&*store, text, None).await.expect("looked up").iter().map(|thing| thing.kind).collect()
    };
    assert_eq!(kinds("p").await, [ThingKind::Proposal]);
    assert_eq!(kinds(" a ").await, [ThingKind::Person, ThingKind::Account]);
    assert_eq!(kinds("return-fee-p").await, [ThingKind::Entry]);
    assert_eq!(kinds("c").await, [ThingKind::Client]);
    assert_eq!(kinds("unknown").await, [ThingKind::Job], "nobody knows it, and an event speaks of it");
    assert_eq!(kinds("e").await, [ThingKind::Event]);
    assert_eq!(kinds("/test e").await, [ThingKind::Event]);
    for nothing in ["", "nobody", "/shop e", "a\0b", &"x".repeat(5_000), "'; drop table events; --"] {
        assert!(kinds(nothing).await.is_empty(), "{nothing}");
    }
    let id = if bench.is_sqlite() { "lower(hex(notice_id))" } else { "cast(notice_id as text)" };
    let notice = bench.texts(&format!("select {id} from notices")).await;
    for text in [notice.clone(), notice.to_uppercase(), format!("<{notice}@makegood.test>")] {
        assert_eq!(kinds(&text).await, [ThingKind::Notice], "{text}");
    }
    assert!(find(&*store, "a", Some(ThingKind::Job)).await.expect("looked up").is_empty());
}

pub async fn it_is_said_why_nothing_happened(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let is = async |code: &str, words: &str| {
        let (found, sentences) = answer(&*store, "p").await;
        assert_eq!(found, code, "{sentences}");
        assert!(sentences.contains(words), "{sentences}");
    };
    is("open", "The post “Job j” is open").await;
    bench.run("update clients set suspended = true").await;
    is("no_event", "is suspended, but no event about it was ever received. `makegood audit` would repair this.").await;
    let (moved, earlier) = (bench.moment(0), bench.moment(-2 * 86_400));
    bench
        .run(&format!("update clients set suspended = false; update jobs set state = 'removed', state_since = {moved}"))
        .await;
    is("no_event", "the post was removed on 2026-03-01 12:00 UTC, but no event about it was ever received").await;
    bench.run(&format!("update proposals set state = 'withdrawn', state_since = {earlier}")).await;
    is("withdrawn", "was withdrawn on 2026-02-27 12:00 UTC, 2 days before the post was removed").await;
    bench.run("update proposals set state = 'submitted'").await;
    store.apply(&batch([refusable("e", "j")]), &judge, &WAIT, noon(1)).await.expect("refused");
    is("dead_letter", "Event e (job-canceled) lies in dead letter 1: the test refuses this").await;
    bench.run("delete from jobs").await;
    store.apply(&batch([canceled("w", "j")]), &judge, &WAIT, noon(2)).await.expect("waits");
    bench
        .run("delete from dead_letter_attempts; delete from dead_letters; delete from events where event_id = 'e'")
        .await;
    is("waiting", "Event w (job-canceled) was received on 2026-03-01 12:00 UTC and waits for the job to become known")
        .await;
    assert_eq!(answer(&*store, "nobody").await.0, "unknown");
}

pub async fn what_the_audit_found_stands_in_the_timeline(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    let at = bench.moment(5);
    bench
        .run(&format!(
            "insert into audit_findings (check_name, code, kind, subject, details, first_seen, last_seen, due_at)
             values ('jobs', 'event_missing', 'job', 'j', '{{}}', {at}, {at}, {at}),
                 ('jobs', 'event_missing', 'job', 'other', '{{}}', {at}, {at}, {at})"
        ))
        .await;
    for (kind, id) in [(ThingKind::Proposal, "p"), (ThingKind::Job, "j"), (ThingKind::Entry, "fee-p")] {
        let timeline = about(&*store, kind, id).await;
        let found: Vec<_> = timeline.entries.iter().filter(|entry| entry.what == "finding").collect();
        let [finding] = &found[..] else { panic!("one finding: {found:?}") };
        assert_eq!((finding.at, finding.ids["subject"].as_str()), (noon(5), "j"));
        assert!(finding.words.contains("job j is closed, and no event was ever received"), "{}", finding.words);
    }
}

pub async fn a_proposal_that_came_late_is_told_apart(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(1)).await.expect("applied");
    bench.proposal("late", "j", "a", "ann", 4).await;
    let (code, words) = answer(&*store, "late").await;
    assert_eq!(code, "late", "{words}");
    let job = about(&*store, ThingKind::Job, "j").await;
    let codes: BTreeSet<_> = job.proposals.iter().map(|line| line.answer.code.as_str()).collect();
    assert_eq!(codes, BTreeSet::from(["credited", "late"]));
    assert!(job.answer.sentences.join(" ").contains("1 need to be looked at"), "{:?}", job.answer);
}

pub async fn pages_meet_each_proposal_once(bench: Bench) {
    let store = bench.migrated().await;
    bench.client("c").await;
    bench.crowd("j", 5).await;
    bench.crowd("k", 2).await;
    for (kind, id, all) in [
        (ThingKind::Job, "j", 5),
        (ThingKind::Client, "c", 7),
        (ThingKind::Account, "a01", 2),
        (ThingKind::Person, "p01", 2),
    ] {
        let (mut before, mut met): (Option<String>, Vec<String>) = (None, Vec::new());
        loop {
            let page = Listed { before: before.as_deref(), limit: 2 };
            let timeline = explain(&*store, &Thing::new(kind, id), page, noon(9)).await.expect("explained");
            met.extend(timeline.proposals.iter().map(|line| line.proposal.clone()));
            before = timeline.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(met.len(), all, "{kind:?}");
        assert_eq!(met.iter().collect::<BTreeSet<_>>().len(), all, "{kind:?}");
    }
    let page = Listed { before: Some("nobody"), limit: 2 };
    store.inquire(&Thing::new(ThingKind::Job, "j"), page, noon(9)).await.expect_err("no such place");
}

pub async fn a_statement_runs_alike_in_pages_and_both_ways(bench: Bench) {
    let store = bench.migrated().await;
    bench.small_market().await;
    bench.proposal("q", "j", "a", "ann", 4).await;
    store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(1)).await.expect("applied");
    let lines = async |newest_first: bool, limit: u32| {
        let (mut beyond, mut lines) = (None, Vec::new());
        loop {
            let page = Page { beyond, newest_first, limit };
            let part = statement(&*store, "a", Period::default(), &page).await.expect("read").expect("an account");
            lines.extend(part.lines);
            match part.next {
                Some(next) => beyond = Some(next),
                None => return lines,
            }
        }
    };
    let all = lines(false, 100).await;
    let told: Vec<_> = all.iter().map(|line| (line.entry.as_str(), line.amount, line.balance)).collect();
    let expected = [
        ("grant-a", 100, 100),
        ("fee-p", -6, 94),
        ("fee-q", -4, 90),
        ("return-fee-p", 6, 96),
        ("return-fee-q", 4, 100),
    ];
    assert_eq!(told, expected);
    assert_eq!(lines(false, 2).await, all);
    let mut back = lines(true, 2).await;
    back.reverse();
    assert_eq!(back, all);
    let since = Period { since: Some(noon(-1_800)), until: Some(noon(0)) };
    let page = Page { beyond: None, newest_first: false, limit: 9 };
    let part = statement(&*store, "a", since, &page).await.expect("read").expect("an account");
    assert_eq!((part.opening, part.lines.len(), part.closing, part.balance_now), (100, 2, 90, Some(100)));
    assert!(statement(&*store, "nobody", since, &page).await.expect("read").is_none());
}

/// Statements of answers, statements and the audit: no large table is read whole. `audit_stuck` reads partial indexes
/// of work to do from end to end, which SQLite calls a scan.
fn answers() -> impl Fn(&(String, std::path::PathBuf)) -> bool {
    const OTHERS: [&str; 2] = ["audit_mark_write.sql", "audit_stuck.sql"];
    |(name, _)| {
        let family = ["inquiry_", "history_", "audit_"].iter().any(|family| name.starts_with(family));
        family && !OTHERS.contains(&name.as_str())
    }
}

#[tokio::test]
async fn postgres_answers_from_indexes() {
    let bench = Bench::postgres().await;
    let store = bench.migrated().await;
    bench.run("select makegood_open_month('2026-03-01', now())").await;
    let mut conn = PgConnection::connect(&bench.url()).await.expect("connected");
    for (name, path) in files("postgres").into_iter().filter(answers()) {
        let plan = plan(&mut conn, &name, &sql_of(&path)).await;
        assert!(!plan.iter().any(|line| line.contains("Seq Scan on")), "{name}:\n{}", plan.join("\n"));
    }
    store.close().await;
}

#[tokio::test]
async fn sqlite_answers_from_indexes() {
    let bench = Bench::sqlite().await;
    let store = bench.migrated().await;
    let mut conn = SqliteConnection::connect(&bench.url()).await.expect("connected");
    for (name, path) in files("sqlite").into_iter().filter(answers()) {
        let explained = AssertSqlSafe(format!("explain query plan {}", sql_of(&path)));
        let rows = sqlx::raw_sql(explained).fetch_all(&mut conn).await;
        let rows = rows.unwrap_or_else(|error| panic!("{name}: {error}"));
        let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        // Parameters, and rows that were found already, are read whole.
        let found = |of: &str| {
            let ways = ["CO-ROUTINE ", "MATERIALIZE "].map(|way| format!("{way}{of}"));
            plan.iter().any(|line| ways.contains(line))
        };
        let whole = |line: &String| {
            let of = line.strip_prefix("SCAN ");
            let in_memory =
                |of: &str| ["VIRTUAL TABLE", "CONSTANT ROW", "subquery"].iter().any(|part| of.contains(part));
            of.is_some_and(|of| !in_memory(of) && !found(of))
        };
        assert!(!plan.is_empty() && !plan.iter().any(whole), "{name}:\n{}", plan.join("\n"));
    }
    store.close().await;
}
