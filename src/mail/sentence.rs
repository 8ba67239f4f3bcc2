//! What a sentence of a catalogue asks for, read from its syntax: placeholders, and forms by number.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey};

/// The names Fluent gives to forms by number (CLDR).
pub(super) const PLURAL_CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// What one sentence asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Placeholders (`{ $name }`), in selectors and in every form.
    pub(super) placeholders: BTreeSet<String>,
    /// The forms of each choice by number.
    pub(super) plurals: Vec<BTreeSet<String>>,
}

impl Sentence {
    /// All of a catalogue, by key.
    pub(super) fn all<'a>(resource: &'a FluentResource) -> BTreeMap<&'a str, Sentence> {
        let message = |entry: &'a Entry<&'a str>| match entry {
            Entry::Message(message) => message.value.as_ref().map(|value| (message.id.name, Self::of(value))),
            _ => None,
        };
        resource.entries().filter_map(message).collect()
    }

    fn of(pattern: &Pattern<&str>) -> Self {
        let mut sentence = Self::default();
        sentence.pattern(pattern);
        sentence
    }

    fn pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.expression(expression);
            }
        }
    }

    fn expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                self.inline(selector);
                let name = |key: &VariantKey<&str>| match key {
                    VariantKey::Identifier { name } | VariantKey::NumberLiteral { value: name } => (*name).to_owned(),
                };
                let forms: BTreeSet<String> = variants.iter().map(|variant| name(&variant.key)).collect();
                if forms.iter().any(|form| PLURAL_CATEGORIES.contains(&form.as_str())) {
                    self.plurals.push(forms);
                }
                for variant in variants {
                    self.pattern(&variant.value);
                }
            }
        }
    }

    fn inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::VariableReference { id } => drop(self.placeholders.insert(id.name.to_owned())),
            InlineExpression::Placeable { expression } => self.expression(expression),
            InlineExpression::FunctionReference { arguments, .. } => {
                arguments.positional.iter().for_each(|argument| self.inline(argument));
            }
            _ => {}
        }
    }
}
