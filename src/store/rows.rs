//! Rows as both databases give and take them, and rows as facts.
//!
//! What is read is a tuple in the order of the SQL file's columns; what is written is a struct, which PostgreSQL takes
//! as one array a column and SQLite as one JSON array.

use serde::Serialize;

use super::StoreError;
use super::at::At;
use crate::event::{IdError, ProposalId};
use crate::policy::{
    AccountFacts, AccountKind, ClientFacts, Decliner, EntryFacts, EntryKind, Facts, JobFacts, JobState, PriorDecision,
    ProposalFacts, ProposalState, Verdict,
};

/// account_id, kind, owner_id, manager_id, tell_manager, balance
pub(super) type AccountRow = (String, String, String, Option<String>, bool, i64);
/// proposal_id, job_id, account_id, person_id, state, state_since, declined_by, submitted_at, invited
pub(super) type ProposalRow = (String, String, String, String, String, At, Option<String>, At, bool);
/// proposal_id, entry_id, account_id, kind, amount, reverses, created_at, expires_at
pub(super) type EntryRow = (String, String, String, String, i64, Option<String>, At, Option<At>);
/// proposal_id, verdict, told
pub(super) type PriorRow = (String, String, bool);
/// A row of `facts_read.sql`: which table (1 `jobs`, 2 `connects_entries`, 3 `decisions`, 4 `clients`, 5 `people`), and
/// then its job_id, or the proposal_id it is about, or client_id, or person_id;
/// client_id of a job, or entry_id;
/// title, or account_id;
/// state, kind, or verdict;
/// reverses;
/// amount, or event_no;
/// state_since, created_at, or decided_at;
/// hired_at, or expires_at;
/// whether the client is suspended (null: not known), or whether the decision was told.
pub(super) type FactRow = (
    i32,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<At>,
    Option<At>,
    Option<bool>,
);
/// event_no, source, event_id, payload, stage, attempts, cursor, held_until, notices_withheld, dead_letter_no
pub(super) type InboxRow =
    (i64, String, String, String, String, i32, Option<String>, Option<At>, Option<String>, Option<i64>);

/// An event on its way into the inbox.
#[derive(Debug, Clone, Serialize)]
pub(super) struct NewEventRow {
    pub(super) source: String,
    pub(super) event_id: String,
    pub(super) event_type: &'static str,
    pub(super) occurred_at: At,
    pub(super) payload: String,
    /// In hex.
    pub(super) payload_hash: String,
    pub(super) traceparent: Option<String>,
    pub(super) published_at: Option<At>,
    pub(super) job_id: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) proposal_id: Option<String>,
    pub(super) person_id: Option<String>,
    /// By which it will have been decided, if all goes as it nearly always does.
    pub(super) policy_version: Option<String>,
}

/// An event that came again.
#[derive(Debug, Clone, Serialize)]
pub(super) struct AgainRow {
    pub(super) source: String,
    pub(super) event_id: String,
    pub(super) times: i64,
}

/// What an event's row becomes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct EventRow {
    pub(super) event_no: i64,
    pub(super) state: &'static str,
    pub(super) stage: &'static str,
    pub(super) attempts: i32,
    pub(super) due_at: Option<At>,
    pub(super) code: Option<String>,
    pub(super) cursor: Option<String>,
    pub(super) held_until: Option<At>,
    pub(super) advanced_at: Option<At>,
    pub(super) policy_version: Option<String>,
    pub(super) applied_at: Option<At>,
}

/// What was read for one transaction.
#[derive(Debug, Default)]
pub(super) struct FactRows {
    pub(super) proposals: Vec<ProposalRow>,
    pub(super) accounts: Vec<AccountRow>,
    pub(super) entries: Vec<EntryRow>,
    pub(super) prior: Vec<PriorRow>,
    /// Jobs, entries, decisions, clients and people.
    pub(super) around: Vec<FactRow>,
}

