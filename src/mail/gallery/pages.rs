//! The gallery's own pages: an index of letters and languages, and a page for each letter in each language.

use handlebars::{Handlebars, Template, html_escape};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Exhibit, Form, GalleryError};
use crate::mail::letter::Letter;
use crate::mail::template::Finding;

const INDEX: &str = include_str!("index.hbs");
const LETTER: &str = include_str!("letter.hbs");
const LAYOUT: &str = include_str!("layout.hbs");
const STYLE: &str = include_str!("style.css");

/// What a page may load: its own style and the letters beside it.
const PAGE_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'";

/// A served page also runs the script that waits for changes.
const SERVED_MORE: &str = "; script-src 'self'; connect-src 'self'";

/// Larger than this is shown in red: a letter is a few lines and two tables.
const LETTER_BYTES_USUAL: usize = 30_000;

/// The compiled pages.
pub(super) struct Pages<'a> {
    registry: Handlebars<'static>,
    form: Form<'a>,
}

/// The page of a letter in a language.
pub(super) fn letter_file(letter: Letter, language: &str) -> String {
    format!("{letter}.{language}.html")
}

impl<'a> Pages<'a> {
    pub(super) fn new(form: Form<'a>) -> Result<Self, GalleryError> {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        registry.register_escape_fn(html_escape);
        for (page, text) in [("style", STYLE), ("layout", LAYOUT), ("index", INDEX), ("letter", LETTER)] {
            let template = Template::compile_with_name(text, page.to_owned());
            let template = template.map_err(|error| GalleryError::Page { page, source: Box::new(error.into()) })?;
            registry.register_template(page, template);
        }
        Ok(Self { registry, form })
    }

    /// The matrix of letters and languages.
    pub(super) fn index(
        &self, languages: &[String], shown: &[(Letter, String, Vec<Exhibit>)], findings: &[Finding],
    ) -> Result<String, GalleryError> {
        let rows = Letter::ALL.into_iter().filter_map(|letter| {
            let own: Vec<_> = shown.iter().filter(|(shown, _, _)| *shown == letter).collect();
            let subject = &own.first()?.2.first()?.rendered.subject;
            let cells = own.iter().filter_map(|(_, language, exhibits)| {
                let exhibit = exhibits.first()?;
                Some(json!({
                    "href": letter_file(letter, language), "language": language,
                    "size": Size::of(exhibit), "subject": exhibit.rendered.subject,
                }))
            });
            Some(json!({"letter": letter.name(), "subject": subject, "cells": cells.collect::<Vec<_>>()}))
        });
        let languages = languages.iter().map(|language| {
            let exhibit = shown.iter().find(|(_, shown, _)| shown == language).and_then(|(_, _, all)| all.first());
            json!({"tag": language, "direction": exhibit.map_or("ltr", |exhibit| exhibit.rendered.direction.as_str())})
        });
        let (rows, languages) = (rows.collect::<Vec<_>>(), languages.collect::<Vec<_>>());
        let letters: usize = shown.iter().map(|(_, _, exhibits)| exhibits.len()).sum();
        self.render(
            "index",
            json!({
                "title": "Letters", "rows": rows, "languages": languages, "findings": findings, "letters": letters,
            }),
        )
    }

    /// One letter in one language, in all its shapes.
    pub(super) fn letter(
        &self, letter: Letter, language: &str, languages: &[String], exhibits: &[Exhibit],
    ) -> Result<String, GalleryError> {
        let languages = languages
            .iter()
            .map(|other| json!({"href": letter_file(letter, other), "shown": other, "here": other == language}));
        let letters = Letter::ALL
            .into_iter()
            .map(|other| json!({"href": letter_file(other, language), "shown": other.name(), "here": other == letter}));
        let shapes = exhibits.iter().enumerate().map(|(at, exhibit)| {
            json!({
                "told": exhibit.told, "file": exhibit.file, "open": at == 0, "size": Size::of(exhibit),
                "direction": exhibit.rendered.direction.as_str(), "subject": exhibit.rendered.subject,
                "text": exhibit.rendered.text,
            })
        });
        self.render(
            "letter",
            json!({
                "title": format!("{letter} · {language}"), "letter": letter.name(), "language": language,
                "languages": languages.collect::<Vec<_>>(), "letters": letters.collect::<Vec<_>>(),
                "shapes": shapes.collect::<Vec<_>>(),
            }),
        )
    }

    fn render(&self, page: &'static str, view: Value) -> Result<String, GalleryError> {
        let (more, version) = match self.form {
            Form::Files => ("", None),
            Form::Served { version } => (SERVED_MORE, Some(version)),
        };
        let view = View { policy: format!("{PAGE_POLICY}{more}"), version, view };
        self.registry.render(page, &view).map_err(|error| GalleryError::Page { page, source: Box::new(error) })
    }
}

/// What every page needs, and what this one does.
#[derive(Debug, Serialize)]
struct View<'a> {
    policy: String,
    version: Option<&'a str>,
    #[serde(flatten)]
    view: Value,
}

/// What a letter weighs.
#[derive(Debug, Serialize)]
struct Size {
    shown: String,
    large: bool,
}

impl Size {
    fn of(exhibit: &Exhibit) -> Self {
        let bytes = exhibit.rendered.html.len();
        Self { shown: format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100), large: bytes > LETTER_BYTES_USUAL }
    }
}
