//! A scenario that is wrong fails, and says in words what was expected and what happened.

use super::file::{Scenario, folder};
use super::play::play_out;
use super::stage::Setting;

/// The first scenario with one text replaced.
fn altered(from: &str, to: &str) -> Result<Scenario, String> {
    let text = std::fs::read_to_string(folder().join("F01c-client-suspended-connects-back.toml")).expect("a file");
    assert!(text.contains(from), "{from}");
    Scenario::parse(&text.replacen(from, to, 1))
}

#[tokio::test]
async fn every_wrong_expectation_is_found() {
    let wrong = [
        (
            "connects = 12, reason",
            "connects = 11, reason",
            "expected: proposal ana-logo: credited, 11 Connects come back",
        ),
        (
            "verdict = \"credited\"",
            "verdict = \"none\"",
            "happened: proposal ana-logo: credited, 12 Connects come back",
        ),
        ("rule = \"row-24\"", "rule = \"row-15\"", "by row-15"),
        ("charge = \"fee-ana-logo\"", "charge = \"other\"", "of the charge other"),
        ("{ ana = 100 }", "{ ana = 99 }", "expected: account ana: 99"),
        ("person = \"ana\"\nletter", "person = \"ben\"\nletter", "happened: ana (submitter): letter client-suspended"),
        ("returned = 12\n", "returned = 8\n", "returned 8, sent"),
        ("subject = \"Client suspended", "subject = \"Client declined", "subject: Client declined"),
        ("says = [\"", "says = [\"quite ", "the mail to ana does not say: quite "),
        ("never_says = [\"declined\"", "never_says = [\"Connects\"", "the mail to ana says: Connects"),
        ("final = true", "final = true, becomes = \"known before\"", "expected: known before\n  happened: applied"),
        ("cause = \"terms", "couse = \"terms", "client-suspended has no field couse"),
        ("fee = 8", "fees = 8", "unknown field `fees`"),
        ("[facts]", "[settings]\nhold_day = 3\n[facts]", "the policy has no such setting"),
    ];
    for (from, to, finding) in wrong {
        let scenario = altered(from, to).expect("it can be read");
        let findings = play_out("altered", &scenario, Setting::Sqlite).await.expect_err(to);
        assert!(findings.contains(finding), "{to}: {findings}");
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let told = findings.contains("no such setting") || flat(&findings).contains(&flat(&scenario.answer));
        assert!(told, "the answer stands with what differs: {findings}");
    }
}

#[test]
fn what_a_file_may_not_say_is_an_error() {
    for (from, to, why) in [
        ("question =", "asked =", "unknown field `asked`"),
        ("balances =", "balance =", "unknown field `balance`"),
        ("12:00Z", "12:00", "write a date, a time and Z"),
        ("answer = \"\"\"", "answer = \"\"\n[unsaid]\nanswer = \"\"\"", "unknown field `unsaid`"),
    ] {
        let error = altered(from, to).map(|_| ()).expect_err(to);
        assert!(error.contains(why), "{to}: {error}");
    }
}
