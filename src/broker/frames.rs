//! Makes an AMQP frame harmless to lapin's parser, and changes nothing else in it.
//!
//! Two kinds of message end lapin 4.12.3 although AMQP allows them, and would end it again at every redelivery:
//! a short string (routing key, message id, a header's name) that is not UTF-8 is a parse error and closes the
//! connection; a header nested some hundreds of levels deep overflows the stack of its thread and aborts the process.
//! Here the one becomes `base64:…`, the other [`TOO_DEEP`].

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Deepest table or array passed on in a header. What anyone sends (`x-death`) has three.
const DEPTH_MAX: usize = 16;

/// AMQP's limit of a short string.
const SHORT_MAX: usize = 255;

/// Stands for a header's value that is nested too deep or malformed.
pub(super) const TOO_DEEP: &str = "makegood: nested too deep, or malformed";

/// The name of the one header left of a table that cannot be read.
const UNREADABLE: &str = "makegood-headers-unreadable";

/// The payload of a method frame, made harmless. `None`: pass it as it is.
pub(super) fn method(payload: &[u8]) -> Option<Vec<u8>> {
    let mut from = Reader(payload);
    let mut to = Vec::with_capacity(payload.len());
    let (class, method) = (from.number()?, from.number()?);
    to.extend([class, method].map(u16::to_be_bytes).concat());
    match (class, method) {
        // basic.deliver: consumer tag, delivery tag and redelivered, exchange, routing key.
        (60, 60) => {
            from.short(&mut to)?;
            to.extend(from.take(9)?);
            from.short(&mut to)?;
            from.short(&mut to)?;
        }
        // basic.get-ok: delivery tag and redelivered, exchange, routing key, count of messages.
        (60, 71) => {
            to.extend(from.take(9)?);
            from.short(&mut to)?;
            from.short(&mut to)?;
        }
        // basic.return: code, text, exchange, routing key.
        (60, 50) => {
            to.extend(from.take(2)?);
            (0..3).try_for_each(|_| from.short(&mut to))?;
        }
        // connection.close, channel.close: code, text (cut at 255 bytes, perhaps within a character), class, method.
        (10, 50) | (20, 40) => {
            to.extend(from.take(2)?);
            let text = from.short_bytes()?;
            let end = std::str::from_utf8(text).map_or_else(|error| error.valid_up_to(), str::len);
            put_short(&mut to, text.get(..end)?);
        }
        _ => return None,
    }
    to.extend(from.0);
    Some(to)
}

/// Class, weight, body size.
const CONTENT_HEAD: usize = 12;

/// The payload of a content header frame, made harmless. `None`: pass it as it is.
///
/// One that breaks off or has a value nobody knows keeps one header only: lapin would read up to there, however deep.
pub(super) fn content_header(payload: &[u8]) -> Option<Vec<u8>> {
    let head = payload.get(..CONTENT_HEAD)?;
    properties(payload).or_else(|| {
        let mut to = [head, &HEADERS_ALONE.to_be_bytes()].concat();
        put_long(&mut to, &unreadable())?;
        Some(to)
    })
}

/// The flags of properties that are headers and nothing else.
const HEADERS_ALONE: u16 = 1 << 13;

fn properties(payload: &[u8]) -> Option<Vec<u8>> {
    let mut from = Reader(payload);
    let mut to = Vec::with_capacity(payload.len());
    to.extend(from.take(CONTENT_HEAD)?);
    let flags = from.number()?;
    to.extend(flags.to_be_bytes());
    // The properties in their order, from the highest bit: type and encoding, headers, mode and priority, correlation
    // id, reply-to, expiration and message id, timestamp, type, user id, application id and cluster id.
    for bit in (2..16).rev().filter(|bit| flags >> bit & 1 == 1) {
        match bit {
            13 => headers(&mut from, &mut to)?,
            11 | 12 => to.extend(from.take(1)?),
            6 => to.extend(from.take(8)?),
            _ => from.short(&mut to)?,
        }
    }
    to.extend(from.0);
    Some(to)
}

fn headers(from: &mut Reader<'_>, to: &mut Vec<u8>) -> Option<()> {
    let table = from.long_bytes()?;
    let mut safe = Vec::with_capacity(table.len());
    if entries(Reader(table), &mut safe).is_none() {
        safe = unreadable();
    }
    put_long(to, &safe)
}

fn unreadable() -> Vec<u8> {
    let mut table = Vec::new();
    put_short(&mut table, UNREADABLE.as_bytes());
    put_text(&mut table, TOO_DEEP);
    table
}

