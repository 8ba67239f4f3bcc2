//! The schemas say what the reader takes: both directions, for every field and every kind of wrong value.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use makegood::event::{EventType, published_keys, schema};
use makegood::worker::{PUBLISHED, published_schema};
use proptest::prelude::*;

use super::property::{event, tree};
use super::*;

/// What no schema can say.
const BESIDES: [&str; 6] = ["nul", "too_deep", "duplicate_key", "number_range", "body_too_large", "charset"];

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// Compiled once: thousands of events are held against each.
fn validator(event_type: EventType) -> &'static Validator {
    static ALL: LazyLock<BTreeMap<EventType, Validator>> = LazyLock::new(|| {
        let compiled = |event_type| jsonschema::validator_for(&schema(event_type)).expect("a schema");
        EventType::ALL.into_iter().map(|event_type| (event_type, compiled(event_type))).collect()
    });
    &ALL[&event_type]
}

/// The schema of the event's own type takes it.
fn fits(event: &Value) -> bool {
    let event_type = event["type"].as_str().and_then(EventType::parse);
    event_type.is_some_and(|event_type| validator(event_type).is_valid(event))
}

/// Reader and schema agree; else what is wrong.
fn agree(event: &Value) -> Result<(), String> {
    match (read(&structured(event)), fits(event)) {
        (Ok(_), true) | (Err(_), false) => Ok(()),
        (Ok(_), false) => Err(format!("the reader takes what the schema refuses: {event}")),
        // No pattern knows how long February is, or when a second is added.
        (Err(error), true) if BESIDES.contains(&error.code()) || error.code() == "bad_time" => Ok(()),
        (Err(error), true) => Err(format!("the schema takes what the reader refuses ({error}): {event}")),
    }
}

/// One good event of each type, with all that its data may hold.
fn whole(event_type: EventType) -> Value {
    let data = match event_type {
        EventType::JobCanceled => return canceled(),
        EventType::PostRemoved => return removed(),
        EventType::ClientSuspended => with(suspended(), "/data/statement", removed()["data"]["statement"].clone()),
        EventType::JobExpired => json!({ "job_id": "job-1" }),
        EventType::ProposalDeclined => json!({ "proposal_id": "p-1", "cause": "price", "message": "Too much." }),
        EventType::InvitationWithdrawn => {
            json!({ "invitation_id": "i-1", "job_id": "job-1", "person_id": "ana", "cause": "job-issue" })
        }
        EventType::ApplicationDeclined => json!({
            "application_id": "a-1", "person_id": "ana", "cause": "media", "improve": ["photo", "video"],
            "may_reapply": true, "reapply_after": "2026-09-01T00:00:00Z", "automated": false,
        }),
        EventType::ApplicationReceived => {
            json!({ "application_id": "a-1", "person_id": "ana", "decide_by": "2026-09-01T00:00:00Z" })
        }
    };
    let data = if event_type == EventType::ClientSuspended { data["data"].clone() } else { data };
    let event = with(with(canceled(), "/type", event_type.as_str().into()), "/data", data);
    let event = with(event, "/datacontenttype", "application/json; charset=utf-8".into());
    with(with(event, "/subject", "anything".into()), "/dataschema", Value::Null)
}

/// Every place of an event, its data and the objects in it.
fn places(value: &Value, here: &str, all: &mut Vec<String>) {
    for (key, inner) in value.as_object().into_iter().flatten() {
        let place = format!("{here}/{key}");
        places(inner, &place, all);
        all.push(place);
    }
}

/// Values that are right somewhere and wrong elsewhere.
fn candidates() -> Vec<Value> {
    let mut all = vec![Value::Null, json!(true), json!(false), json!(0), json!(1.5), json!([]), json!({}), json!("")];
    let texts =
        ["x", "a b", "a\"b", "a'b", "a`b", "a<b", "a&b", "a\\b", "é", "1.0", "price", "fraud", "media", "expired"];
    all.extend(texts.map(Value::from));
    let times = [
        "2026-08-01T12:00:00Z",
        "2026-08-01t12:00:00.123456789z",
        "2026-08-01T12:00:00+05:30",
        "2026-08-01 12:00:00Z",
        "2026-08-01T12:00Z",
        "2026-08-01T12:00:00",
        "2026-13-01T12:00:00Z",
        "2026-08-01T24:00:00Z",
        "1970-01-01T00:00:00Z",
        "2199-12-31T23:59:59Z",
        "3000-01-01T00:00:00Z",
        "2026-08-01T12:00:00.Z",
        "12026-08-01T12:00:00Z",
        "0",
    ];
    all.extend(times.map(Value::from));
    let media =
        ["application/json", "text/json", "application/vnd.a+json", "text/plain", "application/cloudevents+json"];
    all.extend(media.map(Value::from));
    for length in [128, 129, 200, 201, 256, 257, 1_000, 1_001, 4_000, 4_001, 8_000, 8_001] {
        all.push("é".repeat(length).into());
        all.push("x".repeat(length).into());
    }
    all.extend([json!(["photo"]), json!(["photo", "photo"]), json!(["smile"]), json!([null]), json!({ "facts": 1 })]);
    all.extend(EventType::ALL.map(|event_type| event_type.as_str().into()));
    all
}

