//! Sentences that are the same in every letter of a language put in their places, once: of the sentences of a letter,
//! two in three ask for nothing.
//!
//! What is written is what handlebars would write: escaped as the registry escapes.

use handlebars::template::{HelperTemplate, Parameter, TemplateElement};
use handlebars::{Handlebars, Template, html_escape, no_escape};
use serde_json::Value;

use super::bell::frameless;
use super::inline::inlined;
use super::lint::{Compiled, name_of};
use crate::mail::catalogue::Catalogue;
use crate::mail::letter::Letter;

/// How a registry escapes.
type Escape = fn(&str) -> String;

/// The templates, compiled, in no language yet.
pub(super) struct Templates {
    plain: Compiled,
    bell: Compiled,
    html: Compiled,
}

/// The templates of one letter in the words of one language.
pub(super) struct Registries {
    pub(super) plain: Handlebars<'static>,
    /// As `plain`, without the layout around a letter's own sentences.
    pub(super) bell: Handlebars<'static>,
    pub(super) html: Handlebars<'static>,
}

impl Templates {
    /// The templates as they were read.
    pub(super) fn of(plain: Compiled, html: Compiled) -> Self {
        Self { bell: frameless(&plain), plain, html }
    }

    /// Those of one letter, with their partials in them.
    pub(super) fn letter(&self, letter: Letter) -> Self {
        let only = |compiled: &Compiled| inlined(compiled, &format!("{letter}/"));
        Self { bell: only(&self.bell), plain: only(&self.plain), html: only(&self.html) }
    }

    /// In one language, ready to be rendered.
    pub(super) fn in_words_of(&self, catalogue: &Catalogue) -> Registries {
        Registries {
            plain: registry(&self.plain, catalogue, no_escape),
            bell: registry(&self.bell, catalogue, no_escape),
            html: registry(&self.html, catalogue, html_escape),
        }
    }
}

fn registry(compiled: &Compiled, catalogue: &Catalogue, escape: Escape) -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(escape);
    for (name, (_, template)) in spoken(compiled, catalogue, escape) {
        registry.register_template(&name, template);
    }
    registry
}

/// The same templates in the words of one language.
fn spoken(compiled: &Compiled, catalogue: &Catalogue, escape: Escape) -> Compiled {
    let of = |(name, (path, template)): (&String, &(String, Template))| {
        (name.clone(), (path.clone(), template_of(template.clone(), catalogue, escape)))
    };
    compiled.iter().map(of).collect()
}

fn template_of(mut template: Template, catalogue: &Catalogue, escape: Escape) -> Template {
    let (elements, mapping) = (std::mem::take(&mut template.elements), std::mem::take(&mut template.mapping));
    let mut places = mapping.into_iter();
    for element in elements {
        let place = places.next();
        let element = element_of(element, catalogue, escape);
        // One piece of text is written at once.
        match (template.elements.last_mut(), &element) {
            (Some(TemplateElement::RawString(before)), TemplateElement::RawString(text)) => before.push_str(text),
            _ => {
                template.elements.push(element);
                template.mapping.extend(place);
            }
        }
    }
    template
}

fn element_of(element: TemplateElement, catalogue: &Catalogue, escape: Escape) -> TemplateElement {
    match element {
        TemplateElement::Expression(helper) => match constant(&helper, catalogue) {
            Some(text) => TemplateElement::RawString(escape(&text)),
            None => TemplateElement::Expression(helper),
        },
        TemplateElement::HelperBlock(mut helper) => {
            let said = |inner: Template| template_of(inner, catalogue, escape);
            helper.template = helper.template.take().map(said);
            helper.inverse = helper.inverse.take().map(said);
            TemplateElement::HelperBlock(helper)
        }
        other => other,
    }
}

/// What stands there in every letter of the language, if it is always the same.
fn constant(helper: &HelperTemplate, catalogue: &Catalogue) -> Option<String> {
    if !helper.hash.is_empty() {
        return None;
    }
    let name = name_of(&helper.name)?;
    match helper.params.as_slice() {
        [Parameter::Literal(Value::String(key))] if name == "t" => catalogue.constant(key),
        [] => {
            let direction = catalogue.direction();
            let of_language = match &*name {
                "@root.lang" => catalogue.tag(),
                "@root.dir" => direction.as_str(),
                "@root.start" => direction.start(),
                "@root.end" => direction.end(),
                _ => return None,
            };
            Some(of_language.to_owned())
        }
        _ => None,
    }
}