fn entries(mut from: Reader<'_>, to: &mut Vec<u8>) -> Option<()> {
    while !from.0.is_empty() {
        from.short(to)?;
        let before = from.0;
        let kind = from.byte()?;
        let value = from.value(kind)?;
        let nested = matches!(kind, b'A' | b'F').then(|| value.get(4..)).flatten();
        if nested.is_some_and(|inner| !is_harmless(Reader(inner), kind, 1)) {
            put_text(to, TOO_DEEP);
        } else {
            to.extend(before.get(..1 + value.len())?);
        }
    }
    Some(())
}

/// Whether everything within a table (`F`) or array (`A`) can be passed on as it is.
fn is_harmless(mut from: Reader<'_>, kind: u8, depth: usize) -> bool {
    while !from.0.is_empty() {
        if item_is_harmless(&mut from, kind, depth) != Some(true) {
            return false;
        }
    }
    true
}

fn item_is_harmless(from: &mut Reader<'_>, within: u8, depth: usize) -> Option<bool> {
    if within == b'F' {
        std::str::from_utf8(from.short_bytes()?).ok()?;
    }
    let kind = from.byte()?;
    let value = from.value(kind)?;
    let nested = matches!(kind, b'A' | b'F').then(|| value.get(4..)).flatten();
    Some(nested.is_none_or(|inner| depth < DEPTH_MAX && is_harmless(Reader(inner), kind, depth + 1)))
}

fn put_short(to: &mut Vec<u8>, bytes: &[u8]) {
    let length = u8::try_from(bytes.len()).unwrap_or(u8::MAX);
    to.push(length);
    to.extend(bytes.iter().take(usize::from(length)));
}

fn put_long(to: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    to.extend(u32::try_from(bytes.len()).ok()?.to_be_bytes());
    to.extend(bytes);
    Some(())
}

