//! A person is forgotten: no table holds their name, their address or what was written to them, and the ledger agrees.

use std::collections::BTreeMap;
use std::time::Duration;

use makegood::event::{DecodeLimits, Event, Message, PersonId, decode};
use makegood::policy::{self, Facts, Policy, Ruling, Stage};
use makegood::store::{
    Act, Address, DeadClass, DeadLetter, ImportBatch, ImportPerson, LetterFilter, LetterPage, NoticeFilter, NoticePage,
    NoticeState, Outcome, ReplayEffects, ReplayOrder, Selection, Store,
};
use makegood::worker::erase::{EraseError, erase};
use uuid::Uuid;

use super::bench::{Bench, WAIT, noon};
use super::events::batch;

/// What must be nowhere afterwards.
pub const CANARIES: [&str; 4] = ["Wilhelmina Canary", "canary@people.example", "Sparrow-Note", "Europe/Canary"];

pub fn ann() -> PersonId {
    PersonId::parse("ann").expect("an id")
}

fn act() -> Act {
    Act { operator: "olga".into(), reason: "ticket 7".into() }
}

fn real(event: &Event, stage: Stage, facts: &mut Facts) -> Ruling {
    policy::judge(&Policy::built_in(), event, stage, facts, noon(5))
}

fn message(kind: &str, id: &str, data: &str) -> Message {
    let body = format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"/test","type":"{kind}","subject":"Wilhelmina Canary",
            "time":"2026-03-01T12:00:00Z","data":{data}}}"#
    );
    let content_type = Some("application/cloudevents+json".to_owned());
    let headers = BTreeMap::from([("x-to".to_owned(), "Canary@People.example".to_owned())]);
    Message { body: body.into_bytes(), content_type, headers, ..Message::default() }
}

/// Two events that are about ann alone, and one about a job whose client wrote her address into the note.
fn messages() -> [Message; 3] {
    [
        message("application-received", "e-app", r#"{"application_id":"ap","person_id":"ann","extra":"Sparrow-Note"}"#),
        message("proposal-declined", "e-dec", r#"{"proposal_id":"p","cause":"other","message":"Sparrow-Note, dear"}"#),
        message(
            "job-canceled",
            "e-job",
            r#"{"job_id":"j","cause":"client-canceled",
            "note":"Sparrow-Note: canary@people.example was too slow"}"#,
        ),
    ]
}

fn arrivals() -> makegood::store::Batch {
    batch(messages().map(|message| {
        let event = decode(&message, DecodeLimits { body_bytes_max: 1 << 20 }).expect("an event");
        makegood::store::Arrival { event, message: message.into() }
    }))
}

fn facts(id: &str, name: &str, email: &str) -> ImportPerson {
    ImportPerson {
        person_id: PersonId::parse(id).expect("an id"),
        name: Some(name.into()),
        email: Some(email.into()),
        locale: Some("nl".into()),
        time_zone: Some("Europe/Canary".into()),
    }
}

async fn load(store: &dyn Store, person: ImportPerson) {
    store.import(&ImportBatch { people: vec![person], ..ImportBatch::default() }).await.expect("imported");
}

/// Ann's canaries in every column that can hold them; ben's notices beside hers.
pub async fn planted(bench: &Bench, store: &dyn Store) {
    bench.small_market().await;
    bench.account("b", "ben").await;
    bench.proposal("q", "j", "b", "ben", 4).await;
    load(store, facts("ann", CANARIES[0], "Canary@people.example")).await;
    let ben = ImportPerson { time_zone: None, ..facts("ben", "Ben", "ben@people.example") };
    load(store, ben).await;
    let outcomes = store.apply(&arrivals(), &real, &WAIT, noon(5)).await.expect("applied");
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Applied { .. })), "{outcomes:?}");
    bench.run("update jobs set title = 'Logo'").await;
    // A server's reply should hold no address; one that does is planted here.
    bench.run("update notices set reply = 'no canary@people.example here' where person_id = 'ann'").await;
    bench
        .run(&format!(
            "insert into notice_history (notice_id, at, what, state, reply)
             select notice_id, {}, 'attempt', 'deferred', 'canary@people.example is busy' from notices where person_id = 'ann'",
            bench.moment(1)
        ))
        .await;
    let [_, declined, job] = messages();
    let broken = Message { body: b"no JSON: canary@people.example".to_vec(), ..job.clone() };
    for message in [&declined, &job, &broken] {
        let letter = DeadLetter::new(message, DeadClass::Refused, "why", "found \"canary@people.example\"".into());
        let letter = DeadLetter { pointer: Some("/data/canary@people.example".into()), ..letter };
        store.bury(&[letter], noon(5)).await.expect("buried");
    }
    let order = ReplayOrder {
        selection: Selection::Ids(vec![1]),
        limit: None,
        effects: ReplayEffects::Both,
        rate: None,
        ramp: Vec::new(),
        stop_after_failures: None,
        patch: Some(declined.body.clone()),
    };
    store.replay_create(&order, &act(), noon(5)).await.expect("ordered");
    let address = Address("canary@people.example".into());
    store.suppress(&[address], None, false, &act(), noon(5)).await.expect("suppressed");
}

