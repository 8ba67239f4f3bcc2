//! A database of the first release, with everything in it, is brought up to date and loses nothing.

use std::borrow::Cow;

use makegood::store::{AttemptKind, LetterState, Store};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Connection, PgConnection, SqlSafeStr, SqliteConnection};

use super::{all, broken, newest, on_both};
use crate::store::bench::{Bench, noon};
use crate::store::schema::{MIGRATIONS, pending};

on_both!(a_database_of_the_first_release_keeps_everything);

const POSTGRES: &str = include_str!("../../../../src/store/migrations/postgres/0001_first.sql");
const SQLITE: &str = include_str!("../../../../src/store/migrations/sqlite/0001_first.sql");

/// The first migration alone, as the first release applied it.
async fn first_release(bench: &Bench) {
    let sql = if bench.is_sqlite() { SQLITE } else { POSTGRES };
    let first = Migration::new(1, Cow::Borrowed("first"), MigrationType::Simple, sql.into_sql_str(), false);
    let mut migrator = Migrator::with_migrations(vec![first]);
    migrator.set_locking(false);
    migrator.dangerous_set_table_name("makegood_migrations");
    if bench.is_sqlite() {
        bench.run("pragma journal_mode = wal").await;
        let mut conn = SqliteConnection::connect(&bench.url()).await.expect("connected");
        migrator.run_direct(None, &mut conn, false).await.expect("migrated");
    } else {
        let mut conn = PgConnection::connect(&bench.url()).await.expect("connected");
        migrator.run_direct(None, &mut conn, false).await.expect("migrated");
    }
}

/// An event of each state, its decision, a notice of each state, and three letters, the newest of which is gone.
async fn fill(bench: &Bench) {
    bench.small_market().await;
    let (at, json) = (bench.moment(0), if bench.is_sqlite() { "" } else { "::jsonb" });
    let hash = |byte: u8| {
        let hex = hex::encode([byte; 32]);
        if bench.is_sqlite() { format!("x'{hex}'") } else { format!(r"'\x{hex}'::bytea") }
    };
    let uuid = |byte: u8| {
        let hex = hex::encode([byte; 16]);
        if bench.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") }
    };
    for (n, state) in (1..).zip(["applied", "fanning_out", "waiting", "dead"]) {
        let hash = hash(n);
        bench
            .run(&format!(
                "insert into events (source, event_id, type, occurred_at, received_at, payload, payload_hash, state, due_at)
                 values ('/s', 'e{n}', 'job-canceled', {at}, {at}, '{{\"data\":{{\"job_id\":\"j{n}\"}}}}', {hash}, '{state}', {at})"
            ))
            .await;
    }
    bench
        .run(&format!(
            "insert into decisions values (1, 'p', 'j', 'a', 'ann', 'rule', 'v1', 'credited', 'client_canceled', null, 6, true, {at});
             insert into fanout_accounts values (2, 'a')"
        ).replace("true", if bench.is_sqlite() { "1" } else { "true" }))
        .await;
    let states = ["pending", "leased", "sent", "deferred", "failed", "suppressed", "unknown"];
    for (n, state) in (1..).zip(states) {
        let (id, token) = (uuid(n), uuid(99));
        let lease = if state == "leased" { format!("{token}, {at}") } else { "null, null".to_owned() };
        bench
            .run(&format!(
                "insert into notices values
                 ({id}, 1, 'person{n}', '{{}}'{json}, '[]'{json}, '{state}', {at}, 2, {lease}, 'code', 'reply', {at}, {at})"
            ))
            .await;
    }
    for (n, pointer) in [(1, "null"), (2, "'/data/cause'"), (3, "null")] {
        let (digest, body) = (hash(n), hash(n));
        bench
            .run(&format!(
                "insert into dead_letters (digest, body, body_len, body_hash, headers, exchange, routing_key, class, code, message,
                     pointer, source, event_id, type, version, times, first_seen, last_seen)
                 values ({digest}, {body}, 32, {body}, '{{\"a\":\"b\"}}'{json}, 'x', 'r', 'refused', 'code{n}', 'text', {pointer},
                     '/s', 'e{n}', nullif('type{n}', 'type1'), '0.1.0', 5, {at}, {at})"
            ))
            .await;
    }
    bench.run("delete from dead_letters where code = 'code3'").await;
}

async fn a_database_of_the_first_release_keeps_everything(mut bench: Bench) {
    bench.announces = false; // as that release did
    first_release(&bench).await;
    fill(&bench).await;
    let tables = [
        "clients",
        "accounts",
        "jobs",
        "proposals",
        "connects_entries",
        "events",
        "decisions",
        "notices",
        "fanout_accounts",
    ];
    let mut before = Vec::new();
    for table in tables {
        before.push(bench.count(table).await);
    }
    let rows = "select cast(state as text) || ' ' || person_id || ' ' || attempts || ' ' || code || ' ' || reply
                || case when lease_token is null then '' else ' held' end || case when due_at is null then '' else ' due' end
                from notices order by person_id";
    let notices = bench.texts(rows).await;
    let store = bench.open().await;
    assert_eq!(pending(&store).await, MIGRATIONS[1..]);
    store.migrate().await.expect("migrated");
    store.ping().await.expect("current");
    let mut after = Vec::new();
    for table in tables {
        after.push(bench.count(table).await);
    }
    assert_eq!(after, before);
    assert_eq!(bench.texts(rows).await, notices);
    let spoken =
        "select count(*) from events where coalesce(job_id, '') <> 'j' || substr(event_id, 2) or deliveries <> 1";
    assert_eq!(bench.number(spoken).await, 0, "old events know what they speak of");
    bench.books_agree().await;
    the_letters_are_there(&*store).await;
    store.bury(&[broken("new")], noon(9)).await.expect("buried");
    assert_eq!(newest(&*store, &all()).await[0].id, 4, "the number of one that is gone is not given again");
    bench.run("update notices set state = 'withheld' where state = 'pending'").await;
}

async fn the_letters_are_there(store: &dyn Store) {
    let letters = store.letters_whole(&all(), 0, 10).await.expect("read");
    let [one, two] = &letters[..] else { panic!("two letters: {letters:?}") };
    assert_eq!((one.summary.id, two.summary.id), (1, 2));
    assert_eq!(one.summary.fingerprint, "code1 - -");
    assert_eq!(two.summary.fingerprint, "code2 type2 /data/cause");
    for (byte, letter) in (1..).zip([one, two]) {
        assert_eq!((letter.summary.state, letter.summary.times), (LetterState::Open, 5));
        assert_eq!((letter.summary.first_seen, letter.summary.last_seen), (noon(0), noon(0)));
        assert_eq!((letter.summary.digest, letter.body.as_slice()), ([byte; 32], &[byte; 32][..]));
        assert_eq!(letter.headers.get("a").map(String::as_str), Some("b"));
        let [arrival] = &letter.history[..] else { panic!("one arrival: {:?}", letter.history) };
        assert_eq!((arrival.kind, arrival.at, arrival.version.as_str()), (AttemptKind::Arrival, noon(0), "0.1.0"));
        assert_eq!((arrival.code.as_deref(), arrival.outcome.as_str()), (Some(letter.summary.code.as_str()), "dead"));
    }
}
