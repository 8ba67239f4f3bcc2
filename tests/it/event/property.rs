//! Properties: no bytes make it panic, and an event survives every way of writing it.

use makegood::event::{
    ApplicationCause, CancelCause, DeclineCause, DecodeError, Improvement, RemovalCause, SuspensionCause,
    WithdrawalCause,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;

use super::*;

/// Text as people and bugs write it, less U+0000.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,20}", "\\PC{0,20}", any::<String>().prop_map(|s| s.replace('\0', ""))]
}

fn leaf() -> impl Strategy<Value = Value> {
    let finite =
        any::<f64>().prop_filter("a number of the field", |f| f.is_finite() && (f.fract() != 0.0 || f.abs() < 9e15));
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        finite.prop_map(Value::from),
        text().prop_map(Value::from),
    ]
}

pub fn tree() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(text(), inner, 0..4).prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

fn data() -> impl Strategy<Value = (&'static str, Value)> {
    let id = "[!#-%(-;=?-\\[\\]-_a-~]{1,128}";
    let canceled = (id, select(CancelCause::ALL), proptest::option::of(text()))
        .prop_map(|(job, cause, note)| ("job-canceled", json!({"job_id": job, "cause": cause.as_str(), "note": note})));
    let statement = proptest::option::of((text(), any::<bool>()))
        .prop_map(|s| s.map(|(facts, found)| json!({"facts": facts, "automated_detection": found})));
    let removed = (id, select(RemovalCause::ALL), statement)
        .prop_map(|(job, cause, s)| ("post-removed", json!({"job_id": job, "cause": cause.as_str(), "statement": s})));
    let suspended = (id, select(SuspensionCause::ALL), any::<bool>()).prop_map(|(client, cause, is_final)| {
        ("client-suspended", json!({"client_id": client, "cause": cause.as_str(), "final": is_final}))
    });
    prop_oneof![canceled, removed, suspended, data_without_connects()]
}

/// Of the events that return nothing.
fn data_without_connects() -> impl Strategy<Value = (&'static str, Value)> {
    let id = || "[!#-%(-;=?-\\[\\]-_a-~]{1,128}";
    let expired = id().prop_map(|job| ("job-expired", json!({"job_id": job})));
    let declined =
        (id(), select(DeclineCause::ALL), proptest::option::of(text())).prop_map(|(proposal, cause, message)| {
            ("proposal-declined", json!({"proposal_id": proposal, "cause": cause.as_str(), "message": message}))
        });
    let withdrawn = (id(), id(), select(WithdrawalCause::ALL)).prop_map(|(one, other, cause)| {
        let data = json!({"invitation_id": one, "job_id": other, "person_id": other, "cause": cause.as_str()});
        ("invitation-withdrawn", data)
    });
    let improve = proptest::sample::subsequence(Improvement::ALL, 0..=Improvement::ALL.len());
    let refused =
        (id(), select(ApplicationCause::ALL), improve, any::<bool>()).prop_map(|(one, cause, improve, may)| {
            let improve: Vec<_> = improve.iter().map(|word| word.as_str()).collect();
            let after = may.then_some("2026-09-01T00:00:00+02:00");
            let data = json!({
                "application_id": one, "person_id": one, "cause": cause.as_str(), "improve": improve,
                "may_reapply": may, "reapply_after": after,
            });
            ("application-declined", data)
        });
    let received = id().prop_map(|one| ("application-received", json!({"application_id": one, "person_id": one})));
    prop_oneof![expired, declined, withdrawn, refused, received]
}

/// A good event, with unknown fields and extension attributes that headers can carry, too.
pub fn event() -> impl Strategy<Value = Value> {
    let seconds = 946_684_800_i64..7_258_118_400;
    let extension = prop_oneof![
        text().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from)
    ];
    let extensions = btree_map("x[a-z0-9]{1,12}", extension, 0..4);
    let unknown = btree_map("_[a-z~/é]{0,6}", tree(), 0..4);
    let offset = select(vec!["Z", "+00:00", "-00:00", "z"]);
    (("[!-~]{1,256}", "[!-~]{1,256}"), (seconds, 0..1_000_000_000_u32, offset), data(), extensions, unknown).prop_map(
        |((id, source), (seconds, nanos, offset), (name, data), extensions, unknown)| {
            let time = time::OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            let format = time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
            let time = format!("{}.{nanos:09}{offset}", time.format(format).unwrap());
            let mut event = json!({
                "specversion": "1.0", "id": id, "source": source, "type": name, "time": time, "data": data,
            });
            event.as_object_mut().unwrap().extend(extensions);
            event["data"].as_object_mut().unwrap().extend(unknown);
            event
        },
    )
}

