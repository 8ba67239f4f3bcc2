//! The bell beside the mail: what would be published of every notice and return says the same, and fits its schema.

use std::time::Duration;

use makegood::clock::Clock;
use makegood::event::published_keys;
use makegood::store::{AnnouncementLease, AnnouncementResult};
use makegood::worker::announcement::message;
use serde_json::Value;
use uuid::Uuid;

use super::seen::New;
use super::stage::Stage;
use crate::support::bell::unfit;

/// More than any scenario brings about.
const LIMIT: u32 = 1_000;

/// What is due, as it would be published; then it counts as published.
async fn heard(stage: &Stage) -> Vec<Value> {
    let announcer = stage.parts.announcer(&stage.config).expect("in_app is enabled");
    let (token, keys, now) = (Uuid::new_v4(), published_keys(), stage.clock.now());
    let lease_for = Duration::from_secs(60);
    let lease = AnnouncementLease { limit: LIMIT, token, lease_for, routing_keys: &keys };
    let leased = announcer.store.lease_announcements(lease, now).await.expect("the database answers");
    let letters = announcer.rulebook.letters();
    let mut events = Vec::new();
    let mut results = Vec::new();
    for one in &leased {
        let outgoing = message("notices", &letters, &announcer.senders, one).expect("a message");
        events.push(serde_json::from_slice(&outgoing.body).expect("JSON"));
        results.push((one.no, AnnouncementResult::Published));
    }
    announcer.store.settle_announcements(token, &results, now).await.expect("the database answers");
    events
}

/// Where the bell says other than the mail and the ledger.
pub async fn disagreements(stage: &Stage, new: &New) -> String {
    let events = heard(stage).await;
    let mut findings: Vec<String> = events.iter().filter_map(unfit).collect();
    let of = |kind: &str| events.iter().filter(|event| event["type"] == kind).map(|event| &event["data"]).collect();
    let (notices, returns): (Vec<&Value>, Vec<&Value>) = (of("notice-issued"), of("connects-returned"));
    let mut rung: Vec<String> =
        notices.iter().map(|data| line(&data["person_id"], &data["letter"], &data["returned"])).collect();
    let told = new.told.iter().map(|(told, _)| told).filter(|told| told.state != "withheld");
    let mut mailed: Vec<String> = told
        .clone()
        .map(|told| line(&told.person.as_str().into(), &told.letter.as_str().into(), &told.returned.into()))
        .collect();
    rung.sort();
    mailed.sort();
    if rung != mailed {
        findings.push(format!("the bell rings for {rung:?}, and told are {mailed:?}"));
    }
    let titled = |subject: &str| notices.iter().any(|data| data["title"] == subject);
    let untitled = told.filter_map(|told| told.subject.as_deref()).filter(|subject| !titled(subject));
    findings.extend(untitled.map(|subject| format!("no bell has the title of the mail: {subject}")));
    let sum = |amounts: &mut dyn Iterator<Item = i64>| amounts.sum::<i64>();
    let announced = sum(&mut returns.iter().filter_map(|data| data["amount"].as_i64()));
    let booked = sum(&mut new.returned.iter().map(|returned| returned.connects));
    if (returns.len(), announced) != (new.returned.len(), booked) {
        findings.push(format!("{announced} Connects are announced, {booked} are in the ledger"));
    }
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

fn line(person: &Value, letter: &Value, returned: &Value) -> String {
    format!("{person} {letter} {returned}")
}
