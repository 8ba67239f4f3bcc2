//! What is left of a text that speaks of a person who is to be forgotten. Pure.

use serde_json::Value;

use crate::store::Address;

/// Stands where a text was.
const ERASED: &str = "[erased]";

/// What an event about one person alone keeps: ids, causes, times and yes or no. It decodes, and does what it did.
const KEPT: [&str; 21] = [
    "specversion",
    "id",
    "source",
    "type",
    "time",
    "datacontenttype",
    "traceparent",
    "data",
    "job_id",
    "client_id",
    "proposal_id",
    "invitation_id",
    "application_id",
    "person_id",
    "cause",
    "final",
    "improve",
    "may_reapply",
    "reapply_after",
    "automated",
    "decide_by",
];

/// The words that a person is found by.
pub(in crate::store) struct Words {
    addresses: Vec<String>,
    name: Option<String>,
}

impl Words {
    /// Of a person with this name, whose address may be written so.
    pub(in crate::store) fn of(name: Option<&str>, email: Option<&str>, addresses: &[Address]) -> Words {
        let small = |text: &str| text.trim().to_lowercase();
        let known = addresses.iter().map(|Address(address)| address.as_str()).chain(email);
        let mut addresses: Vec<String> = known.map(small).filter(|address| !address.is_empty()).collect();
        addresses.sort();
        addresses.dedup();
        Words { addresses, name: name.map(small).filter(|name| !name.is_empty()) }
    }

    /// The addresses, in small letters.
    pub(in crate::store) fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// Whether a text holds one of them.
    fn speak_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.addresses.iter().chain(&self.name).any(|word| text.contains(word.as_str()))
    }

    /// A body without the person. One that is `alone` about them keeps ids and causes; any other loses the texts that
    /// name them. What is no JSON object, or would become longer than it was, is emptied.
    pub(in crate::store) fn without(&self, body: &[u8], alone: bool) -> Vec<u8> {
        let Ok(mut value @ Value::Object(_)) = serde_json::from_slice::<Value>(body) else { return Vec::new() };
        if alone {
            keep(&mut value);
            if let Some(data) = value.get_mut("data") {
                keep(data);
            }
        }
        self.clear(&mut value);
        let text = value.to_string().into_bytes();
        if text.len() <= body.len() { text } else { Vec::new() }
    }

    /// Headers, as JSON, without values that name the person.
    pub(in crate::store) fn headers(&self, headers: &str) -> String {
        let mut value: Value = serde_json::from_str(headers).unwrap_or_default();
        if !value.is_object() {
            return "{}".to_owned();
        }
        self.clear(&mut value);
        value.to_string()
    }

    /// Depth is bounded by the parser, which reads 128 levels.
    fn clear(&self, value: &mut Value) {
        match value {
            Value::String(text) if self.speak_in(text) => ERASED.clone_into(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.clear(item)),
            Value::Object(fields) => {
                fields.retain(|name, _| !self.speak_in(name));
                fields.values_mut().for_each(|field| self.clear(field));
            }
            _ => {}
        }
    }
}

fn keep(value: &mut Value) {
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|name, _| KEPT.contains(&name.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> Words {
        Words::of(Some("Ada Lovelace"), Some(" Ada@Example.com"), &[Address("ada@example.com".to_owned())])
    }

    #[test]
    fn an_event_about_one_person_keeps_ids_and_causes() {
        let body = br#"{"id":"e1","source":"/m","subject":"Ada Lovelace","data":{"proposal_id":"p1","cause":"other",
            "message":"Thank you, Ada","extra":{"name":"Ada"}}}"#;
        let left = String::from_utf8(ada().without(body, true)).expect("text");
        assert_eq!(left, r#"{"data":{"cause":"other","proposal_id":"p1"},"id":"e1","source":"/m"}"#);
        assert_eq!(ada().without(left.as_bytes(), true), left.as_bytes(), "twice is the same");
    }

    #[test]
    fn another_event_loses_only_the_texts_that_name_the_person() {
        let body =
            br#"{"data":{"job_id":"j1","note":"write to ADA@example.com now","rule":"spam"},"ada@example.com":1}"#;
        let left = String::from_utf8(ada().without(body, false)).expect("text");
        assert_eq!(left, r#"{"data":{"job_id":"j1","note":"[erased]","rule":"spam"}}"#);
        assert_eq!(ada().headers(r#"{"from":"ada@example.com","x":"y"}"#), r#"{"from":"[erased]","x":"y"}"#);
    }

    #[test]
    fn what_is_no_object_is_emptied() {
        for body in [&b"ada@example.com"[..], b"[\"ada@example.com\"]", b"\xff\xfe", br#"{"":"ada"#] {
            assert_eq!(ada().without(body, false), b"", "{body:?}");
        }
    }
}
