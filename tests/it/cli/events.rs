//! `makegood events`: what waits, fans out or was given up is listed; what was settled long ago is archived and purged.

use super::dlq::{Bench, canceled, five_kinds};

#[test]
fn events_are_listed_by_state() {
    for bench in Bench::each() {
        five_kinds(&bench);
        let waiting = format!("{}\n{}\n", canceled("w-1", "job-later"), canceled("w-2", "job-later"));
        bench.desk.feed(&["process"], waiting).done();
        let list = |arguments: &[&str]| bench.desk.run(&[&["events", "list"][..], arguments].concat());
        let table = list(&["--waiting"]).done();
        assert!(table.contains("w-1") && table.contains("job_unknown") && table.contains("in "), "{table}");
        let first = list(&["--waiting", "--json", "--limit", "1"]).json(0);
        assert_eq!(first["events"][0]["event_id"], "w-2");
        assert_eq!(first["events"][0]["attempts"], 1);
        let second = list(&["--waiting", "--json", "--before", &first["next"].to_string()]).json(0);
        assert_eq!((&second["events"][0]["event_id"], &second["next"]), (&"w-1".into(), &serde_json::Value::Null));
        assert!(list(&["--dead"]).done().contains("unknown-job"));
        assert!(list(&["--fanning-out"]).stderr.contains("no event is fanning out"));
        list(&[]).failed(2, &["--waiting|--fanning-out|--dead"]);
        list(&["--waiting", "--dead"]).failed(2, &["cannot be used with"]);
    }
}

#[test]
fn what_was_settled_long_ago_is_purged_and_stays_a_duplicate() {
    for bench in Bench::each() {
        five_kinds(&bench);
        // Sends what is due.
        bench.desk.feed(&["process"], String::new()).done();
        let purge = |arguments: &[&str]| {
            let command = ["events", "purge", "--reason", "kept for two years"];
            bench.desk.run(&[&command[..], arguments].concat())
        };
        purge(&[]).failed(2, &["--older-than"]);
        purge(&["--older-than", "1day", "--yes"]).done();
        let would = purge(&["--older-than", "0s", "--dry-run", "--json"]).json(0);
        assert!(would["events"].as_u64().is_some_and(|events| events > 0), "{would}");
        assert!(purge(&["--older-than", "0s", "--dry-run"]).done().contains("would be purged; nothing was changed"));
        purge(&["--older-than", "0s"]).failed(1, &["say --yes"]);
        let done = purge(&["--older-than", "0s", "--yes", "--json"]).json(0);
        assert_eq!((&done["events"], &done["decisions"]), (&would["events"], &would["decisions"]));
        assert_eq!(purge(&["--older-than", "0s", "--yes", "--json"]).json(0)["events"], 0);
        let log = bench.desk.run(&["dlq", "log", "--json"]).json(0);
        assert_eq!(log["entries"][0]["action"], "events.purge", "{log}");
    }
}

/// One database of each kind, with events that have nothing left to do.
fn settled() -> [Bench; 2] {
    let benches = Bench::each();
    for bench in &benches {
        five_kinds(bench);
        // Sends what is due.
        bench.desk.feed(&["process"], String::new()).done();
    }
    benches
}

#[test]
fn what_was_settled_long_ago_is_archived_and_its_month_dropped() {
    let [sqlite, bench] = settled();
    let archive = ["events", "archive", "--reason", "kept for two years", "--older-than", "0s"];
    sqlite.desk.run(&[&archive[..], &["--yes"]].concat()).failed(1, &["SQLite has no archive"]);
    let archive = |arguments: &[&str]| bench.desk.run(&[&archive[..], arguments].concat());
    archive(&[]).failed(1, &["say --yes"]);
    let would = archive(&["--dry-run"]).done();
    assert!(would.ends_with("would be archived; nothing was changed\n"), "{would}");
    let explained = || bench.desk.run(&["explain", "proposal", "p-06", "--json"]).json(0)["answer"].clone();
    let count = "select count(*) from decisions";
    let (decisions, told) = (bench.scalar(count), explained());
    let done = archive(&["--yes", "--json"]).json(0);
    assert_eq!((done["decisions"].as_i64(), bench.scalar(count)), (Some(decisions), 0));
    assert_eq!(done["months"], serde_json::json!([]));
    assert_eq!(explained(), told);
    // A month that is not over stays.
    let purge = ["events", "purge", "--reason", "kept for two years", "--older-than", "0s"];
    assert_eq!(bench.desk.run(&[&purge[..], &["--yes", "--json"]].concat()).json(0)["months"], done["months"]);
    bench.execute("select makegood_open_month('2020-02-01', now())".to_owned());
    let would = bench.desk.run(&[&purge[..], &["--dry-run"]].concat()).done();
    assert!(would.contains("and 1 month of the archive (2020-02) would be purged"), "{would}");
    let done = bench.desk.run(&[&purge[..], &["--yes", "--json"]].concat()).json(0);
    assert_eq!(done["months"], serde_json::json!(["2020-02"]));
    let log = bench.log();
    assert_eq!(log.last().map(|(action, count, _)| (action.as_str(), *count)), Some(("events.drop_month", 1)));
    assert_eq!(bench.scalar("select count(*) from all_decisions"), decisions, "of that month there was nothing");
}
