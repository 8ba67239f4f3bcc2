//! Typed values out of the merged layers. Each getter checks its range and leaves a finding instead of stopping, so
//! that one run shows everything; what it then returns is never used, because findings fail the load.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use super::Finding;
use super::value::{Value, Values};

/// Reads values and gathers findings.
pub(super) struct Reader<'a> {
    values: &'a Values,
    findings: Vec<Finding>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(values: &'a Values, findings: Vec<Finding>) -> Self {
        Self { values, findings }
    }

    /// Everything found, in the order of the keys.
    pub(super) fn into_findings(mut self) -> Vec<Finding> {
        self.findings.sort();
        self.findings.dedup();
        self.findings
    }

    /// Adds a finding about a key.
    pub(super) fn complain(&mut self, key: &str, message: impl Into<String>) {
        let layer = self.values.get(key).map_or_else(|| "default".to_owned(), super::value::Setting::layer);
        self.findings.push(Finding { key: key.to_owned(), layer, message: message.into() });
    }

    /// The value comes from above the defaults.
    pub(super) fn is_changed(&self, key: &str) -> bool {
        self.values.get(key).is_some_and(|setting| setting.origin.rank() > 0)
    }

    /// Text, which may be empty. Line breaks and other control characters are refused: these texts go into headers and
    /// logs.
    pub(super) fn text(&mut self, key: &str) -> String {
        let Some(Value::Text(text)) = self.values.get(key).map(|setting| setting.value.clone()) else {
            self.complain(key, "text expected");
            return String::new();
        };
        if text.chars().any(char::is_control) {
            self.complain(key, "has a line break or another control character in it");
        }
        text
    }

    /// Text that may not be empty.
    pub(super) fn required(&mut self, key: &str) -> String {
        let text = self.text(key);
        if text.is_empty() {
            self.complain(key, "must be set");
        }
        text
    }

    /// Text; empty is `None`.
    pub(super) fn optional(&mut self, key: &str) -> Option<String> {
        Some(self.text(key)).filter(|text| !text.is_empty())
    }

    /// A path; empty is `None`.
    pub(super) fn path(&mut self, key: &str) -> Option<PathBuf> {
        self.optional(key).map(PathBuf::from)
    }

    /// A file that must be there; empty is `None`.
    pub(super) fn existing_file(&mut self, key: &str) -> Option<PathBuf> {
        let path = self.path(key)?;
        if !path.is_file() {
            self.complain(key, format!("{} is not a file that can be seen from here", path.display()));
        }
        Some(path)
    }

    /// A secret of several lines; empty is `None`.
    pub(super) fn secret_text(&mut self, key: &str) -> Option<SecretString> {
        let Some(Value::Text(text)) = self.values.get(key).map(|setting| setting.value.clone()) else {
            self.complain(key, "text expected");
            return None;
        };
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.complain(key, "has a control character in it that is no line break");
        }
        Some(text).filter(|text| !text.trim().is_empty()).map(SecretString::from)
    }

    /// A secret; empty is `None`.
    pub(super) fn secret(&mut self, key: &str) -> Option<SecretString> {
        self.optional(key).map(SecretString::from)
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &str) -> bool {
        match self.values.get(key).map(|setting| &setting.value) {
            Some(Value::Flag(flag)) => *flag,
            _ => {
                self.complain(key, "true or false expected");
                false
            }
        }
    }

    /// A whole number in `range`.
    pub(super) fn number<T>(&mut self, key: &str, range: RangeInclusive<T>) -> T
    where
        T: TryFrom<i64> + PartialOrd + Copy + Display,
    {
        let found = match self.values.get(key).map(|setting| &setting.value) {
            Some(Value::Number(number)) => *number,
            _ => {
                self.complain(key, "a whole number expected");
                return *range.start();
            }
        };
        match T::try_from(found) {
            Ok(number) if range.contains(&number) => number,
            _ => {
                self.complain(key, format!("{found} is out of range: {} to {}", range.start(), range.end()));
                *range.start()
            }
        }
    }

    /// A duration in `range`, as `30s`, `5m`, `1h 30m`.
    pub(super) fn duration(&mut self, key: &str, range: RangeInclusive<Duration>) -> Duration {
        let text = self.text(key);
        let show = |at: &Duration| humantime::format_duration(*at).to_string();
        match humantime::parse_duration(text.trim()) {
            Ok(found) if range.contains(&found) => found,
            Ok(found) => {
                let (found, low, high) = (show(&found), show(range.start()), show(range.end()));
                self.complain(key, format!("{found} is out of range: {low} to {high}"));
                *range.start()
            }
            Err(_) => {
                self.complain(key, "a duration expected, as \"250ms\", \"30s\", \"5m\", \"4h\" or \"5d\"");
                *range.start()
            }
        }
    }

    /// One of a few words. Returns the first when it is none of them.
    pub(super) fn choice<T: Copy>(&mut self, key: &str, first: (&str, T), others: &[(&str, T)]) -> T {
        let text = self.text(key);
        let found = std::iter::once(&first).chain(others).find(|(word, _)| *word == text);
        if let Some((_, meaning)) = found {
            return *meaning;
        }
        let words: Vec<String> = std::iter::once(&first).chain(others).map(|(word, _)| format!("\"{word}\"")).collect();
        self.complain(key, format!("is none of {}", words.join(", ")));
        first.1
    }

    /// Two durations or numbers of which `low` may not be above `high`.
    pub(super) fn ordered<T: PartialOrd>(&mut self, low: &(&str, T), high: &(&str, T)) {
        if low.1 > high.1 {
            // Blamed on the one that was changed.
            let (blamed, other, word) =
                if self.is_changed(low.0) { (low.0, high.0, "more") } else { (high.0, low.0, "less") };
            self.complain(blamed, format!("is {word} than {other}"));
        }
    }
}
