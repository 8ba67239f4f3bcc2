//! What only one type of event tells, as the templates see it: the client's words, what to improve, by when.

use serde::Serialize;

use super::catalogue::{PhraseError, improve_key};
use super::context::{SUBJECT_TITLE_CHARS_MAX, TITLE_CHARS_MAX, named};
use super::text::label;
use super::tongue::Tongue;
use crate::event::{JobId, Reapply};
use crate::policy::Details;

/// Longest message of a client in a letter, in characters: what the event may carry.
const MESSAGE_CHARS_MAX: usize = crate::event::MESSAGE_CHARS_MAX;

/// Texts ready to be shown and keys of sentences; what the event does not tell is null or empty.
#[derive(Debug, Default, Serialize)]
pub(super) struct DetailsView {
    /// The client's own words.
    message: Option<String>,
    invitation: Option<String>,
    application: Option<String>,
    /// Keys of what to improve.
    improve_keys: Vec<String>,
    reapply_key: Option<&'static str>,
    reapply_after: Option<String>,
    /// Key of who decided, where the marketplace says so.
    decided_key: Option<&'static str>,
    decide_by: Option<String>,
    /// The job of an invitation: id and title.
    #[serde(skip)]
    invited_to: Option<(JobId, String)>,
}

impl DetailsView {
    pub(super) fn new(details: Option<&Details>, tongue: Tongue<'_>) -> Result<Self, PhraseError> {
        let mut view = Self::default();
        match details {
            None => {}
            Some(Details::ProposalDeclined { message }) => {
                let message = message.as_deref().map(|message| tongue.inert(message, MESSAGE_CHARS_MAX));
                view.message = message.filter(|message| !message.is_empty());
            }
            Some(Details::InvitationWithdrawn { invitation, job, job_title }) => {
                view.invitation = Some(label(invitation));
                view.invited_to = Some((job.clone(), job_title.clone()));
            }
            Some(Details::ApplicationDeclined { application, improve, reapply, automated }) => {
                view.application = Some(label(application));
                view.improve_keys = improve.iter().copied().map(improve_key).collect();
                view.reapply_key = Some(match reapply {
                    Reapply::Never => "reapply-never",
                    Reapply::Now => "reapply-now",
                    Reapply::After(_) => "reapply-after",
                });
                if let Reapply::After(at) = reapply {
                    view.reapply_after = Some(tongue.moment(*at)?);
                }
                view.decided_key = automated.map(|alone| if alone { "decided-automated" } else { "decided-person" });
            }
            Some(Details::ApplicationReceived { application, decide_by }) => {
                view.application = Some(label(application));
                view.decide_by = decide_by.map(|at| tongue.moment(at)).transpose()?;
            }
        }
        Ok(view)
    }

    /// The job of an invitation, for a body.
    pub(super) fn job(&self, tongue: Tongue<'_>) -> Option<String> {
        self.invited_to.as_ref().map(|(job, title)| named(&tongue.inert(title, TITLE_CHARS_MAX), job))
    }

    /// The job of an invitation, cut for a subject.
    pub(super) fn subject_job(&self, tongue: Tongue<'_>) -> Option<String> {
        self.invited_to.as_ref().map(|(job, title)| named(&tongue.plain(title, SUBJECT_TITLE_CHARS_MAX), job))
    }
}
