//! Every command that a document shows in a block is run, as it stands there, by a shell: whatever it finds, its words
//! are understood.

use std::collections::BTreeSet;
use std::path::Path;

use crate::cli::{Desk, EVENTS, MARKET};
use crate::support::rabbit::Vhost;

/// They do not end by themselves, or play a marketplace of their own, which has tests.
const NOT_HERE: [&str; 2] = ["makegood run", "makegood demo"];

/// Lines of the documents' `sh` blocks that call makegood and nothing else, each with where it stands.
fn shown() -> BTreeSet<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut documents: Vec<_> = ["README.md", "src/ARCHITECTURE.md"].map(|name| root.join(name)).to_vec();
    let docs = std::fs::read_dir(root.join("docs")).expect("docs").map(|file| file.expect("a file").path());
    documents.extend(docs.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    let mut lines = BTreeSet::new();
    for document in documents {
        let text = std::fs::read_to_string(&document).expect("readable");
        let name = document.file_name().expect("a name").to_string_lossy().into_owned();
        let mut inside = false;
        for line in text.lines() {
            if let Some(info) = line.strip_prefix("```") {
                inside = !inside && info.trim() == "sh";
            } else if inside && line.starts_with("makegood ") && !line.contains(['|', '…', '\\']) {
                lines.insert((line.to_owned(), name.clone()));
            }
        }
    }
    lines
}

#[test]
fn every_command_in_a_block_is_run() {
    let vhost = Vhost::create();
    let desk = Desk::new().env("MAKEGOOD_OPERATOR", "a test").env("MAKEGOOD_BROKER__URL", &vhost.url());
    let bin = Path::new(env!("CARGO_BIN_EXE_makegood")).parent().expect("a folder").display().to_string();
    let desk = desk.env("PATH", &format!("{bin}:/usr/bin:/bin"));
    desk.write("market.ndjson", MARKET);
    desk.write("events.ndjson", EVENTS);
    desk.write("report.eml", include_bytes!("../../bounces/postfix-no-such-user.eml"));
    desk.run(&["import", "market.ndjson"]).done();
    desk.run(&["process", "events.ndjson"]).ended(3);
    let lines = shown();
    assert!(lines.len() > 40, "{}", lines.len());
    let mut wrong = Vec::new();
    for (line, document) in lines {
        if NOT_HERE.iter().any(|not| line.starts_with(not)) {
            continue;
        }
        let ran = desk.shell(&line);
        let understood = ran.code.is_some_and(|code| [0, 1, 3, 75, 78].contains(&code));
        if !understood || ran.stderr.contains("panicked") {
            wrong.push(format!("{document}: {line}: {:?} {}", ran.code, ran.stderr));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
