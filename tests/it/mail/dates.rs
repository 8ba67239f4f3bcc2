//! Dates, times and numbers as the reader's region writes them, in the reader's time zone.

use makegood::event::EventType;
use makegood::mail::{LetterContext, Letters, LettersOptions};
use makegood::policy::{NoticeLine, Reason};
use time::macros::datetime;

use super::{letters, occasion, returned};

/// A letter about twelve thousand Connects, for a reader of this language in this zone.
fn context(locale: Option<&str>, time_zone: Option<&str>) -> LetterContext {
    let line = NoticeLine {
        balance_after: 1_234_567,
        submitted_at: datetime!(2026-03-02 23:30 UTC),
        ..returned(1, "Logo for a bakery", Reason::ClientCanceled)
    };
    LetterContext {
        locale: locale.map(str::to_owned),
        time_zone: time_zone.map(str::to_owned),
        about: occasion(EventType::JobCanceled, "dropped"),
        lines: vec![line],
        ..letters().sample("job-canceled").expect("a sample").clone()
    }
}

fn text(locale: &str, time_zone: &str) -> String {
    let text = letters().render(&context(Some(locale), Some(time_zone))).expect("a letter").text;
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What happened on 14 March 2026 at 12:00 UTC, and a proposal of half past eleven at night on the second.
#[test]
fn each_region_writes_dates_and_numbers_in_its_own_way() {
    for (locale, zone, told) in [
        ("en", "UTC", ["14 March 2026, 12:00 UTC", "sent on 2 March 2026", "1,234,567 Connects"]),
        ("en-GB", "Europe/London", ["14 March 2026, 12:00 GMT", "sent on 2 March 2026", "1,234,567"]),
        ("en-US", "America/New_York", ["March 14, 2026, 8:00 AM EDT", "sent on March 2, 2026", "1,234,567"]),
        ("en-IN", "Asia/Kolkata", ["14 March 2026, 5:30 PM IST", "sent on 3 March 2026", "12,34,567"]),
        ("de", "Europe/Berlin", ["14. März 2026, 13:00 MEZ", "gesendet am 3. März 2026", "1.234.567"]),
        ("de-CH", "Europe/Zurich", ["14. März 2026, 13:00 MEZ", "gesendet am 3. März 2026", "1'234'567"]),
        ("es", "Europe/Madrid", ["14 de marzo de 2026, 13:00 CET", "enviada el 3 de marzo de 2026", "1.234.567"]),
        ("es-MX", "America/Mexico_City", ["14 de marzo de 2026, 06:00 a.m.", "enviada el 2 de marzo", "1,234,567"]),
        ("fr", "UTC", ["14 mars 2026, 12:00 UTC", "envoyée le 2 mars 2026", "1 234 567"]),
        ("pt-BR", "America/Sao_Paulo", ["14 de março de 2026, 09:00", "enviada em 2 de março de 2026", "1.234.567"]),
        ("hi", "Asia/Kolkata", ["14 मार्च, 2026, 5:30 pm IST", "3 मार्च, 2026 को भेजा गया", "12,34,567"]),
        ("uk", "Europe/Kyiv", ["14 березня 2026 р., 14:00", "надіслано 3 березня 2026 р.", "1 234 567"]),
        ("ar-EG", "Africa/Cairo", ["١٤ مارس ٢٠٢٦، ٢:٠٠ م", "أُرسل في ٣ مارس ٢٠٢٦", "١٬٢٣٤٬٥٦٧"]),
    ] {
        let text = text(locale, zone);
        // CLDR writes spaces that do not break within numbers and before am and pm.
        let text = text.replace(['\u{a0}', '\u{202f}'], " ");
        for told in told {
            assert!(text.contains(told), "{locale} {zone}: {told} in {text}");
        }
        assert!(text.contains("proposal-1") && text.contains("return-fee-1"), "an id is never written otherwise");
    }
}

#[test]
fn a_zone_that_is_none_is_that_of_the_configuration() {
    let options = LettersOptions { time_zone: "Europe/Kyiv".to_owned(), ..LettersOptions::default() };
    let letters = Letters::load(&options).expect("sound");
    let long = "Europe/".repeat(100_000);
    let zones =
        ["Mars/Olympus", "", "../../etc/passwd", "/etc/localtime", "Europe/Kyiv\r\n", "EST5EDT,M3", "🦀", &long];
    for zone in zones.into_iter().map(Some).chain([None]) {
        let letter = letters.render(&context(Some("en-GB"), zone)).expect("a letter");
        assert!(letter.text.contains("14 March 2026, 14:00 EET"), "{zone:.20?}: {}", letter.text);
    }
    let zone = letters.render(&context(Some("en-GB"), Some("asia/kolkata"))).expect("a letter");
    assert!(zone.text.contains("14 March 2026, 17:30 GMT+5:30"), "{}", zone.text);
    let error = Letters::load(&LettersOptions { time_zone: "Mars".to_owned(), ..options }).expect_err("refused");
    assert_eq!(error.findings[0].place, "mail.time_zone");
}

/// Summer time of that day, not of today.
#[test]
fn a_moment_is_told_in_the_time_of_its_own_day() {
    let mut context = context(Some("en-GB"), Some("Europe/Berlin"));
    for (at, told) in [
        (datetime!(2026-03-29 00:59:59 UTC), "29 March 2026, 01:59 CET"),
        (datetime!(2026-03-29 01:00 UTC), "29 March 2026, 03:00 CEST"),
        (datetime!(1970-01-01 0:00 UTC), "1 January 1970, 01:00 CET"),
    ] {
        context.about.time = at;
        let text = letters().render(&context).expect("a letter").text;
        assert!(text.contains(told), "{told} in {text}");
    }
    // What no calendar can name still makes a letter.
    for at in [datetime!(9999-12-31 23:59:59 UTC), datetime!(-9999-01-01 0:00 UTC)] {
        context.about.time = at;
        letters().render(&context).expect("a letter");
    }
}

#[test]
fn the_same_notice_is_the_same_letter_whoever_was_told_before() {
    let first = letters().render(&context(Some("de-LI"), Some("Europe/Vaduz"))).expect("a letter");
    // More regions than are kept.
    for letter in 'A'..='Z' {
        for other in 'A'..='Z' {
            let locale = format!("de-{letter}{other}");
            letters().render(&context(Some(&locale), None)).expect("a letter");
        }
    }
    assert_eq!(letters().render(&context(Some("de-LI"), Some("Europe/Vaduz"))).expect("a letter"), first);
    let anew = Letters::load(&LettersOptions::default()).expect("sound");
    assert_eq!(anew.render(&context(Some("de-LI"), Some("Europe/Vaduz"))).expect("a letter"), first);
}
