//! Imports point down. One package has no crate boundaries that could hold this, so the sources are read.

use super::Source;
use super::lexer::{is_word, word_at, words};

/// The rooms with their floors. On floor 5 rooms look rightwards only: `main` > `cli` > `app` > `config`, `shutdown`,
/// written as tenths. Rooms of equal rank never look at each other.
const FLOORS: [(&str, u8); 15] = [
    ("event", 0),
    ("fault", 0),
    ("clock", 0),
    ("policy", 10),
    ("telemetry", 10),
    ("store", 20),
    ("broker", 20),
    ("mail", 20),
    ("worker", 30),
    ("admin", 40),
    ("config", 50),
    ("shutdown", 50),
    ("app", 51),
    ("cli", 52),
    ("main", 53),
];

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

/// A new room has to be put on a floor before anything can be said about it.
pub fn room_is_known(source: &Source) -> Vec<String> {
    match source.room() {
        Some(room) if floor(room).is_none() => vec![source.finding(0, format!("room {room} stands on no floor"))],
        _ => Vec::new(),
    }
}

/// Every path that begins at the crate's root, in a `use` or in the middle of code, leads down.
pub fn imports_point_down(source: &Source) -> Vec<String> {
    let Some((room, own)) = source.room().and_then(|room| Some((room, floor(room)?))) else { return Vec::new() };
    let mut findings = Vec::new();
    for (at, target) in paths_from_root(source) {
        let Some(there) = floor(target) else { continue };
        if target != room && there >= own {
            findings.push(source.finding(at, format!("{room} must not know {target}: imports point down")));
        }
    }
    findings
}

/// Rooms that are named through `crate::…`, `makegood::…` (in `main`) or a chain of `super::` that reaches the root.
fn paths_from_root(source: &Source) -> Vec<(usize, &str)> {
    let code = &source.code;
    let mut found = Vec::new();
    for root in ["crate", "makegood"] {
        for at in words(code, root) {
            found.extend(heads(code, at + root.len()));
        }
    }
    let depth = source.path.matches('/').count() - usize::from(source.path.ends_with("/mod.rs"));
    for at in words(code, "super") {
        if code[..at].trim_end().ends_with("::") {
            continue;
        }
        let (mut chain, mut end) = (0, at);
        while word_at(code, end) == "super" {
            chain += 1;
            end += "super".len();
            if !code[end..].starts_with("::") {
                break;
            }
            end += 2;
        }
        if chain >= depth && code[..end].ends_with("::") {
            found.extend(heads(code, end - 2));
        }
    }
    found
}

/// The first names after a root: `a` of `::a::b`, `a` and `c` of `::{a::b, c}`.
fn heads(code: &str, at: usize) -> Vec<(usize, &str)> {
    let Some(rest) = code[at..].strip_prefix("::") else { return Vec::new() };
    let begin = at + 2;
    if !rest.starts_with('{') {
        return vec![(begin, word_at(code, begin))];
    }
    let (mut found, mut depth, mut expects) = (Vec::new(), 0, false);
    for (offset, byte) in rest.bytes().enumerate() {
        match byte {
            b'{' => (depth, expects) = (depth + 1, depth == 0),
            b'}' => depth -= 1,
            b',' => expects = depth == 1,
            byte if expects && is_word(byte) => {
                found.push((begin + offset, word_at(code, begin + offset)));
                expects = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}
