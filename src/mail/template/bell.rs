//! The bell: what a notice says in the marketplace itself, taken from the letter's own templates, so that the two
//! cannot differ.

use handlebars::Template;
use serde::Serialize;

use super::lint::Compiled;
use super::{Letters, RenderError};
use crate::mail::context::LetterContext;
use crate::mail::letter::Letter;
use crate::mail::text::clip;

/// Longest text of a bell in characters: opening and result of a letter are two sentences. It cuts templates of an
/// installation's own that do without the layout, whose whole text is all there is to show.
pub const BELL_CHARS_MAX: usize = 1_000;

/// What stands in the place of the text layout: no greeting, no table, no footer.
const FRAMELESS: &str = "{{> @partial-block}}";

/// A notice as a bell shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bell {
    /// Which letter it stands beside.
    #[serde(serialize_with = "by_name")]
    pub letter: Letter,
    /// Language tag of both texts.
    pub language: String,
    /// The letter's subject.
    pub title: String,
    /// The letter's own sentences: what happened and what came of it. Lines end in `\n`, but for the last.
    pub text: String,
}

impl Letters {
    /// Renders the bell of the notice whose letter [`Letters::render`] renders.
    pub fn bell(&self, context: &LetterContext) -> Result<Bell, RenderError> {
        let sheet = self.sheet(context)?;
        let text = sheet.part(&sheet.registries.bell, "text")?;
        Ok(Bell {
            letter: sheet.letter,
            language: sheet.catalogue.tag().to_owned(),
            title: sheet.subject()?,
            text: clip(text.trim_end(), BELL_CHARS_MAX),
        })
    }
}

/// The templates of the text parts, with nothing around a letter's own sentences.
pub(super) fn frameless(plain: &Compiled) -> Compiled {
    let mut bell = plain.clone();
    if let (Some((_, layout)), Ok(frameless)) = (bell.get_mut("layout"), Template::compile(FRAMELESS)) {
        *layout = frameless;
    }
    bell
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn by_name<S: serde::Serializer>(letter: &Letter, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(letter.name())
}
