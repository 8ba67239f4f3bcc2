//! Structured and binary mode, content types and encodings, and the canonical form in which they meet.

use makegood::event::{DecodeError, Event};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::*;

fn typed(content_type: &str, event: &Value) -> Message {
    Message { content_type: Some(content_type.to_owned()), ..structured(event) }
}

fn code(message: &Message) -> &'static str {
    read(message).as_ref().map_or_else(DecodeError::code, |_| "read")
}

fn canonical(message: &Message) -> String {
    read(message).unwrap_or_else(|e| panic!("{e}")).canonical
}

#[test]
fn structured_mode_by_content_type() {
    for content_type in [
        "application/cloudevents+json",
        "application/cloudevents+json; charset=utf-8",
        "Application/CloudEvents+JSON;CHARSET=\"UTF-8\"",
        "application/json",
        "application/json; charset=UTF-8",
        "",
    ] {
        assert_eq!(code(&typed(content_type, &canceled())), "read", "{content_type}");
    }
    assert_eq!(code(&Message { content_type: None, ..structured(&canceled()) }), "read");
}

#[test]
fn other_content_is_refused_by_its_own_code() {
    for (content_type, expected) in [
        ("application/cloudevents-batch+json", "batch"),
        ("application/cloudevents+avro", "event_format"),
        ("application/cloudevents+json; charset=utf-16", "charset"),
        ("application/json; charset=latin1", "charset"),
        ("text/plain", "content_type"),
        ("application/octet-stream", "content_type"),
    ] {
        assert_eq!(code(&typed(content_type, &canceled())), expected, "{content_type}");
        assert!(read(&typed(content_type, &canceled())).unwrap_err().expected().is_some());
    }
    for (encoding, expected) in [
        ("gzip", "content_encoding"),
        ("br", "content_encoding"),
        ("utf-16", "content_encoding"),
        ("identity", "read"),
        ("UTF-8", "read"),
        ("", "read"),
    ] {
        let message = Message { content_encoding: Some(encoding.to_owned()), ..structured(&canceled()) };
        assert_eq!(code(&message), expected, "{encoding}");
    }
    assert_eq!(code(&typed("application/json", &canceled()["data"])), "not_an_event");
    assert_eq!(code(&Message { body: Vec::new(), ..structured(&canceled()) }), "empty_body");
    assert_eq!(code(&Message { body: Vec::new(), ..binary(&canceled(), "cloudEvents_") }), "empty_body");
    for body in ["[]", "null", "1", "\"text\"", "true"] {
        let error = read(&Message::structured(body.into())).unwrap_err();
        assert_eq!((error.code(), error.pointer()), ("not_an_event", Some("")), "{body}");
    }
}

#[test]
fn binary_mode_by_either_prefix() {
    for event in [canceled(), removed(), suspended()] {
        let expected = read(&structured(&event)).unwrap();
        for prefix in ["cloudEvents_", "cloudEvents:"] {
            assert!(read(&binary(&event, prefix)).unwrap() == expected, "{prefix}");
        }
        let untyped = Message { content_type: None, ..binary(&event, "cloudEvents_") };
        assert!(read(&untyped).unwrap() == expected);
        let mut with_type = binary(&event, "cloudEvents_");
        with_type.headers.insert("cloudEvents_datacontenttype".into(), "application/json".into());
        assert!(read(&with_type).unwrap() == expected);
    }
    let mut message = binary(&canceled(), "cloudEvents_");
    message.content_type = Some("text/xml".to_owned());
    assert_eq!(code(&message), "content_type");
    message.content_type = Some("application/vnd.market.job+json".to_owned());
    assert_eq!(code(&message), "read");
}

#[test]
fn a_native_timestamp_is_read() {
    let mut message = binary(&canceled(), "cloudEvents_");
    message.headers.insert("cloudEvents_time".into(), "1785585600".into());
    assert_eq!(canonical(&message), canonical(&structured(&canceled())));
    message.headers.insert("cloudEvents_time".into(), "1785585600000".into());
    assert_eq!(code(&message), "bad_time");
}

#[test]
fn what_is_said_twice_must_be_the_same() {
    let both = |header: &str, value: &str| {
        let mut message = binary(&canceled(), "cloudEvents_");
        message.headers.insert(header.to_owned(), value.to_owned());
        message
    };
    assert_eq!(code(&both("cloudEvents:id", "e-1")), "read");
    assert_eq!(code(&both("cloudEvents:time", "2026-08-01T14:00:00+02:00")), "read");
    let error = read(&both("cloudEvents:id", "e-9")).unwrap_err();
    assert_eq!((error.code(), error.pointer()), ("contradiction", Some("/id")));
    assert_eq!(code(&both("cloudEvents_data", "{}")), "contradiction");
    assert_eq!(code(&both("cloudEvents_data_base64", "e30=")), "data_base64");
    assert_eq!(code(&both("cloudEvents_subject", "a\0b")), "nul");
    assert_eq!(code(&both("cloudEvents_", "no name")), "read");

    let beside = |header: &str, value: &str| {
        let mut message = structured(&canceled());
        message.headers.insert(header.to_owned(), value.to_owned());
        message
    };
    assert_eq!(code(&beside("cloudEvents_id", "e-1")), "read");
    assert_eq!(code(&beside("cloudEvents_time", "2026-08-01T14:00:00+02:00")), "read");
    assert_eq!(code(&beside("x-other", "e-9")), "read");
    let mut typed = structured(&with(canceled(), "/datacontenttype", json!("application/json; charset=utf-8")));
    typed.headers.insert("cloudEvents_datacontenttype".into(), "application/json".into());
    assert_eq!(code(&typed), "read");
    let error = read(&beside("cloudEvents:type", "post-removed")).unwrap_err();
    assert_eq!((error.code(), error.pointer()), ("contradiction", Some("/type")));
    assert_eq!(error.event_key().unwrap().id, "e-1");

    let whole = Message { body: canceled().to_string().into_bytes(), ..binary(&canceled(), "cloudEvents_") };
    let error = read(&whole).unwrap_err();
    assert_eq!((error.code(), error.pointer()), ("contradiction", Some("/data")));
}

