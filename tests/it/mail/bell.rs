//! The bell says what the mail says.

use std::path::Path;

use makegood::mail::{BELL_CHARS_MAX, Letters};

use super::{HOSTILE, letters};

#[test]
fn every_bell_has_the_subject_and_the_first_words_of_its_letter() {
    let letters = letters();
    for name in Letters::names() {
        let sample = letters.sample(name).expect("a sample");
        let (letter, bell) = (letters.render(sample).expect("a letter"), letters.bell(sample).expect("a bell"));
        assert_eq!((bell.letter, &bell.language, &bell.title), (letter.letter, &letter.language, &letter.subject));
        // Its text stands in the letter as a paragraph of its own, right behind the greeting.
        let paragraphs: Vec<&str> = letter.text.split("\n\n").collect();
        assert_eq!(paragraphs.get(1), Some(&bell.text.as_str()), "{name}");
        assert!(!bell.text.contains("Hello") && bell.text.lines().count() <= 3, "{}", bell.text);
    }
}

#[test]
fn a_bell_takes_nothing_from_a_title_but_its_words() {
    let letters = letters();
    let sample = letters.sample("job-canceled").expect("a sample");
    for title in HOSTILE {
        let mut hostile = sample.clone();
        title.clone_into(&mut hostile.lines[0].job_title);
        let (letter, bell) = (letters.render(&hostile).expect("a letter"), letters.bell(&hostile).expect("a bell"));
        assert_eq!(bell.title, letter.subject);
        assert!(letter.text.contains(&bell.text), "{}", bell.text);
        assert!(!bell.text.contains("https://"), "{}", bell.text);
    }
}

#[test]
fn templates_without_the_layout_are_cut() {
    let folder = tempfile::tempdir().expect("a folder");
    let letter = folder.path().join("letters/job-canceled");
    std::fs::create_dir_all(&letter).expect("a folder");
    let text = format!("{{{{t lead_key job=job k=proposals}}}}\n{}", "word ".repeat(400));
    std::fs::write(letter.join("text.hbs"), text).expect("written");
    let letters = Letters::load(Some(Path::new(folder.path()))).expect("sound");
    let bell = letters.bell(letters.sample("job-canceled").expect("a sample")).expect("a bell");
    assert!(bell.text.starts_with("The client canceled the job"), "{}", bell.text);
    assert!(bell.text.chars().count() <= BELL_CHARS_MAX);
}
