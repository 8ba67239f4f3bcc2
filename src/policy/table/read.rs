//! Reads a TOML table key by key and notes every finding, where a derived reader would stop at the first.

use std::ops::RangeInclusive;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use toml::{Table, Value};

use super::Finding;

/// Longest id of a version or a rule, in bytes: it stands in every decision's row and in metrics.
const NAME_BYTES_MAX: usize = 64;

/// One table on its way to a value. A key that was read is gone from it; what is left at the end is unknown.
pub(super) struct Reader<'f> {
    table: Table,
    version: Option<String>,
    rule: Option<String>,
    /// Which part of it this is, as a prefix of the messages.
    part: &'static str,
    findings: &'f mut Vec<Finding>,
    before: usize,
}

impl<'f> Reader<'f> {
    pub(super) fn new(
        table: Table, version: Option<&str>, rule: Option<&str>, part: &'static str, findings: &'f mut Vec<Finding>,
    ) -> Self {
        let before = findings.len();
        Reader { table, version: version.map(str::to_owned), rule: rule.map(str::to_owned), part, findings, before }
    }

    /// Notes a finding.
    pub(super) fn find(&mut self, message: impl Into<String>) {
        let message = format!("{}{}", self.part, message.into());
        self.findings.push(Finding { version: self.version.clone(), rule: self.rule.clone(), message });
    }

    /// Whether the key is there and was not read yet.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Takes the key for known without reading it.
    pub(super) fn skip(&mut self, key: &str) {
        self.table.remove(key);
    }

    /// Reads a key that must be there.
    pub(super) fn required<T>(&mut self, key: &str, read: impl FnOnce(&mut Self, &str) -> Option<T>) -> Option<T> {
        if !self.has(key) {
            self.find(format!("`{key}` is missing"));
        }
        read(self, key)
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        self.take(key, "true or false", Value::as_bool)
    }

    /// A whole number in a range.
    pub(super) fn number(&mut self, key: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        self.take(key, &expected, |value| value.as_integer().filter(|n| range.contains(n)))
    }

    /// A moment with its offset from UTC.
    pub(super) fn moment(&mut self, key: &str) -> Option<OffsetDateTime> {
        self.take(key, "a date and time with offset, such as 2024-09-01T00:00:00Z", |value| {
            OffsetDateTime::parse(&value.as_datetime()?.to_string(), &Rfc3339).ok()
        })
    }

    /// An id: small letters, digits, `-` and `.`.
    pub(super) fn name(&mut self, key: &str) -> Option<String> {
        let expected = format!("1 to {NAME_BYTES_MAX} of a-z, 0-9, - and .");
        self.take(key, &expected, |value| {
            let name = value.as_str().filter(|name| (1..=NAME_BYTES_MAX).contains(&name.len()))?;
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
            name.bytes().all(plain).then(|| name.to_owned())
        })
    }

    /// One of the known words.
    pub(super) fn word<T: Copy>(&mut self, key: &str, all: &[T], name: fn(T) -> &'static str) -> Option<T> {
        let expected = format!("one of {}", list(all, name));
        self.take(key, &expected, |value| find_word(value, all, name))
    }

    /// A list of known words, not empty; empty where the key is absent or wrong.
    pub(super) fn words<T: Copy>(&mut self, key: &str, all: &[T], name: fn(T) -> &'static str) -> Vec<T> {
        let expected = format!("a list, not empty, of {}", list(all, name));
        let words = self.take(key, &expected, |value| {
            let words = value.as_array().filter(|words| !words.is_empty())?;
            words.iter().map(|word| find_word(word, all, name)).collect::<Option<Vec<T>>>()
        });
        words.unwrap_or_default()
    }

    /// A table in this table.
    pub(super) fn table(&mut self, key: &str) -> Option<Table> {
        self.take(key, "a table", |value| value.as_table().cloned())
    }

    /// A list of tables in this table; empty where the key is absent or wrong.
    pub(super) fn tables(&mut self, key: &str) -> Vec<Table> {
        let tables = self.take(key, "a list of tables", |value| {
            value.as_array()?.iter().map(|one| one.as_table().cloned()).collect::<Option<Vec<Table>>>()
        });
        tables.unwrap_or_default()
    }

    /// Notes every key nobody read. Whether there was no finding since the start.
    pub(super) fn finish(mut self) -> bool {
        for (key, _) in std::mem::take(&mut self.table) {
            self.find(format!("`{key}` is not known here"));
        }
        self.findings.len() == self.before
    }

    fn take<T>(&mut self, key: &str, expected: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let value = self.table.remove(key)?;
        let read = read(&value);
        if read.is_none() {
            self.find(format!("`{key}` must be {expected}"));
        }
        read
    }
}

fn find_word<T: Copy>(value: &Value, all: &[T], name: fn(T) -> &'static str) -> Option<T> {
    let text = value.as_str()?;
    all.iter().copied().find(|word| name(*word) == text)
}

fn list<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> String {
    all.iter().map(|word| format!("{:?}", name(*word))).collect::<Vec<_>>().join(", ")
}
