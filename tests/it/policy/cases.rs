//! The cases real people brought up (domain notes, section 3), as far as the three events and the policy answer them,
//! and the corners between them.

use makegood::event::{CancelCause, RemovalCause, SuspensionCause};
use makegood::policy::{Decliner, EntryKind, Missing, ProposalState, Reason, Ruling, Stage};
use time::Duration;

use super::world::{NOW, T, World, after, before, canceled, event, removed, suspended};

#[test]
fn f1b_and_f25_a_canceled_job_is_told_as_canceled_not_as_declined() {
    let mut world = World::new();
    let canceled = canceled("job", CancelCause::ClientCanceled);
    let done = world.fee("p", 10).declined("p", Decliner::System, before(1)).decide(canceled);
    assert_eq!(done.notice("p-person").unwrap().lines[0].reason, Reason::ClientCanceled);
}

#[test]
fn f1c_and_f1d_a_suspended_client_returns_connects_in_the_same_breath() {
    let mut world = World::new();
    world.fee("p", 10).proposal_mut("p").submitted_at = T - Duration::minutes(30);
    let done = world.decide(suspended(SuspensionCause::TermsOfService, true));
    let line = &done.notice("p-person").unwrap().lines[0];
    assert_eq!((line.reason, line.returned(), line.balance_after), (Reason::ClientSuspended, 10, 110));
}

#[test]
fn f1e_a_suspension_reaches_all_open_posts_and_a_later_removal_adds_nothing() {
    let mut world = World::new();
    world.fee("p", 10).job("second").proposal("second", "q").fee("q", 6);
    let done = world.decide(suspended(SuspensionCause::Fraud, true));
    assert_eq!(done.returns(), ["return-p-1 10 to p-account", "return-q-1 6 to q-account"]);
    assert!(world.decide(removed("second", RemovalCause::Fraud)).0.entries.is_empty());
}

#[test]
fn f6_f8_and_f26_canceled_and_expired_are_told_apart() {
    let mut world = World::new();
    let done = world.fee("p", 10).decide(canceled("job", CancelCause::Expired));
    assert_eq!(done.says("p"), "row-12: none (expired), expired, told");
    let upgraded = world.decide(removed("job", RemovalCause::Fraud));
    assert_eq!(upgraded.says("p"), "row-18: credited 10, post_removed_fraud, told", "expired, then found to be fraud");
}

#[test]
fn f9_withdrawn_before_the_removal_returns_nothing() {
    let mut world = World::new();
    world.fee("p", 10).state("p", ProposalState::Withdrawn, before(1));
    assert!(world.decide(removed("job", RemovalCause::TermsOfService)).0.entries.is_empty());
}

#[test]
fn f13_the_same_event_again_changes_nothing() {
    let mut world = World::new();
    let event = event("e", T, canceled("job", CancelCause::ClientCanceled));
    world.fee("p", 10).decide_event(&event, Stage::First);
    let again = world.decide_event(&event, Stage::First);
    assert!(again.0.entries.is_empty() && again.0.notices.is_empty());
    assert_eq!(world.balance("p-account"), 110);
}

#[test]
fn f16_no_credit_is_ever_without_a_reason_and_a_letter() {
    let mut world = World::new();
    let done = world.fee("p", 10).decide(removed("job", RemovalCause::TermsOfService));
    assert_eq!(done.0.entries[0].reason, Reason::PostRemovedPolicy);
    assert_eq!(done.notice("p-person").unwrap().lines[0].entries, [done.0.entries[0].id.clone()]);
}

#[test]
fn f23_one_hired_then_canceled_returns_nothing_to_the_others() {
    let mut world = World::new();
    world.fee("p", 10).hire("job", before(2)).state("p", ProposalState::Hired, before(2));
    for id in ["b", "c", "d", "e"] {
        world.proposal("job", id).fee(id, 10);
    }
    let done = world.decide(canceled("job", CancelCause::ClientCanceled));
    assert!(done.0.entries.is_empty());
    assert_eq!(done.says("b"), "row-08-other-cause: none (filled_by_other), client_canceled, told");
    assert_eq!(done.says("p"), "row-09: none (hired), client_canceled, untold", "(3) the contract was made");
}

#[test]
fn f23_taken_down_after_two_weeks_returns_to_all_ten() {
    let mut world = World::new();
    world.fee("p", 10);
    for n in 1..10 {
        world.proposal("job", &format!("p{n}")).fee(&format!("p{n}"), 10);
    }
    let done = world.decide(removed("job", RemovalCause::TermsOfService));
    assert_eq!((done.0.entries.len(), done.0.notices.len()), (10, 10));
}