fn is_explained(error: &DecodeError) -> Result<(), TestCaseError> {
    prop_assert!(DecodeError::CODES.contains(&error.code()));
    prop_assert!(!error.to_string().is_empty());
    for text in [Some(error.to_string().as_str()), error.pointer(), error.expected()].into_iter().flatten() {
        prop_assert!(!text.contains('@') && !text.chars().any(char::is_control) || text.contains("an @"), "{text:?}");
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes_are_an_answer(body in vec(any::<u8>(), 0..200), content_type in proptest::option::of("\\PC{0,30}")) {
        let mut message = Message { body, content_type, ..Message::default() };
        for prefix in ["", "cloudEvents_"] {
            if !prefix.is_empty() {
                message.headers = binary(&canceled(), prefix).headers;
            }
            if let Err(error) = read(&message) {
                is_explained(&error)?;
            }
        }
    }

    #[test]
    fn any_headers_are_an_answer(headers in btree_map("(cloudEvents[_:])?[a-z]{0,12}", any::<String>(), 0..12)) {
        let message = Message { headers, content_type: None, ..structured(&canceled()["data"]) };
        if let Err(error) = read(&message) {
            is_explained(&error)?;
        }
    }

    #[test]
    fn a_spoilt_event_is_an_answer(event in event(), changes in vec((any::<Index>(), any::<u8>(), 0..3), 1..6)) {
        let mut body = event.to_string().into_bytes();
        for (at, byte, kind) in changes {
            let at = at.index(body.len());
            match kind {
                0 => body[at] = byte,
                1 => body.insert(at, byte),
                _ => drop(body.remove(at)),
            }
        }
        match read(&Message::structured(body)) {
            Ok(event) => {
                let again = read(&Message::structured(event.canonical.clone().into_bytes())).unwrap();
                prop_assert!(again == event);
            }
            Err(error) => is_explained(&error)?,
        }
    }

    #[test]
    fn any_tree_in_any_place_is_an_answer(event in event(), place in any::<Index>(), tree in tree()) {
        let mut places: Vec<_> = event.as_object().unwrap().keys().map(|key| format!("/{key}")).collect();
        places.extend(event["data"].as_object().unwrap().keys().filter(|k| !k.contains(['~', '/'])).map(|k| format!("/data/{k}")));
        let event = with(event, &places[place.index(places.len())], tree);
        if let Err(error) = read(&structured(&event)) {
            is_explained(&error)?;
        }
    }

    #[test]
    fn the_canonical_form_reads_back_as_the_same_event(event in event()) {
        let first = read(&structured(&event)).unwrap();
        let second = read(&Message::structured(first.canonical.clone().into_bytes())).unwrap();
        prop_assert_eq!(&first.canonical, &second.canonical);
        prop_assert!(first == second);
    }

    #[test]
    fn structured_and_binary_mode_are_the_same_event(event in event()) {
        let first = read(&structured(&event)).unwrap();
        for prefix in ["cloudEvents_", "cloudEvents:"] {
            prop_assert!(read(&binary(&event, prefix)).unwrap() == first);
        }
    }

    #[test]
    fn the_order_of_keys_does_not_matter(event in event(), seed in any::<Index>()) {
        let object = event.as_object().unwrap();
        let mut members: Vec<_> = object.iter().map(|(k, v)| format!("{}:{v}", Value::from(k.as_str()))).collect();
        members.rotate_left(seed.index(object.len()));
        let body = format!("{{ {} }}", members.join(" ,\n"));
        prop_assert!(read(&Message::structured(body.into_bytes())).unwrap() == read(&structured(&event)).unwrap());
    }
}
