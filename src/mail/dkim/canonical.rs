//! The canonical form `relaxed` of headers and body (RFC 6376 §3.4): what may change on the way without harm.

use sha2::{Digest, Sha256};

/// One header field as it stands in a message: its name, and its value with folds, without the last line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
}

/// The header fields of a message, from top to bottom, and its body. `None`: not a message of ours.
pub(super) fn split(message: &str) -> Option<(Vec<Field<'_>>, &str)> {
    let (head, body) = message.split_once("\r\n\r\n")?;
    let mut fields = Vec::new();
    let mut rest = head;
    while !rest.is_empty() {
        let end = field_end(rest);
        let (name, value) = rest.get(..end)?.split_once(':')?;
        fields.push(Field { name, value });
        rest = rest.get(end..)?.trim_start_matches("\r\n");
    }
    Some((fields, body))
}

/// Where the first field ends: at a line end that no fold follows.
fn field_end(text: &str) -> usize {
    let folds = |at: &usize| matches!(text.as_bytes().get(at + 2), Some(b' ' | b'\t'));
    text.match_indices("\r\n").map(|(at, _)| at).find(|at| !folds(at)).unwrap_or(text.len())
}

/// §3.4.2: name in lower case, no folds, runs of white space one space, none at the ends and around the colon.
/// Without a line end.
pub(super) fn header(field: Field<'_>, out: &mut String) {
    out.push_str(&field.name.trim_end().to_ascii_lowercase());
    out.push(':');
    squeeze(&field.value.replace("\r\n", ""), out);
}

/// §3.4.4, hashed: runs of white space one space, none at the ends of lines, no empty lines at the end.
pub(super) fn body_hash(body: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut empty = 0_usize;
    let mut line_out = String::new();
    for line in body.split_terminator("\r\n") {
        line_out.clear();
        squeeze_line(line, &mut line_out);
        if line_out.is_empty() {
            empty += 1;
            continue;
        }
        for _ in 0..std::mem::take(&mut empty) {
            hash.update(b"\r\n");
        }
        hash.update(line_out.as_bytes());
        hash.update(b"\r\n");
    }
    hash.finalize().into()
}

fn squeeze(text: &str, out: &mut String) {
    squeeze_line(text.trim_start_matches([' ', '\t']), out);
}

/// Space at the start of a line stays, as one.
fn squeeze_line(line: &str, out: &mut String) {
    let mut space = false;
    for c in line.chars() {
        if matches!(c, ' ' | '\t') {
            space = true;
            continue;
        }
        if std::mem::take(&mut space) {
            out.push(' ');
        }
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 6376 §3.4.5.
    #[test]
    fn the_example_of_the_standard() {
        let message = "A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
        let (fields, body) = split(message).expect("a message");
        let headers = fields.into_iter().map(|field| {
            let mut out = String::new();
            header(field, &mut out);
            out
        });
        assert_eq!(headers.collect::<Vec<_>>(), ["a:X", "b:Y Z"]);
        assert_eq!(body_hash(body), <[u8; 32]>::from(Sha256::digest(" C\r\nD E\r\n")));
    }

    #[test]
    fn a_body_of_nothing_is_nothing() {
        for body in ["", "\r\n", "\r\n\r\n \t\r\n"] {
            assert_eq!(body_hash(body), <[u8; 32]>::from(Sha256::digest("")), "{body:?}");
        }
        assert_eq!(body_hash("a"), <[u8; 32]>::from(Sha256::digest("a\r\n")));
    }
}
