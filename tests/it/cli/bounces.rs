//! `makegood bounces ingest`: what came back, on SQLite and on PostgreSQL.

use mail_parser::MessageParser;
use serde_json::{Value, json};

use super::dlq::Bench;
use super::{Desk, Ran};
use crate::support::returned::sample;

const AMARA: &str = "amara@freelancers.example";

/// A bench on which the demo's events have happened and every letter has left.
fn sent(bench: &Bench) {
    bench.desk.write("events.ndjson", super::EVENTS);
    bench.desk.run(&["process", "events.ndjson"]);
    assert!(!letters_to(bench, AMARA).is_empty(), "she got a letter");
}

/// Message-IDs of the letters that left to this address.
fn letters_to(bench: &Bench, address: &str) -> Vec<String> {
    let read = |name: String| {
        let bytes = std::fs::read(bench.desk.path("var/mail/new").join(name)).expect("a letter");
        let mail = MessageParser::default().parse(&bytes).expect("a letter");
        let to = mail.to().and_then(|to| to.first()?.address()).expect("a reader").to_owned();
        (to, mail.message_id().expect("an id").to_owned())
    };
    let all = bench.desk.list("var/mail/new").into_iter().map(read);
    all.filter(|(to, _)| to == address).map(|(_, id)| id).collect()
}

fn ingest(bench: &Bench, arguments: &[&str]) -> Ran {
    bench.desk.run(&[&["bounces", "ingest"][..], arguments].concat())
}

/// What became of one message on stdin.
fn fed(bench: &Bench, message: impl AsRef<[u8]>, code: i32) -> Value {
    let answer = bench.desk.feed(&["bounces", "ingest", "-", "--json"], message).json(code);
    assert_eq!(answer["taken_in"], 1);
    answer["messages"][0].clone()
}

fn amaras(bench: &Bench) -> Vec<Value> {
    let listed = bench.desk.run(&["suppressions", "list", "--person", "amara", "--json"]).json(0);
    listed["entries"].as_array().expect("entries").clone()
}

#[test]
fn a_hard_bounce_fails_its_notice_and_suppresses_once() {
    for bench in Bench::each() {
        sent(&bench);
        let id = letters_to(&bench, AMARA)[0].clone();
        bench.desk.write("bounce.eml", sample("postfix-no-such-user", &id, AMARA));
        let dry = ingest(&bench, &["bounce.eml", "--dry-run"]);
        assert!(dry.stderr.contains("1 notice failed, 1 address suppressed; nothing was changed"), "{}", dry.stderr);
        assert!(dry.done().contains("recorded (bounced), notice "));
        assert_eq!((bench.scalar("select count(*) from notice_history"), amaras(&bench).len()), (0, 0));

        let told = ingest(&bench, &["bounce.eml"]);
        assert!(!told.stdout.contains('@'), "{}", told.stdout);
        let line = told.done();
        assert!(line.contains(", failed, address suppressed: 5.1.1: 550 5.1.1 [address]"), "{line}");
        let failed =
            "select count(*) from notices where state = 'failed' and code = 'bounced' and reply like '5.1.1: 550%'";
        assert_eq!(bench.scalar(failed), 1);
        let history =
            "select count(*) from notice_history where what = 'bounce' and state = 'failed' and code = 'bounced'";
        assert_eq!(bench.scalar(history), 1);
        let listed = amaras(&bench);
        assert_eq!((listed.len(), &listed[0]["cause"]), (1, &json!("bad-mailbox")));
        assert!(listed[0]["expires_at"].is_string() && id.starts_with(listed[0]["notice"].as_str().expect("an id")));

        // Released, the same bounce again has no effect; nor has it under another name, by another way.
        let number = listed[0]["no"].to_string();
        bench.desk.run(&["suppressions", "release", &number, "--reason", "it works again"]).done();
        assert_eq!(fed(&bench, sample("postfix-no-such-user", &id, AMARA), 0)["treatment"], "known");
        assert_eq!((bench.scalar("select count(*) from notice_history"), amaras(&bench).len()), (1, 0));
    }
}

#[test]
fn every_server_is_understood() {
    for bench in Bench::each() {
        sent(&bench);
        let id = &letters_to(&bench, AMARA)[0];
        for (name, treatment, code, failed, suppressed) in [
            ("postfix-delayed", "recorded", "delayed", false, false),
            ("sendmail-relayed", "ignored", "relayed", false, false),
            ("vacation", "ignored", "auto_reply", false, false),
            ("gmail-over-quota", "recorded", "bounced", true, false),
            ("exim-no-such-user", "recorded", "bounced", false, true),
            ("exchange-no-such-user", "recorded", "bounced", false, false),
            ("ses-no-such-user", "recorded", "bounced", false, false),
            ("complaint", "recorded", "complaint", false, true),
        ] {
            let taken = fed(&bench, sample(name, id, "Amara@FREELANCERS.example"), 0);
            let found = [&taken["treatment"], &taken["code"], &taken["failed"], &taken["suppressed"]];
            assert_eq!(found, [&json!(treatment), &json!(code), &json!(failed), &json!(suppressed)], "{name}: {taken}");
        }
        // A complaint never ends by itself, and stands above a bad mailbox.
        let listed = amaras(&bench);
        assert_eq!(
            (listed.len(), &listed[0]["cause"], &listed[0]["expires_at"]),
            (1, &json!("complaint"), &json!(null))
        );
        assert_eq!(bench.scalar("select count(*) from notice_history"), 6);
    }
}

