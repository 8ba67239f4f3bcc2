//! The data of the events: from JSON to [`Body`]. Unknown fields are left alone.

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::error::{Code, DecodeError, found, pointer_to, quote};
use super::{
    ApplicationCause, ApplicationId, Body, CancelCause, ClientId, DeclineCause, EventType, IdError, Improvement,
    InvitationId, JobId, PersonId, ProposalId, Reapply, RemovalCause, Statement, SuspensionCause, WithdrawalCause,
    cloud,
};

/// Longest `note` in characters: a client's own words, a few paragraphs.
pub const NOTE_CHARS_MAX: usize = 4_000;
/// Longest `message` in characters: what a client wrote to a freelancer, a paragraph or two of a mail.
pub const MESSAGE_CHARS_MAX: usize = 1_000;
/// Most entries of `improve`: each of its words once.
pub const IMPROVE_MAX: usize = Improvement::ALL.len();
/// Longest `rule` in characters: the name of a rule, one line of a mail.
pub const RULE_CHARS_MAX: usize = 200;
/// Longest text field of a `statement` in characters: a page or two.
pub const STATEMENT_CHARS_MAX: usize = 8_000;

/// Reads `data` as the type says.
pub(super) fn body(event_type: EventType, data: &Value) -> Result<Body, DecodeError> {
    let data = Fields::of(data, "/data".to_owned())?;
    Ok(match event_type {
        EventType::JobCanceled => Body::JobCanceled {
            job: data.id("job_id", JobId::parse)?,
            cause: data.word("cause", CancelCause::ALL, CancelCause::as_str)?,
            note: data.optional_text("note", NOTE_CHARS_MAX)?,
        },
        EventType::PostRemoved => Body::PostRemoved {
            job: data.id("job_id", JobId::parse)?,
            cause: data.word("cause", RemovalCause::ALL, RemovalCause::as_str)?,
            rule: data.optional_text("rule", RULE_CHARS_MAX)?,
            statement: data.optional_statement()?,
        },
        EventType::ClientSuspended => Body::ClientSuspended {
            client: data.id("client_id", ClientId::parse)?,
            cause: data.word("cause", SuspensionCause::ALL, SuspensionCause::as_str)?,
            is_final: data.required("final", TRUE_OR_FALSE, Value::as_bool)?,
            statement: data.optional_statement()?,
        },
        EventType::JobExpired => Body::JobExpired { job: data.id("job_id", JobId::parse)? },
        EventType::ProposalDeclined => Body::ProposalDeclined {
            proposal: data.id("proposal_id", ProposalId::parse)?,
            cause: data.word("cause", DeclineCause::ALL, DeclineCause::as_str)?,
            message: data.optional_text("message", MESSAGE_CHARS_MAX)?,
        },
        EventType::InvitationWithdrawn => Body::InvitationWithdrawn {
            invitation: data.id("invitation_id", InvitationId::parse)?,
            job: data.id("job_id", JobId::parse)?,
            person: data.id("person_id", PersonId::parse)?,
            cause: data.word("cause", WithdrawalCause::ALL, WithdrawalCause::as_str)?,
        },
        EventType::ApplicationDeclined => Body::ApplicationDeclined {
            application: data.id("application_id", ApplicationId::parse)?,
            person: data.id("person_id", PersonId::parse)?,
            cause: data.word("cause", ApplicationCause::ALL, ApplicationCause::as_str)?,
            improve: data.optional_improve()?,
            reapply: data.reapply()?,
            automated: data.optional("automated", TRUE_OR_FALSE, Value::as_bool)?,
        },
        EventType::ApplicationReceived => Body::ApplicationReceived {
            application: data.id("application_id", ApplicationId::parse)?,
            person: data.id("person_id", PersonId::parse)?,
            decide_by: data.optional_time("decide_by")?,
        },
    })
}

const TRUE_OR_FALSE: &str = "true or false";

/// An object whose fields are read one by one, and where it stands.
struct Fields<'a> {
    object: &'a Map<String, Value>,
    pointer: String,
}

impl<'a> Fields<'a> {
    fn of(value: &'a Value, pointer: String) -> Result<Self, DecodeError> {
        match value.as_object() {
            Some(object) => Ok(Self { object, pointer }),
            None => Err(DecodeError::at(Code::WrongType, &pointer, "an object", found(value))),
        }
    }

