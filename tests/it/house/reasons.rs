//! Holds docs/reasons.md against the codes: every reason, ground and cause with its English sentences.
//!
//! `WRITE_DOCS=1 cargo test house::reasons` writes it anew.

use std::collections::BTreeMap;

use makegood::event::EventType;
use makegood::policy::{Ground, Reason};

const ENGLISH: &str = include_str!("../../../templates/catalogue/en.ftl");

const HEAD: &str = "# Reasons as a contract

Written from the code by a test (`house::reasons`), which fails when the two differ.

A code never changes its meaning and is never used again for another; new ones may come. The same code stands

- in the letter, in both parts, behind the sentence (`code: …, cause: …`), and in the header that programs read
  ([letters](letters.md#for-programs-that-read-mail));
- in the notice on the exchange `makegood.notices`, which the bell of the marketplace shows
  ([integration](integration.md));
- in the metric `makegood_notices_total`, in its label `reason` ([metrics](operations.md#metrics));
- in the columns `reason` and `ground` of `decisions` and `reason` of `connects_entries`.

The sentences below are the English ones of `templates/catalogue/en.ftl`; each language has them all
([languages](letters.md#languages)). In them `{ $job }` is the title of the job: the only parameter of a reason.
Amounts stand in the lines of a letter, not in its reasons. A cause the catalogue does not know is told by its code.
";

/// The one-line sentences of the English catalogue.
fn sentences() -> BTreeMap<&'static str, &'static str> {
    ENGLISH.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = ")).collect()
}

fn table(title: &str, head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
    let rule = vec!["---".to_owned(); head.len()];
    let rows: String = rows.map(|row| line(&row)).collect();
    format!("\n## {title}\n\n{}{}{rows}", line(&head), line(&rule))
}

fn contract() -> String {
    let all = sentences();
    let said = |key: String| (*all.get(key.as_str()).unwrap_or_else(|| panic!("no sentence {key}"))).to_owned();
    let code = |code: &str| format!("`{code}`");
    let reasons = Reason::ALL.iter().map(|reason| {
        let told = ["reason", "acted", "verdict", "lead"].map(|part| said(format!("{part}-{}", reason.as_str())));
        [vec![code(reason.as_str())], told.to_vec()].concat()
    });
    let grounds = Ground::ALL.iter().map(|ground| {
        vec![code(ground.as_str()), format!("none, because {}", said(format!("ground-{}", ground.as_str())))]
    });
    let causes = EventType::ALL.into_iter().flat_map(|event_type| {
        let event = event_type.as_str();
        event_type.causes().into_iter().map(move |cause| (event, cause))
    });
    let causes = causes.map(|(event, cause)| vec![code(event), code(cause), said(format!("cause-{event}-{cause}"))]);
    [
        HEAD.to_owned(),
        table(
            "Reasons: why it happened",
            &["code", "sentence", "who acted", "verdict of the subject", "opening"],
            reasons,
        ),
        table("Grounds: why nothing came back", &["code", "sentence"], grounds),
        table("Causes: what the event itself says", &["event", "code", "sentence"], causes),
    ]
    .concat()
}

#[test]
fn the_contract_is_written_as_the_code_has_it() {
    super::written("docs/reasons.md", &contract());
}
