//! `makegood audit`: gaps of each kind are planted, found, named and repaired, and the next audit is clean.

use super::Desk;
use super::dlq::{Bench, canceled, event};
use crate::support::rabbit::{Vhost, until};
use serde_json::{Value, json};

pub(super) fn audit(bench: &Bench, arguments: &[&str]) -> super::Ran {
    bench.desk.run(&[&["audit"][..], arguments].concat())
}

/// Codes with open findings and how many, after a whole audit.
pub(super) fn found(bench: &Bench, code: i32) -> Vec<(String, u64)> {
    let report = audit(bench, &["--json", "--set", "audit.lag=0s"]).json(code);
    let open = report["open"].as_array().expect("codes").iter();
    open.map(|of| (of["code"].as_str().expect("a code").to_owned(), of["findings"].as_u64().expect("a number")))
        .collect()
}

/// Audits, then repairs what it found; what was done.
pub(super) fn repaired(bench: &Bench, code: i32) -> Value {
    audit(bench, &["--set", "audit.lag=0s"]);
    let arguments = ["--repair", "--yes", "--reason", "ticket 7", "--json", "--set", "audit.lag=0s"];
    audit(bench, &arguments).json(code)["done"].clone()
}

pub(super) fn none() -> Vec<(String, u64)> {
    Vec::new()
}

pub(super) fn some(codes: &[(&str, u64)]) -> Vec<(String, u64)> {
    codes.iter().map(|(code, findings)| ((*code).to_owned(), *findings)).collect()
}

/// Every balance is the sum of its entries.
pub(super) fn books_agree(bench: &Bench) {
    let wrong = "select count(*) from accounts a
        where a.balance <> (select coalesce(sum(e.amount), 0) from connects_entries e where e.account_id = a.account_id)";
    assert_eq!(bench.scalar(wrong), 0);
}

#[test]
fn events_that_were_never_published_are_made_good_once() {
    for bench in Bench::each() {
        // Two closed jobs and a suspension; what was filled after a hire returns nothing.
        assert_eq!(found(&bench, 3), some(&[("event_missing", 3)]));
        let plan = audit(&bench, &["--repair", "--json", "--set", "audit.lag=0s"]).json(3)["plan"].clone();
        assert_eq!(
            (&plan["events"], &plan["connects"], &plan["by_hand"]),
            (&json!(3), &json!(55), &json!(0)),
            "{plan}"
        );
        assert_eq!(bench.returns(), 0, "a plan changes nothing");
        let report = audit(&bench, &["--json", "--set", "audit.lag=0s"]).json(3);
        assert_eq!(report["canary"], "found", "{report}");
        assert_eq!(bench.scalar("select count(*) from jobs where job_id like '%canary%'"), 0);
        let listed = audit(&bench, &["list", "--subject", "job-logo", "--json"]).json(0);
        let words = "job job-logo is closed, and no event was ever received: 28 Connects of 2 proposals should have come back; 2 \
                     people to tell";
        assert_eq!(listed[0]["words"], words);

        let done = repaired(&bench, 0);
        assert_eq!(
            (&done["applied"], &done["under_way"], &done["connects"]),
            (&json!(2), &json!(1), &json!(55)),
            "{done}"
        );
        assert_eq!(found(&bench, 0), none());
        assert_eq!(bench.scalar("select count(*) from audit_findings where state = 'repaired'"), 3);
        let from =
            bench.scalar("select count(*) from events where source = 'makegood/audit' and occurred_at < received_at");
        assert_eq!(from, 3);
        assert_eq!(bench.log().iter().filter(|(action, ..)| action == "audit.repair").count(), 1);

        // The event itself comes in the end: no second credit and no second letter.
        let (returns, notices) = (bench.returns(), bench.scalar("select count(*) from notices"));
        bench.process(&[canceled("late", "job-logo")]);
        assert_eq!((bench.returns(), bench.scalar("select count(*) from notices")), (returns, notices));
        assert_eq!(found(&bench, 0), none());
        books_agree(&bench);
    }
}

