//! In which language a reader is told, and what a catalogue must hold to be used.

use std::collections::BTreeSet;

use makegood::event::EventType;
use makegood::mail::{Direction, LetterContext, Letters, LettersOptions};
use makegood::policy::Reason;

use super::letters;
use super::templates::{options, put};

const ENGLISH: &str = include_str!("../../../templates/catalogue/en.ftl");

/// A language of one's own: English words under another tag.
fn own(tag: &str, change: impl Fn(&str) -> String) -> (tempfile::TempDir, LettersOptions) {
    let dir = tempfile::tempdir().expect("a directory");
    put(dir.path(), &format!("catalogue/{tag}.ftl"), &change(ENGLISH));
    let options = options(dir.path());
    (dir, options)
}

/// Why letters with this one file in place of the built-in one are refused.
fn refused(path: &str, text: &str) -> Vec<String> {
    let dir = tempfile::tempdir().expect("a directory");
    put(dir.path(), path, text);
    let error = Letters::load(&options(dir.path())).err();
    error.map(|error| error.findings.iter().map(ToString::to_string).collect()).unwrap_or_default()
}

fn in_language(letters: &Letters, name: &str, locale: &str) -> LetterContext {
    LetterContext { locale: Some(locale.to_owned()), ..letters.sample(name).expect("a sample").clone() }
}

#[test]
fn a_catalogue_of_the_directory_adds_a_language() {
    let (_dir, options) = own("sw", |english| english.replace("Hello", "Habari"));
    assert_eq!(Letters::check(&options), []);
    let letters = Letters::load(&options).expect("sound");
    let built_in: BTreeSet<String> = super::letters().languages().map(str::to_owned).collect();
    let mut all: BTreeSet<String> = letters.languages().map(str::to_owned).collect();
    assert!(all.remove("sw") && all == built_in, "{all:?}");
    for (locale, language, hello) in
        [("sw", "sw", "Habari"), ("sw-TZ", "sw", "Habari"), ("sw_KE.UTF-8", "sw", "Habari"), ("en", "en", "Hello")]
    {
        let letter = letters.render(&in_language(&letters, "job-canceled", locale)).expect("a letter");
        assert_eq!(letter.language, language, "{locale}");
        assert!(letter.text.starts_with(hello) && letter.html.contains(&format!("lang=\"{language}\"")), "{locale}");
    }
}

#[test]
fn a_reader_without_a_language_is_told_in_that_of_the_configuration() {
    let (_dir, options) = own("sw", |english| english.replace("Hello", "Habari"));
    let letters = Letters::load(&LettersOptions { locale: "sw-KE".to_owned(), ..options.clone() }).expect("sound");
    for locale in [None, Some("tlh"), Some("\u{202E}\r\n"), Some(&*"x".repeat(1_000_000))] {
        let context = LetterContext {
            locale: locale.map(str::to_owned),
            ..letters.sample("post-removed").expect("a sample").clone()
        };
        assert_eq!(letters.render(&context).expect("a letter").language, "sw", "{locale:.20?}");
    }
    for locale in ["tlh", "", "no tag"] {
        let error =
            Letters::load(&LettersOptions { locale: locale.to_owned(), ..options.clone() }).expect_err("refused");
        assert_eq!(error.findings[0].place, "mail.locale", "{error}");
    }
}

#[test]
fn a_language_is_written_in_its_direction() {
    for (tag, direction) in [("sw", Direction::Ltr), ("fa", Direction::Rtl), ("ur-PK", Direction::Rtl)] {
        let (_dir, options) = own(tag, str::to_owned);
        let letters = Letters::load(&options).expect("sound");
        let letter = letters.render(&in_language(&letters, "job-canceled", tag)).expect("a letter");
        assert_eq!((letter.language.as_str(), letter.direction), (tag, direction));
    }
}

#[test]
fn half_a_language_is_refused() {
    let (_dir, options) = own("sw", |english| {
        let lines = english.lines().filter(|line| !line.starts_with("know =") && !line.starts_with("verdict-expired"));
        lines.map(|line| format!("{line}\n")).collect()
    });
    let error = Letters::load(&options).expect_err("refused");
    let told: Vec<String> = error.findings.iter().map(ToString::to_string).collect();
    for lack in ["catalogue/sw.ftl: lacks `know`", "catalogue/sw.ftl: lacks `verdict-expired`"] {
        assert!(told.iter().any(|finding| finding == lack), "{told:?}");
    }
    assert!(told.iter().all(|finding| finding.contains("sw")), "{told:?}");
}

#[test]
fn a_translation_says_what_the_english_sentence_says() {
    for (original, translation, found) in [
        ("hello = Hello { $name },", "hello = Habari,", "catalogue/sw.ftl: `hello` does not say { $name }"),
        (
            "hello-nobody = Hello,",
            "hello-nobody = Habari { $name },",
            "catalogue/sw.ftl: `hello-nobody` asks for { $name }, which is not given to it",
        ),
        ("know = Good to know", "knwo = Good to know", "catalogue/sw.ftl: has `knwo`, which nobody asks for"),
        ("know = Good to know", "knwo = Good to know", "catalogue/sw.ftl: lacks `know`"),
        (
            "know = Good to know",
            "know = { -good } to know",
            "catalogue/sw.ftl: `know` of the catalogue cannot be filled: Resolver error: Unknown term: -good",
        ),
        (
            "    [one] One more proposal is\n",
            "    [few] A few more proposals are\n",
            "catalogue/sw.ftl: `hidden` lacks the form [one]",
        ),
        (
            "    [one] One more proposal is\n",
            "    [few] A few more proposals are\n",
            "catalogue/sw.ftl: `hidden` has the form [few], which this language never uses",
        ),
    ] {
        assert!(ENGLISH.contains(original), "{original}");
        let told = refused("catalogue/sw.ftl", &ENGLISH.replace(original, translation));
        assert!(told.iter().any(|finding| finding == found), "{found}: {told:?}");
    }
}

/// Arabic has six forms by number, Ukrainian four: each that is missing is named.
#[test]
fn every_form_by_number_of_a_language_is_asked_for() {
    for (tag, forms) in [("ar", &["zero", "two", "few", "many"][..]), ("uk", &["few", "many"]), ("ja", &[])] {
        let told = refused(&format!("catalogue/{tag}.ftl"), ENGLISH);
        for form in ["zero", "one", "two", "few", "many"] {
            let finding = format!("catalogue/{tag}.ftl: `result-returned` lacks the form [{form}]");
            assert_eq!(told.contains(&finding), forms.contains(&form), "{finding}: {told:?}");
        }
    }
}

#[test]
fn a_file_that_is_no_language_is_told() {
    let told = refused("catalogue/english.ftl.ftl", ENGLISH);
    assert_eq!(told, ["catalogue/english.ftl.ftl: `english.ftl` is no language tag (BCP 47), such as `en`"]);
    let told = refused("catalogue/pt_br.ftl", ENGLISH);
    assert_eq!(told, ["catalogue/pt_br.ftl: must be called catalogue/pt-BR.ftl, as the language is written"]);
}

#[test]
fn whoever_else_tells_it_finds_the_same_words() {
    let words = letters().words(Some("en-GB"));
    assert_eq!((words.language(), words.direction().as_str()), ("en", "ltr"));
    assert_eq!(words.reason(Reason::ClientCanceled), "The client canceled the job.");
    let cause = words.cause(EventType::JobCanceled, "dropped").expect("known");
    assert_eq!(cause, "The client says the project was dropped.");
    assert_eq!(words.cause(EventType::JobCanceled, "of-tomorrow"), None);
}
