//! The facts of a scenario, as rows that are imported. What it does not say has a plain value of its own.

use std::collections::BTreeMap;

use makegood::event::{AccountId, ClientId, EntryId, JobId, PersonId, ProposalId};
use makegood::store::{ImportAccount, ImportBatch, ImportClient, ImportEntry, ImportJob, ImportPerson, ImportProposal};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};

use super::file::Moment;

/// Connects an account has before anything was spent, where the scenario does not say.
const CONNECTS: i64 = 100;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Facts {
    clients: BTreeMap<String, Client>,
    people: BTreeMap<String, Person>,
    accounts: BTreeMap<String, Account>,
    jobs: BTreeMap<String, Job>,
    proposals: BTreeMap<String, Proposal>,
    charges: BTreeMap<String, Charge>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Client {
    #[serde(default)]
    suspended: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    name: Option<String>,
    /// Empty: nobody knows it.
    address: Option<String>,
    locale: Option<String>,
    time_zone: Option<String>,
    /// Connects on an account of their own.
    connects: Option<i64>,
}

/// An agency's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    owner: String,
    manager: Option<String>,
    #[serde(default = "yes")]
    tell_manager: bool,
    connects: Option<i64>,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Job {
    client: String,
    title: String,
    state: Option<String>,
    since: Option<Moment>,
    hired: Option<Moment>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Proposal {
    job: String,
    person: String,
    /// Account; the person's own, if it is not said.
    paid_by: Option<String>,
    fee: Option<i64>,
    boost: Option<i64>,
    sent: Option<Moment>,
    state: Option<String>,
    since: Option<Moment>,
    declined_by: Option<String>,
    #[serde(default)]
    invited: bool,
}

/// A line of the ledger by the marketplace, beside the `fee` and the `boost` of the proposals.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Charge {
    kind: String,
    account: Option<String>,
    proposal: Option<String>,
    /// As people say it: never negative.
    connects: i64,
    reverses: Option<String>,
    at: Moment,
    expires: Option<Moment>,
}

/// Lays changes over what is there; a table within a table likewise.
pub fn merge(over: &mut toml::Table, changes: &toml::Table) {
    for (key, value) in changes {
        match (over.get_mut(key), value) {
            (Some(toml::Value::Table(over)), toml::Value::Table(changes)) => merge(over, changes),
            _ => drop(over.insert(key.clone(), value.clone())),
        }
    }
}

/// Address of a person whose facts name none.
pub fn address(person: &str) -> String {
    format!("{person}@people.example")
}

/// The rows. Undated facts are older than `begin`, when the first step is.
pub fn rows(facts: &toml::Table, begin: OffsetDateTime) -> Result<ImportBatch, String> {
    let facts: Facts = facts.clone().try_into().map_err(|error: toml::de::Error| format!("facts: {error}"))?;
    let mut batch = ImportBatch::default();
    for (id, client) in &facts.clients {
        batch.clients.push(ImportClient { client_id: parse(id, ClientId::parse)?, suspended: client.suspended });
    }
    for (id, person) in &facts.people {
        push_person(&mut batch, id, person, begin)?;
    }
    for (id, account) in &facts.accounts {
        push_account(&mut batch, id, account, begin)?;
    }
    for (id, job) in &facts.jobs {
        batch.jobs.push(ImportJob {
            job_id: parse(id, JobId::parse)?,
            client_id: parse(&job.client, ClientId::parse)?,
            title: job.title.clone(),
            state: job.state.clone().unwrap_or_else(|| "open".into()),
            state_since: job.since.map_or(begin - Duration::days(10), |at| at.0),
            hired_at: job.hired.map(|at| at.0),
        });
    }
    for (id, proposal) in &facts.proposals {
        push_proposal(&mut batch, id, proposal, begin)?;
    }
    for (id, charge) in &facts.charges {
        let entry = of_charge(id, charge, &facts.proposals)?;
        batch.entries.push(entry);
    }
    Ok(batch)
}

fn push_person(batch: &mut ImportBatch, id: &str, person: &Person, begin: OffsetDateTime) -> Result<(), String> {
    let person_id = parse(id, PersonId::parse)?;
    let own = person.address.clone().unwrap_or_else(|| address(id));
    batch.people.push(ImportPerson {
        person_id: person_id.clone(),
        name: person.name.clone(),
        email: Some(own).filter(|address| !address.is_empty()),
        locale: person.locale.clone(),
        time_zone: person.time_zone.clone(),
    });
    batch.accounts.push(ImportAccount {
        account_id: parse(id, AccountId::parse)?,
        kind: "freelancer".into(),
        owner_id: person_id,
        manager_id: None,
        tell_manager: true,
    });
    batch.entries.push(grant(id, person.connects, begin)?);
    Ok(())
}

fn push_account(batch: &mut ImportBatch, id: &str, account: &Account, begin: OffsetDateTime) -> Result<(), String> {
    batch.accounts.push(ImportAccount {
        account_id: parse(id, AccountId::parse)?,
        kind: "agency".into(),
        owner_id: parse(&account.owner, PersonId::parse)?,
        manager_id: account.manager.as_deref().map(|id| parse(id, PersonId::parse)).transpose()?,
        tell_manager: account.tell_manager,
    });
    batch.entries.push(grant(id, account.connects, begin)?);
    Ok(())
}

fn push_proposal(batch: &mut ImportBatch, id: &str, proposal: &Proposal, begin: OffsetDateTime) -> Result<(), String> {
    let sent = proposal.sent.map_or(begin - Duration::days(3), |at| at.0);
    let proposal_id = parse(id, ProposalId::parse)?;
    let account = proposal.paid_by.as_ref().unwrap_or(&proposal.person);
    for (kind, connects) in [("fee", proposal.fee), ("boost", proposal.boost)] {
        let Some(connects) = connects else { continue };
        batch.entries.push(ImportEntry {
            entry_id: parse(&format!("{kind}-{id}"), EntryId::parse)?,
            account_id: parse(account, AccountId::parse)?,
            proposal_id: Some(proposal_id.clone()),
            kind: kind.into(),
            amount: -connects,
            reverses: None,
            created_at: sent,
            expires_at: None,
        });
    }
    batch.proposals.push(ImportProposal {
        proposal_id,
        job_id: parse(&proposal.job, JobId::parse)?,
        account_id: parse(account, AccountId::parse)?,
        person_id: parse(&proposal.person, PersonId::parse)?,
        state: proposal.state.clone().unwrap_or_else(|| "submitted".into()),
        state_since: proposal.since.map_or(sent, |at| at.0),
        declined_by: proposal.declined_by.clone(),
        submitted_at: sent,
        invited: proposal.invited,
    });
    Ok(())
}

fn of_charge(id: &str, charge: &Charge, proposals: &BTreeMap<String, Proposal>) -> Result<ImportEntry, String> {
    let of_proposal = charge.proposal.as_ref().and_then(|id| proposals.get(id));
    let account = charge.account.as_ref().or(of_proposal.map(|p| p.paid_by.as_ref().unwrap_or(&p.person)));
    let account = account.ok_or_else(|| format!("charges.{id}: whose? Name the account or a proposal"))?;
    let gives = matches!(charge.kind.as_str(), "grant" | "refund");
    Ok(ImportEntry {
        entry_id: parse(id, EntryId::parse)?,
        account_id: parse(account, AccountId::parse)?,
        proposal_id: charge.proposal.as_deref().map(|id| parse(id, ProposalId::parse)).transpose()?,
        kind: charge.kind.clone(),
        amount: if gives { charge.connects } else { -charge.connects },
        reverses: charge.reverses.as_deref().map(|id| parse(id, EntryId::parse)).transpose()?,
        created_at: charge.at.0,
        expires_at: charge.expires.map(|at| at.0),
    })
}

fn grant(account: &str, connects: Option<i64>, begin: OffsetDateTime) -> Result<ImportEntry, String> {
    Ok(ImportEntry {
        entry_id: parse(&format!("grant-{account}"), EntryId::parse)?,
        account_id: parse(account, AccountId::parse)?,
        proposal_id: None,
        kind: "grant".into(),
        amount: connects.unwrap_or(CONNECTS),
        reverses: None,
        created_at: begin - Duration::days(60),
        expires_at: None,
    })
}

fn parse<T, E: std::fmt::Display>(id: &str, parse: fn(String) -> Result<T, E>) -> Result<T, String> {
    parse(id.to_owned()).map_err(|error| format!("{id:?}: {error}"))
}
