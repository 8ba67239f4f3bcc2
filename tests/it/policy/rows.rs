//! The rows of the decision table (domain notes, section 4): the cases of `config/policy-cases.toml`, which operators
//! play as well, and what a case cannot say: lines, people, several proposals.

use makegood::event::{CancelCause, RemovalCause, SuspensionCause};
use makegood::policy::{AccountKind, JobState, ProposalState, Role, Stage};
use makegood::worker::policies::{BUILT_IN_CASES, Cases};

use super::world::{T, World, after, before, built_in, canceled, changed, event, person_id, removed, suspended};

const CANCELED: CancelCause = CancelCause::ClientCanceled;
const TERMS: RemovalCause = RemovalCause::TermsOfService;

#[test]
fn every_case_is_decided_as_it_says() {
    let cases = Cases::parse(BUILT_IN_CASES).expect("cases");
    let tried = cases.run(&built_in().pinned(None).expect("a version")).expect("played");
    let differ: Vec<_> = tried.iter().filter(|step| !step.agrees).collect();
    assert!(differ.is_empty(), "{differ:#?}");
    assert!(tried.len() > 60, "{}", tried.len());
}

#[test]
fn every_rule_that_is_switched_on_decides_in_a_case() {
    let cases = Cases::parse(BUILT_IN_CASES).expect("cases");
    let policy = built_in();
    let tried = cases.run(&policy).expect("played");
    let decided = |id: &str| tried.iter().any(|step| step.rule.as_deref() == Some(id));
    let version = policy.at(T).expect("a version");
    let concerns =
        |rule: &&makegood::policy::Rule| rule.event.is_none_or(makegood::event::EventType::concerns_proposals);
    let silent: Vec<_> =
        version.rules().iter().filter(concerns).filter(|rule| rule.switched_on && !decided(&rule.id)).collect();
    let silent: Vec<_> = silent.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(silent, Vec::<&str>::new());
}

#[test]
fn another_policy_is_found_out_by_its_cases() {
    let text = changed("declined_by_client_on_cancel", "\"return\"");
    let policy = makegood::policy::Policy::parse(&text).expect("a policy").pinned(None).expect("a version");
    let tried = Cases::parse(BUILT_IN_CASES).expect("cases").run(&policy).expect("played");
    let differ: Vec<_> = tried.iter().filter(|step| !step.agrees).map(|step| step.case.as_str()).collect();
    assert_eq!(differ, ["row 5: declined by the client before"]);
}

#[test]
fn row_02_client_cancels_boosted_returns_the_net_boost_on_its_own_line() {
    let mut world = World::new();
    let done = world.fee("p", 10).boost("p", 8).decide(canceled("job", CANCELED));
    assert_eq!(done.says("p"), "row-02: credited 18, client_canceled, told");
    assert_eq!(done.returns(), ["return-p-1 10 to p-account", "return-p-2 8 to p-account"]);
    let line = &done.notice("p-person").unwrap().lines[0];
    assert_eq!((line.fee_spent, line.boost_spent, line.fee_returned, line.boost_returned), (10, 8, 10, 8));
}

#[test]
fn row_03_client_cancels_invited_returns_nothing_and_says_none_were_spent() {
    let mut world = World::new();
    world.proposal_mut("p").invited = true;
    let done = world.decide(canceled("job", CANCELED));
    assert_eq!(done.says("p"), "row-03: none (nothing_spent), client_canceled, told");
    assert!(done.0.entries.is_empty());
    assert!(done.notice("p-person").unwrap().lines[0].invited);
    let again = world.decide(removed("job", TERMS));
    assert_eq!(again.says("p"), "row-03: none (nothing_spent), post_removed_policy, untold", "said once");
}

#[test]
fn row_11_accident_dropped_and_no_skills_return() {
    for cause in [CancelCause::Accident, CancelCause::Dropped, CancelCause::NoSkills] {
        let mut world = World::new();
        let done = world.fee("p", 10).boost("p", 8).decide(canceled("job", cause));
        assert_eq!(done.says("p"), "row-11: credited 18, client_canceled, told");
        assert_eq!(done.notice("p-person").unwrap().about.cause, cause.as_str(), "the sub-reason is told");
    }
}

