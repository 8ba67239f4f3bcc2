//! Migrations, and what a store says about a schema that is not its own.

use std::sync::Arc;

use makegood::store::{Store, StoreError};

use super::bench::Bench;

/// Every migration, in order.
pub const MIGRATIONS: [&str; 11] = [
    "0001_first",
    "0002_dead_letters",
    "0003_notices",
    "0004_announcements",
    "0005_explain",
    "0006_audit",
    "0007_erasure",
    "0008_seals",
    "0009_retention",
    "0010_compatibility",
    "0011_archive",
];

pub async fn four_migrate_at_once(bench: Bench) {
    let stores = [bench.open().await, bench.open().await, bench.open().await, bench.open().await];
    let [one, two, three, four] = &stores;
    let all = tokio::join!(one.migrate(), two.migrate(), three.migrate(), four.migrate());
    let all = [all.0, all.1, all.2, all.3].map(|status| status.expect("migrated"));
    for status in &all {
        assert_eq!(status.applied, MIGRATIONS);
        assert_eq!((status.pending.len(), status.unknown.len()), (0, 0));
    }
    one.ping().await.expect("current");
    assert_eq!(bench.count("makegood_migrations").await, all[0].applied.len() as i64);
}

/// Names of what is to come.
pub async fn pending(store: &Arc<dyn Store>) -> Vec<String> {
    let status = store.migration_status().await.expect("readable");
    status.pending.into_iter().map(|one| one.name).collect()
}

pub async fn an_empty_database_says_what_to_type(bench: Bench) {
    let store = bench.open().await;
    assert_eq!(pending(&store).await, MIGRATIONS);
    let error = store.ping().await.expect_err("no schema");
    assert!(matches!(error, StoreError::Schema(_)), "{error:?}");
    assert!(error.to_string().contains("makegood migrate"), "{error}");
}

pub async fn a_newer_schema_is_refused(bench: Bench) {
    let store = bench.migrated().await;
    bench
        .run(&format!(
            "insert into makegood_migrations (version, description, installed_on, success, checksum, execution_time)
             values (9999, 'later', {}, true, {}, 0)",
            if bench.is_sqlite() { "'2026-01-01'" } else { "now()" },
            if bench.is_sqlite() { "x'00'" } else { "''::bytea" },
        ))
        .await;
    assert_eq!(store.migration_status().await.expect("readable").unknown, [9999]);
    store.ping().await.expect("what was added does not concern it");
    assert!(store.migrate().await.expect("nothing to do").is_ahead());
    bench.run("update makegood_schema set needs = 9999").await;
    for error in [store.ping().await.expect_err("newer"), store.migrate().await.expect_err("newer")] {
        assert!(matches!(error, StoreError::Schema(_)), "{error:?}");
        assert!(error.to_string().contains("9999"), "{error}");
    }
}

#[tokio::test]
async fn a_second_daemon_on_one_file_is_told_who_is_in_the_way() {
    let bench = Bench::sqlite().await;
    let first = bench.try_open(true).await.expect("the first");
    let error = bench.try_open(true).await.expect_err("the second");
    assert!(matches!(error, StoreError::Setup(_)), "{error:?}");
    for word in ["makegood.db ", "makegood.db.lock"] {
        assert!(error.to_string().contains(word), "{error}");
    }
    bench.open().await.ping().await.expect_err("opens beside it, and finds no schema");
    first.close().await;
    drop(first);
    bench.try_open(true).await.expect("free again");
}

#[tokio::test]
async fn sqlite_in_memory_and_other_databases_are_refused() {
    use makegood::store::{StoreOptions, open};
    use std::time::Duration;
    for url in ["sqlite::memory:", "mysql://localhost/x", "nonsense"] {
        let options = StoreOptions {
            url: url.to_owned().into(),
            connections_max: 1,
            acquire_timeout: Duration::from_secs(1),
            statement_timeout: Duration::from_secs(1),
            lock_timeout: Duration::from_secs(1),
            inline_proposals_max: 1,
            batch_proposals_max: 1,
            chunk_accounts: 1,
            announces: false,
            exclusive: false,
        };
        assert!(matches!(open(options).await, Err(StoreError::Setup(_))), "{url}");
    }
}
