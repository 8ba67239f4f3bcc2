//! From lapin's delivery to [`Message`]: everything kept that can be kept as text, all of it bounded.

use super::death;
use super::session::Delivery;
use crate::event::Message;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Most headers kept of a message. CloudEvents needs about ten; those it reads are kept before others.
pub const HEADERS_MAX: usize = 64;

/// Says how many headers were dropped, in their place.
pub const HEADERS_DROPPED: &str = "makegood-headers-dropped";

/// Most bytes kept of a header that is a table or an array: a long `x-death` is longer than it is worth.
pub const NESTED_BYTES_MAX: usize = 4 * 1024;

/// Deepest level shown of a table or an array. Deeper ones could exhaust the stack.
const NESTED_DEPTH_MAX: usize = 8;

/// The header in which a quorum queue counts deliveries.
const DELIVERY_COUNT: &str = "x-delivery-count";

/// One delivery, converted. Cannot fail: what is no text is told in text.
pub(super) fn delivery(from: lapin::message::Delivery) -> Delivery {
    let properties = from.properties;
    let table = properties.headers().as_ref();
    let delivery_count = table.and_then(|table| table.inner().get(DELIVERY_COUNT)).and_then(unsigned).unwrap_or(0);
    let death = table.and_then(death::read);
    let headers = all_headers(&properties);
    let message = Message {
        body: from.data,
        content_type: properties.content_type().as_ref().map(ToString::to_string),
        content_encoding: properties.content_encoding().as_ref().map(ToString::to_string),
        headers,
        exchange: from.exchange.into(),
        routing_key: from.routing_key.into(),
        redelivered: from.redelivered,
    };
    Delivery { tag: from.delivery_tag, delivery_count, death, message }
}

/// The headers, and with them the properties that have no place of their own.
pub(super) fn all_headers(properties: &BasicProperties) -> BTreeMap<String, String> {
    let mut headers = properties.headers().as_ref().map(headers).unwrap_or_default();
    add_properties(&mut headers, properties);
    headers
}

fn headers(table: &FieldTable) -> BTreeMap<String, String> {
    let mut entries: Vec<_> = table.inner().iter().collect();
    // A stable sort: by name within each group, as the table is.
    entries.sort_by_key(|(name, _)| !is_read(name.as_str()));
    let dropped = entries.len().saturating_sub(HEADERS_MAX);
    let kept = entries.into_iter().take(HEADERS_MAX);
    let mut headers: BTreeMap<_, _> = kept.map(|(name, value)| (name.to_string(), text(value))).collect();
    if dropped > 0 {
        headers.insert(HEADERS_DROPPED.to_owned(), dropped.to_string());
    }
    headers
}

/// Whether a decoder may need the header: CloudEvents' AMQP binding and W3C trace context.
fn is_read(name: &str) -> bool {
    name.starts_with("cloudEvents") || name == "traceparent" || name == "tracestate"
}

