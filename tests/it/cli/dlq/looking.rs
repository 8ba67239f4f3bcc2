//! `dlq list`, `groups`, `show`: what there is, in pages and groups, and safe on a terminal.

use super::{Bench, SEEN, canceled, five_kinds, letter};
use crate::cli::Ran;
use serde_json::Value;

#[test]
fn letters_are_listed_grouped_and_filtered() {
    for bench in Bench::each() {
        five_kinds(&bench);
        let listed = bench.dlq(&["list"]);
        assert!(listed.stderr.contains("next: makegood dlq show ID"), "{}", listed.stderr);
        let table = listed.done();
        for code in ["job_unknown", "unknown_type", "unknown_value", "event_conflict", "no_policy"] {
            assert!(table.contains(code), "no {code} in\n{table}");
            assert_eq!(bench.ids(&["--code", code]).len(), 1, "{code}");
        }
        let ids = bench.ids(&[]);
        assert!(ids.is_sorted_by(|a, b| a > b) && ids.len() == 5, "{ids:?}");
        for (conditions, letters) in [
            (&["--type", "job-renamed"][..], 1),
            (&["--class", "conflict"], 1),
            (&["--class", "conflict", "--code", "no_policy"], 0),
            (&["--event-id", "twice"], 1),
            (&["--source", "/marketplace/jobs"], 5),
            (&["--source", "/elsewhere"], 0),
            (&["--job", "job-nowhere"], 1),
            (&["--text", "WEATHER"], 1),
            (&["--text", "%"], 0),
            (&["--newer-than", "1h"], 5),
            (&["--older-than", "1h"], 0),
            (&["--state", "discarded"], 0),
            (&["--state", "any"], 5),
            (&["--group", "job_unknown job-canceled -"], 1),
        ] {
            assert_eq!(bench.ids(conditions).len(), letters, "{conditions:?}");
        }
        let groups = bench.dlq(&["groups"]);
        assert!(groups.stderr.contains("makegood dlq plan --group"), "{}", groups.stderr);
        assert!(groups.done().contains("unknown_value job-canceled /data/cause"));
        let groups = bench.dlq(&["groups", "--json"]).json(0);
        assert_eq!(groups.as_array().expect("a list").len(), 5);
        assert!(bench.dlq(&["list", "--code", "none"]).stderr.contains("no dead letter matches"));
    }
}

#[test]
fn pages_follow_each_other_without_gap_or_overlap() {
    for bench in Bench::each() {
        let letters: Vec<_> =
            (0..25).map(|n| letter("job_unknown", canceled(&n.to_string(), "j").to_string().as_bytes())).collect();
        bench.import(&letters).done();
        let all = bench.ids(&[]);
        assert_eq!(all.len(), 25);
        let (mut seen, mut before) = (Vec::new(), None);
        loop {
            let from = before.map(|id: i64| id.to_string());
            let from = from.iter().flat_map(|id| ["--before", id]);
            let arguments: Vec<&str> = ["list", "--json", "--limit", "10"].into_iter().chain(from).collect();
            let page = bench.dlq(&arguments).json(0);
            let ids =
                page["letters"].as_array().expect("letters").iter().map(|letter| letter["id"].as_i64().expect("id"));
            seen.extend(ids);
            before = page["next"].as_i64();
            if before.is_none() {
                break;
            }
        }
        assert_eq!(seen, all);
        let first = bench.dlq(&["list", "--limit", "10"]);
        assert!(
            first.stderr.contains(&format!("25 letters in all; the next page: --before {}", all[9])),
            "{}",
            first.stderr
        );
    }
}

#[test]
fn a_letter_is_shown_with_its_cause_and_what_to_type() {
    for bench in Bench::each() {
        five_kinds(&bench);
        let id = bench.ids(&["--code", "unknown_value"])[0].to_string();
        let shown = bench.dlq(&["show", &id]);
        assert!(shown.stderr.contains(&format!("makegood dlq replay {id} --patch event.json")), "{}", shown.stderr);
        let text = shown.done();
        for word in [
            "unknown_value (undecodable)",
            "/data/cause",
            "\"weather\"",
            "bad-cause",
            "arrival",
            "\"job_id\": \"job-logo\"",
        ] {
            assert!(text.contains(word), "no {word:?} in\n{text}");
        }
        let raw = bench.dlq(&["show", "--raw", &id]);
        assert_eq!(raw.stderr, "");
        let event: Value = serde_json::from_str(&raw.stdout).expect("the event as it came");
        assert_eq!(event["id"], "bad-cause");
        let json = bench.dlq(&["show", "--json", &id]).json(0);
        assert_eq!((&json["code"], &json["payload"]), (&"unknown_value".into(), &event));
        for (code, words) in [
            ("job_unknown", "makegood import FILE"),
            ("unknown_type", "unbind its routing key"),
            ("event_conflict", "find out which is right"),
            ("no_policy", "when that is mended"),
        ] {
            let id = bench.ids(&["--code", code])[0].to_string();
            let shown = bench.dlq(&["show", &id]);
            assert!(shown.stderr.contains(words), "{code}: {}", shown.stderr);
        }
        bench.dlq(&["show", "999"]).failed(1, &["there is no dead letter 999"]);
    }
}

