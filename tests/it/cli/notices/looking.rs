//! Notices listed, counted and shown.

use super::{id_of, listed, notices, send, three};
use crate::cli::dlq::Bench;

#[test]
fn they_are_listed_counted_and_paged() {
    for bench in Bench::each() {
        notices(&bench, &["list"]).failed(0, &["no notice matches"]);
        three(&bench);
        let all = listed(&bench, &[]);
        assert!(all.len() >= 3, "{all:?}");
        let first = notices(&bench, &["list", "--json", "--limit", "2"]).json(0);
        assert_eq!(first["notices"].as_array().map(Vec::len), Some(2));
        let next = first["next"].as_str().expect("a next page").to_owned();
        let rest = listed(&bench, &["--before", &next]);
        assert_eq!(rest[..], all[2..]);

        let table = notices(&bench, &["list", "--type", "job-canceled", "--event-id", "evt-1"]).done();
        assert!(table.contains(&id_of(&bench, "amara")) && table.contains("pending"), "{table}");
        for nothing in [["--state", "sent,failed"], ["--since", "2100-01-01T00:00:00Z"], ["--until", "2h"]] {
            assert!(listed(&bench, &nothing).is_empty(), "{nothing:?}");
        }
        assert_eq!(listed(&bench, &["--since", "2h"]).len(), all.len());
        let counts = notices(&bench, &["list", "--counts", "--json"]).json(0);
        assert_eq!((&counts[0]["state"], &counts[0]["notices"]), (&"pending".into(), &all.len().into()));
        assert!(notices(&bench, &["list", "--counts"]).done().contains("job-canceled"));
        notices(&bench, &["list", "--state", "lost"]).failed(2, &["pending, leased, sent"]);
        notices(&bench, &["list", "--since", "soon"]).failed(2, &["2026-11-03T10:00:00Z"]);
    }
}

#[test]
fn one_is_shown_with_what_to_do_next() {
    for bench in Bench::each() {
        three(&bench);
        let id = id_of(&bench, "amara");
        let ran = notices(&bench, &["show", &id[..13]]);
        for words in
            [&id, "***@freelancers.example", "evt-1", "p-01", "Logo for a second-hand bookshop", "job-canceled"]
        {
            assert!(ran.stdout.contains(words), "no {words} in\n{}", ran.stdout);
        }
        assert!(!ran.stdout.contains("amara@"), "{}", ran.stdout);
        assert!(ran.stderr.contains(&format!("makegood notices hold {id}")), "{}", ran.stderr);
        assert!(notices(&bench, &["show", &id, "--show-address"]).done().contains("amara@freelancers.example"));

        let shown = notices(&bench, &["show", "--proposal", "p-01", "--json"]).json(0);
        assert_eq!((&shown["id"], &shown["letter"]), (&id.clone().into(), &"job-canceled".into()));
        assert_eq!(shown["lines"][0]["proposal"], "p-01");
        send(&bench);
        let sent = notices(&bench, &["show", &id]);
        assert!(sent.stdout.contains("smtp_250") && sent.stderr.contains("makegood notices resend"), "{sent:?}");
        notices(&bench, &["show", "--proposal", "p-nowhere"]).failed(1, &["no notice tells of this proposal"]);
        notices(&bench, &["show", "xyz"]).failed(1, &["xyz is no beginning of an id"]);
        notices(&bench, &["show", "0000000000000000"]).failed(1, &["no notice begins with 0000000000000000"]);
    }
}

/// The first digit of ids fits several sooner or later.
#[test]
fn a_beginning_that_fits_several_names_them() {
    let bench = Bench::sqlite();
    three(&bench);
    for (number, person) in [("1", "one"), ("2", "two")] {
        let added = format!(
            "insert into notices (notice_id, event_no, person_id, about, lines, state, created_at)
             select x'0000000000000000000000000000000{number}', event_no, '{person}', about, lines, 'pending', created_at
             from notices limit 1 returning 1"
        );
        bench.scalar(Box::leak(added.into_boxed_str()));
    }
    let candidate = "00000000-0000-0000-0000-000000000001";
    notices(&bench, &["show", "0000000000"]).failed(1, &["more than one notice begins with 0000000000", candidate]);
}

#[test]
fn its_letter_is_the_one_that_is_sent() {
    let bench = Bench::sqlite();
    three(&bench);
    let id = id_of(&bench, "amara");
    let eml = notices(&bench, &["show", &id, "--part", "eml", "--show-address"]).done();
    send(&bench);
    let folder = bench.desk.list("var/mail/new");
    let sent: Vec<String> = folder
        .iter()
        .map(|name| std::fs::read_to_string(bench.desk.path("var/mail/new").join(name)).expect("a letter"))
        .collect();
    assert!(sent.contains(&eml), "it differs from every letter that was sent:\n{eml}");

    let masked = notices(&bench, &["show", &id, "--part", "eml"]);
    assert!(masked.stderr.contains("--show-address"), "{}", masked.stderr);
    assert_eq!(masked.done().replace("***@", "amara@"), eml);
    let message_id =
        notices(&bench, &["show", &id, "--json"]).json(0)["message_id"].as_str().expect("an id").to_owned();
    assert!(eml.contains(&format!("Message-ID: {message_id}")), "{message_id}");
    let subject = notices(&bench, &["show", &id, "--part", "subject"]).done();
    let text = notices(&bench, &["show", &id, "--part", "text"]).done();
    assert!(text.starts_with(&format!("Subject: {subject}")) && text.contains("Amara"), "{text}");
    assert!(notices(&bench, &["show", &id, "--part", "html"]).done().starts_with("<!DOCTYPE html>"));
}
