//! Units, compose file and manifests: the sandbox is as tight as it is said to be, and their configuration is one.

use std::collections::BTreeMap;
use std::process::Command;

use super::{deploy, passes, read};
use crate::cli::Desk;
use crate::support::service;

/// What the issue that asked for the sandbox allows, of 10.
const EXPOSURE_MAX: f64 = 1.5;

#[test]
fn the_sandbox_leaves_little_open() {
    for unit in ["makegood.service", "makegood-purge.service"] {
        let mut analyze = Command::new(service("MAKEGOOD_TEST_SYSTEMD_ANALYZE"));
        analyze.args(["security", "--offline=true", "--no-pager"]).arg(deploy("systemd").join(unit));
        let said = passes(&mut analyze);
        let level = said.lines().find_map(|line| line.split_once("Overall exposure level for ")?.1.split_once(": "));
        let level = level.and_then(|(_, rest)| rest.split_whitespace().next()).expect("a level");
        let level: f64 = level.parse().expect("a number");
        assert!(level <= EXPOSURE_MAX, "{unit}: {level}\n{said}");
    }
}

/// systemd finds nothing wrong in them, once the program is where they look for it.
#[test]
fn systemd_reads_the_units() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    for unit in ["makegood.service", "makegood-purge.service", "makegood-purge.timer"] {
        let text = read(&format!("systemd/{unit}")).replace("/usr/bin/makegood", env!("CARGO_BIN_EXE_makegood"));
        let path = folder.path().join(unit);
        std::fs::write(&path, text).expect("written");
        files.push(path);
    }
    let said = passes(Command::new(service("MAKEGOOD_TEST_SYSTEMD_ANALYZE")).args(["verify", "--man=no"]).args(files));
    assert!(!said.contains("makegood"), "{said}");
}

/// The commands of the units are commands of the program.
#[test]
fn the_units_say_what_the_program_takes() {
    let desk = Desk::new();
    for unit in ["makegood.service", "makegood-purge.service"] {
        let text = read(&format!("systemd/{unit}"));
        let line = text.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/bin/makegood ")).expect("a command");
        let words: Vec<&str> = line.split(" --reason ").next().expect("words").split(' ').collect();
        desk.run(&[&words[..], &["--help"]].concat()).done();
    }
}

/// What stands under `environment:` in the compose file, as a daemon gets it.
fn environment(compose: &str) -> BTreeMap<String, String> {
    let lines = compose.lines().map(str::trim).filter(|line| line.starts_with("MAKEGOOD_"));
    lines
        .filter_map(|line| line.split_once(": "))
        .map(|(k, v)| (k.to_owned(), v.trim_matches('"').to_owned()))
        .collect()
}

#[test]
fn the_configuration_of_the_compose_file_is_one() {
    let environment = environment(&read("docker/compose.yml"));
    assert!(environment.len() > 8, "{environment:?}");
    let mut desk = Desk::new();
    let users = desk.path("users");
    for (name, value) in environment {
        let value = value.replace("/var/lib/makegood/users", &users.display().to_string());
        desk = desk.env(&name, &value);
    }
    desk.run(&["config", "check"]).done();
}

#[test]
fn the_configuration_of_the_manifests_is_one() {
    let manifests = read("kubernetes/makegood.yaml");
    let (_, rest) = manifests.split_once("  makegood.toml: |\n").expect("the file");
    let file: String =
        rest.lines().map_while(|line| line.strip_prefix("    ")).map(|line| format!("{line}\n")).collect();
    let desk = Desk::new();
    desk.write("store.url", "postgres://makegood@db.test/makegood");
    desk.write("broker.url", "amqps://makegood@rabbit.test");
    let secrets = desk.path("").display().to_string();
    desk.write("makegood.toml", file.replace("/run/secrets/makegood/", &secrets));
    desk.run(&["config", "check", "-c", "makegood.toml"]).done();
}
