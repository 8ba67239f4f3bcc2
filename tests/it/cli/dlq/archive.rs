//! `dlq discard`, `restore`, `purge` and `log`: the archive, and who did what.

use super::{Bench, SEEN, five_kinds, letter};
use crate::cli::Desk;
use makegood::store::LetterState;
use time::Duration;

#[test]
fn what_is_discarded_can_be_restored() {
    for bench in Bench::each() {
        five_kinds(&bench);
        let id = bench.ids(&["--code", "no_policy"])[0];
        let name = id.to_string();
        let dry = bench.dlq(&["discard", &name, "--reason", "older than the policy", "--dry-run"]).done();
        assert_eq!(dry, "1 letter would be put into the archive; nothing was changed\n");
        let done = bench.dlq(&["discard", &name, "--reason", "older than the policy"]);
        assert!(done.stderr.contains("makegood dlq restore"), "{}", done.stderr);
        assert_eq!(done.done(), "1 letter put into the archive\n");
        assert_eq!((bench.ids(&[]).len(), bench.ids(&["--state", "discarded"])), (4, vec![id]));
        // Another operator comes too late, and is told.
        let late = bench.dlq(&["discard", &name, "999", "--reason", "me too", "--operator", "bo"]);
        assert!(late.stderr.contains(&format!("letter {id} is discarded: left as it was")), "{}", late.stderr);
        assert!(late.stderr.contains("there is no dead letter 999"), "{}", late.stderr);
        assert_eq!(late.ended(3), "0 letters put into the archive\n");
        assert!(bench.dlq(&["show", &name]).stderr.contains("makegood dlq restore"));
        let back =
            bench.dlq(&["restore", "--code", "no_policy", "--reason", "a table for 2001 is coming", "--json"]).json(0);
        assert_eq!(back["ids"], serde_json::json!([id]));
        assert_eq!(bench.ids(&[]).len(), 5);
        let log = bench.log();
        assert_eq!(log[0], ("dlq.discard".to_owned(), 1, "older than the policy".to_owned()));
        assert_eq!(log.last(), Some(&("dlq.restore".to_owned(), 1, "a table for 2001 is coming".to_owned())));
        let table = bench.dlq(&["log"]).done();
        assert!(table.contains("dlq.discard") && table.contains("ana"), "{table}");
    }
}

#[test]
fn everything_at_once_has_to_be_meant() {
    for bench in Bench::each() {
        five_kinds(&bench);
        bench.dlq(&["discard", "--reason", "x"]).failed(1, &["discard every open letter (5 letters)?", "say --yes"]);
        assert_eq!((bench.ids(&[]).len(), bench.log()), (5, Vec::new()));
        assert_eq!(
            bench.dlq(&["discard", "--reason", "x", "--yes", "--limit", "2"]).done(),
            "2 letters put into the archive\n"
        );
        assert_eq!(bench.dlq(&["discard", "--reason", "x", "--yes"]).done(), "3 letters put into the archive\n");
    }
}

#[test]
fn only_what_was_settled_long_ago_is_purged() {
    for bench in Bench::each() {
        let mut letters: Vec<_> = ["a", "b", "c", "d"].map(|body| letter("job_unknown", body.as_bytes())).to_vec();
        let days = [800, 800, 1, 800];
        for (letter, days) in letters.iter_mut().zip(days) {
            let at = SEEN - Duration::days(days);
            (letter.summary.first_seen, letter.summary.last_seen) = (at, at);
        }
        let settle = |letter: &mut makegood::store::Letter, state| {
            letter.summary.state = state;
            letter.summary.settled_at = Some(letter.summary.last_seen);
        };
        settle(&mut letters[0], LetterState::Resolved);
        settle(&mut letters[1], LetterState::Discarded);
        bench.import(&letters).done();
        // Discarded just now: too young.
        let young = bench.ids(&[])[0].to_string();
        bench.dlq(&["discard", &young, "--reason", "x"]).done();
        let purge = ["purge", "--older-than", "365d", "--reason", "a year is over"];
        let dry = bench.dlq(&[&purge[..], &["--dry-run"]].concat()).done();
        assert_eq!(dry, "2 letters would be deleted; nothing was changed\n");
        bench.dlq(&purge).failed(1, &["delete 2 letters settled before", "say --yes"]);
        assert_eq!(bench.ids(&["--state", "any"]).len(), 4);
        assert_eq!(bench.dlq(&[&purge[..], &["--yes"]].concat()).done(), "2 letters deleted\n");
        assert_eq!(bench.dlq(&[&purge[..], &["--json"]].concat()).json(0)["letters"], 0);
        assert_eq!(bench.ids(&["--state", "any"]).len(), 2);
        assert_eq!(bench.log().last(), Some(&("dlq.purge".to_owned(), 2, "a year is over".to_owned())));
    }
}

#[test]
fn the_log_is_paged_and_somebody_must_have_acted() {
    let bench = Bench::sqlite();
    five_kinds(&bench);
    assert!(bench.dlq(&["log"]).stderr.contains("no operator did anything yet"));
    for (number, id) in bench.ids(&[]).iter().enumerate() {
        bench.dlq(&["discard", &id.to_string(), "--reason", &format!("reason {number}")]).done();
    }
    let page = bench.dlq(&["log", "--json", "--limit", "2"]).json(0);
    assert_eq!(page["entries"][0]["reason"], "reason 4");
    let before = page["next"].to_string();
    let page = bench.dlq(&["log", "--json", "--limit", "2", "--before", &before]).json(0);
    assert_eq!(page["entries"][0]["reason"], "reason 2");
    // Nobody is named by the environment, then by each variable in turn.
    let nobody = Desk::new();
    nobody.run(&["dlq", "discard", "1", "--reason", "x"]).failed(1, &["--operator NAME", "MAKEGOOD_OPERATOR"]);
    let named =
        Desk::new().env("USER", "root").env("LOGNAME", "root").env("SUDO_USER", "cleo").env("MAKEGOOD_OPERATOR", "");
    named.run(&["dlq", "discard", "--reason", "x", "--yes"]).done();
    assert_eq!(named.run(&["dlq", "log", "--json"]).json(0)["entries"][0]["operator"], "cleo");
}
