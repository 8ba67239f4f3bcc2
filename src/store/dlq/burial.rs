//! A dead letter on its way into the store: what it keeps of a message, and what makes it the same letter again.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::LetterState;
use crate::event::{ClientId, DecodeError, EventKey, JobId, Message, Subject};
use crate::store::Arrival;

/// Class of a dead letter: what kind of trouble, and so what an operator can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeadClass {
    /// No event could be read from it.
    Undecodable,
    /// An event of a type makegood does not handle.
    UnknownType,
    /// The same event id came before with other content.
    Conflict,
    /// What it speaks of never became known.
    Unresolved,
    /// The policy, or a rule of the database, refuses it.
    Refused,
    /// The broker dead-lettered it, or it ended the process whenever it was tried.
    GivenUp,
}

impl DeadClass {
    /// Every class.
    pub const ALL: [DeadClass; 6] = [
        DeadClass::Undecodable,
        DeadClass::UnknownType,
        DeadClass::Conflict,
        DeadClass::Unresolved,
        DeadClass::Refused,
        DeadClass::GivenUp,
    ];

    /// The class of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == name)
    }

    /// Stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            DeadClass::Undecodable => "undecodable",
            DeadClass::UnknownType => "unknown-type",
            DeadClass::Conflict => "conflict",
            DeadClass::Unresolved => "unresolved",
            DeadClass::Refused => "refused",
            DeadClass::GivenUp => "given-up",
        }
    }
}

/// Longest body, in bytes, that a dead letter keeps whole: the default size limit of an event. Of a longer one it keeps
/// this much of the head, its length and its hash.
pub const DEAD_BODY_MAX: usize = 256 * 1024;

/// Longest fingerprint in characters: a key of an index.
const FINGERPRINT_CHARS_MAX: usize = 512;

/// A message that could not be applied, with its cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// SHA-256 that is the letter's identity. Of a message: over body, content type, CloudEvents headers, exchange,
    /// routing key and code, so that the same trouble with the same message is the same letter, whatever a publisher or
    /// the broker adds each time (message id, `x-death`). Of an event that the store knows ([`DeadClass::Unresolved`],
    /// [`DeadClass::Refused`]): over its key alone, so that it is the same letter whenever and of whatever it dies.
    pub digest: [u8; 32],
    /// The body, or its head ([`DEAD_BODY_MAX`]).
    pub body: Vec<u8>,
    /// Length of the whole body in bytes.
    pub body_len: u64,
    /// SHA-256 of the whole body.
    pub body_hash: [u8; 32],
    /// Headers, content type and encoding.
    pub headers: BTreeMap<String, String>,
    /// Exchange it came from.
    pub exchange: String,
    /// Routing key it came with.
    pub routing_key: String,
    /// What kind of trouble.
    pub class: DeadClass,
    /// Stable code.
    pub code: String,
    /// For a person: what, where, what to do. No e-mail address.
    pub message: String,
    /// JSON pointer to where in the payload, if it is about one place.
    pub pointer: Option<String>,
    /// The event it would have been, as far as it was read.
    pub event: Option<EventKey>,
    /// Its type, as far as it was read.
    pub event_type: Option<String>,
    /// The job it speaks of, as far as it was read.
    pub job: Option<String>,
    /// The client it speaks of, as far as it was read.
    pub client: Option<String>,
    /// [`LetterState::Open`], or [`LetterState::Trial`] for what the broker gave up.
    pub state: LetterState,
}

impl DeadLetter {
    /// A dead letter of `message`.
    pub fn new(message: &Message, class: DeadClass, code: &str, text: String) -> Self {
        let mut headers = message.headers.clone();
        for (name, value) in [("content-type", &message.content_type), ("content-encoding", &message.content_encoding)]
        {
            if let Some(value) = value {
                headers.insert(name.to_owned(), value.clone());
            }
        }
        DeadLetter {
            digest: digest(message, &headers, code),
            body: message.body.iter().copied().take(DEAD_BODY_MAX).collect(),
            body_len: message.body.len() as u64,
            body_hash: Sha256::digest(&message.body).into(),
            headers,
            exchange: message.exchange.clone(),
            routing_key: message.routing_key.clone(),
            class,
            code: code.to_owned(),
            message: text,
            pointer: None,
            event: None,
            event_type: None,
            job: None,
            client: None,
            state: LetterState::Open,
        }
    }

    /// A message that was no event.
    pub fn undecodable(message: &Message, error: &DecodeError) -> Self {
        let class = if error.is_unknown_type() { DeadClass::UnknownType } else { DeadClass::Undecodable };
        let mut letter = Self::new(message, class, error.code(), error.to_string());
        letter.pointer = error.pointer().map(str::to_owned);
        letter.event = error.event_key().cloned();
        letter.event_type = error.type_text().map(str::to_owned);
        (letter.job, letter.client) = spoken_of(&message.body);
        letter
    }

    /// Notes the job or the client that an event is about.
    pub fn speaks_of(&mut self, subject: Subject<'_>) {
        match subject {
            Subject::Job(job) | Subject::Person { job: Some(job), .. } => self.job = Some(job.to_string()),
            Subject::Client(client) => self.client = Some(client.to_string()),
            Subject::Proposal(_) | Subject::Person { job: None, .. } => {}
        }
    }

