//! Events read back out of the inbox.

use std::sync::Arc;

use time::OffsetDateTime;

use crate::event::{DecodeLimits, EventKey, Message, decode};
use crate::policy::Stage;
use crate::store::rows::InboxRow;
use crate::store::{Arrival, DeadClass, DeadLetter};

/// An event of the inbox under decision.
#[derive(Debug)]
pub(super) struct Item<'a> {
    pub(super) no: i64,
    pub(super) arrival: &'a Arrival,
    pub(super) stage: Stage,
    /// Attempts in this stage, with this one.
    pub(super) attempts: u32,
    pub(super) from: Origin<'a>,
}

/// What an event has to do with dead letters.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Origin<'a> {
    /// The letter it was replayed from: open again, should the event die.
    pub(super) letter: Option<i64>,
    /// Why its notices are kept back, if they are.
    pub(super) withhold: Option<&'a str>,
}

/// An event as it lay in the inbox.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) no: i64,
    pub(super) key: EventKey,
    pub(super) stage: Stage,
    pub(super) attempts: u32,
    pub(super) cursor: Option<String>,
    pub(super) held_until: Option<OffsetDateTime>,
    pub(super) withhold: Option<String>,
    pub(super) letter: Option<i64>,
    /// The event, or the letter it becomes because this version cannot read its payload.
    pub(super) arrival: Result<Arrival, Box<DeadLetter>>,
}

impl Kept {
    pub(super) fn of(row: InboxRow) -> Kept {
        let (no, source, id, payload, stage, attempts, cursor, held_until, withhold, letter) = row;
        let key = EventKey { source, id };
        Kept {
            no,
            stage: stage_of(&stage),
            attempts: u32::try_from(attempts).unwrap_or(0),
            cursor,
            held_until: held_until.map(|at| at.0),
            withhold,
            letter,
            arrival: arrival(payload, &key),
            key,
        }
    }

    pub(super) fn from(&self) -> Origin<'_> {
        Origin { letter: self.letter, withhold: self.withhold.as_deref() }
    }
}

/// The message that came is gone; its canonical text says the same.
fn arrival(payload: String, key: &EventKey) -> Result<Arrival, Box<DeadLetter>> {
    let content_type = Some("application/cloudevents+json".to_owned());
    let message = Message { body: payload.into_bytes(), content_type, ..Message::default() };
    match decode(&message, DecodeLimits { body_bytes_max: message.body.len() }) {
        Ok(event) => Ok(Arrival { event, message: Arc::new(message) }),
        Err(error) => {
            let text = format!("this makegood cannot read event {key}, which was taken in before: {error}");
            let mut letter = DeadLetter::new(&message, DeadClass::Undecodable, "payload_unreadable", text);
            letter.event = Some(key.clone());
            Err(Box::new(letter))
        }
    }
}

/// As in `events.stage`.
pub(super) fn stage_of(name: &str) -> Stage {
    if name == stage_name(Stage::AfterHold) { Stage::AfterHold } else { Stage::First }
}

/// As in `events.stage`.
pub(super) fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::First => "first",
        Stage::AfterHold => "after_hold",
    }
}
