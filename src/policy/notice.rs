//! What a person is told: data that the outbox keeps and that mail and bell tell in words. Nobody below adds or drops
//! anything.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::outcome::{Ground, Reason, Verdict};
use crate::event::{
    AccountId, ApplicationId, EntryId, EventType, Improvement, InvitationId, JobId, PersonId, ProposalId, Reapply,
};

/// In which capacity a person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Submitted the proposal.
    Submitter,
    /// Manages the agency whose balance paid.
    Manager,
    /// Owns that agency, which has no manager.
    Owner,
}

/// What one person is told about one event: one letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotice {
    /// Who is told.
    pub person: PersonId,
    /// What about.
    pub about: Occasion,
    /// A line each proposal, by job title and proposal id; none where the event is about no proposal.
    pub lines: Vec<NoticeLine>,
}

/// The event, as far as a letter tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occasion {
    /// CloudEvents source of the event.
    pub source: String,
    /// CloudEvents id of the event.
    pub event_id: String,
    /// What happened.
    pub event_type: EventType,
    /// Its cause, as in `data.cause`.
    pub cause: String,
    /// When it happened.
    #[serde(with = "time::serde::rfc3339")]
    pub time: OffsetDateTime,
    /// Category of the rule that was broken, where there is one.
    pub rule: Option<String>,
    /// The notice comes so late that it says so. Rows of an outbox that is older than this field lack it.
    #[serde(default)]
    pub late: bool,
    /// Why it happened, where no line says it: the event is about no proposal.
    #[serde(default)]
    pub reason: Option<Reason>,
    /// What only this type of event tells.
    #[serde(default)]
    pub details: Option<Details>,
}

/// What only one type of event tells a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Details {
    /// A proposal was declined.
    ProposalDeclined {
        /// The client's own words, hostile until escaped.
        message: Option<String>,
    },
    /// An invitation was withdrawn.
    InvitationWithdrawn {
        /// The invitation.
        invitation: InvitationId,
        /// The job.
        job: JobId,
        /// Its title, hostile until escaped.
        job_title: String,
    },
    /// A profile application was declined.
    ApplicationDeclined {
        /// The application.
        application: ApplicationId,
        /// What to improve.
        improve: Vec<Improvement>,
        /// Whether and when to apply again.
        reapply: Reapply,
        /// A program decided alone, where the marketplace says.
        automated: Option<bool>,
    },
    /// A profile application arrived.
    ApplicationReceived {
        /// The application.
        application: ApplicationId,
        /// When it is decided at the latest.
        #[serde(with = "time::serde::rfc3339::option")]
        decide_by: Option<OffsetDateTime>,
    },
}

/// What a letter says about one proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeLine {
    /// The proposal.
    pub proposal: ProposalId,
    /// The job.
    pub job: JobId,
    /// Its title, hostile until escaped.
    pub job_title: String,
    /// When the proposal was submitted.
    #[serde(with = "time::serde::rfc3339")]
    pub submitted_at: OffsetDateTime,
    /// Answer to an invitation.
    pub invited: bool,
    /// Told as what.
    pub role: Role,
    /// Which balance.
    pub account: AccountId,
    /// It is an agency's.
    pub agency: bool,
    /// What became of it.
    pub verdict: Verdict,
    /// Why it happened.
    pub reason: Reason,
    /// Why nothing came back.
    pub ground: Option<Ground>,
    /// Connects the proposal itself had cost.
    pub fee_spent: i64,
    /// Connects its boost had cost.
    pub boost_spent: i64,
    /// Of the fee, what came back with this event.
    pub fee_returned: i64,
    /// Of the boost, what came back with this event.
    pub boost_returned: i64,
    /// The entries of these returns.
    pub entries: Vec<EntryId>,
    /// The balance after them.
    pub balance_after: i64,
    /// When the decision was made.
    #[serde(with = "time::serde::rfc3339")]
    pub decided_at: OffsetDateTime,
    /// When the returned Connects expire, the earliest of them.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
}

impl Occasion {
    /// The reason of the whole notice: that of the event, or the one all lines share; `None` where they differ.
    pub fn shared_reason(&self, lines: &[NoticeLine]) -> Option<Reason> {
        let Some(first) = lines.first() else { return self.reason };
        lines.iter().all(|line| line.reason == first.reason).then_some(first.reason)
    }
}

impl NoticeLine {
    /// Connects that came back.
    pub fn returned(&self) -> i64 {
        self.fee_returned + self.boost_returned
    }
}
