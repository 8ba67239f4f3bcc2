//! What is found in a table before anything is decided by it, and which version decides.

use makegood::event::CancelCause;
use makegood::policy::{Case, Policy, decide};
use time::Duration;
use time::macros::datetime;

use super::world::{TABLE, World, canceled, changed};

fn findings(text: &str) -> Vec<String> {
    match Policy::parse(text) {
        Ok(_) => Vec::new(),
        Err(error) => error.findings().iter().map(ToString::to_string).collect(),
    }
}

/// The built-in table with one text in it replaced.
fn with(from: &str, to: &str) -> String {
    assert!(TABLE.contains(from), "{from}");
    TABLE.replacen(from, to, 1)
}

/// The built-in table without the rule of this id.
fn without(id: &str) -> String {
    let start = TABLE.find(&format!("[[version.rule]]\nid = \"{id}\"")).or_else(|| {
        let at = TABLE.find(&format!("id = \"{id}\""))?;
        TABLE[..at].rfind("[[version.rule]]")
    });
    let (head, rule) = TABLE.split_at(start.unwrap());
    let next = rule[1..].find("[[version.rule]]").map_or(rule.len(), |at| at + 1);
    format!("{head}{}", &rule[next..])
}

fn one(text: &str, expected: &str) {
    assert_eq!(findings(text), [expected]);
}

#[test]
fn every_case_is_answered_by_the_built_in_table() {
    let policy = Policy::built_in();
    for version in policy.versions() {
        for case in Case::all() {
            let choice = decide(version, &case).unwrap_or_else(|| panic!("{case}"));
            assert_eq!(choice.ground.is_none(), choice.credit == makegood::policy::Credit::Net, "{case}");
        }
    }
    let (of_proposals, of_people) = (7 + 4 + 3 * 3 + 1 + 7, 3 + 7 + 1);
    assert_eq!(Case::all().len(), of_proposals * 2 * 4 * 4 + of_people);
}

#[test]
fn what_is_no_toml_or_no_table() {
    assert!(findings("a = 1\nb = = 2\n")[0].starts_with("line 2 is no TOML: "));
    one("", "a table has 1 to 100 [[version]], this one has 0");
    assert_eq!(findings("version = 3")[0], "`version` must be a list of tables");
}

#[test]
fn unknown_keys_are_refused_everywhere() {
    one(&format!("colour = 1\n{TABLE}"), "`colour` is not known here");
    one(&with("id = \"2019-05\"", "id = \"2019-05\"\ncolour = 1"), "version \"2019-05\", `colour` is not known here");
    one(&with("hold_days = 14", "hold_day = 14"), "version \"2019-05\", settings: `hold_day` is not known here");
    one(
        &with("fraud = \"post_removed_fraud\"", "fraud = \"post_removed_fraud\"\nspam = \"expired\""),
        "version \"2019-05\", reasons.post-removed: `spam` is not known here",
    );
    one(
        &with("id = \"row-04\"", "id = \"row-04\"\ncolour = 1"),
        "version \"2019-05\", rule \"row-04\", `colour` is not known here",
    );
}

#[test]
fn missing_keys_are_named() {
    assert_eq!(findings(&with("id = \"2019-05\"", ""))[0], "version #1, `id` is missing");
    one(&with("valid_from = 2019-05-01T00:00:00Z", ""), "version \"2019-05\", `valid_from` is missing");
    one(
        &with("billing = \"client_suspended\"", ""),
        "version \"2019-05\", reasons.client-suspended: `billing` is missing",
    );
    one(&with("id = \"row-04\"", ""), "version \"2019-05\", rule #1, `id` is missing");
    let bare = "[[version]]\nid = \"v\"\nvalid_from = 2020-01-01T00:00:00Z\n[[version.rule]]\nid = \"r\"\n";
    let expected = [
        "version \"v\", `reasons` is missing",
        "version \"v\", reasons: `job-canceled` is missing",
        "version \"v\", rule \"r\", `credit` is missing",
        "version \"v\", rule \"r\", `notice` is missing",
    ];
    let found = findings(bare);
    assert!(expected.iter().all(|e| found.iter().any(|f| f == e)), "{found:#?}");
}

