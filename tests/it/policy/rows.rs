//! One test a row of the decision table (domain notes, section 4), named after it.

use makegood::event::{CancelCause, RemovalCause, SuspensionCause};
use makegood::policy::{AccountKind, Decliner, JobState, ProposalState, Role, Stage};

use super::world::{T, World, after, before, canceled, event, person_id, removed, suspended};

const CANCELED: CancelCause = CancelCause::ClientCanceled;
const TERMS: RemovalCause = RemovalCause::TermsOfService;

#[test]
fn row_01_client_cancels_open_returns_the_fee() {
    for state in [ProposalState::Submitted, ProposalState::Viewed, ProposalState::Shortlisted, ProposalState::Messaged]
    {
        let mut world = World::new();
        let done = world.fee("p", 10).state("p", state, before(1)).decide(canceled("job", CANCELED));
        assert_eq!(done.says("p"), "row-01: credited 10, client_canceled, told");
        assert_eq!(done.returns(), ["return-p-1 10 to p-account"]);
        assert_eq!(world.balance("p-account"), 110);
    }
    let mut world = World::new();
    let done = world.fee("p", 10).state("p", ProposalState::Archived, before(1)).decide(canceled("job", CANCELED));
    assert_eq!(done.says("p"), "row-01: credited 10, client_canceled, told", "archived is hidden, not rejected");
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
fn row_04_client_cancels_withdrawn_before_returns_nothing() {
    let mut world = World::new();
    let done = world.fee("p", 10).state("p", ProposalState::Withdrawn, before(1)).decide(canceled("job", CANCELED));
    assert_eq!(done.says("p"), "row-04: none (withdrawn), client_canceled, untold");
}

#[test]
fn row_05_client_cancels_declined_by_client_before_returns_nothing() {
    let mut world = World::new();
    let done = world.fee("p", 10).declined("p", Decliner::Client, before(1)).decide(canceled("job", CANCELED));
    assert_eq!(done.says("p"), "row-05: none (declined_by_client), client_declined, untold");
}

#[test]
fn row_06_client_cancels_declined_in_the_closing_is_canceled_not_declined() {
    let closings = [
        (Decliner::System, before(1)),
        (Decliner::System, after(1)),
        (Decliner::Client, T),
        (Decliner::Client, after(1)),
    ];
    for (by, at) in closings {
        let mut world = World::new();
        let done = world.fee("p", 10).declined("p", by, at).decide(canceled("job", CANCELED));
        assert_eq!(done.says("p"), "row-01: credited 10, client_canceled, told", "{by:?} {at}");
    }
    let mut world = World::new();
    let done = world.fee("p", 10).state("p", ProposalState::Declined, before(1)).decide(canceled("job", CANCELED));
    assert_eq!(done.says("p"), "row-01: credited 10, client_canceled, told", "declined by nobody knows whom");
}

#[test]
fn row_07_client_cancels_offer_not_accepted_returns_fee_and_net_boost() {
    let mut world = World::new();
    world.fee("p", 10).boost("p", 8).state("p", ProposalState::Offered, before(1));
    assert_eq!(world.decide(canceled("job", CANCELED)).says("p"), "row-02: credited 18, client_canceled, told");
}

#[test]
fn row_08_filled_by_another_returns_nothing_and_says_why() {
    let mut world = World::new();
    let done = world.fee("p", 10).hire("job", before(1)).decide(canceled("job", CancelCause::Filled));
    assert_eq!(done.says("p"), "row-08: none (filled_by_other), filled_by_other, told");
    let mut world = World::new();
    let done = world.fee("p", 10).hire("job", T).decide(canceled("job", CANCELED));
    assert_eq!(done.says("p"), "row-08-other-cause: none (filled_by_other), client_canceled, told");
}

#[test]
fn row_09_filled_by_this_one_returns_nothing() {
    let mut world = World::new();
    world.fee("p", 10).hire("job", before(1)).state("p", ProposalState::Hired, before(1));
    let done = world.decide(canceled("job", CancelCause::Filled));
    assert_eq!(done.says("p"), "row-09: none (hired), client_canceled, untold");
}

#[test]
fn row_10_filled_elsewhere_without_a_contract_returns() {
    for cause in [CancelCause::FilledElsewhere, CancelCause::Filled] {
        let mut world = World::new();
        let done = world.fee("p", 10).hire("job", after(1)).decide(canceled("job", cause));
        assert_eq!(done.says("p"), "row-10: credited 10, client_canceled, told", "{cause:?}");
    }
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
fn row_12_expired_returns_nothing_and_says_so() {
    let mut world = World::new();
    let done = world.fee("p", 10).decide(canceled("job", CancelCause::Expired));
    assert_eq!(done.says("p"), "row-12: none (expired), expired, told");
}

#[test]
fn row_15_removed_for_terms_returns_fee_and_net_boost() {
    let mut world = World::new();
    let done = world.fee("p", 10).boost("p", 8).decide(removed("job", TERMS));
    assert_eq!(done.says("p"), "row-15: credited 18, post_removed_policy, told");
    assert_eq!(done.notice("p-person").unwrap().about.rule.as_deref(), Some("contact-details"));
}

#[test]
fn row_16_removed_for_terms_withdrawn_before_returns_nothing() {
    let mut world = World::new();
    let done = world.fee("p", 10).state("p", ProposalState::Withdrawn, before(1)).decide(removed("job", TERMS));
    assert_eq!(done.says("p"), "row-16: none (withdrawn), post_removed_policy, untold");
}

#[test]
fn row_17_removed_for_terms_declined_before_returns() {
    let mut world = World::new();
    let done =
        world.fee("p", 10).boost("p", 8).declined("p", Decliner::Client, before(1)).decide(removed("job", TERMS));
    assert_eq!(done.says("p"), "row-17: credited 18, post_removed_policy, told");
}

#[test]
fn row_18_removed_for_fraud_returns_to_open_and_declined() {
    let mut world = World::new();
    world.fee("p", 10).boost("p", 8).proposal("job", "q").fee("q", 6).declined("q", Decliner::Client, before(1));
    let done = world.decide(removed("job", RemovalCause::Fraud));
    assert_eq!(done.says("p"), "row-18: credited 18, post_removed_fraud, told");
    assert_eq!(done.says("q"), "row-18: credited 6, post_removed_fraud, told");
}

#[test]
fn row_19_removed_for_fraud_withdrawn_before_returns_nothing_but_warns() {
    let mut world = World::new();
    let fraud = removed("job", RemovalCause::Fraud);
    let done = world.fee("p", 10).state("p", ProposalState::Withdrawn, before(1)).decide(fraud);
    assert_eq!(done.says("p"), "row-19: none (withdrawn), post_removed_fraud, told");
}

#[test]
fn row_20_removed_after_a_hire_returns_to_those_not_hired() {
    for (cause, reason) in [(TERMS, "post_removed_policy"), (RemovalCause::Fraud, "post_removed_fraud")] {
        let mut world = World::new();
        let done = world.fee("p", 10).boost("p", 8).hire("job", before(1)).decide(removed("job", cause));
        assert_eq!(done.says("p"), format!("row-20: credited 18, {reason}, told"));
    }
}

#[test]
fn row_21_removed_hired_returns_nothing() {
    for cause in RemovalCause::ALL {
        let mut world = World::new();
        world.fee("p", 10).hire("job", before(1)).state("p", ProposalState::Hired, before(1));
        assert!(world.decide(removed("job", *cause)).says("p").starts_with("row-21: none (hired), "));
    }
}

#[test]
fn row_22_removed_as_duplicate_returns_as_row_15() {
    let mut world = World::new();
    let done = world.fee("p", 10).boost("p", 8).decide(removed("job", RemovalCause::Duplicate));
    assert_eq!(done.says("p"), "row-22: credited 18, post_removed_policy, told");
}

#[test]
fn row_23_removed_as_inactive_is_expired() {
    let mut world = World::new();
    let inactive = RemovalCause::Inactive;
    world.fee("p", 10).proposal("job", "q").fee("q", 6).declined("q", Decliner::Client, before(1));
    let done = world.decide(removed("job", inactive));
    assert_eq!(done.says("p"), "row-23: none (expired), expired, told");
    assert_eq!(done.says("q"), "row-23-declined: none (declined_by_client), client_declined, untold");
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
fn row_25_a_later_removal_of_the_same_post_returns_nothing_more() {
    let mut world = World::new();
    world.fee("p", 10).boost("p", 8).decide(suspended(SuspensionCause::TermsOfService, true));
    let done = world.decide(removed("job", TERMS));
    assert_eq!(done.says("p"), "row-25: none (already_returned), post_removed_policy, untold");
    let done = world.decide(canceled("job", CANCELED));
    assert_eq!(done.says("p"), "row-25: none (already_returned), client_canceled, untold");
    assert_eq!(world.balance("p-account"), 118);
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
fn row_26_a_hold_that_has_ended_before_the_event_arrives_is_decided_at_once() {
    let mut world = World::new();
    world.now = after(14);
    let done = world.fee("p", 10).client_suspended(true).decide(suspended(SuspensionCause::Billing, false));
    assert_eq!(done.says("p"), "row-24: credited 10, client_suspended, told");
    let mut world = World::new();
    world.now = after(14);
    let done = world.fee("p", 10).decide(suspended(SuspensionCause::Billing, false));
    assert_eq!(done.says("p"), "row-26-lifted: none (reinstated), client_suspended, untold");
}

#[test]
fn row_26_a_final_suspension_during_the_hold_returns_once() {
    let mut world = World::new();
    let billing = event("e", T, suspended(SuspensionCause::Billing, false));
    world.fee("p", 10).client_suspended(true).decide_event(&billing, Stage::First);
    let done = world.decide_at(after(1), suspended(SuspensionCause::Billing, true));
    assert_eq!(done.says("p"), "row-24: credited 10, client_suspended, told");
    let done = world.decide_event(&billing, Stage::AfterHold);
    assert_eq!(done.says("p"), "row-25: none (already_returned), client_suspended, untold");
}

#[test]
fn row_27_client_suspended_withdrawn_hired_declined() {
    let mut world = World::new();
    world.fee("p", 10).state("p", ProposalState::Withdrawn, before(1));
    world.proposal("job", "h").fee("h", 10).state("h", ProposalState::Hired, before(1));
    world.proposal("job", "d").fee("d", 10).declined("d", Decliner::Client, before(1));
    let done = world.decide(suspended(SuspensionCause::Fraud, true));
    assert_eq!(done.says("p"), "row-27-withdrawn: none (withdrawn), client_suspended, untold");
    assert_eq!(done.says("h"), "row-27-hired: none (hired), client_suspended, untold");
    assert_eq!(done.says("d"), "row-27-declined: credited 10, client_suspended, told");
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

#[test]
fn row_31_two_events_about_one_job_credit_once_and_tell_once() {
    let bodies =
        [canceled("job", CANCELED), removed("job", RemovalCause::Fraud), suspended(SuspensionCause::Fraud, true)];
    for first in &bodies {
        let mut world = World::new();
        world.fee("p", 10).boost("p", 8);
        let credited = world.decide(first.clone());
        assert!(credited.says("p").contains(": credited 18, "), "the first cause wins");
        for later in &bodies {
            assert!(world.decide(later.clone()).says("p").starts_with("row-25: none (already_returned), "));
        }
        assert_eq!(world.balance("p-account"), 118);
    }
}

#[test]
fn row_32_withdrawn_or_hired_after_the_event_is_as_if_open() {
    for state in [ProposalState::Withdrawn, ProposalState::Hired] {
        let mut world = World::new();
        let done =
            world.fee("p", 10).hire("job", after(1)).state("p", state, after(1)).decide(canceled("job", CANCELED));
        assert_eq!(done.says("p"), "row-01: credited 10, client_canceled, told");
    }
    let mut world = World::new();
    let done = world.fee("p", 10).state("p", ProposalState::Withdrawn, T).decide(canceled("job", CANCELED));
    assert_eq!(done.says("p"), "row-04: none (withdrawn), client_canceled, untold", "at the same moment is before");
}