#[test]
fn what_a_restored_backup_forgot_is_credited_again() {
    for bench in Bench::each() {
        bench.back_up();
        bench.process(&[canceled("evt-1", "job-logo")]);
        let (returns, sum) = (bench.returns(), "select sum(amount) from connects_entries where kind = 'return'");
        let connects = bench.scalar_cast(sum);
        assert_eq!(found(&bench, 3), some(&[("event_missing", 2)]));
        bench.restore();
        assert_eq!(bench.returns(), 0, "the backup is older");
        assert_eq!(found(&bench, 3), some(&[("event_missing", 3)]));
        let arguments =
            ["--repair", "--yes", "--reason", "restored", "--json", "--only", "1,2,3", "--set", "audit.lag=0s"];
        audit(&bench, &arguments).json(0);
        assert_eq!(found(&bench, 0), none());
        let logo = "select count(*) from connects_entries where kind = 'return' and proposal_id in ('p-01', 'p-02')";
        assert_eq!(bench.scalar(logo), returns);
        let logo = "select sum(amount) from connects_entries where kind = 'return' and proposal_id in ('p-01', 'p-02')";
        assert_eq!(bench.scalar_cast(logo), connects);
        books_agree(&bench);
    }
}

#[test]
fn a_proposal_submitted_during_the_removal_is_credited_alone() {
    for bench in Bench::each() {
        let told = json!({"job_id": "job-copy", "cause": "terms-of-service", "rule": "wording-of-a-rule"});
        bench.process(&[event("post-removed", "evt-copy", told)]);
        repaired(&bench, 0);
        let notices = bench.scalar("select count(*) from notices");
        let (at, job) = ("2026-11-20T10:00:03Z", "job-copy");
        let rows = [
            json!({"table": "proposals", "proposal_id": "p-90", "job_id": job, "account_id": "amara-own",
                "person_id": "amara", "state": "submitted", "state_since": at, "submitted_at": at}),
            json!({"table": "entries", "entry_id": "fee-p-90", "account_id": "amara-own", "kind": "fee", "amount": -6,
                "created_at": at, "proposal_id": "p-90"}),
        ];
        bench.desk.feed(&["import", "-"], rows.iter().map(|row| format!("{row}\n")).collect::<String>()).done();
        assert_eq!(found(&bench, 3), some(&[("late_proposal", 1)]));
        // The words of others stay in the event alone, where an erasure finds them; the repair has them all the same.
        assert_eq!(bench.scalar("select count(*) from audit_findings where details like '%wording%'"), 0);
        let done = repaired(&bench, 0);
        assert_eq!((&done["applied"], &done["connects"]), (&json!(1), &json!(6)), "{done}");
        assert_eq!(bench.scalar("select count(*) from notices"), notices + 1, "nobody else is told again");
        let copy = "select count(*) from events where source = 'makegood/audit' and payload like '%wording-of-a-rule%'";
        assert_eq!(bench.scalar(copy), 1);
        assert_eq!(found(&bench, 0), none());
        books_agree(&bench);
    }
}

#[test]
fn what_was_done_behind_the_ledgers_back_is_found() {
    for bench in Bench::each() {
        repaired(&bench, 0);
        let sqlite = bench.is_sqlite();
        let moment = if sqlite { "1772366400000000" } else { "to_timestamp(1772366400)" };
        let token =
            if sqlite { "x'00112233445566778899aabbccddeeff'" } else { "'00112233-4455-6677-8899-aabbccddeeff'" };
        bench.execute(format!(
            "insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, reverses, reason, event_no, created_at)
             values ('slip', 'chen-own', 'p-06', 'return', 10, 'fee-p-06', 'client_canceled', 4711, {moment});
             update accounts set balance = balance + 10 where account_id = 'chen-own';
             update accounts set balance = balance + 5 where account_id = 'bruno-own';
             update notices set state = 'leased', lease_token = {token}, lease_until = {moment} where person_id = 'chen';
             delete from notices where person_id = 'bruno'"
        ));
        let gaps = [("balance_wrong", 1), ("lease_over", 1), ("notice_missing", 1), ("return_without_cause", 1)];
        assert_eq!(found(&bench, 3), some(&gaps));
        let done = repaired(&bench, 3);
        assert_eq!(done["rows"], 2, "{done}");
        assert_eq!(found(&bench, 3), some(&[("notice_missing", 1), ("return_without_cause", 1)]));
        books_agree(&bench);

        let open = audit(&bench, &["list", "--json"]).json(0);
        let open: Vec<String> = open.as_array().expect("two").iter().map(|finding| finding["no"].to_string()).collect();
        let slip = audit(&bench, &["list", "--code", "return_without_cause", "--json"]).json(0);
        let words = slip[0]["words"].as_str().expect("words");
        assert!(words.starts_with("return slip of 10 Connects to account chen-own has no cause"), "{words}");
        assert!(audit(&bench, &["show", &open[0]]).done().contains("repair: "));
        audit(&bench, &["accept", &open[0], &open[1]]).failed(2, &["--reason"]);
        audit(&bench, &["accept", &open[0], &open[1], "--reason", "agreed with finance"]).done();
        assert_eq!(found(&bench, 0), none(), "accepted while nothing changes");
        let left = audit(&bench, &["accept", "999", "--reason", "x"]);
        assert!(left.code == Some(3) && left.stderr.contains("finding 999 is not open"), "{}", left.stderr);
        assert!(bench.log().contains(&("audit.accept".to_owned(), 2, "agreed with finance".to_owned())));
    }
}

