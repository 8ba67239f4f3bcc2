//! The parts of a message, flat.
//!
//! The tree is walked here and not by mail-parser, which nests messages without bound: what it returns of a hundred
//! thousand levels overflows the stack when it is dropped. Heads are read by mail-parser.

use std::borrow::Cow;

use mail_parser::decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode};
use mail_parser::{MessageParser, MimeHeaders};

use super::BounceError;

/// Parts of a message, all levels together. A report has three; gateways add a footer.
const PARTS_MAX: usize = 32;

/// Multiparts within multiparts: a report that a gateway has wrapped, twice.
const DEPTH_MAX: usize = 4;

/// Bytes of one value that are kept.
const VALUE_BYTES_MAX: usize = 2_000;

/// The fields of a head.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// `type/subtype` in lower case; `text/plain` where there is none.
    pub(super) media: String,
    boundary: Option<String>,
    report_type: Option<String>,
    /// Names in lower case, values unfolded.
    list: Vec<(String, String)>,
}

impl Fields {
    /// Reads a head, with or without the empty line at its end.
    pub(super) fn read(head: &[u8]) -> Fields {
        // Without an empty line mail-parser takes what it read for no message.
        let head = [head, b"\n\n"].concat();
        let Some(message) = MessageParser::default().parse_headers(&head) else { return Fields::default() };
        let list = message.headers_raw().map(|(name, value)| (name.trim().to_ascii_lowercase(), unfolded(value)));
        let kind = message.content_type();
        let attribute = |name: &str| kind.and_then(|kind| kind.attribute(name)).map(str::to_owned);
        let media = kind.map_or_else(
            || "text/plain".to_owned(),
            |kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("plain")).to_ascii_lowercase(),
        );
        let (boundary, report_type) = (attribute("boundary"), attribute("report-type"));
        Fields { media, boundary, report_type, list: list.collect() }
    }

    /// The first value of this name, given in lower case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.list.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether it heads a report of this type (RFC 6522).
    pub(super) fn is_report(&self, kind: &str) -> bool {
        self.media == "multipart/report"
            && self.report_type.as_deref().is_some_and(|found| found.eq_ignore_ascii_case(kind))
    }
}

/// A value on one line, as long as any that matters.
fn unfolded(value: &str) -> String {
    let mut line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    line.truncate(line.floor_char_boundary(VALUE_BYTES_MAX));
    line
}

/// A part that is no multipart.
#[derive(Debug)]
pub(super) struct Part {
    /// `type/subtype` in lower case.
    pub(super) media: String,
    /// Its body, decoded.
    pub(super) body: Vec<u8>,
}

/// The head of a message and its parts, in their order.
pub(super) fn read(bytes: &[u8]) -> Result<(Fields, Vec<Part>), BounceError> {
    // What an MTA writes before a message that it pipes into a program.
    let bytes = match bytes.starts_with(b"From ") {
        true => bytes.splitn(2, |byte| *byte == b'\n').nth(1).unwrap_or_default(),
        false => bytes,
    };
    let (top, body) = head(bytes);
    let top = Fields::read(top);
    let mut parts = Vec::new();
    walk(&top, body, DEPTH_MAX, &mut parts)?;
    Ok((top, parts))
}

/// Head and body: what is before and after the first empty line.
pub(super) fn head(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if matches!(line, b"\n" | b"\r\n") {
            let (head, rest) = bytes.split_at(at);
            return (head, rest.get(line.len()..).unwrap_or_default());
        }
        at += line.len();
    }
    (bytes, &[])
}

fn walk(fields: &Fields, body: &[u8], depth: usize, parts: &mut Vec<Part>) -> Result<(), BounceError> {
    let boundary = fields.boundary.as_deref().filter(|_| fields.media.starts_with("multipart/"));
    let Some(boundary) = boundary else {
        if parts.len() == PARTS_MAX {
            return Err(BounceError::TooManyParts);
        }
        parts.push(Part { media: fields.media.clone(), body: decoded(fields, body).into_owned() });
        return Ok(());
    };
    let Some(depth) = depth.checked_sub(1) else { return Err(BounceError::TooManyParts) };
    for piece in pieces(body, boundary.as_bytes())? {
        let (head, body) = head(piece);
        walk(&Fields::read(head), body, depth, parts)?;
    }
    Ok(())
}

/// What stands between the lines of a boundary (RFC 2046, 5.1.1).
fn pieces<'a>(body: &'a [u8], boundary: &[u8]) -> Result<Vec<&'a [u8]>, BounceError> {
    let (mut pieces, mut begin, mut at) = (Vec::new(), None, 0);
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let rest = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary)).map(<[u8]>::trim_ascii_end);
        if let Some(end @ (b"" | b"--")) = rest {
            pieces.extend(begin.and_then(|begin: usize| body.get(begin..at)));
            if end == b"--" {
                return Ok(pieces);
            }
            if pieces.len() == PARTS_MAX {
                return Err(BounceError::TooManyParts);
            }
            begin = Some(at + line.len());
        }
        at += line.len();
    }
    // Cut off before its last boundary: what is there is read.
    pieces.extend(begin.and_then(|begin| body.get(begin..)));
    Ok(pieces)
}

fn decoded<'a>(fields: &Fields, body: &'a [u8]) -> Cow<'a, [u8]> {
    let encoding = fields.get("content-transfer-encoding").unwrap_or_default().trim().to_ascii_lowercase();
    let decoded = match &*encoding {
        "base64" => base64_decode(body),
        "quoted-printable" => quoted_printable_decode(body),
        _ => None,
    };
    decoded.map_or(Cow::Borrowed(body), Cow::Owned)
}
