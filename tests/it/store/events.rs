//! Events, and a judge simple enough to be right: it gives every charge back that nothing has given back.

use std::collections::BTreeMap;
use std::sync::Arc;

use makegood::event::{Body, CancelCause, DecodeLimits, EntryId, Event, Message, PersonId, Subject, decode};
use makegood::policy::{
    Decision, Effects, EntryKind, Facts, Ground, JobFacts, JobState, Missing, NewEntry, NewNotice, NoticeLine,
    Occasion, ProposalFacts, Reason, Returned, Role, Ruling, Seen, Stage, Verdict,
};
use makegood::store::{Arrival, Batch};
use time::{Duration, OffsetDateTime};

use super::bench::noon;

/// How long the judge holds what may be lifted.
pub const HOLD: Duration = Duration::days(5);

pub fn canceled(id: &str, job: &str) -> Arrival {
    arrival("job-canceled", id, &format!(r#"{{"job_id":"{job}","cause":"client-canceled"}}"#))
}

/// An event the judge refuses.
pub fn refusable(id: &str, job: &str) -> Arrival {
    arrival("job-canceled", id, &format!(r#"{{"job_id":"{job}","cause":"no-skills"}}"#))
}

pub fn suspended(id: &str, client: &str, is_final: bool) -> Arrival {
    arrival("client-suspended", id, &format!(r#"{{"client_id":"{client}","cause":"billing","final":{is_final}}}"#))
}

fn arrival(kind: &str, id: &str, data: &str) -> Arrival {
    let body = format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"/test","type":"{kind}","time":"2026-03-01T12:00:00Z","data":{data}}}"#
    );
    let content_type = Some("application/cloudevents+json".to_owned());
    let message = Message { body: body.into_bytes(), content_type, ..Message::default() };
    let event = decode(&message, DecodeLimits { body_bytes_max: 1 << 20 }).expect("an event");
    Arrival { event, message: Arc::new(message) }
}

pub fn batch(arrivals: impl IntoIterator<Item = Arrival>) -> Batch {
    Batch { arrivals: arrivals.into_iter().collect(), dead: Vec::new() }
}

/// The judge.
pub fn judge(event: &Event, stage: Stage, facts: &mut Facts) -> Ruling {
    if matches!(event.body, Body::JobCanceled { cause: CancelCause::NoSkills, .. }) {
        return Ruling::Refuse { code: "test_refusal", message: "the test refuses this".into() };
    }
    let jobs: Vec<JobFacts> = match event.body.subject() {
        Subject::Job(job) => match facts.jobs.get(job) {
            Some(job) => vec![job.clone()],
            None => return Ruling::Wait(Missing::Job),
        },
        Subject::Client(client) if !facts.clients.contains_key(client) => return Ruling::Wait(Missing::Client),
        Subject::Client(client) => facts.jobs.values().filter(|job| job.client == *client).cloned().collect(),
        Subject::Proposal(_) | Subject::Person { .. } => Vec::new(),
    };
    let hold = stage == Stage::First && matches!(event.body, Body::ClientSuspended { is_final: false, .. });
    let mut effects = Effects { policy: "test-1".into(), ..Effects::default() };
    let mut letters: BTreeMap<PersonId, Vec<NoticeLine>> = BTreeMap::new();
    for job in &jobs {
        for proposal in facts.proposals.get(&job.id).cloned().unwrap_or_default().values() {
            let Some(account) = facts.accounts.get(&proposal.account) else {
                return Ruling::Wait(Missing::Account);
            };
            let entries = if hold { Vec::new() } else { returns(facts, proposal, account.balance) };
            let decision = decision(proposal, &entries, hold);
            if decision.tell {
                letters.entry(proposal.person.clone()).or_default().push(line(job, proposal, &decision, &entries));
            }
            facts.record(std::slice::from_ref(&decision), &entries);
            effects.decisions.push(decision);
            effects.entries.extend(entries);
        }
    }
    effects.held_until = (hold && !effects.decisions.is_empty()).then(|| event.time + HOLD);
    effects.notices =
        letters.into_iter().map(|(person, lines)| NewNotice { person, about: occasion(event), lines }).collect();
    Ruling::Apply(effects)
}

/// What the judge gives back, by its only reason.
pub fn returned(credits: u64, connects: i64) -> Vec<Returned> {
    let all = Returned { reason: Reason::ClientCanceled, credits, connects };
    if credits == 0 { Vec::new() } else { vec![all] }
}

fn returns(facts: &Facts, proposal: &ProposalFacts, mut balance: i64) -> Vec<NewEntry> {
    let entries = facts.entries.get(&proposal.id).cloned().unwrap_or_default();
    let reversed = |id: &EntryId| entries.iter().any(|entry| entry.reverses.as_ref() == Some(id));
    let charges = entries.iter().filter(|e| matches!(e.kind, EntryKind::Fee | EntryKind::Boost) && !reversed(&e.id));
    charges
        .map(|charge| {
            balance = balance.saturating_sub(charge.amount);
            NewEntry {
                id: EntryId::of_return(&charge.id).expect("short enough"),
                account: charge.account.clone(),
                proposal: proposal.id.clone(),
                amount: -charge.amount,
                reverses: charge.id.clone(),
                reason: Reason::ClientCanceled,
                at: noon(0),
                expires_at: noon(365 * 86_400),
                balance_after: balance,
            }
        })
        .collect()
}

fn decision(proposal: &ProposalFacts, entries: &[NewEntry], hold: bool) -> Decision {
    let (verdict, ground) = match (hold, entries.is_empty()) {
        (true, _) => (Verdict::Held, Some(Ground::SuspensionNotFinal)),
        (false, true) => (Verdict::None, Some(Ground::AlreadyReturned)),
        (false, false) => (Verdict::Credited, None),
    };
    Decision {
        proposal: proposal.id.clone(),
        job: proposal.job.clone(),
        account: proposal.account.clone(),
        person: proposal.person.clone(),
        rule: "test-rule".into(),
        policy: "test-1".into(),
        verdict,
        reason: Reason::ClientCanceled,
        ground,
        amount: entries.iter().map(|entry| entry.amount).sum(),
        tell: verdict == Verdict::Credited,
        seen: seen(proposal),
    }
}

fn seen(proposal: &ProposalFacts) -> Seen {
    Seen {
        proposal: proposal.state,
        proposal_since: proposal.state_since,
        declined_by: proposal.declined_by,
        submitted_at: proposal.submitted_at,
        job: JobState::Canceled,
        job_since: noon(0),
        hired_at: None,
        client_suspended: None,
        fee: 0,
        fee_left: 0,
        boost: 0,
        boost_left: 0,
    }
}

fn line(job: &JobFacts, proposal: &ProposalFacts, decision: &Decision, entries: &[NewEntry]) -> NoticeLine {
    NoticeLine {
        proposal: proposal.id.clone(),
        job: job.id.clone(),
        job_title: job.title.clone(),
        submitted_at: proposal.submitted_at,
        invited: proposal.invited,
        role: Role::Submitter,
        account: proposal.account.clone(),
        agency: false,
        verdict: decision.verdict,
        reason: decision.reason,
        ground: decision.ground,
        fee_spent: decision.amount,
        boost_spent: 0,
        fee_returned: decision.amount,
        boost_returned: 0,
        entries: entries.iter().map(|entry| entry.id.clone()).collect(),
        balance_after: entries.last().map_or(0, |entry| entry.balance_after),
        decided_at: noon(0),
        expires_at: None::<OffsetDateTime>,
    }
}

fn occasion(event: &Event) -> Occasion {
    Occasion {
        source: event.key.source.clone(),
        event_id: event.key.id.clone(),
        event_type: event.body.event_type(),
        cause: event.body.cause().to_owned(),
        time: event.time,
        rule: None,
        late: false,
        reason: None,
        details: None,
    }
}
