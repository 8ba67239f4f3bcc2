//! Ten thousand dead letters of five kinds: grouped, planned, one kind replayed at a rate, killed half-way, resumed;
//! then the log tells the story.

use super::replaying::done;
use super::{Bench, canceled, event, job_rows};
use crate::cli::signal;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Letters of the kind that is replayed, and of each other one.
const UNKNOWN: usize = 1_200;
const OTHER: usize = 2_200;
const KINDS: [&str; 5] = ["event_conflict", "job_unknown", "no_policy", "unknown_type", "unknown_value"];
const RATE: u64 = 200;
/// Whoever resumes waits until the lease of the one that was killed ends.
const LEASE: &str = "dlq.replay_lease=2s";

#[test]
fn on_sqlite() {
    let [sqlite, _] = Bench::each();
    story(&sqlite);
}

#[test]
fn on_postgres() {
    let [_, postgres] = Bench::each();
    story(&postgres);
}

fn story(bench: &Bench) {
    let dead: u64 = feed(bench);
    assert_eq!(dead, 10_000);
    let letters = |code| if code == "job_unknown" { UNKNOWN } else { OTHER } as u64;
    assert_eq!(by_code(bench), KINDS.map(|code| (code.to_owned(), letters(code))).into());

    let rows: String =
        (0..UNKNOWN).flat_map(|n| job_rows(&format!("many-{n}"))).map(|row| format!("{row}\n")).collect();
    bench.desk.feed(&["import", "-"], rows).done();
    let returned = bench.returns();
    let plan = bench.dlq(&["plan", "--code", "job_unknown", "--out", "plan.json", "--json"]).json(0);
    assert_eq!((&plan["totals"]["credits"], &plan["totals"]["connects"]), (&json!(UNKNOWN), &json!(6 * UNKNOWN)));
    assert_eq!(bench.returns(), returned, "a plan changes nothing");

    killed_half_way(bench);
    let half = done(bench, 1);
    assert!(half < UNKNOWN as u64, "it was killed before its end");
    let began = Instant::now();
    let replay = bench.dlq(&["replay", "--resume", "1", "--json", "--set", LEASE]).json(0);
    assert_eq!(
        (&replay["state"], &replay["done"], &replay["credits"]),
        (&json!("done"), &json!(UNKNOWN), &json!(UNKNOWN))
    );
    // The rate held to the end, ramp or not; the second of a burst is forgiven.
    assert!(began.elapsed() + Duration::from_secs(1) >= Duration::from_millis((UNKNOWN as u64 - half) * 1_000 / RATE));

    assert_eq!(bench.returns() - returned, UNKNOWN as i64, "every credit once");
    let others = KINDS.into_iter().filter(|code| *code != "job_unknown");
    assert_eq!(by_code(bench), others.map(|code| (code.to_owned(), OTHER as u64)).collect());
    assert_eq!(
        bench.dlq(&["discard", "--code", "no_policy", "--reason", "before our time", "--json"]).json(0)["letters"],
        OTHER
    );
    let story = [
        ("replay.start", UNKNOWN as u64, "jobs are loaded"),
        ("replay.end", UNKNOWN as u64, "jobs are loaded"),
        ("dlq.discard", OTHER as u64, "before our time"),
    ];
    assert_eq!(bench.log(), story.map(|(action, letters, reason)| (action.to_owned(), letters, reason.to_owned())));
}

/// Letters of each kind, and the events that half of a conflict is.
fn feed(bench: &Bench) -> u64 {
    let old = |n: usize| {
        let mut event = canceled(&format!("old-{n}"), "job-logo");
        event["time"] = json!("2001-01-01T00:00:00Z");
        event
    };
    let mut events: Vec<Value> = Vec::new();
    for n in 0..UNKNOWN {
        events.push(canceled(&format!("unknown-{n}"), &format!("many-{n}")));
    }
    for n in 0..OTHER {
        events.push(event("job-renamed", &format!("type-{n}"), json!({})));
        events.push(event("job-canceled", &format!("cause-{n}"), json!({"job_id": "job-logo", "cause": "weather"})));
        events.push(canceled(&format!("twice-{n}"), "job-shop"));
        events.push(canceled(&format!("twice-{n}"), "job-copy"));
        events.push(old(n));
    }
    bench.process(&events)["dead_letters"].as_u64().expect("a number")
}

fn killed_half_way(bench: &Bench) {
    let mut command = bench.desk.command();
    command.args([
        "dlq",
        "replay",
        "--plan",
        "plan.json",
        "--ramp",
        "--rate",
        "200",
        "--reason",
        "jobs are loaded",
        "--set",
        LEASE,
    ]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started");
    bench.until("half of it is done", |bench| done(bench, 1) >= UNKNOWN as u64 / 2);
    signal("-KILL", child.id());
    child.wait().expect("ended");
}

fn by_code(bench: &Bench) -> BTreeMap<String, u64> {
    let groups = bench.dlq(&["groups", "--json"]).json(0);
    let code = |group: &Value| group["code"].as_str().expect("a code").to_owned();
    let groups = groups.as_array().expect("a list");
    groups.iter().map(|group| (code(group), group["letters"].as_u64().expect("a number"))).collect()
}
