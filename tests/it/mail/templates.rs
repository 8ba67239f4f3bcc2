//! What `templates check` finds in templates somebody changed.

use std::path::Path;

use makegood::mail::{Letters, LettersOptions};

/// Findings with this one file in place of the built-in one.
fn with(path: &str, text: &str) -> Vec<String> {
    let dir = tempfile::tempdir().expect("a directory");
    put(dir.path(), path, text);
    let findings = Letters::check(&options(dir.path()));
    if let Err(error) = Letters::load(&options(dir.path())) {
        assert!(error.findings.iter().all(|finding| findings.contains(finding)), "check finds all that load finds");
    }
    findings.iter().map(ToString::to_string).collect()
}

pub fn options(dir: &Path) -> LettersOptions {
    LettersOptions { templates_dir: Some(dir.to_owned()), ..LettersOptions::default() }
}

pub fn put(dir: &Path, path: &str, text: &str) {
    let file = dir.join(path);
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
    std::fs::write(file, text).expect("written");
}

#[test]
fn the_built_in_templates_are_sound() {
    assert_eq!(Letters::check(&LettersOptions::default()), []);
    assert_eq!(with("README.md", "not a template"), [""; 0]);
}

#[test]
fn a_file_of_the_directory_stands_in_for_its_own() {
    let dir = tempfile::tempdir().expect("a directory");
    put(dir.path(), "letters/job-canceled/subject.hbs", "Gone: {{subject_job}}");
    let letters = Letters::load(&options(dir.path())).expect("sound");
    let letter = letters.render(letters.sample("job-canceled").expect("a sample")).expect("a letter");
    assert_eq!(letter.subject, "Gone: Logo for a bakery");
    assert!(letter.text.contains("12 Connects came back"));
}

#[test]
fn what_strict_mode_does_not_see_is_found() {
    let text = "letters/job-canceled/text.hbs";
    let html = "letters/post-removed/html.hbs";
    for (path, content, found) in [
        (text, "{{#> layuot}}x{{/layuot}}", "letters/job-canceled/text.hbs: includes `layuot`, which does not exist"),
        (text, "{{#if retruned}}x{{/if}}y", "letters/job-canceled/text.hbs: names `retruned`, which no letter has"),
        (text, "{{salary}}", "letters/job-canceled/text.hbs: names `salary`, which no letter has"),
        (
            text,
            "{{t \"no-such-phrase\"}}",
            "letters/job-canceled/text.hbs: asks for \"no-such-phrase\", which the catalogue lacks",
        ),
        (text, "{{shout job}}", "letters/job-canceled/text.hbs: calls `shout`, which is no helper of letters"),
        (
            text,
            "{{#*inline \"x\"}}y{{/inline}}z",
            "letters/job-canceled/text.hbs: holds an element letters do not need; use values, blocks, `t` and partials",
        ),
        (
            text,
            "{{> (lookup this \"job\")}}",
            "letters/job-canceled/text.hbs: includes a partial whose name is computed; write the name",
        ),
        (text, "  \n", "letters/job-canceled: text of letter job-canceled is empty"),
        (html, "{{{job}}}", "letters/post-removed/html.hbs: writes unescaped output by `{{{`; use `{{`"),
        ("partials/text/ask.hbs", "{{> know}}", ""),
        (
            "partials/html/know.hbs",
            "{{> ask}}{{> know}}",
            "partials/html/know.hbs: includes itself, by way of other partials or directly",
        ),
        (
            "letters/job-canceled/sample.json",
            "{}",
            "letters/job-canceled/sample.json: is no letter's context: missing field `notice` at line 1 column 2",
        ),
        (
            "letters/job-canceled/more.hbs",
            "x",
            "letters/job-canceled/more.hbs: is no part of a letter; built-in files can be replaced, partials and catalogues added",
        ),
    ] {
        let findings = with(path, content);
        assert!(
            if found.is_empty() { findings.is_empty() } else { findings.iter().any(|finding| finding == found) },
            "{content}: {findings:?}"
        );
    }
}

#[test]
fn two_partials_that_include_each_other_are_found_and_not_run() {
    let dir = tempfile::tempdir().expect("a directory");
    put(dir.path(), "partials/text/know.hbs", "{{> ask}}");
    put(dir.path(), "partials/text/ask.hbs", "{{> know}}");
    let findings = Letters::check(&options(dir.path()));
    assert_eq!(
        findings.iter().filter(|finding| finding.message.starts_with("includes itself")).count(),
        2,
        "{findings:?}"
    );
}

#[test]
fn a_catalogue_that_lacks_codes_is_told_every_one() {
    let built_in = include_str!("../../../templates/catalogue/en.ftl");
    let poorer: String = built_in
        .lines()
        .filter(|line| !line.starts_with("ground-withdrawn") && !line.starts_with("reason-expired"))
        .map(|line| format!("{line}\n"))
        .collect();
    let findings = with("catalogue/en.ftl", &poorer);
    assert_eq!(
        findings[..2],
        ["catalogue/en.ftl: lacks `ground-withdrawn`", "catalogue/en.ftl: lacks `reason-expired`"]
    );
    assert!(findings[2..].iter().all(|finding| finding.contains("the catalogue has no")), "{findings:?}");
}

#[test]
fn a_phrase_that_cannot_be_filled_is_found() {
    let built_in = include_str!("../../../templates/catalogue/en.ftl");
    let findings = with("catalogue/en.ftl", &built_in.replace("hello = Hello { $name },", "hello = Hello { $nmae },"));
    assert!(findings.iter().any(|finding| finding.contains("$nmae")), "{findings:?}");
    let findings = with("catalogue/en.ftl", "a = {");
    assert!(
        findings.iter().all(|finding| finding.starts_with("catalogue/en.ftl: syntax: ")) && !findings.is_empty(),
        "{findings:?}"
    );
}

#[test]
fn only_a_rare_notice_shows_some_faults() {
    let built_in = include_str!("../../../templates/partials/text/ask.hbs");
    let findings = with("partials/text/ask.hbs", &built_in.replace("{{t \"ask-reply\"}}", "{{t name}}"));
    assert!(
        !findings.is_empty() && findings.iter().all(|finding| finding.contains("cannot be rendered")),
        "{findings:?}"
    );
}

#[test]
fn letters_that_hide_that_they_come_late_are_found() {
    let built_in = include_str!("../../../templates/partials/html/layout.hbs");
    let findings = with("partials/html/layout.hbs", &built_in.replace("{{> late}}", ""));
    assert_eq!(findings.len(), Letters::names().count(), "{findings:?}");
    assert!(
        findings.iter().all(|finding| finding.contains("html.hbs: does not say when it comes late")),
        "{findings:?}"
    );
}
