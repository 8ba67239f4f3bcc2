//! The sums of a trial: what would have been more, and what less; by rule, and by account.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::event::{AccountId, PersonId, ProposalId};
use crate::policy::{Decision, Ground, NewEntry};
use crate::store::{PastDecision, PastSpan};

/// What one policy made of one event.
#[derive(Debug, Default)]
pub(super) struct Side {
    pub(super) decisions: BTreeMap<ProposalId, Decision>,
    pub(super) entries: Vec<NewEntry>,
    pub(super) told: Vec<PersonId>,
    /// It decided nothing: what the event speaks of is not known, or the policy is younger.
    pub(super) undecided: bool,
}

/// What a trial found. `old` is the policy in force, `new` the changed one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trial {
    /// The sums.
    pub sums: TrialSums,
    /// By the pair of rules that decided, where what came of it differs; the largest difference first.
    pub rules: Vec<RuleDifference>,
    /// By account, where its Connects differ; the largest difference first, so many as were asked for.
    pub accounts: Vec<AccountDifference>,
}

/// The sums of a trial.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TrialSums {
    /// Events that were judged.
    pub events: u64,
    /// Events that this makegood cannot read any more.
    pub unreadable: u64,
    /// Proposals that were decided about, each event by itself.
    pub proposals: u64,
    /// Of them, those that are decided otherwise: another verdict, amount, reason or ground, or told or not.
    pub proposals_differ: u64,
    /// Connects that come back.
    pub connects: OldNew,
    /// Connects that would come back more.
    pub connects_more: i64,
    /// Connects that would come back less.
    pub connects_less: i64,
    /// Accounts that would get more.
    pub accounts_more: u64,
    /// Accounts that would get less.
    pub accounts_less: u64,
    /// Notices, one a person and event.
    pub notices: OldNew,
    /// Events that were not decided: what they speak of is not known, or the policy is younger than they.
    pub undecided: OldNew,
    /// Decisions on record that the policy in force would not make today: the facts have moved since, or the policy.
    pub moved: u64,
}

/// A number under each policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct OldNew {
    /// Under the policy in force.
    pub old: i64,
    /// Under the changed one.
    pub new: i64,
}

/// Proposals that one rule decided and now another one does, or the same one otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleDifference {
    /// The rule in force.
    pub old_rule: String,
    /// The rule of the changed policy.
    pub new_rule: String,
    /// Proposals.
    pub proposals: u64,
    /// Connects that come back.
    pub connects: OldNew,
    /// Proposals of which somebody is told.
    pub told: OldNew,
}

/// What an account gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountDifference {
    /// Which.
    pub account: String,
    /// Proposals that are decided otherwise.
    pub proposals: u64,
    /// Connects that come back.
    pub connects: OldNew,
    /// How many more, or less.
    pub difference: i64,
}

/// Sums under way.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) unreadable: u64,
    sums: TrialSums,
    rules: BTreeMap<(String, String), RuleDifference>,
    accounts: HashMap<AccountId, (u64, OldNew)>,
}

impl Tally {
    /// An event is done; so many people were told by each, and whether each decided it.
    pub(super) fn event(&mut self, [old, new]: [u64; 2], undecided: [bool; 2]) {
        self.sums.events += 1;
        self.sums.undecided.old += i64::from(undecided[0]);
        self.sums.undecided.new += i64::from(undecided[1]);
        self.sums.notices.old += i64::try_from(old).unwrap_or(i64::MAX);
        self.sums.notices.new += i64::try_from(new).unwrap_or(i64::MAX);
    }

    /// Accounts whose Connects differ so far.
    pub(super) fn accounts(&self) -> usize {
        self.accounts.len()
    }

    /// Compares what came of an event, or of a part of it.
    pub(super) fn compare<'a>(&mut self, old: &Side, new: &Side, recorded: impl Iterator<Item = &'a PastDecision>) {
        for proposal in old.decisions.keys().chain(new.decisions.keys().filter(|id| !old.decisions.contains_key(id))) {
            self.proposal(old.decisions.get(proposal), new.decisions.get(proposal));
        }
        self.sums.moved += recorded.filter(|one| has_moved(one, old.decisions.get(&one.proposal))).count() as u64;
    }

    fn proposal(&mut self, old: Option<&Decision>, new: Option<&Decision>) {
        let amount = |decision: Option<&Decision>| decision.map_or(0, |decision| decision.amount);
        let connects = OldNew { old: amount(old), new: amount(new) };
        let difference = connects.new - connects.old;
        self.sums.proposals += 1;
        self.sums.connects.old += connects.old;
        self.sums.connects.new += connects.new;
        self.sums.connects_more += difference.max(0);
        self.sums.connects_less += (-difference).max(0);
        if outcome(old) == outcome(new) {
            return;
        }
        self.sums.proposals_differ += 1;
        let rule = |decision: Option<&Decision>| decision.map_or_else(|| "-".to_owned(), |one| one.rule.clone());
        let told = |decision: Option<&Decision>| i64::from(decision.is_some_and(|decision| decision.tell));
        let of = self.rules.entry((rule(old), rule(new))).or_insert_with(|| RuleDifference {
            old_rule: rule(old),
            new_rule: rule(new),
            proposals: 0,
            connects: OldNew::default(),
            told: OldNew::default(),
        });
        of.proposals += 1;
        of.connects.old += connects.old;
        of.connects.new += connects.new;
        of.told.old += told(old);
        of.told.new += told(new);
        if let Some(decision) = new.or(old).filter(|_| difference != 0) {
            let (proposals, sum) = self.accounts.entry(decision.account.clone()).or_default();
            *proposals += 1;
            sum.old += connects.old;
            sum.new += connects.new;
        }
    }

    /// The whole, with the `top` accounts.
    pub(super) fn close(self, span: PastSpan, top: usize) -> Trial {
        let Tally { mut sums, rules, accounts, unreadable } = self;
        sums.unreadable = unreadable;
        debug_assert!(sums.events + unreadable <= span.events, "each event is judged once");
        let mut accounts: Vec<AccountDifference> = accounts
            .into_iter()
            .map(|(account, (proposals, connects))| AccountDifference {
                account: account.to_string(),
                proposals,
                connects,
                difference: connects.new - connects.old,
            })
            .filter(|one| one.difference != 0)
            .collect();
        sums.accounts_more = accounts.iter().filter(|one| one.difference > 0).count() as u64;
        sums.accounts_less = accounts.iter().filter(|one| one.difference < 0).count() as u64;
        accounts.sort_by(|a, b| b.difference.abs().cmp(&a.difference.abs()).then_with(|| a.account.cmp(&b.account)));
        accounts.truncate(top);
        let mut rules: Vec<RuleDifference> = rules.into_values().collect();
        rules.sort_by_key(|one| std::cmp::Reverse(((one.connects.new - one.connects.old).abs(), one.proposals)));
        Trial { sums, rules, accounts }
    }
}

/// What a person notices of a decision.
fn outcome(decision: Option<&Decision>) -> Option<(&'static str, i64, &'static str, Option<&'static str>, bool)> {
    decision.map(|one| {
        let ground = one.ground.map(Ground::as_str);
        (one.verdict.as_str(), one.amount, one.reason.as_str(), ground, one.tell)
    })
}

fn has_moved(recorded: &PastDecision, today: Option<&Decision>) -> bool {
    today.is_none_or(|one| {
        one.verdict != recorded.verdict || one.amount != recorded.amount || one.reason.as_str() != recorded.reason
    })
}
