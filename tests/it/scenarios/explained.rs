//! `explain` and `history` beside decisions and ledger: after every step they say the same.

use makegood::clock::Clock;
use makegood::store::{Listed, Thing, ThingKind};
use makegood::worker::explain::{Answer, Timeline, explain};
use makegood::worker::history::{Page, Period, statement};

use super::file::Decided;
use super::seen::Seen;
use super::stage::Stage;

/// More than any scenario brings about.
const LIMIT: u32 = 1_000;
/// What an answer may be where nothing was decided.
const UNDECIDED: [&str; 11] = [
    "open",
    "waiting",
    "in_progress",
    "dead_letter",
    "late",
    "no_event",
    "hired",
    "withdrawn",
    "declined_by_client",
    "nothing_spent",
    "already_returned",
];

/// Where an explanation says other than what was decided and booked.
pub async fn disagreements(stage: &Stage, seen: &Seen) -> String {
    let store = &*stage.parts.store;
    let mut findings = String::new();
    for proposal in stage.db.rows("select proposal_id from proposals order by proposal_id").await {
        let thing = Thing::new(ThingKind::Proposal, &proposal);
        let page = Listed { before: None, limit: LIMIT };
        let timeline = explain(store, &thing, page, stage.clock.now()).await.expect("explained");
        let decided: Vec<&Decided> = seen.decided().filter(|decided| decided.proposal == proposal).collect();
        if let Err(why) = agrees(&timeline, &decided) {
            findings.push_str(&format!("explain {proposal}: {why}\n{:#?}\n", timeline.answer));
        }
    }
    for (account, balance) in seen.balances() {
        let page = Page { beyond: None, newest_first: false, limit: LIMIT };
        let all = statement(store, account, Period::default(), &page).await.expect("read").expect("an account");
        let ran = all.lines.iter().fold(all.opening, |sum, line| sum + line.amount);
        if (all.opening, all.closing, ran, all.balance_now) != (0, *balance, *balance, Some(*balance)) {
            findings.push_str(&format!("history {account}: {balance} Connects, and the lines say {}\n", all.closing));
        }
    }
    findings
}

fn agrees(timeline: &Timeline, decided: &[&Decided]) -> Result<(), String> {
    let answer = &timeline.answer;
    let connects: i64 = decided.iter().map(|decided| decided.connects).sum();
    if answer.connects != connects {
        return Err(format!("{connects} Connects came back"));
    }
    let of = |what| timeline.entries.iter().filter(move |entry| entry.what == what);
    if of("decision").count() != decided.len() {
        return Err(format!("there are {} decisions", decided.len()));
    }
    let booked: i64 = of("ledger.return").filter_map(|entry| entry.details["amount"].as_i64()).sum();
    if booked != connects {
        return Err(format!("the timeline has returns of {booked}"));
    }
    if decided.is_empty() {
        let known = UNDECIDED.contains(&answer.code.as_str()) && answer.reason.is_none();
        return known.then_some(()).ok_or_else(|| "nothing was decided".to_owned());
    }
    let verdict = |name: &str| decided.iter().any(|decided| decided.verdict == name);
    let meant = if verdict("credited") {
        "credited"
    } else if verdict("held") {
        "held"
    } else {
        "none"
    };
    let same = |decided: &&&Decided| {
        decided.verdict == meant && answer.reason.as_ref() == Some(&decided.reason) && answer.ground == decided.ground
    };
    let decision = decided.iter().find(same).ok_or("no decision has this reason and ground")?;
    let code = if meant == "none" { decision.ground.as_deref().unwrap_or_default() } else { meant };
    words(answer, code, connects)
}

/// The first sentence says it in words, too.
fn words(answer: &Answer, code: &str, connects: i64) -> Result<(), String> {
    let first = answer.sentences.first().ok_or("no sentence")?;
    let begins = match code {
        "credited" => format!("{connects} Connect"),
        "held" => "Nothing has come back yet".to_owned(),
        _ => "Nothing came back".to_owned(),
    };
    if answer.code == code && first.starts_with(&begins) {
        return Ok(());
    }
    Err(format!("{code} is meant, and {begins:?}"))
}
