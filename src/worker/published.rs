//! JSON Schema (2020-12) of what makegood publishes. Fields may be added to it; none changes its meaning or goes away.

use serde_json::{Map, Value, json};

use super::announcement::SOURCE;
use crate::event::{CONNECTS_RETURNED, EventType, Improvement, NOTICE_ISSUED, set_keyword};
use crate::mail::{LINES_SHOWN_MAX, Letter};
use crate::policy::{Ground, Reason, Verdict};

/// The types, in the order of the documentation.
pub const PUBLISHED: [&str; 2] = [NOTICE_ISSUED, CONNECTS_RETURNED];

/// The schema of one of [`PUBLISHED`].
pub fn published_schema(event_type: &str) -> Option<Value> {
    let (about, data) = match event_type {
        NOTICE_ISSUED => ("A person is told: what the letter says, for the bell. `subject` is the person.", notice()),
        CONNECTS_RETURNED => ("Connects came back: one entry of the ledger. `subject` is the account.", returned()),
        _ => return None,
    };
    let mut schema = object(vec![
        ("specversion", json!({ "const": "1.0" })),
        ("id", text("The same at every repeat.")),
        ("source", json!({ "const": SOURCE })),
        ("type", json!({ "const": event_type })),
        ("subject", text("Whom it is about.")),
        ("time", time("When it was recorded.")),
        ("datacontenttype", json!({ "const": "application/json" })),
        ("traceparent?", text("Of the event behind it (W3C Trace Context).")),
        ("data", data),
    ]);
    set_keyword(&mut schema, "$schema", "https://json-schema.org/draft/2020-12/schema");
    set_keyword(&mut schema, "$id", format!("urn:makegood:event:{event_type}"));
    set_keyword(&mut schema, "title", event_type);
    set_keyword(&mut schema, "description", about);
    Some(schema)
}

fn notice() -> Value {
    object(vec![
        ("notice_id", text("What a person quotes to support.")),
        ("person_id", text("Who is told.")),
        ("event", behind()),
        ("cause", text("As in the event.")),
        ("rule?", text("As in the event.")),
        ("reason?", codes("Only where no line says it.", Reason::ALL, Reason::as_str)),
        ("details?", details()),
        ("late", flag("It is no news any more.")),
        ("letter", codes("Which letter it is.", &Letter::ALL, Letter::name)),
        ("language", text("Of `title` and `text` (BCP 47).")),
        ("title", text("Plain text, never HTML.")),
        ("text", text("Plain text, never HTML.")),
        ("proposals", number("How many it is about.")),
        ("returned", number("Connects that came back on all of them.")),
        ("lines", json!({ "type": "array", "maxItems": LINES_SHOWN_MAX, "items": line() })),
    ])
}

fn line() -> Value {
    object(vec![
        ("proposal_id", text("The proposal.")),
        ("job_id", text("The job.")),
        ("job_title", text("As the marketplace had it: escape it.")),
        ("submitted_at", time("When the proposal was submitted.")),
        ("invited", flag("It answered an invitation.")),
        ("role", json!({ "enum": ["submitter", "manager", "owner"] })),
        ("account_id", text("Whose balance had paid.")),
        ("agency", flag("It is an agency's.")),
        ("verdict", codes("What became of it.", Verdict::ALL, Verdict::as_str)),
        ("reason", codes("Why it happened.", Reason::ALL, Reason::as_str)),
        ("ground?", codes("Why nothing came back.", Ground::ALL, Ground::as_str)),
        ("spent", parts("What it had cost.")),
        ("returned", parts("What came back with this event.")),
        ("entries", json!({ "type": "array", "items": { "type": "string" } })),
        ("balance_after", number("The balance after them.")),
        ("decided_at", time("When it was decided.")),
        ("expires_at?", time("When the returned Connects expire.")),
    ])
}

fn details() -> Value {
    let kind = |event_type: EventType| json!({ "const": event_type.as_str() });
    let improve = Improvement::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>();
    let after = object(vec![("after", time("Not before then."))]);
    json!({ "oneOf": [
        object(vec![
            ("kind", kind(EventType::ProposalDeclined)),
            ("message?", text("The client's own words: escape them.")),
        ]),
        object(vec![
            ("kind", kind(EventType::InvitationWithdrawn)),
            ("invitation_id", text("The invitation.")),
            ("job_id", text("The job.")),
            ("job_title", text("As the marketplace had it: escape it.")),
        ]),
        object(vec![
            ("kind", kind(EventType::ApplicationDeclined)),
            ("application_id", text("The application.")),
            ("improve", json!({ "type": "array", "items": { "enum": improve } })),
            ("reapply", json!({ "oneOf": [{ "enum": ["never", "now"] }, after] })),
            ("automated?", flag("A program decided alone.")),
        ]),
        object(vec![
            ("kind", kind(EventType::ApplicationReceived)),
            ("application_id", text("The application.")),
            ("decide_by?", time("When it is decided at the latest.")),
        ]),
    ] })
}

fn returned() -> Value {
    object(vec![
        ("entry_id", text("The entry in the ledger.")),
        ("account_id", text("Whose balance it raised.")),
        ("proposal_id", text("For which proposal.")),
        ("job_id", text("On which job.")),
        ("job_title?", text("As the marketplace had it: escape it.")),
        ("amount", json!({ "type": "integer", "minimum": 1, "description": "Connects." })),
        ("charge", json!({ "enum": ["fee", "boost"], "description": "What they had been charged for." })),
        ("reverses", text("The charge it gives back.")),
        ("balance_after", number("The account's balance with it.")),
        ("reason", codes("Why.", Reason::ALL, Reason::as_str)),
        ("event", behind()),
        ("recorded_at", time("When it was recorded.")),
        ("expires_at?", time("When the returned Connects expire.")),
    ])
}

fn behind() -> Value {
    object(vec![
        ("source", text("Of the marketplace's event.")),
        ("id", text("Of the marketplace's event.")),
        ("type", codes("What happened.", &EventType::ALL, EventType::as_str)),
        ("time", time("When it happened.")),
    ])
}

fn parts(description: &str) -> Value {
    let mut parts = object(vec![("fee", number("For the proposal.")), ("boost", number("For its boost."))]);
    set_keyword(&mut parts, "description", description);
    parts
}

/// Fields with their schemas; a name that ends in `?` may be absent.
fn object(fields: Vec<(&str, Value)>) -> Value {
    let needed: Vec<&str> = fields.iter().map(|(name, _)| *name).filter(|name| !name.ends_with('?')).collect();
    let named = |(name, schema): (&str, Value)| (name.trim_end_matches('?').to_owned(), schema);
    let properties: Map<String, Value> = fields.into_iter().map(named).collect();
    json!({ "type": "object", "required": needed, "properties": properties })
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn flag(description: &str) -> Value {
    json!({ "type": "boolean", "description": description })
}

fn number(description: &str) -> Value {
    json!({ "type": "integer", "minimum": 0, "description": description })
}

fn time(description: &str) -> Value {
    json!({ "type": "string", "format": "date-time", "description": description })
}

fn codes<T: Copy>(description: &str, all: &[T], code: fn(T) -> &'static str) -> Value {
    json!({ "enum": all.iter().map(|one| code(*one)).collect::<Vec<_>>(), "description": description })
}
