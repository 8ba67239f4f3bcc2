//! Good and bad events, one line each: what is read, or the code, the place and what was expected.

use makegood::event::{
    Body, CancelCause, ClientId, DecodeError, EventKey, EventType, JobId, RemovalCause, SuspensionCause,
};
use serde_json::{Value, json};
use time::macros::datetime;

use super::*;

#[test]
fn the_events_about_closings_are_read() {
    let event = read(&structured(&canceled())).unwrap();
    assert_eq!(event.key, EventKey { source: "/market/jobs".into(), id: "e-1".into() });
    assert_eq!(event.time, datetime!(2026-08-01 12:00 UTC));
    let job = JobId::parse("job-1").unwrap();
    let note = Some("posted twice".to_owned());
    assert!(event.body == Body::JobCanceled { job, cause: CancelCause::Accident, note });

    let event = read(&structured(&removed())).unwrap();
    assert_eq!(event.time, datetime!(2026-08-01 10:00:00.25 UTC));
    let Body::PostRemoved { job, cause, rule, statement } = event.body else { panic!("{event:?}") };
    assert_eq!((job.as_str(), cause, rule.as_deref()), ("job-2", RemovalCause::Fraud, Some("Payment outside")));
    let statement = statement.unwrap();
    assert_eq!((statement.ground.as_deref(), statement.redress.as_deref()), (Some("terms"), Some("/appeals")));
    assert_eq!((statement.automated_detection, statement.automated_decision), (Some(true), Some(false)));

    let event = read(&structured(&suspended())).unwrap();
    let client = ClientId::parse("client-1").unwrap();
    let cause = SuspensionCause::Billing;
    assert!(event.body == Body::ClientSuspended { client, cause, is_final: false, statement: None });
}

#[test]
fn every_cause_of_every_type_is_read() {
    let cases = [
        (canceled(), CancelCause::ALL.iter().map(|c| c.as_str()).collect::<Vec<_>>()),
        (removed(), RemovalCause::ALL.iter().map(|c| c.as_str()).collect()),
        (suspended(), SuspensionCause::ALL.iter().map(|c| c.as_str()).collect()),
    ];
    for (event, causes) in cases {
        for cause in causes {
            let event = read(&structured(&with(event.clone(), "/data/cause", json!(cause)))).unwrap();
            assert_eq!(event.body.cause(), cause);
        }
    }
}

