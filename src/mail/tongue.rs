//! How one reader is told: in which words, with which dates, in which time zone.

use fluent_bundle::FluentArgs;
use time::OffsetDateTime;

use super::catalogue::{Catalogue, Direction, PhraseError};
use super::formats::{Moment, UTC, Zone};
use super::text;

/// The language, region and zone of one letter.
#[derive(Clone, Copy)]
pub(super) struct Tongue<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) zone: &'a Zone,
}

impl Tongue<'_> {
    /// The sentence of this key.
    pub(super) fn phrase(&self, key: &str, args: &FluentArgs<'_>) -> Result<String, PhraseError> {
        self.catalogue.phrase(key, args)
    }

    /// The day of the moment where the reader is, in words.
    pub(super) fn day(&self, at: OffsetDateTime) -> String {
        self.local(at).day
    }

    /// The moment, to the minute, with its zone.
    pub(super) fn moment(&self, at: OffsetDateTime) -> Result<String, PhraseError> {
        let Moment { day, time, zone } = self.local(at);
        let args: FluentArgs<'_> = [("day", day), ("time", time), ("zone", zone)].into_iter().collect();
        self.phrase("moment", &args)
    }

    /// Foreign text for a body: harmless, without links.
    pub(super) fn inert(&self, foreign: &str, chars_max: usize) -> String {
        self.apart(text::inert(foreign, chars_max))
    }

    /// Foreign text for a subject: harmless.
    pub(super) fn plain(&self, foreign: &str, chars_max: usize) -> String {
        self.apart(text::plain(foreign, chars_max))
    }

    /// Where the sentence around it is written from right to left, foreign text must not be mixed up with it.
    fn apart(&self, text: String) -> String {
        match self.catalogue.direction() {
            Direction::Ltr => text,
            Direction::Rtl => text::isolate(text),
        }
    }

    fn local(&self, at: OffsetDateTime) -> Moment {
        let formats = self.catalogue.formats();
        let local = formats.moment(at, self.zone).or_else(|| formats.moment(at, &Zone::utc()));
        // A moment beyond the years a calendar can name stands as it is, in UTC.
        local.unwrap_or_else(|| Moment {
            day: at.date().to_string(),
            time: at.time().to_string(),
            zone: UTC.to_owned(),
        })
    }
}
