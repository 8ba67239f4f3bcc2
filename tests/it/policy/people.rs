//! Who is told what: one letter a person and event.

use makegood::event::{CancelCause, SuspensionCause};
use makegood::policy::{AccountKind, Role};

use super::world::{World, account_id, canceled, person_id, suspended};

fn agency(world: &mut World) {
    let account = world.account_mut("p-account");
    account.kind = AccountKind::Agency;
    account.owner = person_id("owner");
    account.manager = Some(person_id("manager"));
}

fn told(world: &mut World) -> Vec<String> {
    let done = world.decide(canceled("job", CancelCause::ClientCanceled));
    done.0.notices.iter().map(|notice| notice.person.to_string()).collect()
}

#[test]
fn the_manager_is_told_if_the_agency_wants_it_and_never_twice() {
    let mut world = World::new();
    agency(&mut world);
    assert_eq!(told(world.fee("p", 10)), ["manager", "p-person"]);

    let mut world = World::new();
    agency(&mut world);
    world.account_mut("p-account").tell_manager = false;
    assert_eq!(told(world.fee("p", 10)), ["p-person"]);

    let mut world = World::new();
    agency(&mut world);
    world.account_mut("p-account").manager = Some(person_id("p-person"));
    assert_eq!(told(world.fee("p", 10)), ["p-person"]);

    let mut world = World::new();
    agency(&mut world);
    world.account_mut("p-account").kind = AccountKind::Freelancer;
    assert_eq!(told(world.fee("p", 10)), ["p-person"], "a freelancer has no manager");
}

#[test]
fn the_owner_is_told_only_where_there_is_no_manager() {
    let mut world = World::new();
    agency(&mut world);
    world.account_mut("p-account").manager = None;
    let done = world.fee("p", 10).decide(canceled("job", CancelCause::ClientCanceled));
    let roles = done.0.notices.iter().map(|notice| (notice.person.as_str(), notice.lines[0].role)).collect::<Vec<_>>();
    assert_eq!(roles, [("owner", Role::Owner), ("p-person", Role::Submitter)]);

    let mut world = World::new();
    agency(&mut world);
    world.account_mut("p-account").manager = None;
    world.account_mut("p-account").owner = person_id("p-person");
    assert_eq!(told(world.fee("p", 10)), ["p-person"]);
}

#[test]
fn one_person_with_several_proposals_gets_one_letter_with_a_line_each_by_title() {
    let mut world = World::new();
    world.job("zeta").proposal("zeta", "z").fee("z", 4).job("alpha").proposal("alpha", "a").fee("a", 6).fee("p", 10);
    agency(&mut world);
    for id in ["z", "a"] {
        world.proposal_mut(id).person = person_id("p-person");
        world.proposal_mut(id).account = account_id("p-account");
        let entries = world.facts.entries.get_mut(&super::world::proposal_id(id)).unwrap();
        for entry in entries {
            entry.account = account_id("p-account");
        }
    }
    world.proposal_mut("a").person = person_id("manager");
    let done = world.decide(suspended(SuspensionCause::Fraud, true));
    let lines = |person| {
        let lines = &done.notice(person).unwrap().lines;
        lines.iter().map(|l| (l.proposal.as_str(), l.role, l.returned(), l.balance_after)).collect::<Vec<_>>()
    };
    assert_eq!(lines("p-person"), [("p", Role::Submitter, 10, 120), ("z", Role::Submitter, 4, 120)]);
    let manager = [("a", Role::Submitter, 6, 120), ("p", Role::Manager, 10, 120), ("z", Role::Manager, 4, 120)];
    assert_eq!(lines("manager"), manager);
    let running: Vec<_> = done.0.entries.iter().map(|entry| entry.balance_after).collect();
    assert_eq!(running, [106, 116, 120], "in the ledger the balance runs, in the letter it is that after the event");
}

#[test]
fn the_balance_that_paid_is_credited_even_if_the_proposal_now_names_another() {
    let mut world = World::new();
    world.fee("p", 10).proposal("job", "q").proposal_mut("p").account = account_id("q-account");
    let done = world.decide(canceled("job", CancelCause::ClientCanceled));
    assert_eq!(done.returns(), ["return-p-1 10 to p-account"]);
    assert_eq!(done.0.decisions[0].account, account_id("p-account"));
}
