//! The help of every command, as it reads; one snapshot each, and no snapshot of what is gone.

use super::{Desk, list};
use std::path::Path;

/// Every command that has a help of its own.
const COMMANDS: &[&str] = &[
    "",
    "run",
    "process",
    "import",
    "publish",
    "dlq",
    "dlq list",
    "dlq groups",
    "dlq show",
    "dlq plan",
    "dlq replay",
    "dlq status",
    "dlq cancel",
    "dlq discard",
    "dlq restore",
    "dlq purge",
    "dlq collect",
    "dlq export",
    "dlq import",
    "dlq log",
    "notices",
    "notices list",
    "notices show",
    "notices hold",
    "notices release",
    "notices resend",
    "people",
    "people show",
    "people erase",
    "people readmit",
    "policy",
    "policy show",
    "policy check",
    "policy test",
    "policy diff",
    "explain",
    "history",
    "events",
    "events list",
    "events archive",
    "events purge",
    "bounces",
    "bounces ingest",
    "suppressions",
    "suppressions list",
    "suppressions add",
    "suppressions release",
    "migrate",
    "config",
    "config show",
    "config check",
    "console",
    "console users",
    "console users add",
    "console users passwd",
    "console users role",
    "console users remove",
    "console users list",
    "console tokens",
    "console tokens add",
    "console tokens revoke",
    "console tokens list",
    "audit",
    "audit list",
    "audit show",
    "audit seals",
    "audit accept",
    "topology",
    "topology show",
    "topology check",
    "topology declare",
    "schema",
    "templates",
    "templates list",
    "templates check",
    "templates preview",
    "reload",
    "health",
    "completions",
    "man",
    "demo",
];

fn name(command: &str) -> String {
    format!("makegood {command}").trim_end().replace(' ', "-")
}

fn help(command: &str) -> String {
    let desk = Desk::new().env("COLUMNS", "100");
    let words: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
    let text = desk.run(&words).done();
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[test]
fn every_help_reads_as_it_did() {
    for command in COMMANDS {
        insta::assert_snapshot!(name(command), help(command));
    }
}

#[test]
fn no_snapshot_is_unreferenced() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cli/snapshots");
    let mut expected: Vec<String> =
        COMMANDS.iter().map(|command| format!("it__cli__help__{}.snap", name(command))).collect();
    expected.sort();
    assert_eq!(list(&folder), expected);
}

#[test]
fn every_command_of_the_overview_is_here() {
    let overview = help("");
    let listed = overview.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // Continued descriptions are indented further.
    let listed = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    for line in listed {
        let command = line.split_whitespace().next().expect("a word");
        assert!(COMMANDS.contains(&command), "{command} has no snapshot");
    }
}

#[test]
fn the_exit_codes_of_a_wrong_command_line() {
    let desk = Desk::new();
    desk.run(&["--bogus"]).failed(2, &["--bogus"]);
    desk.run(&["bogus"]).failed(2, &["bogus"]);
    desk.run(&[]).failed(2, &["Usage: makegood"]);
    desk.run(&["process", "--set", "nonsense"]).failed(2, &["KEY=VALUE is expected"]);
    assert!(desk.run(&["--version"]).done().starts_with("makegood "));
}