impl FactRows {
    /// The rows as facts; a value this version cannot read is an error that names its column.
    pub(super) fn into_facts(self) -> Result<Facts, StoreError> {
        let mut facts = Facts::default();
        for row in self.around {
            add(row, &mut facts)?;
        }
        for row in self.proposals {
            let proposal = proposal(row)?;
            facts.proposals.entry(proposal.job.clone()).or_default().insert(proposal.id.clone(), proposal);
        }
        for row in self.accounts {
            let account = account(row)?;
            facts.accounts.insert(account.id.clone(), account);
        }
        for row in self.entries {
            let (proposal, entry) = entry(row)?;
            facts.entries.entry(proposal).or_default().push(entry);
        }
        for row in self.prior {
            let (proposal, decision) = prior(row)?;
            facts.prior.entry(proposal).or_default().push(decision);
        }
        Ok(facts)
    }
}

/// Takes one row in.
fn add(row: FactRow, facts: &mut Facts) -> Result<(), StoreError> {
    const ENTRIES: &str = "connects_entries";
    let (what, of, id, text, kind, other, number, at, until, flag) = row;
    match what {
        1 => {
            let state = there(kind, "jobs", "state")?;
            let (title, since) = (there(text, "jobs", "title")?, there(at, "jobs", "state_since")?);
            let job = job((of, id, title, state, since, until))?;
            if let Some(suspended) = flag {
                let client = ClientFacts { id: job.client.clone(), suspended };
                facts.clients.insert(client.id.clone(), client);
            }
            facts.jobs.insert(job.id.clone(), job);
        }
        2 => {
            let (account, kind) = (there(text, ENTRIES, "account_id")?, there(kind, ENTRIES, "kind")?);
            let (amount, at) = (there(number, ENTRIES, "amount")?, there(at, ENTRIES, "created_at")?);
            let (proposal, entry) = entry((of, id, account, kind, amount, other, at, until))?;
            facts.entries.entry(proposal).or_default().push(entry);
        }
        3 => {
            let (verdict, told) = (there(kind, "decisions", "verdict")?, there(flag, "decisions", "told")?);
            let (proposal, decision) = prior((of, verdict, told))?;
            facts.prior.entry(proposal).or_default().push(decision);
        }
        4 => {
            let suspended = there(flag, "clients", "suspended")?;
            let client = ClientFacts { id: an_id(of, "clients", "client_id")?, suspended };
            facts.clients.insert(client.id.clone(), client);
        }
        5 => drop(facts.people.insert(an_id(of, "people", "person_id")?)),
        _ => return Err(unreadable("facts_read", "what", what.to_string(), "1 to 5")),
    }
    Ok(())
}

/// An entry that gives something back, or an earlier decision: what a worker without a memory of its own forgets.
pub(super) fn is_memory(row: &FactRow) -> bool {
    row.0 == 3 || row.0 == 2 && matches!(row.4.as_deref(), Some("return" | "refund"))
}

fn there<T>(value: Option<T>, table: &'static str, column: &'static str) -> Result<T, StoreError> {
    value.ok_or_else(|| unreadable(table, column, "null".to_owned(), "a value"))
}

/// job_id, client_id, title, state, state_since, hired_at
type JobRow = (String, String, String, String, At, Option<At>);

fn job((id, client, title, state, since, hired): JobRow) -> Result<JobFacts, StoreError> {
    let state = match state.as_str() {
        "open" => JobState::Open,
        "filled" => JobState::Filled,
        "canceled" => JobState::Canceled,
        "removed" => JobState::Removed,
        "expired" => JobState::Expired,
        _ => return Err(unreadable("jobs", "state", state, "open, filled, canceled, removed or expired")),
    };
    Ok(JobFacts {
        id: an_id(id, "jobs", "job_id")?,
        client: an_id(client, "jobs", "client_id")?,
        title,
        state,
        state_since: since.0,
        hired_at: hired.map(|at| at.0),
    })
}

