//! The letters: handlebars templates in strict mode, compiled once, over the sentences of a catalogue.
//!
//! Two registries, because escaping belongs to a registry: one for HTML, one that escapes nothing for subject and text.
//! [`Letters::load`] refuses templates that could fail, or say nothing, for some notice; [`Letters::check`] renders
//! every combination of codes on top. Nothing here sends or writes anything.

mod bell;
mod check;
mod fill;
mod inline;
mod lint;
mod source;
mod spoken;
mod translate;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use handlebars::{Context, Template};
use serde::Serialize;
use serde_json::Value;

use super::catalogue::{Catalogue, Direction, keys_of_codes};
use super::context::{LetterContext, View};
use super::formats::{UTC, Zone};
use super::languages::Languages;
use super::letter::Letter;
use super::tongue::Tongue;
use crate::fault::{Classify, Fault};
pub use bell::{BELL_CHARS_MAX, Bell};
use fill::{Sheet, wrapped};
use lint::Compiled;
use source::Sources;
use spoken::{Registries, Templates};
pub use words::Words;

/// What a finding about the language of last resort names: the key of the configuration.
pub const LOCALE_KEY: &str = "mail.locale";

/// What a finding about the time zone of last resort names: the key of the configuration.
pub const TIME_ZONE_KEY: &str = "mail.time_zone";

/// Longest subject in characters: what a phone shows three times over; the parts of ours are cut to fit in it.
pub const SUBJECT_CHARS_MAX: usize = 160;

/// What the letters are made of and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LettersOptions {
    /// Templates and catalogues of the operator's own.
    pub templates_dir: Option<PathBuf>,
    /// Language (BCP 47) of readers whose own is unknown or has no catalogue.
    pub locale: String,
    /// Time zone (IANA name) of readers whose own is unknown.
    pub time_zone: String,
}

impl Default for LettersOptions {
    fn default() -> Self {
        Self { templates_dir: None, locale: "en".to_owned(), time_zone: UTC.to_owned() }
    }
}

/// All letters, ready to be rendered. Cheap to share behind an `Arc`.
pub struct Letters {
    templates: Templates,
    /// By the tag of the catalogue and by letter, each made with the first letter of its kind in that language: few
    /// installations write all of them in all languages.
    registries: BTreeMap<String, BTreeMap<Letter, OnceLock<Registries>>>,
    languages: Languages,
    zone: Zone,
    samples: BTreeMap<Letter, LetterContext>,
}

/// A letter as the reader gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Which letter it is.
    pub letter: Letter,
    /// Language tag (BCP 47) of all parts: the catalogue's.
    pub language: String,
    /// In which direction it is written.
    pub direction: Direction,
    /// One line, at most [`SUBJECT_CHARS_MAX`] characters.
    pub subject: String,
    /// The text part; lines end in `\n`.
    pub text: String,
    /// The HTML part; lines end in `\n`.
    pub html: String,
}

/// Something wrong with a template, in words for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The file, as below `templates/`.
    pub place: String,
    /// What is wrong, and what to do where that is not plain.
    pub message: String,
}

impl Finding {
    fn new(place: &str, message: impl Into<String>) -> Self {
        Self { place: place.to_owned(), message: message.into() }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// Templates that cannot be used: all findings at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the templates cannot be used:\n{}", findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct LettersError {
    /// Sorted by file.
    pub findings: Vec<Finding>,
}

/// Why a letter could not be rendered: a defect of its templates or of the notice, so trying again does not help.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The notice has no lines, and its letter is about proposals.
    #[error("a notice without a proposal makes no letter about proposals")]
    NoLines,
    /// The engine refused.
    #[error("{part} of letter {letter} cannot be rendered")]
    Template {
        /// Which letter.
        letter: Letter,
        /// `subject`, `text` or `html`.
        part: &'static str,
        /// What the engine says; names fields, never their values.
        #[source]
        source: Box<handlebars::RenderError>,
    },
    /// Nothing came out.
    #[error("{part} of letter {letter} is empty")]
    Empty {
        /// Which letter.
        letter: Letter,
        /// `subject`, `text` or `html`.
        part: &'static str,
    },
    /// The view could not be made.
    #[error("letter {letter} lacks a word: {reason}")]
    Word {
        /// Which letter.
        letter: Letter,
        /// What is missing.
        reason: String,
    },
}

