//! The rules an import keeps: first those a row can be held against by itself, then those between entries.
//!
//! Both databases hold their rows against these before they write, so that a file is refused alike, and with the same
//! words.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use time::OffsetDateTime;

use super::StoreError;
use super::at::At;
use super::{
    ImportAccount, ImportBatch, ImportClient, ImportCounts, ImportEntry, ImportJob, ImportPerson, ImportProposal,
};
use crate::clock::to_micros;
use crate::event::EntryId;

const ACCOUNT_KINDS: &[&str] = &["freelancer", "agency"];
const JOB_STATES: &[&str] = &["open", "filled", "canceled", "removed", "expired"];
const PROPOSAL_STATES: &[&str] =
    &["submitted", "viewed", "shortlisted", "messaged", "archived", "offered", "hired", "declined", "withdrawn"];
const DECLINERS: &[&str] = &["client", "system"];
const CHARGES: &[&str] = &["fee", "boost"];
const ENTRY_KINDS: &[&str] = &["grant", "fee", "boost", "refund", "expiry"];

/// A batch whose rows are sound by themselves: sorted by id, each id once.
#[derive(Debug)]
pub(super) struct Checked<'a> {
    pub(super) clients: Vec<&'a ImportClient>,
    pub(super) people: Vec<&'a ImportPerson>,
    pub(super) accounts: Vec<&'a ImportAccount>,
    pub(super) jobs: Vec<&'a ImportJob>,
    pub(super) proposals: Vec<&'a ImportProposal>,
    pub(super) entries: Vec<&'a ImportEntry>,
    /// Rows of the batch, with those that stand in it again. Of facts the last stands, as if they had come one after
    /// the other.
    handed_in: u64,
}

impl Checked<'_> {
    /// Ids of all accounts in reach, sorted: those that are loaded and those whose balance may move.
    pub(super) fn account_ids(&self) -> Vec<&str> {
        let loaded = self.accounts.iter().map(|row| row.account_id.as_str());
        let mut ids: Vec<&str> = loaded.chain(self.entries.iter().map(|row| row.account_id.as_str())).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Ids of the entries and of the charges they reverse, sorted.
    pub(super) fn entry_ids(&self) -> Vec<&str> {
        let charges = self.entries.iter().filter_map(|row| row.reverses.as_ref());
        let mut ids: Vec<&str> =
            self.entries.iter().map(|row| &row.entry_id).chain(charges).map(EntryId::as_str).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

/// Holds each row against the rules it can be held against by itself.
pub(super) fn check(batch: &ImportBatch) -> Result<Checked<'_>, StoreError> {
    batch.people.iter().try_for_each(check_person)?;
    for row in &batch.accounts {
        one_of("account", row.account_id.as_str(), "kind", &row.kind, ACCOUNT_KINDS)?;
    }
    for row in &batch.jobs {
        no_nul("job", row.job_id.as_str(), "title", Some(&row.title))?;
        one_of("job", row.job_id.as_str(), "state", &row.state, JOB_STATES)?;
    }
    batch.proposals.iter().try_for_each(check_proposal)?;
    batch.entries.iter().try_for_each(check_entry)?;
    let entries = last_by_id(&batch.entries, |row| row.entry_id.as_str());
    if entries.len() < batch.entries.len() {
        check_repeated(&batch.entries)?;
    }
    let lengths = [batch.clients.len(), batch.people.len(), batch.accounts.len(), batch.jobs.len()];
    let handed_in = lengths.into_iter().sum::<usize>() + batch.proposals.len() + batch.entries.len();
    Ok(Checked {
        clients: last_by_id(&batch.clients, |row| row.client_id.as_str()),
        people: last_by_id(&batch.people, |row| row.person_id.as_str()),
        accounts: last_by_id(&batch.accounts, |row| row.account_id.as_str()),
        jobs: last_by_id(&batch.jobs, |row| row.job_id.as_str()),
        proposals: last_by_id(&batch.proposals, |row| row.proposal_id.as_str()),
        entries,
        handed_in: handed_in as u64,
    })
}

/// Rows handed in that were not written: there with the same content, or standing in the batch again.
pub(super) fn unchanged(rows: &Checked<'_>, written: &ImportCounts) -> u64 {
    let facts = written.clients + written.people + written.accounts + written.jobs + written.proposals;
    rows.handed_in.saturating_sub(facts + written.entries)
}

fn last_by_id<'a, T>(rows: &'a [T], id: impl Fn(&'a T) -> &'a str) -> Vec<&'a T> {
    let mut by_id = BTreeMap::new();
    for row in rows {
        by_id.insert(id(row), row);
    }
    by_id.into_values().collect()
}

