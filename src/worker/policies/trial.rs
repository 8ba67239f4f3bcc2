//! A changed policy tried on what has happened: each past event is judged by the one in force and by the changed one,
//! over the same facts, and nothing is written.
//!
//! The facts are those of now, without what the events of the window did; each side then takes its own decisions into
//! its facts, event by event. A proposal that several events of the window decided about is remembered between them,
//! any other is forgotten with its page, so memory does not grow with the window.

use std::collections::{HashMap, HashSet};

use time::OffsetDateTime;

use super::tally::{Side, Tally, Trial};
use crate::event::{Event, PersonId, ProposalId};
use crate::policy::{Decision, Effects, Facts, NewEntry, Policy, Ruling, Stage, judge};
use crate::store::{
    PAST_ACCOUNTS_MAX, PAST_EVENTS_MAX, PastDecision, PastEvent, PastFacts, PastSpan, PastWindow, Store, StoreError,
};

/// Proposals remembered between the events of a window: those that several of them decided about. Some 500 bytes each.
const REMEMBERED_MAX: usize = 500_000;

/// Two policies and the events they are tried on.
#[derive(Debug, Clone, Copy)]
pub struct TrialOrder<'a> {
    /// The one in force, by the dates of its versions.
    pub old: &'a Policy,
    /// The changed one.
    pub new: &'a Policy,
    /// Which events.
    pub window: PastWindow,
    /// Accounts named in the answer: those with the largest differences.
    pub top: usize,
}

/// Why a trial came to no end.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It would need more memory than it may take.
    #[error("more than {REMEMBERED_MAX} {0}: narrow the window with --since, --until or --limit")]
    TooMany(&'static str),
}

/// Tries it. `progress` is told how many events are done, and of how many.
pub async fn trial(
    store: &dyn Store, order: &TrialOrder<'_>, now: OffsetDateTime, progress: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<Trial, TrialError> {
    let span = store.past_span(&order.window).await?;
    let mut run =
        Run { store, order, span, now, memory: [Facts::default(), Facts::default()], tally: Tally::default() };
    let mut after = span.first - 1;
    let mut done = 0;
    while after < span.last {
        let page = store.past_events(&order.window, span, after, PAST_EVENTS_MAX).await?;
        let Some(last) = page.last() else { break };
        after = last.no;
        run.page(&page).await?;
        done += page.len() as u64;
        progress(done, span.events);
    }
    Ok(run.tally.close(span, order.top))
}

struct Run<'a> {
    store: &'a dyn Store,
    order: &'a TrialOrder<'a>,
    span: PastSpan,
    now: OffsetDateTime,
    /// What each side has decided about proposals that come again.
    memory: [Facts; 2],
    tally: Tally,
}