/// The canaries that a text holds, as they are or in hex, in whatever size of letters.
pub fn found(text: &str) -> Vec<&'static str> {
    let text = text.to_lowercase();
    let holds = |canary: &&str| {
        let small = canary.to_lowercase();
        text.contains(&small) || text.contains(&hex::encode(&small)) || text.contains(&hex::encode(canary))
    };
    CANARIES.into_iter().filter(holds).collect()
}

pub async fn no_table_holds_what_was_erased(bench: Bench) {
    let store = bench.migrated().await;
    planted(&bench, &*store).await;
    let before = bench.dump().await;
    assert_eq!(found(&before), CANARIES, "planted");
    let rehearsed = erase(&*store, &ann(), true, &act(), noon(9)).await.expect("rehearsed");
    assert_eq!(bench.dump().await, before, "a rehearsal leaves no trace");
    let erased = erase(&*store, &ann(), false, &act(), noon(9)).await.expect("erased");
    assert_eq!(erased, rehearsed);
    assert!(erased.facts && !erased.view);
    assert_eq!((erased.notices, erased.unsent, erased.announcements), (3, 3, 3), "{erased:?}");
    assert_eq!((erased.events, erased.letters, erased.replays, erased.suppressions), (3, 3, 1, 1), "{erased:?}");
    assert_eq!(found(&bench.dump().await), Vec::<&str>::new());
    // The ledger, the decisions and ben's notice are as they were.
    bench.ledger_agrees().await;
    assert_eq!((bench.balance("a").await, bench.balance("b").await), (100, 100));
    assert_eq!(bench.number("select count(*) from decisions where person_id = 'ann'").await, 2);
    assert_eq!(bench.texts("select state from notices where person_id = 'ben'").await, "pending");
    let log = store.operator_log(None, 1).await.expect("read").remove(0);
    assert_eq!((log.action.as_str(), log.reason.as_str()), ("people.erase", "ticket 7"));
    assert_eq!(log.details["person"], "ann");
    let again = erase(&*store, &ann(), false, &act(), noon(10)).await.expect("again");
    assert_eq!((again.events, again.letters, again.replays, again.unsent), (0, 0, 0, 0), "nothing was left: {again:?}");
}

pub async fn an_erased_event_is_still_a_duplicate(bench: Bench) {
    let store = bench.migrated().await;
    planted(&bench, &*store).await;
    erase(&*store, &ann(), false, &act(), noon(9)).await.expect("erased");
    let outcomes = store.apply(&arrivals(), &real, &WAIT, noon(10)).await.expect("seen");
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Duplicate { .. })), "{outcomes:?}");
    // The letter that comes again is the same one, and brings nothing back.
    let [_, declined, _] = messages();
    let text = "found \"canary@people.example\"".to_owned();
    store.bury(&[DeadLetter::new(&declined, DeadClass::Refused, "why", text)], noon(11)).await.expect("buried");
    assert_eq!(bench.count("dead_letters").await, 3);
    assert_eq!(bench.number("select max(times) from dead_letters").await, 2);
    assert_eq!(found(&bench.dump().await), Vec::<&str>::new());
    let letters = store.letters(&LetterFilter::default(), LetterPage { before: None, limit: 9 }).await.expect("listed");
    assert!(letters.iter().all(|letter| letter.erased_at == Some(noon(9))), "{letters:?}");
    let letter = store.letter(letters[0].id).await.expect("read").expect("there");
    assert!(!letter.is_whole(), "what is left of it is not replayed as if it were what came");
}

