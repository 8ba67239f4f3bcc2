//! Sizes and manners: a file says what it does, fits on a few screens, and leaves nothing undone.

use super::Source;
use super::lexer::{is_word, words};

/// Lines of a file under `src/`.
const FILE_LINES_MAX: usize = 400;

/// Lines of a file of tests: tables are long.
const TEST_FILE_LINES_MAX: usize = 600;

/// Lines of a function, from `fn` to its closing brace.
const FUNCTION_LINES_MAX: usize = 70;

/// Characters of a line; rustfmt leaves comments and long strings alone.
const LINE_CHARS_MAX: usize = 120;
/// A text longer than this may run over the line.
const TEXT_CHARS_WHOLE: usize = 60;

/// The first line says what the file does.
pub fn opening(source: &Source) -> Vec<String> {
    let first = source.text.lines().next().unwrap_or_default();
    // lib.rs opens with ARCHITECTURE.md.
    let good = first.strip_prefix("//!").is_some_and(|text| text.trim().len() > 2)
        || first.starts_with("#![doc = include_str!");
    if good { Vec::new() } else { vec![source.finding(0, "the first line is no `//!` that says what the file does")] }
}

/// File, functions, lines.
pub fn sizes(source: &Source) -> Vec<String> {
    let mut findings = Vec::new();
    let max = if source.is_product() { FILE_LINES_MAX } else { TEST_FILE_LINES_MAX };
    let lines = source.text.lines().count();
    if lines > max {
        findings.push(source.finding(0, format!("{lines} lines; {max} at most")));
    }
    let mut at = 0;
    for line in source.text.split_inclusive('\n') {
        let chars = line.trim_end().chars().count();
        // A link is not broken, and a long text is easier to find whole.
        let quoted = |longest: usize| line.split('"').skip(1).step_by(2).any(|text| text.len() > longest);
        let whole =
            line.contains("://") || quoted(TEXT_CHARS_WHOLE) || (!source.is_product() && line.contains(['"', '\'']));
        if chars > LINE_CHARS_MAX && !whole {
            findings.push(source.finding(at, format!("{chars} characters; {LINE_CHARS_MAX} at most")));
        }
        at += line.len();
    }
    for (at, lines) in functions(&source.code) {
        if lines > FUNCTION_LINES_MAX {
            findings.push(source.finding(at, format!("a function of {lines} lines; {FUNCTION_LINES_MAX} at most")));
        }
    }
    findings
}

/// Every function with a body: where it begins and how many lines it has.
fn functions(code: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for at in words(code, "fn") {
        // `fn(…)` is a type; `fn name(…);` has no body.
        let named = code[at + 2..].trim_start().bytes().next().is_some_and(is_word);
        let Some(open) = code[at..].find(['{', ';']).map(|offset| at + offset).filter(|_| named) else { continue };
        if code.as_bytes()[open] != b'{' {
            continue;
        }
        let mut depth = 0_usize;
        let close = code[open..].bytes().position(|byte| {
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let end = close.map_or(code.len(), |offset| open + offset);
        found.push((at, code[at..end].matches('\n').count() + 1));
    }
    found
}

/// `a.rs` beside `a/` splits one room over two places: it is `a/mod.rs`.
pub fn mod_files(paths: &[&str]) -> Vec<String> {
    let split = |path: &&&str| {
        let folder = path.strip_suffix(".rs").map(|stem| format!("{stem}/"));
        folder.is_some_and(|folder| paths.iter().any(|other| other.starts_with(&folder)))
    };
    paths.iter().filter(split).map(|path| format!("{path}: belongs into its folder, as mod.rs")).collect()
}

/// What may stand nowhere, and what may not stand in tests. Only the harness may pause, between two looks at a
/// condition that has a deadline.
pub fn forbidden(source: &Source) -> Vec<String> {
    const NOWHERE: [&str; 4] = ["todo!", "unimplemented!", "dbg!", "#[ignore"];
    const NOT_IN_TESTS: [&str; 3] = ["sleep(", "sleep_until(", "sleep_ms("];
    let mut words = NOWHERE.to_vec();
    if !source.is_product() && !source.path.starts_with("tests/it/support/") {
        words.extend(NOT_IN_TESTS);
    }
    let mut findings = Vec::new();
    for word in words {
        for (at, _) in source.code.match_indices(word) {
            let inside_word = at > 0 && is_word(source.code.as_bytes()[at - 1]) && is_word(word.as_bytes()[0]);
            if !inside_word {
                findings.push(source.finding(at, format!("`{word}` has no place here")));
            }
        }
    }
    findings
}
