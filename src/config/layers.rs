//! Lays the layers over each other. The defaults say which keys there are and of what kind each is.

use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::changes::Changes;
use super::value::{Origin, Setting, Value, Values};
use super::{DEFAULT_TOML, Finding, Sources};

/// Prefix of every variable.
pub(super) const ENV_PREFIX: &str = "MAKEGOOD_";

/// Names the file; not a key itself.
const ENV_FILE: &str = "MAKEGOOD_CONFIG";

/// Names who acts (`makegood dlq`); no key either.
const ENV_OPERATOR: &str = "MAKEGOOD_OPERATOR";

/// Variables of tests, demo and benches (`deploy/services.sh`, `Makefile`): not keys either.
const ENV_FOREIGN: [&str; 3] = ["MAKEGOOD_TEST_", "MAKEGOOD_DEMO_", "MAKEGOOD_BENCH_"];

/// Similarity (Jaro-Winkler, 0 to 1) from which a known key is offered for an unknown one.
const SIMILAR: f64 = 0.85;

/// The merged values. What cannot be used is a finding, and the value below it stays.
pub(super) fn merge(sources: &Sources, findings: &mut Vec<Finding>) -> Values {
    let mut values = Values::new();
    let defaults = read_toml(DEFAULT_TOML, &|_| Origin::Default, findings);
    values.extend(defaults.into_iter().filter_map(|(key, found)| match found {
        Found::Value(value, origin) => Some((key, Setting { value, origin, through: None })),
        Found::Other(..) => None,
    }));

    let named = sources.env.iter().find(|(name, value)| name == ENV_FILE && !value.is_empty());
    if let Some(path) = sources.file.clone().or_else(|| named.map(|(_, value)| PathBuf::from(value))) {
        merge_file(&path, &mut values, findings);
    }
    merge_env(&sources.env, &mut values, findings);
    for (key, text) in &sources.flags {
        merge_text(key, text, Origin::Flag, &mut values, findings);
    }
    values
}

fn merge_file(path: &Path, values: &mut Values, findings: &mut Vec<Finding>) {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let layer = format!("file {}", path.display());
            findings.push(Finding { key: String::new(), layer, message: format!("cannot be read: {error}") });
            return;
        }
    };
    let origin = |line| Origin::File { path: path.to_owned(), line };
    for (key, found) in read_toml(&text, &origin, findings) {
        let (kind, origin) = match &found {
            Found::Value(value, origin) => (value.kind(), origin),
            Found::Other(kind, origin) => (*kind, origin),
        };
        let complain = |message| Finding { key: key.clone(), layer: origin.to_string(), message };
        let Some(known) = values.get_mut(&key) else {
            match (is_section(&key, values), kind) {
                (true, EMPTY_TABLE) => {}
                (true, _) => findings.push(complain(format!("is a section, not a value: {kind} found"))),
                (false, _) => findings.push(complain(unknown(&key, values))),
            }
            continue;
        };
        match found {
            Found::Value(value, origin) if value.kind() == known.value.kind() => {
                *known = Setting { value, origin, through: None };
            }
            _ => findings.push(complain(format!("{} expected, {kind} found", known.value.kind()))),
        }
    }
}

fn merge_env(env: &[(String, String)], values: &mut Values, findings: &mut Vec<Finding>) {
    for (name, text) in env {
        let own = [ENV_FILE, ENV_OPERATOR].contains(&name.as_str());
        let foreign = own || ENV_FOREIGN.iter().any(|prefix| name.starts_with(prefix));
        let Some(rest) = name.strip_prefix(ENV_PREFIX).filter(|_| !foreign) else { continue };
        let key = rest.to_lowercase().replace("__", ".");
        merge_text(&key, text, Origin::Env(name.clone()), values, findings);
    }
}

fn merge_text(key: &str, text: &str, origin: Origin, values: &mut Values, findings: &mut Vec<Finding>) {
    let mut complain = |message| findings.push(Finding { key: key.to_owned(), layer: origin.to_string(), message });
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return complain("is not UTF-8".to_owned());
    }
    let Some(known) = values.get(key) else { return complain(unknown(key, values)) };
    match known.value.parse_as(text) {
        Some(value) => {
            values.insert(key.to_owned(), Setting { value, origin, through: None });
        }
        None => complain(format!("{} expected", known.value.kind())),
    }
}

fn unknown(key: &str, values: &Values) -> String {
    let near = values.keys().map(|known| (strsim::jaro_winkler(key, known), known)).max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some(told) = Changes::known().gone(key) {
        return told;
    }
    match near {
        Some((score, known)) if score >= SIMILAR => format!("unknown key; did you mean {known}?"),
        _ => "unknown key; `makegood config show` lists them all".to_owned(),
    }
}

fn is_section(key: &str, values: &Values) -> bool {
    values.keys().any(|known| known.strip_prefix(key).is_some_and(|rest| rest.starts_with('.')))
}

/// A section with all its lines commented out is no mistake.
const EMPTY_TABLE: &str = "an empty table";

/// What stands in a file: something a key can hold, or something it cannot (an array, a float, a date, an empty
/// table).
enum Found {
    Value(Value, Origin),
    Other(&'static str, Origin),
}

/// Every value of a TOML text by its dotted key, in the order of the keys. Syntax errors become findings with their
/// line and without the line's text, which may hold a secret.
fn read_toml(text: &str, origin: &dyn Fn(usize) -> Origin, findings: &mut Vec<Finding>) -> Vec<(String, Found)> {
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let at = origin(error.span().map_or(1, |span| line_of(text, span.start)));
        let message = error.message().lines().next().unwrap_or("not TOML").to_owned();
        findings.push(Finding { key: String::new(), layer: at.to_string(), message });
    }
    let mut found = Vec::new();
    walk(root.get_ref(), "", text, origin, &mut found);
    found
}

fn walk(
    table: &DeTable<'_>, prefix: &str, text: &str, origin: &dyn Fn(usize) -> Origin, found: &mut Vec<(String, Found)>,
) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.get_ref().to_string() } else { format!("{prefix}.{}", name.get_ref()) };
        let at = origin(line_of(text, name.span().start));
        let value = match value.get_ref() {
            DeValue::Table(inner) if !inner.is_empty() => {
                walk(inner, &key, text, origin, found);
                continue;
            }
            DeValue::String(text) => Found::Value(Value::Text(text.to_string()), at),
            DeValue::Boolean(flag) => Found::Value(Value::Flag(*flag), at),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => Found::Value(Value::Number(number), at),
                Err(_) => Found::Other("a number beyond 64 bits", at),
            },
            DeValue::Float(_) => Found::Other("a number with a fraction", at),
            DeValue::Datetime(_) => Found::Other("a date", at),
            DeValue::Array(_) => Found::Other("a list", at),
            DeValue::Table(_) => Found::Other(EMPTY_TABLE, at),
        };
        found.push((key, value));
    }
}

/// The line of a byte, from 1.
fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
