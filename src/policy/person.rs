//! An event about no proposal: one person is told, or not, and nothing can come back.

use super::case::{Case, Suspension, Trigger};
use super::decide::decide;
use super::docket::Stop;
use super::facts::Facts;
use super::notice::{Details, NewNotice, Occasion};
use super::outcome::{Effects, Missing};
use super::table::PolicyVersion;
use crate::event::{Body, JobId, PersonId};

/// What the event does. `job` is the one whose title is told.
pub(super) fn effects(
    version: &PolicyVersion, about: Occasion, body: &Body, (person, job): (&PersonId, Option<&JobId>), facts: &Facts,
) -> Result<Effects, Stop> {
    if !facts.people.contains(person) {
        return Err(Stop::Wait(Missing::Person));
    }
    let title = match job {
        Some(job) => facts.jobs.get(job).ok_or(Stop::Wait(Missing::Job))?.title.as_str(),
        None => "",
    };
    let case = Case::of_no_proposal(Trigger::of(body, Suspension::Final));
    let choice = decide(version, &case).ok_or_else(|| Stop::Refuse {
        code: "no_rule",
        message: format!("policy {}: no rule matches: {case}", version.id()),
    })?;
    let about = Occasion { reason: Some(choice.reason), details: details(body, title), ..about };
    let notice = NewNotice { person: person.clone(), about, lines: Vec::new() };
    let notices = if choice.notice { vec![notice] } else { Vec::new() };
    Ok(Effects { notices, policy: version.id().to_owned(), ..Effects::default() })
}

fn details(body: &Body, title: &str) -> Option<Details> {
    match body {
        Body::InvitationWithdrawn { invitation, job, .. } => Some(Details::InvitationWithdrawn {
            invitation: invitation.clone(),
            job: job.clone(),
            job_title: title.to_owned(),
        }),
        Body::ApplicationDeclined { application, improve, reapply, automated, .. } => {
            Some(Details::ApplicationDeclined {
                application: application.clone(),
                improve: improve.clone(),
                reapply: *reapply,
                automated: *automated,
            })
        }
        Body::ApplicationReceived { application, decide_by, .. } => {
            Some(Details::ApplicationReceived { application: application.clone(), decide_by: *decide_by })
        }
        _ => None,
    }
}
