//! The house's own rules, checked by reading the sources: floors, rooms of foreign crates, sizes, manifest.
//!
//! Each rule is a function from one [`Source`] (or the manifest) to what it finds. The tests at the end run every rule
//! over the tree; `planted.rs` shows that each finds what it is there for.

mod floors;
mod lexer;
mod manifest;
mod planted;
mod rooms;
mod shape;

use std::path::Path;

/// One file, and the same text with comments, strings and characters blanked (same length, same lines).
pub struct Source {
    /// From the repository's root: `src/store/mod.rs`.
    pub path: String,
    /// As it is.
    pub text: String,
    /// Code alone.
    pub code: String,
}

impl Source {
    /// A file of this path and text.
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned(), code: lexer::code(text) }
    }

    /// Under `src/`.
    pub fn is_product(&self) -> bool {
        self.path.starts_with("src/")
    }

    /// The room it is in: `store` of `src/store/mod.rs`, `main` of `src/main.rs`; `None` outside `src/` and for
    /// `lib.rs`.
    pub fn room(&self) -> Option<&str> {
        let rest = self.path.strip_prefix("src/")?;
        let first = rest.split('/').next().unwrap_or(rest);
        let name = first.strip_suffix(".rs").unwrap_or(first);
        (name != "lib").then_some(name)
    }

    /// A finding at a byte of the text.
    pub fn finding(&self, at: usize, what: impl std::fmt::Display) -> String {
        let line = self.text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
        format!("{}:{line}: {what}", self.path)
    }
}

/// Every Rust source of the repository.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["src", "tests", "benches", "fuzz/src", "fuzz/fuzz_targets"]
        .map(|folder| root.join(folder))
        .iter()
        .filter(|folder| folder.is_dir())
    {
        for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
            let entry = entry.expect("a folder that can be read");
            if entry.path().extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(entry.path()).expect("a source");
                let path = entry.path().strip_prefix(root).expect("below the root").display().to_string();
                found.push(Source::new(&path, &text));
            }
        }
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}

/// Runs one rule over the tree; all findings at once.
fn check(rule: impl Fn(&Source) -> Vec<String>) {
    let findings: Vec<String> = sources().iter().flat_map(rule).collect();
    assert!(findings.is_empty(), "{} finding(s):\n{}", findings.len(), findings.join("\n"));
}

#[test]
fn imports_point_down() {
    check(floors::imports_point_down);
}

#[test]
fn every_room_stands_on_a_floor() {
    check(floors::room_is_known);
}

#[test]
fn foreign_crates_stay_in_their_rooms() {
    check(rooms::foreign_crates);
}

#[test]
fn words_and_judgement_are_pure() {
    check(rooms::purity);
}

#[test]
fn every_file_says_what_it_does() {
    check(shape::opening);
}

#[test]
fn files_functions_and_lines_fit_on_a_screen() {
    check(shape::sizes);
}

#[test]
fn a_room_with_files_has_a_mod_rs() {
    let sources = sources();
    let paths: Vec<&str> = sources.iter().map(|source| source.path.as_str()).collect();
    let findings = shape::mod_files(&paths);
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn nothing_is_left_undone_and_no_test_sleeps() {
    check(shape::forbidden);
}

#[test]
fn every_dependency_has_its_reason_and_its_use() {
    let manifest = include_str!("../../../../Cargo.toml");
    let findings = manifest::dependencies(manifest, &sources());
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}
