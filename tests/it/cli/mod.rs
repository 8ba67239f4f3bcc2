//! The command line: the real program, as a person or a script would call it.

mod audit;
mod bounces;
mod config;
mod daemon;
mod demo;
mod dlq;
mod events;
mod explain;
mod gallery;
mod gaps;
mod help;
mod import;
mod manners;
mod migrate;
mod notices;
mod people;
mod policy;
mod process;
mod publish;
mod suppressions;
mod reload;
mod templates;
mod topology;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The demo's marketplace, one row a line.
pub const MARKET: &str = include_str!("../../../src/cli/demo/market.ndjson");
/// The demo's eight messages: five events, two repetitions, one that is none (line 4).
pub const EVENTS: &str = include_str!("../../../src/cli/demo/events.ndjson");

/// An empty folder in which commands run with an empty environment.
pub struct Desk {
    folder: TempDir,
    env: Vec<(String, String)>,
}

impl Desk {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), env: Vec::new() }
    }

    /// With the demo's files in it, and its facts loaded.
    pub fn with_market() -> Self {
        let desk = Self::new();
        desk.write("market.ndjson", MARKET);
        desk.write("events.ndjson", EVENTS);
        desk.run(&["import", "market.ndjson"]).done();
        desk
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).expect("written");
    }

    /// Names of what lies in a folder, sorted; none if it is not there.
    pub fn list(&self, name: &str) -> Vec<String> {
        list(&self.path(name))
    }

    /// The letters in the default mail folder, as a reader gets them.
    pub fn letters(&self) -> Vec<String> {
        let read = |name: &String| {
            let bytes = std::fs::read(self.path("var/mail/new").join(name)).expect("a letter");
            makegood::mail::read_back(&bytes).expect("a letter")
        };
        self.list("var/mail/new").iter().map(read).collect()
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_makegood"));
        command.current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command().args(arguments).output().expect("started"))
    }

    /// A line as a person types it into a shell.
    pub fn shell(&self, line: &str) -> Ran {
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(line).current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        Ran::of(shell.envs(self.env.iter().map(|(name, value)| (name, value))).output().expect("started"))
    }

    /// With these bytes on stdin.
    pub fn feed(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> Ran {
        self.write("stdin", input);
        let stdin = std::fs::File::open(self.path("stdin")).expect("opened");
        Ran::of(self.command().args(arguments).stdin(stdin).output().expect("started"))
    }
}

fn list(folder: &Path) -> Vec<String> {
    let Ok(files) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<_> =
        files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// Exit code 0; its stdout.
    pub fn done(self) -> String {
        self.ended(0)
    }

    /// With this exit code; its stdout.
    #[track_caller]
    pub fn ended(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.stderr);
        self.stdout
    }

    /// With this exit code, nothing on stdout, and these words on stderr.
    #[track_caller]
    pub fn failed(self, code: i32, words: &[&str]) {
        assert_eq!((self.code, &*self.stdout), (Some(code), ""), "{}", self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in\n{}", self.stderr);
        }
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
    }

    /// With this exit code; its stdout as JSON.
    #[track_caller]
    pub fn json(self, code: i32) -> Value {
        serde_json::from_str(&self.ended(code)).expect("JSON on stdout")
    }
}

/// Sends a signal to a child.
pub fn signal(name: &str, pid: u32) {
    let sent = Command::new("kill").args([name, &pid.to_string()]).status().expect("kill");
    assert!(sent.success(), "kill {name} {pid}");
}
