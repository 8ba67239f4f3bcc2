//! What was settled long ago moves into tables by month: everybody still finds it there, and a month goes as a whole.

use makegood::policy::Policy;
use makegood::store::{
    Fate, Listed, NoticeFilter, NoticePage, OperatorFilter, Outcome, PastWindow, Purged, Store, StoreError, Thing,
    ThingKind,
};
use makegood::worker::erase::erase;
use makegood::worker::explain::explain;
use makegood::worker::policies::{TrialOrder, trial};

use sqlx::{Connection, PgConnection};

use super::bench::{Bench, WAIT, noon};
use super::erasure::{CANARIES, ann, found, planted};
use super::events::{batch, canceled, judge};
use super::retention::{LATER, OLD, act, announce, four_events, gaps, send};

/// April 2026: March, in which all events of these cases are applied, is over.
const APRIL: i64 = 31 * 86_400;

async fn archive(store: &dyn Store, before: i64) -> Purged {
    store.purge_events(Fate::Archived, noon(before), 0, false, &act(), noon(LATER)).await.expect("archived")
}

/// The names of the months that are over by then.
async fn months(store: &dyn Store, before: i64) -> Vec<String> {
    let months = store.archived_months(noon(before)).await.expect("read");
    months.iter().map(ToString::to_string).collect()
}

/// Drops every month that is over by then; how many.
async fn drop_months(store: &dyn Store, before: i64) -> usize {
    let mut dropped = 0;
    for month in store.archived_months(noon(before)).await.expect("read") {
        dropped += usize::from(store.drop_month(month, &act(), noon(before)).await.expect("dropped"));
    }
    dropped
}

/// Everything `makegood explain` says of everything there is.
async fn explained(bench: &Bench, store: &dyn Store) -> Vec<String> {
    let notices = "select person_id || ' ' || notice_id from all_notices order by event_no, person_id";
    let mut things: Vec<_> = [
        (ThingKind::Proposal, "p"),
        (ThingKind::Person, "ann"),
        (ThingKind::Account, "a"),
        (ThingKind::Job, "unannounced"),
        (ThingKind::Client, "c"),
        (ThingKind::Event, "open-2"),
        (ThingKind::Entry, "fee-p"),
    ]
    .map(|(kind, id)| Thing::new(kind, id))
    .into();
    for notice in bench.texts(notices).await.split('|') {
        things.push(Thing::new(ThingKind::Notice, notice.split(' ').nth(1).expect("an id")));
    }
    let mut told = Vec::new();
    for thing in things {
        let listed = Listed { before: None, limit: 10 };
        told.push(format!("{:?}", explain(store, &thing, listed, noon(LATER)).await.expect("explained")));
        told.push(format!("{:?}", store.find(&thing.id).await.expect("found")));
    }
    told
}

/// What a trial of a policy reads, the events of all time as they came, and what it finds.
async fn past(store: &dyn Store) -> String {
    let window = PastWindow { since: None, until: None, limit: 100 };
    let span = store.past_span(&window).await.expect("read");
    let events = store.past_events(&window, span, 0, 100).await.expect("read");
    let policy = Policy::built_in();
    let order = TrialOrder { old: &policy, new: &policy, window, top: 10 };
    let found = trial(store, &order, noon(LATER), &|_, _| {}).await.expect("tried");
    assert!(!events.is_empty());
    format!("{span:?} {events:?} {found:?}")
}

/// Four events with nothing left to do.
async fn settled(bench: &Bench, store: &dyn Store) {
    four_events(bench, store).await;
    announce(bench).await;
    send(store, OLD).await;
}

