//! The letters: handlebars templates in strict mode, compiled once, over the sentences of a catalogue.
//!
//! Two registries, because escaping belongs to a registry: one for HTML, one that escapes nothing for subject and text.
//! [`Letters::load`] refuses templates that could fail, or say nothing, for some notice; [`Letters::check`] renders
//! every combination of codes on top. Nothing here sends or writes anything.

mod bell;
mod check;
mod lint;
mod source;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use fluent_bundle::FluentArgs;
use handlebars::{
    Context, Handlebars, Helper, HelperDef, RenderContext, RenderErrorReason, ScopedJson, Template, html_escape,
    no_escape,
};
use serde::Serialize;
use serde_json::Value;

use super::catalogue::{Catalogue, PhraseError, keys_of_codes};
use super::context::{LetterContext, View};
use super::letter::Letter;
use super::text::clip;
use crate::fault::{Classify, Fault};
pub use bell::{BELL_CHARS_MAX, Bell};
use lint::Compiled;
use source::Sources;

/// Longest subject in characters: what a phone shows three times over; the parts of ours are cut to fit in it.
pub const SUBJECT_CHARS_MAX: usize = 160;

/// All letters, ready to be rendered. Cheap to share behind an `Arc`.
pub struct Letters {
    plain: Handlebars<'static>,
    /// As `plain`, without the layout around a letter's own sentences.
    bell: Handlebars<'static>,
    html: Handlebars<'static>,
    catalogue: Arc<Catalogue>,
    samples: BTreeMap<Letter, LetterContext>,
}

/// A letter as the reader gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Which letter it is.
    pub letter: Letter,
    /// Language tag of all parts.
    pub language: String,
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
    /// Compiles the built-in templates, with those files of `dir` in their place that are there, and renders each
    /// sample.
    pub fn load(dir: Option<&Path>) -> Result<Self, LettersError> {
        let mut findings = Vec::new();
        let sources = dir.map_or_else(source::built_in, |dir| source::with_directory(dir, &mut findings));
        match Self::build(&sources, &mut findings) {
            Some(letters) if findings.is_empty() => Ok(letters),
            _ => Err(LettersError { findings: sorted(findings) }),
        }
    }

    /// Every finding about the templates [`Letters::load`] would use: those that stop it, and those that only show when
    /// each letter is rendered for each code, role and amount. Empty: they are sound.
    pub fn check(dir: Option<&Path>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let sources = dir.map_or_else(source::built_in, |dir| source::with_directory(dir, &mut findings));
        if let Some(letters) = Self::build(&sources, &mut findings) {
            findings.extend(check::variants(&letters));
        }
        sorted(findings)
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
        let (letter, view) = self.view(context)?;
        Ok(Rendered {
            letter,
            language: self.catalogue.tag().to_owned(),
            subject: self.subject(letter, &view)?,
            text: part(&self.plain, letter, "text", &view)?,
            html: part(&self.html, letter, "html", &view)?,
        })
    }

    /// Which letter it is, and what its templates see.
    fn view(&self, context: &LetterContext) -> Result<(Letter, Context), RenderError> {
        let letter = context.letter();
        if letter.has_lines() && context.lines.is_empty() {
            return Err(RenderError::NoLines);
        }
        let word = |reason: String| RenderError::Word { letter, reason };
        let view = View::new(context, &self.catalogue).map_err(|error| word(error.to_string()))?;
        Ok((letter, Context::wraps(view).map_err(|error| word(error.to_string()))?))
    }

    /// The subject, on one line.
    fn subject(&self, letter: Letter, view: &Context) -> Result<String, RenderError> {
        let subject = part(&self.plain, letter, "subject", view)?;
        Ok(clip(&subject.split_whitespace().collect::<Vec<_>>().join(" "), SUBJECT_CHARS_MAX))
    }

    /// Compiles, reads and renders the samples; `None` where there is nothing to render with.
    fn build(sources: &Sources, findings: &mut Vec<Finding>) -> Option<Self> {
        let catalogue = Arc::new(read_catalogue(sources, findings)?);
        let samples = read_samples(sources, findings);
        let fields = fields_of(&samples, &catalogue, findings);
        let before = findings.len();
        let plain = compile(sources, &["subject", "text"], "partials/text/", findings);
        let html = compile(sources, &["html"], "partials/html/", findings);
        for compiled in [&plain, &html] {
            findings.extend(lint::lint(compiled, &fields, &catalogue));
        }
        if findings.len() > before {
            return None;
        }
        let plain = registry(plain, &catalogue, no_escape);
        let letters = Self {
            bell: bell::registry(&plain),
            plain,
            html: registry(html, &catalogue, html_escape),
            catalogue,
            samples,
        };
        for (letter, sample) in &letters.samples {
            if let Err(error) = letters.render(sample) {
                findings.push(Finding::new(&format!("letters/{letter}"), described(&error)));
            }
        }
        Some(letters)
    }
}