fn proposal(row: ProposalRow) -> Result<ProposalFacts, StoreError> {
    let (id, job, account, person, state, since, declined_by, submitted, invited) = row;
    let state = match state.as_str() {
        "submitted" => ProposalState::Submitted,
        "viewed" => ProposalState::Viewed,
        "shortlisted" => ProposalState::Shortlisted,
        "messaged" => ProposalState::Messaged,
        "archived" => ProposalState::Archived,
        "offered" => ProposalState::Offered,
        "hired" => ProposalState::Hired,
        "declined" => ProposalState::Declined,
        "withdrawn" => ProposalState::Withdrawn,
        _ => return Err(unreadable("proposals", "state", state, "a state of a proposal (submitted, viewed, …)")),
    };
    let declined_by = match declined_by.as_deref() {
        None => None,
        Some("client") => Some(Decliner::Client),
        Some("system") => Some(Decliner::System),
        Some(other) => return Err(unreadable("proposals", "declined_by", other.to_owned(), "client or system")),
    };
    Ok(ProposalFacts {
        id: an_id(id, "proposals", "proposal_id")?,
        job: an_id(job, "proposals", "job_id")?,
        account: an_id(account, "proposals", "account_id")?,
        person: an_id(person, "proposals", "person_id")?,
        state,
        state_since: since.0,
        declined_by,
        submitted_at: submitted.0,
        invited,
    })
}

fn account((id, kind, owner, manager, tell_manager, balance): AccountRow) -> Result<AccountFacts, StoreError> {
    let kind = match kind.as_str() {
        "freelancer" => AccountKind::Freelancer,
        "agency" => AccountKind::Agency,
        _ => return Err(unreadable("accounts", "kind", kind, "freelancer or agency")),
    };
    Ok(AccountFacts {
        id: an_id(id, "accounts", "account_id")?,
        kind,
        owner: an_id(owner, "accounts", "owner_id")?,
        manager: manager.map(|id| an_id(id, "accounts", "manager_id")).transpose()?,
        tell_manager,
        balance,
    })
}

fn entry(row: EntryRow) -> Result<(ProposalId, EntryFacts), StoreError> {
    const TABLE: &str = "connects_entries";
    let (proposal, id, account, kind, amount, reverses, at, expires_at) = row;
    let kind = match kind.as_str() {
        "grant" => EntryKind::Grant,
        "fee" => EntryKind::Fee,
        "boost" => EntryKind::Boost,
        "refund" => EntryKind::Refund,
        "return" => EntryKind::Return,
        "expiry" => EntryKind::Expiry,
        _ => return Err(unreadable(TABLE, "kind", kind, "grant, fee, boost, refund, return or expiry")),
    };
    let facts = EntryFacts {
        id: an_id(id, TABLE, "entry_id")?,
        account: an_id(account, TABLE, "account_id")?,
        kind,
        amount,
        reverses: reverses.map(|id| an_id(id, TABLE, "reverses")).transpose()?,
        at: at.0,
        expires_at: expires_at.map(|at| at.0),
    };
    Ok((an_id(proposal, TABLE, "proposal_id")?, facts))
}

fn prior((proposal, verdict, told): PriorRow) -> Result<(ProposalId, PriorDecision), StoreError> {
    let Some(verdict) = Verdict::parse(&verdict) else {
        return Err(unreadable("decisions", "verdict", verdict, "credited, none or held"));
    };
    Ok((an_id(proposal, "decisions", "proposal_id")?, PriorDecision { verdict, told }))
}

fn an_id<T: TryFrom<String, Error = IdError>>(
    text: String, table: &'static str, column: &'static str,
) -> Result<T, StoreError> {
    let length = text.len();
    T::try_from(text).map_err(|_| StoreError::Inconsistent {
        table,
        column,
        found: format!("a text of {length} bytes"),
        expected: "an id of 1 to 128 visible ASCII characters without quotes, <, >, & and \\",
    })
}

fn unreadable(table: &'static str, column: &'static str, found: String, expected: &'static str) -> StoreError {
    StoreError::Inconsistent { table, column, found, expected }
}
