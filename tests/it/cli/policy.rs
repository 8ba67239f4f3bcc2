//! `makegood policy`: the table shown, checked and tried, as an operator types it.

use super::Desk;
use super::dlq::{Bench, canceled};

const TABLE: &str = include_str!("../../../config/policy.toml");

/// The built-in table with one setting changed, under the same version.
fn changed(setting: &str, value: &str) -> String {
    let line = TABLE.lines().find(|line| line.starts_with(&format!("{setting} = "))).expect("a setting");
    TABLE.replacen(line, &format!("{setting} = {value}"), 1)
}

/// A second version behind the built-in one, from this day on.
fn successor(day: &str, setting: &str, value: &str) -> String {
    let text = changed(setting, value);
    let from = text.find("[[version]]").expect("a version");
    let id = text.lines().find(|line| line.starts_with("id = ")).expect("an id");
    let valid = text.lines().find(|line| line.starts_with("valid_from = ")).expect("a beginning");
    let next =
        text[from..].replacen(id, "id = \"next\"", 1).replacen(valid, &format!("valid_from = {day}T00:00:00Z"), 1);
    format!("{TABLE}\n{next}")
}

#[test]
fn the_table_in_force_is_shown() {
    let desk = Desk::new().env("COLUMNS", "200");
    let shown = desk.run(&["policy", "show"]).done();
    for words in ["policy compiled in", "in force, shown below", "row-02", "job-canceled: client-canceled", "hold_days"]
    {
        assert!(shown.contains(words), "no {words} in\n{shown}");
    }
    desk.write("next.toml", successor("2090-01-01", "hold_days", "3"));
    let json = desk.run(&["policy", "show", "next.toml", "--at", "2090-02-01T00:00:00Z", "--json"]).json(0);
    assert_eq!((&json["version"]["id"], &json["version"]["settings"]["hold_days"]), (&"next".into(), &3.into()));
    assert_eq!((&json["versions"][0]["in_force"], &json["versions"][1]["in_force"]), (&true.into(), &false.into()));
    let now = desk.run(&["policy", "show", "next.toml", "--json"]).json(0);
    assert_eq!(now["version"]["settings"]["hold_days"], 14);
    desk.run(&["policy", "show", "--version", "none"]).failed(1, &["there is no version none", "there are"]);
    desk.run(&["policy", "show", "--at", "1990-01-01T00:00:00Z"]).failed(1, &["no version is in force"]);
    desk.run(&["policy", "show", "--at", "soon"]).failed(2, &["2026-11-03T10:00:00Z"]);
}

#[test]
fn a_check_says_all_that_is_wrong_and_all_that_changes() {
    let desk = Desk::new();
    assert_eq!(desk.run(&["policy", "check", "--json"]).json(0)["findings"].as_array().map(Vec::len), Some(0));
    desk.write("broken.toml", changed("hold_days", "-1").replacen("credit = \"net\"", "credit = \"all\"", 1));
    let broken = desk.run(&["policy", "check", "broken.toml", "--json"]).json(78);
    assert_eq!(broken["findings"].as_array().map(Vec::len), Some(2), "{broken}");
    assert_eq!(broken["findings"][1]["rule"].as_str().map(|rule| rule.starts_with("\"row-")), Some(true), "{broken}");

    desk.write("edited.toml", changed("hold_days", "3"));
    let edited = desk.run(&["policy", "check", "edited.toml"]);
    assert!(edited.stdout.contains("~ setting hold_days: 14 -> 3"), "{}", edited.stdout);
    assert!(edited.stderr.contains("has begun and may have decided"), "{}", edited.stderr);
    assert_eq!(edited.code, Some(78));

    desk.write("next.toml", successor("2090-01-01", "hold_days", "3"));
    let next = desk.run(&["policy", "check", "next.toml", "--json"]).json(0);
    let change = &next["changes"][0];
    assert_eq!((&change["version"], change["changes"].as_array().map(Vec::len)), (&"next".into(), Some(1)), "{next}");
    assert_eq!(change["changes"][0]["what"], "setting hold_days");
    desk.write("same.toml", TABLE);
    let same = desk.run(&["policy", "check", "same.toml"]);
    assert!(same.stderr.contains("the same as the one in force") && same.code == Some(0), "{same:?}");
    desk.run(&["policy", "check", "missing.toml"]).failed(78, &["cannot be read"]);
}

#[test]
fn cases_name_what_is_decided_otherwise() {
    let desk = Desk::new().env("COLUMNS", "200");
    let ran = desk.run(&["policy", "test"]);
    assert!(ran.code == Some(0) && ran.stderr.contains("0 of "), "{ran:?}");
    desk.write("next.toml", successor("2090-01-01", "declined_by_client_on_cancel", "\"return\""));
    let differ = desk.run(&["policy", "test", "--policy", "next.toml"]).ended(3);
    assert!(differ.contains("row 5: declined by the client") && differ.contains("credited 10"), "{differ}");
    desk.write(
        "own.toml",
        "[[case]]\nname = \"mine\"\ncharges = [-4]\n\
         step = [{ event = \"job-canceled\", cause = \"dropped\", expect = \"credited 4, client_canceled, told\" }]\n",
    );
    let own = desk.run(&["policy", "test", "own.toml", "--json"]).json(0);
    assert_eq!((&own["differ"], &own["steps"][0]["rule"]), (&0.into(), &"row-11".into()), "{own}");
    desk.write("bad.toml", "[[case]]\nname = \"bad\"\nstep = [{ event = \"nothing\", expect = \"\" }]\n");
    desk.run(&["policy", "test", "bad.toml"]).failed(1, &["bad.toml", "case \"bad\", step 1", "job-canceled"]);
    desk.run(&["policy", "test", "--version", "none"]).failed(1, &["there is no version none"]);
}

#[test]
fn a_changed_policy_is_tried_on_what_has_happened() {
    for bench in Bench::each() {
        bench.process(&[canceled("evt-1", "job-logo")]);
        let next = successor("2090-01-01", "declined_by_client_on_cancel", "\"return\"");
        let cut = next.rfind("id = \"row-01\"").expect("a rule");
        let (head, tail) = next.split_at(cut);
        let tail = tail.replacen("credit = \"net\"", "credit = \"none\"\nground = \"expired\"", 1);
        bench.desk.write("next.toml", format!("{head}{tail}"));
        let diff = |more: &[&str]| bench.desk.run(&[&["policy", "diff", "--policy", "next.toml"], more].concat());
        let json = diff(&["--json"]).json(0);
        let sums = &json["sums"];
        assert!(sums["connects"]["old"].as_i64() > sums["connects"]["new"].as_i64(), "{json}");
        assert_eq!(
            (&sums["events"], &sums["moved"], &json["version"]),
            (&1.into(), &0.into(), &"next".into()),
            "{json}"
        );
        let told = diff(&["--top", "1"]).done();
        assert!(told.starts_with("Connects back") && told.contains("row-01"), "{told}");
        let dated = diff(&["--dated", "--json"]).json(0);
        assert_eq!(dated["sums"]["proposals_differ"], 0, "the new version is not in force yet");
        assert_eq!(diff(&["--until", "2000-01-01T00:00:00Z", "--json"]).json(0)["sums"]["events"], 0);
        diff(&["--version", "none"]).failed(1, &["there is no version none"]);
        bench.desk.write("broken.toml", "");
        bench.desk.run(&["policy", "diff", "--policy", "broken.toml"]).failed(78, &["broken.toml"]);
    }
}
