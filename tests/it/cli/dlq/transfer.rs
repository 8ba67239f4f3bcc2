//! `dlq export` and `import`: out of one database, into another, and nothing half taken in.

use super::{Bench, five_kinds, letter};
use sha2::Digest;
use std::os::unix::fs::PermissionsExt;

#[test]
fn letters_move_from_one_database_to_another() {
    let benches = Bench::each();
    for (from, to) in [(&benches[0], &benches[1]), (&benches[1], &benches[0])] {
        five_kinds(from);
        let expected: Vec<_> = comparable(from);
        let ran = from.dlq(&["export", "--state", "any", "--out", "letters.ndjson", "--reason", "moving"]);
        assert!(ran.stderr.contains("5 letters written"), "{}", ran.stderr);
        assert_eq!(ran.done(), "");
        let file = from.desk.path("letters.ndjson");
        assert_eq!(file.metadata().expect("a file").permissions().mode() & 0o777, 0o600);
        from.dlq(&["export", "--out", "letters.ndjson", "--reason", "moving"]).failed(1, &["is not written over"]);
        let text = std::fs::read_to_string(&file).expect("read");
        std::fs::remove_file(&file).expect("removed");
        let stdout = from.dlq(&["export", "--state", "any", "--out", "-", "--reason", "moving"]).done();
        assert_eq!(stdout, text);
        assert!(from.log().contains(&("dlq.export".to_owned(), 5, "moving".to_owned())));

        to.desk.write("in.ndjson", &text);
        let dry = to.dlq(&["import", "in.ndjson", "--reason", "moving", "--dry-run"]).done();
        assert_eq!(dry, "5 lines are readable, 0 are not; nothing was written\n");
        let told = to.dlq(&["import", "in.ndjson", "--reason", "moving", "--json"]).json(0);
        assert_eq!(told, serde_json::json!({"new": 5, "known": 0, "refused": 0}));
        assert_eq!(comparable(to), expected);
        let again = to.dlq(&["import", "in.ndjson", "--reason", "moving"]).done();
        assert_eq!(again, "0 letters new, 5 known before, 0 lines refused\n");
        to.dlq(&["discard", "--yes", "--reason", "done"]).done();
        to.dlq(&["purge", "--older-than", "0s", "--yes", "--reason", "done"]).done();
        from.dlq(&["discard", "--yes", "--reason", "done"]).done();
        from.dlq(&["purge", "--older-than", "0s", "--yes", "--reason", "done"]).done();
    }
}

/// The letters without what a database gives them.
fn comparable(bench: &Bench) -> Vec<String> {
    let mut letters = bench.letters(&["--state", "any"]);
    for letter in &mut letters {
        letter.as_object_mut().expect("an object").remove("id");
    }
    letters.sort_by_key(ToString::to_string);
    letters.iter().map(ToString::to_string).collect()
}

#[test]
fn named_letters_are_exported_and_missing_ones_told() {
    let bench = Bench::sqlite();
    five_kinds(&bench);
    let id = bench.ids(&[])[0].to_string();
    let ran = bench.dlq(&["export", &id, "999", "--out", "-", "--reason", "a look"]);
    assert!(ran.stderr.contains("there is no dead letter 999"), "{}", ran.stderr);
    assert_eq!(ran.ended(3).lines().count(), 1);
}

#[test]
fn a_refused_line_is_named_and_the_others_are_taken_in() {
    for bench in Bench::each() {
        let lines: Vec<String> = (0..3).map(|n| makegood::store::ndjson::line(&letter("job_unknown", &[n]))).collect();
        let wrong_hash =
            lines[0].replace(&lines[0][lines[0].find("\"body_hash\":\"").expect("there") + 13..][..8], "00000000");
        let text = format!("{}\nno json\n{}\n{}\n{{\"version\":2}}\n", lines[0], wrong_hash, lines[1]);
        bench.desk.write("in.ndjson", text);
        let ran = bench.dlq(&["import", "in.ndjson", "--reason", "x"]);
        for words in ["in.ndjson:2: line:", "in.ndjson:3: body_hash: it is not the SHA-256", "in.ndjson:5: version:"] {
            assert!(ran.stderr.contains(words), "no {words:?} in {}", ran.stderr);
        }
        assert_eq!(ran.ended(3), "2 letters new, 0 known before, 3 lines refused\n");
        assert_eq!(bench.ids(&[]).len(), 2);
        assert_eq!(bench.dlq(&["import", "in.ndjson", "--reason", "x", "--dry-run", "--json"]).json(3)["refused"], 3);
    }
}

#[test]
fn a_letter_at_every_limit_of_the_format_is_taken_in() {
    use makegood::store::ndjson::{
        HEADERS_BYTES_MAX, HISTORY_MAX, MESSAGE_BYTES_MAX, POINTER_BYTES_MAX, TEXT_BYTES_MAX, TIMES_MAX,
    };
    use makegood::store::{Attempt, AttemptKind, DEAD_BODY_MAX};
    // Texts that do not compress: a database that compresses would take longer ones.
    let text = |bytes: usize| {
        let blocks = (0..).map(|n: usize| hex::encode(sha2::Sha256::digest(n.to_be_bytes())));
        blocks.flat_map(String::into_bytes).take(bytes).map(char::from).collect::<String>()
    };
    let word = text(TEXT_BYTES_MAX);
    let mut largest = letter(&word, text(DEAD_BODY_MAX).as_bytes());
    let summary = &mut largest.summary;
    (summary.message, summary.pointer) = (text(MESSAGE_BYTES_MAX), Some(text(POINTER_BYTES_MAX)));
    for field in
        [&mut summary.source, &mut summary.event_id, &mut summary.event_type, &mut summary.job, &mut summary.client]
    {
        *field = Some(word.clone());
    }
    (summary.version, summary.times) = (word.clone(), TIMES_MAX.unsigned_abs());
    (largest.exchange, largest.routing_key) = (word.clone(), word.clone());
    largest.headers = [("x".to_owned(), text(HEADERS_BYTES_MAX - 1))].into();
    let attempt = |n: usize| Attempt {
        at: summary.first_seen,
        kind: AttemptKind::Arrival,
        replay: None,
        outcome: word.clone(),
        class: Some("unresolved".to_owned()),
        code: Some(word.clone()),
        // One of them is as long as may be; all of them together would be longer than a line.
        message: Some(text(if n == 0 { MESSAGE_BYTES_MAX } else { 1 })),
        pointer: Some(text(if n == 0 { POINTER_BYTES_MAX } else { 1 })),
        version: word.clone(),
    };
    largest.history = (0..HISTORY_MAX).map(attempt).collect();
    for bench in Bench::each() {
        assert_eq!(
            bench.import(std::slice::from_ref(&largest)).done(),
            "1 letter new, 0 known before, 0 lines refused\n"
        );
        let out = bench.dlq(&["export", "--out", "-", "--reason", "x"]).done();
        let back = makegood::store::ndjson::parse(out.trim_end().as_bytes()).expect("a letter");
        assert_eq!(
            (back.history.len(), back.headers, back.summary.pointer),
            (HISTORY_MAX, largest.headers.clone(), largest.summary.pointer.clone())
        );
    }
}
