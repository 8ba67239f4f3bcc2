//! The one JSON reader: strict, bounded, and able to say where it stopped.
//!
//! RFC 8259 as `serde_json` reads it, less what two readers could understand differently or a database cannot keep:
//! no byte order mark, no key twice, no U+0000, no lone surrogate, nothing after the value, nesting of at most
//! [`DEPTH_MAX`], no number that would have to be changed to be kept. Numbers: integers within 64 bits with sign; a
//! number with a fraction or an exponent is an IEEE double (RFC 8259 §6), and where that is a whole number below 2^53
//! it is that integer (`1.0`, `1e0` and `1` are the same, as in RFC 8785). Decimals beyond a double's 17 digits are
//! rounded to it.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::error::{Code, DecodeError, pointer_segment};

/// Most arrays and objects within each other, the event itself counted. Today's events need three; far below the 128
/// at which `serde_json` stops, so that the error is ours.
pub const DEPTH_MAX: usize = 32;

/// From here on a double no longer holds every whole number: 2^53.
const WHOLE_DOUBLE_END: f64 = 9_007_199_254_740_992.0;

/// Where in the event the text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// It is the whole event (structured mode).
    Event,
    /// It is the event's data (binary mode): pointers begin with `/data`, and the envelope counts as one level.
    Data,
}

/// Reads one JSON text.
pub(super) fn parse(body: &[u8], place: Place) -> Result<Value, DecodeError> {
    if body.starts_with(b"\xEF\xBB\xBF") {
        let message = "the body begins with a byte order mark (EF BB BF); send UTF-8 without it";
        return Err(DecodeError::new(Code::Bom, message).expecting("UTF-8 without a byte order mark"));
    }
    let text = std::str::from_utf8(body).map_err(|e| {
        let message = format!("the body is no UTF-8: first wrong byte at offset {}", e.valid_up_to());
        DecodeError::new(Code::InvalidUtf8, message).expecting("JSON in UTF-8")
    })?;
    let (base, depth) = match place {
        Place::Event => ("", 0),
        Place::Data => ("/data", 1),
    };
    let trail = Trail::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict { trail: &trail, depth }
        .deserialize(&mut deserializer)
        .map_err(|e| trail.explain(&e).pointing(trail.pointer(base)))?;
    deserializer.end().map_err(|e| {
        let message = format!("something follows the JSON value (line {} column {})", e.line(), e.column());
        DecodeError::new(Code::TrailingData, message).expecting("one JSON value and nothing after it")
    })?;
    Ok(value)
}

/// Reads one JSON text that is no event, as strictly.
pub(crate) fn strict_json(text: &[u8]) -> Result<Value, DecodeError> {
    parse(text, Place::Event)
}

/// What the visitors found wrong, and the way from there back to the root, gathered only when there is an error.
#[derive(Default)]
struct Trail {
    finding: Cell<Option<Code>>,
    /// From the innermost outwards.
    segments: RefCell<Vec<String>>,
}

impl Trail {
    fn found<E: serde::de::Error>(&self, code: Code) -> E {
        self.finding.set(Some(code));
        E::custom("")
    }

    fn left(&self, segment: String) {
        self.segments.borrow_mut().push(segment);
    }

    fn pointer(&self, base: &str) -> String {
        self.segments.borrow().iter().rev().fold(base.to_owned(), |pointer, segment| pointer + "/" + segment)
    }

    fn explain(&self, error: &serde_json::Error) -> DecodeError {
        let at = format!("line {} column {}", error.line(), error.column());
        // serde_json has no public kind for it; a test pins the words.
        let out_of_range = error.to_string().starts_with("number out of range");
        let code = self.finding.get().or(out_of_range.then_some(Code::NumberRange)).unwrap_or(Code::InvalidJson);
        let (what, expected) = match code {
            Code::TooDeep => ("arrays and objects are nested too deeply", format!("at most {DEPTH_MAX} levels")),
            Code::DuplicateKey => ("an object names a key twice", "every key once".to_owned()),
            Code::Nul => ("a text holds U+0000", "texts without U+0000".to_owned()),
            Code::NumberRange => (
                "a number cannot be kept as it is",
                "integers from -2^63 to 2^63-1, whole numbers written with a fraction or an exponent below 2^53"
                    .to_owned(),
            ),
            _ => return DecodeError::new(code, format!("no JSON: {error}")).expecting("JSON (RFC 8259)"),
        };
        DecodeError::new(code, format!("{what} ({at}); expected {expected}")).expecting(&expected)
    }
}

/// Reads one value at a depth: the number of arrays and objects around it.
#[derive(Clone, Copy)]
struct Strict<'t> {
    trail: &'t Trail,
    depth: usize,
}

impl Strict<'_> {
    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= DEPTH_MAX {
            return Err(self.trail.found(Code::TooDeep));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(Value::Number(v.into()))
    }

    fn visit_u64<E: serde::de::Error>(self, v: u64) -> Result<Value, E> {
        // Beyond 2^63-1 a BIGINT ends, and with it every consumer of a canonical event.
        i64::try_from(v).map_or_else(|_| Err(self.trail.found(Code::NumberRange)), |v| self.visit_i64(v))
    }

    fn visit_f64<E: serde::de::Error>(self, v: f64) -> Result<Value, E> {
        if v.fract() != 0.0 {
            return Number::from_f64(v).map(Value::Number).ok_or_else(|| self.trail.found(Code::NumberRange));
        }
        if v.abs() >= WHOLE_DOUBLE_END || !v.is_finite() {
            return Err(self.trail.found(Code::NumberRange));
        }
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
        self.visit_i64(v as i64)
    }

    fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<Value, E> {
        self.visit_string(v.to_owned())
    }

    fn visit_string<E: serde::de::Error>(self, v: String) -> Result<Value, E> {
        if v.contains('\0') { Err(self.trail.found(Code::Nul)) } else { Ok(Value::String(v)) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(inner).inspect_err(|_| self.trail.left(items.len().to_string()))? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let leave = |_: &A::Error| self.trail.left(pointer_segment(&key));
            let known = if key.contains('\0') {
                Err(self.trail.found(Code::Nul))
            } else if object.contains_key(&key) {
                Err(self.trail.found(Code::DuplicateKey))
            } else {
                map.next_value_seed(inner)
            };
            let value = known.inspect_err(leave)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}