#[test]
fn the_canonical_form_is_one_text() {
    assert_eq!(
        canonical(&structured(&removed())),
        concat!(
            r#"{"data":{"cause":"fraud","job_id":"job-2","rule":"Payment outside","statement":{"automated_decision":false,"#,
            r#""automated_detection":true,"clause":"4.2","facts":"…","ground":"terms","redress":"/appeals"}},"id":"e-2","#,
            r#""source":"/market/trust","specversion":"1.0","time":"2026-08-01T10:00:00.25Z","type":"post-removed"}"#
        )
    );
    let event = read(&structured(&canceled())).unwrap();
    assert_eq!(event.hash, <[u8; 32]>::from(Sha256::digest(event.canonical.as_bytes())));
}

#[test]
fn other_writings_of_the_same_event_are_no_conflict() {
    let same = canonical(&structured(&canceled()));
    let spaced = serde_json::to_string_pretty(&canceled()).unwrap();
    assert_eq!(canonical(&Message::structured(spaced.into_bytes())), same);
    let escaped = canceled().to_string().replace("accident", r"\u0061ccident").replace("/market", r"\/market");
    assert_eq!(canonical(&Message::structured(escaped.into_bytes())), same);
    for time in [
        "2026-08-01T12:00:00.000Z",
        "2026-08-01T12:00:00.000000999Z",
        "2026-08-01T14:00:00+02:00",
        "2026-08-01t12:00:00z",
        "2026-08-01T12:00:00-00:00",
    ] {
        assert_eq!(canonical(&structured(&with(canceled(), "/time", json!(time)))), same, "{time}");
    }
    for (pointer, value) in [("/datacontenttype", json!("application/json")), ("/subject", Value::Null)] {
        assert_eq!(canonical(&structured(&with(canceled(), pointer, value))), same);
    }
    let numbers = |text: &str| {
        canonical(&Message::structured(
            canceled()
                .to_string()
                .replacen("\"data\":{", &format!("\"attempt\":{text},\"data\":{{\"n\":{text},"), 1)
                .into_bytes(),
        ))
    };
    assert_eq!(numbers("100"), numbers("1e2"));
    assert_eq!(numbers("100"), numbers("100.0"));
    assert_eq!(numbers("0"), numbers("-0.0"));
    assert_ne!(numbers("100"), numbers("101"));
    // Headers know strings only.
    let text = with(with(canceled(), "/attempt", json!("3")), "/again", json!("true"));
    let native = with(with(canceled(), "/attempt", json!(3)), "/again", json!(true));
    assert_eq!(canonical(&structured(&text)), canonical(&structured(&native)));
    assert_eq!(canonical(&binary(&native, "cloudEvents_")), canonical(&structured(&native)));
}

#[test]
fn another_event_is_another_text() {
    let same = canonical(&structured(&canceled()));
    for (pointer, value) in [
        ("/data/note", json!("other")),
        ("/data/note", Value::Null),
        ("/data/extra", json!(1)),
        ("/subject", json!("s")),
        ("/time", json!("2026-08-01T12:00:00.000001Z")),
        ("/extension", json!("x")),
    ] {
        assert_ne!(canonical(&structured(&with(canceled(), pointer, value))), same, "{pointer}");
    }
}

#[test]
fn the_trace_of_the_event_wins_over_that_of_the_hop() {
    let (own, hop) = (
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
    );
    let traced = |event: &Value, header: Option<&str>| -> Event {
        let mut message = structured(event);
        message.headers.extend(header.map(|h| ("traceparent".to_owned(), h.to_owned())));
        read(&message).unwrap()
    };
    let extended = with(canceled(), "/traceparent", json!(own));
    assert_eq!(traced(&extended, Some(hop)).traceparent.as_deref(), Some(own));
    assert_eq!(traced(&canceled(), Some(hop)).traceparent.as_deref(), Some(hop));
    assert_eq!(traced(&canceled(), Some("nonsense")).traceparent, None);
    assert_eq!(traced(&canceled(), Some(hop)).canonical, traced(&canceled(), None).canonical);
    let malformed = traced(&with(canceled(), "/traceparent", json!("00-zz")), None);
    assert_eq!(malformed.traceparent, None);
    assert!(malformed.canonical.contains("00-zz"));
    assert_eq!(read(&binary(&extended, "cloudEvents:")).unwrap().traceparent.as_deref(), Some(own));
}
