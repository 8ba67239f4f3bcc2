//! The events that credit nothing and tell somebody something: what is read, and what is refused where.

use makegood::event::{ApplicationCause, Body, DeclineCause, EventType, Improvement, Reapply, Subject};
use serde_json::{Value, json};
use time::macros::datetime;

use super::*;

fn event(event_type: &str, data: Value) -> Value {
    json!({
        "specversion": "1.0", "id": "e-9", "source": "/market", "type": event_type, "time": "2026-08-01T12:00:00Z",
        "data": data,
    })
}

fn application(data: Value) -> Value {
    let mut all = json!({
        "application_id": "application-1", "person_id": "person-1", "cause": "incomplete", "may_reapply": true,
    });
    all.as_object_mut().unwrap().extend(data.as_object().unwrap().clone());
    event("application-declined", all)
}

fn body(event: &Value) -> Body {
    read(&structured(event)).unwrap().body
}

#[track_caller]
fn refused(event: &Value, code: &str, pointer: &str) {
    let error = read(&structured(event)).unwrap_err();
    assert_eq!((error.code(), error.pointer()), (code, Some(pointer)), "{error}");
}

#[test]
fn a_decline_names_the_proposal_and_brings_the_clients_words() {
    let data = json!({ "proposal_id": "proposal-1", "cause": "price", "message": "Too much for us." });
    let Body::ProposalDeclined { proposal, cause, message } = body(&event("proposal-declined", data)) else { panic!() };
    assert_eq!(
        (proposal.as_str(), cause, message.as_deref()),
        ("proposal-1", DeclineCause::Price, Some("Too much for us."))
    );
    let long = json!({ "proposal_id": "proposal-1", "cause": "price", "message": "x".repeat(1_001) });
    refused(&event("proposal-declined", long), "too_long", "/data/message");
    refused(&event("proposal-declined", json!({ "cause": "price" })), "missing", "/data/proposal_id");
}

#[test]
fn an_expiry_and_a_receipt_have_one_cause() {
    let expired = body(&event("job-expired", json!({ "job_id": "job-1" })));
    assert_eq!((expired.cause(), expired.event_type()), ("expired", EventType::JobExpired));
    let received = body(&event("application-received", json!({ "application_id": "a-1", "person_id": "p-1" })));
    assert_eq!(received.cause(), "received");
    for event_type in [EventType::JobExpired, EventType::ApplicationReceived] {
        assert_eq!(event_type.causes().len(), 1);
    }
}

#[test]
fn an_invitation_is_about_a_person_and_tells_a_job() {
    let data = json!({ "invitation_id": "i-1", "job_id": "job-1", "person_id": "p-1", "cause": "client-issue" });
    let withdrawn = body(&event("invitation-withdrawn", data));
    let Subject::Person { person, job } = withdrawn.subject() else { panic!() };
    assert_eq!((person.as_str(), job.map(makegood::event::JobId::as_str)), ("p-1", Some("job-1")));
    assert!(!withdrawn.event_type().concerns_proposals());
}

#[test]
fn an_application_says_what_to_improve_and_when_to_come_again() {
    let read = |data| match body(&application(data)) {
        Body::ApplicationDeclined { cause, improve, reapply, automated, .. } => (cause, improve, reapply, automated),
        _ => panic!(),
    };
    let (cause, improve, reapply, automated) = read(json!({ "improve": ["photo", "skills"], "automated": true }));
    assert_eq!((cause, improve), (ApplicationCause::Incomplete, vec![Improvement::Photo, Improvement::Skills]));
    assert_eq!((reapply, automated), (Reapply::Now, Some(true)));
    let (.., reapply, automated) = read(json!({ "reapply_after": "2026-09-01T02:00:00+02:00" }));
    assert_eq!((reapply, automated), (Reapply::After(datetime!(2026-09-01 00:00 UTC)), None));
    assert_eq!(read(json!({ "may_reapply": false })).2, Reapply::Never);
}

#[test]
fn what_contradicts_itself_is_refused_by_name() {
    let never = json!({ "may_reapply": false, "reapply_after": "2026-09-01T00:00:00Z" });
    refused(&application(never), "contradiction", "/data/reapply_after");
    refused(&application(json!({ "reapply_after": "soon" })), "bad_time", "/data/reapply_after");
    refused(&application(json!({ "improve": ["photo", "photo"] })), "unknown_value", "/data/improve");
    refused(&application(json!({ "improve": ["hair"] })), "unknown_value", "/data/improve");
    refused(&application(json!({ "improve": "photo" })), "wrong_type", "/data/improve");
}
