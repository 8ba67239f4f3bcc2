//! What the mail says, the bell says: published once each without faults, at least once with them, under the same id.

use std::collections::BTreeSet;

use makegood::event::PersonId;
use serde_json::{Value, json};

use super::market::{FULL, Market, NAME_CANARY, all_canceled, canceled, message, removed, suspended};
use super::stage::{DEADLINE, Stage, logged, page, until_logged};
use crate::support::bell::{Told, bind, by_id, heard, unfit};
use crate::support::daemon::{Daemon, Settings};
use crate::support::proxy::Proxy;

/// A daemon that announces, in a hurry.
fn settings(stage: &Stage) -> Settings {
    stage.settings().set("in_app.enabled", true).set("in_app.poll", "50ms").set("in_app.lease", "6s")
}

/// Jobs that fan out and jobs that do not; person 1 works for an agency whose manager is person 0; person 2 has no
/// address.
pub fn market() -> Market {
    let mut market = Market::new(9)
        .job("crowd", "client-c", 0..9)
        .job("job-r", "client-r", [1, 2])
        .job("job-s1", "client-s", [0])
        .job("job-s2", "client-s", [0, 2]);
    market.facts.accounts[1].kind = "agency".into();
    market.facts.accounts[1].manager_id = Some(PersonId::parse("person-0").expect("an id"));
    market.facts.people[2].email = None;
    market
}

/// Notices and returns by the ids under which they must be published.
async fn expected(stage: &Stage) -> BTreeSet<String> {
    let id = if stage.database().starts_with("sqlite") { "hex(notice_id)" } else { "cast(notice_id as text)" };
    let notices = stage.rows(&format!("select {id} from notices")).await;
    let notices = notices.iter().map(|id| uuid::Uuid::parse_str(id).expect("a UUID").to_string());
    notices.chain(stage.rows("select entry_id from connects_entries where kind = 'return'").await).collect()
}

async fn until_published(stage: &Stage, daemon: &Daemon) {
    stage.until_count(daemon, "announcements where state <> 'published'", 0).await;
}