fn add_properties(headers: &mut BTreeMap<String, String>, properties: &BasicProperties) {
    let known = [
        ("amqp:message-id", properties.message_id().as_ref().map(ToString::to_string)),
        ("amqp:type", properties.kind().as_ref().map(ToString::to_string)),
        ("amqp:timestamp", properties.timestamp().as_ref().map(ToString::to_string)),
        ("amqp:correlation-id", properties.correlation_id().as_ref().map(ToString::to_string)),
    ];
    headers.extend(known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
}

fn text(value: &AMQPValue) -> String {
    match value {
        AMQPValue::FieldArray(_) | AMQPValue::FieldTable(_) => cut(json(value, 0).to_string()),
        value => match json(value, 0) {
            Value::String(text) => text,
            other => other.to_string(),
        },
    }
}

fn json(value: &AMQPValue, depth: usize) -> Value {
    match value {
        AMQPValue::Boolean(v) => Value::from(*v),
        AMQPValue::ShortShortInt(v) => Value::from(*v),
        AMQPValue::ShortShortUInt(v) => Value::from(*v),
        AMQPValue::ShortInt(v) => Value::from(*v),
        AMQPValue::ShortUInt(v) => Value::from(*v),
        AMQPValue::LongInt(v) => Value::from(*v),
        AMQPValue::LongUInt(v) => Value::from(*v),
        AMQPValue::LongLongInt(v) => Value::from(*v),
        AMQPValue::Timestamp(v) => Value::from(*v),
        // JSON has no NaN and no infinity: those become text.
        AMQPValue::Float(v) => {
            serde_json::Number::from_f64(f64::from(*v)).map_or_else(|| v.to_string().into(), Value::from)
        }
        AMQPValue::Double(v) => serde_json::Number::from_f64(*v).map_or_else(|| v.to_string().into(), Value::from),
        AMQPValue::DecimalValue(v) => Value::from(format!("{}e-{}", v.value, v.scale)),
        AMQPValue::ShortString(v) => Value::from(v.as_str()),
        AMQPValue::LongString(v) => Value::from(utf8_or_base64(v.as_bytes())),
        AMQPValue::ByteArray(v) => Value::from(base64(v.as_slice())),
        AMQPValue::FieldArray(_) | AMQPValue::FieldTable(_) if depth >= NESTED_DEPTH_MAX => Value::from("…"),
        AMQPValue::FieldArray(v) => v.as_slice().iter().map(|item| json(item, depth + 1)).collect(),
        AMQPValue::FieldTable(v) => {
            let entries = v.inner().iter().map(|(name, item)| (name.to_string(), json(item, depth + 1)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        AMQPValue::Void => Value::Null,
    }
}

fn utf8_or_base64(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| base64(bytes), str::to_owned)
}

fn base64(bytes: &[u8]) -> String {
    format!("base64:{}", STANDARD.encode(bytes))
}

fn cut(mut text: String) -> String {
    const MARK: char = '…';
    if text.len() > NESTED_BYTES_MAX {
        text.truncate(text.floor_char_boundary(NESTED_BYTES_MAX - MARK.len_utf8()));
        text.push(MARK);
    }
    text
}

/// A number that is not negative, of whatever width.
pub(super) fn unsigned(value: &AMQPValue) -> Option<u64> {
    json(value, NESTED_DEPTH_MAX).as_u64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lapin::types::{ByteArray, FieldArray, LongString, ShortString};

    fn table(entries: impl IntoIterator<Item = (String, AMQPValue)>) -> FieldTable {
        let entries = entries.into_iter().map(|(name, value)| (ShortString::from(name), value));
        FieldTable::from(entries.collect::<BTreeMap<_, _>>())
    }

    #[test]
    fn values_become_text() {
        let cases = [
            (AMQPValue::LongString("à".into()), "à"),
            (AMQPValue::LongString(LongString::from(vec![0xff, 0x00])), "base64:/wA="),
            (AMQPValue::ByteArray(ByteArray::from(vec![0xff, 0x00])), "base64:/wA="),
            (AMQPValue::ByteArray(ByteArray::from(b"hi".to_vec())), "base64:aGk="),
            (AMQPValue::LongLongInt(-7), "-7"),
            (AMQPValue::Boolean(true), "true"),
            (AMQPValue::Double(1.5), "1.5"),
            (AMQPValue::Double(f64::NAN), "NaN"),
            (AMQPValue::Timestamp(u64::MAX), "18446744073709551615"),
            (AMQPValue::Void, "null"),
            (AMQPValue::FieldArray(FieldArray::from(vec![AMQPValue::Boolean(false), AMQPValue::Void])), "[false,null]"),
            (AMQPValue::FieldTable(table([("k".to_owned(), AMQPValue::LongString("v".into()))])), r#"{"k":"v"}"#),
        ];
        for (value, expected) in cases {
            assert_eq!(text(&value), expected, "{value:?}");
        }
    }

    #[test]
    fn nested_values_are_bounded_in_depth_and_length() {
        let mut deep = AMQPValue::Void;
        for _ in 0..1_000 {
            deep = AMQPValue::FieldArray(FieldArray::from(vec![deep]));
        }
        assert_eq!(text(&deep), format!("{}\"…\"{}", "[".repeat(NESTED_DEPTH_MAX), "]".repeat(NESTED_DEPTH_MAX)));
        let long = AMQPValue::FieldArray(FieldArray::from(vec![AMQPValue::LongString("é".repeat(9_000).into())]));
        let shown = text(&long);
        assert!(shown.len() <= NESTED_BYTES_MAX && shown.ends_with('…'), "{} bytes", shown.len());
    }

    #[test]
    fn too_many_headers_leave_what_the_decoder_reads_and_a_mark() {
        let noise = (0..200).map(|n| (format!("a{n:03}"), AMQPValue::LongInt(n)));
        let read = ["cloudEvents:id", "cloudEvents_type", "traceparent"];
        let read = read.map(|name| (name.to_owned(), AMQPValue::LongString("x".into())));
        let headers = headers(&table(noise.chain(read)));
        assert_eq!(headers.len(), HEADERS_MAX + 1);
        assert!(headers.contains_key("cloudEvents:id") && headers.contains_key("traceparent"));
        assert_eq!(headers[HEADERS_DROPPED], "139");
    }
}