#[test]
fn a_forged_bounce_suppresses_no_stranger() {
    for bench in Bench::each() {
        sent(&bench);
        let id = &letters_to(&bench, AMARA)[0];
        let bruno = fed(&bench, sample("postfix-no-such-user", id, "bruno@freelancers.example"), 0);
        assert_eq!(
            (&bruno["code"], &bruno["failed"], &bruno["suppressed"]),
            (&json!("address_mismatch"), &json!(false), &json!(false))
        );
        let unknown = "0b0e7c3a-6b52-8d3e-9a0c-1d2e3f405162@marketplace.example";
        let nobody = fed(&bench, sample("postfix-no-such-user", unknown, AMARA), 3);
        let (_, domain) = id.split_once('@').expect("a domain");
        let known = format!("0b0e7c3a-6b52-8d3e-9a0c-1d2e3f405162@{domain}");
        let missing = fed(&bench, sample("postfix-no-such-user", &known, AMARA), 3);
        let codes = [&nobody["code"], &missing["code"]];
        assert!(codes.contains(&&json!("notice_unknown")), "{codes:?}");
        let foreign = id.replace(domain, "other.example");
        assert_eq!(fed(&bench, sample("postfix-no-such-user", &foreign, AMARA), 3)["code"], "not_ours");
        assert_eq!(bench.scalar("select count(*) from suppressions"), 0);
        assert_eq!(bench.scalar("select count(*) from notices where state = 'failed'"), 0);
        // Whoever knows a letter's id writes no more than so much into its history.
        for n in 0..60 {
            let forged =
                String::from_utf8(sample("postfix-no-such-user", id, "bruno@freelancers.example")).expect("text");
            bench.desk.write(&format!("forged-{n}.eml"), forged.replace("virtual", &format!("virtual{n}")));
        }
        let names: Vec<String> = (0..60).map(|n| format!("forged-{n}.eml")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).chain(["--json"]).collect();
        let answer = ingest(&bench, &names).json(0);
        assert_eq!(answer["messages"][59]["code"], "too_many");
        assert_eq!(bench.scalar("select count(*) from notice_history"), 50);
    }
}

#[test]
fn a_letter_that_was_sent_again_since_stays_as_it_is() {
    for bench in Bench::each() {
        sent(&bench);
        let id = &letters_to(&bench, AMARA)[0];
        let (notice, domain) = id.split_once('@').expect("an id");
        // The report is about a letter that is not the notice's last.
        let other = format!("{notice}.r1@{domain}");
        let taken = fed(&bench, sample("postfix-no-such-user", &other, AMARA), 0);
        assert_eq!(
            (&taken["treatment"], &taken["failed"], &taken["suppressed"]),
            (&json!("recorded"), &json!(false), &json!(false))
        );
    }
}

#[test]
fn a_maildir_keeps_what_was_refused_and_gives_up_what_is_done() {
    for bench in Bench::each() {
        sent(&bench);
        let id = &letters_to(&bench, AMARA)[0];
        ingest(&bench, &["."]).failed(1, &["no Maildir"]);
        for folder in ["new", "cur", "tmp"] {
            std::fs::create_dir_all(bench.desk.path("Maildir").join(folder)).expect("a folder");
        }
        bench.desk.write("Maildir/new/1.a", sample("complaint", id, AMARA));
        bench.desk.write("Maildir/new/2.b", "Subject: win a prize\n\nclick");
        bench.desk.write("Maildir/new/3.c", sample("vacation", id, AMARA));
        bench.desk.write("Maildir/new/4.d", "x".repeat(2 * 1024 * 1024));
        let dry = ingest(&bench, &["Maildir", "--dry-run", "--json"]).json(3);
        assert_eq!((&dry["taken_in"], &dry["refused"]), (&json!(4), &json!(2)));
        assert_eq!(bench.desk.list("Maildir/new").len(), 4);
        let answer = ingest(&bench, &["Maildir", "--json"]).json(3);
        let codes: Vec<_> =
            answer["messages"].as_array().expect("messages").iter().map(|one| one["code"].clone()).collect();
        assert_eq!(codes, ["complaint", "no_report", "auto_reply", "too_large"]);
        assert_eq!(bench.desk.list("Maildir/new"), ["2.b", "4.d"]);
        assert_eq!(bench.desk.list("Maildir/cur"), ["1.a:2,S", "3.c:2,S"]);
        // Killed between the commit and the move: the message lies in new/ still, and is taken in again.
        std::fs::rename(bench.desk.path("Maildir/cur/1.a:2,S"), bench.desk.path("Maildir/new/1.a")).expect("moved");
        let again = ingest(&bench, &["Maildir", "--json"]).json(3);
        assert_eq!(again["messages"][0]["treatment"], "known");
        assert_eq!(bench.desk.list("Maildir/cur"), ["1.a:2,S", "3.c:2,S"]);
        assert_eq!(bench.scalar("select count(*) from suppressions"), 1);
    }
}

#[test]
fn a_mail_server_that_pipes_is_told_to_try_again() {
    let desk = Desk::new().env("MAKEGOOD_STORE__URL", "postgres://nobody@127.0.0.1:1/none");
    let ran = desk.feed(&["bounces", "ingest", "-", "--set", "store.acquire_timeout=200ms"], "x");
    ran.failed(75, &["the database is not available"]);
}
