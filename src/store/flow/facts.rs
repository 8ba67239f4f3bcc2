//! Facts under lock: accounts first, everything else after, so that nothing read can be stale when it is written on.

use std::collections::BTreeSet;

use super::{Scope, Tx};
use crate::event::{Event, Subject};
use crate::fault::failpoint::planted;
use crate::policy::Facts;
use crate::store::StoreError;
use crate::store::at::At;
use crate::store::audit::AuditTx;
use crate::store::rows::{FactRows, is_memory};

/// What some events speak of.
#[derive(Debug, Clone, Default)]
pub(in crate::store) struct Reach {
    /// Jobs named by events.
    pub(in crate::store) jobs: Vec<String>,
    /// Clients named by events, with the event's time: in reach are their posts that were open then.
    pub(in crate::store) clients: Vec<String>,
    /// As long as `clients`.
    pub(in crate::store) since: Vec<At>,
    /// Proposals named by events.
    pub(in crate::store) proposals: Vec<String>,
    /// People named by events.
    pub(in crate::store) people: Vec<String>,
    /// Jobs whose titles alone are told: their proposals are not in reach.
    pub(in crate::store) titles: Vec<String>,
}

impl Reach {
    pub(in crate::store) fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Reach {
        let mut reach = Reach::default();
        for event in events {
            match event.body.subject() {
                Subject::Job(job) => reach.jobs.push(job.as_str().to_owned()),
                Subject::Client(client) => {
                    reach.clients.push(client.as_str().to_owned());
                    reach.since.push(At(event.time));
                }
                Subject::Proposal(proposal) => reach.proposals.push(proposal.as_str().to_owned()),
                Subject::Person { person, job } => {
                    reach.people.push(person.as_str().to_owned());
                    reach.titles.extend(job.map(|job| job.as_str().to_owned()));
                }
            }
        }
        reach
    }
}

/// The reach of one event, to be counted. One that names a proposal or a person itself is never too large for a batch.
pub(super) fn scope(event: &Event) -> Scope {
    let since = At(event.time);
    match event.body.subject() {
        Subject::Job(job) => Scope { job: Some(job.as_str().to_owned()), client: None, since },
        Subject::Client(client) => Scope { job: None, client: Some(client.as_str().to_owned()), since },
        Subject::Proposal(_) | Subject::Person { .. } => Scope { job: None, client: None, since },
    }
}

/// Locks the accounts in reach and reads what is known about their proposals.
///
/// A proposal submitted between the lock and the read finds no account in the facts: its event waits and is tried
/// again.
pub(super) async fn in_reach<T: Tx>(tx: &mut T, reach: &Reach) -> Result<Facts, StoreError> {
    let accounts = tx.reach_lock(reach).await?;
    let proposals = tx.scope_proposals(reach).await?;
    complete(tx, reach, FactRows { proposals, accounts, ..FactRows::default() }).await
}

/// As [`in_reach`], of these accounts alone.
pub(super) async fn in_chunk<T: Tx>(tx: &mut T, reach: &Reach, accounts: &[String]) -> Result<Facts, StoreError> {
    let locked = tx.accounts_lock(accounts).await?;
    let proposals = tx.chunk_proposals(reach, accounts).await?;
    complete(tx, reach, FactRows { accounts: locked, proposals, ..FactRows::default() }).await
}

/// What is known about these proposals and their jobs now, without a lock: for whoever only looks.
pub(in crate::store) async fn unlocked<T: Tx + AuditTx>(
    tx: &mut T, proposals: Vec<String>,
) -> Result<Facts, StoreError> {
    let reach = Reach { proposals, ..Reach::default() };
    let proposals = tx.scope_proposals(&reach).await?;
    let accounts: BTreeSet<_> = proposals.iter().map(|row| row.2.clone()).collect();
    let accounts = tx.accounts_read(&Vec::from_iter(accounts)).await?;
    complete(tx, &reach, FactRows { proposals, accounts, ..FactRows::default() }).await
}

async fn complete<T: Tx>(tx: &mut T, reach: &Reach, mut rows: FactRows) -> Result<Facts, StoreError> {
    let jobs = rows.proposals.iter().map(|row| &row.1).chain(&reach.jobs).chain(&reach.titles);
    let jobs: BTreeSet<_> = jobs.cloned().collect();
    let proposals: BTreeSet<_> = rows.proposals.iter().map(|row| row.0.clone()).collect();
    let (jobs, proposals) = (Vec::from_iter(jobs), Vec::from_iter(proposals));
    rows.around = tx.facts_read(&jobs, &proposals, reach).await?;
    // The bug a worker without a memory of its own would have; tests show that it is found.
    if planted("plant-forget-returns") {
        rows.around.retain(|row| !is_memory(row));
    }
    rows.into_facts()
}