pub async fn nobody_erased_is_told_or_taken_in_again(bench: Bench) {
    let store = bench.migrated().await;
    planted(&bench, &*store).await;
    erase(&*store, &ann(), false, &act(), noon(9)).await.expect("erased");
    let leased = store.lease_notices(9, Uuid::new_v4(), Duration::from_secs(60), noon(10)).await.expect("leased");
    assert!(leased.iter().all(|notice| notice.person.as_str() == "ben"), "{leased:?}");
    let filter = NoticeFilter { person: Some("ann".into()), ..NoticeFilter::default() };
    let notices = store.notices(&filter, NoticePage { before: None, limit: 9 }).await.expect("listed");
    assert!(notices.iter().all(|n| n.state == NoticeState::Undeliverable && n.erased_at == Some(noon(9))));
    let order = makegood::store::NoticeOrder {
        what: makegood::store::NoticeAct::Resend,
        which: makegood::store::NoticeSelection::Ids(notices.iter().map(|notice| notice.id).collect()),
        before: None,
        limit: 9,
        rehearse: false,
    };
    let changed = store.notices_change(&order, &act(), noon(11)).await.expect("left");
    assert_eq!((changed.changed.len(), changed.left.len()), (0, 3), "no words, no letter");
    load(&*store, facts("ann", CANARIES[0], CANARIES[1])).await;
    assert_eq!(found(&bench.dump().await), Vec::<&str>::new(), "an import brings nobody back");
    assert!(store.readmit(&ann(), &act(), noon(12)).await.expect("readmitted"));
    assert!(!store.readmit(&ann(), &act(), noon(12)).await.expect("not erased any more"));
    load(&*store, facts("ann", "Ann", "ann@people.example")).await;
    assert_eq!(store.person(&ann()).await.expect("read").name.as_deref(), Some("Ann"));
}

pub async fn what_is_being_sent_is_waited_for(bench: Bench) {
    let store = bench.migrated().await;
    planted(&bench, &*store).await;
    store.lease_notices(9, Uuid::new_v4(), Duration::from_secs(600), noon(10)).await.expect("leased");
    let before = bench.dump().await;
    let error = erase(&*store, &ann(), false, &act(), noon(11)).await.expect_err("a sender is at it");
    assert!(matches!(error, EraseError::Sending(3)), "{error}");
    assert_eq!(bench.dump().await, before);
    let named = Act { reason: "asked by CANARY@people.example".into(), ..act() };
    assert!(matches!(erase(&*store, &ann(), false, &named, noon(11)).await, Err(EraseError::Named)));
    let stranger = PersonId::parse("nobody").expect("an id");
    assert!(matches!(erase(&*store, &stranger, false, &act(), noon(11)).await, Err(EraseError::Unknown(_))));
    assert_eq!(bench.count("erasures").await, 0);
}

pub async fn an_address_that_two_share_stays_suppressed(bench: Bench) {
    let store = bench.migrated().await;
    planted(&bench, &*store).await;
    load(&*store, facts("cat", "Cat", "CANARY@people.example ")).await;
    let erased = erase(&*store, &ann(), false, &act(), noon(9)).await.expect("erased");
    assert_eq!((erased.suppressions, bench.count("suppressions").await), (0, 1));
}

pub async fn what_is_held_about_a_person_is_all_there(bench: Bench) {
    let store = bench.migrated().await;
    planted(&bench, &*store).await;
    let held = store.person_held(&ann(), 100).await.expect("read");
    assert_eq!(held.facts.name.as_deref(), Some(CANARIES[0]));
    let counts: Vec<_> = held.held.iter().map(|kind| (kind.kind, kind.rows.len(), kind.more)).collect();
    let expected = [
        ("accounts", 1),
        ("proposals", 1),
        ("entries", 2),
        ("decisions", 2),
        ("notices", 3),
        ("events", 3),
        ("suppressions", 1),
        ("dead_letters", 3),
    ];
    assert_eq!(counts, expected.map(|(kind, rows)| (kind, rows, false)));
    assert_eq!(held.held[1].rows[0]["submitted_at"], "2026-03-01T11:30:00.000Z");
    assert!(held.held[4].rows.iter().any(|notice| notice["about"]["details"]["message"] == "Sparrow-Note, dear"));
    let head = store.person_held(&ann(), 1).await.expect("read");
    assert!(head.held.iter().all(|kind| kind.rows.len() <= 1));
    assert!(head.held[4].more && !head.held[0].more);
}

#[tokio::test]
async fn the_file_of_sqlite_holds_nothing_of_it_either() {
    let bench = Bench::sqlite().await;
    let store = bench.migrated().await;
    planted(&bench, &*store).await;
    erase(&*store, &ann(), false, &act(), noon(9)).await.expect("erased");
    bench.run("pragma wal_checkpoint(truncate)").await;
    store.close().await;
    let path = bench.url().trim_start_matches("sqlite:").to_owned();
    for file in [path.clone(), format!("{path}-wal")] {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!(found(&text), Vec::<&str>::new(), "{file}");
    }
}