pub async fn every_notice_and_every_return_is_told_once(stage: Stage) {
    // The crowd is applied in chunks.
    let settings = settings(&stage).set("store.inline_proposals_max", 4).set("store.chunk_accounts", 2);
    let mut daemon = Daemon::start_ready(&settings, "daemon").await;
    bind(&stage.vhost, &["#"]);
    let mut crowd = canceled("c", "crowd");
    crowd["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into();
    let events = [crowd, removed("r", "job-r"), suspended("s", "client-s")];
    for _ in 0..2 {
        stage.publish(events.iter().map(message).collect()).await;
    }
    stage.until_applied(&daemon, 3).await;
    until_published(&stage, &daemon).await;
    let expected = expected(&stage).await;
    // Nine people of the crowd, their manager among them; two and their manager; two.
    assert_eq!(expected.len(), 9 + 3 + 2 + 14);
    let told = heard(&stage.broker()).await;
    assert_eq!((told.len(), by_id(&told).into_keys().collect()), (expected.len(), expected), "each once");
    returns_are_the_ledgers(&stage, &told).await;
    bells_are_the_letters(&stage, &told);
    let documented = include_str!("../../../docs/integration.md");
    let documented = documented.split("## What makegood tells the marketplace").nth(1).expect("a section");
    for one in &told {
        assert_eq!(unfit(&one.event), None);
        for field in fields(&one.event["data"]) {
            assert!(documented.contains(&format!("`{field}`")), "{field} is not in docs/integration.md");
        }
        let text = one.event.to_string();
        assert!(!text.contains('@') && !text.contains("canary.example") && !text.contains(NAME_CANARY), "{text}");
        let traced = one.event["data"]["event"]["id"] == "c";
        assert_eq!(one.event.get("traceparent").is_some(), traced, "{text}");
    }
    stage.assert_made_good(FULL).await;
    let (status, ready) = page(&mut daemon, "/ready").await;
    assert!(status == 200 && ready.contains(r#""in_app":true"#), "{ready}");
    let (_, metrics) = page(&mut daemon, "/metrics").await;
    let counted = r#"makegood_announcements_total{routing_key="connects-returned",outcome="published"} 14"#;
    assert!(metrics.lines().any(|line| line == counted), "{metrics}");
    stage.assert_nothing_leaks(&[metrics]);
    stage.stop_clean(daemon).await;
}

/// Every name in a JSON value, at any depth.
fn fields(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(name, value)| {
                let mut names = fields(value);
                names.insert(name.clone());
                names
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(fields).collect(),
        _ => BTreeSet::new(),
    }
}

/// Each return as the ledger has it; the balances run up to what the account has now.
async fn returns_are_the_ledgers(stage: &Stage, told: &[Told]) {
    let returns: Vec<&Value> =
        told.iter().filter(|one| one.routing_key == "connects-returned").map(|one| &one.event).collect();
    let mut found: Vec<String> = returns
        .iter()
        .map(|event| {
            assert_eq!((&event["type"], &event["source"]), (&json!("connects-returned"), &json!("/makegood")));
            let data = &event["data"];
            assert_eq!((&event["subject"], &data["charge"]), (&data["account_id"], &json!("fee")));
            let text = |name: &str| data[name].as_str().expect("a text").to_owned();
            format!(
                "{} {} {} {} {}",
                text("entry_id"),
                text("account_id"),
                text("proposal_id"),
                data["amount"],
                text("reverses")
            )
        })
        .collect();
    found.sort();
    let ledger = "select entry_id || ' ' || account_id || ' ' || proposal_id || ' ' || amount || ' ' || reverses
        from connects_entries where kind = 'return'";
    let mut ledger = stage.rows(ledger).await;
    ledger.sort();
    assert_eq!(found, ledger);
    for account in stage.rows("select account_id from accounts").await {
        let of_account =
            returns.iter().map(|event| &event["data"]).filter(|data| data["account_id"] == account.as_str());
        let highest = of_account.filter_map(|data| data["balance_after"].as_i64()).max();
        assert_eq!(highest, Some(FULL), "{account}");
    }
}

/// The same notice says the same in both places: title, sentences, totals, and for each proposal its facts.
fn bells_are_the_letters(stage: &Stage, told: &[Told]) {
    let letters = stage.letters();
    let mut silent = 0;
    for one in told.iter().filter(|one| one.event["type"] == "notice-issued") {
        let data = &one.event["data"];
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        assert_eq!(one.routing_key, format!("notice-issued.{}", text(&data["event"]["type"])));
        assert_eq!((one.id(), &one.event["subject"]), (text(&data["notice_id"]), &data["person_id"]));
        let letter = letters.iter().find(|letter| letter.message_id.starts_with(&one.id()));
        let Some(letter) = letter else {
            assert_eq!(data["person_id"], "person-2", "only who has no address gets no letter");
            silent += 1;
            continue;
        };
        assert_eq!(letter.subject, text(&data["title"]));
        let words = letter.text.replace("\r\n", "\n");
        assert!(words.contains(&text(&data["text"])), "{} in\n{words}", data["text"]);
        let lines = data["lines"].as_array().expect("lines");
        assert_eq!(data["proposals"], lines.len());
        let returned = lines.iter().filter_map(|line| line["returned"]["fee"].as_i64()).sum::<i64>();
        assert_eq!((data["returned"].as_i64(), &data["late"]), (Some(returned), &json!(true)));
        for line in lines {
            for fact in ["proposal_id", "job_title", "account_id", "reason"] {
                assert!(words.contains(&text(&line[fact])), "{fact} {} in\n{words}", line[fact]);
            }
            assert!(words.contains(&text(&line["entries"][0])), "{words}");
            assert!(words.contains(&format!("now {} Connects", line["balance_after"])), "{words}");
        }
    }
    assert_eq!(silent, 3, "every notice of person 2 is told in the marketplace alone");
}

/// Killed before the broker has anything, and after it has all of it: nothing is lost, and what is repeated is
/// recognised.
pub async fn a_kill_repeats_and_loses_nothing(stage: Stage) {
    // The exchange and its queue are there before anything is published.
    let daemon = Daemon::start_ready(&settings(&stage), "declares").await;
    bind(&stage.vhost, &["#"]);
    stage.stop_clean(daemon).await;
    for (name, point) in [("before", "k15=return"), ("after", "k16=return")] {
        let mut doomed = Daemon::start(&settings(&stage).failpoints(point), name);
        stage.publish(vec![message(&canceled(name, if name == "before" { "crowd" } else { "job-r" }))]).await;
        assert!(doomed.exit(DEADLINE).await.is_some(), "{name} lives:\n{}", doomed.log_tail());
    }
    let daemon = Daemon::start_ready(&settings(&stage), "heir").await;
    stage.until_applied(&daemon, 2).await;
    until_published(&stage, &daemon).await;
    let expected = expected(&stage).await;
    let told = heard(&stage.broker()).await;
    assert_eq!(by_id(&told).into_keys().collect::<BTreeSet<_>>(), expected);
    assert!(told.len() > expected.len(), "what was published before the kill is published again");
    for (id, copies) in by_id(&told) {
        assert!(copies.iter().all(|copy| copy.event == copies[0].event), "{id} says one thing");
    }
    stage.stop_clean(daemon).await;
}

/// A key that no queue is bound for waits and says so; others go on.
pub async fn what_no_queue_takes_is_kept_and_holds_up_no_other(stage: Stage) {
    let mut daemon = Daemon::start_ready(&settings(&stage), "daemon").await;
    bind(&stage.vhost, &["connects-returned"]);
    stage.publish(vec![message(&canceled("c", "crowd")), message(&removed("r", "job-r"))]).await;
    stage.until_applied(&daemon, 2).await;
    stage.until_count(&daemon, "announcements where state = 'published' and entry_id is not null", 11).await;
    until_logged(&daemon, &["no queue takes", "notice-issued.job-canceled"], 3).await;
    assert_eq!(stage.count("announcements where state = 'published' and notice_id is not null").await, 0);
    let (_, metrics) = page(&mut daemon, "/metrics").await;
    let unheard = r#"makegood_announcements_unheard{routing_key="notice-issued.job-canceled"} 1"#;
    assert!(metrics.lines().any(|line| line == unheard), "{metrics}");
    // One message a pause, whatever waits: no flood.
    let probes = logged(daemon.log(), &["no queue takes"]);
    let tried = stage.rows("select cast(sum(attempts) as text) from announcements where notice_id is not null").await;
    let tried: usize = tried[0].parse().expect("a sum");
    let waiting = stage.count("notices").await;
    assert!(tried <= waiting + probes + 2, "{tried} attempts, {probes} times said");
    bind(&stage.vhost, &["notice-issued.*"]);
    until_published(&stage, &daemon).await;
    let expected = expected(&stage).await;
    let told = heard(&stage.broker()).await;
    assert_eq!(told.len(), expected.len(), "what came back was not delivered");
    until_logged(&daemon, &["published again", "notice-issued.job-canceled"], 1).await;
    stage.stop_clean(daemon).await;
}

/// What was applied without a broker waits for the daemon; a broker that goes away is waited for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_process_applies_is_told_by_the_daemon_and_an_outage_is_waited_for() {
    const EVENTS: usize = 20;
    let stage = Stage::production(&Market::new(EVENTS).jobs(EVENTS)).await;
    let daemon = Daemon::start_ready(&settings(&stage), "declares").await;
    bind(&stage.vhost, &["#"]);
    stage.stop_clean(daemon).await;
    let events: Vec<u8> =
        all_canceled(EVENTS / 2).into_iter().flat_map(|event| [event.body, b"\n".to_vec()].concat()).collect();
    let file = stage.folder.path().join("events.ndjson");
    std::fs::write(&file, events).expect("written");
    let processed = settings(&stage).command().arg("process").arg(&file).output().expect("it runs");
    assert!(processed.status.success(), "{}", String::from_utf8_lossy(&processed.stderr));
    assert_eq!(stage.count("announcements where state = 'pending' and due_at is not null").await, EVENTS);

    let proxy = Proxy::start(stage.vhost.url().split(['/', '@']).nth(3).expect("a place")).await;
    let url = stage.vhost.url();
    let (login, rest) = url.split_once('@').expect("a login");
    let (_, vhost) = rest.split_once('/').expect("a vhost");
    let settings = settings(&stage).set("broker.url", format!("{login}@127.0.0.1:{}/{vhost}", proxy.port()));
    let daemon = Daemon::start_ready(&settings, "daemon").await;
    until_published(&stage, &daemon).await;
    proxy.cut();
    until_logged(&daemon, &["dependency lost", "in_app"], 1).await;
    stage.publish(all_canceled(EVENTS)).await;
    proxy.mend();
    stage.until_applied(&daemon, EVENTS).await;
    until_published(&stage, &daemon).await;
    let expected = expected(&stage).await;
    assert_eq!(expected.len(), 2 * EVENTS);
    let told = heard(&stage.broker()).await;
    assert_eq!(by_id(&told).into_keys().collect::<BTreeSet<_>>(), expected);
    stage.stop_clean(daemon).await;
}
