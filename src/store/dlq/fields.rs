//! Reads the fields of a JSON object strictly: each once, as what it is, none left over. No message quotes a value.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Longest word of a closed list, and longest name of an unknown field that a message shows.
const NAME_BYTES_MAX: usize = 64;
/// Years that a moment may lie in: before 1970 there was no event, after 9999 RFC 3339 ends.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=9999;

/// Why a line is no dead letter: the field, and what was expected there. Never a value from the line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {expected}")]
pub struct LineError {
    /// The field, as in `history[2].at`; `line` where it is about all of it.
    pub field: String,
    /// What should stand there.
    pub expected: String,
}

impl LineError {
    pub(super) fn new(field: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { field: field.into(), expected: expected.into() }
    }
}

/// The fields of one object that were not read yet.
pub(super) struct Fields {
    map: Map<String, Value>,
    /// What stands before the name of a field: empty, or `history[2].`.
    place: String,
}

impl Fields {
    pub(super) fn of(value: Value, place: &str) -> Result<Self, LineError> {
        match value {
            Value::Object(map) => Ok(Self { map, place: place.to_owned() }),
            _ => Err(LineError::new(place_or_line(place), "a JSON object is expected")),
        }
    }

    pub(super) fn wrong(&self, name: &str, expected: impl Into<String>) -> LineError {
        LineError::new(format!("{}{name}", self.place), expected)
    }

    /// The value of a field; `null` is the same as absent.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.map.remove(name).filter(|value| !value.is_null())
    }

    /// A text of at most `bytes_max` bytes, if it is there.
    pub(super) fn optional(&mut self, name: &str, bytes_max: usize) -> Result<Option<String>, LineError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.len() <= bytes_max => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, format!("a text of at most {bytes_max} bytes is expected"))),
        }
    }

    /// A text of at most `bytes_max` bytes.
    pub(super) fn text(&mut self, name: &str, bytes_max: usize) -> Result<String, LineError> {
        self.optional(name, bytes_max)?.ok_or_else(|| self.missing(name))
    }

    /// A word out of a closed list.
    pub(super) fn word<T>(
        &mut self, name: &str, parse: impl FnOnce(&str) -> Option<T>, known: &str,
    ) -> Result<T, LineError> {
        let text = self.text(name, NAME_BYTES_MAX)?;
        parse(&text).ok_or_else(|| self.wrong(name, format!("{known} is expected")))
    }

    /// Visible ASCII, not empty.
    pub(super) fn code(&mut self, name: &str, bytes_max: usize) -> Result<String, LineError> {
        let text = self.text(name, bytes_max)?;
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if plain { Ok(text) } else { Err(self.wrong(name, "visible ASCII characters are expected")) }
    }

    /// A whole number of at least `min`, within 63 bits.
    pub(super) fn count(&mut self, name: &str, min: i64) -> Result<i64, LineError> {
        let value = self.take(name).ok_or_else(|| self.missing(name))?;
        let count = value.as_i64().filter(|count| *count >= min);
        count.ok_or_else(|| self.wrong(name, format!("a whole number of at least {min} is expected")))
    }

    /// A moment, if it is there; in UTC.
    pub(super) fn optional_time(&mut self, name: &str) -> Result<Option<OffsetDateTime>, LineError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let read = value.as_str().and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
        let read = read.and_then(|at| at.checked_to_offset(UtcOffset::UTC)).filter(|at| YEARS.contains(&at.year()));
        read.map(Some).ok_or_else(|| {
            self.wrong(name, "an RFC 3339 time from 1970 to 9999 is expected, as in 2026-11-03T09:30:00Z")
        })
    }

    /// A moment.
    pub(super) fn time(&mut self, name: &str) -> Result<OffsetDateTime, LineError> {
        self.optional_time(name)?.ok_or_else(|| self.missing(name))
    }

    /// SHA-256 in lower-case hex.
    pub(super) fn hash(&mut self, name: &str) -> Result<[u8; 32], LineError> {
        let text = self.text(name, 64)?;
        let lower = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let read = hex::decode(&text).ok().filter(|_| lower).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        read.ok_or_else(|| self.wrong(name, "32 bytes in lower-case hex are expected"))
    }

    /// Bytes in base64 (RFC 4648 §4, padded), at most `bytes_max` of them.
    pub(super) fn bytes(&mut self, name: &str, bytes_max: usize) -> Result<Vec<u8>, LineError> {
        let text = self.text(name, bytes_max.div_ceil(3) * 4)?;
        let read = STANDARD.decode(&text).ok().filter(|bytes| bytes.len() <= bytes_max);
        read.ok_or_else(|| self.wrong(name, format!("base64 of at most {bytes_max} bytes is expected")))
    }

    /// Nothing may be left.
    pub(super) fn end(self) -> Result<(), LineError> {
        let Some(name) = self.map.keys().next() else { return Ok(()) };
        let plain = name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
        if plain && name.len() <= NAME_BYTES_MAX {
            return Err(self.wrong(name, "no such field is known"));
        }
        Err(LineError::new(place_or_line(&self.place), "there is a field that is not known"))
    }

    fn missing(&self, name: &str) -> LineError {
        self.wrong(name, "it is missing")
    }
}

fn place_or_line(place: &str) -> &str {
    if place.is_empty() { "line" } else { place.trim_end_matches('.') }
}

/// A moment in RFC 3339, UTC; one that this cannot say as the nearest that it can.
pub(super) fn rfc3339(at: OffsetDateTime) -> String {
    let utc = at.checked_to_offset(UtcOffset::UTC).filter(|at| YEARS.contains(&at.year()));
    utc.unwrap_or(OffsetDateTime::UNIX_EPOCH).format(&Rfc3339).unwrap_or_default()
}

/// Bytes in base64.
pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
