//! The bell says what the mail says.

use std::time::Instant;

use makegood::event::{EventKey, PersonId};
use makegood::mail::{BELL_CHARS_MAX, LetterContext, Letters};
use makegood::store::LeasedNotice;
use makegood::worker::announcement::notice_issued;
use serde_json::Value;

use super::templates::options;
use super::{HOSTILE, flat, letters, senders};

#[test]
fn every_bell_has_the_subject_and_the_first_words_of_its_letter() {
    let letters = letters();
    for name in Letters::names() {
        let sample = letters.sample(name).expect("a sample");
        let (letter, bell) = (letters.render(sample).expect("a letter"), letters.bell(sample).expect("a bell"));
        assert_eq!((bell.letter, &bell.language, &bell.title), (letter.letter, &letter.language, &letter.subject));
        // Its text stands in the letter right behind the greeting, and ends where a paragraph does.
        let (greeting, rest) = letter.text.split_once("\n\n").expect("a greeting");
        // A quotation has its mark on each line it is broken into.
        let words = |text: &str| flat(&text.replace("\n> ", "\n"));
        let paragraphs: Vec<String> = rest.split("\n\n").map(words).collect();
        let told = (1..=paragraphs.len()).any(|count| paragraphs[..count].join(" ") == words(&bell.text));
        assert!(told && !bell.text.contains(greeting), "{name}: {}", bell.text);
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
        assert!(flat(&letter.text).contains(&flat(&bell.text)), "{}", bell.text);
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
    let letters = Letters::load(&options(folder.path())).expect("sound");
    let bell = letters.bell(letters.sample("job-canceled").expect("a sample")).expect("a bell");
    assert!(bell.text.starts_with("The client canceled the job"), "{}", bell.text);
    assert!(bell.text.chars().count() <= BELL_CHARS_MAX);
}

/// The notice of a sample, as the outbox has it.
fn leased(sample: &LetterContext) -> LeasedNotice {
    LeasedNotice {
        id: sample.notice,
        event: EventKey { source: sample.about.source.clone(), id: sample.about.event_id.clone() },
        person: PersonId::parse("person-ana").expect("an id"),
        name: sample.name.clone(),
        address: None,
        locale: sample.locale.clone(),
        time_zone: sample.time_zone.clone(),
        suppressed: false,
        created_at: sample.about.time,
        resends: 0,
        attempts: 0,
        throttled: false,
        about: sample.about.clone(),
        lines: sample.lines.clone(),
        traceparent: None,
        token: uuid::Uuid::nil(),
        lease_ends: Instant::now(),
    }
}

/// What is published of each letter: its words, its facts, and no field that the documents do not name.
#[test]
fn what_is_published_of_every_letter_is_documented() {
    let letters = letters();
    let documented = include_str!("../../../docs/integration.md");
    let documented = documented.split("## What makegood tells the marketplace").nth(1).expect("a section");
    let mut kinds = Vec::new();
    for name in Letters::names() {
        let sample = letters.sample(name).expect("a sample");
        let (letter, notice) = (letters.render(sample).expect("a letter"), leased(sample));
        let issued = notice_issued(letters, &senders(), &notice).expect("told");
        let issued = serde_json::to_value(issued).expect("JSON");
        assert_eq!((&issued["title"], &issued["letter"]), (&Value::from(letter.subject), &Value::from(name)));
        assert_eq!(issued["lines"].as_array().map(Vec::len), Some(sample.lines.len()));
        assert!(issued.get("reason").is_some() || !sample.lines.is_empty(), "{name} says why");
        assert_eq!(issued.get("details").is_some(), sample.about.details.is_some(), "{name}");
        kinds.extend(issued["details"]["kind"].as_str().map(str::to_owned));
        if let Some(name) = &sample.name {
            assert!(!issued.to_string().contains(name.as_str()), "{name} is nobody's business there");
        }
        for field in fields(&issued) {
            assert!(documented.contains(&format!("`{field}`")), "{field} of {name} is not in docs/integration.md");
        }
    }
    kinds.sort();
    assert_eq!(kinds, ["application-declined", "application-received", "invitation-withdrawn", "proposal-declined"]);
}

/// Every name in a JSON value, at any depth.
fn fields(value: &Value) -> Vec<String> {
    match value {
        Value::Object(map) => {
            map.iter().flat_map(|(name, value)| [vec![name.clone()], fields(value)].concat()).collect()
        }
        Value::Array(items) => items.iter().flat_map(fields).collect(),
        _ => Vec::new(),
    }
}
