//! Dates, times and numbers as a region writes them (CLDR, by ICU4X), in the reader's time zone (IANA, by jiff).
//!
//! Data of both are compiled in: the same notice reads the same on every machine. What a reader's row says about region
//! and zone is foreign text; what cannot be used falls back in silence.

use fixed_decimal::Decimal;
use icu_calendar::Gregorian;
use icu_datetime::fieldsets::{T, YMD, zone::SpecificShort};
use icu_datetime::options::TimePrecision;
use icu_datetime::{DateTimeFormatterPreferences, FixedCalendarDateTimeFormatter, NoCalendarFormatter};
use icu_decimal::DecimalFormatter;
use icu_decimal::options::DecimalFormatterOptions;
use icu_locale_core::Locale;
use icu_provider::DataError;
use icu_time::zone::{IanaParser, UtcOffset as IcuOffset};
use icu_time::{DateTime, Time, TimeZone as IcuZone};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use time::{OffsetDateTime, UtcOffset};
use unic_langid::LanguageIdentifier;

/// Longest name of a time zone that is looked up, in bytes; the longest of the database has 32.
const ZONE_BYTES_MAX: usize = 64;

/// The zone of readers about whom nothing is known.
pub(super) const UTC: &str = "UTC";

/// How English is written where no region is known: day before month, as most of the world writes it, and 24 hours.
const ENGLISH_ANYWHERE: &str = "en-001-u-hc-h23";

/// How one region writes dates and times.
pub(super) struct Formats {
    day: FixedCalendarDateTimeFormatter<Gregorian, YMD>,
    time: NoCalendarFormatter<T>,
    zone: NoCalendarFormatter<SpecificShort>,
}

/// A moment in the reader's zone, in words.
pub(super) struct Moment {
    pub(super) day: String,
    pub(super) time: String,
    /// Which zone day and time are told in.
    pub(super) zone: String,
}

impl Formats {
    /// Of this language and region; `None` if not even the root of all locales has data: a defect of the build.
    pub(super) fn new(language: &LanguageIdentifier) -> Option<Self> {
        Self::of(&locale(language)).or_else(|| Self::of(&Locale::UNKNOWN))
    }

    fn of(locale: &Locale) -> Option<Self> {
        let wanted = DateTimeFormatterPreferences::from(locale);
        Some(Self {
            day: FixedCalendarDateTimeFormatter::try_new(wanted, YMD::long()).ok()?,
            time: NoCalendarFormatter::try_new(wanted, T::medium().with_time_precision(TimePrecision::Minute)).ok()?,
            zone: NoCalendarFormatter::try_new(wanted, SpecificShort).ok()?,
        })
    }

    /// The moment, to the minute; `None` beyond the years a calendar can name.
    pub(super) fn moment(&self, at: OffsetDateTime, zone: &Zone) -> Option<Moment> {
        let (local, zone_id) = zone.local(at)?;
        let date = icu_calendar::Date::try_new_gregorian(local.year(), local.month().into(), local.day()).ok()?;
        let time = Time::try_new(local.hour(), local.minute(), 0, 0).ok()?;
        let offset = IcuOffset::try_from_seconds(local.offset().whole_seconds()).ok()?;
        let info = zone_id.with_offset(Some(offset)).at_date_time(DateTime { date, time });
        Some(Moment {
            day: self.day.format(&date).to_string(),
            time: self.time.format(&time).to_string(),
            // CLDR's own short names of UTC, as the French TU, are known to fewer people than the code.
            zone: if zone.is_utc() { UTC.to_owned() } else { self.zone.format(&info).to_string() },
        })
    }
}

/// How one region writes numbers.
pub(super) struct Numbers(DecimalFormatter);

impl Numbers {
    /// Of this language and region; fails if not even the root of all locales has data, which is a defect of the build.
    pub(super) fn new(language: &LanguageIdentifier) -> Result<Self, DataError> {
        let of = |locale: Locale| DecimalFormatter::try_new((&locale).into(), DecimalFormatterOptions::default());
        of(locale(language)).or_else(|_| of(Locale::UNKNOWN)).map(Self)
    }

    pub(super) fn whole(&self, number: i64) -> String {
        self.0.format(&Decimal::from(number)).to_string()
    }
}

fn locale(language: &LanguageIdentifier) -> Locale {
    let tag = language.to_string();
    let tag = if tag == "en" { ENGLISH_ANYWHERE } else { &tag };
    Locale::try_from_str(tag).unwrap_or(Locale::UNKNOWN)
}

/// A time zone.
pub(super) struct Zone {
    rules: TimeZone,
    id: IcuZone,
}

impl Zone {
    /// The zone of this name (IANA), if there is one.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let plausible = !name.is_empty() && name.len() <= ZONE_BYTES_MAX;
        let rules = plausible.then(|| TimeZone::get(name).ok()).flatten()?;
        Some(Self { rules, id: IanaParser::new().parse(name) })
    }

    /// UTC.
    pub(super) fn utc() -> Self {
        Self { rules: TimeZone::UTC, id: IanaParser::new().parse(UTC) }
    }

    fn is_utc(&self) -> bool {
        self.id == IanaParser::new().parse(UTC)
    }

    fn local(&self, at: OffsetDateTime) -> Option<(OffsetDateTime, IcuZone)> {
        let moment = Timestamp::from_second(at.unix_timestamp()).ok()?;
        let offset = UtcOffset::from_whole_seconds(self.rules.to_offset(moment).seconds()).ok()?;
        Some((at.checked_to_offset(offset)?, self.id))
    }
}
