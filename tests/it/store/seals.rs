//! Seals over the ledger: what is changed behind one is found and named, and nothing else is.

use makegood::policy::Facts;
use makegood::store::{AuditCase, AuditCheck, AuditKey, AuditRule, Canary, Gap, Seal, SealStep, Store};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

use super::bench::{Bench, NOON, noon};
use super::files::{files, statement};

/// Pages so small that a walk goes over many.
const RULE: AuditRule = AuditRule {
    now: time::macros::datetime!(2026-03-01 12:00 UTC),
    lag: time::Duration::ZERO,
    page: 3,
    announces: false,
};

fn nobody(_: &AuditCase<'_>, _: &mut Facts) -> Option<Gap> {
    None
}

/// Seals until there is no more to seal.
async fn seal(store: &dyn Store) -> Vec<Seal> {
    let mut seals = Vec::new();
    while let SealStep::Sealed(seal) = store.seal_next(noon(0)).await.expect("sealed") {
        seals.push(seal);
    }
    seals
}

/// A walk over all seals: what differs, and how many entries it read.
async fn walk(store: &dyn Store) -> (Vec<Gap>, u64) {
    let (mut gaps, mut examined, mut after) = (Vec::new(), 0, Some(AuditKey::start()));
    while let Some(key) = after {
        let page = store.audit_page(AuditCheck::Seals, &key, &RULE, &nobody).await.expect("a page");
        gaps.extend(page.gaps);
        examined += page.examined;
        after = page.next;
    }
    assert!(gaps.iter().all(|gap| (gap.code.as_str(), gap.kind.as_str()) == ("ledger_changed", "seal")), "{gaps:?}");
    (gaps, examined)
}

/// Each seal that does not agree, with what differs.
async fn found(store: &dyn Store) -> Vec<(String, Value)> {
    walk(store).await.0.into_iter().map(|gap| (gap.subject, gap.details["differs"].clone())).collect()
}

fn named(seal: &str, differs: &[&str]) -> (String, Value) {
    (seal.to_owned(), json!(differs))
}

/// So many grants of one Connect, ids from `from` on.
async fn grants(bench: &Bench, from: u32, to: u32) {
    let at = bench.moment(0);
    bench
        .run(&format!(
            "insert into connects_entries (entry_id, account_id, kind, amount, created_at)
             with recursive n (i) as (select {from} union all select i + 1 from n where i < {to})
             select 'g' || i, 'a', 'grant', 1, {at} from n"
        ))
        .await;
}

/// Runs SQL as somebody who may switch triggers off.
async fn behind(bench: &Bench, table: &str, sql: &str) {
    if !bench.is_sqlite() {
        bench
            .run(&format!("alter table {table} disable trigger user; {sql}; alter table {table} enable trigger user"))
            .await;
        return;
    }
    let guards =
        format!("select sql from sqlite_master where type = 'trigger' and tbl_name = '{table}' and sql is not null");
    let guards = bench.texts(&guards).await.replace("|CREATE", ";CREATE");
    bench.run(&format!("drop trigger {table}_no_update; drop trigger {table}_no_delete; {sql}; {guards};")).await;
}

