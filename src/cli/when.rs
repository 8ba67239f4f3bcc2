//! A moment on the command line, or how long ago it was.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::dlq;

/// A moment, or how long ago it was.
#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    At(OffsetDateTime),
    Ago(std::time::Duration),
}

impl When {
    /// The moment, seen from `now`.
    pub(super) fn moment(self, now: OffsetDateTime) -> anyhow::Result<OffsetDateTime> {
        match self {
            When::At(at) => Ok(at),
            When::Ago(age) => dlq::ago(now, age),
        }
    }
}

/// Reads one.
pub(super) fn when(text: &str) -> Result<When, String> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok().map(When::At);
    at.or_else(|| humantime::parse_duration(text).ok().map(When::Ago))
        .ok_or_else(|| "a moment such as 2026-11-03T10:00:00Z or an age such as 2h is expected".to_owned())
}
