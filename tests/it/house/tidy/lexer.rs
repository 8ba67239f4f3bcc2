//! Blanks what is no code, so that the rules need not know about comments and strings.

/// The text with comments, strings and character literals replaced by spaces; lines and byte offsets stay.
pub fn code(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let end = skip(bytes, at);
        if end > at {
            out.extend(bytes[at..end].iter().map(|byte| if *byte == b'\n' { b'\n' } else { b' ' }));
            at = end;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).expect("what is no ASCII stands in comments, strings or whole identifiers")
}

/// The end of the comment, string or character that begins here; `at` if none does.
fn skip(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    match rest {
        [b'/', b'/', ..] => at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()),
        [b'/', b'*', ..] => at + block_comment(rest),
        [b'"', ..] => at + quoted(rest, b'"'),
        [b'\'', b'\\', ..] => at + quoted(rest, b'\''),
        // A character, unless it is a lifetime: the quote closes after one character.
        [b'\'', first, ..] => {
            let width = utf8_width(*first);
            if rest.get(1 + width) == Some(&b'\'') { at + width + 2 } else { at }
        }
        [b'r' | b'b' | b'c', ..] if !follows_word(bytes, at) => at + prefixed(rest),
        _ => at,
    }
}

fn follows_word(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(|byte| is_word(*byte))
}

/// Part of an identifier.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn utf8_width(first: u8) -> usize {
    match first {
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xFF => 4,
        _ => 1,
    }
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// Length of a literal that begins with its quote and knows escapes.
fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// Length of `r"…"`, `r#"…"#`, `b"…"`, `b'…'`, `br"…"`, `c"…"`; 0 if it is none of them.
fn prefixed(rest: &[u8]) -> usize {
    let letters = rest.iter().take(2).take_while(|byte| matches!(byte, b'r' | b'b' | b'c')).count();
    let raw = rest[..letters].contains(&b'r');
    let hashes = rest[letters..].iter().take_while(|byte| **byte == b'#').count();
    match rest.get(letters + hashes) {
        Some(b'"') if raw => {
            let mut close = vec![b'"'];
            close.resize(hashes + 1, b'#');
            let body = letters + hashes + 1;
            let end = rest[body..].windows(close.len()).position(|window| window == close);
            end.map_or(rest.len(), |end| body + end + close.len())
        }
        Some(quote @ (b'"' | b'\'')) if hashes == 0 => letters + quoted(&rest[letters..], *quote),
        _ => 0,
    }
}

/// Where the word stands in the code, whole: not as a part of a longer one.
pub fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let bytes = code.as_bytes();
        !follows_word(bytes, *at) && !bytes.get(at + word.len()).is_some_and(|byte| is_word(*byte))
    })
}

/// The identifier that begins here; empty if none does.
pub fn word_at(code: &str, at: usize) -> &str {
    let rest = &code[at..];
    let end = rest.bytes().position(|byte| !is_word(byte)).unwrap_or(rest.len());
    &rest[..end]
}

#[test]
fn only_code_is_left() {
    for (text, left) in [
        ("a // b\nc", "a     \nc"),
        ("a /* b /* c */ d */ e", "a                   e"),
        (r#"f("x::y \" z", 'a', '\'')"#, r"f(           ,    ,     )"),
        (r##"r#"crate::a"# b"c" br"d" x"##, r"                         x"),
        ("fn f<'a>(x: &'a str, y: 'é') {}", "fn f<'a>(x: &'a str, y:     ) {}"),
        ("bar\"x\"", "bar   "),
    ] {
        assert_eq!(code(text), left, "{text}");
    }
}
