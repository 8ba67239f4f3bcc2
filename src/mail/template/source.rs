//! Where the templates come from: compiled in, and file by file replaced by those of a directory.

use std::collections::BTreeMap;
use std::path::Path;

use super::Finding;

/// Template files by path, as below `templates/`.
pub(super) type Sources = BTreeMap<String, String>;

/// Largest template file in bytes: the built-in ones are below 8 KiB.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// Deepest folder of a templates directory (`letters/<letter>`, `partials/html`).
const DEPTH_MAX: usize = 2;

/// Most files of a templates directory.
const FILES_MAX: usize = 500;

/// The sentences all other languages are measured by.
pub(super) const CATALOGUE: &str = "catalogue/en.ftl";

/// The language a file is the catalogue of, if it is one.
pub(super) fn catalogue_tag(path: &str) -> Option<&str> {
    path.strip_prefix("catalogue/")?.strip_suffix(".ftl").filter(|tag| !tag.contains('/'))
}

/// Where the sentences of a language are.
pub(super) fn catalogue_path(tag: &str) -> String {
    format!("catalogue/{tag}.ftl")
}

macro_rules! built_in {
    ($($path:literal),+ $(,)?) => {
        const BUILT_IN: &[(&str, &str)] = &[$(($path, include_str!(concat!("../../../templates/", $path)))),+];
    };
}
built_in!(
    "catalogue/ar.ftl",
    "catalogue/de.ftl",
    "catalogue/en.ftl",
    "catalogue/es.ftl",
    "catalogue/fr.ftl",
    "catalogue/hi.ftl",
    "catalogue/pt-BR.ftl",
    "catalogue/uk.ftl",
    "letters/application-declined/html.hbs",
    "letters/application-declined/sample.json",
    "letters/application-declined/subject.hbs",
    "letters/application-declined/text.hbs",
    "letters/application-received/html.hbs",
    "letters/application-received/sample.json",
    "letters/application-received/subject.hbs",
    "letters/application-received/text.hbs",
    "letters/client-suspended-no-return/html.hbs",
    "letters/client-suspended-no-return/sample.json",
    "letters/client-suspended-no-return/subject.hbs",
    "letters/client-suspended-no-return/text.hbs",
    "letters/client-suspended/html.hbs",
    "letters/client-suspended/sample.json",
    "letters/client-suspended/subject.hbs",
    "letters/client-suspended/text.hbs",
    "letters/invitation-withdrawn/html.hbs",
    "letters/invitation-withdrawn/sample.json",
    "letters/invitation-withdrawn/subject.hbs",
    "letters/invitation-withdrawn/text.hbs",
    "letters/job-canceled-no-return/html.hbs",
    "letters/job-canceled-no-return/sample.json",
    "letters/job-canceled-no-return/subject.hbs",
    "letters/job-canceled-no-return/text.hbs",
    "letters/job-canceled/html.hbs",
    "letters/job-canceled/sample.json",
    "letters/job-canceled/subject.hbs",
    "letters/job-canceled/text.hbs",
    "letters/job-expired/html.hbs",
    "letters/job-expired/sample.json",
    "letters/job-expired/subject.hbs",
    "letters/job-expired/text.hbs",
    "letters/post-removed-no-return/html.hbs",
    "letters/post-removed-no-return/sample.json",
    "letters/post-removed-no-return/subject.hbs",
    "letters/post-removed-no-return/text.hbs",
    "letters/post-removed/html.hbs",
    "letters/post-removed/sample.json",
    "letters/post-removed/subject.hbs",
    "letters/post-removed/text.hbs",
    "letters/proposal-declined/html.hbs",
    "letters/proposal-declined/sample.json",
    "letters/proposal-declined/subject.hbs",
    "letters/proposal-declined/text.hbs",
    "partials/html/ask.hbs",
    "partials/html/card.hbs",
    "partials/html/facts.hbs",
    "partials/html/happened.hbs",
    "partials/html/heading.hbs",
    "partials/html/know.hbs",
    "partials/html/late.hbs",
    "partials/html/layout.hbs",
    "partials/html/lines.hbs",
    "partials/html/opening.hbs",
    "partials/html/point.hbs",
    "partials/html/points.hbs",
    "partials/html/result.hbs",
    "partials/html/row.hbs",
    "partials/html/why.hbs",
    "partials/text/ask.hbs",
    "partials/text/know.hbs",
    "partials/text/late.hbs",
    "partials/text/layout.hbs",
    "partials/text/lines.hbs",
    "partials/text/why.hbs",
);

/// The templates compiled in.
pub(super) fn built_in() -> Sources {
    BUILT_IN.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// The templates compiled in, with those files of `dir` instead that are there.
pub(super) fn with_directory(dir: &Path, findings: &mut Vec<Finding>) -> Sources {
    let mut sources = built_in();
    let mut files = 0;
    overlay(dir, "", 0, &mut files, &mut sources, findings);
    sources
}

fn overlay(
    root: &Path, below: &str, depth: usize, files: &mut usize, sources: &mut Sources, findings: &mut Vec<Finding>,
) {
    let entries = match std::fs::read_dir(root.join(below)) {
        Ok(entries) => entries,
        Err(error) => return findings.push(Finding::new(&shown(root, below), format!("cannot be read: {error}"))),
    };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') || is_of_kind(&name, "md") {
            continue;
        }
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        *files += 1;
        if *files > FILES_MAX {
            return findings.push(Finding::new(&shown(root, below), format!("holds more than {FILES_MAX} files")));
        }
        if !entry.path().is_dir() {
            replace(root, path, sources, findings);
        } else if depth < DEPTH_MAX {
            overlay(root, &path, depth + 1, files, sources, findings);
        }
    }
}

fn replace(root: &Path, path: String, sources: &mut Sources, findings: &mut Vec<Finding>) {
    let partial =
        (path.starts_with("partials/text/") || path.starts_with("partials/html/")) && is_of_kind(&path, "hbs");
    if !sources.contains_key(&path) && !partial && catalogue_tag(&path).is_none() {
        let message = "is no part of a letter; built-in files can be replaced, partials and catalogues added";
        return findings.push(Finding::new(&path, message));
    }
    let file = root.join(&path);
    let text = match std::fs::metadata(&file) {
        Ok(meta) if meta.len() > FILE_BYTES_MAX => {
            return findings.push(Finding::new(&path, format!("is larger than {FILE_BYTES_MAX} bytes")));
        }
        _ => std::fs::read_to_string(&file),
    };
    match text {
        Ok(text) => drop(sources.insert(path, text)),
        Err(error) => findings.push(Finding::new(&path, format!("cannot be read: {error}"))),
    }
}

fn shown(root: &Path, below: &str) -> String {
    root.join(below).display().to_string()
}

fn is_of_kind(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found == extension)
}
