//! What happened and what it did: events, decisions, entries of the ledger.

use time::OffsetDateTime;

use super::record::{read, record};
use crate::policy::Seen;

record! {
    /// An event of the inbox.
    SeenEvent {
        /// Its number, rising in the order in which events came.
        event_no: i64,
        /// CloudEvents source.
        source: String,
        /// CloudEvents id.
        event_id: String,
        /// Its type.
        event_type: String,
        /// Its cause, as in `data.cause`.
        cause: Option<String>,
        /// When it happened.
        occurred_at: OffsetDateTime,
        /// When it was published, as the message said.
        published_at: Option<OffsetDateTime>,
        /// When it came first.
        received_at: OffsetDateTime,
        /// How often it came.
        deliveries: i64,
        /// When it came again last.
        last_delivered_at: Option<OffsetDateTime>,
        /// How far it has come (`events.state`).
        state: String,
        /// What it waits for, or why it is dead.
        code: Option<String>,
        /// Attempts so far.
        attempts: i32,
        /// When it is tried again.
        due_at: Option<OffsetDateTime>,
        /// A decision of it is held until then.
        held_until: Option<OffsetDateTime>,
        /// Version of the policy that decided.
        policy_version: Option<String>,
        /// When it was applied.
        applied_at: Option<OffsetDateTime>,
        /// When its decisions and notices were purged.
        purged_at: Option<OffsetDateTime>,
        /// W3C trace context it came with.
        traceparent: Option<String>,
        /// Why its notices are kept back, if they are.
        notices_withheld: Option<String>,
        /// The dead letter it was replayed from last.
        dead_letter_no: Option<i64>,
        /// The job it names.
        job_id: Option<String>,
        /// The client it names.
        client_id: Option<String>,
        /// The proposal it names.
        proposal_id: Option<String>,
        /// The person it names.
        person_id: Option<String>,
    }
}

record! {
    /// What one event decided about one proposal.
    SeenDecision {
        /// Number of the event.
        event_no: i64,
        /// The proposal.
        proposal_id: String,
        /// Its job.
        job_id: String,
        /// The account that had paid.
        account_id: String,
        /// Who had submitted it.
        person_id: String,
        /// Name of the rule.
        rule: String,
        /// Version of the policy it stands in.
        policy_version: String,
        /// `credited`, `none` or `held`.
        verdict: String,
        /// Why it happened.
        reason: String,
        /// Why nothing came back.
        ground: Option<String>,
        /// Connects that came back.
        amount: i64,
        /// Somebody was told.
        told: bool,
        /// When.
        decided_at: OffsetDateTime,
        /// What it saw, as JSON; `None`: decided before that was kept.
        facts: Option<String>,
    }
}

impl SeenDecision {
    /// The facts it was made on; `None`: they were not kept, or a newer makegood kept others.
    pub fn seen(&self) -> Option<Seen> {
        serde_json::from_str(self.facts.as_deref()?).ok()
    }
}

record! {
    /// An entry of the ledger.
    SeenEntry {
        /// Its id.
        entry_id: String,
        /// Whose balance it moved.
        account_id: String,
        /// The proposal it names.
        proposal_id: Option<String>,
        /// What it is (`connects_entries.kind`).
        kind: String,
        /// Connects, signed.
        amount: i64,
        /// The charge it gives back.
        reverses: Option<String>,
        /// Why, of a return.
        reason: Option<String>,
        /// The event that caused it.
        event_no: Option<i64>,
        /// When.
        created_at: OffsetDateTime,
        /// When its Connects expire.
        expires_at: Option<OffsetDateTime>,
        /// The proposal it is about: its own, or that of the charge.
        about: Option<String>,
    }
}

record! {
    /// A line of an account's statement.
    HistoryRow {
        /// Its id.
        entry_id: String,
        /// The proposal.
        proposal_id: Option<String>,
        /// What it is (`connects_entries.kind`).
        kind: String,
        /// Connects, signed.
        amount: i64,
        /// The charge it gives back.
        reverses: Option<String>,
        /// Why, of a return.
        reason: Option<String>,
        /// When.
        created_at: OffsetDateTime,
        /// When its Connects expire.
        expires_at: Option<OffsetDateTime>,
        /// The proposal's job.
        job_id: Option<String>,
        /// Its title: hostile until escaped.
        title: Option<String>,
        /// CloudEvents source of the event that caused it.
        source: Option<String>,
        /// CloudEvents id of that event.
        event_id: Option<String>,
        /// Its type.
        event_type: Option<String>,
        /// The entry that gave it back.
        reversed_by: Option<String>,
    }
}
