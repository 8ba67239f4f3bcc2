//! Events that return nothing: who is told what, and what they leave for the events after them.

use makegood::event::{
    ApplicationCause, ApplicationId, Body, CancelCause, DeclineCause, Improvement, InvitationId, JobId, Reapply,
    RemovalCause, WithdrawalCause,
};
use makegood::policy::{Decliner, Details, Missing, ProposalState, Reason, Ruling, Stage, judge};

use super::world::{NOW, T, World, after, before, canceled, event, person_id, proposal_id, removed};

fn declined(cause: DeclineCause) -> Body {
    Body::ProposalDeclined { proposal: proposal_id("p"), cause, message: Some("Thank you.".into()) }
}

fn expired() -> Body {
    Body::JobExpired { job: JobId::parse("job").unwrap() }
}

fn withdrawn() -> Body {
    Body::InvitationWithdrawn {
        invitation: InvitationId::parse("invitation").unwrap(),
        job: JobId::parse("job").unwrap(),
        person: person_id("invited"),
        cause: WithdrawalCause::ClientIssue,
    }
}

#[test]
fn row_12_an_expiry_is_told_and_returns_nothing() {
    let mut world = World::new();
    let done = world.fee("p", 10).decide(expired());
    assert_eq!(done.says("p"), "row-12-event: none (expired), expired, told");
    let upgraded = world.decide(removed("job", RemovalCause::Fraud));
    assert_eq!(upgraded.says("p"), "row-18: credited 10, post_removed_fraud, told", "expired, then removed for fraud");

    let mut quiet = World::new().with("expired_notice", "false");
    assert_eq!(quiet.fee("p", 10).decide(expired()).says("p"), "row-12-event-quiet: none (expired), expired, untold");
    for state in [ProposalState::Withdrawn, ProposalState::Hired] {
        let done = World::new().fee("p", 10).state("p", state, before(1)).decide(expired());
        assert!(done.says("p").ends_with("untold"), "{}", done.says("p"));
    }
}

#[test]
fn row_29_a_suspended_freelancer_is_never_told_of_a_client_who_declined() {
    let done = World::new().fee("p", 10).decide(declined(DeclineCause::FreelancerSuspended));
    assert_eq!(done.says("p"), "row-29: none (account_suspended), freelancer_suspended, untold");
}

#[test]
fn row_33_a_decline_is_told_once_with_the_clients_words_and_touches_one_proposal() {
    let mut world = World::new();
    world.proposal("job", "other").fee("other", 6).fee("p", 10).declined("p", Decliner::Client, T);
    let done = world.decide(declined(DeclineCause::Skills));
    assert_eq!(done.says("p"), "row-33: none (declined_by_client), client_declined, told");
    assert_eq!(done.0.decisions.len(), 1, "the other proposal on the job is not touched");
    let about = &done.notice("p-person").unwrap().about;
    assert_eq!(about.details, Some(Details::ProposalDeclined { message: Some("Thank you.".into()) }));
    let later = world.decide_at(after(1), canceled("job", CancelCause::Filled));
    assert!(later.notice("p-person").is_none(), "no second letter that brings nothing");
}

#[test]
fn row_34_an_invitation_is_told_to_whom_it_went_with_the_title_of_the_job() {
    let mut world = World::new();
    world.facts.people.insert(person_id("invited"));
    let done = world.decide(withdrawn());
    let notice = done.notice("invited").unwrap();
    assert!(done.0.decisions.is_empty() && notice.lines.is_empty());
    assert_eq!(notice.about.reason, Some(Reason::InvitationWithdrawn));
    let Some(Details::InvitationWithdrawn { job_title, .. }) = &notice.about.details else { panic!() };
    assert_eq!(job_title, "Title of job");
}

#[test]
fn rows_35_and_36_an_applicant_is_told_what_was_decided() {
    let mut world = World::new();
    world.facts.people.insert(person_id("applicant"));
    let application = ApplicationId::parse("application").unwrap();
    let (person, improve) = (person_id("applicant"), vec![Improvement::Photo]);
    let done = world.decide(Body::ApplicationDeclined {
        application: application.clone(),
        person: person.clone(),
        cause: ApplicationCause::Media,
        improve: improve.clone(),
        reapply: Reapply::Now,
        automated: Some(true),
    });
    let (reapply, automated) = (Reapply::Now, Some(true));
    let told = Details::ApplicationDeclined { application: application.clone(), improve, reapply, automated };
    assert_eq!(done.notice("applicant").unwrap().about.details, Some(told));

    let done = world.decide(Body::ApplicationReceived { application, person, decide_by: None });
    assert_eq!(done.notice("applicant").unwrap().about.reason, Some(Reason::ApplicationReceived));
}

#[test]
fn what_is_not_known_yet_is_waited_for() {
    let ask = |world: &mut World, body| judge(&world.policy, &event("e", T, body), Stage::First, &mut world.facts, NOW);
    let mut world = World::new();
    assert_eq!(ask(&mut world, withdrawn()), Ruling::Wait(Missing::Person));
    world.facts.people.insert(person_id("invited"));
    world.facts.jobs.clear();
    assert_eq!(ask(&mut world, withdrawn()), Ruling::Wait(Missing::Job));
    assert_eq!(ask(&mut world, expired()), Ruling::Wait(Missing::Job));
    world.facts.proposals.clear();
    assert_eq!(ask(&mut world, declined(DeclineCause::Other)), Ruling::Wait(Missing::Proposal));
}
