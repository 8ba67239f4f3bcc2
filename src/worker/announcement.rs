//! What makegood publishes: CloudEvents 1.0 in JSON, `notice-issued` and `connects-returned`.
//!
//! Both are made of what the database holds and of what the letter is made of; nothing here decides anything. No
//! payload holds an address or a name of a person. Texts of others' (`job_title`) are as the marketplace has them:
//! escape them.

use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::letter;
use crate::broker::Outgoing;
use crate::event::{
    AccountId, ApplicationId, CONNECTS_RETURNED, EntryId, EventType, Improvement, InvitationId, JobId, NOTICE_ISSUED,
    PersonId, ProposalId, Reapply,
};
use crate::mail::{LINES_SHOWN_MAX, Letters, RenderError, Senders};
use crate::policy::{Details, Ground, NoticeLine, Reason, Role, Verdict};
use crate::store::{Announced, AnnouncedReturn, Charge, LeasedAnnouncement, LeasedNotice};

/// `source` of everything makegood publishes. With `id` it is what a repeat is recognised by.
pub const SOURCE: &str = "/makegood";

/// Media type of the message: CloudEvents in structured mode.
const CONTENT_TYPE: &str = "application/cloudevents+json";

/// The envelope.
#[derive(Debug, Serialize)]
pub struct CloudEvent<'a, D> {
    /// `1.0`
    pub specversion: &'static str,
    /// The same at every repeat: the notice's id, or that of the entry.
    pub id: String,
    /// [`SOURCE`]
    pub source: &'static str,
    /// `notice-issued` or `connects-returned`.
    #[serde(rename = "type")]
    pub event_type: &'static str,
    /// Whom it is about: a person, or an account.
    pub subject: &'a str,
    /// When it was recorded.
    #[serde(with = "time::serde::rfc3339")]
    pub time: OffsetDateTime,
    /// `application/json`
    pub datacontenttype: &'static str,
    /// W3C trace context of the event behind it, if that had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<&'a str>,
    /// [`NoticeIssued`] or [`ConnectsReturned`].
    pub data: D,
}

/// The marketplace's event behind an announcement.
#[derive(Debug, Serialize)]
pub struct Behind<'a> {
    /// Its CloudEvents source.
    pub source: &'a str,
    /// Its CloudEvents id.
    pub id: &'a str,
    /// Its type.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// When it happened.
    #[serde(with = "time::serde::rfc3339")]
    pub time: OffsetDateTime,
}

/// Connects, by what they had been charged for.
#[derive(Debug, Serialize)]
pub struct Parts {
    /// For the proposal itself.
    pub fee: i64,
    /// For its boost.
    pub boost: i64,
}

/// `data` of `notice-issued`: what the letter to this person says.
#[derive(Debug, Serialize)]
pub struct NoticeIssued<'a> {
    /// What a person quotes to support; the mail's Message-ID begins with it.
    pub notice_id: Uuid,
    /// Who is told.
    pub person_id: &'a PersonId,
    /// What happened.
    pub event: Behind<'a>,
    /// Its cause, as in the event.
    pub cause: &'a str,
    /// Category of the rule that was broken, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'a str>,
    /// Why it happened, where no line says it: it is about no proposal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What only this type of event tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Detail<'a>>,
    /// It comes so late that the letter says so.
    pub late: bool,
    /// Which letter it is.
    pub letter: &'static str,
    /// Language of `title` and `text` (BCP 47).
    pub language: String,
    /// The letter's subject.
    pub title: String,
    /// The letter's own sentences; plain text, never HTML.
    pub text: String,
    /// How many proposals it is about.
    pub proposals: usize,
    /// Connects that came back on all of them.
    pub returned: i64,
    /// One a proposal, as many as the letter shows.
    pub lines: Vec<Line<'a>>,
}

