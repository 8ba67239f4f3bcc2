//! One event over all its proposals.

use time::{Duration, OffsetDateTime};

use super::bill::Bill;
use super::case::{Case, Contract, Standing, Suspension, Trigger};
use super::decide::decide;
use super::docket::{Docket, Item, Stop};
use super::facts::{Decliner, Facts, JobFacts, JobState, ProposalFacts, ProposalState};
use super::notice::{Details, Occasion};
use super::outcome::{Effects, Missing, Ruling, Verdict};
use super::person;
use super::table::{Policy, PolicyVersion, Settings, StaleNotice};
use crate::event::{Body, Event, ProposalId, Subject};

/// Why notices are withheld ([`Effects::withhold`]): they would come too late.
const STALE: &str = "stale";

/// Which time an event is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// For the first time.
    First,
    /// Again, at the end of the hold of a suspension that was not final.
    AfterHold,
}

/// Decides one event for every proposal in `facts` that it touches, and records the decisions in `facts`.
///
/// The version of the policy, the standing of each proposal and the contract on its job are those at the time of the
/// event; the ledger, the accounts and whether a client is suspended are those of now. A proposal that was submitted
/// after the event was paid for a dead post: it counts as open. `facts` may hold jobs of other events; they are left
/// alone. [`Stage::AfterHold`] decides only what was held. How late it is decided changes the notices
/// ([`Occasion::late`], [`Effects::withhold`]) and nothing else.
///
/// The answer depends on nothing but its arguments, not on the order of a map. Unless it is [`Ruling::Apply`], `facts`
/// stay as they were. Codes of [`Ruling::Refuse`]: `no_policy` (older than the first version), `balance_overflow`,
/// `charge_id_too_long`, `no_rule` (never with a policy that was parsed).
pub fn judge(policy: &Policy, event: &Event, stage: Stage, facts: &mut Facts, now: OffsetDateTime) -> Ruling {
    match effects(policy, event, stage, facts, now) {
        Ok(effects) => {
            facts.record(&effects.decisions, &effects.entries);
            Ruling::Apply(effects)
        }
        Err(stop) => stop.into(),
    }
}

fn effects(policy: &Policy, event: &Event, stage: Stage, facts: &Facts, now: OffsetDateTime) -> Result<Effects, Stop> {
    let at = happened(event);
    let version = policy.at(at).ok_or_else(|| no_policy(policy, event))?;
    if let Subject::Person { person, job } = event.body.subject() {
        let late = is_stale(event, at, at, version.settings(), now);
        let mut effects = person::effects(version, occasion(event, late), &event.body, (person, job), facts)?;
        effects.withhold = withheld(late, version.settings());
        return Ok(effects);
    }
    let (jobs, only) = scope(event, at, facts)?;
    let hold_until = at.saturating_add(version.settings().hold);
    let suspension = suspension(event, stage, version, facts, now >= hold_until)?;
    let trigger = Trigger::of(&event.body, suspension);
    let mut docket = Docket::new(facts, version, now);
    for job in jobs {
        let proposals = facts.proposals.get(&job.id).into_iter().flat_map(|proposals| proposals.values());
        for proposal in proposals.filter(|proposal| only.is_none_or(|only| *only == proposal.id)) {
            if stage == Stage::First || was_held(proposal, facts) {
                let item = item(version, trigger, at, job, proposal, facts)?;
                docket.add(&item, hold_until)?;
            }
        }
    }
    let late = is_stale(event, at, hold_until, version.settings(), now);
    let mut effects = docket.close(&occasion(event, late));
    effects.withhold = withheld(late, version.settings());
    Ok(effects)
}

/// The version of the policy by which [`judge`] decides the event, if there is one.
pub fn version_of<'a>(policy: &'a Policy, event: &Event) -> Option<&'a PolicyVersion> {
    policy.at(happened(event))
}

/// When the event happened. Facts come from a database that keeps microseconds: a finer event would seem to follow what
/// happened with it.
fn happened(event: &Event) -> OffsetDateTime {
    event.time - Duration::nanoseconds(i64::from(event.time.nanosecond() % 1_000))
}

/// Why the notices are kept back, if they are.
fn withheld(late: bool, settings: &Settings) -> Option<&'static str> {
    (late && settings.stale_notice == StaleNotice::None).then_some(STALE)
}

/// Whether a notice about the event is no news any more. Of a suspension that may be lifted nobody is told before its
/// hold is over, so its news begins there.
fn is_stale(
    event: &Event, at: OffsetDateTime, hold_until: OffsetDateTime, settings: &Settings, now: OffsetDateTime,
) -> bool {
    let news_since = match &event.body {
        Body::ClientSuspended { is_final: false, .. } => hold_until,
        _ => at,
    };
    !settings.fresh.is_zero() && now - news_since > settings.fresh
}

