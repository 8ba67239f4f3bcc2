//! By which indexes PostgreSQL comes to what the intake and the outbox ask for: the reason for each index, and a list
//! of those that every event pays for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use super::bench::Bench;
use super::files::{files, statement};

/// First words of the files whose statements are run for each batch, chunk, lease and settlement, and of those that
/// take out what is old beside them.
const HOT: [&str; 26] = [
    "accounts_lock",
    "announcements_lease",
    "announcements_notices",
    "announcements_returns",
    "announcements_settle",
    "announcements_write",
    "archive_open",
    "archive_write",
    "chunk_proposals",
    "effects_write",
    "events_again",
    "events_due",
    "events_fan_out_next",
    "events_insert",
    "events_settle",
    "events_stored",
    "events_take_in",
    "facts_read",
    "fanout_",
    "notices_attempts",
    "notices_lease",
    "notices_settle",
    "purge_",
    "reach_lock",
    "scope_",
    "suppressions_add",
];

/// The plan of a statement as the intake has it made: one for all parameters, before a table is known to be large.
pub async fn plan(conn: &mut PgConnection, name: &str, sql: &str) -> Vec<String> {
    let settings = "set enable_seqscan = off; set jit = off; set plan_cache_mode = force_generic_plan";
    sqlx::raw_sql(settings).execute(&mut *conn).await.expect("set");
    let parameters = (1..=33).take_while(|number| sql.contains(&format!("${number}"))).count();
    let nulls = vec!["null"; parameters].join(", ");
    let given = if parameters == 0 { String::new() } else { format!("({nulls})") };
    let explained = format!("deallocate all; prepare asked as {sql}; explain (costs off) execute asked{given}");
    let rows = sqlx::raw_sql(AssertSqlSafe(explained)).fetch_all(conn).await;
    let rows = rows.unwrap_or_else(|error| panic!("{name}: {error}"));
    let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert!(!plan.is_empty(), "{name} has no plan");
    plan
}

/// The indexes that a plan names.
fn indexes(plan: &[String]) -> BTreeSet<&str> {
    let after = |line: &'static str| move |text: &str| text.split_once(line).map(|(_, rest)| rest.len());
    let named = |line| {
        let start =
            ["Index Scan using ", "Index Only Scan using ", "Index Scan Backward using ", "Bitmap Index Scan on "];
        start.iter().find_map(|start| after(start)(line)).map(|rest| &line[line.len() - rest..])
    };
    plan.iter().filter_map(|line| named(line.as_str())).filter_map(|rest| rest.split(' ').next()).collect()
}

/// Lines of a plan that read an index, or a table, from one end to the other: without a condition, or with one that
/// does not name the column the index is sorted by.
fn whole<'a>(plan: &'a [String], leading: &BTreeMap<String, String>) -> Vec<&'a str> {
    let reads = [
        "Index Scan using ",
        "Index Only Scan using ",
        "Index Scan Backward using ",
        "Bitmap Index Scan on ",
        "Seq Scan on ",
    ];
    let next = plan.iter().skip(1).map(String::as_str).chain([""]);
    let lines = plan.iter().zip(next).filter_map(|(line, next)| {
        let read = reads.iter().find_map(|read| line.split_once(read))?.1;
        let index = read.split(' ').next()?;
        let column = leading.get(index).map_or("", String::as_str);
        let is_met = next.contains("Index Cond:") && next.contains(column);
        (!is_met).then_some(line.as_str())
    });
    lines.collect()
}

/// The first column of each index, by the index.
async fn leading_columns(conn: &mut PgConnection) -> BTreeMap<String, String> {
    let sql = "select c.relname::text, a.attname::text from pg_index i join pg_class c on c.oid = i.indexrelid \
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]";
    let rows: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(conn).await.expect("indexes");
    rows.into_iter().collect()
}

/// The statements of each batch, chunk, lease and settlement.
fn hot() -> Vec<(String, PathBuf)> {
    let there = files("postgres");
    let unknown: Vec<_> = HOT.iter().filter(|hot| !there.iter().any(|(name, _)| name.starts_with(**hot))).collect();
    assert!(unknown.is_empty(), "no such statement: {unknown:?}");
    there.into_iter().filter(|(name, _)| HOT.iter().any(|hot| name.starts_with(hot))).collect()
}

#[tokio::test]
async fn the_intake_and_the_outbox_come_by_these_indexes() {
    let bench = Bench::postgres().await;
    let store = bench.migrated().await;
    let mut conn = PgConnection::connect(&bench.url()).await.expect("connected");
    let leading = leading_columns(&mut conn).await;
    let mut told = String::new();
    for (name, path) in hot() {
        let plan = plan(&mut conn, &name, &statement(&path)).await;
        assert_eq!(whole(&plan, &leading), Vec::<&str>::new(), "{name}:\n{}", plan.join("\n"));
        let indexes: Vec<_> = indexes(&plan).into_iter().collect();
        told.push_str(&format!("{name}: {}\n", indexes.join(", ")));
    }
    insta::assert_snapshot!("indexes", told);
    store.close().await;
}

/// Keys that are looked for in an index that only holds them too, as long as the table is taken for empty: the planner
/// sees two indexes of one page. autovacuum's first ANALYZE, a minute later, ends that.
const UNTIL_ANALYZE: [&str; 8] = [
    "announcements_notices.sql: ->  Index Scan using notices_created on notices n",
    "announcements_returns.sql: ->  Index Scan using connects_entries_account on connects_entries r",
    "announcements_returns.sql: ->  Index Scan using connects_entries_account on connects_entries c",
    "announcements_returns.sql: ->  Index Scan using jobs_client on jobs j",
    "announcements_write.sql: ->  Index Scan using notices_created on notices n",
    "facts_read.sql: ->  Index Scan using jobs_client on jobs j",
    "reach_lock.sql: ->  Index Scan using proposals_job_newest on proposals p_2",
    "scope_proposals.sql: ->  Index Scan using proposals_job_newest on proposals p_2",
];

/// What was vacuumed while it was empty is taken for empty until the next ANALYZE: then every plan costs nothing, and
/// one that reads all of an index stays in force while the table grows.
#[tokio::test]
async fn no_table_is_read_whole_because_it_was_empty_when_it_was_vacuumed() {
    let bench = Bench::postgres().await;
    let store = bench.migrated().await;
    let mut conn = PgConnection::connect(&bench.url()).await.expect("connected");
    sqlx::raw_sql("vacuum analyze").execute(&mut conn).await.expect("vacuumed");
    let leading = leading_columns(&mut conn).await;
    let mut bad = Vec::new();
    for (name, path) in hot() {
        let plan = plan(&mut conn, &name, &statement(&path)).await;
        bad.extend(whole(&plan, &leading).into_iter().map(|line| format!("{name}: {}", line.trim())));
    }
    bad.retain(|line| !UNTIL_ANALYZE.contains(&line.as_str()));
    assert_eq!(bad, Vec::<String>::new());
    store.close().await;
}

/// Intake and outbox have connections of their own, and both kinds together are no more than there may be.
#[tokio::test]
async fn work_and_questions_share_the_connections() {
    let bench = Bench::postgres().await;
    for (most, work, questions) in [(2, 1, 1), (4, 3, 1), (10, 7, 3)] {
        let store = bench.connected(most, false).await.expect("a store");
        let pools = store.pools().map(|pool| (pool.name, pool.max));
        assert_eq!(pools, [("work", work), ("questions", questions)]);
        store.close().await;
    }
}
