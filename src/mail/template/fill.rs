//! One template filled: with the sentences of one language, and without the empty lines that blocks leave behind.

use std::sync::Arc;

use fluent_bundle::FluentArgs;
use handlebars::{
    Context, Handlebars, Helper, HelperDef, RenderContext, RenderErrorReason, Renderable, ScopedJson, StringOutput,
};
use serde_json::Value;

use super::{RenderError, SUBJECT_CHARS_MAX};
use crate::mail::catalogue::{Catalogue, PhraseError};
use crate::mail::letter::Letter;
use crate::mail::text::clip;

/// One letter on its way: which it is, what its templates see, and in which language.
pub(super) struct Sheet<'a> {
    pub(super) letter: Letter,
    pub(super) view: Context,
    pub(super) catalogue: &'a Arc<Catalogue>,
}

impl Sheet<'_> {
    /// One part, tidied.
    pub(super) fn part(&self, registry: &Handlebars<'_>, part: &'static str) -> Result<String, RenderError> {
        let letter = self.letter;
        let text = fill(registry, &format!("{letter}/{part}"), &self.view, self.catalogue)
            .map_err(|error| RenderError::Template { letter, part, source: Box::new(error) })?;
        let text = tidy(&text);
        if text.is_empty() { Err(RenderError::Empty { letter, part }) } else { Ok(text) }
    }

    /// The subject, on one line.
    pub(super) fn subject(&self, registry: &Handlebars<'_>) -> Result<String, RenderError> {
        let subject = self.part(registry, "subject")?;
        Ok(clip(&subject.split_whitespace().collect::<Vec<_>>().join(" "), SUBJECT_CHARS_MAX))
    }
}

/// Renders one template with the sentences of one language. The registry is shared by all languages: only the helper
/// `t` differs.
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