fn no_policy(policy: &Policy, event: &Event) -> Stop {
    let oldest = policy.versions().first().map_or_else(String::new, |version| version.valid_from().to_string());
    let message = format!(
        "the event happened at {}, before the oldest version of the policy ({oldest}); \
         if it is right, add a version that was in force then",
        event.time
    );
    Stop::Refuse { code: "no_policy", message }
}

/// The jobs the event touches, by id, and the one proposal if it touches only one. Of a suspended client those jobs
/// that were open when it happened: open now, or closed at that moment or later.
fn scope<'a>(
    event: &'a Event, at: OffsetDateTime, facts: &'a Facts,
) -> Result<(Vec<&'a JobFacts>, Option<&'a ProposalId>), Stop> {
    let job = |id| facts.jobs.get(id).map(|job| vec![job]).ok_or(Stop::Wait(Missing::Job));
    match event.body.subject() {
        Subject::Job(id) => Ok((job(id)?, None)),
        Subject::Proposal(id) => {
            let of = facts.proposals.iter().find(|(_, proposals)| proposals.contains_key(id));
            let (of, _) = of.ok_or(Stop::Wait(Missing::Proposal))?;
            Ok((job(of)?, Some(id)))
        }
        Subject::Person { .. } => Ok((Vec::new(), None)),
        Subject::Client(id) => {
            let was_open =
                |job: &&JobFacts| job.client == *id && (job.state == JobState::Open || job.state_since >= at);
            let mut jobs: Vec<&JobFacts> = facts.jobs.values().filter(was_open).collect();
            jobs.sort_by(|a, b| a.id.cmp(&b.id));
            Ok((jobs, None))
        }
    }
}

/// How far the suspension has come. Its hold ends at [`Stage::AfterHold`], or has ended when the event comes late.
fn suspension(
    event: &Event, stage: Stage, version: &PolicyVersion, facts: &Facts, hold_is_over: bool,
) -> Result<Suspension, Stop> {
    let Body::ClientSuspended { client, is_final, .. } = &event.body else { return Ok(Suspension::Final) };
    let client = facts.clients.get(client).ok_or(Stop::Wait(Missing::Client))?;
    Ok(if *is_final || version.settings().hold.is_zero() {
        Suspension::Final
    } else if stage == Stage::First && !hold_is_over {
        Suspension::Temporary
    } else if client.suspended {
        Suspension::Final
    } else {
        Suspension::Lifted
    })
}

fn was_held(proposal: &ProposalFacts, facts: &Facts) -> bool {
    facts.prior.get(&proposal.id).is_some_and(|prior| prior.iter().any(|p| p.verdict == Verdict::Held))
}

fn item<'a>(
    version: &'a PolicyVersion, trigger: Trigger, at: OffsetDateTime, job: &'a JobFacts, proposal: &'a ProposalFacts,
    facts: &'a Facts,
) -> Result<Item<'a>, Stop> {
    let bill = Bill::of(facts.entries.get(&proposal.id).map_or(&[], Vec::as_slice));
    let contract = if job.hired_at.is_some_and(|hired| hired <= at) { Contract::Made } else { Contract::None };
    let case = Case { trigger, contract, standing: standing(proposal, at), charges: bill.charges() };
    let choice = decide(version, &case).ok_or_else(|| Stop::Refuse {
        code: "no_rule",
        message: format!("policy {}: no rule matches: {case}", version.id()),
    })?;
    Ok(Item { job, proposal, bill, choice })
}

/// The proposal as it stood at the time of the event. What came later does not count (row 32).
///
/// A decline counts only if it was the client's and came before: one by the system, one at the same moment or later,
/// and one by nobody knows whom are part of the closing (row 6; case F25: never taken for the client's act).
fn standing(proposal: &ProposalFacts, at: OffsetDateTime) -> Standing {
    match proposal.state {
        ProposalState::Withdrawn if proposal.state_since <= at => Standing::Withdrawn,
        ProposalState::Hired if proposal.state_since <= at => Standing::Hired,
        ProposalState::Declined if proposal.state_since < at && proposal.declined_by == Some(Decliner::Client) => {
            Standing::DeclinedByClient
        }
        ProposalState::Withdrawn
        | ProposalState::Hired
        | ProposalState::Declined
        | ProposalState::Submitted
        | ProposalState::Viewed
        | ProposalState::Shortlisted
        | ProposalState::Messaged
        | ProposalState::Archived
        | ProposalState::Offered => Standing::Open,
    }
}

fn occasion(event: &Event, late: bool) -> Occasion {
    let rule = match &event.body {
        Body::PostRemoved { rule, .. } => rule.clone(),
        _ => None,
    };
    let details = match &event.body {
        Body::ProposalDeclined { message, .. } => Some(Details::ProposalDeclined { message: message.clone() }),
        _ => None,
    };
    Occasion {
        source: event.key.source.clone(),
        event_id: event.key.id.clone(),
        event_type: event.body.event_type(),
        cause: event.body.cause().to_owned(),
        time: event.time,
        rule,
        late,
        reason: None,
        details,
    }
}
