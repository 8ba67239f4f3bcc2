//! A rule that finds nothing may be blind: each one is shown what it must find, and what it must leave alone.

use super::{Source, floors, manifest, rooms, shape};

fn planted(rule: fn(&Source) -> Vec<String>, path: &str, text: &str) -> Vec<String> {
    rule(&Source::new(path, text))
}

#[test]
fn an_import_that_points_up_or_sideways_is_found() {
    for (path, text) in [
        ("src/store/mod.rs", "use crate::worker::Batch;"),
        ("src/store/mod.rs", "use crate::mail;"),
        ("src/store/sqlite/apply.rs", "fn f() { crate::broker::open() }"),
        ("src/policy/judge.rs", "use crate::{event::Event, telemetry::Counter};"),
        ("src/policy/judge.rs", "use crate::{\n    event::{self, Event},\n    store::Store,\n};"),
        ("src/event/mod.rs", "use crate::clock::Clock;"),
        ("src/store/sqlite/mod.rs", "use super::super::worker::Batch;"),
        ("src/store/mod.rs", "use super::worker::Batch;"),
        ("src/mail/smtp/mod.rs", "pub(in crate::store) fn f() {}"),
        ("src/worker/intake.rs", "#[cfg(test)] mod tests { use crate::admin::Ready; }"),
        ("src/config/mod.rs", "use crate::app::App;"),
        ("src/app/mod.rs", "use crate::cli::Arguments;"),
        ("src/cli/mod.rs", "use makegood::cli::x; use crate::main::x;"),
    ] {
        assert_eq!(planted(floors::imports_point_down, path, text).len(), 1, "{path}: {text}");
    }
    assert_eq!(planted(floors::room_is_known, "src/util/mod.rs", "").len(), 1);
}

#[test]
fn an_import_that_points_down_is_left_alone() {
    for (path, text) in [
        ("src/store/mod.rs", "use crate::event::Event; use crate::{fault::Fault, policy};"),
        ("src/store/sqlite/mod.rs", "use super::mail_address; use crate::store::StoreError;"),
        ("src/store/sqlite/apply.rs", "use super::super::types::Batch; mod tests { use super::super::worker; }"),
        ("src/store/mod.rs", "// use crate::worker;\nconst X: &str = \"crate::worker\";"),
        ("src/worker/mod.rs", "use crate::{broker, mail, store};"),
        ("src/main.rs", "fn main() { makegood::cli::run() }"),
        ("src/lib.rs", "pub mod store;"),
        ("tests/it/main.rs", "use crate::support;"),
    ] {
        assert_eq!(planted(floors::imports_point_down, path, text), [""; 0], "{path}: {text}");
        assert_eq!(planted(floors::room_is_known, path, text), [""; 0], "{path}");
    }
}

#[test]
fn a_foreign_crate_outside_its_room_is_found() {
    for (path, text) in [
        ("src/worker/mod.rs", "fn f(e: sqlx::Error) {}"),
        ("src/worker/mod.rs", "use sqlx;"),
        ("src/worker/mod.rs", "use {lapin, std::fmt};"),
        ("src/worker/mod.rs", "use ::lettre::Message;"),
        ("src/store/types.rs", "#[derive(Debug)] #[clap(long)] struct A;"),
        ("src/broker/mod.rs", "use backoff::ExponentialBackoff;"),
        ("src/store/mod.rs", "use anyhow::Result;"),
        ("src/store/mod.rs", "fail::fail_point!(\"k1\");"),
        ("src/worker/mod.rs", "use axum as web;"),
    ] {
        assert_eq!(planted(rooms::foreign_crates, path, text).len(), 1, "{path}: {text}");
    }
    for (path, text) in [
        ("src/store/error.rs", "use sqlx::Error;"),
        ("src/broker/reconnect.rs", "use backoff::ExponentialBackoff; use lapin::Connection;"),
        ("src/worker/mod.rs", "// sqlx::Error\nlet sqlx = 1; crate::store::sqlx::x(); on_fail(fail, 1);"),
        ("tests/it/store/mod.rs", "use sqlx::Connection;"),
    ] {
        assert_eq!(planted(rooms::foreign_crates, path, text), [""; 0], "{path}: {text}");
    }
}

