//! `dlq replay`, `status`, `cancel`: each letter once, in the foreground or ordered, and what an operator is told.

use super::planning::mixed;
use super::{Bench, canceled, event};
use crate::cli::{Ran, signal};
use serde_json::{Value, json};
use std::process::Stdio;

#[test]
fn letters_are_replayed_once_and_what_fails_stays_the_same_letter() {
    for bench in Bench::each() {
        mixed(&bench);
        let bad = bench.ids(&["--code", "unknown_value"])[0];
        let dry = bench.dlq(&["replay", "--dry-run", "--yes"]);
        assert!(dry.stderr.contains("nothing was changed"), "{}", dry.stderr);
        assert!(dry.ended(3).contains("1 would fail again: unknown_value"));
        assert_eq!((bench.returns(), bench.log()), (0, Vec::new()));

        bench
            .dlq(&["replay", "--reason", "jobs are loaded"])
            .failed(1, &["replay every open letter (4 letters)?", "--yes"]);
        let ran = bench.dlq(&["replay", "--reason", "jobs are loaded", "--yes"]);
        assert!(ran.stderr.contains(&format!("letter {bad} failed again: unknown_value")), "{}", ran.stderr);
        assert!(ran.stderr.contains("2 notices to be sent: by a running daemon"), "{}", ran.stderr);
        let told = ran.ended(3);
        assert!(told.contains("4 of 4 tried: 3 done, 1 failed again, 0 skipped"), "{told}");
        assert!(told.contains("2 proposals credited, 12 Connects returned"), "{told}");
        assert_eq!((bench.returns(), bench.ids(&[])), (2, vec![bad]));
        let history = bench.dlq(&["show", &bad.to_string(), "--json"]).json(0)["history"].clone();
        assert_eq!(
            (&history[1]["kind"], &history[1]["outcome"], &history[1]["replay"]),
            (&json!("replay"), &json!("dead"), &json!(1))
        );

        let settled = bench.ids(&["--state", "resolved"])[0].to_string();
        let again = bench.dlq(&["replay", &settled, "--reason", "once more"]);
        assert!(again.stderr.contains(&format!("letter {settled} was skipped: applied already")), "{}", again.stderr);
        again.done();
        assert_eq!(bench.returns(), 2);
        let log: Vec<_> = bench.log().into_iter().map(|(action, letters, _)| (action, letters)).collect();
        let expected = [("replay.start", 4), ("replay.end", 3), ("replay.start", 1), ("replay.end", 0)];
        assert_eq!(log, expected.map(|(action, letters)| (action.to_owned(), letters)));
        // The notices left by the replay are sent by the next `process`.
        bench.desk.run(&["process", "--no-mail"]).done();
        bench.desk.run(&["process"]).done();
        assert_eq!(bench.desk.letters().len(), 2);
    }
}

#[test]
fn nothing_matches_is_said_and_no_replay_is_made() {
    let bench = Bench::sqlite();
    for arguments in [&["--yes"][..], &["--code", "x"]] {
        let ran = bench.dlq(&[&["replay", "--reason", "x"][..], arguments].concat());
        assert!(ran.stderr.contains("nothing to replay"), "{}", ran.stderr);
        ran.done();
    }
    assert!(bench.dlq(&["status"]).stderr.contains("there was no replay yet"));
    assert_eq!(bench.dlq(&["status", "--json"]).json(0), json!([]));
    bench.dlq(&["status", "7"]).failed(1, &["there is no replay 7"]);
    bench.dlq(&["cancel", "7", "--reason", "x"]).failed(1, &["there is no replay 7"]);
    bench.dlq(&["replay", "--resume", "7"]).failed(1, &["there is no replay 7"]);
}

#[test]
fn money_and_mail_can_be_replayed_apart() {
    for bench in Bench::each() {
        mixed(&bench);
        let id = bench.ids(&["--job", "job-a", "--code", "job_unknown"])[0].to_string();
        let credit = bench.dlq(&["replay", &id, "--effects", "credit", "--reason", "money first", "--json"]).json(0);
        assert_eq!((&credit["credits"], bench.returns()), (&json!(1), 1));
        bench.desk.run(&["process"]).done();
        assert_eq!(bench.desk.letters().len(), 0);
        let mail = bench.dlq(&["replay", &id, "--effects", "mail", "--reason", "then mail", "--json"]).json(0);
        assert_eq!((&mail["credits"], &mail["notices"], bench.returns()), (&json!(0), &json!(1), 1));
        bench.desk.run(&["process"]).done();
        assert_eq!(bench.desk.letters().len(), 1);
    }
}