#[test]
fn what_is_unknown_is_kept_and_what_is_optional_may_be_absent() {
    for event in [
        with(canceled(), "/data/extra", json!({"deep": [1, 2.5, null, {"x": "é"}]})),
        with(canceled(), "/camelCase", json!("kept")),
        with(canceled(), "/nested", json!({"a": [1]})),
        with(canceled(), "/subject", json!("job-1")),
        with(canceled(), "/dataschema", json!("https://market.example/schema/1")),
        with(canceled(), "/datacontenttype", json!("application/json; charset=utf-8")),
        with(canceled(), "/datacontenttype", json!("application/vnd.market+json")),
        with(canceled(), "/data/note", Value::Null),
        without(canceled(), "/data/note"),
        with(removed(), "/data/statement", json!({"later": 1})),
        with(removed(), "/data/statement", Value::Null),
        without(removed(), "/data/rule"),
        with(canceled(), "/data/note", json!("x".repeat(4_000))),
        with(canceled(), "/data/note", json!("é".repeat(4_000))),
        with(canceled(), "/id", json!("i".repeat(256))),
    ] {
        read(&structured(&event)).unwrap_or_else(|e| panic!("{e}: {event}"));
    }
    let event = read(&structured(&with(canceled(), "/data/extra", json!([1, "two"])))).unwrap();
    assert!(event.canonical.contains(r#""extra":[1,"two"]"#), "{}", event.canonical);
}

/// Event, code, pointer: what is wrong in `data`.
fn bad_data() -> Vec<(Value, &'static str, &'static str)> {
    let long = "x".repeat(9_000);
    vec![
        (with(canceled(), "/data", json!("{}")), "wrong_type", "/data"),
        (with(canceled(), "/data", json!([])), "wrong_type", "/data"),
        (with(canceled(), "/data", Value::Null), "wrong_type", "/data"),
        (with(canceled(), "/data", json!({})), "missing", "/data/job_id"),
        (with(canceled(), "/data/job_id", json!(12)), "wrong_type", "/data/job_id"),
        (with(canceled(), "/data/job_id", Value::Null), "wrong_type", "/data/job_id"),
        (with(canceled(), "/data/job_id", json!("")), "bad_id", "/data/job_id"),
        (with(canceled(), "/data/job_id", json!("a<b>")), "bad_id", "/data/job_id"),
        (with(canceled(), "/data/job_id", json!("j".repeat(129))), "bad_id", "/data/job_id"),
        (with(canceled(), "/data/cause", json!("fraud")), "unknown_value", "/data/cause"),
        (with(canceled(), "/data/cause", json!("Accident")), "unknown_value", "/data/cause"),
        (with(canceled(), "/data/cause", json!(67)), "wrong_type", "/data/cause"),
        (without(canceled(), "/data/cause"), "missing", "/data/cause"),
        (with(canceled(), "/data/note", json!(true)), "wrong_type", "/data/note"),
        (with(canceled(), "/data/note", json!("x".repeat(4_001))), "too_long", "/data/note"),
        (with(removed(), "/data/rule", json!("r".repeat(201))), "too_long", "/data/rule"),
        (with(removed(), "/data/rule", json!({})), "wrong_type", "/data/rule"),
        (with(removed(), "/data/statement", json!("because")), "wrong_type", "/data/statement"),
        (with(removed(), "/data/statement/facts", json!(long)), "too_long", "/data/statement/facts"),
        (
            with(removed(), "/data/statement/automated_decision", json!("no")),
            "wrong_type",
            "/data/statement/automated_decision",
        ),
        (with(removed(), "/data/cause", json!("expired")), "unknown_value", "/data/cause"),
        (without(suspended(), "/data/final"), "missing", "/data/final"),
        (with(suspended(), "/data/final", json!("false")), "wrong_type", "/data/final"),
        (with(suspended(), "/data/final", json!(0)), "wrong_type", "/data/final"),
        (without(suspended(), "/data/client_id"), "missing", "/data/client_id"),
        (with(suspended(), "/data/client_id", json!("c d")), "bad_id", "/data/client_id"),
    ]
}

/// Event, code, pointer: these and what is wrong in the attributes.
fn bad() -> Vec<(Value, &'static str, &'static str)> {
    let mut cases = bad_data();
    cases.extend(vec![
        (with(canceled(), "/specversion", json!("0.3")), "spec_version", "/specversion"),
        (with(canceled(), "/specversion", json!(1.0)), "wrong_type", "/specversion"),
        (without(canceled(), "/specversion"), "not_an_event", "/specversion"),
        (with(canceled(), "/id", json!(7)), "wrong_type", "/id"),
        (with(canceled(), "/id", json!("")), "bad_id", "/id"),
        (with(canceled(), "/id", json!("a b")), "bad_id", "/id"),
        (with(canceled(), "/id", json!("i".repeat(257))), "bad_id", "/id"),
        (with(canceled(), "/source", json!("/märkte")), "bad_id", "/source"),
        (with(canceled(), "/source", Value::Null), "missing", "/source"),
        (with(canceled(), "/type", json!("job-cancelled")), "unknown_type", "/type"),
        (with(canceled(), "/type", json!("Job-Canceled")), "unknown_type", "/type"),
        (with(canceled(), "/type", json!("")), "unknown_type", "/type"),
        (with(canceled(), "/type", json!(["job-canceled"])), "wrong_type", "/type"),
        (with(canceled(), "/subject", json!(5)), "wrong_type", "/subject"),
        (with(canceled(), "/dataschema", json!({})), "wrong_type", "/dataschema"),
        (with(canceled(), "/datacontenttype", json!("application/xml")), "data_content_type", "/datacontenttype"),
        (
            with(canceled(), "/datacontenttype", json!("application/cloudevents+json")),
            "data_content_type",
            "/datacontenttype",
        ),
        (with(canceled(), "/datacontenttype", json!("application/json;charset=utf-16")), "charset", "/datacontenttype"),
        (with(canceled(), "/data_base64", json!("e30=")), "data_base64", "/data_base64"),
        (with(without(canceled(), "/data"), "/data_base64", json!("e30=")), "data_base64", "/data_base64"),
    ]);
    for (name, pointer) in
        [("id", "/id"), ("source", "/source"), ("type", "/type"), ("time", "/time"), ("data", "/data")]
    {
        cases.push((without(canceled(), &format!("/{name}")), "missing", pointer));
    }
    for time in [
        "",
        "now",
        "2026-08-01",
        "2026-08-01T12:00:00",
        "2026-08-01 12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-02-29T12:00:00Z",
        "1999-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "2000-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-23:59",
        "0000-01-01T00:00:00+23:59",
        "1785585600",
        "2026-08-01T12:00:00Zulu",
        "２０26-08-01T12:00:00Z",
    ] {
        cases.push((with(canceled(), "/time", json!(time)), "bad_time", "/time"));
    }
    cases.push((with(canceled(), "/time", json!(1_785_585_600)), "wrong_type", "/time"));
    cases
}

#[test]
fn each_bad_event_has_its_code_and_place() {
    for (event, code, pointer) in bad() {
        let error = read(&structured(&event)).map(|e| e.canonical).expect_err(&event.to_string());
        assert_eq!((error.code(), error.pointer()), (code, Some(pointer)), "{error}: {event}");
        assert!(error.expected().is_some_and(|e| !e.is_empty()), "{error}");
        assert_eq!(error.is_unknown_type(), code == "unknown_type");
        assert!(error.to_string().chars().count() < 400, "{error}");
    }
}

#[test]
fn the_same_mistake_in_binary_mode_has_the_same_code_and_place() {
    for (event, code, pointer) in bad() {
        let scalar = |v: &Value| v.is_string() || v.is_object();
        let attributes_are_text =
            event.as_object().unwrap().iter().all(|(name, v)| name == "data" || (scalar(v) && !v.is_object()));
        // In headers there are only strings, so an attribute has no wrong type; the rest of the table must agree.
        if !attributes_are_text
            || event.get("data").is_none()
            || pointer == "/datacontenttype"
            || pointer == "/specversion"
        {
            continue;
        }
        // A header's time in whole seconds is a native timestamp there.
        if event["time"] == "1785585600" {
            continue;
        }
        let error = read(&binary(&event, "cloudEvents_")).expect_err(&event.to_string());
        assert_eq!((error.code(), error.pointer()), (code, Some(pointer)), "{error}: {event}");
    }
}

#[test]
fn the_error_carries_what_the_event_calls_itself() {
    let key = EventKey { source: "/market/jobs".into(), id: "e-1".into() };
    let unknown = with(canceled(), "/type", json!("job-renamed"));
    let broken = with(canceled(), "/data/cause", json!("?"));
    for (message, type_text) in [
        (structured(&unknown), "job-renamed"),
        (binary(&unknown, "cloudEvents_"), "job-renamed"),
        (structured(&broken), "job-canceled"),
        (binary(&broken, "cloudEvents:"), "job-canceled"),
        (Message { body: b"{".to_vec(), ..binary(&canceled(), "cloudEvents_") }, "job-canceled"),
        (Message { body: vec![b' '; 1 << 20], ..binary(&canceled(), "cloudEvents_") }, "job-canceled"),
    ] {
        let error = read(&message).unwrap_err();
        assert_eq!((error.event_key(), error.type_text()), (Some(&key), Some(type_text)), "{error}");
    }
    let error: DecodeError = read(&structured(&without(canceled(), "/id"))).unwrap_err();
    assert_eq!((error.event_key(), error.type_text()), (None, Some("job-canceled")));
    assert_eq!(read(&Message::structured(b"{".to_vec())).unwrap_err().event_key(), None);
}

#[test]
fn expected_lists_the_allowed_words() {
    let error = read(&structured(&with(suspended(), "/data/cause", json!("spam")))).unwrap_err();
    assert_eq!(error.expected(), Some("one of terms-of-service, fraud, billing"));
    assert_eq!(error.to_string(), "/data/cause: expected one of terms-of-service, fraud, billing, found \"spam\"");
    let error = read(&structured(&with(suspended(), "/type", json!("spam")))).unwrap_err();
    let types = EventType::ALL.map(EventType::as_str).join(", ");
    assert_eq!(error.expected(), Some(format!("one of {types}").as_str()));
}

#[test]
fn no_error_shows_an_address_or_a_control_character() {
    let poison = "jane.doe@example.com\u{1b}[31m";
    for pointer in
        ["/id", "/source", "/type", "/time", "/specversion", "/datacontenttype", "/data/job_id", "/data/cause", "/data"]
    {
        let event = with(canceled(), pointer, json!(poison));
        let message = structured(&event);
        let error = read(&message).unwrap_err();
        let shown = format!("{error} {error:?} {:?} {:?} {message:?}", error.pointer(), error.expected());
        assert!(!shown.contains("jane") && !shown.contains('\u{1b}'), "{shown}");
    }
    let twice = r#"{"specversion":"1.0","a":{"jane@example.com":1,"jane@example.com":2}}"#;
    let error = read(&Message::structured(twice.into())).unwrap_err();
    assert_eq!((error.code(), error.pointer()), ("duplicate_key", Some("/a/…")));
    assert!(!format!("{error} {error:?}").contains("jane"));
    let event = read(&structured(&with(canceled(), "/data/note", json!(poison)))).unwrap();
    assert!(!format!("{event:?} {:?}", event.body).contains("jane"));
}
