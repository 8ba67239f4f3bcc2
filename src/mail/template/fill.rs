//! One template filled: with the sentences of one language, and without the empty lines that blocks leave behind.

use std::sync::Arc;

use fluent_bundle::FluentArgs;
use handlebars::{
    Context, Handlebars, Helper, HelperDef, RenderContext, RenderErrorReason, Renderable, ScopedJson, StringOutput,
};
use serde_json::Value;

use super::{Registries, RenderError, SUBJECT_CHARS_MAX};
use crate::mail::catalogue::{Catalogue, Direction, PhraseError};
use crate::mail::letter::Letter;
use crate::mail::text::{ISOLATE, clip, is_right_to_left};

/// One letter on its way: which it is, what its templates see, and in which language.
pub(super) struct Sheet<'a> {
    pub(super) letter: Letter,
    pub(super) view: Context,
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) registries: &'a Registries,
}

impl Sheet<'_> {
    /// One part, tidied.
    pub(super) fn part(&self, registry: &Handlebars<'_>, part: &'static str) -> Result<String, RenderError> {
        let letter = self.letter;
        let text = fill(registry, &format!("{letter}/{part}"), &self.view, &self.catalogue)
            .map_err(|error| RenderError::Template { letter, part, source: Box::new(error) })?;
        let text = tidy(&text);
        if text.is_empty() { Err(RenderError::Empty { letter, part }) } else { Ok(text) }
    }

    /// The subject, on one line.
    pub(super) fn subject(&self) -> Result<String, RenderError> {
        let subject = self.part(&self.registries.plain, "subject")?;
        Ok(clip(&subject.split_whitespace().collect::<Vec<_>>().join(" "), SUBJECT_CHARS_MAX))
    }
}

/// Renders one template with the sentences of one language, dates and numbers as its region writes them: the registry
/// is shared by the regions of a language, only the helper `t` differs.
fn fill(
    registry: &Handlebars<'_>, name: &str, view: &Context, catalogue: &Arc<Catalogue>,
) -> Result<String, handlebars::RenderError> {
    let missing = || RenderErrorReason::TemplateNotFound(name.to_owned());
    let template = registry.get_template(name).ok_or_else(missing)?;
    let mut context = RenderContext::new(template.name.as_ref());
    context.register_local_helper("t", Box::new(Phrase(Arc::clone(catalogue))));
    let mut output = StringOutput::new();
    template.render(registry, view, &mut context, &mut output)?;
    Ok(output.into_string()?)
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

/// Longest line of the text part, in columns of a terminal (RFC 5322, 2.1.1, asks for 78 at most). What cannot be
/// broken, an address above all, stays longer.
const COLUMNS_MAX: usize = 76;

/// Makes a line one that is read from the right; it has no width.
const RIGHT_TO_LEFT_MARK: char = '\u{200F}';

/// Long lines broken between words, and set in below their beginning: a point below its text, a quotation behind its
/// mark, the value of a label by two columns.
///
/// Where the language is written from right to left, each line says so: a mail program takes the direction of a line
/// from its first letter, which may be one of an id.
pub(super) fn wrapped(text: &str, direction: Direction) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for line in text.lines() {
        // Most lines are short, and a byte takes one column at most. Nothing is broken: what is open is closed on it.
        if line.len() <= COLUMNS_MAX && line.is_ascii() {
            out.extend(Some(RIGHT_TO_LEFT_MARK).filter(|_| direction == Direction::Rtl && starts_from_left(line)));
            out.push_str(line.trim_end_matches(' '));
            out.push('\n');
            continue;
        }
        let indent = match line {
            _ if line.starts_with("> ") => "> ",
            _ if line.starts_with("* ") || is_labelled(line) => "  ",
            _ => "",
        };
        let options = textwrap::Options::new(COLUMNS_MAX)
            .subsequent_indent(indent)
            .break_words(false)
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
        let mut open = false;
        for part in textwrap::wrap(line, options) {
            if direction == Direction::Rtl && starts_from_left(&part) {
                out.push(RIGHT_TO_LEFT_MARK);
            }
            // A line end closes an isolate: foreign text that is broken is put into isolates line by line.
            match part.strip_prefix(indent).filter(|_| open) {
                Some(rest) => out.extend([indent, ISOLATE.0.encode_utf8(&mut [0; 4]), rest]),
                None => out.push_str(&part),
            }
            open = part.chars().fold(open, |open, c| (open || c == ISOLATE.0) && c != ISOLATE.1);
            if open {
                out.push(ISOLATE.1);
            }
            out.push('\n');
        }
    }
    out
}

/// `Label: value`, with a label of a few words and no sentence before the colon.
fn is_labelled(line: &str) -> bool {
    let label = line.split_once(": ").map(|(label, _)| label);
    label.is_some_and(|label| label.split(' ').count() <= 5 && !label.contains(['.', ',', ';', '!', '?']))
}

/// The first letter of the line is one that is read from the left.
fn starts_from_left(line: &str) -> bool {
    line.chars().find(|c| c.is_alphabetic()).is_some_and(|first| !is_right_to_left(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_left(text: &str) -> String {
        wrapped(text, Direction::Ltr)
    }

    #[test]
    fn a_long_line_is_broken_between_words_and_set_in() {
        let words = "word ".repeat(20);
        let text = format!("{words}\n* {words}\n> {words}\nWhat happened: {words}\n");
        let wrapped = from_left(&text);
        let lines: Vec<&str> = wrapped.lines().collect();
        assert!(lines.iter().all(|line| textwrap::core::display_width(line) <= COLUMNS_MAX), "{wrapped}");
        let starts: Vec<&str> = lines.iter().map(|line| line.get(..3).unwrap_or_default()).collect();
        assert_eq!(starts, ["wor", "wor", "* w", "  w", "> w", "> w", "Wha", "  w"], "{wrapped}");
        assert_eq!(wrapped.matches("word").count(), 80, "nothing is lost");
    }

    #[test]
    fn what_is_copied_is_never_broken() {
        let url = format!("https://example.com/{}", "help-".repeat(40));
        assert_eq!(from_left(&format!("Where to ask: {url}\n")), format!("Where to ask:\n  {url}\n"));
        let wide = "日本".repeat(60);
        assert_eq!(from_left(&format!("{wide}\n")), format!("{wide}\n"), "a script without spaces is not torn");
        assert_eq!(from_left("a\n\nb\n"), "a\n\nb\n");
    }

    #[test]
    fn foreign_text_is_isolated_on_each_line_it_is_broken_into() {
        let title = format!("* «\u{2068}{}\u{2069}» x\n", "word ".repeat(20).trim_end());
        let wrapped = from_left(&title);
        assert_eq!(wrapped.lines().count(), 2, "{wrapped}");
        assert!(wrapped.contains("word\u{2069}\n  \u{2068}word "), "{wrapped:?}");
        for line in wrapped.lines() {
            assert_eq!(line.matches('\u{2068}').count(), line.matches('\u{2069}').count(), "{line:?}");
        }
    }

    #[test]
    fn a_line_of_a_language_from_the_right_is_read_from_the_right() {
        let text = "proposal-4711، أُرسل\nأُرسل proposal-4711\n--- 12 ---\n";
        let marked = "\u{200F}proposal-4711، أُرسل\nأُرسل proposal-4711\n--- 12 ---\n";
        assert_eq!(wrapped(text, Direction::Rtl), marked);
        assert_eq!(from_left(text), text);
    }
}
