//! The oracle and the policy, each worked out from the same table by itself, on a market where nothing fails.

use std::collections::BTreeMap;

use makegood::clock::to_micros;
use makegood::event::{DecodeLimits, Message, decode};
use makegood::policy::{
    AccountFacts, AccountKind, ClientFacts, Decliner, EntryFacts, EntryKind, Facts, JobFacts, JobState, Policy,
    ProposalFacts, ProposalState, Ruling, Stage, judge,
};
use makegood::store::{ImportBatch, ImportJob, ImportProposal};
use time::macros::datetime;

use crate::support::market::{Market, Scale};
use crate::support::oracle::{self, Return};

const SCALE: Scale = Scale {
    events: 4_000,
    freelancers: 300,
    agencies: 30,
    crowds: &[60, 60],
    suspensions: 150,
    overlaps_per_mille: 300,
    late_jobs: 20,
};

#[test]
fn the_oracle_and_the_policy_see_a_quiet_market_alike() {
    for seed in [1, 2, 3] {
        let market = Market::new(seed, SCALE);
        let expected = oracle::expect(&market);
        let (policy, mut facts) = (Policy::built_in(), Facts::default());
        know(&mut facts, &market.facts);
        know(&mut facts, &market.late);
        let mut returned = BTreeMap::new();
        let mut decisions = 0;
        for event in &market.events {
            let message = Message {
                body: event.body(),
                content_type: Some("application/cloudevents+json".into()),
                ..Message::default()
            };
            let decoded = decode(&message, DecodeLimits { body_bytes_max: 100_000 }).expect("an event");
            let now = datetime!(2026-01-01 00:00 UTC);
            let Ruling::Apply(effects) = judge(&policy, &decoded, Stage::First, &mut facts, now) else {
                panic!("seed {seed}, {event:?}: not applied");
            };
            decisions += effects.decisions.len();
            for entry in effects.entries {
                let (proposal, account) = (entry.proposal.to_string(), entry.account.to_string());
                let before =
                    returned.insert(entry.reverses.to_string(), Return { proposal, account, amount: entry.amount });
                assert_eq!(before, None, "seed {seed}: returned twice");
            }
        }
        assert_eq!(decisions, expected.decisions.len(), "seed {seed}");
        for (charge, due) in &expected.returns {
            assert_eq!(returned.get(charge), Some(due), "seed {seed}, {charge}");
        }
        assert_eq!(returned.len(), expected.returns.len(), "seed {seed}");
        assert!(returned.len() > 2_000, "a market in which little comes back shows little: {}", returned.len());
    }
}

/// Takes a batch into the facts, as the store reads them back.
fn know(facts: &mut Facts, batch: &ImportBatch) {
    for client in &batch.clients {
        let known = ClientFacts { id: client.client_id.clone(), suspended: client.suspended };
        facts.clients.insert(client.client_id.clone(), known);
    }
    for account in &batch.accounts {
        let known = AccountFacts {
            id: account.account_id.clone(),
            kind: if account.kind == "agency" { AccountKind::Agency } else { AccountKind::Freelancer },
            owner: account.owner_id.clone(),
            manager: account.manager_id.clone(),
            tell_manager: account.tell_manager,
            balance: 0,
        };
        facts.accounts.insert(account.account_id.clone(), known);
    }
    for job in &batch.jobs {
        facts.jobs.insert(job.job_id.clone(), job_facts(job));
    }
    for proposal in &batch.proposals {
        let known = facts.proposals.entry(proposal.job_id.clone()).or_default();
        known.insert(proposal.proposal_id.clone(), proposal_facts(proposal));
    }
    for entry in &batch.entries {
        let Some(proposal) = &entry.proposal_id else { continue };
        facts.entries.entry(proposal.clone()).or_default().push(EntryFacts {
            id: entry.entry_id.clone(),
            account: entry.account_id.clone(),
            kind: match entry.kind.as_str() {
                "fee" => EntryKind::Fee,
                "boost" => EntryKind::Boost,
                "refund" => EntryKind::Refund,
                other => panic!("{other} names a proposal"),
            },
            amount: entry.amount,
            reverses: entry.reverses.clone(),
            at: to_micros(entry.created_at),
            expires_at: entry.expires_at,
        });
    }
}

fn job_facts(job: &ImportJob) -> JobFacts {
    JobFacts {
        id: job.job_id.clone(),
        client: job.client_id.clone(),
        title: job.title.clone(),
        state: match job.state.as_str() {
            "open" => JobState::Open,
            "canceled" => JobState::Canceled,
            _ => JobState::Removed,
        },
        state_since: job.state_since,
        hired_at: job.hired_at,
    }
}

fn proposal_facts(proposal: &ImportProposal) -> ProposalFacts {
    ProposalFacts {
        id: proposal.proposal_id.clone(),
        job: proposal.job_id.clone(),
        account: proposal.account_id.clone(),
        person: proposal.person_id.clone(),
        state: match proposal.state.as_str() {
            "withdrawn" => ProposalState::Withdrawn,
            "hired" => ProposalState::Hired,
            "declined" => ProposalState::Declined,
            "offered" => ProposalState::Offered,
            _ => ProposalState::Submitted,
        },
        state_since: proposal.state_since,
        declined_by: proposal.declined_by.as_deref().map(|who| match who {
            "client" => Decliner::Client,
            _ => Decliner::System,
        }),
        submitted_at: proposal.submitted_at,
        invited: proposal.invited,
    }
}
