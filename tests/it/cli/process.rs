//! `makegood process`: the main job without a broker.

use super::{Desk, EVENTS, Ran, signal};
use crate::support::rabbit::DEADLINE;
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

const SUMMARY: &str = "8 events: 5 applied, 2 known before, 0 waiting, 1 dead letters\n\
                       8 proposals credited, 73 Connects returned\n";

#[test]
fn a_file_is_applied_and_the_letters_are_written() {
    let desk = Desk::with_market();
    let ran = desk.run(&["process", "events.ndjson"]);
    assert!(ran.stderr.contains("/data/job_id"), "the dead letter's cause: {}", ran.stderr);
    assert_eq!(ran.ended(3), SUMMARY);
    assert_eq!(desk.letters().len(), 11);
    assert!(desk.letters().iter().any(|text| text.contains("21 Connects came back")));
    // Again: nothing changes, nobody is written to twice.
    let again = desk.run(&["process", "--json", "events.ndjson"]).json(3);
    assert_eq!((&again["duplicates"], &again["applied"], &again["connects"]), (&json!(7), &json!(0), &json!(0)));
    assert_eq!(desk.letters().len(), 11);
}

#[test]
fn stdin_is_read_by_default() {
    let good: String = EVENTS.lines().filter(|line| !line.contains("17")).map(|line| format!("{line}\n")).collect();
    for arguments in [&["process"][..], &["process", "-"]] {
        let desk = Desk::with_market();
        let told = desk.feed(arguments, &good).done();
        assert!(told.starts_with("7 events: 5 applied, 2 known before"), "{told}");
    }
}

#[test]
fn notices_can_be_left_to_the_next_run() {
    let desk = Desk::with_market();
    let ran = desk.run(&["process", "--no-mail", "events.ndjson"]);
    assert!(ran.stderr.contains("11 notices are still to be sent"), "{}", ran.stderr);
    assert_eq!(ran.ended(3), SUMMARY);
    assert_eq!(desk.letters().len(), 0);
    desk.run(&["process"]).done();
    assert_eq!(desk.letters().len(), 11);
}

#[test]
fn a_large_event_is_applied_in_chunks() {
    let desk = Desk::with_market();
    let small = ["--set", "store.inline_proposals_max=2", "--set", "store.chunk_accounts=1"];
    assert_eq!(desk.run(&[&["process", "events.ndjson"][..], &small].concat()).ended(3), SUMMARY);
    assert_eq!(desk.letters().len(), 11);
}

#[test]
fn a_dry_run_names_the_lines_and_writes_nothing() {
    let desk = Desk::new();
    desk.write("events.ndjson", EVENTS);
    let ran = desk.run(&["process", "--dry-run", "events.ndjson"]);
    assert!(ran.stderr.contains("events.ndjson:4: /data/job_id"), "{}", ran.stderr);
    assert_eq!(ran.ended(3), "7 events are readable, 1 lines are not; nothing was written\n");
    let counts = desk.run(&["process", "--dry-run", "--json", "events.ndjson"]).json(3);
    assert_eq!(counts, json!({"readable": 7, "unreadable": 1}));
    assert_eq!(desk.list("var"), Vec::<String>::new());
}

#[test]
fn an_event_about_an_unknown_job_waits_and_is_told() {
    let desk = Desk::new();
    let ran = desk.feed(&["process"], EVENTS.lines().next().expect("a line"));
    assert!(ran.stderr.contains("a running daemon"), "{}", ran.stderr);
    assert!(ran.done().starts_with("1 events: 0 applied, 0 known before, 1 waiting"));
}

#[test]
fn what_trickles_in_is_applied_and_ctrl_c_ends_it() {
    let desk = Desk::with_market();
    let mut command = desk.command();
    command.args(["process", "--log", "makegood=debug", "--set", "log.format=json"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
    let mut stdin = child.stdin.take().expect("stdin");
    writeln!(stdin, "{}", EVENTS.lines().next().expect("a line")).expect("written");
    let (told, log) = std::sync::mpsc::channel();
    let lines = BufReader::new(child.stderr.take().expect("stderr")).lines();
    std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| told.send(line)));
    // One line, stdin still open: it is applied all the same.
    while !log.recv_timeout(DEADLINE).expect("a batch is committed").contains("batch committed") {}
    signal("-INT", child.id());
    let rest: String = log.iter().map(|line| line + "\n").collect();
    assert!(rest.contains("stopped after stdin:1"), "{rest}");
    let told = Ran::of(child.wait_with_output().expect("ended")).ended(3);
    assert!(told.starts_with("1 events: 1 applied"), "{told}");
    drop(stdin);
}

#[test]
fn a_database_in_use_is_said_to_be() {
    let desk = Desk::with_market();
    let mut first = desk
        .command()
        .arg("process")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    let mut stdin = first.stdin.take().expect("stdin");
    // Told that it could not read it: it holds the lock.
    writeln!(stdin, "no event").expect("written");
    let mut log = BufReader::new(first.stderr.take().expect("stderr")).lines();
    assert!(log.any(|line| line.expect("text").contains("dead letter")));
    desk.run(&["process"]).failed(1, &["another makegood is working on", "var/makegood.db"]);
    desk.run(&["import", "--json", "market.ndjson"]).done();
    drop(stdin);
    assert_eq!(first.wait().expect("ended").code(), Some(3));
}
