//! The settings of one version: the questions the sources leave open, with our answers as defaults (domain notes,
//! section 8).

use super::read::Reader;
use time::Duration;

/// Longest time a setting can name, in days: a hundred years, far from the end of the calendar.
const DAYS_MAX: i64 = 36_500;

/// Whether Connects come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// They do.
    Return,
    /// They do not.
    None,
}

impl Answer {
    const ALL: &'static [Answer] = &[Answer::Return, Answer::None];

    /// The word, as `config/policy.toml` has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Return => "return",
            Answer::None => "none",
        }
    }
}

/// What becomes of a notice about something that happened too long ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StaleNotice {
    /// It says that it comes late.
    Late,
    /// It is kept back: nobody is told.
    None,
}

impl StaleNotice {
    const ALL: &'static [StaleNotice] = &[StaleNotice::Late, StaleNotice::None];

    /// The word, as `config/policy.toml` has it.
    pub fn as_str(self) -> &'static str {
        match self {
            StaleNotice::Late => "late",
            StaleNotice::None => "none",
        }
    }
}

/// The settings of one version. `config/policy.toml` says what each means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Declined by the client, then canceled.
    pub declined_by_client_on_cancel: Answer,
    /// Declined by the client, then removed or the client suspended.
    pub declined_by_client_on_removal: Answer,
    /// Withdrawn, then removed as fraud.
    pub withdrawn_before_fraud: Answer,
    /// Removed after a hire, to those not hired.
    pub after_hire_on_removal: Answer,
    /// Tell people that a post ran out of time.
    pub expired_notice: bool,
    /// How long a suspension that is not final is held; zero: not at all.
    pub hold: Duration,
    /// How long after it happened, or after its hold, a notice is news; zero: always.
    pub fresh: Duration,
    /// What becomes of one that is not.
    pub stale_notice: StaleNotice,
    /// Shortest life of returned Connects.
    pub returned_valid_min: Duration,
    /// Their life where the ledger does not say.
    pub returned_valid_default: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            declined_by_client_on_cancel: Answer::None,
            declined_by_client_on_removal: Answer::Return,
            withdrawn_before_fraud: Answer::None,
            after_hire_on_removal: Answer::Return,
            expired_notice: true,
            hold: Duration::days(14),
            fresh: Duration::days(14),
            stale_notice: StaleNotice::Late,
            returned_valid_min: Duration::days(30),
            returned_valid_default: Duration::days(365),
        }
    }
}

/// A setting a rule's `when` can ask for, with its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Switch {
    Answer(Answer),
    Flag(bool),
}

impl Settings {
    /// Names of the settings a rule's `when` can ask for.
    pub(super) const SWITCHES: [&'static str; 5] = [
        "declined_by_client_on_cancel",
        "declined_by_client_on_removal",
        "withdrawn_before_fraud",
        "after_hire_on_removal",
        "expired_notice",
    ];

    /// The value of a switch by its name.
    pub(super) fn switch(&self, name: &str) -> Option<Switch> {
        match name {
            "declined_by_client_on_cancel" => Some(Switch::Answer(self.declined_by_client_on_cancel)),
            "declined_by_client_on_removal" => Some(Switch::Answer(self.declined_by_client_on_removal)),
            "withdrawn_before_fraud" => Some(Switch::Answer(self.withdrawn_before_fraud)),
            "after_hire_on_removal" => Some(Switch::Answer(self.after_hire_on_removal)),
            "expired_notice" => Some(Switch::Flag(self.expired_notice)),
            _ => None,
        }
    }

    /// Reads `[version.settings]`; what is left out keeps its default.
    pub(super) fn read(mut reader: Reader<'_>) -> Settings {
        let mut settings = Settings::default();
        let answers = [
            ("declined_by_client_on_cancel", &mut settings.declined_by_client_on_cancel),
            ("declined_by_client_on_removal", &mut settings.declined_by_client_on_removal),
            ("withdrawn_before_fraud", &mut settings.withdrawn_before_fraud),
            ("after_hire_on_removal", &mut settings.after_hire_on_removal),
        ];
        for (key, answer) in answers {
            *answer = reader.word(key, Answer::ALL, Answer::as_str).unwrap_or(*answer);
        }
        settings.expired_notice = reader.flag("expired_notice").unwrap_or(settings.expired_notice);
        let stale_notice = reader.word("stale_notice", StaleNotice::ALL, StaleNotice::as_str);
        settings.stale_notice = stale_notice.unwrap_or(settings.stale_notice);
        let days = [
            ("hold_days", 0, &mut settings.hold),
            ("fresh_days", 0, &mut settings.fresh),
            ("returned_valid_days_min", 1, &mut settings.returned_valid_min),
            ("returned_valid_days_default", 1, &mut settings.returned_valid_default),
        ];
        for (key, least, setting) in days {
            *setting = reader.number(key, least..=DAYS_MAX).map_or(*setting, Duration::days);
        }
        reader.finish();
        settings
    }
}

impl Reader<'_> {
    /// Reads a rule's `when`: whether every setting it names has the value it asks for.
    pub(super) fn when(&mut self, settings: &Settings) -> bool {
        let Some(conditions) = self.table("when") else { return true };
        let mut holds = true;
        for (name, value) in conditions {
            let met = match (settings.switch(&name), &value) {
                (Some(Switch::Flag(is)), toml::Value::Boolean(asked)) => Some(is == *asked),
                (Some(Switch::Answer(is)), toml::Value::String(asked)) => {
                    Answer::ALL.iter().find(|a| a.as_str() == asked).map(|asked| is == *asked)
                }
                _ => None,
            };
            if met.is_none() {
                let known = Settings::SWITCHES.join(", ");
                self.find(format!(
                    "`when` asks for {name} = {value}: no setting has that name and value (one of {known})"
                ));
            }
            holds &= met.unwrap_or(true);
        }
        holds
    }
}