    /// An event that cannot be applied.
    pub fn of_event(arrival: &Arrival, class: DeadClass, code: &str, text: String) -> Self {
        let mut letter = Self::new(&arrival.message, class, code, text);
        letter.event = Some(arrival.event.key.clone());
        letter.event_type = Some(arrival.event.body.event_type().as_str().to_owned());
        letter.speaks_of(arrival.event.body.subject());
        if matches!(class, DeadClass::Unresolved | DeadClass::Refused) {
            letter.digest = event_digest(&arrival.event.key);
        }
        letter
    }
}

/// What groups letters of the same trouble: code, type and place, `-` for what is not known.
pub(in crate::store) fn fingerprint(code: &str, event_type: Option<&str>, pointer: Option<&str>) -> String {
    let text = format!("{code} {} {}", event_type.unwrap_or("-"), pointer.unwrap_or("-"));
    let shown = |character: char| if character.is_control() { char::REPLACEMENT_CHARACTER } else { character };
    text.chars().take(FINGERPRINT_CHARS_MAX).map(shown).collect()
}

/// The job and the client a body speaks of, where it is JSON and says so: in `data`, or at the top in binary mode.
fn spoken_of(body: &[u8]) -> (Option<String>, Option<String>) {
    if body.len() > DEAD_BODY_MAX {
        return (None, None);
    }
    let Ok(said) = serde_json::from_slice::<Value>(body) else { return (None, None) };
    let data = said.get("data").unwrap_or(&said);
    let text = |name| data.get(name).and_then(Value::as_str);
    let job = text("job_id").and_then(|id| JobId::parse(id).ok()).map(String::from);
    let client = text("client_id").and_then(|id| ClientId::parse(id).ok()).map(String::from);
    (job, client)
}

fn event_digest(key: &EventKey) -> [u8; 32] {
    digest_of([b"event".as_slice(), key.source.as_bytes(), key.id.as_bytes()])
}

fn digest(message: &Message, headers: &BTreeMap<String, String>, code: &str) -> [u8; 32] {
    let own = headers.iter().filter(|(name, _)| name.starts_with("cloudEvents") || name.starts_with("content-"));
    let own = own.flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
    let place = [&message.body[..], message.exchange.as_bytes(), message.routing_key.as_bytes(), code.as_bytes()];
    digest_of(place.into_iter().chain(own))
}

/// Each part behind its length, so that no two lists of parts are the same bytes.
fn digest_of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_letter_is_told_apart_by_its_event_and_not_by_its_journey() {
        let message = |name: &str, value: &str| Message {
            body: b"{".to_vec(),
            headers: BTreeMap::from([(name.to_owned(), value.to_owned())]),
            ..Message::default()
        };
        let digest =
            |message: &Message| DeadLetter::new(message, DeadClass::Undecodable, "syntax", String::new()).digest;
        let one = digest(&message("cloudEvents_id", "1"));
        assert_ne!(one, digest(&message("cloudEvents_id", "2")));
        assert_eq!(digest(&message("x-death", "1")), digest(&message("x-death", "2")));
        assert_eq!(digest(&message("amqp:message-id", "1")), digest(&message("amqp:message-id", "2")));
    }

    #[test]
    fn what_a_broken_event_speaks_of_is_read_where_it_can_be() {
        let spoken_of = |body: &str| {
            let (job, client) = spoken_of(body.as_bytes());
            (job.unwrap_or_default(), client.unwrap_or_default())
        };
        let pair = |job: &str, client: &str| (job.to_owned(), client.to_owned());
        assert_eq!(spoken_of(r#"{"data":{"job_id":"j","client_id":"c"},"job_id":"other"}"#), pair("j", "c"));
        assert_eq!(spoken_of(r#"{"job_id":"j"}"#), pair("j", ""));
        assert_eq!(spoken_of(r#"{"data":[{"job_id":"j"}]}"#), pair("", ""));
        for body in [r#"{"job_id":7}"#, r#"{"job_id":"a b"}"#, r#"{"job_id":"j""#, "[]", "", "\u{feff}{}"] {
            assert_eq!(spoken_of(body), pair("", ""), "{body}");
        }
        assert_eq!(spoken_of(&format!(r#"{{"job_id":"j"{}}}"#, " ".repeat(DEAD_BODY_MAX))), pair("", ""));
        assert_eq!(spoken_of(&"[".repeat(100_000)), pair("", ""));
    }

    #[test]
    fn a_fingerprint_is_short_and_plain() {
        assert_eq!(fingerprint("syntax", None, None), "syntax - -");
        assert_eq!(
            fingerprint("bad_id", Some("job-canceled"), Some("/data/job_id")),
            "bad_id job-canceled /data/job_id"
        );
        let long = fingerprint("code", Some(&"é\n".repeat(1_000)), None);
        assert_eq!((long.chars().count(), long.contains('\n')), (FINGERPRINT_CHARS_MAX, false));
    }
}