fn check_person(row: &ImportPerson) -> Result<(), StoreError> {
    let id = row.person_id.as_str();
    no_nul("person", id, "name", row.name.as_deref())?;
    no_nul("person", id, "email", row.email.as_deref())?;
    no_nul("person", id, "locale", row.locale.as_deref())
}

fn check_proposal(row: &ImportProposal) -> Result<(), StoreError> {
    let id = row.proposal_id.as_str();
    one_of("proposal", id, "state", &row.state, PROPOSAL_STATES)?;
    let Some(decliner) = &row.declined_by else { return Ok(()) };
    one_of("proposal", id, "declined_by", decliner, DECLINERS)?;
    if row.state == "declined" {
        Ok(())
    } else {
        refuse("proposal", id, "declined_by is set, but state is not declined")
    }
}

fn check_entry(row: &ImportEntry) -> Result<(), StoreError> {
    let id = row.entry_id.as_str();
    if row.kind == "return" {
        return refuse("entry", id, "kind is return: only makegood writes returns");
    }
    one_of("entry", id, "kind", &row.kind, ENTRY_KINDS)?;
    match row.kind.as_str() {
        "grant" | "refund" if row.amount <= 0 => {
            refuse("entry", id, &format!("amount of a {} must be positive", row.kind))
        }
        "fee" | "boost" | "expiry" if row.amount >= 0 => {
            refuse("entry", id, &format!("amount of an entry of kind {} must be negative", row.kind))
        }
        kind if kind != "refund" && row.reverses.is_some() => {
            refuse("entry", id, "reverses is set, but only a refund gives something back")
        }
        _ => Ok(()),
    }
}

fn check_repeated(entries: &[ImportEntry]) -> Result<(), StoreError> {
    let mut seen: HashMap<&str, Entry> = HashMap::new();
    for entry in entries {
        let row = Entry::from(entry);
        match seen.get(entry.entry_id.as_str()) {
            Some(first) => same(first, &row, "stands in the import twice, with different content")?,
            None => _ = seen.insert(entry.entry_id.as_str(), row),
        }
    }
    Ok(())
}

fn one_of(row: &str, id: &str, column: &str, found: &str, allowed: &[&str]) -> Result<(), StoreError> {
    if allowed.contains(&found) {
        return Ok(());
    }
    // What stands there is not shown: in a file whose columns have slipped it may be anything, an address too.
    refuse(row, id, &format!("{column} is none of {}", allowed.join(", ")))
}

fn no_nul(row: &str, id: &str, column: &str, text: Option<&str>) -> Result<(), StoreError> {
    match text {
        Some(text) if text.contains('\0') => {
            refuse(row, id, &format!("{column} holds a NUL character, which PostgreSQL cannot store: remove it"))
        }
        _ => Ok(()),
    }
}

fn refuse<T>(row: &str, id: &str, problem: &str) -> Result<T, StoreError> {
    Err(StoreError::Rows(format!("{row} {id}: {problem}")))
}

/// A row of `import_known_entries.sql`: id, account, proposal, kind, amount, reverses, created, expires.
pub(super) type KnownRow = (String, String, Option<String>, String, i64, Option<String>, At, Option<At>);

/// An entry of the ledger as both databases keep it.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    pub(super) entry_id: String,
    pub(super) account_id: String,
    pub(super) proposal_id: Option<String>,
    pub(super) kind: String,
    pub(super) amount: i64,
    pub(super) reverses: Option<String>,
    pub(super) created_at: At,
    pub(super) expires_at: Option<At>,
}

impl From<KnownRow> for Entry {
    fn from(row: KnownRow) -> Self {
        let (entry_id, account_id, proposal_id, kind, amount, reverses, created_at, expires_at) = row;
        Entry { entry_id, account_id, proposal_id, kind, amount, reverses, created_at, expires_at }
    }
}

impl From<&ImportEntry> for Entry {
    fn from(row: &ImportEntry) -> Self {
        Entry {
            entry_id: row.entry_id.as_str().to_owned(),
            account_id: row.account_id.as_str().to_owned(),
            proposal_id: row.proposal_id.as_ref().map(|id| id.as_str().to_owned()),
            kind: row.kind.clone(),
            amount: row.amount,
            reverses: row.reverses.as_ref().map(|id| id.as_str().to_owned()),
            created_at: micros(row.created_at),
            expires_at: row.expires_at.map(micros),
        }
    }
}

/// The moment to the microsecond, rounded alike for both databases: the same file is unchanged when it comes again.
pub(super) fn micros(moment: OffsetDateTime) -> At {
    At(to_micros(moment))
}

