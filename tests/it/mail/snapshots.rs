//! Every letter in every language, as it read when somebody last looked: a change shows in the review of its snapshot.
//!
//! `INSTA_UPDATE=always cargo test …` writes them anew.

use std::collections::BTreeSet;
use std::path::Path;

use makegood::mail::{LetterContext, Letters, Rendered};

use super::{languages, letters};

/// Where they are, from here.
const FOLDER: &str = "snapshots/letters";

fn rendered(name: &str, language: &str) -> Rendered {
    let sample = letters().sample(name).expect("a sample").clone();
    letters().render(&LetterContext { locale: Some(language.to_owned()), ..sample }).expect("a letter")
}

/// The body of the HTML without the styles, which are looked at in a browser.
fn words(html: &str) -> String {
    let mut rest = html.split_once("<body").expect("a body").1;
    let mut out = String::from("<body");
    while let Some((before, after)) = rest.split_once(" style=\"") {
        out.push_str(before);
        rest = after.split_once('"').expect("the end of the style").1;
    }
    out + rest
}

#[test]
fn every_letter_in_every_language_reads_as_it_did() {
    for name in Letters::names() {
        for language in languages() {
            let letter = rendered(name, &language);
            assert_eq!((letter.letter.name(), &letter.language), (name, &language));
            let shown = format!("Subject: {}\n\n{}\n{}", letter.subject, letter.text, words(&letter.html));
            insta::with_settings!({
                snapshot_path => FOLDER, prepend_module_to_snapshot => false, omit_expression => true,
            }, {
                insta::assert_snapshot!(format!("{name}.{language}"), shown);
            });
        }
    }
}

#[test]
fn no_snapshot_of_a_letter_is_left_behind() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/mail").join(FOLDER);
    let files = std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").file_name());
    let there: BTreeSet<String> = files.map(|name| name.into_string().expect("text")).collect();
    let pairs = Letters::names().flat_map(|name| languages().into_iter().map(move |tag| format!("{name}.{tag}.snap")));
    assert_eq!(there, pairs.collect());
}
