//! How every letter looks in every language: its markup, colours, widths and weight.

use std::collections::BTreeSet;

use makegood::mail::{Direction, LetterContext, Letters, Rendered};
use unicode_width::UnicodeWidthStr;

use super::letters;

/// Largest HTML part and largest text part of a sample, in bytes: some mail services cut beyond 102 kB, and readers
/// pay for what they load.
const PART_BYTES_MAX: usize = 30_000;

/// Longest line of a text part, in columns.
const COLUMNS_MAX: usize = 76;

/// Every letter in every language, on time and late.
fn all() -> Vec<(String, Rendered)> {
    let letters = letters();
    let mut all = Vec::new();
    for tag in letters.languages() {
        for name in Letters::names() {
            let sample = letters.sample(name).expect("a sample").clone();
            let mut context = LetterContext { locale: Some(tag.to_owned()), ..sample };
            all.push((format!("{name} in {tag}"), letters.render(&context).expect("a letter")));
            context.about.late = true;
            all.push((format!("{name} in {tag}, late"), letters.render(&context).expect("a letter")));
        }
    }
    all
}

#[test]
fn there_are_letters_in_eight_languages() {
    let languages: Vec<&str> = letters().languages().collect();
    assert_eq!(languages, ["ar", "de", "en", "es", "fr", "hi", "pt-BR", "uk"]);
}

#[test]
fn each_is_light_and_loads_nothing() {
    for (which, letter) in all() {
        assert!(letter.html.len() < PART_BYTES_MAX, "{which}: {} bytes of HTML", letter.html.len());
        assert!(letter.text.len() < PART_BYTES_MAX, "{which}: {} bytes of text", letter.text.len());
        for loads in ["src=", "url(", "@import", "<link", "<script", "<img", "<iframe", "srcset", "background="] {
            assert!(!letter.html.contains(loads), "{which} holds {loads}");
        }
        let links: BTreeSet<&str> =
            letter.html.match_indices("href=\"").map(|(at, _)| &letter.html[at..at + 30]).collect();
        assert_eq!(links, ["href=\"https://example.com/help"].into(), "{which}");
    }
}

#[test]
fn each_is_marked_up_for_readers_and_their_programs() {
    for (which, letter) in all() {
        let html = &letter.html;
        let direction = letter.direction.as_str();
        assert!(html.contains(&format!("<html lang=\"{}\" dir=\"{direction}\">", letter.language)), "{which}");
        assert_eq!(html.matches("<h1").count(), 1, "{which}");
        assert!(html.contains("<meta name=\"color-scheme\" content=\"light dark\">"), "{which}");
        assert!(html.contains("<meta name=\"viewport\""), "{which}");
        // A table that only lays out says so; one of facts has headings for its rows.
        for table in html.split("<table").skip(1) {
            let tag = table.split('>').next().expect("a tag");
            let facts = table.trim_start().split("<table").next().expect("itself").contains("<th scope=\"row\"");
            assert_eq!(tag.contains("role=\"presentation\""), !facts, "{which}: {tag}");
        }
        // What mail programs show beside the subject comes first and says something.
        let preheader = html.split("<body").nth(1).and_then(|body| body.split("<div").nth(1)).expect("a preheader");
        let preheader = preheader.split_once('>').and_then(|(_, rest)| rest.split_once("</div>")).expect("its text").0;
        assert!(preheader.chars().count() > 20, "{which}: {preheader}");
        let other = if letter.direction == Direction::Rtl {
            ["border-left", "text-align:left"]
        } else {
            ["border-right", "text-align:right"]
        };
        assert!(other.iter().all(|style| !html.contains(style)), "{which}: {other:?}");
    }
}

#[test]
fn the_lines_of_the_text_part_fit() {
    for (which, letter) in all() {
        for line in letter.text.lines() {
            let breakable = line.trim_start().contains(' ');
            assert!(line.width() <= COLUMNS_MAX || !breakable, "{which}: {} columns: {line}", line.width());
            assert_eq!(line.trim_end(), line, "{which}");
        }
        assert!(!letter.text.contains("\n\n\n") && letter.text.ends_with('\n'), "{which}");
    }
}

/// A line of Arabic is read from the right even where it begins with an id.
#[test]
fn a_language_from_the_right_begins_every_line_there() {
    for (which, letter) in all().into_iter().filter(|(_, letter)| letter.direction == Direction::Rtl) {
        for line in letter.text.lines().chain([letter.subject.as_str()]) {
            let first = line.chars().find(|c| c.is_alphabetic() || *c == '\u{200F}');
            assert!(first.is_none_or(|c| c == '\u{200F}' || ('\u{0600}'..='\u{06FF}').contains(&c)), "{which}: {line}");
        }
        assert!(letter.html.contains("border-right:4px") || !letter.html.contains("border-left"), "{which}");
    }
}

/// Relative luminance (WCAG 2.2).
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("hexadecimal")) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The value of a property in a style, which must be a colour written out.
fn colour<'a>(style: &'a str, property: &str) -> Option<&'a str> {
    let value =
        style.split([';', '{', '"']).map(str::trim).find_map(|one| one.strip_prefix(property)?.strip_prefix(':'));
    value.map(|value| value.split_whitespace().next().expect("a colour"))
}

/// WCAG 2.2, 1.4.3: 4.5 to 1 for text, in the light and in the dark.
#[test]
fn text_stands_out_from_its_ground() {
    let (mut seen, mut worst) = (BTreeSet::new(), f64::MAX);
    for (which, letter) in all() {
        let (head, body) = letter.html.split_once("<body").expect("a body");
        let rules: Vec<&str> = head.lines().filter(|line| line.trim_start().starts_with(['.', 'b'])).collect();
        let dark = rules.iter().find_map(|rule| rule.contains(".sheet").then(|| colour(rule, "background")).flatten());
        let light = body.split("style=\"").filter(|style| colour(style, "background").is_some());
        let light =
            light.map(|style| colour(style, "background").expect("a colour")).find(|ground| *ground == "#ffffff");
        for (styles, ground) in [(body.split("style=\"").collect::<Vec<_>>(), light), (rules, dark)] {
            let ground = ground.expect("a sheet");
            for style in styles.iter().map(|style| style.split(['"', '}']).next().expect("a style")) {
                let Some(text) = colour(style, "color") else { continue };
                let ground = colour(style, "background").unwrap_or(ground);
                worst = worst.min(contrast(text, ground));
                assert!(contrast(text, ground) >= 4.5, "{which}: {text} on {ground}: {}", contrast(text, ground));
                seen.insert((text.to_owned(), ground.to_owned()));
                for trap in ["#000000", "#000"] {
                    assert!(text != trap && ground != trap, "{which}: pure black is turned over by some programs");
                }
            }
        }
    }
    assert!(seen.len() >= 10, "light and dark, text, notes, links and results: {seen:?}");
    assert!(worst > 4.5);
}
