//! `makegood people`: what is held about a person, and its erasure, as an operator types it.

use super::dlq::{Bench, canceled};

#[test]
fn a_person_is_shown_and_erased() {
    for bench in Bench::each() {
        bench.process(&[canceled("evt-1", "job-logo")]);
        let run = |arguments: &[&str]| bench.desk.run(arguments);
        let shown = run(&["people", "show", "amara"]).done();
        for words in ["person amara", "a…@freelancers.example", "notices       1"] {
            assert!(shown.contains(words), "no {words} in\n{shown}");
        }
        assert!(run(&["people", "show", "amara", "--show-address"]).done().contains("amara@freelancers.example"));
        let held = run(&["people", "show", "amara", "--json"]).json(0);
        assert_eq!(held["facts"]["email"], "amara@freelancers.example");
        let kinds: Vec<_> = held["held"].as_array().expect("kinds").iter().map(|kind| &kind["kind"]).collect();
        assert_eq!(kinds.len(), 8, "{kinds:?}");
        run(&["people", "show", "nobody"]).failed(1, &["nothing is held about nobody"]);

        run(&["people", "erase", "amara"]).failed(2, &["--reason"]);
        run(&["people", "erase", "amara", "--reason", "ticket 7"]).failed(1, &["--yes"]);
        let named = ["people", "erase", "amara", "--yes", "--reason", "amara@freelancers.example asked"];
        run(&named).failed(1, &["name a ticket"]);
        run(&["people", "erase", "nobody", "--yes", "--reason", "ticket 7"]).failed(1, &["nothing is held"]);
        let dry = run(&["people", "erase", "amara", "--dry-run", "--json", "--reason", "ticket 7"]).json(0);
        let ran = run(&["people", "erase", "amara", "--yes", "--reason", "ticket 7"]);
        assert!(ran.stdout.contains("notices without words now") && ran.stderr.contains("erased"), "{ran:?}");
        assert_eq!((&dry["erased"]["facts"], &dry["erased"]["unsent"]), (&true.into(), &1.into()), "{dry}");

        let after = run(&["people", "show", "amara", "--json"]).json(0);
        assert!(after["facts"]["email"].is_null() && after["facts"]["erased_at"].is_string(), "{after}");
        let notice = run(&["notices", "list", "--person", "amara", "--json"]).json(0)["notices"][0].clone();
        assert_eq!((&notice["state"], &notice["code"]), (&"undeliverable".into(), &"erased".into()));
        let id = notice["id"].as_str().expect("an id");
        let shown = run(&["notices", "show", id]);
        assert!(shown.stdout.contains("gone at its person's request"), "{}", shown.stdout);
        assert!(shown.stderr.contains("nothing can be done"), "{}", shown.stderr);
        run(&["notices", "show", id, "--part", "text"]).failed(1, &["was erased"]);
        run(&["notices", "resend", id, "--reason", "again"]).ended(3);
        bench.desk.run(&["import", "market.ndjson"]).done();
        assert!(run(&["people", "show", "amara", "--json"]).json(0)["facts"]["email"].is_null(), "not taken in");

        run(&["people", "readmit", "amara", "--reason", "signed up again"]).done();
        assert_eq!(run(&["people", "readmit", "amara", "--reason", "twice", "--json"]).json(3)["readmitted"], false);
        bench.desk.run(&["import", "market.ndjson"]).done();
        assert_eq!(run(&["people", "show", "amara", "--json"]).json(0)["facts"]["email"], "amara@freelancers.example");
        let log = run(&["dlq", "log", "--json"]).ended(0);
        assert!(log.contains("people.erase") && log.contains("people.readmit") && !log.contains('@'), "{log}");
    }
}

#[test]
fn a_dead_letter_that_was_erased_says_so() {
    let bench = Bench::sqlite();
    let body = r#"{"note":"amara@freelancers.example"}"#;
    bench.desk.feed(&["process", "-"], body).ended(3);
    bench.desk.run(&["people", "erase", "amara", "--yes", "--reason", "ticket 7"]).done();
    let shown = bench.dlq(&["show", "1"]);
    assert!(shown.stdout.contains("gone at their request") && shown.stdout.contains("[erased]"), "{}", shown.stdout);
    assert!(!shown.stdout.contains("amara@"), "{}", shown.stdout);
    assert!(shown.stderr.contains("was erased"), "{}", shown.stderr);
}
