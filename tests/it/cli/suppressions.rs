//! `makegood suppressions`: what an operator types, on SQLite and on PostgreSQL.

use super::Desk;
use super::dlq::Bench;
use serde_json::json;

fn run(bench: &Bench, arguments: &[&str]) -> super::Ran {
    bench.desk.run(&[&["suppressions"][..], arguments].concat())
}

#[test]
fn addresses_go_onto_the_list_and_off_it() {
    for bench in Bench::each() {
        assert!(run(&bench, &["list"]).stderr.contains("no address that matches is suppressed"));
        bench.desk.write("spam.txt", "Ana.Berg@Example.com\n\nben@example.com\n  ana.berg@example.com\n");
        let add = ["add", "--from", "spam.txt", "--reason", "asked by letter"];
        assert_eq!(
            run(&bench, &[&add[..], &["--dry-run"]].concat()).done(),
            "2 entries would be added; nothing was changed\n"
        );
        assert_eq!(run(&bench, &add).done(), "2 entries added\n");
        let again = run(&bench, &[&add[..], &["--json"]].concat()).json(0);
        assert_eq!(again, json!({"numbers": [], "already": 2, "dry_run": false}));
        let table = run(&bench, &["list"]).done();
        assert!(table.contains("a…@example.com") && table.contains("operator"), "{table}");
        assert!(!table.contains("ana.berg"), "{table}");
        let listed = run(&bench, &["list", "--json", "--show-addresses", "--limit", "1"]).json(0);
        assert_eq!(listed["entries"][0]["address"], "ben@example.com");
        let older = run(&bench, &["list", "--json", "--before", &listed["next"].to_string()]).json(0);
        assert_eq!((&older["entries"][0]["address"], &older["next"]), (&json!("a…@example.com"), &json!(null)));

        let number = older["entries"][0]["no"].to_string();
        let release = ["release", &number, "--reason", "they asked again"];
        assert_eq!(
            run(&bench, &[&release[..], &["--dry-run"]].concat()).done(),
            "1 entry would be released; nothing was changed\n"
        );
        assert_eq!(run(&bench, &release).done(), "1 entry released\n");
        let late = run(&bench, &release);
        assert!(late.stderr.contains(&format!("there is no entry {number}")), "{}", late.stderr);
        assert_eq!(late.ended(3), "0 entries released\n");
        let from_stdin = ["suppressions", "release", "--from", "-", "--reason", "x"];
        let ran = bench.desk.feed(&from_stdin, "ben@example.com\nzoe@example.com\n");
        assert!(ran.stderr.contains("1 of the addresses were not on the list"), "{}", ran.stderr);
        assert_eq!(ran.ended(3), "1 entry released\n");
        let log: Vec<_> = bench.log().into_iter().map(|(action, entries, _)| (action, entries)).collect();
        let expected = [("add", 2), ("add", 0), ("release", 1), ("release", 0), ("release", 1)];
        assert_eq!(log, expected.map(|(action, entries)| (format!("suppressions.{action}"), entries)));
    }
}

#[test]
fn a_term_ends_and_what_is_over_can_be_swept() {
    for bench in Bench::each() {
        bench.desk.write("gone.txt", "ana@example.com\n");
        run(&bench, &["add", "--from", "gone.txt", "--for", "1us", "--reason", "x"]).done();
        assert!(run(&bench, &["list"]).stderr.contains("no address"));
        let over = run(&bench, &["list", "--expired", "--json"]).json(0);
        assert_eq!(over["entries"].as_array().map(Vec::len), Some(1));
        let swept = run(&bench, &["release", "--expired", "--reason", "tidy", "--json"]).json(0);
        assert_eq!((&swept["released"][0]["address"], &swept["held_back"]), (&json!("a…@example.com"), &json!([])));
    }
}

#[test]
fn a_released_address_says_whose_notices_were_held_back() {
    for bench in Bench::each() {
        let person = bench.desk.run(&["suppressions", "list", "--person", "amara", "--json"]).json(0);
        assert_eq!(person["entries"], json!([]));
        bench.desk.write("amara.txt", "amara@freelancers.example\n");
        run(&bench, &["add", "--from", "amara.txt", "--reason", "x"]).done();
        let listed = run(&bench, &["list", "--person", "amara", "--json"]).json(0);
        let number = listed["entries"][0]["no"].to_string();
        bench.desk.write("events.ndjson", super::EVENTS);
        bench.desk.run(&["process", "events.ndjson"]);
        let held = "select count(*) from notices where state = 'suppressed' and person_id = 'amara'";
        let held = bench.scalar(held);
        assert!(held > 0, "her notices are held back");
        let released = run(&bench, &["release", &number, "--reason", "she asked"]);
        let words = "to amara held back: makegood notices resend --state suppressed --person amara";
        assert!(released.stderr.contains(words), "{}", released.stderr);
        assert_eq!(released.done(), "1 entry released\n");
    }
}

#[test]
fn what_is_no_address_is_named_by_its_line_alone() {
    let bench = Bench::sqlite();
    bench.desk.write("mixed.txt", "ana@example.com\nben(at)example.com\n\nc@@example.com\n");
    let ran = run(&bench, &["add", "--from", "mixed.txt", "--reason", "x"]);
    assert!(!ran.stderr.contains("ben") && !ran.stderr.contains("c@@"), "{}", ran.stderr);
    ran.failed(1, &["mixed.txt:2", "mixed.txt:4", "2 lines hold no address; nothing was changed"]);
    assert_eq!(bench.scalar("select count(*) from suppressions"), 0);
    bench.desk.write("many.txt", "ana@example.com\n".repeat(10_001));
    run(&bench, &["add", "--from", "many.txt", "--reason", "x"]).failed(1, &["at most 10000 addresses at once"]);
    run(&bench, &["release", "--reason", "x"]).failed(2, &["<NO|--from <FILE>|--expired>"]);
    run(&bench, &["list", "--cause", "weather"]).failed(2, &["bad-mailbox, complaint or operator"]);
    let nobody = Desk::new();
    nobody.run(&["suppressions", "release", "1", "--reason", "x"]).failed(1, &["--operator NAME"]);
}