#[tokio::test]
async fn what_is_archived_is_explained_and_tried_as_before() {
    let bench = Bench::postgres().await;
    let store = bench.migrated().await;
    settled(&bench, &*store).await;
    let at = bench.moment(3);
    let deferred = format!("select notice_id, {at}, 'attempt', 'deferred', 'smtp_450', 'busy' from notices");
    bench.run(&format!("insert into notice_history (notice_id, at, what, state, code, reply) {deferred}")).await;
    let (said, tried) = (explained(&bench, &*store).await, past(&*store).await);
    let rehearsed =
        store.purge_events(Fate::Archived, noon(LATER), 0, true, &act(), noon(LATER)).await.expect("rehearsed");
    assert_eq!(bench.count("archive_months").await, 0, "a rehearsal makes no tables");
    let moved = archive(&*store, LATER).await;
    assert_eq!((moved, moved), (rehearsed, Purged { events: 4, decisions: 5, notices: 5, next: None }));
    for table in ["decisions", "notices", "notice_history", "announcements"] {
        assert_eq!((table, bench.count(table).await), (table, 0));
        assert!(bench.count(&format!("archived_{table}_2026_03")).await > 0, "{table}");
    }
    assert_eq!(bench.texts("select distinct state from archived_announcements").await, "published");
    assert_eq!(explained(&bench, &*store).await, said);
    assert_eq!(past(&*store).await, tried);
    assert_eq!(gaps(&*store).await, Vec::new(), "the audit takes none of it for a loss");
    let again = store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(LATER)).await.expect("seen");
    assert!(matches!(again[..], [Outcome::Duplicate { .. }]), "{again:?}");
    assert_eq!(archive(&*store, LATER).await, Purged::default(), "what is there is there");
    let log = store.operator_acts(&OperatorFilter::default(), None, 10).await.expect("read");
    let acts: Vec<_> = log.iter().map(|entry| (entry.action.as_str(), entry.affected)).collect();
    assert_eq!(acts, [("events.archive", 4)]);
}

#[tokio::test]
async fn a_month_goes_as_a_whole_and_is_not_opened_again() {
    let bench = Bench::postgres().await;
    let store = bench.migrated().await;
    four_events(&bench, &*store).await;
    assert_eq!(archive(&*store, OLD).await.events, 1, "the others have something left to do");
    assert_eq!(months(&*store, APRIL - 43_201).await, [""; 0], "March is not over");
    assert_eq!(months(&*store, APRIL - 43_200).await, ["2026-03"], "it ends at midnight, UTC");
    let entries = bench.texts("select entry_id from connects_entries order by 1").await;
    assert_eq!((drop_months(&*store, APRIL).await, drop_months(&*store, APRIL).await), (1, 0));
    assert_eq!(bench.count("all_decisions").await, 4);
    assert_eq!(bench.texts("select entry_id from connects_entries order by 1").await, entries);
    assert_eq!(store.operator_log(None, 1).await.expect("read")[0].details["month"], "2026-03");
    // It is told as what was purged, on the day its month went.
    let listed = Listed { before: None, limit: 10 };
    let told = explain(&*store, &Thing::new(ThingKind::Proposal, "p"), listed, noon(APRIL)).await.expect("explained");
    assert_eq!(told.answer.code, "purged");
    assert!(told.entries.iter().any(|entry| entry.what == "event.purged" && entry.at == noon(APRIL)));
    // What is settled later, of the same month, is purged with it.
    announce(&bench).await;
    send(&*store, OLD).await;
    assert_eq!(archive(&*store, APRIL).await, Purged { events: 3, decisions: 4, notices: 4, next: None });
    assert_eq!((bench.count("all_decisions").await, bench.count("all_notices").await), (0, 0));
    assert_eq!(bench.number("select count(*) from events where archive_month is null").await, 3);
    let window = PastWindow { since: None, until: None, limit: 100 };
    assert_eq!(store.past_span(&window).await.expect("read").events, 0, "nothing is left to try a policy on");
    let again = store.apply(&batch([canceled("e", "j")]), &judge, &WAIT, noon(APRIL)).await.expect("seen");
    assert!(matches!(again[..], [Outcome::Duplicate { .. }]), "{again:?}");
}

#[tokio::test]
async fn two_at_once_move_each_event_once() {
    let bench = Bench::postgres().await;
    let store = bench.migrated().await;
    settled(&bench, &*store).await;
    let (one, two) = tokio::join!(archive(&*store, LATER), archive(&*store, LATER));
    assert_eq!((one.events + two.events, one.decisions + two.decisions), (4, 5));
    assert_eq!((bench.count("archived_events").await, bench.count("archived_decisions").await), (4, 5));
}

/// Marks all letters of the erasure's case as sent, and their announcements as published.
async fn all_sent(bench: &Bench) {
    let at = bench.moment(6);
    bench.run(&format!("update notices set state = 'sent', due_at = null, settled_at = {at}")).await;
    bench.run(&format!("update announcements set state = 'published', settled_at = {at}")).await;
}