    fn error(&self, code: Code, name: &str, expected: &str, found: &str) -> DecodeError {
        DecodeError::at(code, &pointer_to(&self.pointer, name), expected, found)
    }

    fn required<T>(&self, name: &str, what: &str, read: fn(&'a Value) -> Option<T>) -> Result<T, DecodeError> {
        let value = self.object.get(name).ok_or_else(|| self.error(Code::Missing, name, what, "nothing"))?;
        read(value).ok_or_else(|| self.error(Code::WrongType, name, what, &found(value)))
    }

    /// `null` is as good as absent.
    fn optional<T>(&self, name: &str, what: &str, read: fn(&'a Value) -> Option<T>) -> Result<Option<T>, DecodeError> {
        match self.object.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => self.required(name, what, read).map(Some),
        }
    }

    fn id<T>(&self, name: &str, parse: fn(&'a str) -> Result<T, IdError>) -> Result<T, DecodeError> {
        let text = self.required(name, "a string", Value::as_str)?;
        parse(text).map_err(|e| self.error(Code::BadId, name, &e.to_string(), &quote(text)))
    }

    fn word<T: Copy>(&self, name: &str, all: &[T], as_str: fn(T) -> &'static str) -> Result<T, DecodeError> {
        let text = self.required(name, "a string", Value::as_str)?;
        all.iter().copied().find(|word| as_str(*word) == text).ok_or_else(|| {
            let words: Vec<_> = all.iter().map(|word| as_str(*word)).collect();
            self.error(Code::UnknownValue, name, &format!("one of {}", words.join(", ")), &quote(text))
        })
    }

    fn optional_text(&self, name: &str, chars_max: usize) -> Result<Option<String>, DecodeError> {
        let text = self.optional(name, "a string", Value::as_str)?;
        match text.map(|text| text.chars().count()).filter(|chars| *chars > chars_max) {
            Some(chars) => {
                let expected = format!("at most {chars_max} characters");
                Err(self.error(Code::TooLong, name, &expected, &format!("{chars} characters")))
            }
            None => Ok(text.map(str::to_owned)),
        }
    }

    fn optional_statement(&self) -> Result<Option<Statement>, DecodeError> {
        let Some(value) = self.optional("statement", "an object", Some)? else { return Ok(None) };
        let fields = Fields::of(value, pointer_to(&self.pointer, "statement"))?;
        let text = |name| fields.optional_text(name, STATEMENT_CHARS_MAX);
        let flag = |name| fields.optional(name, TRUE_OR_FALSE, Value::as_bool);
        Ok(Some(Statement {
            ground: text("ground")?,
            clause: text("clause")?,
            facts: text("facts")?,
            automated_detection: flag("automated_detection")?,
            automated_decision: flag("automated_decision")?,
            redress: text("redress")?,
        }))
    }

    /// A list of known words, each once.
    fn optional_improve(&self) -> Result<Vec<Improvement>, DecodeError> {
        let words = || Improvement::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(", ");
        let expected = format!("a list of {}, each once", words());
        let listed = self.optional("improve", &expected, Value::as_array)?.map_or(&[][..], Vec::as_slice);
        let mut improve = Vec::new();
        for value in listed {
            let word = value.as_str().and_then(Improvement::parse).filter(|word| !improve.contains(word));
            let refused = || self.error(Code::UnknownValue, "improve", &expected, &found(value));
            improve.push(word.ok_or_else(refused)?);
        }
        Ok(improve)
    }

    fn reapply(&self) -> Result<Reapply, DecodeError> {
        let may = self.required("may_reapply", TRUE_OR_FALSE, Value::as_bool)?;
        match (may, self.optional_time("reapply_after")?) {
            (true, None) => Ok(Reapply::Now),
            (true, Some(after)) => Ok(Reapply::After(after)),
            (false, None) => Ok(Reapply::Never),
            (false, Some(_)) => {
                let expected = "nothing, because /data/may_reapply is false";
                Err(self.error(Code::Contradiction, "reapply_after", expected, "a time"))
            }
        }
    }

    fn optional_time(&self, name: &str) -> Result<Option<OffsetDateTime>, DecodeError> {
        let text = self.optional(name, "a string", Value::as_str)?;
        text.map(|text| cloud::parse_time(text, &pointer_to(&self.pointer, name))).transpose()
    }
}
