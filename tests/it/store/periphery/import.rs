//! Facts and entries in.

use std::sync::Arc;

use makegood::event::{AccountId, EntryId, PersonId, ProposalId};
use makegood::store::{ImportBatch, ImportCounts, ImportEntry, StoreError};
use time::Duration;

use super::{Bench, START, account, entry, on_both, person, refund, small_world};

on_both!(
    the_same_again_changes_nothing,
    what_differs_is_counted,
    a_row_may_stand_twice,
    an_entry_never_changes,
    a_refund_gives_back_a_whole_charge_once,
    a_balance_has_an_account_and_never_falls_below_nothing,
    a_row_that_makes_no_sense_is_named,
    a_nul_is_refused_with_one_message,
    hostile_text_comes_back_as_it_was,
    ten_thousand_rows_at_once,
    imports_at_once_agree,
);

const WHOLE_WORLD: ImportCounts =
    ImportCounts { clients: 1, people: 1, accounts: 1, jobs: 1, proposals: 1, entries: 2, unchanged: 0 };
const NOTHING_NEW: ImportCounts =
    ImportCounts { clients: 0, people: 0, accounts: 0, jobs: 0, proposals: 0, entries: 0, unchanged: 7 };

async fn balance(bench: &Bench, account: &str) -> i64 {
    bench.number(&format!("select balance from accounts where account_id = '{account}'")).await
}

/// The import is refused with a message that holds all of `words`, and leaves nothing behind.
async fn refused(bench: &Bench, batch: &ImportBatch, words: &[&str]) {
    let rows = "select (select count(*) from people) + (select count(*) from connects_entries) + \
                (select cast(coalesce(sum(balance), 0) as bigint) from accounts)";
    let before = bench.number(rows).await;
    match bench.store.import(batch).await {
        Err(StoreError::Rows(text)) => {
            for word in words {
                assert!(text.contains(word), "{word:?} is missing in: {text}");
            }
        }
        other => panic!("{words:?} was expected: {other:?}"),
    }
    assert_eq!(bench.number(rows).await, before, "something was written: {words:?}");
}

async fn the_same_again_changes_nothing(bench: Bench) {
    let mut batch = small_world();
    // Finer than the databases keep: still the same when it comes again.
    batch.entries[0].created_at = START - Duration::days(365 * 40) + Duration::nanoseconds(1_999);
    batch.jobs[0].state_since = START + Duration::nanoseconds(999);
    assert_eq!(bench.store.import(&batch).await.expect("imported"), WHOLE_WORLD);
    assert_eq!(bench.store.import(&batch).await.expect("imported"), NOTHING_NEW);
    assert_eq!(balance(&bench, "a1").await, 94);
    assert_eq!(bench.store.import(&ImportBatch::default()).await.expect("imported"), ImportCounts::default());
    assert!(bench.store.agreement().await.expect("read").holds());
}

async fn what_differs_is_counted(bench: Bench) {
    let mut batch = small_world();
    bench.store.import(&batch).await.expect("imported");
    batch.clients[0].suspended = true;
    batch.people[0].email = None;
    batch.accounts[0].manager_id = Some(PersonId::parse("max").expect("an id"));
    batch.jobs[0].hired_at = Some(START);
    batch.proposals[0].state = "declined".into();
    batch.proposals[0].declined_by = Some("system".into());
    let counts = bench.store.import(&batch).await.expect("imported");
    assert_eq!(counts, ImportCounts { entries: 0, unchanged: 2, ..WHOLE_WORLD });
    assert_eq!(balance(&bench, "a1").await, 94, "an account that is loaded again keeps its balance");
    assert_eq!(bench.number("select count(*) from people where email is null").await, 1);
    assert_eq!(bench.store.import(&batch).await.expect("imported"), NOTHING_NEW);
}

async fn a_row_may_stand_twice(bench: Bench) {
    let mut batch = small_world();
    batch.people.push(person("ana", "Ana Maria", "ana@example.com"));
    batch.entries.push(batch.entries[0].clone());
    let counts = bench.store.import(&batch).await.expect("imported");
    assert_eq!(counts, ImportCounts { unchanged: 2, ..WHOLE_WORLD });
    assert_eq!(bench.text("select name from people").await.as_deref(), Some("Ana Maria"), "the last stands");
    let mut other = batch.entries[0].clone();
    other.amount = -7;
    batch.entries = vec![batch.entries[0].clone(), other];
    refused(&bench, &batch, &["entry fee1", "twice", "amount"]).await;
}