/// What a terminal obeys: ESC, CSI as one character, BEL, carriage return, and the turning of a line.
const HOSTILE: &str = "\u{1b}]0;owned\u{7}\u{9b}2J\r\u{202e}evil";

#[test]
fn nothing_that_a_terminal_obeys_comes_out_of_a_letter() {
    for bench in Bench::each() {
        let json = serde_json::json!({ "note": HOSTILE }).to_string();
        let bodies = [json.into_bytes(), HOSTILE.as_bytes().to_vec(), b"\x1b[2J\xff\x9b".to_vec()];
        let letters: Vec<_> = bodies
            .iter()
            .map(|body| {
                let mut letter = letter("job_unknown", body);
                letter.summary.message = HOSTILE.to_owned();
                letter.summary.pointer = Some(format!("/{HOSTILE}"));
                letter.summary.event_id = Some(HOSTILE.to_owned());
                letter.summary.event_type = Some(HOSTILE.to_owned());
                letter.headers.insert(HOSTILE.to_owned(), HOSTILE.to_owned());
                letter.exchange = HOSTILE.to_owned();
                letter.routing_key = HOSTILE.to_owned();
                letter
            })
            .collect();
        bench.import(&letters).done();
        let harmless = |ran: Ran| {
            let obeyed = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
            assert!(!ran.stdout.contains(obeyed) && !ran.stderr.contains(obeyed), "{ran:?}");
            assert!(ran.stdout.contains("owned") || ran.stdout.contains("5b324a"), "{}", ran.stdout);
        };
        for format in [&["list"][..], &["list", "--json"], &["groups"], &["groups", "--json"]] {
            harmless(bench.dlq(format));
        }
        for (id, body) in bench.ids(&[]).iter().rev().zip(&bodies) {
            let id = id.to_string();
            harmless(bench.dlq(&["show", &id]));
            harmless(bench.dlq(&["show", "--json", &id]));
            let raw = bench.desk.command().args(["dlq", "show", "--raw", &id]).output().expect("started");
            assert_eq!(&raw.stdout, body, "byte by byte");
        }
    }
}

#[test]
fn a_truncated_letter_says_so() {
    let bench = Bench::sqlite();
    let mut head = letter("body_too_large", b"{\"specversion\": ");
    head.summary.body_len = 300_000;
    bench.import(&[head]).done();
    let id = bench.ids(&[])[0].to_string();
    let shown = bench.dlq(&["show", &id]);
    assert!(shown.stdout.contains("300000 bytes, of which the first 16 were kept"), "{}", shown.stdout);
    assert!(shown.stderr.contains("only an edited payload"), "{}", shown.stderr);
    assert!(bench.dlq(&["show", "--raw", &id]).stderr.contains("the first 16 bytes of 300000"));
}

#[test]
fn ages_count_from_when_a_letter_was_last_seen() {
    let bench = Bench::sqlite();
    let mut old = letter("old", b"old");
    old.summary.first_seen = SEEN - time::Duration::days(800);
    old.summary.last_seen = old.summary.first_seen;
    bench.import(&[old]).done();
    five_kinds(&bench);
    assert_eq!((bench.ids(&["--older-than", "1day"]).len(), bench.ids(&["--newer-than", "1day"]).len()), (1, 5));
}

#[test]
fn a_wrong_command_line_is_said_to_be() {
    let bench = Bench::sqlite();
    for (arguments, words) in [
        (&["list", "--state", "lost"][..], "possible values: open, trial"),
        (&["list", "--class", "lost"], "undecodable, unknown-type"),
        (&["list", "--older-than", "soon"], "--older-than"),
        (&["list", "--limit", "0"], "--limit"),
        (&["list", "--limit", "1001"], "--limit"),
        (&["show"], "<ID>"),
        (&["show", "x"], "<ID>"),
        (&["show", "1", "--raw", "--json"], "cannot be used with"),
        (&["plan", "1", "--code", "x"], "cannot be used with"),
        (&["discard", "1"], "--reason"),
        (&["discard", "1", "--reason", " "], "it must say something"),
        (&["discard", "1", "--reason", "a\nb"], "one line"),
        (&["replay", "1"], "--reason"),
        (&["replay", "0", "--reason", "x"], "ID"),
        (&["replay", "1", "--reason", "x", "--rate", "0"], "--rate"),
        (&["replay", "1", "--reason", "x", "--ramp", "0,1"], "--ramp"),
        (&["replay", "--reason", "x", "--ramp", "17"], "ids of letters stand before"),
        (&["replay", "1", "--reason", "x", "--effects", "none"], "possible values: credit, mail, both"),
        (&["replay", "1", "--resume", "1"], "cannot be used with"),
        (&["replay", "1", "--plan", "p", "--reason", "x"], "cannot be used with"),
        (&["purge", "--reason", "x"], "--older-than"),
        (&["export", "--reason", "x"], "--out"),
        (&["cancel", "1"], "--reason"),
    ] {
        bench.dlq(arguments).failed(2, &[words]);
    }
}