impl std::fmt::Debug for Letters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letters").field("language", &self.catalogue.tag()).finish_non_exhaustive()
    }
}

/// One part of a letter, tidied.
fn part(registry: &Handlebars<'_>, letter: Letter, part: &'static str, view: &Context) -> Result<String, RenderError> {
    let text = registry
        .render_with_context(&format!("{letter}/{part}"), view)
        .map_err(|error| RenderError::Template { letter, part, source: Box::new(error) })?;
    let text = tidy(&text);
    if text.is_empty() { Err(RenderError::Empty { letter, part }) } else { Ok(text) }
}

fn read_catalogue(sources: &Sources, findings: &mut Vec<Finding>) -> Option<Catalogue> {
    let text = sources.get(source::CATALOGUE).map_or("", String::as_str);
    match Catalogue::parse("en", text) {
        Ok(catalogue) => {
            let missing = keys_of_codes().into_iter().filter(|key| !catalogue.has(key));
            findings.extend(missing.map(|key| Finding::new(source::CATALOGUE, format!("lacks `{key}`"))));
            Some(catalogue)
        }
        Err(errors) => {
            findings.extend(errors.into_iter().map(|error| Finding::new(source::CATALOGUE, error)));
            None
        }
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
        match View::new(sample, catalogue).map(|view| serde_json::to_value(view).unwrap_or_default()) {
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

fn registry(compiled: Compiled, catalogue: &Arc<Catalogue>, escape: fn(&str) -> String) -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(escape);
    registry.register_helper("t", Box::new(Phrase(Arc::clone(catalogue))));
    for (name, (_, template)) in compiled {
        registry.register_template(&name, template);
    }
    registry
}

/// `{{t "key" n=…}}`: a sentence of the catalogue. Its output is escaped like any other value.
struct Phrase(Arc<Catalogue>);

impl HelperDef for Phrase {
    fn call_inner<'reg: 'rc, 'rc>(
        &self, helper: &Helper<'rc>, _: &'reg Handlebars<'reg>, _: &'rc Context, _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, handlebars::RenderError> {
        let refuse = |message: String| handlebars::RenderError::from(RenderErrorReason::Other(message));
        let key = helper.param(0).and_then(|key| key.value().as_str());
        let key = key.ok_or_else(|| refuse("`t` needs the key of a phrase".to_owned()))?;
        let mut args = FluentArgs::new();
        for (name, value) in helper.hash() {
            match value.value() {
                Value::String(text) => args.set((*name).to_owned(), text.clone()),
                Value::Number(number) => match number.as_i64() {
                    Some(number) => args.set((*name).to_owned(), number),
                    None => return Err(refuse(format!("`{name}` of `t \"{key}\"` is no whole number"))),
                },
                _ => return Err(refuse(format!("`{name}` of `t \"{key}\"` is neither text nor number"))),
            }
        }
        let text = self.0.phrase(key, &args).map_err(|error: PhraseError| refuse(error.to_string()))?;
        Ok(ScopedJson::Derived(Value::String(text)))
    }
}

/// A line that holds only this stands for an empty one. Empty lines themselves are dropped: blocks leave some behind.
const EMPTY_LINE: &str = "¶";

/// Without spaces at the ends of lines and without empty lines that nobody asked for.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        if line == EMPTY_LINE {
            gap = true;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if gap { "\n\n" } else { "\n" });
        }
        gap = false;
        out.push_str(line);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
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
