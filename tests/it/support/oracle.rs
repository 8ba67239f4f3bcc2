//! What must come of a market: the decision table (domain notes, section 4) once more, written apart from `src/policy`.
//!
//! It looks at one proposal and one event at a time and knows no order, no batch and no database, so that it cannot
//! share a mistake with what it judges.

use std::collections::{BTreeMap, BTreeSet};

use makegood::event::EntryId;
use makegood::store::{ImportEntry, ImportJob, ImportProposal};
use time::OffsetDateTime;

use super::market::{Happening, Kind, Market};

/// A return that must be in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Return {
    pub proposal: String,
    pub account: String,
    pub amount: i64,
}

/// Everything that must be true at the end.
#[derive(Debug, Default)]
pub struct Expected {
    /// Ids of all events.
    pub events: BTreeSet<String>,
    /// By the charge it reverses.
    pub returns: BTreeMap<String, Return>,
    /// By account.
    pub balances: BTreeMap<String, i64>,
    /// By event and proposal: whether the table returns what is left.
    pub decisions: BTreeMap<(String, String), bool>,
    /// Address by person.
    pub addresses: BTreeMap<String, String>,
}

/// How a proposal stood at a moment.
#[derive(PartialEq, Eq)]
enum Standing {
    Open,
    Withdrawn,
    Hired,
    Declined,
}

/// Works it out.
pub fn expect(market: &Market) -> Expected {
    let jobs: Vec<&ImportJob> = market.facts.jobs.iter().chain(&market.late.jobs).collect();
    let mut proposals = BTreeMap::<&str, Vec<&ImportProposal>>::new();
    for proposal in market.facts.proposals.iter().chain(&market.late.proposals) {
        proposals.entry(proposal.job_id.as_str()).or_default().push(proposal);
    }
    let mut entries = BTreeMap::<&str, Vec<&ImportEntry>>::new();
    let mut expected = Expected::default();
    for entry in market.facts.entries.iter().chain(&market.late.entries) {
        *expected.balances.entry(entry.account_id.to_string()).or_default() += entry.amount;
        if let Some(proposal) = &entry.proposal_id {
            entries.entry(proposal.as_str()).or_default().push(entry);
        }
    }
    for person in &market.facts.people {
        let address = person.email.clone().unwrap_or_default();
        expected.addresses.insert(person.person_id.to_string(), address);
    }
    let by_id: BTreeMap<&str, &ImportJob> = jobs.iter().map(|job| (job.job_id.as_str(), *job)).collect();
    let mut by_client = BTreeMap::<&str, Vec<&ImportJob>>::new();
    for job in &jobs {
        by_client.entry(job.client_id.as_str()).or_default().push(job);
    }
    for event in &market.events {
        expected.events.insert(event.id.clone());
        let touched: Vec<&ImportJob> = match event.kind {
            Kind::ClientSuspended => {
                let open_then = |job: &&&ImportJob| job.state == "open" || job.state_since >= event.at;
                by_client.get(event.target.as_str()).into_iter().flatten().filter(open_then).copied().collect()
            }
            Kind::JobCanceled | Kind::PostRemoved => vec![by_id[event.target.as_str()]],
        };
        for job in touched {
            for proposal in proposals.get(job.job_id.as_str()).into_iter().flatten() {
                let charges = entries.get(proposal.proposal_id.as_str()).map_or(&[][..], Vec::as_slice);
                let returns = returns(event, job, proposal);
                expected.decisions.insert((event.id.clone(), proposal.proposal_id.to_string()), returns);
                if returns {
                    give_back(&mut expected.returns, proposal, charges);
                }
            }
        }
    }
    for due in expected.returns.values() {
        *expected.balances.entry(due.account.clone()).or_default() += due.amount;
    }
    expected
}

/// The table: does this event return what this proposal cost?
fn returns(event: &Happening, job: &ImportJob, proposal: &ImportProposal) -> bool {
    let standing = standing(proposal, event.at);
    let contract = job.hired_at.is_some_and(|hired| hired <= event.at);
    // Rows 4, 9, 14, 16, 19, 21, 27: withdrawn and hired get nothing, whatever happens.
    if standing == Standing::Withdrawn || standing == Standing::Hired {
        return false;
    }
    match event.kind {
        // Rows 1, 2, 6, 7, 10, 11 against 5 (declined), 8 (contract), 12 (expired).
        Kind::JobCanceled => standing == Standing::Open && !contract && event.cause != "expired",
        // Rows 15, 17, 18, 20, 22 against 23 (a clean-up is an expiry, with a hire or without).
        Kind::PostRemoved => event.cause != "inactive",
        // Rows 24 and 27: posts without a hire.
        Kind::ClientSuspended => !contract,
    }
}

fn standing(proposal: &ImportProposal, at: OffsetDateTime) -> Standing {
    let before = proposal.state_since < at;
    match (proposal.state.as_str(), proposal.declined_by.as_deref()) {
        ("withdrawn", _) if before => Standing::Withdrawn,
        ("hired", _) if before => Standing::Hired,
        ("declined", Some("client")) if before => Standing::Declined,
        _ => Standing::Open,
    }
}

/// What is still charged comes back, a return for each charge. A refund that names no charge counts against the boosts
/// first, the oldest first.
fn give_back(returns: &mut BTreeMap<String, Return>, proposal: &ImportProposal, entries: &[&ImportEntry]) {
    let settled: BTreeSet<&str> = entries.iter().filter_map(|e| e.reverses.as_ref()).map(EntryId::as_str).collect();
    let mut refunded: i64 =
        entries.iter().filter(|e| e.kind == "refund" && e.reverses.is_none()).map(|e| e.amount).sum();
    for kind in ["boost", "fee"] {
        let mut charges: Vec<&&ImportEntry> =
            entries.iter().filter(|e| e.kind == kind && !settled.contains(e.entry_id.as_str())).collect();
        charges.sort_by_key(|charge| charge.created_at);
        for charge in charges {
            let covered = refunded.min(-charge.amount);
            refunded -= covered;
            let amount = -charge.amount - covered;
            if amount > 0 {
                let account = charge.account_id.to_string();
                let due = Return { proposal: proposal.proposal_id.to_string(), account, amount };
                returns.insert(charge.entry_id.to_string(), due);
            }
        }
    }
}