#[test]
fn wrong_values_are_named_with_what_was_expected() {
    let v = "version \"2019-05\", ";
    one(&changed("hold_days", "-1"), &format!("{v}settings: `hold_days` must be a whole number from 0 to 36500"));
    one(&changed("expired_notice", "\"yes\""), &format!("{v}settings: `expired_notice` must be true or false"));
    one(
        &changed("withdrawn_before_fraud", "\"hold\""),
        &format!("{v}settings: `withdrawn_before_fraud` must be one of \"return\", \"none\""),
    );
    one(
        &with("valid_from = 2019-05-01T00:00:00Z", "valid_from = 2019-05-01"),
        &format!("{v}`valid_from` must be a date and time with offset, such as 2024-09-01T00:00:00Z"),
    );
    one(
        &with("id = \"row-04\"", "id = \"Row 4\""),
        &format!("{v}rule \"Row 4\", `id` must be 1 to 64 of a-z, 0-9, - and ."),
    );
    let ground = findings(&with("ground = \"withdrawn\"", "ground = \"gone\""));
    assert!(
        ground[0].starts_with(&format!("{v}rule \"row-04\", `ground` must be one of \"nothing_spent\", ")),
        "{ground:?}"
    );
    let reason = findings(&with("reason = \"client_declined\"", "reason = \"declined\""));
    assert!(
        reason[0].starts_with(&format!("{v}rule \"row-05\", `reason` must be one of \"client_canceled\", ")),
        "{reason:?}"
    );
    let cause = findings(&with("cause = [\"filled\"]", "cause = [\"fraud\"]"));
    assert!(
        cause[0].starts_with(&format!("{v}rule \"row-08\", `cause` must be a list, not empty, of \"client-")),
        "{cause:?}"
    );
    let empty = findings(&with("standing = [\"withdrawn\"]", "standing = []"));
    assert!(
        empty[0].starts_with(&format!("{v}rule \"row-04\", `standing` must be a list, not empty, of \"open\"")),
        "{empty:?}"
    );
}

#[test]
fn words_that_need_an_event() {
    let v = "version \"2019-05\", ";
    let found = findings(&with(
        "charges = [\"nothing\"]\ncredit = \"none\"\nground = \"nothing_spent\"\nnotice = true",
        "cause = [\"fraud\"]\ncharges = [\"nothing\"]\ncredit = \"none\"\nground = \"nothing_spent\"\nnotice = true",
    ));
    assert_eq!(
        found,
        [format!("{v}rule \"row-03\", `cause` needs a valid `event` beside it: each event has causes of its own")]
    );
    let found = findings(&with("standing = [\"withdrawn\"]", "standing = [\"withdrawn\"]\nsuspension = [\"final\"]"));
    assert_eq!(found[0], format!("{v}rule \"row-04\", `suspension` needs `event = \"client-suspended\"`"));
}

#[test]
fn versions_stand_in_order_with_names_of_their_own() {
    let twice = format!("{TABLE}\n{TABLE}");
    assert_eq!(
        findings(&twice),
        [
            "version \"2019-05\", another version has the same `id`",
            "version \"2019-05\", `valid_from` must be later than that of \"2019-05\" above it",
        ]
    );
}

#[test]
fn rules_have_names_of_their_own() {
    one(
        &with("id = \"row-09\"", "id = \"row-04\""),
        "version \"2019-05\", rule \"row-04\", another rule has the same `id`",
    );
}

#[test]
fn rules_do_not_contradict_themselves() {
    let r = "version \"2019-05\", rule ";
    let added = with("id = \"row-10\"", "id = \"row-10\"\nground = \"expired\"");
    one(&added, &format!("{r}\"row-10\", `ground` says why nothing comes back, but something does"));
    let gone = with("ground = \"withdrawn\"", "");
    one(&gone, &format!("{r}\"row-04\", `ground` is missing: why does nothing come back?"));
    let not_held = with("ground = \"withdrawn\"", "ground = \"suspension_not_final\"");
    one(&not_held, &format!("{r}\"row-04\", `ground = \"suspension_not_final\"` goes with `credit = \"hold\"` alone"));
    let held = with("ground = \"suspension_not_final\"", "ground = \"reinstated\"");
    one(&held, &format!("{r}\"row-26\", `credit = \"hold\"` needs `ground = \"suspension_not_final\"`"));
    let job = with(
        "standing = [\"hired\"]\ncredit = \"none\"\nground = \"hired\"",
        "standing = [\"hired\"]\ncredit = \"hold\"\nground = \"suspension_not_final\"",
    );
    let only = "only a suspension that may be lifted can be held: `suspension = [\"temporary\"]`";
    assert!(findings(&job).contains(&format!("{r}\"row-09\", {only}")));
}

