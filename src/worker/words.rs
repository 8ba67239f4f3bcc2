//! What was written by others as it may be shown, and numbers as a person reads them.

use serde::Serialize;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

/// A moment in a table.
const MOMENT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]Z");

/// A character that a terminal might obey, hide, or turn the line around at.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A text of others on one line: what a terminal might obey stands escaped.
pub fn plain(text: &str) -> String {
    escape(text, |_| false)
}

/// The same for a text of several lines, whose ends stay.
pub fn plain_lines(text: &str) -> String {
    escape(text, |c| c == '\n')
}

fn escape(text: &str, stays: impl Fn(char) -> bool) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) && !stays(c) { plain.extend(c.escape_default()) } else { plain.push(c) }
    }
    plain
}

/// The beginning of a text, in a cell.
pub fn cut(text: &str, chars_max: usize) -> String {
    let mut cut = plain(&text.chars().take(chars_max).collect::<String>());
    if text.chars().nth(chars_max).is_some() {
        cut.push('…');
    }
    cut
}

/// A text that may not be known.
pub fn known(text: Option<&str>) -> String {
    text.map_or_else(|| "-".to_owned(), plain)
}

/// A moment to the second, in UTC.
pub fn moment(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC).format(MOMENT).unwrap_or_else(|_| at.to_string())
}

/// `1 letter`, `2 letters`.
pub fn count(number: u64, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// JSON in which nothing is left that a terminal might obey: the same values, more of them escaped.
pub fn json(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let text = serde_json::to_string_pretty(value)?;
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '\n' && is_hidden(c) {
            plain.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            plain.push(c);
        }
    }
    Ok(plain)
}

/// A text that may hold somebody's address is not written into the operators' log.
pub fn without_address(text: &str) -> &str {
    if text.contains('@') || text.contains("%40") { "not shown: it holds an @" } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_has_nothing_to_obey() {
        let hostile = "a\u{1b}[31mb\u{9b}2J\r\n\t\u{202e}c\u{0}é\u{301}";
        assert_eq!(plain(hostile), "a\\u{1b}[31mb\\u{9b}2J\\r\\n\\t\\u{202e}c\\u{0}é\u{301}");
        assert_eq!(plain_lines("a\n\u{1b}"), "a\n\\u{1b}");
        assert_eq!(cut("\u{1b}bcd", 2), "\\u{1b}b…");
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!((&*count(1, "letter"), &*count(0, "letter")), ("1 letter", "0 letters"));
        assert_eq!(moment(time::macros::datetime!(2026-11-03 10:30:00.9 +1)), "2026-11-03 09:30:00Z");
    }
}
