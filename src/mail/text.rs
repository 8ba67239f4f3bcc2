//! Foreign text made harmless: names and titles as people wrote them, before they enter a subject, a body or a header.
//!
//! A job title is written by a client the reader must perhaps be warned of. What could end a line, turn the reading
//! direction of what follows, hide inside a word or become a link in a mail program is taken out here, once, so that
//! no template has to think of it. HTML is escaped later, by the HTML registry alone.

use unicode_segmentation::UnicodeSegmentation;

/// First strong isolate and pop directional isolate: what stands between them cannot reorder its surroundings
/// (Unicode Standard Annex 9).
pub(super) const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

/// Breaks what a mail program would take for a link; invisible, and a place where a long word may be broken.
const LINK_BREAK: char = '\u{200B}';

/// One line of at most `chars_max` characters: control characters and line ends become a space, invisible and
/// direction-changing characters go, runs of space become one. Cut between graphemes, with an ellipsis.
///
/// Text with right-to-left letters is put into isolates; any other text stays as plain as it was.
pub(super) fn plain(text: &str, chars_max: usize) -> String {
    isolate_foreign(clip(&one_line(text), chars_max))
}

/// Like [`plain`], and nothing in it looks like a link to a mail program: addresses, `scheme:` and `name.tld` are
/// broken by an invisible space.
pub(super) fn inert(text: &str, chars_max: usize) -> String {
    isolate_foreign(unlink(&clip(&one_line(text), chars_max), Schemes::All))
}

/// An id, which people copy into support tickets: it stays as it is (`urn:uuid:…` too), unless it looks like an address
/// or a domain.
pub(super) fn label(id: &impl ToString) -> String {
    unlink(&id.to_string(), Schemes::WithHost)
}

/// Which colons make a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Schemes {
    /// Each one behind a letter: `mailto:bob`.
    All,
    /// Those before slashes: `https://host`.
    WithHost,
}

/// Cuts between graphemes, never beyond `chars_max` characters, ellipsis included.
pub(super) fn clip(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let room = chars_max.saturating_sub(1);
    let mut taken = 0;
    let mut cut: String = text
        .graphemes(true)
        .take_while(|grapheme| {
            taken += grapheme.chars().count();
            taken <= room
        })
        .collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

fn one_line(text: &str) -> String {
    let visible: String =
        text.chars().filter(|c| !is_invisible(*c)).map(|c| if is_break(c) { ' ' } else { c }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Ends a line or controls a device.
fn is_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Changes direction, joins, hides or annotates without a glyph of its own. The joiners that scripts and emoji need
/// (U+200C, U+200D) stay.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}'
        | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E007F}')
}

fn isolate_foreign(text: String) -> String {
    if text.chars().any(is_right_to_left) { isolate(text) } else { text }
}

/// Put into isolates, once, unless there is nothing to put.
pub(super) fn isolate(text: String) -> String {
    if text.is_empty() || text.starts_with(ISOLATE.0) { text } else { format!("{}{text}{}", ISOLATE.0, ISOLATE.1) }
}

/// In a block of a right-to-left script.
pub(super) fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

/// Breaks what could become a link, behind the character that makes it one: what follows is then no host, no path and
/// no top-level domain, also for programs that take an invisible character for a letter of a domain.
fn unlink(text: &str, schemes: Schemes) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    // What a template puts around the text is no space: an isolate, a quotation mark.
    let mut before = '“';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        out.push(c);
        let next = Some(rest.peek().copied().unwrap_or('”')).filter(|next| !next.is_whitespace());
        // Nor is a space beside it: there the line may be broken, and be put into isolates of its own.
        let breaks = matches!(c, '@' | '\u{FF20}')
            || next.is_some_and(|next| match c {
                '.' | '\u{3002}' | '\u{FF0E}' | '\u{FF61}' => next != c && next != '”',
                ':' | '\u{FF1A}' if schemes == Schemes::All && before.is_alphabetic() => next != '”',
                ':' | '\u{FF1A}' => matches!(next, '/' | '\u{FF0F}' | '\\'),
                _ => false,
            });
        if breaks {
            out.push(LINK_BREAK);
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line_and_keeps_its_direction() {
        assert_eq!(plain("a\r\nBcc: x\0y\tz\u{85}q\u{2028}r", 99), "a Bcc: x y z q r");
        assert_eq!(plain("pay\u{202E}lap\u{2066}x\u{FEFF}", 99), "paylapx");
        assert_eq!(plain("לוגו", 99), "\u{2068}לוגו\u{2069}");
        assert_eq!(plain("  two   words ", 99), "two words");
    }

    #[test]
    fn a_cut_never_splits_a_grapheme() {
        assert_eq!(clip("abcdef", 6), "abcdef");
        assert_eq!(clip("abcdefg", 6), "abcde…");
        let family = "👨\u{200D}👩\u{200D}👧";
        assert_eq!(clip(&format!("ab{family}cd"), 6), "ab…");
        assert_eq!(clip(&format!("a{}", "\u{301}".repeat(500)), 10), "…");
    }

    #[test]
    fn nothing_looks_like_a_link() {
        for (link, broken) in [
            ("https://evil.example/x", "https:|//evil.|example/x"),
            ("www.evil.example", "www.|evil.|example"),
            ("mail bob@evil.example", "mail bob@|evil.|example"),
            ("mailto:bob", "mailto:|bob"),
            (".com bob@", ".|com bob@|"),
            ("evil.com.", "evil.|com."),
            ("evil-.com \"b\"@[1.2.3.4]", "evil-.|com \"b\"@|[1.|2.|3.|4]"),
            ("ｈｔｔｐｓ：／／evil。com", "ｈｔｔｐｓ：|／／evil。|com"),
            ("Node.js and .NET... at 12:30", "Node.|js and .|NET... at 12:30"),
            ("Logo, 3 to 5 days. Fast: now", "Logo, 3 to 5 days. Fast: now"),
        ] {
            assert_eq!(inert(link, 99).replace(LINK_BREAK, "|"), broken);
        }
    }

    #[test]
    fn an_id_is_copied_as_it_is_unless_it_looks_like_a_link() {
        for (id, shown) in [
            ("proposal-4711", "proposal-4711"),
            ("urn:uuid:018e3c5a-0000-8000-8000-000000000001", "urn:uuid:018e3c5a-0000-8000-8000-000000000001"),
            ("https://evil.example/1", "https:|//evil.|example/1"),
            ("bob@evil.example", "bob@|evil.|example"),
        ] {
            assert_eq!(label(&id).replace(LINK_BREAK, "|"), shown);
        }
    }
}
