//! Properties over generated histories: a marketplace, a handful of events, and a ledger that, as the database does,
//! refuses a second return of one charge.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use makegood::event::{AccountId, Body, CancelCause, ClientId, EntryId, Event, JobId, RemovalCause, SuspensionCause};
use makegood::policy::{
    AccountFacts, AccountKind, ClientFacts, Decliner, Effects, EntryFacts, EntryKind, Facts, JobFacts, JobState,
    Policy, ProposalFacts, ProposalState, Ruling, Stage, Verdict, judge,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use time::{Duration, OffsetDateTime};

use super::world::{NOW, T, account_id, built_in, entry_id, event, person_id, proposal_id};

const JOB_STATES: [JobState; 5] =
    [JobState::Open, JobState::Filled, JobState::Canceled, JobState::Removed, JobState::Expired];
const PROPOSAL_STATES: [ProposalState; 6] = [
    ProposalState::Submitted,
    ProposalState::Archived,
    ProposalState::Offered,
    ProposalState::Hired,
    ProposalState::Declined,
    ProposalState::Withdrawn,
];
const JOBS: usize = 4;
const ACCOUNTS: usize = 3;

fn job_id(n: usize) -> JobId {
    JobId::parse(format!("job-{n}")).unwrap()
}

fn client_id(n: usize) -> ClientId {
    ClientId::parse(format!("client-{n}")).unwrap()
}

/// A moment around the events: with few values, so that "at the same moment" happens.
fn moment() -> impl Strategy<Value = OffsetDateTime> {
    (-2_i64..=2).prop_map(|days| T + Duration::days(days))
}

fn job(n: usize) -> impl Strategy<Value = JobFacts> {
    (0_usize..2, select(&JOB_STATES[..]), moment(), proptest::option::of(moment())).prop_map(
        move |(client, state, state_since, hired_at)| {
            let title = format!("Title {}", JOBS - n);
            JobFacts { id: job_id(n), client: client_id(client), title, state, state_since, hired_at }
        },
    )
}

#[derive(Debug, Clone)]
struct Paid {
    proposal: ProposalFacts,
    entries: Vec<EntryFacts>,
}

fn proposal(n: usize, amount: impl Strategy<Value = i64> + Clone) -> impl Strategy<Value = Paid> {
    let decliner = select(vec![None, Some(Decliner::Client), Some(Decliner::System)]);
    let kind = select(vec![EntryKind::Fee, EntryKind::Boost, EntryKind::Boost, EntryKind::Refund, EntryKind::Refund]);
    let entry = (kind, amount, proptest::option::of(any::<Index>()), moment(), proptest::option::of(moment()));
    let who = (0..JOBS, 0..ACCOUNTS, 0_usize..4);
    let state = (select(&PROPOSAL_STATES[..]), moment(), decliner);
    (who, state, proptest::collection::vec(entry, 0..5)).prop_map(move |((job, account, person), state, entries)| {
        let account = account_id(&format!("account-{account}"));
        let proposal = ProposalFacts {
            id: proposal_id(&format!("p-{n}")),
            job: job_id(job),
            account: account.clone(),
            person: person_id(&format!("person-{person}")),
            state: state.0,
            state_since: state.1,
            declined_by: state.2,
            submitted_at: T - Duration::days(5),
            invited: false,
        };
        let mut made: Vec<EntryFacts> = Vec::new();
        for (k, (kind, amount, reverses, at, expires_at)) in entries.into_iter().enumerate() {
            let charge = matches!(kind, EntryKind::Fee | EntryKind::Boost);
            let charges: Vec<&EntryFacts> = made.iter().filter(|e| e.kind != EntryKind::Refund).collect();
            let target =
                reverses.filter(|_| !charge && !charges.is_empty()).map(|index| index.get(&charges).id.clone());
            let free = |id: &EntryId| made.iter().all(|e| e.reverses.as_ref() != Some(id));
            let reverses = target.filter(free);
            let id = entry_id(&format!("p-{n}-{k}"));
            let amount = if charge { amount.checked_neg().unwrap_or(amount) } else { amount };
            made.push(EntryFacts { id, account: account.clone(), kind, amount, reverses, at, expires_at });
        }
        Paid { proposal, entries: made }
    })
}

fn body() -> impl Strategy<Value = Body> {
    let canceled = (0..JOBS, select(CancelCause::ALL)).prop_map(|(job, cause)| Body::JobCanceled {
        job: job_id(job),
        cause,
        note: None,
    });
    let removed = (0..JOBS, select(RemovalCause::ALL)).prop_map(|(job, cause)| Body::PostRemoved {
        job: job_id(job),
        cause,
        rule: None,
        statement: None,
    });
    let suspended = (0_usize..2, select(SuspensionCause::ALL), any::<bool>()).prop_map(|(client, cause, is_final)| {
        Body::ClientSuspended { client: client_id(client), cause, is_final, statement: None }
    });
    prop_oneof![canceled, removed, suspended]
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    // Twenty days back: a hold that is over when the event arrives.
    let time = prop_oneof![4 => moment(), 1 => Just(T - Duration::days(20))];
    proptest::collection::vec((time, body()), 1..7).prop_map(|all| {
        all.into_iter().enumerate().map(|(n, (time, body))| event(&format!("event-{n}"), time, body)).collect()
    })
}

fn marketplace(
    amount: impl Strategy<Value = i64> + Clone + 'static, balance: impl Strategy<Value = i64>,
) -> impl Strategy<Value = Facts> {
    let jobs: Vec<_> = (0..JOBS).map(job).collect();
    let proposals: Vec<_> = (0..8).map(|n| proposal(n, amount.clone()).boxed()).collect();
    (jobs, proposals, any::<[bool; 2]>(), balance).prop_map(|(jobs, proposals, suspended, balance)| {
        let mut facts = Facts::default();
        for (n, suspended) in suspended.into_iter().enumerate() {
            facts.clients.insert(client_id(n), ClientFacts { id: client_id(n), suspended });
        }
        for n in 0..ACCOUNTS {
            let id = account_id(&format!("account-{n}"));
            let kind = if n == 0 { AccountKind::Agency } else { AccountKind::Freelancer };
            let manager = Some(person_id("person-0"));
            let owner = person_id("owner");
            facts.accounts.insert(id.clone(), AccountFacts { id, kind, owner, manager, tell_manager: true, balance });
        }
        facts.jobs = jobs.into_iter().map(|job| (job.id.clone(), job)).collect();
        for Paid { proposal, entries } in proposals {
            facts.entries.insert(proposal.id.clone(), entries);
            facts.proposals.entry(proposal.job.clone()).or_default().insert(proposal.id.clone(), proposal);
        }
        facts
    })
}

/// What a database would hold.
struct Ledger {
    facts: Facts,
    base: Facts,
    entries: BTreeSet<EntryId>,
    reversed: BTreeSet<EntryId>,
    credited: BTreeMap<AccountId, i64>,
    told: HashMap<(String, String), u32>,
    crediting: HashMap<String, u32>,
    held: Vec<Event>,
}

impl Ledger {
    fn new(base: &Facts) -> Self {
        let all = || base.entries.values().flatten();
        Ledger {
            facts: base.clone(),
            base: base.clone(),
            entries: all().map(|e| e.id.clone()).collect(),
            reversed: all().filter_map(|e| e.reverses.clone()).collect(),
            credited: BTreeMap::new(),
            told: HashMap::new(),
            crediting: HashMap::new(),
            held: Vec::new(),
        }
    }

    /// One transaction: every event sees what those before it did, by `Facts::record` alone.
    fn batch(&mut self, policy: &Policy, batch: &[(Event, Stage)], by_account: bool) {
        let mut facts = self.facts.clone();
        for (event, stage) in batch {
            let chunks = if by_account { chunks(&facts) } else { vec![None] };
            for chunk in chunks {
                let mut whole = chunk.map_or_else(|| facts.clone(), |account| only(&facts, &account));
                let Ruling::Apply(effects) = judge(policy, event, *stage, &mut whole, NOW) else {
                    panic!("not applied")
                };
                facts.record(&effects.decisions, &effects.entries);
                self.write(event, &effects);
            }
        }
        self.facts = facts;
    }

    /// As the tables take it: unique ids, unique `reverses`, balances that follow.
    fn write(&mut self, event: &Event, effects: &Effects) {
        for entry in &effects.entries {
            assert!(entry.amount > 0, "{entry:?}");
            assert!(self.entries.insert(entry.id.clone()), "a second entry {}", entry.id);
            assert!(self.reversed.insert(entry.reverses.clone()), "a second return of {}", entry.reverses);
            let credited = self.credited.entry(entry.account.clone()).or_default();
            *credited += entry.amount;
            assert_eq!(entry.balance_after, self.base.accounts[&entry.account].balance + *credited);
        }
        for decision in &effects.decisions {
            let returns = effects.entries.iter().filter(|e| e.proposal == decision.proposal);
            assert_eq!(decision.amount, returns.map(|e| e.amount).sum::<i64>());
            assert_eq!(decision.verdict == Verdict::Credited, decision.amount > 0);
            assert_eq!(decision.verdict == Verdict::Credited, decision.ground.is_none());
            *self.crediting.entry(decision.proposal.to_string()).or_default() += u32::from(decision.amount > 0);
        }
        for notice in &effects.notices {
            assert!(!notice.lines.is_empty());
            *self.told.entry((event.key.id.clone(), notice.person.to_string())).or_default() += 1;
        }
        if effects.held_until.is_some() {
            self.held.push(event.clone());
        }
    }

    fn after_hold(&mut self, policy: &Policy) {
        for event in std::mem::take(&mut self.held) {
            self.batch(policy, &[(event, Stage::AfterHold)], false);
        }
    }

    /// Charges less everything that came back, of one proposal, as it was at first; never negative.
    fn net(&self, proposal: &str) -> i64 {
        let entries = &self.base.entries[&proposal_id(proposal)];
        (-entries.iter().map(|e| e.amount).sum::<i64>()).max(0)
    }

    fn check(&self) {
        assert!(self.told.values().all(|times| *times <= 1), "{:?}", self.told);
        assert!(self.crediting.values().all(|times| *times <= 1), "{:?}", self.crediting);
        for proposal in self.base.entries.keys() {
            let returned = self.facts.entries[proposal].iter().filter(|e| e.kind == EntryKind::Return);
            let returned: i64 = returned.map(|e| e.amount).sum();
            assert!(returned <= self.net(proposal.as_str()), "{proposal}: {returned} returned");
        }
    }
}

fn chunks(facts: &Facts) -> Vec<Option<AccountId>> {
    let mut accounts: Vec<AccountId> = facts.accounts.keys().cloned().collect();
    accounts.sort();
    accounts.into_iter().map(Some).collect()
}

/// The facts of one chunk of a fan-out: the proposals of one account.
fn only(facts: &Facts, account: &AccountId) -> Facts {
    let mut facts = facts.clone();
    facts.proposals.values_mut().for_each(|all| all.retain(|_, p| p.account == *account));
    facts.accounts.retain(|id, _| id == account);
    facts
}

fn amounts() -> impl Strategy<Value = i64> + Clone {
    1_i64..20
}

fn first(events: &[Event]) -> Vec<(Event, Stage)> {
    events.iter().map(|event| (event.clone(), Stage::First)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_credit_never_exceeds_the_net_charge_and_everyone_is_told_once(
        facts in marketplace(amounts(), 0_i64..100), events in events(),
    ) {
        let policy = built_in();
        let mut ledger = Ledger::new(&facts);
        ledger.batch(&policy, &first(&events), false);
        ledger.after_hold(&policy);
        ledger.check();
    }

    #[test]
    fn order_repetition_and_splitting_do_not_change_who_gets_how_much(
        facts in marketplace(amounts(), 0_i64..100),
        (events, again) in events().prop_flat_map(|events| {
            let twice: Vec<Event> = events.iter().chain(&events).cloned().collect();
            (Just(events), Just(twice).prop_shuffle())
        }),
        cuts in proptest::collection::vec(1_usize..5, 1..12),
        by_account in any::<bool>(),
        holds_between in any::<bool>(),
    ) {
        let policy = built_in();
        let mut one = Ledger::new(&facts);
        one.batch(&policy, &first(&events), false);
        one.after_hold(&policy);

        let mut other = Ledger::new(&facts);
        let mut rest = again;
        for size in cuts.into_iter().cycle() {
            let batch: Vec<Event> = rest.drain(..size.min(rest.len())).collect();
            if batch.is_empty() {
                break;
            }
            other.batch(&policy, &first(&batch), by_account);
            if holds_between {
                other.after_hold(&policy);
            }
        }
        other.after_hold(&policy);
        prop_assert_eq!(&one.credited, &other.credited);
        if !by_account {
            // A chunk is not a whole event: the store puts a person's lines from several chunks into one notice.
            other.check();
        }
    }

    #[test]
    fn lateness_changes_what_a_notice_says_and_nothing_else(
        facts in marketplace(amounts(), 0_i64..100), events in events(), days in 1_i64..25,
    ) {
        let fresh = |days: i64, stale: &str| {
            let table = super::world::changed("fresh_days", &days.to_string());
            Policy::parse(&table.replace("stale_notice = \"late\"", &format!("stale_notice = \"{stale}\""))).unwrap()
        };
        let policies = [fresh(0, "none"), fresh(days, "late"), fresh(days, "none")];
        for event in &events {
            let effects = policies.each_ref().map(|policy| {
                match judge(policy, event, Stage::First, &mut facts.clone(), NOW) {
                    Ruling::Apply(effects) => effects,
                    other => panic!("{other:?}"),
                }
            });
            let may_be_lifted = matches!(event.body, Body::ClientSuspended { is_final: false, .. });
            let news_since = event.time + Duration::days(if may_be_lifted { 14 } else { 0 });
            let late = NOW - news_since > Duration::days(days);
            let withhold = effects.each_ref().map(|effects| effects.withhold);
            prop_assert_eq!(withhold, [None, None, late.then_some("stale")]);
            let said = effects.each_ref().map(|all| all.notices.iter().any(|notice| notice.about.late));
            let said_if_any = late && !effects[0].notices.is_empty();
            prop_assert_eq!(said, [false, said_if_any, said_if_any]);
            let same = effects.map(|mut effects| {
                effects.withhold = None;
                effects.notices.iter_mut().for_each(|notice| notice.about.late = false);
                effects
            });
            prop_assert!(same[0] == same[1] && same[1] == same[2]);
        }
    }

    #[test]
    fn no_amount_and_no_moment_makes_the_judge_panic(
        mut facts in marketplace(prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX)], any::<i64>()),
        mut events in events(),
        seconds in proptest::collection::vec(-377_705_116_800_i64..=253_402_300_799, 8),
        now in -377_705_116_800_i64..=253_402_300_799,
        after_hold in any::<bool>(),
    ) {
        let mut policy = built_in();
        if after_hold {
            let early = super::world::TABLE.replace("valid_from = 2019", "valid_from = 0001");
            policy = Policy::parse(&early).unwrap();
        }
        let at = |n: usize| OffsetDateTime::from_unix_timestamp(seconds[n % seconds.len()]).unwrap();
        for (n, event) in events.iter_mut().enumerate() {
            event.time = at(n);
        }
        for (n, entry) in facts.entries.values_mut().flatten().enumerate() {
            (entry.at, entry.expires_at) = (at(n), Some(at(n + 1)));
        }
        let now = OffsetDateTime::from_unix_timestamp(now).unwrap();
        for event in &events {
            for stage in [Stage::First, Stage::AfterHold] {
                let before = facts.accounts.clone();
                match judge(&policy, event, stage, &mut facts, now) {
                    Ruling::Apply(effects) => prop_assert!(effects.entries.iter().all(|entry| entry.amount > 0)),
                    Ruling::Wait(_) | Ruling::Refuse { .. } => prop_assert_eq!(&before, &facts.accounts),
                }
            }
        }
    }
}