fn put_text(to: &mut Vec<u8>, text: &'static str) {
    to.push(b'S');
    to.extend(u32::try_from(text.len()).unwrap_or_default().to_be_bytes());
    to.extend(text.as_bytes());
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn number(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    fn short_bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.byte()?;
        self.take(length.into())
    }

    fn long_bytes(&mut self) -> Option<&'a [u8]> {
        let length = u32::from_be_bytes(self.take(4)?.try_into().ok()?);
        self.take(usize::try_from(length).ok()?)
    }

    /// Copies a short string; as base64 if it is not UTF-8.
    fn short(&mut self, to: &mut Vec<u8>) -> Option<()> {
        let bytes = self.short_bytes()?;
        match std::str::from_utf8(bytes) {
            Ok(_) => put_short(to, bytes),
            Err(_) => {
                let mut text = format!("base64:{}", STANDARD.encode(bytes));
                text.truncate(SHORT_MAX);
                put_short(to, text.as_bytes());
            }
        }
        Some(())
    }

    /// The bytes of a value of this type, its length included; RabbitMQ's letters.
    fn value(&mut self, kind: u8) -> Option<&'a [u8]> {
        let before = self.0;
        let length = match kind {
            b'V' => 0,
            b't' | b'b' | b'B' => 1,
            b's' | b'u' | b'U' => 2,
            b'I' | b'i' | b'f' => 4,
            b'D' => 5,
            b'l' | b'L' | b'd' | b'T' => 8,
            b'S' | b'x' | b'A' | b'F' => 4 + self.long_bytes()?.len(),
            _ => return None,
        };
        self.0 = before;
        self.take(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(entries: &[(&[u8], Vec<u8>)]) -> Vec<u8> {
        let mut table = Vec::new();
        for (name, value) in entries {
            put_short(&mut table, name);
            table.extend(value);
        }
        table
    }

    fn nested(depth: usize) -> Vec<u8> {
        let mut value = vec![b'V'];
        for _ in 0..depth {
            let mut outer = vec![b'A'];
            put_long(&mut outer, &value).expect("short");
            value = outer;
        }
        value
    }

    fn header(table: &[u8]) -> Vec<u8> {
        let mut payload = vec![0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];
        // Content type, headers, message id.
        payload.extend((1_u16 << 15 | 1 << 13 | 1 << 7).to_be_bytes());
        put_short(&mut payload, b"text/plain");
        put_long(&mut payload, table).expect("short");
        put_short(&mut payload, b"m1");
        payload
    }

    fn text(text: &'static str) -> Vec<u8> {
        let mut value = Vec::new();
        put_text(&mut value, text);
        value
    }

    #[test]
    fn what_is_harmless_stays_as_it_is() {
        let mut inner = vec![b'F'];
        put_long(&mut inner, &table(&[(b"k", text("v"))])).expect("short");
        let values =
            [text("\u{e9}"), inner, nested(DEPTH_MAX), vec![b'l', 0, 0, 0, 0, 0, 0, 0, 1], vec![b'D', 2, 0, 0, 0, 1]];
        for value in values {
            let payload = header(&table(&[(b"a", value), (b"b", vec![b't', 1])]));
            assert_eq!(content_header(&payload), Some(payload));
        }
        assert_eq!(content_header(&header(&[])), Some(header(&[])));
        assert_eq!(method(&[0, 10, 0, 10, 1, 2, 3]), None);
    }

    #[test]
    fn depth_and_bytes_that_are_no_text_are_replaced() {
        let check = |name: &[u8], value: Vec<u8>, safe_name: &[u8], safe_value: Vec<u8>| {
            let payload = header(&table(&[(name, value), (b"z", vec![b't', 1])]));
            let expected = header(&table(&[(safe_name, safe_value), (b"z", vec![b't', 1])]));
            assert_eq!(content_header(&payload), Some(expected));
        };
        check(b"a", nested(DEPTH_MAX + 1), b"a", text(TOO_DEEP));
        check(b"a", nested(20_000), b"a", text(TOO_DEEP));
        check(b"\xff", vec![b'V'], b"base64:/w==", vec![b'V']);
        let mut inner = vec![b'F'];
        put_long(&mut inner, &table(&[(b"\xff", vec![b'V'])])).expect("short");
        let payload = header(&table(&[(b"a", inner)]));
        assert_eq!(content_header(&payload), Some(header(&table(&[(b"a", text(TOO_DEEP))]))));
        // A type nobody knows: the table cannot be read further.
        let payload = header(&table(&[(b"a", vec![b'?'])]));
        assert_eq!(content_header(&payload), Some(header(&table(&[(UNREADABLE.as_bytes(), text(TOO_DEEP))]))));
    }

    #[test]
    fn methods_keep_their_other_fields() {
        let deliver = |key: &[u8]| {
            let mut payload = vec![0, 60, 0, 60];
            put_short(&mut payload, b"tag");
            payload.extend([0, 0, 0, 0, 0, 0, 0, 9, 1]);
            put_short(&mut payload, b"exchange");
            put_short(&mut payload, key);
            payload
        };
        assert_eq!(method(&deliver(b"key")), Some(deliver(b"key")));
        assert_eq!(method(&deliver(b"\xff")), Some(deliver(b"base64:/w==")));
        let get_ok = |key: &[u8]| {
            let mut payload = vec![0, 60, 0, 71, 0, 0, 0, 0, 0, 0, 0, 9, 1];
            put_short(&mut payload, b"exchange");
            put_short(&mut payload, key);
            payload.extend([0, 0, 0, 7]);
            payload
        };
        assert_eq!(method(&get_ok(b"key")), Some(get_ok(b"key")));
        assert_eq!(method(&get_ok(b"\xff")), Some(get_ok(b"base64:/w==")));
        assert_eq!(method(&deliver(&[0xff; 255])).map(|safe| safe.len()), Some(deliver(&[b'x'; 255]).len()));
        let close = |text: &[u8]| {
            let mut payload = vec![0, 20, 0, 40, 1, 0x94];
            put_short(&mut payload, text);
            payload.extend([0, 50, 0, 10]);
            payload
        };
        assert_eq!(method(&close(b"no queue '\xc3")), Some(close(b"no queue '")));
    }

    /// Found by fuzzing: a deep header before a property that is cut off was passed on as it was.
    #[test]
    fn what_is_cut_off_loses_its_properties() {
        let payload = header(&table(&[(b"a", nested(20_000))]));
        let mut left = payload[..CONTENT_HEAD].to_vec();
        left.extend(HEADERS_ALONE.to_be_bytes());
        put_long(&mut left, &table(&[(UNREADABLE.as_bytes(), text(TOO_DEEP))])).expect("short");
        for end in (CONTENT_HEAD..99).chain(payload.len() - 99..payload.len()) {
            assert_eq!(content_header(&payload[..end]).as_ref(), Some(&left), "{end}");
        }
        assert_eq!(content_header(&payload[..CONTENT_HEAD - 1]), None);
    }
}