impl Classify for RenderError {
    fn fault(&self) -> Fault {
        Fault::Permanent
    }
}

impl Letters {
    /// Compiles the built-in templates, with those files of the operator's folder in their place that are there, and
    /// renders each sample in each language.
    pub fn load(options: &LettersOptions) -> Result<Self, LettersError> {
        let mut findings = Vec::new();
        match Self::build(options, &mut findings) {
            Some(letters) if findings.is_empty() => Ok(letters),
            _ => Err(LettersError { findings: sorted(findings) }),
        }
    }

    /// Every finding about the templates [`Letters::load`] would use: those that stop it, and those that only show when
    /// each letter is rendered for each code, role and amount. Empty: they are sound.
    pub fn check(options: &LettersOptions) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(letters) = Self::build(options, &mut findings) {
            findings.extend(check::variants(&letters));
        }
        sorted(findings)
    }

    /// Tags (BCP 47) of the languages there are letters in, sorted.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.all().map(|catalogue| catalogue.tag())
    }

    /// Names of all letters, in the order of the documentation.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Letter::ALL.into_iter().map(Letter::name)
    }

    /// The sample of the letter of this name.
    pub fn sample(&self, name: &str) -> Option<&LetterContext> {
        self.samples.get(&Letter::parse(name)?)
    }

    /// Renders the letter this notice becomes. The same context gives the same letter, to the byte.
    pub fn render(&self, context: &LetterContext) -> Result<Rendered, RenderError> {
        rendered(&self.sheet(context)?)
    }

    /// Which letter it is, in which language, and what its templates see.
    fn sheet(&self, context: &LetterContext) -> Result<Sheet<'_>, RenderError> {
        let (letter, catalogue) = (context.letter(), self.languages.choose(context.locale.as_deref()));
        let reason = || format!("templates in {:?}", catalogue.tag());
        let missing = || RenderError::Word { letter, reason: reason() };
        let registries = self.registries.get(catalogue.tag()).and_then(|of| of.get(&letter)).ok_or_else(missing)?;
        let registries = registries.get_or_init(|| self.templates.letter(letter).in_words_of(&catalogue));
        self.sheet_in(context, &catalogue, registries)
    }

    fn sheet_in<'a>(
        &self, context: &LetterContext, catalogue: &Arc<Catalogue>, registries: &'a Registries,
    ) -> Result<Sheet<'a>, RenderError> {
        let letter = context.letter();
        if letter.has_lines() && context.lines.is_empty() {
            return Err(RenderError::NoLines);
        }
        let word = |reason: String| RenderError::Word { letter, reason };
        let zone = context.time_zone.as_deref().and_then(Zone::parse);
        let tongue = Tongue { catalogue, zone: zone.as_ref().unwrap_or(&self.zone) };
        let view = View::new(context, tongue).map_err(|error| word(error.to_string()))?;
        let view = Context::wraps(view).map_err(|error| word(error.to_string()))?;
        Ok(Sheet { letter, view, catalogue: Arc::clone(catalogue), registries })
    }

    /// Compiles, reads and renders the samples; `None` where there is nothing to render with.
    fn build(options: &LettersOptions, findings: &mut Vec<Finding>) -> Option<Self> {
        let sources =
            options.templates_dir.as_ref().map_or_else(source::built_in, |dir| source::with_directory(dir, findings));
        let catalogues = translate::read(&sources, findings);
        let english = catalogues.iter().find(|catalogue| catalogue.tag() == "en")?;
        let samples = read_samples(&sources, findings);
        let fields = fields_of(&samples, english, findings);
        let before = findings.len();
        let plain = compile(&sources, &["subject", "text"], "partials/text/", findings);
        let html = compile(&sources, &["html"], "partials/html/", findings);
        let mut asked: BTreeSet<String> = keys_of_codes().into_iter().collect();
        for compiled in [&plain, &html] {
            findings.extend(lint::lint(compiled, &fields, english, &mut asked));
        }
        if findings.len() > before {
            return None;
        }
        translate::compare(&catalogues, &asked, options.templates_dir.is_some(), findings);
        let Some(languages) = Languages::new(catalogues, &options.locale) else {
            findings.push(Finding::new(LOCALE_KEY, format!("no catalogue is in the language {:?}", options.locale)));
            return None;
        };
        let Some(zone) = Zone::parse(&options.time_zone) else {
            findings.push(Finding::new(TIME_ZONE_KEY, format!("no time zone is called {:?}", options.time_zone)));
            return None;
        };
        let templates = Templates::of(plain, html);
        let none = || Letter::ALL.into_iter().map(|letter| (letter, OnceLock::new())).collect();
        let registries = languages.all().map(|catalogue| (catalogue.tag().to_owned(), none())).collect();
        let letters = Self { templates, registries, languages, zone, samples };
        letters.render_samples(findings);
        Some(letters)
    }

    fn render_samples(&self, findings: &mut Vec<Finding>) {
        for (letter, sample) in &self.samples {
            let templates = self.templates.letter(*letter);
            for catalogue in self.languages.all() {
                // Made for this and let go: most of them are never needed.
                let registries = templates.in_words_of(catalogue);
                let sheet = self.sheet_in(sample, catalogue, &registries);
                if let Err(error) = sheet.and_then(|sheet| rendered(&sheet)) {
                    let place = format!("letters/{letter}");
                    findings.push(Finding::new(&place, format!("in {}: {}", catalogue.tag(), described(&error))));
                }
            }
        }
    }
}

