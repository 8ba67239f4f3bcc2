//! CloudEvents 1.0: attributes from a JSON object or from AMQP headers, checked, and put into the canonical form.
//!
//! Two writings of the same event become one text, so that the same event sent twice is not taken for a conflict:
//! - an attribute that is a boolean or an integer becomes its string (CloudEvents 1.0.2, Type System: "native types or
//!   canonical strings"), because headers know strings only; `null` is as good as absent (JSON format §2.2);
//! - `time` becomes UTC, cut to microseconds (what PostgreSQL keeps), in the shortest RFC 3339 form;
//! - `datacontenttype` is left out: it can only be JSON;
//! - keys are sorted by bytes, no space between tokens, numbers and escapes as `serde_json` writes them.
//!
//! Everything else stays as it was sent, unknown attributes and unknown data fields included.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use super::error::{Code, DecodeError, found, pointer_to, quote};
use super::media::{self, Media};
use super::{DecodeLimits, Event, EventKey, EventType, data};

/// The event's attributes by name, without its data.
pub(super) type Attributes = Map<String, Value>;

/// Longest `source`, `id` and `type` in bytes.
pub const ATTRIBUTE_BYTES_MAX: usize = 256;

/// Events before this are a producer's mistake (an unset clock, seconds taken for milliseconds): 2000-01-01 UTC.
const TIME_MIN: i64 = 946_684_800;
/// Events from here on are one, too: 2200-01-01 UTC.
const TIME_END: i64 = 7_258_118_400;

/// Prefixes of the headers of binary mode. AMQP binding 1.0.2 has the colon; later drafts prefer the underscore, which
/// JMS allows.
const PREFIXES: [&str; 2] = ["cloudEvents_", "cloudEvents:"];

/// The attributes that stand in the headers; empty if there are none.
///
/// A `time` in whole seconds since 1970 is what AMQP 0-9-1 makes of a native timestamp (§3.1.3.2) and is read as such.
pub(super) fn of_headers(headers: &BTreeMap<String, String>) -> Result<Attributes, DecodeError> {
    let mut attributes = Attributes::new();
    for (header, text) in headers {
        let Some(name) = PREFIXES.iter().find_map(|prefix| header.strip_prefix(prefix)).filter(|n| !n.is_empty())
        else {
            continue;
        };
        let pointer = pointer_to("", name);
        if name == "data" {
            return Err(DecodeError::at(Code::Contradiction, &pointer, "the data in the body", "a header for it"));
        }
        // In a name it would become a key of the canonical text, which no database keeps and nobody reads again.
        if text.contains('\0') || name.contains('\0') {
            let message = format!("{pointer}: the header holds U+0000");
            return Err(DecodeError::new(Code::Nul, message).pointing(pointer).expecting("texts without U+0000"));
        }
        let value = if name == "time" { native_time(text) } else { text.clone() };
        let value = Value::String(value);
        if attributes.get(name).is_some_and(|other| !agree(name, other, &value)) {
            return Err(DecodeError::at(Code::Contradiction, &pointer, "one header", "two headers that differ"));
        }
        attributes.insert(name.to_owned(), value);
    }
    Ok(attributes)
}

/// Attributes as headers would carry them.
pub(super) fn normal(attributes: Attributes) -> Attributes {
    let text = |value| match value {
        Value::Null => None,
        Value::Bool(b) => Some(Value::String(b.to_string())),
        Value::Number(n) if n.is_i64() => Some(Value::String(n.to_string())),
        other => Some(other),
    };
    let known = |name: &str| REQUIRED.contains(&name) || OPTIONAL.contains(&name);
    // An attribute of CloudEvents itself has its type; the check of it says so better than a silent conversion would.
    attributes
        .into_iter()
        .filter_map(|(name, value)| {
            let value = if known(&name) && !value.is_null() { Some(value) } else { text(value) };
            value.map(|value| (name, value))
        })
        .collect()
}

const REQUIRED: [&str; 5] = ["specversion", "id", "source", "type", "time"];
const OPTIONAL: [&str; 3] = ["subject", "dataschema", "datacontenttype"];