#[test]
fn nobody_is_told_of_a_suspension_that_may_be_lifted() {
    let told =
        with("ground = \"suspension_not_final\"\nnotice = false", "ground = \"suspension_not_final\"\nnotice = true");
    let found = findings(&told);
    assert_eq!(found.len(), 1);
    let start =
        "version \"2019-05\", rule \"row-26\", `notice` must be false for a suspension that may be lifted, as in: ";
    assert!(found[0].starts_with(start), "{found:?}");
    let found = findings(&without("row-26-nothing-spent"));
    assert!(found[0].contains("rule \"row-03\", `notice` must be false"), "{found:?}");
}

#[test]
fn a_case_left_open_is_named() {
    let found = findings(&without("row-15"));
    assert_eq!(
        found,
        [
            "version \"2019-05\", no rule matches: event = \"post-removed\", cause = \"terms-of-service\", \
             contract = \"none\", standing = \"open\", charges = \"fee\"",
            "version \"2019-05\", no rule matches: event = \"post-removed\", cause = \"terms-of-service\", \
             contract = \"none\", standing = \"open\", charges = \"boost\"",
        ]
    );
    let found = findings(&without("row-25"));
    assert_eq!(found.len(), 11);
    assert!(
        found[10].starts_with("version \"2019-05\", and ") && found[10].ends_with(" more cases that no rule matches")
    );
}

#[test]
fn a_rule_that_never_decides_is_named_unless_it_is_switched_off() {
    let never = "never decides: rules above it match all it could match";
    let text = format!("{TABLE}\n[[version.rule]]\nid = \"late\"\ncredit = \"net\"\nnotice = true\n");
    one(&text, &format!("version \"2019-05\", rule \"late\", it {never}"));
    let off = "when = { expired_notice = false }";
    assert!(
        findings(&format!("{TABLE}\n[[version.rule]]\nid = \"late\"\n{off}\ncredit = \"net\"\nnotice = true\n"))
            .is_empty()
    );
}

#[test]
fn a_switch_must_exist_and_have_that_value() {
    for when in ["{ hold_days = 14 }", "{ expired_notice = \"true\" }", "{ withdrawn_before_fraud = \"maybe\" }"] {
        let found = findings(&with("when = { expired_notice = true }", &format!("when = {when}")));
        assert!(found[0].starts_with("version \"2019-05\", rule \"row-12\", `when` asks for "), "{found:?}");
    }
}

#[test]
fn all_findings_come_at_once() {
    let text = changed("hold_days", "\"x\"")
        .replace("id = \"row-09\"", "id = \"row-09\"\nx = 1")
        .replace("fraud = \"client_suspended\"", "");
    let found = findings(&text);
    assert_eq!(found.len(), 3, "{found:#?}");
    let error = Policy::parse(&text).unwrap_err();
    assert_eq!(error.to_string().lines().count(), 3);
}

#[test]
fn the_version_in_force_at_the_time_of_the_event_decides() {
    let later = TABLE
        .replace("id = \"2019-05\"", "id = \"2026-04\"")
        .replace("2019-05-01T00:00:00Z", "2026-04-01T00:00:00Z")
        .replace("accident = \"client_canceled\"", "accident = \"expired\"");
    let policy = Policy::parse(&format!("{TABLE}\n{later}")).unwrap();
    let start = datetime!(2026-04-01 00:00 UTC);
    let instant = Duration::nanoseconds(1_000);
    assert!(policy.at(datetime!(2019-04-30 23:59:59 UTC)).is_none());
    for (time, id, reason) in [
        (start - instant, "2019-05", "client_canceled"),
        (start, "2026-04", "expired"),
        (start + instant, "2026-04", "expired"),
    ] {
        let mut world = World::new();
        world.policy = policy.clone();
        let done = world.fee("p", 10).decide_at(time, canceled("job", CancelCause::Accident));
        assert_eq!((done.0.policy.as_str(), done.0.decisions[0].policy.as_str()), (id, id));
        assert_eq!(done.0.decisions[0].reason.as_str(), reason);
    }
}
