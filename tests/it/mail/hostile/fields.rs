//! Where foreign text enters a letter.

use makegood::event::{AccountId, ApplicationId, EntryId, InvitationId, JobId, ProposalId};
use makegood::mail::LetterContext;
use makegood::policy::Details;

/// Puts a text into one field of the context, where the letter has it.
type Put = fn(&mut LetterContext, &str);

/// Every field that somebody outside of this program writes. The address has its own tests; where to ask and the
/// sender's name are the operator's.
pub const FIELDS: [(&str, Put); 14] = [
    ("name", |context, text| context.name = Some(text.to_owned())),
    ("first title", |context, text| title(context, 0, text)),
    ("second title", |context, text| title(context, 1, text)),
    ("cause", |context, text| text.clone_into(&mut context.about.cause)),
    ("rule", |context, text| context.about.rule = Some(text.to_owned())),
    ("event id", |context, text| text.clone_into(&mut context.about.event_id)),
    ("event source", |context, text| text.clone_into(&mut context.about.source)),
    ("time zone", |context, text| context.time_zone = Some(text.to_owned())),
    ("proposal", |context, text| {
        let id = id(text);
        context.lines.iter_mut().for_each(|line| line.proposal = ProposalId::parse(id.clone()).expect("an id"));
    }),
    ("job", |context, text| {
        let id = id(text);
        context.lines.iter_mut().for_each(|line| line.job = JobId::parse(id.clone()).expect("an id"));
    }),
    ("account", |context, text| {
        let id = id(text);
        context.lines.iter_mut().for_each(|line| line.account = AccountId::parse(id.clone()).expect("an id"));
    }),
    ("entry", |context, text| {
        let id = id(text);
        let entries = context.lines.iter_mut().flat_map(|line| &mut line.entries);
        entries.for_each(|entry| *entry = EntryId::parse(id.clone()).expect("an id"));
    }),
    ("the client's words, the title of an invitation", |context, text| match &mut context.about.details {
        Some(Details::ProposalDeclined { message }) => *message = Some(text.to_owned()),
        Some(Details::InvitationWithdrawn { job_title, .. }) => text.clone_into(job_title),
        _ => {}
    }),
    ("invitation, application", |context, text| match &mut context.about.details {
        Some(Details::InvitationWithdrawn { invitation, job, .. }) => {
            *invitation = InvitationId::parse(id(text)).expect("an id");
            *job = JobId::parse(id(text)).expect("an id");
        }
        Some(Details::ApplicationDeclined { application, .. } | Details::ApplicationReceived { application, .. }) => {
            *application = ApplicationId::parse(id(text)).expect("an id");
        }
        _ => {}
    }),
];

fn title(context: &mut LetterContext, at: usize, text: &str) {
    if let Some(line) = context.lines.get_mut(at) {
        text.clone_into(&mut line.job_title);
    }
}

/// As much of a text as an id may hold: ids are checked where they enter.
fn id(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_ascii_graphic() && !"\"'`<>&\\".contains(*c));
    let kept: String = kept.take(120).collect();
    if kept.is_empty() { "id-1".to_owned() } else { kept }
}