fn rendered(sheet: &Sheet<'_>) -> Result<Rendered, RenderError> {
    let direction = sheet.catalogue.direction();
    Ok(Rendered {
        letter: sheet.letter,
        language: sheet.catalogue.tag().to_owned(),
        direction,
        subject: sheet.subject()?,
        text: wrapped(&sheet.part(&sheet.registries.plain, "text")?, direction),
        html: sheet.part(&sheet.registries.html, "html")?,
    })
}

impl std::fmt::Debug for Letters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let languages: Vec<_> = self.languages().collect();
        f.debug_struct("Letters").field("languages", &languages).finish_non_exhaustive()
    }
}

fn read_samples(sources: &Sources, findings: &mut Vec<Finding>) -> BTreeMap<Letter, LetterContext> {
    let mut samples = BTreeMap::new();
    for letter in Letter::ALL {
        let path = format!("letters/{letter}/sample.json");
        let Some(text) = sources.get(&path) else {
            findings.push(Finding::new(&path, "is missing"));
            continue;
        };
        match serde_json::from_str::<LetterContext>(text) {
            Ok(sample) if sample.letter() == letter && sample.lines.is_empty() != letter.has_lines() => {
                drop(samples.insert(letter, sample))
            }
            Ok(sample) => findings.push(Finding::new(&path, format!("is a sample of {}", sample.letter()))),
            Err(error) => findings.push(Finding::new(&path, format!("is no letter's context: {error}"))),
        }
    }
    samples
}

/// Every name the view has, at any depth.
fn fields_of(
    samples: &BTreeMap<Letter, LetterContext>, catalogue: &Catalogue, findings: &mut Vec<Finding>,
) -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    for sample in samples.values() {
        let tongue = Tongue { catalogue, zone: &Zone::utc() };
        match View::new(sample, tongue).map(|view| serde_json::to_value(view).unwrap_or_default()) {
            Ok(view) => collect(&view, &mut fields),
            Err(error) => findings.push(Finding::new(source::CATALOGUE, error.to_string())),
        }
    }
    fields
}

fn collect(value: &Value, fields: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                fields.insert(name.clone());
                collect(inner, fields);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, fields)),
        _ => {}
    }
}

fn compile(sources: &Sources, parts: &[&str], partials: &str, findings: &mut Vec<Finding>) -> Compiled {
    let mut wanted: Vec<(String, String)> = Vec::new();
    for letter in Letter::ALL {
        wanted.extend(parts.iter().map(|part| (format!("{letter}/{part}"), format!("letters/{letter}/{part}.hbs"))));
    }
    for path in sources.keys() {
        if let Some(name) = path.strip_prefix(partials).and_then(|name| name.strip_suffix(".hbs")) {
            wanted.push((name.to_owned(), path.clone()));
        }
    }
    let mut compiled = Compiled::new();
    for (name, path) in wanted {
        match sources.get(&path).map(|text| Template::compile_with_name(text, name.clone())) {
            Some(Ok(template)) => drop(compiled.insert(name, (path, template))),
            Some(Err(error)) => findings.push(Finding::new(&path, error.to_string())),
            None => findings.push(Finding::new(&path, "is missing")),
        }
    }
    compiled
}

fn described(error: &RenderError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort();
    findings.dedup();
    findings
}
