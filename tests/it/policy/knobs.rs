//! Each setting, changed in the file, changes what is decided.

use makegood::event::{Body, CancelCause, RemovalCause, SuspensionCause};
use makegood::policy::{Decliner, Policy, ProposalState, Stage};
use time::Duration;

use super::world::{NOW, T, World, after, before, canceled, changed, event, removed, suspended};

const CANCELED: CancelCause = CancelCause::ClientCanceled;

fn declined() -> World {
    let mut world = World::new();
    world.fee("p", 10).declined("p", Decliner::Client, before(1));
    world
}

#[test]
fn declined_by_client_on_cancel() {
    let world = || declined().with("declined_by_client_on_cancel", "\"return\"");
    let done = world().decide(canceled("job", CANCELED));
    assert_eq!(done.says("p"), "row-05-return: credited 10, client_canceled, told");
    let done = world().decide(canceled("job", CancelCause::Expired));
    assert_eq!(done.says("p"), "row-12: none (expired), expired, told");
    let done = world().hire("job", before(1)).decide(canceled("job", CANCELED));
    assert_eq!(done.says("p"), "row-08-other-cause: none (filled_by_other), client_canceled, told");
}

#[test]
fn declined_by_client_on_removal() {
    let world = || declined().with("declined_by_client_on_removal", "\"none\"");
    let done = world().decide(removed("job", RemovalCause::Duplicate));
    assert_eq!(done.says("p"), "row-17-off: none (declined_by_client), client_declined, untold");
    let done = world().decide(suspended(SuspensionCause::Fraud, true));
    assert_eq!(done.says("p"), "row-27-declined-off: none (declined_by_client), client_declined, untold");
    let done = world().decide(removed("job", RemovalCause::Fraud));
    assert_eq!(done.says("p"), "row-18: credited 10, post_removed_fraud, told", "fraud always returns");
}

#[test]
fn withdrawn_before_fraud() {
    let mut world = World::new().with("withdrawn_before_fraud", "\"return\"");
    world.fee("p", 10).state("p", ProposalState::Withdrawn, before(1));
    let done = world.decide(removed("job", RemovalCause::Fraud));
    assert_eq!(done.says("p"), "row-19-return: credited 10, post_removed_fraud, told");
}

#[test]
fn after_hire_on_removal() {
    let mut world = World::new().with("after_hire_on_removal", "\"none\"");
    let done = world.fee("p", 10).hire("job", before(1)).decide(removed("job", RemovalCause::Fraud));
    assert_eq!(done.says("p"), "row-20-off: none (filled_by_other), post_removed_fraud, told");
}

#[test]
fn expired_notice() {
    let world = || World::new().with("expired_notice", "false");
    let done = world().fee("p", 10).decide(canceled("job", CancelCause::Expired));
    assert_eq!(done.says("p"), "row-12-quiet: none (expired), expired, untold");
    let done = world().fee("p", 10).decide(removed("job", RemovalCause::Inactive));
    assert_eq!(done.says("p"), "row-23-quiet: none (expired), expired, untold");
}

#[test]
fn hold_days() {
    let mut world = World::new().with("hold_days", "0");
    let done = world.fee("p", 10).decide(suspended(SuspensionCause::Billing, false));
    assert_eq!(done.says("p"), "row-24: credited 10, client_suspended, told", "at once, whatever the client's state");
    let mut world = World::new().with("hold_days", "3");
    let done = world.fee("p", 10).decide(suspended(SuspensionCause::Billing, false));
    assert_eq!(done.0.held_until, Some(super::world::after(3)));
}

/// What is decided so many days after the event: whether the notice says that it is late, and why it is withheld.
fn told_after(world: World, days: i64, body: Body) -> (bool, Option<&'static str>) {
    let mut world = world;
    world.fee("p", 10);
    world.now = after(days) + Duration::SECOND;
    let done = world.decide(body);
    assert_eq!(done.returns(), ["return-p-1 10 to p-account"], "late or not");
    (done.notice("p-person").expect("a notice").about.late, done.0.withhold)
}

#[test]
fn fresh_days() {
    let removed = || removed("job", RemovalCause::Fraud);
    assert_eq!(told_after(World::new(), 13, removed()), (false, None));
    assert_eq!(told_after(World::new(), 14, removed()), (true, None), "a second past the last day");
    assert_eq!(told_after(World::new().with("fresh_days", "30"), 29, removed()), (false, None));
    assert_eq!(told_after(World::new().with("fresh_days", "30"), 30, removed()), (true, None));
    assert_eq!(told_after(World::new().with("fresh_days", "0"), 36_500, removed()), (false, None), "always news");
}

#[test]
fn stale_notice() {
    let quiet = || World::new().with("stale_notice", "\"none\"");
    assert_eq!(told_after(quiet(), 13, canceled("job", CANCELED)), (false, None));
    assert_eq!(told_after(quiet(), 31, canceled("job", CANCELED)), (true, Some("stale")), "made, and kept back");
    let unknown = Policy::parse(&changed("stale_notice", "\"later\"")).expect_err("no such word").to_string();
    assert!(unknown.contains("settings: `stale_notice` must be one of \"late\", \"none\""), "{unknown}");
}

/// Nobody is told of a suspension that may be lifted before its hold is over: that is when it becomes news.
#[test]
fn fresh_days_after_a_hold() {
    let billing = |is_final| suspended(SuspensionCause::Billing, is_final);
    for (days, late) in [(14, false), (27, false), (28, true)] {
        let mut world = World::new();
        world.fee("p", 10).client_suspended(true);
        let event = event("held", T, billing(false));
        assert_eq!(world.decide_event(&event, Stage::First).0.notices, []);
        world.now = after(days) + Duration::SECOND;
        let done = world.decide_event(&event, Stage::AfterHold);
        assert_eq!(done.notice("p-person").expect("a notice").about.late, late, "{days} days after");
        // The same where the event itself came late.
        let mut world = World::new();
        world.client_suspended(true);
        assert_eq!(told_after(world, days, billing(false)), (late, None), "{days} days after");
    }
    assert_eq!(told_after(World::new(), 14, billing(true)), (true, None), "it was final: there was no hold");
}

#[test]
fn returned_valid_days() {
    for (setting, own) in [("returned_valid_days_default", None), ("returned_valid_days_min", Some(NOW))] {
        let mut world = World::new().with(setting, "7");
        world.fee("p", 10);
        world.facts.entries.values_mut().flatten().for_each(|entry| entry.expires_at = own);
        let done = world.decide(canceled("job", CANCELED));
        assert_eq!(done.0.entries[0].expires_at, NOW + Duration::days(7), "{setting}");
    }
}