/// What only one type of event tells a person.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Detail<'a> {
    /// A proposal was declined.
    ProposalDeclined {
        /// The client's own words.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<&'a str>,
    },
    /// An invitation was withdrawn.
    InvitationWithdrawn {
        /// The invitation.
        invitation_id: &'a InvitationId,
        /// The job.
        job_id: &'a JobId,
        /// Its title, as the marketplace had it.
        job_title: &'a str,
    },
    /// A profile application was declined.
    ApplicationDeclined {
        /// The application.
        application_id: &'a ApplicationId,
        /// What to improve.
        improve: &'a [Improvement],
        /// Whether and when to apply again.
        reapply: &'a Reapply,
        /// A program decided alone, where the marketplace says.
        #[serde(skip_serializing_if = "Option::is_none")]
        automated: Option<bool>,
    },
    /// A profile application arrived.
    ApplicationReceived {
        /// The application.
        application_id: &'a ApplicationId,
        /// When it is decided at the latest.
        #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
        decide_by: Option<OffsetDateTime>,
    },
}

/// One proposal of a notice.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    /// The proposal.
    pub proposal_id: &'a ProposalId,
    /// The job.
    pub job_id: &'a JobId,
    /// Its title, as the marketplace had it.
    pub job_title: &'a str,
    /// When the proposal was submitted.
    #[serde(with = "time::serde::rfc3339")]
    pub submitted_at: OffsetDateTime,
    /// It answered an invitation.
    pub invited: bool,
    /// In which capacity the person is told.
    pub role: Role,
    /// Whose balance had paid.
    pub account_id: &'a AccountId,
    /// It is an agency's.
    pub agency: bool,
    /// What became of it.
    pub verdict: Verdict,
    /// Why it happened.
    pub reason: Reason,
    /// Why nothing came back; absent where something did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ground: Option<Ground>,
    /// What it had cost.
    pub spent: Parts,
    /// What came back with this event.
    pub returned: Parts,
    /// The ledger's entries of these returns.
    pub entries: &'a [EntryId],
    /// The balance after them.
    pub balance_after: i64,
    /// When it was decided.
    #[serde(with = "time::serde::rfc3339")]
    pub decided_at: OffsetDateTime,
    /// When the returned Connects expire, the earliest of them.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<OffsetDateTime>,
}

/// `data` of `connects-returned`: one entry of the ledger.
#[derive(Debug, Serialize)]
pub struct ConnectsReturned<'a> {
    /// The entry.
    pub entry_id: &'a EntryId,
    /// Whose balance it raised.
    pub account_id: &'a AccountId,
    /// For which proposal.
    pub proposal_id: &'a ProposalId,
    /// On which job.
    pub job_id: &'a JobId,
    /// Its title; absent where the job is known no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_title: Option<&'a str>,
    /// Connects, positive.
    pub amount: i64,
    /// What they had been charged for.
    pub charge: Charge,
    /// The charge it gives back.
    pub reverses: &'a EntryId,
    /// The account's balance with it.
    pub balance_after: i64,
    /// Why.
    pub reason: Reason,
    /// What happened.
    pub event: Behind<'a>,
    /// When it was recorded.
    #[serde(with = "time::serde::rfc3339")]
    pub recorded_at: OffsetDateTime,
    /// When the returned Connects expire.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<OffsetDateTime>,
}

/// Why there is no message. Trying again does not help.
#[derive(Debug, thiserror::Error)]
pub enum Unspoken {
    /// A template failed, as it fails for the letter.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// It is no JSON.
    #[error("an announcement cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

impl Unspoken {
    /// Stable code, as in `announcements.code`.
    pub fn code(&self) -> &'static str {
        match self {
            Unspoken::Render(_) => "not_renderable",
            Unspoken::Json(_) => "not_json",
        }
    }
}

/// The message of an announcement.
pub fn message(
    exchange: &str, letters: &Letters, senders: &Senders, announcement: &LeasedAnnouncement,
) -> Result<Outgoing, Unspoken> {
    let traceparent = announcement.traceparent.as_deref();
    let (id, body) = match &announcement.subject {
        Announced::Notice(notice) => {
            let data = notice_issued(letters, senders, notice)?;
            let id = notice.id.to_string();
            let event = envelope(&id, NOTICE_ISSUED, notice.person.as_str(), notice.created_at, traceparent, data);
            (id, serde_json::to_vec(&event)?)
        }
        Announced::Return(entry) => {
            let (id, data) = (entry.entry.to_string(), connects_returned(entry));
            let event = envelope(&id, CONNECTS_RETURNED, entry.account.as_str(), entry.at, traceparent, data);
            (id, serde_json::to_vec(&event)?)
        }
    };
    Ok(Outgoing {
        message_id: id,
        exchange: exchange.to_owned(),
        routing_key: announcement.routing_key.clone(),
        content_type: CONTENT_TYPE.to_owned(),
        // Where a consumer's tracing looks for it.
        headers: traceparent.map(|context| ("traceparent".to_owned(), context.to_owned())).into_iter().collect(),
        body,
    })
}

