//! `dlq plan` and `dlq replay --plan`: what is said beforehand is what happens, to the letters that were frozen.

use super::{Bench, canceled, event, five_kinds, job_rows};
use serde_json::{Value, json};

/// Two letters that would be credited now, one that would fail again, one whose job is still unknown.
pub fn mixed(bench: &Bench) {
    bench.process(&[
        canceled("a", "job-a"),
        canceled("b", "job-b"),
        canceled("c", "job-c"),
        event("job-canceled", "bad", json!({"job_id": "job-a", "cause": "weather"})),
    ]);
    let rows: String = ["job-a", "job-b"].into_iter().flat_map(job_rows).map(|row| format!("{row}\n")).collect();
    bench.desk.feed(&["import", "-"], rows).done();
}

#[test]
fn a_plan_predicts_and_the_replay_does_just_that() {
    for bench in Bench::each() {
        mixed(&bench);
        let before = bench.letters(&[]);
        let planned = bench.dlq(&["plan", "--out", "plan.json"]);
        assert!(planned.stderr.contains("next: makegood dlq replay --plan plan.json --reason"), "{}", planned.stderr);
        let text = planned.done();
        for words in [
            "4 letters:",
            "2 would be applied: would credit 2 proposals = 12 Connects",
            "1 would wait: job_unknown",
            "1 would fail again: unknown_value",
            "would mail 2 notices",
        ] {
            assert!(text.contains(words), "no {words:?} in\n{text}");
        }
        assert_eq!(bench.letters(&[]), before, "a plan changes nothing");
        assert_eq!((bench.returns(), bench.log()), (0, Vec::new()));
        let plan: Value =
            serde_json::from_slice(&std::fs::read(bench.desk.path("plan.json")).expect("a plan")).expect("JSON");
        let predicted = plan["letters"].as_array().expect("letters").iter().map(|letter| &letter["predicted"]);
        let credited: Vec<&Value> = predicted.filter(|predicted| predicted["connects"] == 6).collect();
        assert_eq!((&plan["version"], credited.len()), (&json!(1), 2));
        bench.dlq(&["plan", "--out", "plan.json"]).failed(1, &["is not written over"]);

        let replayed = bench.dlq(&["replay", "--plan", "plan.json", "--reason", "as planned", "--json"]).json(3);
        assert_eq!(
            [&replayed["done"], &replayed["failed"], &replayed["credits"], &replayed["connects"]],
            [&json!(3), &json!(1), &json!(2), &json!(12)]
        );
        assert_eq!(bench.returns(), 2);
        // Again: three are settled, one fails again.
        let again = bench.dlq(&["replay", "--plan", "plan.json", "--reason", "again"]);
        assert!(again.stderr.contains("of 4 planned letters 3 were settled since and 0 are gone"), "{}", again.stderr);
        again.ended(3);
        assert_eq!(bench.returns(), 2);
    }
}

#[test]
fn a_plan_of_another_database_is_refused() {
    let benches = Bench::each();
    let plan = |bench: &Bench| std::fs::read_to_string(bench.desk.path("plan.json")).expect("a plan");
    mixed(&benches[0]);
    benches[0].dlq(&["plan", "--out", "plan.json"]).done();
    five_kinds(&benches[1]);
    benches[1].desk.write("foreign.json", plan(&benches[0]));
    let replay = |name: &str| benches[1].dlq(&["replay", "--plan", name, "--reason", "x"]);
    replay("foreign.json").failed(1, &["this plan belongs to another database"]);
    let mut own: Value = serde_json::from_str(&plan(&benches[0])).expect("JSON");
    own["version"] = json!(2);
    benches[1].desk.write("newer.json", own.to_string());
    replay("newer.json").failed(1, &["a plan of version 2", "plan again"]);
    for (name, text) in [("none.json", "{}"), ("text.json", "no plan"), ("field.json", "{\"version\": 1, \"x\": 1}")] {
        benches[1].desk.write(name, text);
        replay(name).failed(1, &[name, "is no plan"]);
    }
    replay("absent.json").failed(1, &["cannot open absent.json"]);
    assert_eq!(benches[1].returns(), 0);
}

#[test]
fn a_plan_keeps_to_its_payload_and_its_effects() {
    let bench = Bench::sqlite();
    mixed(&bench);
    let id = bench.ids(&["--code", "unknown_value"])[0].to_string();
    bench.desk.write("right.json", canceled("bad", "job-a").to_string());
    bench.desk.write("other.json", canceled("bad", "job-b").to_string());
    let text = bench.dlq(&["plan", &id, "--patch", "right.json", "--effects", "credit", "--out", "plan.json"]).done();
    assert!(text.contains("would keep back 1 notice"), "{text}");
    let replay = |more: &[&str]| bench.dlq(&[&["replay", "--plan", "plan.json", "--reason", "x"][..], more].concat());
    replay(&[]).failed(1, &["made with --patch"]);
    replay(&["--patch", "other.json"]).failed(1, &["another --patch"]);
    replay(&["--patch", "right.json", "--effects", "both"]).failed(1, &["effects credit"]);
    let replayed = replay(&["--patch", "right.json", "--json"]).json(0);
    assert_eq!(
        (&replayed["effects"], &replayed["patched"], &replayed["connects"]),
        (&json!("credit"), &json!(true), &json!(6))
    );
    bench.dlq(&["plan", "--patch", "right.json"]).failed(1, &["name one ID"]);
    bench.dlq(&["plan", "999"]).failed(1, &["there is no dead letter 999"]);
}