async fn an_entry_never_changes(bench: Bench) {
    bench.store.import(&small_world()).await.expect("imported");
    let change = |change: fn(&mut ImportEntry)| {
        let mut batch = small_world();
        batch.people.push(person("new", "New", "new@example.com"));
        batch.entries.push(entry("new", "a1", "grant", 5));
        change(&mut batch.entries[0]);
        batch
    };
    refused(&bench, &change(|row| row.amount = -5), &["entry fee1", "append-only", ": amount"]).await;
    refused(&bench, &change(|row| row.kind = "boost".into()), &["entry fee1", ": kind"]).await;
    refused(&bench, &change(|row| row.proposal_id = None), &["entry fee1", ": proposal_id"]).await;
    refused(&bench, &change(|row| row.expires_at = Some(START)), &["entry fee1", ": expires_at"]).await;
    let moved = change(|row| row.account_id = AccountId::parse("a2").expect("an id"));
    refused(&bench, &moved, &["entry fee1", ": account_id"]).await;
}

async fn a_refund_gives_back_a_whole_charge_once(bench: Bench) {
    let mut world = small_world();
    world.accounts.push(account("a2"));
    bench.store.import(&world).await.expect("imported");
    let with = |entries: Vec<ImportEntry>| ImportBatch { entries, ..ImportBatch::default() };
    let for_pr1 = |row: ImportEntry| ImportEntry { proposal_id: ProposalId::parse("pr1").ok(), ..row };
    let good = for_pr1(refund("back1", "a1", 6, "fee1"));

    let part = for_pr1(refund("back1", "a1", 5, "fee1"));
    refused(&bench, &with(vec![part]), &["entry back1", "gives back 5 of fee1, which took 6"]).await;
    refused(&bench, &with(vec![refund("back1", "a1", 6, "no")]), &["entry back1", "no, which is not in the ledger"])
        .await;
    refused(&bench, &with(vec![refund("back1", "a1", 100, "grant1")]), &["back1", "grant1, which is no charge"]).await;
    let other = for_pr1(refund("back1", "a2", 6, "fee1"));
    refused(&bench, &with(vec![other]), &["back1", "fee1, whose account or proposal is another"]).await;
    refused(&bench, &with(vec![refund("back1", "a1", 6, "fee1")]), &["fee1, whose account or proposal"]).await;
    let second = for_pr1(refund("back2", "a1", 6, "fee1"));
    refused(&bench, &with(vec![good.clone(), second.clone()]), &["back2", "fee1, which back1 gives back already"])
        .await;

    assert_eq!(bench.store.import(&with(vec![good.clone()])).await.expect("imported").entries, 1);
    assert_eq!(balance(&bench, "a1").await, 100);
    refused(&bench, &with(vec![second]), &["back2", "fee1, which back1 gives back already"]).await;
    let counts = bench.store.import(&with(vec![good])).await.expect("imported");
    assert_eq!((counts.entries, counts.unchanged), (0, 1));

    // A charge and its refund may come together, in any order, and a part may come back without naming the charge.
    let together =
        vec![refund("a-back", "a1", 3, "boost9"), entry("boost9", "a1", "boost", -3), entry("part", "a1", "refund", 1)];
    assert_eq!(bench.store.import(&with(together)).await.expect("imported").entries, 3);
    assert_eq!(balance(&bench, "a1").await, 101);
}

async fn a_balance_has_an_account_and_never_falls_below_nothing(bench: Bench) {
    let mut batch = small_world();
    batch.entries.push(entry("lost", "nowhere", "grant", 5));
    refused(&bench, &batch, &["entry lost", "account nowhere is unknown"]).await;
    let mut batch = small_world();
    batch.entries.push(entry("fee2", "a1", "fee", -95));
    refused(&bench, &batch, &["account a1", "would become -1"]).await;
    let mut batch = small_world();
    batch.entries.push(entry("much", "a1", "grant", i64::MAX));
    refused(&bench, &batch, &["account a1", "too large"]).await;
    bench.store.import(&small_world()).await.expect("imported");
    let batch = ImportBatch { entries: vec![entry("much", "a1", "grant", i64::MAX)], ..ImportBatch::default() };
    refused(&bench, &batch, &["account a1", "too large"]).await;
}