/// Structured mode may repeat its attributes as headers; a header that says otherwise is refused.
pub(super) fn check_agreement(headers: &Attributes, attributes: &Attributes) -> Result<(), DecodeError> {
    let differs = |name: &str, header: &Value| attributes.get(name).is_some_and(|own| !agree(name, own, header));
    match headers.iter().find(|(name, header)| differs(name, header)) {
        None => Ok(()),
        Some((name, _)) => {
            let (key, type_text) = identity(attributes);
            let pointer = pointer_to("", name);
            Err(DecodeError::at(Code::Contradiction, &pointer, "what the header of that name says", "something else")
                .identified(key, type_text))
        }
    }
}

/// What the event calls itself, as far as it can be read.
pub(super) fn identity(attributes: &Attributes) -> (Option<EventKey>, Option<String>) {
    let plain = |name: &str| attributes.get(name).and_then(Value::as_str).filter(|t| is_plain(t)).map(str::to_owned);
    let key = plain("source").zip(plain("id")).map(|(source, id)| EventKey { source, id });
    (key, plain("type"))
}

/// The event of these attributes and this data.
pub(super) fn event(attributes: Attributes, data: Option<Value>, limits: DecodeLimits) -> Result<Event, DecodeError> {
    let (key, type_text) = identity(&attributes);
    build(attributes, data, limits).map_err(|e| e.identified(key, type_text))
}

fn build(mut attributes: Attributes, data: Option<Value>, limits: DecodeLimits) -> Result<Event, DecodeError> {
    let version = required(&attributes, "specversion")?;
    if version != "1.0" {
        return Err(DecodeError::at(Code::SpecVersion, "/specversion", "\"1.0\"", quote(version)));
    }
    let key = EventKey { source: identifier(&attributes, "source")?, id: identifier(&attributes, "id")? };
    let event_type = event_type(&attributes)?;
    let time = parse_time(required(&attributes, "time")?, "/time")?;
    check_optional(&attributes)?;
    let data = data.ok_or_else(|| DecodeError::at(Code::Missing, "/data", "an object", "nothing"))?;
    let body = data::body(event_type, &data)?;
    let traceparent = attributes.get("traceparent").and_then(Value::as_str).and_then(traceparent);

    attributes.remove("datacontenttype");
    attributes.insert("time".to_owned(), Value::String(write_time(time)?));
    attributes.insert("data".to_owned(), data);
    let mut canonical = Value::Object(attributes);
    // Sorted as it is, unless another crate switches on serde_json's `preserve_order` for all.
    canonical.sort_all_objects();
    let canonical = canonical.to_string();
    let (bytes, bytes_max) = (canonical.len(), limits.body_bytes_max);
    if bytes > bytes_max {
        let message = format!("the event's canonical form has {bytes} bytes; at most {bytes_max} are read");
        return Err(DecodeError::new(Code::BodyTooLarge, message).expecting(&format!("at most {bytes_max} bytes")));
    }
    let hash = Sha256::digest(canonical.as_bytes()).into();
    Ok(Event { key, time, body, canonical, hash, traceparent })
}

fn event_type(attributes: &Attributes) -> Result<EventType, DecodeError> {
    let name = required(attributes, "type")?;
    EventType::parse(name).ok_or_else(|| {
        let known = EventType::ALL.map(EventType::as_str).join(", ");
        DecodeError::at(Code::UnknownType, "/type", format!("one of {known}"), quote(name))
    })
}

/// Attributes that may be absent but not be something else.
fn check_optional(attributes: &Attributes) -> Result<(), DecodeError> {
    if attributes.contains_key("data_base64") {
        return Err(DecodeError::at(Code::DataBase64, "/data_base64", "the data as JSON in data", "data_base64"));
    }
    for name in OPTIONAL {
        let Some(value) = attributes.get(name) else { continue };
        let pointer = pointer_to("", name);
        let Some(text) = value.as_str() else {
            return Err(DecodeError::at(Code::WrongType, &pointer, "a string", found(value)));
        };
        if name == "datacontenttype" && media::read(text, Some(&pointer))? != Media::Json {
            return Err(DecodeError::at(Code::DataContentType, &pointer, "application/json", quote(text)));
        }
    }
    Ok(())
}

