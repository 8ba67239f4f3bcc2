//! What people were told, and what lies in dead letters.

use time::OffsetDateTime;
use uuid::Uuid;

use super::record::{read, record};
use crate::policy::NoticeLine;

record! {
    /// A notice with its event.
    SeenNotice {
        /// Its id.
        notice_id: Uuid,
        /// Number of the event.
        event_no: i64,
        /// Whom it tells.
        person_id: String,
        /// What is to happen to it (`notices.state`).
        state: String,
        /// What the last attempt met, or why it is kept back.
        code: Option<String>,
        /// What the server said, without addresses.
        reply: Option<String>,
        /// When it is sent.
        due_at: Option<OffsetDateTime>,
        /// Attempts so far, since it was last sent again.
        attempts: i32,
        /// How often an operator had it sent again.
        resends: i32,
        /// Until when a sender is at it.
        lease_until: Option<OffsetDateTime>,
        /// When it was put into the outbox.
        created_at: OffsetDateTime,
        /// When it was sent or given up.
        settled_at: Option<OffsetDateTime>,
        /// A line each proposal, as JSON.
        lines: String,
        /// CloudEvents source of the event.
        source: String,
        /// CloudEvents id of the event.
        event_id: String,
        /// Type of the event.
        event_type: String,
        /// How far the event has come.
        event_state: String,
    }
}

impl SeenNotice {
    /// What it says about each proposal; none where this version cannot read it.
    pub fn told(&self) -> Vec<NoticeLine> {
        serde_json::from_str(&self.lines).unwrap_or_default()
    }
}

record! {
    /// What the row of a notice no longer says.
    SeenNoticeEvent {
        /// The notice.
        notice_id: Uuid,
        /// When.
        at: OffsetDateTime,
        /// `attempt`, `bounce`, `complaint`, `hold`, `release` or `resend`.
        what: String,
        /// The state it got, or had.
        state: String,
        /// Stable code.
        code: Option<String>,
        /// What the server said, without addresses.
        reply: Option<String>,
        /// Who acted, where an operator did.
        operator: Option<String>,
        /// Why, in their words.
        reason: Option<String>,
    }
}

record! {
    /// What the marketplace itself was told.
    SeenAnnouncement {
        /// Its number.
        announcement_no: i64,
        /// Of which notice.
        notice_id: Option<Uuid>,
        /// Or of which return.
        entry_id: Option<String>,
        /// Number of the event.
        event_no: i64,
        /// As what it is published.
        routing_key: String,
        /// `pending`, `published` or `failed`.
        state: String,
        /// Attempts so far.
        attempts: i32,
        /// Why it failed.
        code: Option<String>,
        /// When it is due.
        due_at: Option<OffsetDateTime>,
        /// When it was written down.
        created_at: OffsetDateTime,
        /// When it was published or given up.
        settled_at: Option<OffsetDateTime>,
    }
}

record! {
    /// A dead letter, without its payload.
    SeenLetter {
        /// Its number.
        dead_letter_no: i64,
        /// What is to happen to it (`dead_letters.state`).
        state: String,
        /// What kind of trouble.
        class: String,
        /// Stable code of the trouble.
        code: String,
        /// For a person.
        message: String,
        /// CloudEvents source, as far as it was read.
        source: Option<String>,
        /// CloudEvents id, as far as it was read.
        event_id: Option<String>,
        /// Type, as far as it was read.
        event_type: Option<String>,
        /// The job it speaks of.
        job_id: Option<String>,
        /// The client it speaks of.
        client_id: Option<String>,
        /// How often it came.
        times: i64,
        /// When it first came.
        first_seen: OffsetDateTime,
        /// When it last came or failed.
        last_seen: OffsetDateTime,
        /// When it was resolved or discarded.
        settled_at: Option<OffsetDateTime>,
    }
}

record! {
    /// What the audit found.
    SeenFinding {
        /// Its number.
        finding_no: i64,
        /// Stable code of what does not agree.
        code: String,
        /// What it is about: `job`, `client`, `proposal` …
        kind: String,
        /// The id of that.
        subject: String,
        /// What differs, as JSON.
        details: String,
        /// `open`, `repaired`, `accepted` or `gone`.
        state: String,
        /// When it was first found.
        first_seen: OffsetDateTime,
        /// When it was seen last.
        last_seen: OffsetDateTime,
        /// When it was settled.
        settled_at: Option<OffsetDateTime>,
        /// Who accepted it, or ordered its repair.
        operator: Option<String>,
        /// Why, in their words.
        reason: Option<String>,
    }
}

record! {
    /// What happened to a dead letter.
    SeenAttempt {
        /// The letter.
        dead_letter_no: i64,
        /// When.
        at: OffsetDateTime,
        /// `arrival`, `trial` or `replay`.
        kind: String,
        /// What came of it.
        outcome: String,
        /// Stable code.
        code: Option<String>,
        /// The replay.
        replay_no: Option<i64>,
        /// Who ordered the replay.
        operator: Option<String>,
        /// Why, in their words.
        reason: Option<String>,
    }
}
