//! What the marketplace and the ledger know about the proposals an event touches: the input of a decision.
//!
//! The store fills it inside the transaction that applies the decision, with the accounts locked, so that nothing in
//! here can be stale when the entries are written. [`Facts::record`] keeps it true while several events of a batch are
//! decided one after the other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::outcome::{Decision, NewEntry, Verdict};
use crate::event::{AccountId, ClientId, EntryId, JobId, PersonId, ProposalId};

/// A client as the marketplace knows them now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientFacts {
    /// Whose facts.
    pub id: ClientId,
    /// Suspended at present.
    pub suspended: bool,
}

/// State of a job post now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Takes proposals.
    Open,
    /// All positions filled.
    Filled,
    /// Canceled by the client.
    Canceled,
    /// Removed by the marketplace.
    Removed,
    /// Ran out of time.
    Expired,
}

/// A job as the marketplace knows it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobFacts {
    /// Whose facts.
    pub id: JobId,
    /// Who posted it.
    pub client: ClientId,
    /// Its title, as its client wrote it: hostile until escaped.
    pub title: String,
    /// Its state.
    pub state: JobState,
    /// Since when.
    pub state_since: OffsetDateTime,
    /// When the first contract on it was made.
    pub hired_at: Option<OffsetDateTime>,
}

/// State of a proposal now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalState {
    /// Sent.
    Submitted,
    /// Seen by the client.
    Viewed,
    /// On the client's short list.
    Shortlisted,
    /// In conversation.
    Messaged,
    /// Hidden by the client; not a rejection.
    Archived,
    /// An offer was made and not accepted yet.
    Offered,
    /// A contract was made.
    Hired,
    /// Declined; by whom says `declined_by`.
    Declined,
    /// Withdrawn by the freelancer.
    Withdrawn,
}

/// Who declined a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decliner {
    /// The client.
    Client,
    /// The marketplace, while it closed the post.
    System,
}

/// A proposal as the marketplace knows it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalFacts {
    /// Whose facts.
    pub id: ProposalId,
    /// On which job.
    pub job: JobId,
    /// Whose balance paid.
    pub account: AccountId,
    /// Who submitted it.
    pub person: PersonId,
    /// Its state.
    pub state: ProposalState,
    /// Since when.
    pub state_since: OffsetDateTime,
    /// Who declined it, where `state` is declined.
    pub declined_by: Option<Decliner>,
    /// When it was submitted.
    pub submitted_at: OffsetDateTime,
    /// Answer to an invitation.
    pub invited: bool,
}

/// Kind of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// One freelancer's own.
    Freelancer,
    /// Shared by an agency.
    Agency,
}

/// An account, locked until the transaction ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountFacts {
    /// Whose facts.
    pub id: AccountId,
    /// Freelancer or agency.
    pub kind: AccountKind,
    /// Who owns it.
    pub owner: PersonId,
    /// The agency's business manager.
    pub manager: Option<PersonId>,
    /// The agency wants its manager told.
    pub tell_manager: bool,
    /// Connects; the sum of the account's entries.
    pub balance: i64,
}

/// Kind of a ledger entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryKind {
    /// Connects bought, given or earned: positive.
    Grant,
    /// What a proposal cost: negative.
    Fee,
    /// What boosting a proposal cost: negative.
    Boost,
    /// Given back by the marketplace, as for an outbid boost: positive. Names the charge it `reverses` where it gives
    /// the whole of it back; else it counts against the boost first.
    Refund,
    /// Given back by makegood: positive, always names the charge it `reverses`.
    Return,
    /// Connects that ran out: negative.
    Expiry,
}

/// One entry of the ledger that names a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryFacts {
    /// Its id.
    pub id: EntryId,
    /// Which balance it moved.
    pub account: AccountId,
    /// What it is.
    pub kind: EntryKind,
    /// Connects, signed.
    pub amount: i64,
    /// The charge it gives back.
    pub reverses: Option<EntryId>,
    /// When.
    pub at: OffsetDateTime,
    /// When the Connects it spent would have expired, where the marketplace says so.
    pub expires_at: Option<OffsetDateTime>,
}

/// What was decided about a proposal before, by another event (or by this one, while it was held).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriorDecision {
    /// The verdict.
    pub verdict: Verdict,
    /// Somebody was told.
    pub told: bool,
}

/// Everything a decision about some events may look at.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Clients of the jobs and of the events.
    pub clients: HashMap<ClientId, ClientFacts>,
    /// Jobs in reach.
    pub jobs: HashMap<JobId, JobFacts>,
    /// Proposals in reach by job; inside one job by proposal id.
    pub proposals: HashMap<JobId, BTreeMap<ProposalId, ProposalFacts>>,
    /// Accounts that paid for them.
    pub accounts: HashMap<AccountId, AccountFacts>,
    /// Ledger entries by proposal.
    pub entries: HashMap<ProposalId, Vec<EntryFacts>>,
    /// People named by events, as far as they are known.
    pub people: BTreeSet<PersonId>,
    /// Earlier decisions by proposal.
    pub prior: HashMap<ProposalId, Vec<PriorDecision>>,
}

/// The facts one decision was made on: kept with it, so that it can be explained when they have changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// State of the proposal.
    pub proposal: ProposalState,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub proposal_since: OffsetDateTime,
    /// Who had declined it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declined_by: Option<Decliner>,
    /// When it had been submitted.
    #[serde(with = "time::serde::rfc3339")]
    pub submitted_at: OffsetDateTime,
    /// State of the job.
    pub job: JobState,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub job_since: OffsetDateTime,
    /// When the first contract on it had been made.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub hired_at: Option<OffsetDateTime>,
    /// The client was suspended then; `None`: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_suspended: Option<bool>,
    /// Connects the fee had taken.
    pub fee: i64,
    /// Of them, what was still to come back.
    pub fee_left: i64,
    /// Connects the boost had taken.
    pub boost: i64,
    /// Of them, what was still to come back.
    pub boost_left: i64,
}

impl Facts {
    /// Takes what was just decided into the facts, so that the next event of the same batch sees it as the next
    /// transaction would.
    pub fn record(&mut self, decisions: &[Decision], entries: &[NewEntry]) {
        for decision in decisions {
            let prior = PriorDecision { verdict: decision.verdict, told: decision.tell };
            self.prior.entry(decision.proposal.clone()).or_default().push(prior);
        }
        for entry in entries {
            if let Some(account) = self.accounts.get_mut(&entry.account) {
                account.balance = entry.balance_after;
            }
            self.entries.entry(entry.proposal.clone()).or_default().push(EntryFacts {
                id: entry.id.clone(),
                account: entry.account.clone(),
                kind: EntryKind::Return,
                amount: entry.amount,
                reverses: Some(entry.reverses.clone()),
                at: entry.at,
                expires_at: Some(entry.expires_at),
            });
        }
    }
}
