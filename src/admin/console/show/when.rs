//! A moment: absolute in UTC for the record, relative for the eye.

use serde::{Serialize, Serializer};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use crate::worker::words;

/// A moment as a page shows it; for programs it is RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::admin::console) struct When {
    /// RFC 3339.
    pub(in crate::admin::console) iso: String,
    /// To the second, in UTC.
    pub(in crate::admin::console) utc: String,
    /// From where the reader stands.
    pub(in crate::admin::console) relative: String,
}

impl When {
    /// Seen at `now`.
    pub(in crate::admin::console) fn new(at: OffsetDateTime, now: OffsetDateTime) -> Self {
        let iso = at.to_offset(UtcOffset::UTC).format(&Rfc3339).unwrap_or_default();
        let seconds = (now - at).whole_seconds();
        let relative = match seconds {
            -4..=4 => "just now".to_owned(),
            5.. => format!("{} ago", span(seconds.unsigned_abs())),
            _ => format!("in {}", span(seconds.unsigned_abs())),
        };
        Self { iso, utc: words::moment(at), relative }
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.iso)
    }
}

/// A length of time in its largest unit.
pub(in crate::admin::console) fn span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::When;

    #[test]
    fn a_moment_is_absolute_and_relative() {
        let now = datetime!(2026-11-26 12:00 UTC);
        let relative = |seconds| When::new(now - Duration::seconds(seconds), now).relative;
        assert_eq!(
            ["just now", "90 s ago", "2 min ago", "2 h ago", "3 days ago", "in 5 min"].map(str::to_owned),
            [relative(2), relative(90), relative(150), relative(7_300), relative(260_000), relative(-300),]
        );
        let when = When::new(datetime!(2026-11-26 12:00 +1), now);
        assert_eq!((&*when.iso, &*when.utc), ("2026-11-26T11:00:00Z", "2026-11-26 11:00:00Z"));
    }
}