pub async fn the_digest_can_be_made_by_hand(bench: Bench) {
    if !bench.is_sqlite() {
        bench
            .run(
                "do $$ begin
                     execute format('alter database %I set timezone to ''Asia/Tokyo''', current_database());
                     execute format('alter database %I set default_transaction_isolation to ''repeatable read''', current_database());
                 end $$",
            )
            .await;
    }
    let store = bench.migrated().await;
    bench.small_market().await;
    let seals = seal(&*store).await;
    let (granted, charged) = ((NOON - 7200) * 1_000_000, (NOON - 1800) * 1_000_000);
    let text = format!(
        "[\"\",1,1,2]\n[1,\"grant-a\",\"a\",null,\"grant\",100,null,null,null,{granted},null]\n\
         [2,\"fee-p\",\"a\",\"p\",\"fee\",-6,null,null,null,{charged},null]\n"
    );
    let digest: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    let first = Seal { no: 1, from: 1, to: 2, entries: 2, sum: 94, digest: digest.clone(), sealed_at: noon(0) };
    assert_eq!(seals, std::slice::from_ref(&first));
    assert_eq!(store.seal(1).await.expect("read"), Some(first));
    assert_eq!(store.seal(2).await.expect("read"), None);

    grants(&bench, 1, 1).await;
    let next = seal(&*store).await.pop().expect("a seal");
    let text =
        format!("[\"{digest}\",2,3,3]\n[3,\"g1\",\"a\",null,\"grant\",1,null,null,null,{},null]\n", NOON * 1_000_000);
    assert_eq!(next.digest, Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    assert_eq!(walk(&*store).await, (Vec::new(), 3));
    assert_eq!(seal(&*store).await, []);
}

pub async fn what_is_changed_behind_a_seal_is_named(bench: Bench) {
    let store = bench.migrated().await;
    grants(&bench, 1, 10_000).await;
    assert_eq!(seal(&*store).await.len(), 10);
    assert_eq!(walk(&*store).await, (Vec::new(), 10_000));
    assert_eq!(store.audit_canary(&RULE).await.expect("looked"), Canary::Found);

    let overriding = if bench.is_sqlite() { "" } else { "overriding system value" };
    let put_in = format!(
        "insert into connects_entries (entry_no, entry_id, account_id, kind, amount, created_at) {overriding}
         values (0, 'slipped in', 'a', 'grant', 500, {})",
        bench.moment(0)
    );
    for sql in [
        "update connects_entries set amount = 2 where entry_no = 2500",
        "delete from connects_entries where entry_no = 4500",
        "update connects_entries set account_id = 'b' where entry_no = 7000",
        &put_in,
    ] {
        behind(&bench, "connects_entries", sql).await;
    }
    let all = ["count", "sum", "digest"];
    assert_eq!(
        found(&*store).await,
        [named("1", &all), named("3", &all[1..]), named("5", &all), named("7", &all[2..])]
    );
    let gap = walk(&*store).await.0.remove(2);
    let details = &gap.details;
    assert_eq!((&details["from"], &details["to"]), (&json!(4001), &json!(5000)), "{details}");
    assert_eq!((&details["entries"], &details["found_entries"]), (&json!(1000), &json!(999)), "{details}");

    // What is as it was again is found no more.
    behind(&bench, "connects_entries", "update connects_entries set amount = 1 where entry_no = 2500").await;
    let subjects = ["1", "3", "5", "7"].map(str::to_owned);
    let again = store.audit_again(AuditCheck::Seals, &subjects, &RULE, &nobody).await.expect("looked");
    assert_eq!(again.into_iter().map(|gap| gap.subject).collect::<Vec<_>>(), ["1", "5", "7"]);
}

pub async fn a_seal_that_is_altered_or_taken_out_is_named(bench: Bench) {
    let store = bench.migrated().await;
    for no in 1..=4 {
        grants(&bench, no, no).await;
        assert_eq!(seal(&*store).await.len(), 1);
    }
    for sql in ["update ledger_seals set entries = 7", "delete from ledger_seals"] {
        bench.try_run(sql).await.expect_err(sql);
    }
    let digest = bench.texts("select digest from ledger_seals where seal_no = 2").await;
    let forge = |digest: &str| format!("update ledger_seals set digest = '{digest}' where seal_no = 2");
    behind(&bench, "ledger_seals", &forge(&"0".repeat(64))).await;
    assert_eq!(found(&*store).await, [named("2", &["digest"]), named("3", &["digest"])]);
    behind(&bench, "ledger_seals", &forge(&digest)).await;
    assert_eq!(found(&*store).await, []);

    behind(&bench, "ledger_seals", "delete from ledger_seals where seal_no = 4").await;
    assert_eq!(found(&*store).await, [named("4", &["missing"])]);
    behind(&bench, "ledger_seals", "delete from ledger_seals where seal_no = 2").await;
    assert_eq!(found(&*store).await, [named("4", &["missing"]), named("2", &["missing"])]);
    let again = store.audit_again(AuditCheck::Seals, &["2".to_owned(), "4".to_owned()], &RULE, &nobody).await;
    assert_eq!(again.expect("looked").len(), 2);
}

pub async fn two_who_seal_at_once_make_one_chain(bench: Bench) {
    let (one, two) = (bench.migrated().await, bench.open().await);
    for part in 0..5 {
        grants(&bench, part * 1_500 + 1, (part + 1) * 1_500).await;
        tokio::join!(seal(&*one), seal(&*two));
    }
    seal(&*one).await;
    assert_eq!(walk(&*two).await, (Vec::new(), 7_500));
    assert_eq!(bench.texts("select cast(sum(entries) as text) from ledger_seals").await, "7500");
}

#[tokio::test]
async fn a_late_commit_is_neither_lost_nor_an_alarm() {
    let bench = Bench::postgres().await;
    let store = bench.migrated().await;
    let (mut slow, mut later) = (
        PgConnection::connect(&bench.url()).await.expect("one"),
        PgConnection::connect(&bench.url()).await.expect("two"),
    );
    let entry = |id: &str| {
        AssertSqlSafe(format!(
            "insert into connects_entries (entry_id, account_id, kind, amount, created_at) values ('{id}', 'a', 'grant', 1, now())"
        ))
    };
    // Number 1 is taken and not committed; 2 is there for all to see.
    slow.execute("begin").await.expect("begun");
    slow.execute(entry("slow")).await.expect("written");
    grants(&bench, 2, 2).await;
    assert_eq!(store.seal_next(noon(0)).await.expect("looked"), SealStep::Waiting);
    assert_eq!(store.seal_next(noon(0)).await.expect("looked"), SealStep::Waiting);
    // Who writes later holds up nothing.
    later.execute("begin").await.expect("begun");
    later.execute(entry("later")).await.expect("written");
    slow.execute("commit").await.expect("committed");
    let SealStep::Sealed(first) = store.seal_next(noon(0)).await.expect("sealed") else { panic!("nothing sealed") };
    assert_eq!((first.from, first.to, first.entries), (1, 2, 2));
    // A number that was rolled back is no gap.
    later.execute("rollback").await.expect("rolled back");
    grants(&bench, 4, 4).await;
    let seals = seal(&*store).await;
    assert_eq!(seals.iter().map(|seal| (seal.from, seal.to, seal.entries)).collect::<Vec<_>>(), [(3, 4, 1)]);
    assert_eq!(walk(&*store).await, (Vec::new(), 3));
}

/// The text of a statement with these numbers for its parameters.
fn filled(database: &str, name: &str, numbers: &[i64]) -> String {
    let (_, path) = files(database).into_iter().find(|(file, _)| file == &format!("{name}.sql")).expect("a file");
    let lines: Vec<String> =
        statement(&path).lines().filter(|line| !line.starts_with("--")).map(str::to_owned).collect();
    let parameters = numbers.iter().enumerate();
    parameters.fold(lines.join("\n"), |sql, (at, number)| sql.replace(&format!("${}", at + 1), &number.to_string()))
}

const LOOKS: [(&str, &[i64]); 3] =
    [("seal_entries", &[4_000, 5_000, 1_001]), ("seals_from", &[7, 64]), ("seals_newest", &[2])];

#[tokio::test]
async fn postgres_looks_by_index() {
    let bench = Bench::postgres().await;
    let store = bench.migrated().await;
    grants(&bench, 1, 10_000).await;
    seal(&*store).await;
    bench.run("analyze connects_entries").await;
    for (name, numbers) in LOOKS {
        // As every look begins.
        let plan = format!("set enable_seqscan = off; explain {}", filled("postgres", name, numbers));
        let (settings, explain) = plan.split_once("; ").expect("two");
        let mut conn = PgConnection::connect(&bench.url()).await.expect("connected");
        conn.execute(AssertSqlSafe(settings.to_owned())).await.expect("set");
        let lines: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(explain.to_owned())).fetch_all(&mut conn).await.expect("a plan");
        let plan = lines.join("\n");
        assert!(plan.contains("Index Scan") && !plan.contains("Sort") && !plan.contains("Filter"), "{name}: {plan}");
    }
}

#[tokio::test]
async fn sqlite_looks_by_index() {
    let bench = Bench::sqlite().await;
    bench.migrated().await;
    let mut conn = SqliteConnection::connect(&bench.url()).await.expect("connected");
    for (name, numbers) in LOOKS {
        let explain = format!("explain query plan {}", filled("sqlite", name, numbers));
        let rows: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(AssertSqlSafe(explain)).fetch_all(&mut conn).await.expect("a plan");
        let plan: Vec<String> = rows.into_iter().map(|row| row.3).collect();
        let by_key = plan.iter().all(|line| line.contains("INTEGER PRIMARY KEY") || name == "seals_newest");
        assert!(by_key && !plan.join(" ").contains("B-TREE"), "{name}: {plan:?}");
    }
}
