//! `makegood audit`, code by code: what no lost event makes is planted behind the program's back, named, and settled.

use serde_json::json;

use super::audit::{audit, books_agree, found, none, repaired, some};
use super::dlq::{Bench, canceled, event};

/// Long ago, as the database counts.
fn moment(bench: &Bench) -> &'static str {
    if bench.is_sqlite() { "1772366400000000" } else { "to_timestamp(1772366400)" }
}

fn token(bench: &Bench) -> &'static str {
    if bench.is_sqlite() { "x'00112233445566778899aabbccddeeff'" } else { "'00112233-4455-6677-8899-aabbccddeeff'" }
}

/// What the only open finding of a code says.
fn words(bench: &Bench, code: &str) -> String {
    let listed = audit(bench, &["list", "--code", code, "--json"]).json(0);
    listed[0]["words"].as_str().unwrap_or_else(|| panic!("no finding {code}")).to_owned()
}

fn accept_all(bench: &Bench) {
    let open = audit(bench, &["list", "--json"]).json(0);
    let numbers: Vec<String> =
        open.as_array().expect("findings").iter().map(|finding| finding["no"].to_string()).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    audit(bench, &[&["accept"], &numbers[..], &["--reason", "looked at, ticket 8"]].concat()).done();
}

#[test]
fn a_dead_event_is_named_until_its_letter_is_replayed() {
    for bench in Bench::each() {
        repaired(&bench, 0);
        bench.process(&[canceled("evt-late", "job-late")]);
        let at = "2026-11-20T08:00:00Z";
        let rows = [
            json!({"table": "jobs", "job_id": "job-late", "client_id": "client-harbor", "title": "Late", "state": "canceled",
                "state_since": at}),
            json!({"table": "proposals", "proposal_id": "p-late", "job_id": "job-late", "account_id": "amara-own",
                "person_id": "amara", "state": "submitted", "state_since": at, "submitted_at": at}),
            json!({"table": "entries", "entry_id": "fee-p-late", "account_id": "amara-own", "kind": "fee", "amount": -7,
                "created_at": at, "proposal_id": "p-late"}),
        ];
        bench.desk.feed(&["import", "-"], rows.iter().map(|row| format!("{row}\n")).collect::<String>()).done();
        assert_eq!(found(&bench, 3), some(&[("event_dead", 1)]));
        let said = words(&bench, "event_dead");
        assert!(said.starts_with("the event about job job-late is a dead letter: 7 Connects of 1 proposal "), "{said}");
        bench.dlq(&["replay", "--code", "job_unknown", "--yes", "--reason", "the job is loaded"]).done();
        assert_eq!(found(&bench, 0), none());
        assert_eq!(bench.scalar("select count(*) from connects_entries where reverses = 'fee-p-late'"), 1);
        books_agree(&bench);
    }
}

#[test]
fn what_stands_still_is_named_until_it_moves() {
    for bench in Bench::each() {
        let bench = bench.env("MAKEGOOD_IN_APP__ENABLED", "true");
        repaired(&bench, 0);
        let waiting = [event("job-canceled", "evt-wait", json!({"job_id": "job-wait", "cause": "client-canceled"}))];
        let line = format!("{}\n", waiting[0]);
        bench.desk.feed(&["process", "--no-mail", "--json"], line);
        assert_eq!(bench.scalar("select count(*) from events where event_id = 'evt-wait' and state = 'waiting'"), 1);
        let (long_ago, token) = (moment(&bench), token(&bench));
        bench.execute(format!(
            "update events set due_at = {long_ago} where event_id = 'evt-wait';
             update events set state = 'fanning_out', received_at = {long_ago}, advanced_at = {long_ago}
                where event_no = (select min(event_no) from events where state = 'applied');
             update announcements set lease_token = {token}, lease_until = {long_ago}
                where announcement_no = (select min(announcement_no) from announcements);
             insert into replays (state, operator, reason, effects, created_at)
                values ('pending', 'ana', 'forgotten', 'both', {long_ago})"
        ));
        let still = [("event_overdue", 1), ("fan_out_stuck", 1), ("lease_over", 1), ("replay_stuck", 1)];
        assert_eq!(found(&bench, 3), some(&still));
        for (code, _) in still {
            assert!(!words(&bench, code).starts_with(code), "{code} has words of its own: {}", words(&bench, code));
        }
        bench.dlq(&["cancel", "1", "--reason", "nobody knows it"]).done();
        let soon = if bench.is_sqlite() { "9999999999999999" } else { "now() + interval '1 day'" };
        bench.execute(format!(
            "update events set due_at = {soon} where event_id = 'evt-wait';
             update events set state = 'applied' where state = 'fanning_out';
             update announcements set lease_token = null, lease_until = null where lease_token is not null"
        ));
        assert_eq!(found(&bench, 0), none());
    }
}

#[test]
fn returns_on_a_job_that_lives_are_named_until_the_job_is_right() {
    for bench in Bench::each() {
        repaired(&bench, 0);
        let long_ago = moment(&bench);
        let since = if bench.is_sqlite() {
            bench.scalar("select state_since from jobs where job_id = 'job-logo'").to_string()
        } else {
            "timestamptz '2026-11-20T09:00:00Z'".to_owned()
        };
        bench.execute(format!("update jobs set state = 'open', state_since = {long_ago} where job_id = 'job-logo'"));
        assert_eq!(found(&bench, 3), some(&[("return_on_living_job", 3)]));
        let said = words(&bench, "return_on_living_job");
        assert!(said.contains("job job-logo ended, and it has been open all along"), "{said}");
        bench.execute(format!("update jobs set state = 'canceled', state_since = {since} where job_id = 'job-logo'"));
        assert_eq!(found(&bench, 0), none());
    }
}

#[test]
fn decisions_and_announcements_that_were_altered_are_named_and_accepted() {
    for bench in Bench::each() {
        let bench = bench.env("MAKEGOOD_IN_APP__ENABLED", "true");
        repaired(&bench, 0);
        bench.execute(
            "update decisions set amount = amount + 1 where proposal_id = 'p-01' and verdict = 'credited';
             update decisions set told = (1 = 0) where proposal_id = 'p-02' and told;
             delete from announcements where entry_id in (select entry_id from connects_entries where proposal_id = 'p-01');
             delete from announcements where notice_id in (select notice_id from notices where person_id = 'amara')"
                .to_owned(),
        );
        let codes = [("announcement_missing", 2), ("notice_without_decision", 1), ("return_differs", 1)];
        assert_eq!(found(&bench, 3), some(&codes));
        for (code, _) in codes {
            assert!(!words(&bench, code).starts_with(code), "{code} has words of its own: {}", words(&bench, code));
        }
        accept_all(&bench);
        assert_eq!(found(&bench, 0), none());
        assert!(bench.log().iter().any(|(action, number, _)| action == "audit.accept" && *number == 4));
    }
}
