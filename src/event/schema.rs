//! JSON Schema (2020-12) of the events: what [`super::decode()`] takes, as far as a schema can say it.
//!
//! Every keyword used here means the same in draft-07, so that the tools of AsyncAPI read these schemas, too.

use serde_json::{Map, Value, json};

use super::{
    ATTRIBUTE_BYTES_MAX, DEPTH_MAX, EventType, ID_BYTES_MAX, Improvement, MESSAGE_CHARS_MAX, NOTE_CHARS_MAX,
    RULE_CHARS_MAX, STATEMENT_CHARS_MAX,
};

/// Visible ASCII without quotes, `<`, `>`, `&` and `\`, as the ids' own check has it.
const ID_CHARS: &str = r"[!#-%(-;=?-\[\]-_a-~]";
/// RFC 3339 in full, because `format` is no more than a hint. A year more at either end, for offsets beyond midnight.
const TIME: &str = concat!(
    "^(1999|2[01][0-9]{2}|2200)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
    r"[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
);
/// JSON, in the spelling that everybody uses.
const MEDIA: &str = r#"^((application|text)/json|[a-z]+/[-.a-z0-9]+\+json)( *; *charset="?[uU][tT][fF]-?8"?)?$"#;

/// The schema of one event in structured mode.
pub fn schema(event_type: EventType) -> Value {
    let name = event_type.as_str();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:makegood:event:{name}"),
        "title": name,
        "description": format!(
            "{} Unknown attributes and fields are kept and never read. No schema can say: UTF-8 without a byte order \
             mark, no key twice, no U+0000, at most {DEPTH_MAX} levels, no longer than intake.body_bytes_max.",
            about(event_type)
        ),
        "type": "object",
        "required": ["specversion", "id", "source", "type", "time", "data"],
        "properties": {
            "specversion": { "const": "1.0" },
            "id": attribute("Unique within the source. With it the event's identity, for ever."),
            "source": attribute("Who says it."),
            "type": { "const": name },
            "time": {
                "type": "string", "format": "date-time", "pattern": TIME,
                "description": "When it happened at the marketplace, from 2000 to 2199; not when it was published.",
            },
            "datacontenttype": {
                "type": ["string", "null"], "pattern": MEDIA,
                "not": { "type": "string", "pattern": "^application/cloudevents" },
            },
            "dataschema": { "type": ["string", "null"] },
            "subject": { "type": ["string", "null"] },
            "data_base64": { "type": "null", "description": "The data stands in `data`, as JSON." },
            "data": data(event_type),
        },
    })
}

fn about(event_type: EventType) -> &'static str {
    match event_type {
        EventType::JobCanceled => "A client took a job back.",
        EventType::PostRemoved => "The marketplace took a post down.",
        EventType::ClientSuspended => "The marketplace suspended a client.",
        EventType::JobExpired => "A post ran out of time.",
        EventType::ProposalDeclined => "A proposal was declined.",
        EventType::InvitationWithdrawn => "An invitation was taken back.",
        EventType::ApplicationDeclined => "An application to join was declined.",
        EventType::ApplicationReceived => "An application to join came in.",
    }
}

/// Adds to an object of JSON; anything else stays as it is.
pub(crate) fn set_keyword(schema: &mut Value, keyword: &str, value: impl Into<Value>) {
    if let Some(object) = schema.as_object_mut() {
        object.insert(keyword.to_owned(), value.into());
    }
}

