//! The gallery: every letter in every language and shape as pages to look at, for those who write templates.
//!
//! The pages load nothing from anywhere and run no script (but for one that reloads them while they are served). The
//! letters stand in frames of their own, in which nothing runs, no link leads on and nothing is fetched.

mod pages;
mod shapes;

use std::collections::BTreeMap;

use super::context::LetterContext;
use super::letter::Letter;
use super::template::{Finding, Letters, RenderError, Rendered};
use pages::Pages;

/// Where a gallery begins.
pub const FIRST_PAGE: &str = "index.html";

/// What a letter in a frame may load: nothing. Mail programs show no more than that until they are asked to.
const LETTER_POLICY: &str =
    r#"<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">"#;

/// How the pages are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form<'a> {
    /// As files, opened from a folder.
    Files,
    /// Served by the program, which says when this version is no longer what is shown.
    Served {
        /// Letters and digits.
        version: &'a str,
    },
}

/// The pages, ready to be written or served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gallery {
    files: BTreeMap<String, String>,
}

/// Why there is no gallery.
#[derive(Debug, thiserror::Error)]
pub enum GalleryError {
    /// A letter cannot be rendered.
    #[error(transparent)]
    Letter(#[from] RenderError),
    /// A page of the gallery's own: a defect of makegood.
    #[error("the gallery's page {page} cannot be made")]
    Page {
        /// Which page.
        page: &'static str,
        /// What the engine says.
        #[source]
        source: Box<handlebars::RenderError>,
    },
}

/// A letter of the gallery: one notice in one language.
struct Exhibit {
    /// Its file, relative to [`FIRST_PAGE`].
    file: String,
    told: &'static str,
    rendered: Rendered,
}

impl Gallery {
    /// Renders every letter in every language and shape. `findings` are told on the first page.
    pub fn of(letters: &Letters, findings: &[Finding], form: Form<'_>) -> Result<Self, GalleryError> {
        let pages = Pages::new(form)?;
        let languages: Vec<String> = letters.languages().map(str::to_owned).collect();
        let mut files = BTreeMap::new();
        let mut shown = Vec::new();
        for letter in Letter::ALL {
            let Some(sample) = letters.sample(letter.name()) else { continue };
            for language in &languages {
                let exhibits = exhibits(letters, sample, language)?;
                for exhibit in &exhibits {
                    files.insert(exhibit.file.clone(), framed(&exhibit.rendered.html));
                }
                shown.push((letter, language.clone(), exhibits));
            }
        }
        for (letter, language, exhibits) in &shown {
            let page = pages.letter(*letter, language, &languages, exhibits)?;
            files.insert(pages::letter_file(*letter, language), page);
        }
        files.insert(FIRST_PAGE.to_owned(), pages.index(&languages, &shown, findings)?);
        Ok(Self { files })
    }

    /// What is shown instead where the templates cannot be used: the findings alone.
    pub fn broken(findings: &[Finding], form: Form<'_>) -> Result<Self, GalleryError> {
        let page = Pages::new(form)?.index(&[], &[], findings)?;
        Ok(Self { files: BTreeMap::from([(FIRST_PAGE.to_owned(), page)]) })
    }

    /// Path and text of each file; a path has one folder at most.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The file of this path.
    pub fn file(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }
}

fn exhibits(letters: &Letters, sample: &LetterContext, language: &str) -> Result<Vec<Exhibit>, RenderError> {
    let shapes = shapes::shapes(sample).into_iter().map(|shape| {
        let context = LetterContext { locale: Some(language.to_owned()), ..shape.context };
        let rendered = letters.render(&context)?;
        let file = format!("letters/{}.{language}.{}.html", rendered.letter, shape.name);
        Ok(Exhibit { file, told: shape.told, rendered })
    });
    shapes.collect()
}

/// The letter as it is sent, save that it may load nothing here, whatever its template says.
fn framed(html: &str) -> String {
    match html.split_once("<head>") {
        Some((before, after)) => format!("{before}<head>\n{LETTER_POLICY}{after}"),
        None => format!("{LETTER_POLICY}\n{html}"),
    }
}