#[test]
fn an_edited_payload_is_applied_and_the_letter_keeps_its_own() {
    for bench in Bench::each() {
        mixed(&bench);
        let id = bench.ids(&["--code", "unknown_value"])[0].to_string();
        let original = bench.dlq(&["show", &id, "--raw"]).done();
        bench.desk.write("event.json", canceled("bad", "job-a").to_string());
        bench.dlq(&["replay", &id, "--patch", "event.json", "--reason", "the cause was misspelt"]).done();
        assert_eq!((bench.returns(), bench.dlq(&["show", &id, "--raw"]).done()), (1, original));
        assert_eq!(bench.ids(&["--state", "resolved"]), [id.parse::<i64>().expect("an id")]);
    }
}

#[test]
fn it_stops_after_failures_and_within_its_limit() {
    for bench in Bench::each() {
        let bad =
            |n: usize| event("job-canceled", &format!("bad-{n}"), json!({"job_id": "job-logo", "cause": "weather"}));
        bench.process(&(0..6).map(bad).collect::<Vec<_>>());
        let replay = ["replay", "--code", "unknown_value", "--reason", "x", "--json"];
        let stopped = bench.dlq(&[&replay[..], &["--stop-after-failures", "2"]].concat()).json(3);
        assert_eq!(
            (&stopped["state"], &stopped["failed"], &stopped["letters"]),
            (&json!("stopped"), &json!(2), &json!(6))
        );
        let limited = bench.dlq(&[&replay[..], &["--limit", "3"]].concat()).json(3);
        assert_eq!((&limited["state"], &limited["letters"]), (&json!("done"), &json!(3)));
        let table = bench.dlq(&["status"]).done();
        assert!(table.contains("stopped") && table.contains("done") && table.contains("ana"), "{table}");
        assert_eq!(bench.dlq(&["status", "--json"]).json(0).as_array().expect("a list").len(), 2);
    }
}

#[test]
fn an_order_waits_is_canceled_or_carried_on() {
    for bench in Bench::each() {
        mixed(&bench);
        let order = ["replay", "--code", "job_unknown", "--reason", "tonight", "--detach"];
        let ordered = bench.dlq(&order);
        assert!(ordered.stderr.contains("--resume 1"), "{}", ordered.stderr);
        assert_eq!(ordered.done(), "replay 1 is ordered: 3 letters\n");
        assert!(bench.dlq(&["status", "1"]).done().contains("replay 1, pending"));
        let canceled = bench.dlq(&["cancel", "1", "--reason", "not tonight"]).done();
        assert!(canceled.contains("replay 1, canceled"), "{canceled}");
        let again = bench.dlq(&["cancel", "1", "--reason", "not tonight"]);
        assert!(again.stderr.contains("had ended before"), "{}", again.stderr);
        again.ended(3);
        let resumed = bench.dlq(&["replay", "--resume", "1"]);
        assert!(resumed.stderr.contains("replay 1 has ended"), "{}", resumed.stderr);
        resumed.ended(3);
        assert_eq!(bench.returns(), 0);

        assert_eq!(bench.dlq(&[&order[..], &["--json"]].concat()).json(0)["state"], "pending");
        bench.dlq(&["replay", "--resume", "2"]).done();
        assert_eq!(bench.returns(), 2);
        assert_eq!(bench.dlq(&["status", "2", "--json"]).json(0)[0]["state"], "done");
    }
}

#[test]
fn ctrl_c_stops_after_the_letter_under_way_and_says_how_to_go_on() {
    for bench in Bench::each() {
        mixed(&bench);
        let mut command = bench.desk.command();
        command.args(["dlq", "replay", "--code", "job_unknown", "--ramp", "1,1,1,1", "--reason", "slowly"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
        bench.until("the first letter is done", |bench| done(bench, 1) >= 1);
        signal("-INT", child.id());
        let ran = Ran::of(child.wait_with_output().expect("ended"));
        assert!(ran.stderr.contains("makegood dlq replay --resume 1"), "{}", ran.stderr);
        ran.ended(3);
        assert!(done(&bench, 1) < 3);
        // It was given back: nobody has to wait for a lease.
        bench.dlq(&["replay", "--resume", "1"]).done();
        assert_eq!((done(&bench, 1), bench.returns()), (3, 2));
    }
}

/// Letters that a replay is done with.
pub fn done(bench: &Bench, replay: i64) -> u64 {
    let status: Value = bench.dlq(&["status", &replay.to_string(), "--json"]).stdout.parse().expect("JSON");
    status[0]["done"].as_u64().unwrap_or(0)
}