#[tokio::test]
async fn an_erasure_reaches_the_archive() {
    let bench = Bench::postgres().await;
    let store = bench.migrated().await;
    planted(&bench, &*store).await;
    all_sent(&bench).await;
    let held = store.person_held(&ann(), 100).await.expect("read");
    assert_eq!(archive(&*store, OLD).await.events, 3);
    assert_eq!(store.person_held(&ann(), 100).await.expect("read"), held, "what is archived is held");
    assert_eq!(found(&bench.dump().await), CANARIES);
    let erased = erase(&*store, &ann(), false, &act(), noon(9)).await.expect("erased");
    assert_eq!((erased.notices, erased.unsent, erased.events), (3, 0, 3), "{erased:?}");
    assert_eq!(found(&bench.dump().await), Vec::<&str>::new());
    assert_eq!(bench.number("select count(*) from archived_decisions where person_id = 'ann'").await, 2);
    let ben = bench.texts("select lines::text from archived_notices where person_id = 'ben'").await;
    assert!(ben.contains("job_title") && !ben.contains(r#""job_title": """#), "{ben}");
    let again = erase(&*store, &ann(), false, &act(), noon(10)).await.expect("again");
    assert_eq!((again.events, again.unsent), (0, 0), "{again:?}");
    let filter = NoticeFilter { person: Some("ann".into()), ..NoticeFilter::default() };
    let listed = store.notices(&filter, NoticePage { before: None, limit: 9 }).await.expect("listed");
    assert!(listed.is_empty(), "`notices list` is of what may still be acted on");
}

#[tokio::test]
async fn nothing_escapes_an_erasure_by_moving_meanwhile() {
    let bench = Bench::postgres().await;
    let store = bench.migrated().await;
    planted(&bench, &*store).await;
    all_sent(&bench).await;
    let (moved, erased) =
        tokio::join!(archive(&*store, OLD), async { erase(&*store, &ann(), false, &act(), noon(9)).await });
    assert_eq!((moved.events, erased.expect("erased").notices), (3, 3));
    assert_eq!(found(&bench.dump().await), Vec::<&str>::new());
}

/// Archiving, erasing and the dropping of a month come one after the other.
#[tokio::test]
async fn whoever_moves_erases_or_drops_waits_for_whoever_does() {
    let bench = Bench::postgres().await;
    let store = bench.migrated().await;
    planted(&bench, &*store).await;
    all_sent(&bench).await;
    assert_eq!(archive(&*store, OLD).await.events, 3);
    let mut other = PgConnection::connect(&bench.url()).await.expect("connected");
    for round in 0..3 {
        let mut held = other.begin().await.expect("begun");
        // "archive" in ASCII, as `store::postgres::retention` has it.
        sqlx::query("select pg_advisory_xact_lock(27428844020004453)").execute(&mut *held).await.expect("locked");
        let waits = async {
            let waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted
                and database = (select oid from pg_database where datname = current_database())";
            while bench.number(waiting).await == 0 {
                tokio::task::yield_now().await;
            }
            held.rollback().await.expect("let go");
        };
        let works = async {
            match round {
                0 => assert_eq!(archive(&*store, OLD).await, Purged::default()),
                1 => assert_eq!(erase(&*store, &ann(), false, &act(), noon(9)).await.expect("erased").notices, 3),
                _ => assert_eq!(drop_months(&*store, APRIL).await, 1),
            }
        };
        tokio::join!(waits, works);
    }
}

/// A column that a later migration adds to one of them belongs in the other, and in the view over both.
#[tokio::test]
async fn the_archive_has_the_columns_of_what_it_archives() {
    let bench = Bench::postgres().await;
    bench.migrated().await;
    for table in ["decisions", "notices", "notice_history", "announcements"] {
        let columns = async |of: String| {
            let sql = format!(
                "select column_name || ' ' || data_type from information_schema.columns
                 where table_name = '{of}' and column_name <> 'month' order by column_name"
            );
            bench.texts(&sql).await
        };
        let here = columns(table.to_owned()).await;
        assert!(here.contains('|'), "{table}");
        assert_eq!(columns(format!("archived_{table}")).await, here, "{table}");
        assert_eq!(columns(format!("all_{table}")).await, here, "{table}");
    }
}

#[tokio::test]
async fn sqlite_has_no_archive_and_says_so() {
    let bench = Bench::sqlite().await;
    let store = bench.migrated().await;
    four_events(&bench, &*store).await;
    let before = bench.dump().await;
    let error = store.purge_events(Fate::Archived, noon(LATER), 0, false, &act(), noon(LATER)).await.expect_err("none");
    assert!(matches!(&error, StoreError::Setup(text) if text.contains("SQLite")), "{error:?}");
    assert_eq!(months(&*store, APRIL).await, [""; 0]);
    assert_eq!(bench.dump().await, before);
}
