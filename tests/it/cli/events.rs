//! `makegood events list`: what waits, what fans out, what was given up.

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
