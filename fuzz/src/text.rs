//! What several targets ask of texts, and how inputs are cut into fields.

/// A text that is shown to people: bounded, one line, no e-mail address.
pub fn assert_fit_to_show(text: &str, chars_max: usize) {
    assert!(text.chars().count() <= chars_max, "{} characters: {text:?}", text.chars().count());
    assert!(!text.chars().any(char::is_control), "a control character in {text:?}");
    // The one sign that may stand there says that a text was left out because of it.
    assert!(!text.replace("holds an @", "").contains('@'), "an @ in {text:?}");
}

/// The parts of an input between bytes 0xFF, which stand in no UTF-8 text.
pub fn fields(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    data.split(|byte| *byte == 0xFF)
}

/// The next field as text.
pub fn next<'a>(fields: &mut impl Iterator<Item = &'a [u8]>) -> String {
    String::from_utf8_lossy(fields.next().unwrap_or_default()).into_owned()
}
