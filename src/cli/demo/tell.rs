//! Tells a newcomer what the demo did.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use comfy_table::{CellAlignment, Table};

use crate::cli::output::{say, table};
use crate::cli::process::Summary;
use crate::event::{Body, DecodeLimits, Message, decode};
use crate::mail::{Letters, LettersOptions, read_back};
use crate::policy::Verdict;
use crate::store::{Agreement, ImportBatch, ReportRow};

/// Larger than any message of the demo, in bytes.
const LIMITS: DecodeLimits = DecodeLimits { body_bytes_max: 64 * 1024 };

/// Who lives in the marketplace, and what happens there.
pub(super) fn scene(market: &ImportBatch, lines: &[&str]) -> anyhow::Result<()> {
    say(format!(
        "A small marketplace: {} people sent {} proposals on {} jobs and paid for them from {} balances of Connects.\n",
        market.people.len(),
        market.proposals.len(),
        market.jobs.len(),
        market.accounts.len(),
    ))?;
    say(format!("Then things happen there, and the marketplace sends {} messages:", lines.len()))?;
    let mut told: Vec<&str> = Vec::new();
    for line in lines {
        if !told.contains(line) {
            told.push(line);
            say(format!("  {}{}", message(market, line), times(lines.iter().filter(|other| *other == line).count())))?;
        }
    }
    Ok(())
}

/// One message in words.
fn message(market: &ImportBatch, line: &str) -> String {
    let event = match decode(&Message::structured(line.as_bytes().to_vec()), LIMITS) {
        Ok(event) => event,
        Err(error) => return format!("{:<17} a broken one ({error})", "(unreadable)"),
    };
    let title = |job: &str| {
        let job = market.jobs.iter().find(|row| row.job_id.as_str() == job);
        job.map_or_else(|| "a job nobody knows".to_owned(), |job| format!("\"{}\"", job.title))
    };
    let what = match &event.body {
        Body::JobCanceled { job, cause, .. } => format!("{} ({})", title(job.as_str()), cause.as_str()),
        Body::PostRemoved { job, cause, .. } => format!("{} ({})", title(job.as_str()), cause.as_str()),
        Body::ClientSuspended { client, cause, .. } => {
            let posts: Vec<_> = market.jobs.iter().filter(|job| job.client_id == *client).collect();
            let titles: Vec<_> = posts.iter().map(|job| format!("\"{}\"", job.title)).collect();
            format!("who posted {} ({})", titles.join(", "), cause.as_str())
        }
        Body::JobExpired { job } => title(job.as_str()),
        Body::InvitationWithdrawn { job, cause, .. } => format!("to {} ({})", title(job.as_str()), cause.as_str()),
        Body::ProposalDeclined { proposal, cause, .. } => format!("{proposal} ({})", cause.as_str()),
        Body::ApplicationDeclined { application, cause, .. } => format!("{application} ({})", cause.as_str()),
        Body::ApplicationReceived { application, .. } => application.to_string(),
    };
    format!("{:<17} {what}", event.body.event_type().as_str())
}

fn times(count: usize) -> String {
    if count == 1 { String::new() } else { format!(", delivered {count} times") }
}

/// What came of it, proposal by proposal.
pub(super) fn outcome(summary: &Summary, rows: &[ReportRow]) -> anyhow::Result<()> {
    say(format!(
        "\nOf the {} messages, {} were applied, {} were repetitions and changed nothing, and {} could not be read: it lies \
         in the dead letters.\n",
        summary.events, summary.applied, summary.duplicates, summary.dead_letters,
    ))?;
    let letters = Letters::load(&LettersOptions::default())?;
    let words = letters.words(None);
    let (credited, none): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.verdict == Verdict::Credited);
    let mut returned = table(&["Who", "Job", "Back", "To balance", "Why"]);
    for row in &credited {
        let (back, why) = (format!("+{}", row.amount), words.reason(row.reason));
        returned.add_row([&row.person, &row.job_title, &back, &row.account, &why]);
    }
    if let Some(back) = returned.column_mut(2) {
        back.set_cell_alignment(CellAlignment::Right);
    }
    say(format!("Who got Connects back, {} in all, and why:\n{}\n", summary.connects, trimmed(&returned)))?;
    let mut kept = table(&["Who", "Job", "Message", "Why none"]);
    for row in &none {
        let why = row.ground.map_or_else(String::new, |ground| words.ground(ground));
        kept.add_row([&row.person, &row.job_title, &row.event_type, &why]);
    }
    say(format!("Who got none, and why:\n{}\n", trimmed(&kept)))?;
    say(format!("Balances: {}\n", balances(&credited).join(", ")))
}

fn trimmed(table: &Table) -> String {
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// Before and after, of those that moved.
fn balances(credited: &[&ReportRow]) -> Vec<String> {
    let mut moved: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for row in credited {
        let (returned, now) = moved.entry(&row.account).or_default();
        *returned += row.amount;
        *now = row.balance;
    }
    moved.iter().map(|(account, (returned, now))| format!("{account} {} -> {now}", now - returned)).collect()
}

/// One letter as its reader gets it: that about the largest credit.
pub(super) fn letter(inbox: &Path, rows: &[ReportRow]) -> anyhow::Result<()> {
    let mut letters = BTreeMap::new();
    for file in std::fs::read_dir(inbox).with_context(|| format!("cannot read {}", inbox.display()))? {
        let path = file.with_context(|| format!("cannot read {}", inbox.display()))?.path();
        let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let text = read_back(&bytes).with_context(|| format!("{} is no letter", path.display()))?;
        letters.insert(path, text);
    }
    let largest = rows.iter().max_by_key(|row| row.amount);
    let shown = largest.and_then(|row| {
        let about = |text: &str| text.contains(&format!(" {},", row.person)) && text.contains(&row.proposal);
        letters.iter().find(|(_, text)| about(text)).map(|(path, text)| (row, path, text))
    });
    let Some((row, path, text)) = shown else { return say("No letter was written about the largest credit.") };
    say(format!("{} letters were written. {} reads this one ({}):", letters.len(), row.person, path.display()))?;
    text.trim_end().lines().try_for_each(|line| say(format!("    | {line}").trim_end()))?;
    say("")
}

/// Whether the ledger agrees with itself.
pub(super) fn check(agreement: &Agreement, dir: &Path) -> anyhow::Result<()> {
    if agreement.holds() {
        say(format!(
            "Checked: each of {} balances is the sum of its entries ({} in all), and no charge came back twice.",
            agreement.accounts, agreement.entries,
        ))?;
    } else {
        say(format!("The ledger does NOT agree: {:?} {:?}", agreement.disagreeing, agreement.doubled))?;
    }
    say(format!("Database and letters stay in {} for you to look at; the next demo replaces them.", dir.display()))
}
