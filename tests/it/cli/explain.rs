//! `makegood explain` and `makegood history`: what a support agent types and reads.

use serde_json::Value;

use super::{Desk, EVENTS, MARKET};

/// The demo's marketplace after its events.
fn after() -> Desk {
    let desk = Desk::with_market();
    desk.run(&["process", "events.ndjson"]).ended(3);
    desk
}

#[test]
fn the_answer_comes_first() {
    let desk = after();
    let text = desk.run(&["explain", "p-02"]).done();
    let first = text.lines().next().expect("an answer");
    assert!(
        first.starts_with("20 Connects came back for the proposal on “Logo for a second-hand bookshop” on"),
        "{text}"
    );
    for words in ["On 2026-11-20 09:00 UTC, the client canceled the job.", "return-fee-p-02", "ledger.return", "row-02"]
    {
        assert!(text.contains(words), "no {words} in\n{text}");
    }
    let withdrawn = desk.run(&["explain", "proposal", "p-03"]).done();
    assert!(
        withdrawn.contains("had been withdrawn on 2026-11-19 08:00 UTC, 1 day before this happened"),
        "{withdrawn}"
    );
}

#[test]
fn every_kind_answers_as_json() {
    let desk = after();
    for (kind, id, code) in [
        ("proposal", "p-01", "credited"),
        ("person", "bruno", "listed"),
        ("account", "bruno-own", "listed"),
        ("job", "job-logo", "listed"),
        ("client", "client-mole", "listed"),
        ("event", "ev-1", "applied"),
        ("entry", "return-fee-p-01", "credited"),
    ] {
        let timeline = desk.run(&["explain", kind, id, "--json"]).json(0);
        assert_eq!(
            (&timeline["subject"]["kind"], &timeline["answer"]["code"]),
            (&kind.into(), &code.into()),
            "{timeline}"
        );
        assert!(!timeline["answer"]["sentences"].as_array().expect("sentences").is_empty(), "{timeline}");
        assert!(!timeline.to_string().contains('@'), "no address: {timeline}");
    }
    let proposal = desk.run(&["explain", "p-01", "--json"]).json(0);
    let entries = proposal["entries"].as_array().expect("entries");
    let notice = entries.iter().find_map(|entry| entry["ids"]["notice"].as_str()).expect("a notice");
    let told = desk.run(&["explain", notice, "--json"]).json(0);
    assert_eq!((&told["subject"]["kind"], &told["answer"]["code"]), (&"notice".into(), &"sent".into()));
    let decision = entries.iter().find(|entry| entry["what"] == "decision").expect("a decision");
    assert_eq!(decision["details"]["seen"]["job"], "canceled", "{decision}");
}

#[test]
fn what_is_unknown_or_not_plain_is_said() {
    let desk = after();
    desk.run(&["explain", "nobody"]).failed(1, &["no proposal, person, account", "has the id nobody"]);
    desk.run(&["explain", "job", "p-01"]).failed(1, &["no job has the id p-01"]);
    desk.run(&["explain", "x\u{1b}[31m"]).failed(1, &["x\\u{1b}[31m"]);
    desk.run(&["explain"]).failed(2, &["[KIND] ID"]);
    let other = Desk::new();
    other.write("one.ndjson", MARKET.replace("\"amara-own\"", "\"amara\""));
    other.run(&["import", "one.ndjson"]).done();
    let several = other.run(&["explain", "amara"]).ended(3);
    assert_eq!(several, "makegood explain person amara\nmakegood explain account amara\n");
    let json = other.run(&["explain", "amara", "--json"]).json(3);
    assert_eq!(json["matches"].as_array().map(Vec::len), Some(2));
    assert!(other.run(&["explain", "account", "amara"]).done().starts_with("Account amara (freelancer) has"));
    // Nothing has happened yet.
    let open = other.run(&["explain", "p-09"]).done();
    assert!(open.contains("is suspended, but no event about it was ever received"), "{open}");
    let canceled = other.run(&["explain", "p-01"]).done();
    assert!(canceled.contains("`makegood audit` would repair this"), "{canceled}");
}

#[test]
fn a_page_goes_on_where_the_last_one_ended() {
    let desk = after();
    let first = desk.run(&["explain", "account", "bruno-own", "--limit", "2", "--json"]).json(0);
    let next = first["next"].as_str().expect("a next page");
    let second = desk.run(&["explain", "account", "bruno-own", "--before", next, "--json"]).json(0);
    let of = |page: &Value| -> Vec<String> {
        let lines = page["proposals"].as_array().expect("proposals").iter();
        lines.map(|line| line["proposal"].as_str().expect("an id").to_owned()).collect()
    };
    assert_eq!([of(&first), of(&second)].concat(), ["p-02", "p-11", "p-05"]);
    desk.run(&["explain", "account", "bruno-own", "--before", "nobody"]).failed(1, &["no proposal", "nobody"]);
}

#[test]
fn a_statement_adds_up_in_every_form() {
    let desk = after();
    let json = desk.run(&["history", "bruno-own", "--json"]).done();
    let lines: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let mut balance = 0;
    for line in &lines {
        balance += line["amount"].as_i64().expect("an amount");
        assert_eq!(line["balance"], balance, "{line}");
    }
    assert_eq!((lines.len(), balance), (8, 50));
    let csv = desk.run(&["history", "bruno-own", "--csv"]).done();
    assert_eq!(csv.lines().count(), 1 + lines.len());
    assert!(csv.starts_with("at,entry,kind,amount,balance,cause,"), "{csv}");
    let since = desk.run(&["history", "bruno-own", "--since", "2026-11-18", "--until", "2026-11-19"]);
    assert!(since.stderr.contains("balance at the end of the period: 26; now: 50"), "{}", since.stderr);
    let table = since.done();
    assert!(table.starts_with("account bruno-own (freelancer), balance before 2026-11-18 00:00:00Z: 46"), "{table}");
    desk.run(&["history", "nobody"]).failed(1, &["there is no account nobody"]);
    desk.run(&["history", "bruno-own", "--since", "then"]).failed(1, &["\"then\" is no day"]);
    desk.run(&["history", "bruno-own", "--since", "1d", "--until", "2d"]).failed(1, &["--since is not before --until"]);
}

#[test]
fn no_title_becomes_a_formula_or_a_command() {
    let desk = Desk::new();
    let hostile = "=cmd|' /C calc'!A0 \\u001b[31m";
    desk.write("market.ndjson", MARKET.replace("Logo for a second-hand bookshop", hostile));
    desk.write("events.ndjson", EVENTS);
    desk.run(&["import", "market.ndjson"]).done();
    desk.run(&["process", "events.ndjson"]).ended(3);
    let csv = desk.run(&["history", "bruno-own", "--csv"]).done();
    assert!(csv.contains("'=cmd|") && !csv.contains(",=cmd"), "{csv}");
    for text in [desk.run(&["history", "bruno-own"]).done(), desk.run(&["explain", "p-02"]).done()] {
        assert!(text.contains("=cmd|") && !text.contains('\u{1b}'), "{text}");
    }
}
