//! A payload as a page shows it: read where it can be, with the place of the trouble marked, and never more than a page
//! can bear.

use serde_json::Value;

use crate::store::Letter;
use crate::worker::{desk, words};

/// Characters shown before the place of the trouble, and as many from it on.
const CHARS_MAX: usize = 32 * 1024;

/// Text in three parts, of which the middle one is marked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::admin::console) struct Payload {
    /// What goes before.
    pub(in crate::admin::console) before: String,
    /// What stands at the place; empty: no place is known.
    pub(in crate::admin::console) marked: String,
    /// What follows.
    pub(in crate::admin::console) after: String,
    /// What kind of text it is, in words.
    pub(in crate::admin::console) kind: &'static str,
    /// Something was left out.
    pub(in crate::admin::console) is_cut: bool,
}

/// Of a dead letter.
pub(in crate::admin::console) fn read_payload(letter: &Letter) -> Payload {
    let payload = match (desk::payload_json(letter), std::str::from_utf8(&letter.body)) {
        (Some(value), _) => pointed(&value, letter.summary.pointer.as_deref()),
        (None, Ok(text)) => Payload { before: text.to_owned(), kind: "text, no JSON", ..Payload::default() },
        (None, Err(_)) => {
            let (lines, whole) = desk::hex_lines(&letter.body);
            Payload { before: lines.join("\n"), kind: "no text: in hex", is_cut: !whole, ..Payload::default() }
        }
    };
    bounded(payload)
}

/// JSON on several lines, with what stands at `pointer` marked.
fn pointed(value: &Value, pointer: Option<&str>) -> Payload {
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
    let whole = pretty(value);
    let plain = Payload { kind: "JSON", ..Payload::default() };
    let Some(place) = pointer.filter(|pointer| !pointer.is_empty()) else { return Payload { before: whole, ..plain } };
    let Some(at) = value.pointer(place) else { return Payload { before: whole, ..plain } };
    // A text that the payload does not have stands in for the place while the rest is written.
    let Some(stand_in) = (0..=whole.len()).map(|n| format!("place{n}")).find(|text| !whole.contains(text.as_str()))
    else {
        return Payload { before: whole, ..plain };
    };
    let mut other = value.clone();
    if let Some(slot) = other.pointer_mut(place) {
        *slot = Value::String(stand_in.clone());
    }
    let other = pretty(&other);
    let Some((before, after)) = other.split_once(&format!("\"{stand_in}\"")) else {
        return Payload { before: whole, ..plain };
    };
    let indent: String = before.lines().last().unwrap_or_default().chars().take_while(|c| *c == ' ').collect();
    let marked = pretty(at).replace('\n', &format!("\n{indent}"));
    Payload { before: before.to_owned(), marked, after: after.to_owned(), ..plain }
}

fn bounded(payload: Payload) -> Payload {
    let Payload { before, marked, after, kind, is_cut } = payload;
    let (before, first) = if marked.is_empty() { head(&before) } else { tail(&before) };
    let (marked, second) = head(&marked);
    let (after, third) = head(&after);
    let shown = |text: &str| words::plain_lines(text);
    Payload {
        before: shown(before),
        marked: shown(marked),
        after: shown(after),
        kind,
        is_cut: is_cut || first || second || third,
    }
}

fn head(text: &str) -> (&str, bool) {
    match text.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => (text.get(..end).unwrap_or(text), true),
        None => (text, false),
    }
}

fn tail(text: &str) -> (&str, bool) {
    match text.char_indices().rev().nth(CHARS_MAX - 1) {
        Some((begin, _)) if begin > 0 => (text.get(begin..).unwrap_or(text), true),
        _ => (text, false),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{CHARS_MAX, bounded, pointed};

    #[test]
    fn the_place_is_marked_and_nothing_is_lost() {
        let value = json!({"a": "place0", "data": {"cause": {"x": [1]}, "z": 1}});
        let parts = pointed(&value, Some("/data/cause"));
        assert_eq!(parts.marked, "{\n      \"x\": [\n        1\n      ]\n    }");
        let whole = format!("{}{}{}", parts.before, parts.marked, parts.after);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&whole).expect("JSON"), value);
        for nowhere in [None, Some(""), Some("/data/gone")] {
            let parts = pointed(&value, nowhere);
            assert_eq!((parts.marked.as_str(), parts.after.as_str()), ("", ""));
        }
    }

    #[test]
    fn a_page_is_bounded_around_the_place() {
        let long = "x".repeat(CHARS_MAX * 2);
        let parts = bounded(pointed(&json!({"a": long, "b": 7, "c": long}), Some("/b")));
        assert!(parts.is_cut);
        assert_eq!((parts.before.chars().count(), parts.marked.as_str()), (CHARS_MAX, "7"));
        assert_eq!(parts.after.chars().count(), CHARS_MAX);
        assert!(!bounded(pointed(&json!({"a": 1}), None)).is_cut);
    }
}