fn required<'a>(attributes: &'a Attributes, name: &str) -> Result<&'a str, DecodeError> {
    let error = |code, found: String| DecodeError::at(code, &pointer_to("", name), "a string", found);
    let value = attributes.get(name).ok_or_else(|| error(Code::Missing, "nothing".to_owned()))?;
    value.as_str().ok_or_else(|| error(Code::WrongType, found(value)))
}

fn identifier(attributes: &Attributes, name: &str) -> Result<String, DecodeError> {
    let text = required(attributes, name)?;
    if is_plain(text) {
        return Ok(text.to_owned());
    }
    let expected = format!("1 to {ATTRIBUTE_BYTES_MAX} visible ASCII characters");
    Err(DecodeError::at(Code::BadId, &pointer_to("", name), expected, quote(text)))
}

fn is_plain(text: &str) -> bool {
    (1..=ATTRIBUTE_BYTES_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

/// Two values of one attribute that mean the same.
fn agree(name: &str, a: &Value, b: &Value) -> bool {
    let time = |value: &Value| value.as_str().and_then(|text| parse_time(text, "/time").ok());
    a == b || name == "datacontenttype" || (name == "time" && time(a).is_some() && time(a) == time(b))
}

fn native_time(text: &str) -> String {
    let seconds = text.parse::<i64>().ok().and_then(|s| OffsetDateTime::from_unix_timestamp(s).ok());
    seconds.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_else(|| text.to_owned())
}

/// A moment as events write it: RFC 3339, in the years that make sense, cut to microseconds.
pub(super) fn parse_time(text: &str, pointer: &str) -> Result<OffsetDateTime, DecodeError> {
    let expected = "an RFC 3339 time from 2000 to 2199, as 2026-08-01T12:00:00Z";
    let error = || DecodeError::at(Code::BadTime, pointer, expected, quote(text));
    // `time` takes anything between date and time of day; RFC 3339 has a T there.
    if !matches!(text.as_bytes().get(10), Some(b'T' | b't')) {
        return Err(error());
    }
    let time = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| error())?;
    if !(TIME_MIN..TIME_END).contains(&time.unix_timestamp()) {
        return Err(error());
    }
    time.checked_to_offset(UtcOffset::UTC).map(OffsetDateTime::truncate_to_microsecond).ok_or_else(error)
}

fn write_time(time: OffsetDateTime) -> Result<String, DecodeError> {
    time.format(&Rfc3339).map_err(|e| DecodeError::new(Code::BadTime, format!("the time cannot be written: {e}")))
}

/// A `traceparent` if it is well-formed (W3C Trace Context §3.2, and §4 for versions to come).
pub(super) fn traceparent(text: &str) -> Option<String> {
    // Later versions may append fields; twice today's length is room for them.
    const BYTES: usize = 55;
    let fits = text.len() == BYTES || (text.len() <= 2 * BYTES && text.as_bytes().get(BYTES) == Some(&b'-'));
    let plain = text.bytes().all(|b| b.is_ascii_graphic());
    let mut fields = text.split('-');
    let mut hex = |length: usize| {
        let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        fields.next().filter(|field| field.len() == length && field.bytes().all(lower))
    };
    let (version, trace, span, _flags) = (hex(2)?, hex(32)?, hex(16)?, hex(2)?);
    let zero = |field: &str| field.bytes().all(|b| b == b'0');
    let version_fits = version != "ff" && (version != "00" || text.len() == BYTES);
    (fits && plain && version_fits && !zero(trace) && !zero(span)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_kept_only_if_well_formed() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(traceparent(good).as_deref(), Some(good));
        assert!(traceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-later").is_some());
        for bad in [
            "",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-later",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        ] {
            assert_eq!(traceparent(bad), None, "{bad}");
        }
    }
}
