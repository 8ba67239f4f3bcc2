//! What a finding says to a person, and what repairs it. Pure.

use serde::Serialize;
use serde_json::Value;

use super::MadeEvent;
use super::seals::changed;
use crate::store::Gap;
use crate::worker::words::count;

/// What repairs a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repair {
    /// `event`: one is sent through the intake; `row`: a row is set right; `person`: somebody must decide.
    pub by: &'static str,
    /// In words.
    pub words: String,
}

/// The details of a finding that an event makes good.
pub(super) fn made(gap: &Gap) -> Option<MadeEvent> {
    let by_event = matches!(gap.code.as_str(), "event_missing" | "late_proposal" | "event_dead");
    by_event.then(|| serde_json::from_value(gap.details.clone()).ok()).flatten()
}

/// The gaps as they are kept. What a client wrote stays in the event alone, where an erasure finds it and no viewer of
/// the console reads it.
pub(super) fn without_payload(gaps: &[Gap]) -> Vec<Gap> {
    let mut gaps = gaps.to_vec();
    for gap in gaps.iter_mut().filter(|gap| matches!(gap.code.as_str(), "late_proposal" | "event_dead")) {
        if let Some(data) = gap.details.get_mut("data") {
            data.take();
        }
    }
    gaps
}

/// What does not agree, in a sentence.
pub fn words(gap: &Gap) -> String {
    let text = |name: &str| match gap.details.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "none".to_owned(),
        Some(other) => other.to_string(),
    };
    let (kind, subject) = (&gap.kind, &gap.subject);
    let effect = made(gap).map(|made| effect(&made)).unwrap_or_default();
    match gap.code.as_str() {
        "event_missing" if kind == "client" => {
            format!("client {subject} is suspended, and no event was ever received: {effect}")
        }
        "event_missing" => format!("job {subject} is closed, and no event was ever received: {effect}"),
        "late_proposal" => {
            format!(
                "proposals on {kind} {subject} came while it was closed, and its event did not reach them: {effect}"
            )
        }
        "event_dead" => format!("the event about {kind} {subject} is a dead letter: {effect}"),
        "return_without_cause" => format!(
            "return {subject} of {} Connects to account {} has no cause: event {}, decision {}, job {} {}",
            text("amount"),
            text("account"),
            text("event"),
            text("decision"),
            text("job"),
            text("job_state")
        ),
        "return_on_living_job" => format!(
            "return {subject} of {} Connects to account {}: event {} says that job {} ended, and it has been open all along",
            text("amount"),
            text("account"),
            text("event"),
            text("job")
        ),
        "return_differs" => format!(
            "event {} gave {} Connects back to account {}, and the ledger has {} of them",
            text("event"),
            text("decided"),
            text("account"),
            text("returned")
        ),
        "balance_wrong" => {
            format!("the balance of account {subject} is {}, and its entries make {}", text("balance"), text("sum"))
        }
        "notice_missing" => {
            format!("person {} was to be told about event {}, and there is no notice", text("person"), text("event"))
        }
        "notice_without_decision" => {
            format!("notice {} about event {} tells of no decision there is", text("notice"), text("event"))
        }
        "announcement_missing" => format!("{kind} {subject} was never announced to the marketplace"),
        "lease_over" => {
            format!("the lease of {kind} {subject} ended at {} and nobody took it over", text("lease_until"))
        }
        "event_overdue" => format!(
            "event {} waits for {} and was due at {}: nobody decides it",
            text("event"),
            text("waits_for"),
            text("due")
        ),
        "fan_out_stuck" => {
            format!("event {} is applied in chunks and has not moved since {}", text("event"), text("since"))
        }
        "replay_stuck" => format!("replay {subject} is carried out by nobody since {}", text("since")),
        "ledger_changed" => changed(gap),
        "audit_blind" => format!("the audit does not find a planted gap of code {subject}: it may miss real ones"),
        other => format!("{other}: {kind} {subject}"),
    }
}

fn effect(made: &MadeEvent) -> String {
    let people = if made.people == 1 { "1 person".to_owned() } else { format!("{} people", made.people) };
    let of = count(made.proposals, "proposal");
    let connects = made.connects;
    match made.held {
        0 => format!("{connects} Connects of {of} should have come back; {people} to tell"),
        held => {
            let held = count(held, "proposal");
            format!("{connects} Connects should have come back and {held} be held; {people} to tell")
        }
    }
}

/// What repairs it.
pub fn repair_of(gap: &Gap) -> Repair {
    let (by, words) = match gap.code.as_str() {
        "event_missing" => ("event", "`makegood audit --repair` sends the event that should have come"),
        "late_proposal" => ("event", "`makegood audit --repair` sends the event once more, for what it did not reach"),
        "balance_wrong" => ("row", "`makegood audit --repair` makes the balance the sum of the entries"),
        "lease_over" if gap.kind == "notice" => {
            ("row", "a running daemon takes it over; `makegood audit --repair` ends the lease")
        }
        "event_dead" => ("person", "replay its dead letter, or accept this: `makegood dlq list`"),
        "return_without_cause" | "return_on_living_job" => (
            "person",
            "ask who wrote it; if it is right accept it, else let the marketplace charge the account in an entry of its own",
        ),
        "return_differs" => {
            ("person", "compare the ledger with a backup: an entry is missing or was changed; then accept it")
        }
        "notice_missing" | "notice_without_decision" => {
            ("person", "tell the person by other means if it matters, then accept it")
        }
        "announcement_missing" => {
            ("person", "show the return or notice in the marketplace by other means, then accept it")
        }
        "ledger_changed" => (
            "person",
            "find out who wrote to the database past makegood; compare the range with a backup, correct by entries of their own, then accept",
        ),
        "audit_blind" => {
            ("person", "look for what changed in the database: a view, an index, a trigger; then `makegood audit`")
        }
        "replay_stuck" => ("person", "`makegood dlq replay --resume`, or start a daemon"),
        _ => ("person", "start a daemon, or look at the log of the one that runs"),
    };
    Repair { by, words: words.to_owned() }
}
