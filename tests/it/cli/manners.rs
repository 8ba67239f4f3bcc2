//! Pipes that close, arguments that are no text, folders that cannot be.

use super::{Desk, Ran};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

#[test]
fn a_reader_that_went_away_is_no_error() {
    let desk = Desk::new();
    for arguments in [
        &["config", "show"][..],
        &["topology", "show"],
        &["templates", "preview", "job-canceled"],
        &["demo"],
        &["migrate", "--json"],
        &["--help"],
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let ran = Ran::of(desk.command().args(arguments).stdout(writer).output().expect("started"));
        assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn the_exit_code_counts_although_nobody_reads() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let desk = Desk::with_market();
    let ran = Ran::of(desk.command().args(["process", "events.ndjson"]).stdout(writer).output().expect("started"));
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert_eq!(desk.letters().len(), 11);
}

#[test]
fn a_full_disk_is_an_error() {
    let full = std::fs::File::options().write(true).open("/dev/full").expect("/dev/full");
    let ran = Ran::of(Desk::new().command().args(["config", "show"]).stdout(full).output().expect("started"));
    ran.failed(1, &["cannot write to stdout"]);
}

#[test]
fn arguments_that_are_no_text() {
    let desk = Desk::new();
    let odd = OsStr::from_bytes(b"\xff\xfe");
    let with = |before: &[&str]| Ran::of(desk.command().args(before).arg(odd).output().expect("started"));
    with(&[]).failed(2, &["unrecognized subcommand"]);
    with(&["process", "--set"]).failed(2, &["UTF-8"]);
    with(&["demo", "--dir"]).failed(1, &["--dir", "UTF-8"]);
    // A file's name may be any bytes.
    with(&["process"]).failed(1, &["cannot open", "No such file"]);
    std::fs::write(desk.path("").join(odd), "").expect("written");
    assert!(with(&["process"]).done().starts_with("0 events"));
}

#[test]
fn a_missing_file_is_named_and_nothing_is_made() {
    let desk = Desk::new();
    desk.run(&["process", "none.ndjson"]).failed(1, &["cannot open none.ndjson", "No such file"]);
    desk.run(&["import", "jobs.csv"]).failed(1, &["cannot open jobs.csv", "No such file"]);
    desk.run(&["import", "jobs.ndjson"]).failed(1, &["cannot open jobs.ndjson"]);
    desk.run(&["publish", "none.ndjson"]).failed(1, &["cannot open none.ndjson"]);
    desk.run(&["process", "--config", "none.toml"]).failed(78, &["file none.toml", "cannot be read"]);
    desk.run(&["templates", "preview", "job-canceled", "--context", "none.json"]).failed(1, &["cannot open none.json"]);
    desk.run(&["process", "."]).failed(1, &["is a folder"]);
    assert_eq!(desk.list(""), Vec::<String>::new());
}

#[test]
fn folders_that_cannot_be_are_named() {
    let desk = Desk::with_market();
    desk.write("file", "");
    desk.run(&["migrate", "--set", "store.url=sqlite:file/makegood.db"]).failed(1, &["the folder file cannot be made"]);
    desk.run(&["demo", "--dir", "file"]).failed(1, &["cannot make the folder file"]);
    let ran = desk.run(&["process", "events.ndjson", "--set", "mail.folder.path=file"]);
    assert!(ran.stderr.contains("11 notices are still to be sent"), "{}", ran.stderr);
    ran.ended(3);
}

#[test]
fn everything_works_in_an_empty_folder() {
    let desk = Desk::new();
    assert!(desk.run(&["process"]).done().starts_with("0 events: 0 applied"));
    assert!(desk.list("var").contains(&"makegood.db".to_owned()));
    let desk = Desk::new();
    assert!(desk.run(&["migrate"]).done().starts_with("applied 0001_"));
}
