//! Which table may take the place of another while events are under way.

use makegood::policy::Policy;
use time::OffsetDateTime;
use time::macros::datetime;

use super::world::{TABLE, built_in};

const NOW: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

/// The built-in table, and after it a version of this name from this year on, which holds for so many days.
fn and(id: &str, year: &str, hold: u32) -> String {
    let at = TABLE.find("\n[[version]]").unwrap();
    let later = TABLE[at..]
        .replace("2019-05-01T00:00:00Z", &format!("{year}-01-01T00:00:00Z"))
        .replace("2019-05", id)
        .replace("hold_days = 14", &format!("hold_days = {hold}"));
    format!("{TABLE}{later}")
}

fn policy(text: &str) -> Policy {
    Policy::parse(text).unwrap()
}

fn against(new: &Policy, old: &Policy, now: OffsetDateTime) -> Vec<String> {
    new.succeeds(old, now).iter().map(ToString::to_string).collect()
}

#[test]
fn the_same_table_in_other_words_succeeds_itself() {
    let reworded = policy(&TABLE.replacen("[[version]]", "# A comment.\n[[version]]", 1));
    assert!(against(&reworded, &built_in(), NOW).is_empty());
}

#[test]
fn a_version_that_has_begun_stays_as_it_was() {
    let changed = policy(&TABLE.replacen("hold_days = 14", "hold_days = 15", 1));
    let found = against(&changed, &built_in(), NOW);
    assert!(found[0].starts_with("version 2019-05, has begun") && found[0].contains("is changed"), "{found:?}");
    let renamed = policy(&TABLE.replace("\"2019-05\"", "\"2019-06\""));
    let found = against(&renamed, &built_in(), NOW);
    assert!(found[0].contains("2019-05, has begun") && found[0].contains("is missing"), "{found:?}");
    assert!(found[1].contains("2019-06, begins in the past"), "{found:?}");
    // Before it begins it is free.
    assert!(against(&changed, &built_in(), datetime!(2019-01-01 0:00 UTC)).is_empty());
}

#[test]
fn what_begins_later_is_free_and_what_begins_in_the_past_is_not() {
    let later = policy(&and("2099-01", "2099", 14));
    assert!(against(&later, &built_in(), NOW).is_empty());
    assert!(against(&policy(&and("2099-01", "2099", 20)), &later, NOW).is_empty(), "it may still be changed");
    assert!(against(&built_in(), &later, NOW).is_empty(), "and taken back");
    let early = against(&policy(&and("2020-01", "2020", 20)), &built_in(), NOW);
    assert!(early[0].starts_with("version 2020-01, begins in the past"), "{early:?}");
    let once_begun = datetime!(2099-06-01 0:00 UTC);
    assert!(against(&built_in(), &later, once_begun)[0].contains("2099-01, has begun"));
}
