//! Two operators at once: one effect, clear answers, and a second pass that changes nothing.

use super::{Bench, canceled, job_rows};
use crate::cli::Ran;
use serde_json::Value;
use std::process::Stdio;

const LETTERS: usize = 60;

#[test]
fn two_shells_replay_everything_and_nothing_is_done_twice() {
    for bench in Bench::each() {
        let jobs: Vec<String> = (0..LETTERS).map(|n| format!("job-{n}")).collect();
        let events: Vec<Value> = jobs.iter().map(|job| canceled(&format!("e-{job}"), job)).collect();
        assert_eq!(bench.process(&events)["dead_letters"], LETTERS);
        let rows: String = jobs.iter().flat_map(|job| job_rows(job)).map(|row| format!("{row}\n")).collect();
        bench.desk.feed(&["import", "-"], rows).done();
        let shell = |operator: &str| {
            let mut command = bench.desk.command();
            command.args(["dlq", "replay", "--yes", "--json", "--reason", "everything", "--operator", operator]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started")
        };
        let shells = [shell("ana"), shell("bo")];
        let told = shells.map(|child| {
            let ran = Ran::of(child.wait_with_output().expect("ended"));
            // Who came too late for everything is told so, and has made no replay.
            if ran.stdout.is_empty() {
                assert!(ran.stderr.contains("nothing to replay"), "{}", ran.stderr);
                return [0; 3];
            }
            let replay = ran.json(0);
            ["done", "skipped", "credits"].map(|name| replay[name].as_u64().expect("a number"))
        });
        let sum = |at: usize| told[0][at] + told[1][at];
        assert_eq!((sum(0), sum(2)), (LETTERS as u64, LETTERS as u64), "{told:?}");
        assert_eq!(bench.returns(), LETTERS as i64);
        let notices = bench.scalar("select count(*) from notices");

        // Both again: there is nothing open.
        for operator in ["ana", "bo"] {
            let ran = bench.dlq(&["replay", "--yes", "--reason", "again", "--operator", operator]);
            assert!(ran.stderr.contains("nothing to replay"), "{}", ran.stderr);
            ran.done();
        }
        // And by their ids, as one who does not look would type it.
        let ids: Vec<String> = bench.ids(&["--state", "any", "--limit", "1000"]).iter().map(i64::to_string).collect();
        let by_id: Vec<&str> =
            ["replay", "--json", "--reason", "again"].into_iter().chain(ids.iter().map(String::as_str)).collect();
        assert_eq!(bench.dlq(&by_id).json(0)["skipped"], LETTERS);
        assert_eq!(bench.returns(), LETTERS as i64);
        assert_eq!(bench.scalar("select count(*) from notices"), notices);
    }
}