fn envelope<'a, D>(
    id: &str, event_type: &'static str, subject: &'a str, time: OffsetDateTime, traceparent: Option<&'a str>, data: D,
) -> CloudEvent<'a, D> {
    CloudEvent {
        specversion: "1.0",
        id: id.to_owned(),
        source: SOURCE,
        event_type,
        subject,
        time,
        datacontenttype: "application/json",
        traceparent,
        data,
    }
}

/// The facts of a letter, and its words.
pub fn notice_issued<'a>(
    letters: &Letters, senders: &Senders, notice: &'a LeasedNotice,
) -> Result<NoticeIssued<'a>, RenderError> {
    let bell = letter::bell(letters, senders, notice)?;
    let (about, lines) = (&notice.about, &notice.lines);
    Ok(NoticeIssued {
        notice_id: notice.id,
        person_id: &notice.person,
        event: Behind { source: &about.source, id: &about.event_id, event_type: about.event_type, time: about.time },
        cause: &about.cause,
        rule: about.rule.as_deref(),
        reason: about.reason,
        details: about.details.as_ref().map(detail),
        late: about.late,
        letter: bell.letter.name(),
        language: bell.language,
        title: bell.title,
        text: bell.text,
        proposals: lines.len(),
        returned: lines.iter().map(NoticeLine::returned).fold(0, i64::saturating_add),
        lines: lines.iter().take(LINES_SHOWN_MAX).map(line).collect(),
    })
}

fn detail(details: &Details) -> Detail<'_> {
    match details {
        Details::ProposalDeclined { message } => Detail::ProposalDeclined { message: message.as_deref() },
        Details::InvitationWithdrawn { invitation, job, job_title } => {
            Detail::InvitationWithdrawn { invitation_id: invitation, job_id: job, job_title }
        }
        Details::ApplicationDeclined { application, improve, reapply, automated } => {
            Detail::ApplicationDeclined { application_id: application, improve, reapply, automated: *automated }
        }
        Details::ApplicationReceived { application, decide_by } => {
            Detail::ApplicationReceived { application_id: application, decide_by: *decide_by }
        }
    }
}

fn line(line: &NoticeLine) -> Line<'_> {
    Line {
        proposal_id: &line.proposal,
        job_id: &line.job,
        job_title: &line.job_title,
        submitted_at: line.submitted_at,
        invited: line.invited,
        role: line.role,
        account_id: &line.account,
        agency: line.agency,
        verdict: line.verdict,
        reason: line.reason,
        ground: line.ground,
        spent: Parts { fee: line.fee_spent, boost: line.boost_spent },
        returned: Parts { fee: line.fee_returned, boost: line.boost_returned },
        entries: &line.entries,
        balance_after: line.balance_after,
        decided_at: line.decided_at,
        expires_at: line.expires_at,
    }
}

/// One entry of the ledger, as a Connects history shows it.
pub fn connects_returned(entry: &AnnouncedReturn) -> ConnectsReturned<'_> {
    ConnectsReturned {
        entry_id: &entry.entry,
        account_id: &entry.account,
        proposal_id: &entry.proposal,
        job_id: &entry.job,
        job_title: entry.job_title.as_deref(),
        amount: entry.amount,
        charge: entry.charge,
        reverses: &entry.reverses,
        balance_after: entry.balance_after,
        reason: entry.reason,
        event: Behind {
            source: &entry.event.source,
            id: &entry.event.id,
            event_type: entry.event_type,
            time: entry.occurred_at,
        },
        recorded_at: entry.at,
        expires_at: entry.expires_at,
    }
}