#[test]
fn a_boost_bid_given_back_and_charged_anew_returns_the_last_charge() {
    let mut world = World::new();
    let done = world.fee("p", 10).boost("p", 8).refund("p", 8).boost("p", 5);
    let done = done.decide(canceled("job", CancelCause::ClientCanceled));
    assert_eq!(done.returns(), ["return-p-1 10 to p-account", "return-p-4 5 to p-account"]);
    let line = &done.notice("p-person").unwrap().lines[0];
    assert_eq!((line.boost_spent, line.boost_returned), (13, 5), "spent is all that was ever charged");
}

#[test]
fn an_outbid_boost_is_not_returned_again() {
    let mut world = World::new();
    world.fee("p", 10).boost("p", 8).entry("p", EntryKind::Refund, 8, Some("p-2"));
    let done = world.decide(canceled("job", CancelCause::ClientCanceled));
    assert_eq!(done.says("p"), "row-01: credited 10, client_canceled, told");
}

#[test]
fn refunds_beyond_the_boosts_count_against_the_fee() {
    let mut world = World::new();
    world.fee("p", 10).boost("p", 8).refund("p", 11);
    assert_eq!(world.decide(canceled("job", CancelCause::ClientCanceled)).returns(), ["return-p-1 7 to p-account"]);
    let mut world = World::new();
    let done = world.fee("p", 10).refund("p", 30).decide(canceled("job", CancelCause::ClientCanceled));
    assert_eq!(done.says("p"), "row-25: none (already_returned), client_canceled, untold");
}

#[test]
fn a_proposal_submitted_after_the_event_was_paid_for_a_dead_post() {
    let mut world = World::new();
    let late = world.fee("p", 10).proposal_mut("p");
    (late.submitted_at, late.state_since) = (after(1), after(1));
    let done = world.decide(canceled("job", CancelCause::ClientCanceled));
    assert_eq!(done.says("p"), "row-01: credited 10, client_canceled, told");
}

#[test]
fn returned_connects_keep_their_life_with_a_grace_period() {
    let own =
        [(None, NOW + Duration::days(365)), (Some(before(1)), NOW + Duration::days(30)), (Some(after(90)), after(90))];
    for (charge_expires, expected) in own {
        let mut world = World::new();
        world.fee("p", 10);
        world.facts.entries.values_mut().flatten().for_each(|entry| entry.expires_at = charge_expires);
        let done = world.decide(canceled("job", CancelCause::ClientCanceled));
        assert_eq!(done.0.entries[0].expires_at, expected);
        assert_eq!(done.notice("p-person").unwrap().lines[0].expires_at, Some(expected));
    }
}

#[test]
fn what_is_not_known_is_waited_for_and_nothing_is_recorded() {
    let mut world = World::new();
    let unknown = event("e", T, canceled("unknown", CancelCause::ClientCanceled));
    assert_eq!(world.rule(&unknown, Stage::First), Ruling::Wait(Missing::Job));
    world.fee("p", 10).proposal("job", "q").fee("q", 6).facts.accounts.remove(&super::world::account_id("q-account"));
    let known = event("e", T, canceled("job", CancelCause::ClientCanceled));
    assert_eq!(world.rule(&known, Stage::First), Ruling::Wait(Missing::Account));
    assert!(world.facts.prior.is_empty());
    assert_eq!(world.balance("p-account"), 100);
    world.facts.clients.clear();
    let suspended = event("e", T, suspended(SuspensionCause::Fraud, true));
    assert_eq!(world.rule(&suspended, Stage::First), Ruling::Wait(Missing::Client));
}

#[test]
fn what_can_never_be_right_is_refused_by_code() {
    let code = |ruling| match ruling {
        Ruling::Refuse { code, .. } => code,
        other => panic!("{other:?}"),
    };
    let canceled = |time| event("e", time, canceled("job", CancelCause::ClientCanceled));
    let mut world = World::new();
    world.fee("p", 10);
    let ancient = canceled(time::macros::datetime!(2019-04-30 23:59:59 UTC));
    assert_eq!(code(world.rule(&ancient, Stage::First)), "no_policy");
    world.account_mut("p-account").balance = i64::MAX - 9;
    let Ruling::Refuse { code: overflow, message } = world.rule(&canceled(T), Stage::First) else { panic!() };
    assert_eq!(overflow, "balance_overflow");
    assert!(message.contains("p-account"), "{message}");
    world.account_mut("p-account").balance = 0;
    for entry in world.facts.entries.values_mut().flatten() {
        entry.id = super::world::entry_id(&"x".repeat(128));
    }
    assert_eq!(code(world.rule(&canceled(T), Stage::First)), "charge_id_too_long");
}

#[test]
fn a_moment_finer_than_a_microsecond_does_not_move_the_event() {
    let mut world = World::new();
    world.fee("p", 10);
    (world.job_mut("job").state, world.job_mut("job").state_since) = (makegood::policy::JobState::Removed, T);
    let done = world.decide_at(T + Duration::nanoseconds(999), suspended(SuspensionCause::Fraud, true));
    assert_eq!(done.says("p"), "row-24: credited 10, client_suspended, told");
}
