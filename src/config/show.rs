//! The effective configuration, for a person and for a program: every key, its value, its layer; secrets masked.

use serde_json::json;

use super::secrets::{SECRETS, mask};
use super::value::{Value, Values};

/// One key as it may be shown.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    key: String,
    value: serde_json::Value,
    layer: String,
}

/// Takes the values, without what is secret in them.
pub(super) fn collect(values: &Values) -> Vec<Shown> {
    let one = |(key, setting): (&String, &super::value::Setting)| Shown {
        key: key.clone(),
        value: match &setting.value {
            Value::Text(text) if SECRETS.contains(&key.as_str()) => json!(mask(text)),
            Value::Text(text) => json!(text),
            Value::Number(number) => json!(number),
            Value::Flag(flag) => json!(flag),
        },
        layer: setting.layer(),
    };
    values.iter().map(one).collect()
}

/// As TOML, section by section.
pub(super) fn toml(shown: &[Shown]) -> String {
    let mut text = String::new();
    for section in sections(shown) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("[{section}]\n"));
        for one in shown {
            if let Some((place, name)) = one.key.rsplit_once('.')
                && place == section
            {
                text.push_str(&format!("{name} = {} # {}\n", toml_value(&one.value), one.layer));
            }
        }
    }
    text
}

/// As JSON, flat.
pub(super) fn json(shown: &[Shown]) -> serde_json::Value {
    let one = |one: &Shown| (one.key.clone(), json!({"value": one.value, "layer": one.layer}));
    serde_json::Value::Object(shown.iter().map(one).collect())
}

/// Where the value of a key came from.
pub(super) fn layer<'a>(shown: &'a [Shown], key: &str) -> Option<&'a str> {
    shown.iter().find(|one| one.key == key).map(|one| one.layer.as_str())
}

/// The sections, each once, in the order of their names.
fn sections(shown: &[Shown]) -> Vec<&str> {
    let mut sections: Vec<&str> = shown.iter().filter_map(|one| one.key.rsplit_once('.')).map(|(s, _)| s).collect();
    sections.sort_unstable();
    sections.dedup();
    sections
}

fn toml_value(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => toml::Value::String(text.clone()).to_string(),
        other => other.to_string(),
    }
}
