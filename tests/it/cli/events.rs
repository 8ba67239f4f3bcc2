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