/// Field, its schema, and whether it is needed.
type Field = (&'static str, Value, bool);

fn data(event_type: EventType) -> Value {
    let mut schema = object(fields(event_type));
    if event_type == EventType::ApplicationDeclined {
        set_keyword(&mut schema, "if", json!({ "properties": { "may_reapply": { "const": false } } }));
        set_keyword(&mut schema, "then", json!({ "properties": { "reapply_after": { "type": "null" } } }));
    }
    schema
}

fn fields(event_type: EventType) -> Vec<Field> {
    let job = || id("job_id", "The job.");
    let cause = || ("cause", json!({ "enum": event_type.causes(), "description": "Why." }), true);
    match event_type {
        EventType::JobCanceled => {
            vec![job(), cause(), text("note", NOTE_CHARS_MAX, "The client's own words: kept, never mailed.")]
        }
        EventType::PostRemoved => {
            let rule =
                text("rule", RULE_CHARS_MAX, "Category of the rule that was broken. It is mailed to applicants.");
            vec![job(), cause(), rule, statement()]
        }
        EventType::ClientSuspended => {
            let is_final = json!({ "type": "boolean", "description": "false: it may be lifted again." });
            vec![id("client_id", "The client."), cause(), ("final", is_final, true), statement()]
        }
        EventType::JobExpired => vec![job()],
        EventType::ProposalDeclined => {
            let message = text("message", MESSAGE_CHARS_MAX, "What the client wrote to the freelancer. It is mailed.");
            vec![id("proposal_id", "The proposal."), cause(), message]
        }
        EventType::InvitationWithdrawn => {
            vec![id("invitation_id", "The invitation."), job(), id("person_id", "Who was invited."), cause()]
        }
        EventType::ApplicationDeclined => {
            let improve = json!({
                "type": ["array", "null"], "uniqueItems": true, "description": "What would help.",
                "items": { "enum": Improvement::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>() },
            });
            vec![
                id("application_id", "The application."),
                id("person_id", "Who applied."),
                cause(),
                ("improve", improve, false),
                ("may_reapply", json!({ "type": "boolean", "description": "They may apply again." }), true),
                time("reapply_after", "Not before then. Only with may_reapply."),
                flag("automated", "No person looked at it."),
            ]
        }
        EventType::ApplicationReceived => vec![
            id("application_id", "The application."),
            id("person_id", "Who applied."),
            time("decide_by", "When they can expect an answer."),
        ],
    }
}

fn object(fields: Vec<Field>) -> Value {
    let needed: Vec<&str> = fields.iter().filter(|(_, _, needed)| *needed).map(|(name, ..)| *name).collect();
    let properties: Map<String, Value> =
        fields.into_iter().map(|(name, schema, _)| (name.to_owned(), schema)).collect();
    json!({ "type": "object", "required": needed, "properties": properties })
}

fn attribute(description: &str) -> Value {
    json!({ "type": "string", "pattern": format!("^[!-~]{{1,{ATTRIBUTE_BYTES_MAX}}}$"), "description": description })
}

fn id(name: &'static str, description: &str) -> Field {
    let pattern = format!("^{ID_CHARS}{{1,{ID_BYTES_MAX}}}$");
    (name, json!({ "type": "string", "pattern": pattern, "description": description }), true)
}

fn text(name: &'static str, chars_max: usize, description: &str) -> Field {
    (name, json!({ "type": ["string", "null"], "maxLength": chars_max, "description": description }), false)
}

fn flag(name: &'static str, description: &str) -> Field {
    (name, json!({ "type": ["boolean", "null"], "description": description }), false)
}

fn time(name: &'static str, description: &str) -> Field {
    let schema =
        json!({ "type": ["string", "null"], "format": "date-time", "pattern": TIME, "description": description });
    (name, schema, false)
}

/// Owed to the client (Regulation (EU) 2022/2065 Art. 17).
fn statement() -> Field {
    let text = |name, description| text(name, STATEMENT_CHARS_MAX, description);
    let mut schema = object(vec![
        text("ground", "`illegal` or `terms`."),
        text("clause", "The clause or law."),
        text("facts", "Facts and circumstances."),
        flag("automated_detection", "Automated means found it."),
        flag("automated_decision", "Automated means decided it."),
        text("redress", "How to complain."),
    ]);
    set_keyword(&mut schema, "type", json!(["object", "null"]));
    set_keyword(
        &mut schema,
        "description",
        "The statement of reasons owed to the client: kept, never mailed to applicants.",
    );
    ("statement", schema, false)
}
