//! `makegood notices`: what an operator types, on SQLite and on PostgreSQL.

mod changing;
mod looking;

use super::Ran;
use super::dlq::{Bench, canceled};
use serde_json::Value;

/// A desk with three notices about a canceled job, none of them sent: to amara, bruno and elif; and no other.
fn three(bench: &Bench) {
    let summary = bench.process(&[canceled("evt-1", "job-logo")]);
    assert_eq!(summary["dead_letters"], 0, "{summary}");
}

fn notices(bench: &Bench, arguments: &[&str]) -> Ran {
    bench.desk.run(&[&["notices"][..], arguments].concat())
}

/// Those that the conditions choose, as `list --json` has them.
fn listed(bench: &Bench, conditions: &[&str]) -> Vec<Value> {
    let answer = notices(bench, &[&["list", "--json"][..], conditions].concat()).json(0);
    answer["notices"].as_array().expect("notices").clone()
}

/// The id of the one notice to this person.
fn id_of(bench: &Bench, person: &str) -> String {
    let found = listed(bench, &["--person", person]);
    assert_eq!(found.len(), 1, "{found:?}");
    found[0]["id"].as_str().expect("an id").to_owned()
}

fn state_of(bench: &Bench, person: &str) -> String {
    listed(bench, &["--person", person])[0]["state"].as_str().expect("a state").to_owned()
}

/// Sends what is due, into the folder.
fn send(bench: &Bench) {
    bench.desk.feed(&["process", "-"], "").done();
}
