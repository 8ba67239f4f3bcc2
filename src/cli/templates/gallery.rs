//! `makegood templates preview --gallery`: the gallery as files.

use std::path::Path;

use anyhow::Context;
use serde_json::json;

use crate::app;
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::mail::{FIRST_PAGE, Form, Gallery, Letters};

/// Writes it; exit code 3 if `makegood templates check` would find something, which the first page then tells.
pub(super) fn run(folder: &Path, json: bool, config: &Config) -> anyhow::Result<Exit> {
    let letters = app::letters(config)?;
    let findings = Letters::check(&app::letters_options(config));
    let gallery = Gallery::of(&letters, &findings, Form::Files)?;
    let mut files = 0_usize;
    for (path, text) in gallery.files() {
        let file = folder.join(path);
        let written =
            std::fs::create_dir_all(file.parent().unwrap_or(folder)).and_then(|()| std::fs::write(&file, text));
        written.with_context(|| format!("cannot write {}", file.display()))?;
        files += 1;
    }
    let first = folder.join(FIRST_PAGE);
    if json {
        output::json(&json!({ "open": first, "files": files, "findings": findings }))?;
    } else {
        output::say(format!("{files} files; open {}", first.display()))?;
        findings.iter().try_for_each(|finding| output::say(finding.to_string()))?;
    }
    Ok(if findings.is_empty() { Exit::Done } else { Exit::Partly })
}