/// What an import does to the ledger.
#[derive(Debug)]
pub(super) struct Plan {
    /// Entries to write.
    pub(super) new: Vec<Entry>,
    /// By how much each balance moves, sorted by account; each once.
    pub(super) moves: Vec<(String, i64)>,
}

/// Holds the entries against those `known` (`import_known_entries.sql`) and the accounts' balances.
pub(super) fn plan(
    entries: &[&ImportEntry], known: Vec<KnownRow>, balances: &HashMap<String, i64>,
) -> Result<Plan, StoreError> {
    let known: HashMap<String, Entry> = known.into_iter().map(|row| (row.0.clone(), row.into())).collect();
    let mut new = Vec::new();
    for entry in entries {
        let row = Entry::from(*entry);
        match known.get(&row.entry_id) {
            Some(there) => same(there, &row, "is in the ledger with different content, and the ledger is append-only")?,
            None => new.push(row),
        }
    }
    check_reversals(&new, &known)?;
    let moves = sums(&new, balances)?;
    Ok(Plan { new, moves })
}

fn same(there: &Entry, row: &Entry, problem: &str) -> Result<(), StoreError> {
    let columns = [
        ("account_id", there.account_id == row.account_id),
        ("proposal_id", there.proposal_id == row.proposal_id),
        ("kind", there.kind == row.kind),
        ("amount", there.amount == row.amount),
        ("reverses", there.reverses == row.reverses),
        ("created_at", there.created_at == row.created_at),
        ("expires_at", there.expires_at == row.expires_at),
    ];
    let differing: Vec<&str> = columns.into_iter().filter(|(_, equal)| !equal).map(|(column, _)| column).collect();
    if differing.is_empty() {
        return Ok(());
    }
    refuse("entry", &row.entry_id, &format!("{problem}: {}", differing.join(", ")))
}

/// A refund that names a charge gives back the whole of it, to the balance that paid, for the same proposal, and
/// nothing did before. A refund without the proposal would be overlooked by a decision, which would then return the
/// charge again.
fn check_reversals(new: &[Entry], known: &HashMap<String, Entry>) -> Result<(), StoreError> {
    let coming: HashMap<&str, &Entry> = new.iter().map(|row| (row.entry_id.as_str(), row)).collect();
    let mut reversed: HashMap<&str, &str> =
        known.values().filter_map(|row| Some((row.reverses.as_deref()?, row.entry_id.as_str()))).collect();
    for row in new {
        let Some(charge_id) = row.reverses.as_deref() else { continue };
        let (id, problem) = (row.entry_id.as_str(), |text: &str| refuse("entry", &row.entry_id, text));
        let Some(charge) = known.get(charge_id).or_else(|| coming.get(charge_id).copied()) else {
            return problem(&format!(
                "reverses {charge_id}, which is not in the ledger: import it first, or with this one"
            ));
        };
        if !CHARGES.contains(&charge.kind.as_str()) {
            return problem(&format!(
                "reverses {charge_id}, which is no charge (fee or boost) but of kind {}",
                charge.kind
            ));
        }
        if charge.amount.checked_neg() != Some(row.amount) {
            return problem(&format!(
                "gives back {} of {charge_id}, which took {}: a refund that names a charge gives back the whole of it; \
                 leave reverses empty for a part",
                row.amount,
                charge.amount.unsigned_abs()
            ));
        }
        if (&charge.account_id, &charge.proposal_id) != (&row.account_id, &row.proposal_id) {
            return problem(&format!("reverses {charge_id}, whose account or proposal is another"));
        }
        if let Some(other) = reversed.insert(charge_id, id) {
            return problem(&format!("reverses {charge_id}, which {other} gives back already"));
        }
    }
    Ok(())
}

/// Sum by account, sorted by account.
fn sums(new: &[Entry], balances: &HashMap<String, i64>) -> Result<Vec<(String, i64)>, StoreError> {
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for row in new {
        let account = row.account_id.as_str();
        if !balances.contains_key(account) {
            return refuse(
                "entry",
                &row.entry_id,
                &format!("account {account} is unknown: import it first, or with this entry"),
            );
        }
        let sum = sums.entry(account).or_default();
        match sum.checked_add(row.amount) {
            Some(total) => *sum = total,
            None => return refuse("account", account, "the sum of its entries is too large"),
        }
    }
    for (account, sum) in &sums {
        match balances.get(*account).copied().unwrap_or_default().checked_add(*sum) {
            Some(balance) if balance >= 0 => {}
            Some(balance) => {
                return refuse("account", account, &format!("its balance would become {balance}: an entry is missing"));
            }
            None => return refuse("account", account, "its balance would be too large"),
        }
    }
    Ok(sums.into_iter().map(|(account, sum)| (account.to_owned(), sum)).collect())
}
