//! Every SQL file is prepared against a migrated database, and each has its twin.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqlSafeStr, SqliteConnection};

use super::bench::Bench;

pub fn files(database: &str) -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/sql").join(database);
    let mut files: Vec<_> = walkdir::WalkDir::new(&folder)
        .into_iter()
        .map(|entry| entry.expect("readable").into_path())
        .filter(|path| path.is_file())
        .map(|path| (path.file_name().expect("a name").to_string_lossy().into_owned(), path))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no SQL in {}", folder.display());
    files
}

/// The text of a file as it is sent: one over letters or notices that match goes behind their filter.
pub fn statement(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("readable");
    if !text.contains("from matching") {
        return text;
    }
    let name = path.file_name().expect("a name").to_string_lossy();
    let of = name.split('_').next().expect("a first word");
    let filter = std::fs::read_to_string(path.with_file_name(format!("{of}_filter.sql"))).expect("readable");
    format!("with matching as (\n{filter})\n{text}")
}

/// What PostgreSQL does in one round trip and SQLite, which has none, table by table.
const AT_ONCE: [&str; 2] = ["effects_write.sql", "events_take_in.sql"];

/// The archive of months, which SQLite has not.
const BY_MONTH: [&str; 6] = [
    "archive_drop.sql",
    "archive_lock.sql",
    "archive_months.sql",
    "archive_open.sql",
    "archive_write.sql",
    "erasure_archived.sql",
];

/// The tables of the first of [`AT_ONCE`]; the second is SQLite's `scope_count` and `events_insert`, which PostgreSQL has too.
const BY_TABLE: [&str; 4] = ["balances_raise.sql", "decisions_write.sql", "notices_write.sql", "returns_write.sql"];

#[test]
fn every_statement_has_its_twin_and_a_head() {
    let names = |database| files(database).into_iter().map(|(name, _)| name).collect::<BTreeSet<_>>();
    let (postgres, sqlite) = (names("postgres"), names("sqlite"));
    let only_postgres: BTreeSet<_> = AT_ONCE.iter().chain(&BY_MONTH).map(|name| (*name).to_owned()).collect();
    assert_eq!(&postgres - &sqlite, only_postgres);
    assert_eq!(sqlite.difference(&postgres).collect::<Vec<_>>(), BY_TABLE);
    for (name, path) in files("postgres").into_iter().chain(files("sqlite")) {
        let text = std::fs::read_to_string(&path).expect("readable");
        let (head, statement): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.starts_with("--"));
        let (head, statement) = (head.join("\n"), statement.join("\n"));
        assert!(text.starts_with("-- "), "{name} lacks its head");
        for parameter in (1..=33).map(|number| format!("${number}")) {
            assert!(
                !statement.contains(&parameter) || head.contains(&parameter),
                "{name} does not tell its {parameter}"
            );
        }
        assert!(!text.contains("select *"), "{name} does not list its columns");
    }
}

#[tokio::test]
async fn postgres_prepares_every_statement() {
    let bench = Bench::postgres().await;
    let store = bench.migrated().await;
    let mut conn = PgConnection::connect(&bench.url()).await.expect("connected");
    for (name, path) in files("postgres") {
        let sql = AssertSqlSafe(statement(&path)).into_sql_str();
        conn.prepare(sql).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    store.close().await;
}

#[tokio::test]
async fn sqlite_prepares_every_statement() {
    let bench = Bench::sqlite().await;
    let store = bench.migrated().await;
    let mut conn = SqliteConnection::connect(&bench.url()).await.expect("connected");
    for (name, path) in files("sqlite") {
        let sql = AssertSqlSafe(statement(&path)).into_sql_str();
        conn.prepare(sql).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    store.close().await;
}
