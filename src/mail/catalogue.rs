//! The sentences of the letters, one Fluent file per language (`templates/catalogue/<tag>.ftl`).
//!
//! Fluent's own bidi isolation is off: it would put invisible marks around every number and id, which people copy
//! into support tickets. Foreign text with right-to-left letters brings its isolates along instead (`mail/text.rs`).

use std::collections::BTreeMap;
use std::sync::Arc;

use fluent_bundle::FluentValue;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_syntax::ast::PatternElement;
use icu_provider::DataError;
use intl_memoizer::Memoizable;
use intl_memoizer::concurrent::IntlLangMemoizer;
use unic_langid::{CharacterDirection, LanguageIdentifier};

use super::formats::{Formats, Numbers};
use super::sentence::Sentence;

use crate::event::{EventType, Improvement, WithdrawalCause};
use crate::policy::{Ground, Reason};

/// One language, with the dates and numbers of one region.
pub(super) struct Catalogue {
    language: LanguageIdentifier,
    tag: String,
    resource: Arc<FluentResource>,
    bundle: FluentBundle<Arc<FluentResource>>,
    formats: Formats,
}

/// In which direction a language is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

impl Direction {
    /// As in the attribute `dir` of HTML.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Ltr => "ltr",
            Direction::Rtl => "rtl",
        }
    }

    /// The side on which a line starts.
    pub(super) fn start(self) -> &'static str {
        match self {
            Direction::Ltr => "left",
            Direction::Rtl => "right",
        }
    }

    /// The side on which a line ends.
    pub(super) fn end(self) -> &'static str {
        match self {
            Direction::Ltr => "right",
            Direction::Rtl => "left",
        }
    }
}

/// Why the catalogue has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum PhraseError {
    /// No message of this key.
    #[error("the catalogue has no `{0}`")]
    Missing(String),
    /// A placeable could not be filled.
    #[error("`{key}` of the catalogue cannot be filled: {problem}")]
    Unfilled {
        /// Which message.
        key: String,
        /// What Fluent says.
        problem: String,
    },
}

impl Catalogue {
    /// Reads the catalogue of the language `tag`; every syntax error and doubled key at once.
    pub(super) fn parse(tag: &str, text: &str) -> Result<Self, Vec<String>> {
        let language: LanguageIdentifier =
            tag.parse().map_err(|_| vec![format!("`{tag}` is no language tag (BCP 47), such as `en`")])?;
        let resource = FluentResource::try_new(text.to_owned())
            .map_err(|(_, errors)| errors.iter().map(|error| format!("syntax: {error}")).collect::<Vec<_>>())?;
        Self::of(&language, &language, Arc::new(resource))
    }

    /// The same sentences for readers of a region: `regional` is the language with the region.
    pub(super) fn spoken_in(&self, regional: &LanguageIdentifier) -> Option<Self> {
        Self::of(&self.language, regional, Arc::clone(&self.resource)).ok()
    }

