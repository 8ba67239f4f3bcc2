//! Tells a newcomer what the demo did.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;

use crate::cli::output::{say, table};
use crate::cli::process::Summary;
use crate::mail::Letters;
use crate::policy::Verdict;
use crate::store::{Agreement, ImportBatch, ReportRow};

/// Who lives in the marketplace.
pub(super) fn scene(market: &ImportBatch) -> anyhow::Result<()> {
    say(format!(
        "A small marketplace: {} people with {} balances of Connects sent {} proposals on {} jobs.",
        market.people.len(),
        market.accounts.len(),
        market.proposals.len(),
        market.jobs.len(),
    ))?;
    say("Then a client canceled a job (the event came three times), a post was removed, a client with three posts was \
         suspended for fraud,\none of those posts was removed as well, a job was filled, and one message was broken.")
}

/// What came of it, proposal by proposal.
pub(super) fn outcome(summary: &Summary, rows: &[ReportRow]) -> anyhow::Result<()> {
    say(format!(
        "{} messages: {} events applied, {} were repetitions, {} could not be read and lies in the dead letters.\n",
        summary.events, summary.applied, summary.duplicates, summary.dead_letters,
    ))?;
    let letters = Letters::load(None)?;
    let (credited, none): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.verdict == Verdict::Credited);
    let mut returned = table(&["Who", "Job", "Connects back", "To balance", "Why"]);
    for row in &credited {
        let why = letters.reason(row.reason);
        returned.add_row([&row.person, &row.job_title, &format!("+{}", row.amount), &row.account, &why]);
    }
    say(format!("Who got how many Connects back, and why\n{returned}\n"))?;
    let mut kept = table(&["Who", "Job", "Connects back", "Why none"]);
    for row in &none {
        let why = row.ground.map_or_else(String::new, |ground| letters.ground(ground));
        kept.add_row([&row.person, &row.job_title, &"none".to_owned(), &why]);
    }
    say(format!("Who got none, and why\n{kept}\n"))?;
    let balances: BTreeMap<_, _> = rows.iter().map(|row| (&row.account, row.balance)).collect();
    let balances: Vec<_> = balances.iter().map(|(account, balance)| format!("{account} {balance}")).collect();
    say(format!("Balances now: {}\n", balances.join(", ")))
}

/// One letter as its reader gets it: the longest, because several proposals stand in it.
pub(super) fn letter(mail: &Path) -> anyhow::Result<()> {
    let inbox = mail.join("new");
    let mut files: Vec<_> = std::fs::read_dir(&inbox)
        .with_context(|| format!("cannot read {}", inbox.display()))?
        .collect::<Result<Vec<_>, _>>()
        .with_context(|| format!("cannot read {}", inbox.display()))?;
    files.sort_by_key(std::fs::DirEntry::file_name);
    let sized = files.iter().filter_map(|file| Some((file.metadata().ok()?.len(), file)));
    let Some((_, longest)) = sized.max_by_key(|(size, _)| *size) else { return say("No letter was written.") };
    let path = longest.path();
    let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let read = crate::mail::read_back(&bytes).context("a letter of the demo cannot be read back")?;
    say(format!("{} letters were written. One of them ({}):\n", files.len(), path.display()))?;
    for line in read.lines() {
        say(if line.is_empty() { "    |".to_owned() } else { format!("    | {line}") })?;
    }
    say("")
}

/// Whether the ledger agrees with itself.
pub(super) fn check(agreement: &Agreement, dir: &Path) -> anyhow::Result<()> {
    if agreement.holds() {
        say(format!(
            "Checked: {} balances, {} ledger entries: every balance is the sum of its entries, no charge came back twice.",
            agreement.accounts, agreement.entries,
        ))?;
    } else {
        say(format!("The ledger does NOT agree: {:?} {:?}", agreement.disagreeing, agreement.doubled))?;
    }
    say(format!("Database and letters stay in {} for you to look at.", dir.display()))
}
