//! What a fact should have done: an event is made of it, or copied from the one that came, and judged as the intake
//! would. Pure.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::AuditOptions;
use crate::event::{DecodeLimits, Event, JobId, Message, decode};
use crate::policy::{Facts, JobState, Policy, Ruling, Stage, Verdict, judge};
use crate::store::{AuditCase, AuditCheck, Gap, KnownEvent};

/// Longest event that is made: far more than ids and a copied payload need.
const EVENT_BYTES_MAX: usize = 1 << 20;

/// The event that makes a gap good, with what it would do: the details of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeEvent {
    /// CloudEvents type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Its data.
    pub data: Value,
    /// When it happened: the fact's own time; `None`: the facts do not say, and it is when the gap was first seen.
    #[serde(with = "time::serde::rfc3339::option")]
    pub time: Option<OffsetDateTime>,
    /// What its id begins with.
    pub stem: String,
    /// Of an event that came: which proposals it did not reach, folded into a number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mark: Option<i64>,
    /// Proposals it would decide.
    pub proposals: u64,
    /// Connects that would come back.
    pub connects: i64,
    /// Proposals it would hold.
    pub held: u64,
    /// People it would tell.
    pub people: u64,
}

impl MadeEvent {
    /// The event as a message. Made again of the same fact it is the same event, so the inbox takes it once.
    pub fn message(&self, source: &str, first_seen: OffsetDateTime) -> Message {
        let time = self.time.unwrap_or(first_seen);
        let mut id = self.stem.clone();
        if self.time.is_none() {
            id.push_str(&format!("/{}", time.unix_timestamp_nanos() / 1_000));
        }
        if let Some(mark) = self.mark {
            id.push_str(&format!("/{:016x}", mark.cast_unsigned()));
        }
        let body = json!({
            "specversion": "1.0",
            "id": id,
            "source": source,
            "type": self.event_type,
            "time": time.format(&Rfc3339).unwrap_or_default(),
            "datacontenttype": "application/json",
            "data": self.data,
        });
        Message::structured(body.to_string().into_bytes())
    }

    /// It, as the intake reads it.
    fn event(&self, source: &str, now: OffsetDateTime) -> Option<Event> {
        decode(&self.message(source, now), DecodeLimits { body_bytes_max: EVENT_BYTES_MAX }).ok()
    }
}

/// What does not agree about a closed job or a suspended client; `None`: nothing, or the policy gives nothing back.
pub(super) fn examine(
    policy: &Policy, options: &AuditOptions, now: OffsetDateTime, case: &AuditCase<'_>, facts: &mut Facts,
) -> Option<Gap> {
    let (code, mut made) = match case.events.iter().find(|event| event.state != "dead") {
        // Under way: what stands still is a finding of its own.
        Some(known) if known.state != "applied" => return None,
        Some(known) => ("late_proposal", copied(known, case.proposals)?),
        None => match case.events.first() {
            Some(dead) => ("event_dead", copied(dead, case.proposals)?),
            None => ("event_missing", from_facts(options, case, facts)?),
        },
    };
    let event = made.event(&options.source, now)?;
    let Ruling::Apply(effects) = judge(policy, &event, Stage::First, facts, now) else { return None };
    let count = |verdict| effects.decisions.iter().filter(|decision| decision.verdict == verdict).count() as u64;
    made.held = count(Verdict::Held);
    made.proposals = count(Verdict::Credited) + made.held;
    made.connects = effects.entries.iter().map(|entry| entry.amount).fold(0, i64::saturating_add);
    made.people = effects.notices.len() as u64;
    if made.proposals == 0 {
        return None;
    }
    let kind = if case.check == AuditCheck::Clients { "client" } else { "job" };
    let details = serde_json::to_value(made).ok()?;
    Some(Gap { code: code.to_owned(), kind: kind.to_owned(), subject: case.subject.to_owned(), details })
}

/// The event that came, once more, for the proposals it did not reach: with its own cause and time.
fn copied(known: &KnownEvent, proposals: &[String]) -> Option<MadeEvent> {
    let payload: Value = serde_json::from_str(&known.payload).ok()?;
    let time = OffsetDateTime::parse(payload.get("time")?.as_str()?, &Rfc3339).ok()?;
    let mark = proposals.iter().map(|proposal| fold(proposal)).fold(0, |a, b| a ^ b);
    Some(MadeEvent {
        event_type: known.event_type.clone(),
        data: payload.get("data")?.clone(),
        time: Some(time),
        stem: format!("late/{}", known.no),
        mark: Some(mark),
        ..empty()
    })
}

/// The same number for the same proposal, spread.
fn fold(proposal: &str) -> i64 {
    let digest: [u8; 32] = Sha256::digest(proposal.as_bytes()).into();
    digest.first_chunk::<8>().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

/// The event that should have come.
fn from_facts(options: &AuditOptions, case: &AuditCase<'_>, facts: &Facts) -> Option<MadeEvent> {
    let subject = case.subject;
    if case.check == AuditCheck::Clients {
        let data = json!({
            "client_id": subject, "cause": options.suspended_cause, "final": options.suspended_final,
        });
        let (event_type, stem) = ("client-suspended".to_owned(), format!("client/{subject}/suspended"));
        return Some(MadeEvent { event_type, data, stem, ..empty() });
    }
    let job = facts.jobs.get(&JobId::parse(subject).ok()?)?;
    let (event_type, state, cause) = match job.state {
        JobState::Open => return None,
        JobState::Canceled => ("job-canceled", "canceled", Some(options.canceled_cause.as_str())),
        JobState::Removed => ("post-removed", "removed", Some(options.removed_cause.as_str())),
        JobState::Filled => ("job-canceled", "filled", Some("filled")),
        JobState::Expired => ("job-expired", "expired", None),
    };
    let data = match cause {
        Some(cause) => json!({ "job_id": subject, "cause": cause }),
        None => json!({ "job_id": subject }),
    };
    let since = job.state_since.unix_timestamp_nanos() / 1_000;
    Some(MadeEvent {
        event_type: event_type.to_owned(),
        data,
        time: Some(job.state_since),
        stem: format!("job/{subject}/{state}/{since}"),
        ..empty()
    })
}

fn empty() -> MadeEvent {
    MadeEvent {
        event_type: String::new(),
        data: Value::Null,
        time: None,
        stem: String::new(),
        mark: None,
        proposals: 0,
        connects: 0,
        held: 0,
        people: 0,
    }
}
