//! Notices kept back, let go and sent again: at rest, and beside a running daemon.

use super::{id_of, listed, notices, send, state_of, three};
use crate::cli::daemon::start;
use crate::cli::dlq::Bench;
use crate::support::rabbit::Vhost;

#[test]
fn what_is_held_is_not_sent_until_it_is_let_go() {
    for bench in Bench::each() {
        three(&bench);
        let id = id_of(&bench, "amara");
        let others = listed(&bench, &[]).len() - 1;
        notices(&bench, &["hold", &id]).failed(2, &["--reason"]);
        let would = notices(&bench, &["hold", &id, "--reason", "wrong name", "--dry-run"]).done();
        assert!(would.contains("1 notice would change (hold)") && would.contains(&id), "{would}");
        assert_eq!(state_of(&bench, "amara"), "pending");
        assert!(notices(&bench, &["hold", &id[..8], "--reason", "wrong name"]).done().contains("1 notice kept back"));
        let again = notices(&bench, &["hold", &id, "--reason", "wrong name"]);
        assert!(again.stderr.contains("it is kept back already"), "{}", again.stderr);
        again.ended(3);
        send(&bench);
        assert_eq!((bench.desk.letters().len(), &*state_of(&bench, "amara")), (others, "withheld"));

        let released =
            notices(&bench, &["release", "--person", "amara", "--reason", "name is right", "--json"]).json(0);
        assert_eq!((&released["changed"], &released["ids"][0]), (&1.into(), &id.clone().into()));
        send(&bench);
        assert_eq!((bench.desk.letters().len(), &*state_of(&bench, "amara")), (others + 1, "sent"));
        let log: Vec<_> = bench.log().into_iter().map(|(action, number, _)| (action, number)).collect();
        let expected = [("notices.hold", 1), ("notices.hold", 0), ("notices.release", 1)];
        assert_eq!(log, expected.map(|(action, number)| (action.to_owned(), number)));
    }
}

#[test]
fn what_was_sent_is_sent_again_only_where_that_is_said() {
    for bench in Bench::each() {
        three(&bench);
        send(&bench);
        let id = id_of(&bench, "amara");
        let none = notices(&bench, &["resend", "--event-id", "evt-1", "--reason", "asked for"]).done();
        assert!(none.starts_with("0 notices"), "{none}");
        notices(&bench, &["resend", "--state", "pending", "--reason", "asked for"]).failed(1, &["not pending"]);
        // Everything that is there, and nobody at a terminal to be asked.
        notices(&bench, &["resend", "--state", "sent", "--reason", "asked for"]).failed(1, &["say --yes"]);
        notices(&bench, &["resend", &id, "--reason", "asked for"]).done();
        let again = notices(&bench, &["resend", &id, "--reason", "asked for"]);
        assert!(again.stderr.contains("it is on its way out already"), "{}", again.stderr);
        again.ended(3);
        send(&bench);
        let shown = notices(&bench, &["show", &id, "--json"]).json(0);
        assert_eq!((&shown["state"], &shown["resends"]), (&"sent".into(), &1.into()));
        let history: Vec<_> =
            shown["history"].as_array().expect("a history").iter().map(|event| &event["what"]).collect();
        assert_eq!(history, ["attempt", "resend"]);
        let limited = notices(
            &bench,
            &["resend", "--state", "sent", "--type", "job-canceled", "--limit", "1", "--reason", "asked for", "--json"],
        );
        assert_eq!(limited.json(0)["changed"], 1);
    }
}

#[test]
fn a_daemon_at_work_sends_what_is_let_go() {
    for bench in Bench::each() {
        let vhost = Vhost::create();
        let bench = bench.env("MAKEGOOD_BROKER__URL", &vhost.url());
        three(&bench);
        let all = listed(&bench, &[]).len();
        notices(&bench, &["hold", "--event-id", "evt-1", "--reason", "a wrong sentence"]).done();
        let (daemon, _) = start(&bench.desk);
        assert_eq!(listed(&bench, &["--state", "withheld", "--code", "operator"]).len(), all);
        notices(&bench, &["release", "--event-id", "evt-1", "--reason", "the sentence is right"]).done();
        let sent = |number: usize| {
            bench.until("every notice is sent", |bench| listed(bench, &["--state", "sent"]).len() == number);
        };
        sent(all);
        let again = id_of(&bench, "amara");
        notices(&bench, &["resend", &again, "--reason", "asked for"]).done();
        sent(all);
        assert_eq!(daemon.stop(), Some(0));
        let shown = notices(&bench, &["show", &again, "--json"]).json(0);
        let history: Vec<_> =
            shown["history"].as_array().expect("a history").iter().map(|event| &event["what"]).collect();
        assert_eq!(history, ["hold", "release", "attempt", "resend"], "{shown}");
    }
}