    fn of(
        language: &LanguageIdentifier, regional: &LanguageIdentifier, resource: Arc<FluentResource>,
    ) -> Result<Self, Vec<String>> {
        let mut bundle = FluentBundle::new_concurrent(vec![regional.clone()]);
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(number));
        bundle
            .add_resource(Arc::clone(&resource))
            .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>())?;
        let formats =
            Formats::new(regional).ok_or_else(|| vec!["no data on dates are compiled in: a defect".to_owned()])?;
        Ok(Self { tag: language.to_string(), language: language.clone(), resource, bundle, formats })
    }

    /// Which language it is.
    pub(super) fn language(&self) -> &LanguageIdentifier {
        &self.language
    }

    /// In which direction it is written.
    pub(super) fn direction(&self) -> Direction {
        match self.language.character_direction() {
            CharacterDirection::RTL => Direction::Rtl,
            _ => Direction::Ltr,
        }
    }

    /// What each sentence asks for, by key.
    pub(super) fn sentences(&self) -> BTreeMap<&str, Sentence> {
        Sentence::all(&self.resource)
    }

    /// The language tag.
    pub(super) fn tag(&self) -> &str {
        &self.tag
    }

    /// There is a message of this key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.bundle.get_message(key).is_some_and(|message| message.value().is_some())
    }

    /// The sentence of this key, filled with `args`.
    pub(super) fn phrase(&self, key: &str, args: &FluentArgs<'_>) -> Result<String, PhraseError> {
        let missing = || PhraseError::Missing(key.to_owned());
        let pattern = self.bundle.get_message(key).ok_or_else(missing)?.value().ok_or_else(missing)?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
        match errors.first() {
            None => Ok(text),
            Some(error) => Err(PhraseError::Unfilled { key: key.to_owned(), problem: error.to_string() }),
        }
    }

    /// The sentence of this key, if it is the same in every region and whatever it is about.
    pub(super) fn constant(&self, key: &str) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let text = |element: &PatternElement<&str>| match element {
            PatternElement::TextElement { .. } => true,
            PatternElement::Placeable { .. } => false,
        };
        let constant = pattern.elements.iter().all(text);
        constant.then(|| self.phrase(key, &FluentArgs::new()).ok())?
    }

    /// How dates are written.
    pub(super) fn formats(&self) -> &Formats {
        &self.formats
    }
}

/// Whole numbers as the region of the bundle writes them; its formatter is made once and kept by the bundle.
fn number(value: &FluentValue<'_>, kept: &IntlLangMemoizer) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let whole: i64 = number.into();
    kept.with_try_get::<Numbers, _, _>((), |numbers| numbers.whole(whole)).ok()
}

impl Memoizable for Numbers {
    type Args = ();
    type Error = DataError;

    fn construct(language: LanguageIdentifier, (): ()) -> Result<Self, DataError> {
        Self::new(&language)
    }
}

/// The sentence that tells an event's cause.
pub(super) fn cause_key(event_type: EventType, cause: &str) -> String {
    format!("cause-{}-{cause}", event_type.as_str())
}

/// Who acted: by the reason, and where the catalogue tells it apart by the cause.
pub(super) fn acted_key(reason: Reason, cause: Option<&str>) -> String {
    match cause {
        Some(cause) => format!("acted-{}-{cause}", reason.as_str()),
        None => format!("acted-{}", reason.as_str()),
    }
}

/// What to improve.
pub(super) fn improve_key(improvement: Improvement) -> String {
    format!("improve-{}", improvement.as_str())
}

/// Every key that code, rather than a template, asks for: one a reason, ground and cause.
pub(super) fn keys_of_codes() -> Vec<String> {
    let mut keys: Vec<String> = ["moment", "job-and-more"].map(str::to_owned).into();
    for reason in Reason::ALL {
        keys.extend(["verdict", "lead", "acted", "reason"].map(|family| format!("{family}-{}", reason.as_str())));
    }
    keys.push(acted_key(Reason::InvitationWithdrawn, Some(WithdrawalCause::ClientWithdrew.as_str())));
    for event_type in EventType::ALL.into_iter().filter(|event_type| event_type.concerns_proposals()) {
        keys.extend(
            ["verdict", "lead-several", "lead-several-agency"]
                .map(|family| format!("{family}-{}", event_type.as_str())),
        );
    }
    keys.extend(
        ["reapply-never", "reapply-now", "reapply-after", "decided-automated", "decided-person"].map(str::to_owned),
    );
    keys.extend(Improvement::ALL.iter().map(|improvement| improve_key(*improvement)));
    keys.extend(Ground::ALL.iter().map(|ground| format!("ground-{}", ground.as_str())));
    keys.push("ground-nothing_spent-invited".to_owned());
    for event_type in EventType::ALL {
        keys.extend(event_type.causes().into_iter().map(|cause| cause_key(event_type, cause)));
    }
    keys
}