#[test]
fn row_15_removed_for_terms_returns_fee_and_net_boost() {
    let mut world = World::new();
    let done = world.fee("p", 10).boost("p", 8).decide(removed("job", TERMS));
    assert_eq!(done.says("p"), "row-15: credited 18, post_removed_policy, told");
    assert_eq!(done.notice("p-person").unwrap().about.rule.as_deref(), Some("contact-details"));
}

#[test]
fn row_24_client_suspended_for_good_returns_on_every_open_post() {
    let mut world = World::new();
    world.fee("p", 10).boost("p", 8);
    world.job("hired").hire("hired", before(1)).proposal("hired", "h").fee("h", 6);
    world.job("later").proposal("later", "l").fee("l", 4);
    (world.job_mut("later").state, world.job_mut("later").state_since) = (JobState::Removed, T);
    world.job("closed").proposal("closed", "c").fee("c", 2);
    (world.job_mut("closed").state, world.job_mut("closed").state_since) = (JobState::Expired, before(1));
    let done = world.decide(suspended(SuspensionCause::Fraud, true));
    assert_eq!(done.says("p"), "row-24: credited 18, client_suspended, told");
    assert_eq!(done.says("h"), "row-24-hired-job: none (filled_by_other), client_suspended, told");
    assert_eq!(done.says("l"), "row-24: credited 4, client_suspended, told", "closed with the suspension");
    assert_eq!(done.says("c"), "nothing", "closed before it");
}

#[test]
fn row_26_a_temporary_suspension_is_held_then_decided() {
    let billing = event("e", T, suspended(SuspensionCause::Billing, false));
    let cases = [
        (true, "row-24: credited 10, client_suspended, told"),
        (false, "row-26-lifted: none (reinstated), client_suspended, untold"),
    ];
    for (still, expected) in cases {
        let mut world = World::new();
        world.fee("p", 10).client_suspended(true).proposal("job", "free");
        world.proposal("job", "w").fee("w", 6).state("w", ProposalState::Withdrawn, before(1));
        let held = world.decide_event(&billing, Stage::First);
        assert_eq!(held.says("p"), "row-26: held (suspension_not_final), client_suspended, untold");
        assert_eq!(held.says("free"), "row-26-nothing-spent: none (nothing_spent), client_suspended, untold");
        assert_eq!(held.0.held_until, Some(after(14)));
        world.now = after(14);
        let done = world.client_suspended(still).decide_event(&billing, Stage::AfterHold);
        assert_eq!(done.says("p"), expected);
        assert_eq!((done.says("free"), done.says("w")), ("nothing".into(), "nothing".into()), "decided before");
        assert_eq!(done.0.held_until, None);
    }
}

#[test]
fn row_28_a_reversal_after_the_credit_keeps_it_and_a_later_charge_is_a_new_one() {
    let mut world = World::new();
    world.fee("p", 10).boost("p", 8).refund("p", 3).decide(suspended(SuspensionCause::TermsOfService, true));
    assert_eq!(world.balance("p-account"), 115);
    // Reinstated; nothing says so to the worker, nothing is taken back. The post lives on and is boosted anew.
    world.client_suspended(false).boost("p", 5);
    let done = world.decide(canceled("job", CANCELED));
    assert_eq!(
        done.says("p"),
        "row-02: credited 5, client_canceled, told",
        "the old refund counts against the old boost"
    );
    assert!(done.0.entries.iter().all(|entry| entry.amount > 0));
}

#[test]
fn row_30_agency_proposal_credits_the_agency_and_tells_submitter_and_manager() {
    let mut world = World::new();
    let account = world.fee("p", 10).account_mut("p-account");
    (account.kind, account.owner) = (AccountKind::Agency, person_id("owner"));
    account.manager = Some(person_id("manager"));
    let done = world.decide(canceled("job", CANCELED));
    assert_eq!(done.returns(), ["return-p-1 10 to p-account"]);
    let told: Vec<_> = done.0.notices.iter().map(|n| (n.person.as_str(), n.lines[0].role, n.lines[0].agency)).collect();
    assert_eq!(told, [("manager", Role::Manager, true), ("p-person", Role::Submitter, true)]);
}
