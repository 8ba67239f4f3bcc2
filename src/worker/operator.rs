//! What the operators' log takes: names and reasons, one line each.

/// Longest reason and name, in characters.
const TEXT_CHARS_MAX: usize = 500;

/// One line that says something, trimmed; else what is wrong with it.
pub fn line(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("it must say something".to_owned());
    }
    if text.chars().any(char::is_control) {
        return Err("one line without control characters is expected".to_owned());
    }
    if text.chars().nth(TEXT_CHARS_MAX).is_some() {
        return Err(format!("at most {TEXT_CHARS_MAX} characters are expected"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_reason_is_a_line() {
        assert_eq!(line(" shop #4 was down "), Ok("shop #4 was down".to_owned()));
        for bad in ["", "  ", "a\nb", "a\u{1b}b", &"x".repeat(501)] {
            assert!(line(bad).is_err(), "{bad:?}");
        }
    }
}