#[test]
fn what_is_not_pure_is_found() {
    for text in ["async fn f() {}", "use tokio::sync::mpsc;", "tracing::info!(\"x\");"] {
        assert_eq!(planted(rooms::purity, "src/policy/decide.rs", text).len(), 1, "{text}");
        assert_eq!(planted(rooms::purity, "src/worker/mod.rs", text), [""; 0]);
    }
    assert_eq!(planted(rooms::purity, "src/policy/decide.rs", "// async\nfn asynchronous() {}"), [""; 0]);
}

#[test]
fn a_file_without_an_opening_is_found() {
    for text in ["use std::fmt;", "// A comment.", "//!", ""] {
        assert_eq!(planted(shape::opening, "src/a/mod.rs", text).len(), 1, "{text}");
    }
    assert_eq!(planted(shape::opening, "src/a/mod.rs", "//! Opens the store."), [""; 0]);
}

#[test]
fn what_is_too_long_is_found() {
    let lines = |count: usize| "x\n".repeat(count);
    let function = |count: usize| format!("fn f()\nwhere\n    T: A,\n{{{}}}\n", "\n".repeat(count - 4));
    for (text, findings) in [
        (lines(400), 0),
        (lines(401), 1),
        (function(70), 0),
        (function(71), 1),
        (format!("struct A(fn() -> u8);\ntrait B {{ fn f(); }}\n{}", "\n".repeat(80)), 0),
        ("x".repeat(120), 0),
        ("x".repeat(121), 1),
        ("ä".repeat(120), 0),
        (format!("// https://{}", "x".repeat(121)), 0),
    ] {
        assert_eq!(planted(shape::sizes, "src/a/mod.rs", &text).len(), findings, "{text}");
    }
    assert_eq!(planted(shape::sizes, "tests/it/a.rs", &lines(600)).len(), 0);
    assert_eq!(planted(shape::sizes, "tests/it/a.rs", &lines(601)).len(), 1);
}

#[test]
fn a_room_in_two_places_is_found() {
    assert_eq!(shape::mod_files(&["src/a.rs", "src/a/b.rs", "src/c.rs"]).len(), 1);
    assert_eq!(shape::mod_files(&["src/a/mod.rs", "src/a/b.rs", "src/ab.rs"]).len(), 0);
}

#[test]
fn what_has_no_place_is_found() {
    for (path, text, findings) in [
        ("src/a/mod.rs", "fn f() { todo!() }", 1),
        ("src/a/mod.rs", "unimplemented!(\"later\")", 1),
        ("tests/it/a.rs", "#[ignore = \"slow\"]\n#[test]", 1),
        ("tests/it/a.rs", "std::thread::sleep(x)", 1),
        ("tests/it/a.rs", "tokio::time::sleep(x).await", 1),
        ("tests/it/a.rs", "use tokio::time::sleep; sleep(x)", 1),
        ("tests/it/support/mod.rs", "tokio::time::sleep(x).await", 0),
        ("src/worker/mod.rs", "tokio::time::sleep(x).await", 0),
        ("tests/it/a.rs", "// sleep(x)\nno_sleep(x); \"todo!\"", 0),
    ] {
        assert_eq!(planted(shape::forbidden, path, text).len(), findings, "{path}: {text}");
    }
}

#[test]
fn a_dependency_without_reason_or_use_is_found() {
    let sources = [Source::new("src/a/mod.rs", "use some_crate::X;"), Source::new("tests/it/a.rs", "dev_only::x();")];
    let check = |text: &str| manifest::dependencies(text, &sources);
    for (text, findings) in [
        ("[dependencies]\n# Why.\nsome-crate = \"1\"", 0),
        ("[dependencies]\nsome-crate = \"1\"", 1),
        ("[dependencies]\n# Why.\nother = \"1\"", 1),
        ("[dependencies]\n# Why.\ndev-only = \"1\"", 1),
        ("[dev-dependencies]\n# Why.\ndev-only = \"1\"", 0),
        ("[features]\nother = []", 0),
    ] {
        assert_eq!(check(text).len(), findings, "{text}");
    }
}