impl Run<'_> {
    /// A page of events over one read of facts; or one by one, where they speak of too many accounts for that.
    async fn page(&mut self, page: &[PastEvent]) -> Result<(), TrialError> {
        let readable: Vec<&PastEvent> = page.iter().filter(|past| past.event.is_some()).collect();
        self.tally.unreadable += (page.len() - readable.len()) as u64;
        let facts = self.facts(&readable, "").await?;
        if facts.next.is_none() {
            return self.over(&readable, &facts);
        }
        for past in readable {
            self.alone(past).await?;
        }
        Ok(())
    }

    async fn facts(&self, events: &[&PastEvent], after: &str) -> Result<PastFacts, StoreError> {
        let events: Vec<&Event> = events.iter().filter_map(|past| past.event.as_ref()).collect();
        self.store.past_facts(&self.order.window, self.span, &events, after, PAST_ACCOUNTS_MAX).await
    }

    /// One event, as many accounts at a time as fit.
    async fn alone(&mut self, past: &PastEvent) -> Result<(), TrialError> {
        let mut told = [HashSet::new(), HashSet::new()];
        let mut undecided = [false; 2];
        let mut after = String::new();
        loop {
            let facts = self.facts(&[past], &after).await?;
            let next = facts.next.clone();
            let mut sides = self.sides(&facts);
            let repeated = repeated(&facts.decisions);
            let missed = self.judge(past, &mut sides, &facts.decisions, &repeated, &mut told)?;
            undecided = [undecided[0] || missed[0], undecided[1] || missed[1]];
            match next {
                Some(next) => after = next,
                None => break,
            }
        }
        self.tally.event(told.map(|people| people.len() as u64), undecided);
        Ok(())
    }

    fn over(&mut self, events: &[&PastEvent], facts: &PastFacts) -> Result<(), TrialError> {
        let mut sides = self.sides(facts);
        let repeated = repeated(&facts.decisions);
        for past in events {
            let mut told = [HashSet::new(), HashSet::new()];
            let undecided = self.judge(past, &mut sides, &facts.decisions, &repeated, &mut told)?;
            self.tally.event(told.map(|people| people.len() as u64), undecided);
        }
        Ok(())
    }

    /// The facts for each side, with what that side has decided before.
    fn sides(&self, facts: &PastFacts) -> [Facts; 2] {
        self.memory.each_ref().map(|memory| {
            let mut facts = facts.facts.clone();
            let proposals: Vec<ProposalId> = facts.proposals.values().flat_map(|of| of.keys().cloned()).collect();
            for proposal in proposals {
                if let Some(entries) = memory.entries.get(&proposal) {
                    facts.entries.entry(proposal.clone()).or_default().extend(entries.iter().cloned());
                }
                if let Some(prior) = memory.prior.get(&proposal) {
                    facts.prior.entry(proposal).or_default().extend(prior.iter().copied());
                }
            }
            facts
        })
    }

    /// Whether each side could not decide.
    fn judge(
        &mut self, past: &PastEvent, sides: &mut [Facts; 2], recorded: &[PastDecision], repeated: &HashSet<ProposalId>,
        told: &mut [HashSet<PersonId>; 2],
    ) -> Result<[bool; 2], TrialError> {
        let Some(event) = &past.event else { return Ok([false; 2]) };
        let policies = [self.order.old, self.order.new];
        let mut outcomes = Vec::with_capacity(policies.len());
        let each = policies.into_iter().zip(sides).zip(&mut self.memory).zip(told);
        for (((policy, facts), memory), told) in each {
            let outcome = decide(policy, event, facts, past.applied_at, self.now);
            let (decisions, entries) = remembered(&outcome, repeated);
            memory.record(&decisions, &entries);
            told.extend(outcome.told.iter().cloned());
            outcomes.push(outcome);
        }
        if self.memory.iter().any(|memory| memory.prior.len() > REMEMBERED_MAX) {
            return Err(TrialError::TooMany("proposals were decided about more than once"));
        }
        let on_record = recorded.iter().filter(|decision| decision.event == past.no);
        let [old, new] = &outcomes[..] else { return Ok([false; 2]) };
        self.tally.compare(old, new, on_record);
        if self.tally.accounts() > REMEMBERED_MAX {
            return Err(TrialError::TooMany("accounts would get something else"));
        }
        Ok([old.undecided, new.undecided])
    }
}

/// Proposals that more than one event of the window decided about.
fn repeated(decisions: &[PastDecision]) -> HashSet<ProposalId> {
    let mut first: HashMap<&ProposalId, i64> = HashMap::new();
    let again = decisions.iter().filter(|one| *first.entry(&one.proposal).or_insert(one.event) != one.event);
    again.map(|one| one.proposal.clone()).collect()
}

/// Of an outcome, what a later event of the window will meet again.
fn remembered(outcome: &Side, repeated: &HashSet<ProposalId>) -> (Vec<Decision>, Vec<NewEntry>) {
    let decisions = outcome.decisions.values().filter(|one| repeated.contains(&one.proposal)).cloned().collect();
    let entries = outcome.entries.iter().filter(|one| repeated.contains(&one.proposal)).cloned().collect();
    (decisions, entries)
}

/// What one policy makes of one event: as it was applied, and at the end of a hold that is over by now.
fn decide(policy: &Policy, event: &Event, facts: &mut Facts, applied_at: OffsetDateTime, now: OffsetDateTime) -> Side {
    let mut side = Side::default();
    let held_until = match judge(policy, event, Stage::First, facts, applied_at) {
        Ruling::Apply(effects) => take(&mut side, effects),
        Ruling::Wait(_) | Ruling::Refuse { .. } => return Side { undecided: true, ..side },
    };
    if let Some(over) = held_until.filter(|over| *over <= now)
        && let Ruling::Apply(effects) = judge(policy, event, Stage::AfterHold, facts, over.max(applied_at))
    {
        take(&mut side, effects);
    }
    side
}

/// Adds effects; a decision that was held is replaced. Answers until when some are held.
fn take(side: &mut Side, effects: Effects) -> Option<OffsetDateTime> {
    side.decisions.extend(effects.decisions.into_iter().map(|decision| (decision.proposal.clone(), decision)));
    side.entries.extend(effects.entries);
    side.told.extend(effects.notices.into_iter().map(|notice| notice.person));
    effects.held_until
}