#[test]
fn every_value_in_every_place() {
    let mut refused = 0;
    for event_type in EventType::ALL {
        let whole = whole(event_type);
        assert!(fits(&whole) && read(&structured(&whole)).is_ok(), "{whole}");
        let mut all = vec!["/data_base64".to_owned(), "/data/unknown".to_owned(), "/unknown".to_owned()];
        places(&whole, "", &mut all);
        for place in &all {
            let there = whole.pointer(place).is_some();
            let spoilt = candidates().into_iter().map(|value| with(whole.clone(), place, value));
            for event in spoilt.chain(there.then(|| without(whole.clone(), place))) {
                agree(&event).unwrap();
                refused += usize::from(!fits(&event));
            }
        }
    }
    assert!(refused > 1_000, "{refused}");
    let never = with(whole(EventType::ApplicationDeclined), "/data/may_reapply", false.into());
    assert!(!fits(&never), "never, and a day");
    agree(&never).unwrap();
}

#[test]
fn the_examples_fit_and_the_bad_ones_do_not() {
    let mut seen = 0;
    for entry in std::fs::read_dir(folder().join("examples")).expect("the examples") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        if path.extension().is_some_and(|found| found == "json") && !name.contains(".binary.") {
            let event: Value = serde_json::from_str(&std::fs::read_to_string(&path).expect("a file")).expect("JSON");
            assert_eq!(fits(&event), !name.starts_with("bad-"), "{name}");
            seen += 1;
        }
    }
    assert!(seen > EventType::ALL.len(), "{seen}");
}

proptest! {
    #[test]
    fn what_the_reader_takes_fits(event in event()) {
        prop_assert!(fits(&event), "{event}");
    }

    #[test]
    fn any_tree_in_any_place(event in event(), place in any::<prop::sample::Index>(), tree in tree()) {
        let mut all = Vec::new();
        places(&event, "", &mut all);
        all.retain(|place| !place.contains('~') && place.matches('/').count() <= 2 && event.pointer(place).is_some());
        let event = with(event, &all[place.index(all.len())], tree);
        prop_assert_eq!(agree(&event), Ok(()));
    }
}

/// The command that a schema or the document comes from.
fn printed(arguments: &[&str]) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_makegood"))
        .env_remove("MAKEGOOD_CONFIG")
        .arg("schema")
        .args(arguments)
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// `makegood schema job-canceled > docs/schemas/job-canceled.json`, and so on, writes them.
#[test]
fn the_files_are_what_the_command_prints() {
    let names = EventType::ALL.map(EventType::as_str);
    let schemas = names.into_iter().chain(PUBLISHED).map(|name| (format!("schemas/{name}.json"), printed(&[name])));
    for (file, text) in schemas.chain([("asyncapi.json".to_owned(), printed(&["--asyncapi"]))]) {
        let there = std::fs::read_to_string(folder().join(&file)).unwrap_or_default();
        assert_eq!(there, text, "docs/{file} is not what is printed");
    }
    let there = std::fs::read_dir(folder().join("schemas")).expect("the schemas").count();
    assert_eq!(there, EventType::ALL.len() + PUBLISHED.len(), "no schema of what is gone");
}

#[test]
fn the_schemas_are_ones_in_both_drafts() {
    for event_type in EventType::ALL {
        let mut schema = schema(event_type);
        jsonschema::meta::validate(&schema).expect("2020-12");
        schema["$schema"] = "http://json-schema.org/draft-07/schema#".into();
        jsonschema::meta::validate(&schema).expect("draft-07");
        let older = jsonschema::draft7::new(&schema).expect("draft-07");
        assert!(older.is_valid(&whole(event_type)) && !older.is_valid(&json!({})), "{event_type:?}");
    }
    for name in PUBLISHED {
        let mut schema = published_schema(name).expect("a schema");
        jsonschema::meta::validate(&schema).expect("2020-12");
        schema["$schema"] = "http://json-schema.org/draft-07/schema#".into();
        jsonschema::meta::validate(&schema).expect("draft-07");
    }
}

/// References of a document that lead nowhere.
fn broken(value: &Value, root: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
                let target = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
                found.extend(target.is_none().then(|| reference.to_owned()));
            }
            object.values().for_each(|inner| broken(inner, root, found));
        }
        Value::Array(list) => list.iter().for_each(|inner| broken(inner, root, found)),
        _ => {}
    }
}

#[test]
fn the_asyncapi_document_names_every_event_and_its_examples_fit() {
    let document: Value = serde_json::from_str(&printed(&["--asyncapi"])).expect("JSON");
    let mut nowhere = Vec::new();
    broken(&document, &document, &mut nowhere);
    assert!(nowhere.is_empty(), "{nowhere:?}");
    for event_type in EventType::ALL {
        let name = event_type.as_str();
        let channel = &document["channels"][name];
        assert_eq!(channel["address"], name);
        assert_eq!(channel["bindings"]["amqp"]["exchange"]["name"], "marketplace");
        let message = &document["components"]["messages"][name];
        let validator = validator(event_type);
        let examples = message["examples"].as_array().expect("examples");
        assert!(
            !examples.is_empty() && examples.iter().all(|example| validator.is_valid(&example["payload"])),
            "{name}"
        );
        assert_eq!(document["operations"][format!("consume-{name}")]["action"], "receive");
    }
    let mut keys = Vec::new();
    for name in PUBLISHED {
        let channel = &document["channels"][name];
        assert_eq!(channel["bindings"]["amqp"]["exchange"]["name"], "makegood.notices");
        assert_eq!(document["operations"][format!("publish-{name}")]["action"], "send");
        let address = channel["address"].as_str().expect("an address");
        match channel["parameters"]["event_type"]["enum"].as_array() {
            None => keys.push(address.to_owned()),
            Some(types) => {
                let typed = types.iter().filter_map(Value::as_str);
                keys.extend(typed.map(|one| address.replace("{event_type}", one)));
            }
        }
    }
    assert_eq!(keys, published_keys());
}