#[test]
fn a_ledger_changed_by_hand_is_named_and_a_kept_digest_tells() {
    for bench in Bench::each() {
        repaired(&bench, 0);
        assert_eq!(found(&bench, 0), none());
        let listed = audit(&bench, &["seals", "--json"]).json(0);
        let (no, digest) = (listed["seals"][0]["no"].clone(), listed["seals"][0]["digest"].as_str().expect("a digest"));
        let kept = format!("{no}:{digest}");
        assert!(audit(&bench, &["seals"]).done().contains(digest));
        assert!(audit(&bench, &["seals", "--expect", &kept]).done().contains("is the one that was kept"));

        let edit = "update connects_entries set reason = 'x' where entry_no = 1";
        bench.execute(if bench.is_sqlite() {
            format!("drop trigger connects_entries_no_update; {edit}")
        } else {
            format!("alter table connects_entries disable trigger user; {edit}")
        });
        assert_eq!(found(&bench, 3), some(&[("ledger_changed", 1)]));
        let finding = audit(&bench, &["list", "--code", "ledger_changed", "--json"]).json(0)[0].clone();
        let words = finding["words"].as_str().expect("words");
        assert!(words.starts_with("entries 1 to ") && words.contains("seal 1 says (digest differ)"), "{words}");
        audit(&bench, &["accept", &finding["no"].to_string(), "--reason", "a typing error"]).done();
        assert_eq!(found(&bench, 0), none(), "accepted while nothing changes");

        let other = format!("{no}:{}", "0".repeat(64));
        let differs = audit(&bench, &["seals", "--json", "--expect", &other]).json(3);
        assert_eq!(differs["expected"]["agrees"], false, "{differs}");
        let later = audit(&bench, &["seals", "--expect", &format!("9{kept}")]);
        assert!(later.code == Some(3) && later.stdout.contains("there is no seal 9"), "{}", later.stdout);
        audit(&bench, &["seals", "--expect", "1"]).failed(2, &["NO:DIGEST"]);
    }
}

#[tokio::test]
async fn a_daemon_finds_a_gap_without_any_command_and_repairs_nothing() {
    let vhost = Vhost::create();
    let desk = Desk::with_market()
        .env("MAKEGOOD_BROKER__URL", &vhost.url())
        .env("MAKEGOOD_AUDIT__LAG", "0s")
        .env("MAKEGOOD_AUDIT__EVERY", "100ms");
    let (daemon, address) = super::daemon::start(&desk);
    let metrics = || -> String {
        let answer = ureq::get(&format!("http://{address}/metrics")).call();
        answer.ok().and_then(|mut answer| answer.body_mut().read_to_string().ok()).unwrap_or_default()
    };
    until("the gauge tells", || metrics().contains("makegood_audit_findings{code=\"event_missing\"} 3")).await;
    let told = metrics();
    assert!(told.contains("makegood_audit_canary 1") && told.contains("makegood_audit_completed_seconds"), "{told}");
    assert_eq!(daemon.stop(), Some(0));
    let listed = desk.run(&["audit", "list", "--json"]).json(0);
    assert_eq!(listed.as_array().expect("findings").len(), 3);
    assert_eq!(desk.run(&["dlq", "log", "--json"]).json(0)["entries"], json!([]));
}