async fn a_row_that_makes_no_sense_is_named(bench: Bench) {
    let broken = |change: fn(&mut ImportBatch)| {
        let mut batch = small_world();
        change(&mut batch);
        batch
    };
    let kind = broken(|batch| batch.accounts[0].kind = "ana@example.com".into());
    refused(&bench, &kind, &["account a1: kind is none of freelancer, agency"]).await;
    refused(&bench, &broken(|batch| batch.jobs[0].state = "gone".into()), &["job j1: state is none of open"]).await;
    refused(&bench, &broken(|batch| batch.proposals[0].state = String::new()), &["proposal pr1: state is none of"])
        .await;
    let decliner = broken(|batch| batch.proposals[0].declined_by = Some("client".into()));
    refused(&bench, &decliner, &["proposal pr1: declined_by is set"]).await;
    refused(&bench, &broken(|batch| batch.entries[0].kind = "return".into()), &["entry fee1", "only makegood"]).await;
    refused(&bench, &broken(|batch| batch.entries[0].kind = "gift".into()), &["entry fee1: kind is none of"]).await;
    for amount in [0, 6] {
        let mut batch = small_world();
        batch.entries[0].amount = amount;
        refused(&bench, &batch, &["entry fee1", "must be negative"]).await;
    }
    refused(&bench, &broken(|batch| batch.entries[1].amount = 0), &["entry grant1", "must be positive"]).await;
    let reverses = broken(|batch| batch.entries[0].reverses = EntryId::parse("grant1").ok());
    refused(&bench, &reverses, &["entry fee1", "only a refund"]).await;
}

async fn a_nul_is_refused_with_one_message(bench: Bench) {
    let mut batch = small_world();
    batch.people[0].name = Some("A\0na".into());
    refused(&bench, &batch, &["person ana: name holds a NUL character, which PostgreSQL cannot store: remove it"])
        .await;
    let mut batch = small_world();
    batch.jobs[0].title = "\0".into();
    refused(&bench, &batch, &["job j1: title holds a NUL character"]).await;
}

async fn hostile_text_comes_back_as_it_was(bench: Bench) {
    let names = [
        "Robert'); drop table people; --",
        "\"; ' \\ \\u0000 $1 {} {{x}} \r\n\t",
        "[1, null]",
        "null",
        "\u{202e}\u{feff}Zo\u{308}e \u{1f469}\u{200d}\u{1f4bb} \u{1}",
        "",
    ];
    let people = names.iter().zip(1..).map(|(name, number)| person(&format!("p{number}"), name, name));
    let batch = ImportBatch { people: people.collect(), ..ImportBatch::default() };
    bench.store.import(&batch).await.expect("imported");
    for (name, number) in names.iter().zip(1..) {
        let kept = bench.text(&format!("select name from people where person_id = 'p{number}' and name = email")).await;
        assert_eq!(kept.as_deref(), Some(*name));
    }
    let again = bench.store.import(&batch).await.expect("imported");
    assert_eq!((again.people, again.unchanged), (0, names.len() as u64));
}

async fn ten_thousand_rows_at_once(bench: Bench) {
    let mut batch = ImportBatch::default();
    for number in 0..2_500 {
        let (id, charge) = (format!("a{number}"), format!("fee{number}"));
        batch.people.push(person(&format!("p{number}"), "Some One", &format!("p{number}@example.com")));
        batch.accounts.push(account(&id));
        batch.entries.push(entry(&charge, &id, "fee", -6));
        batch.entries.push(entry(&format!("grant{number}"), &id, "grant", 10));
        if number % 2 == 0 {
            batch.entries.push(refund(&format!("back{number}"), &id, 6, &charge));
        }
    }
    let counts = bench.store.import(&batch).await.expect("imported");
    assert_eq!((counts.people, counts.accounts, counts.entries, counts.unchanged), (2_500, 2_500, 6_250, 0));
    assert_eq!(bench.number("select cast(sum(balance) as bigint) from accounts").await, 2_500 * 4 + 1_250 * 6);
    let agreement = bench.store.agreement().await.expect("read");
    assert!(agreement.holds());
    assert_eq!((agreement.accounts, agreement.entries), (2_500, 6_250));
    assert_eq!(bench.store.import(&batch).await.expect("imported").unchanged, 11_250);
}

async fn imports_at_once_agree(bench: Bench) {
    let bench = Arc::new(bench);
    bench.store.import(&small_world()).await.expect("imported");
    let mut forth = ImportBatch::default();
    for number in 0..40 {
        forth.accounts.push(account(&format!("b{number}")));
        forth.entries.push(entry(&format!("g{number}"), &format!("b{}", 39 - number), "grant", 1));
        forth.entries.push(entry(&format!("h{number}"), "a1", "grant", 1));
    }
    let mut back = forth.clone();
    back.accounts.reverse();
    back.entries.reverse();
    let imports = [forth.clone(), back.clone(), forth, back].map(|batch| {
        let bench = Arc::clone(&bench);
        tokio::spawn(async move { bench.store.import(&batch).await.expect("no deadlock, no clash").entries })
    });
    let mut written = 0;
    for import in imports {
        written += import.await.expect("it ends");
    }
    assert_eq!(written, 80, "each entry once");
    assert_eq!(balance(&bench, "a1").await, 94 + 40);
    assert!(bench.store.agreement().await.expect("read").holds());
}
