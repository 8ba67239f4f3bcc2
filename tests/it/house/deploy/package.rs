//! What is shipped: the package's files are there, the notices are about what is linked in, the manual has every command.

use std::collections::BTreeSet;

use super::root;
use crate::cli::Desk;

fn manifest() -> toml::Table {
    std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml").parse().expect("TOML")
}

#[test]
fn every_file_of_the_package_is_there() {
    let manifest = manifest();
    let assets = manifest["package"]["metadata"]["deb"]["assets"].as_array().expect("assets");
    let sources: Vec<&str> = assets.iter().map(|asset| asset[0].as_str().expect("a path")).collect();
    assert!(sources.contains(&"target/release/makegood"));
    for source in sources.into_iter().filter(|source| !source.starts_with("target/")) {
        let (folder, ending) = source.split_once('*').unwrap_or((source, ""));
        let found = match ending {
            "" => root().join(folder).is_file(),
            ending => std::fs::read_dir(root().join(folder))
                .expect("a folder")
                .any(|file| file.expect("a file").file_name().to_string_lossy().ends_with(ending)),
        };
        assert!(found, "{source}: `make deb` would fail");
    }
}

/// `make third-party` writes them anew.
#[test]
fn the_notices_are_about_what_is_locked() {
    let lock: toml::Table = std::fs::read_to_string(root().join("Cargo.lock")).expect("a lock").parse().expect("TOML");
    let locked: BTreeSet<String> = lock["package"]
        .as_array()
        .expect("packages")
        .iter()
        .map(|package| {
            format!("{} {}", package["name"].as_str().expect("a name"), package["version"].as_str().expect("one"))
        })
        .collect();
    let notices = std::fs::read_to_string(root().join("THIRD-PARTY.md")).expect("THIRD-PARTY.md");
    let told: BTreeSet<&str> =
        notices.lines().filter_map(|line| line.strip_prefix("- ")?.strip_suffix(" (crate)")).collect();
    assert!(told.len() > 200, "{}", told.len());
    let stale: Vec<_> = told.iter().filter(|one| !locked.contains(**one)).collect();
    assert!(stale.is_empty(), "{stale:?} are not in Cargo.lock: `make third-party`");
    for name in manifest()["dependencies"].as_table().expect("dependencies").keys() {
        let begins = format!("{name} ");
        assert!(told.iter().any(|one| one.starts_with(&begins)), "{name} is missing: `make third-party`");
    }
}

#[test]
fn the_manual_and_the_completions_know_every_command() {
    let desk = Desk::new();
    assert!(desk.run(&["man"]).done().contains(".TH makegood"));
    desk.run(&["man", "--into", "man"]).done();
    let pages = desk.list("man");
    for page in ["makegood.1", "makegood-run.1", "makegood-dlq-replay.1", "makegood-console-users-add.1"] {
        assert!(pages.iter().any(|one| one == page), "{page}: {pages:?}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let script = desk.run(&["completions", shell]).done();
        assert!(script.contains("migrate") && script.contains("resend"), "{shell}");
    }
    desk.run(&["completions", "csh"]).failed(2, &["csh"]);
}
