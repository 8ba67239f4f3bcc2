//! What strict mode does not catch, found by reading the compiled templates: names in `{{#if}}`, a layout that does not
//! exist (its block would silently render in its place), partials that include each other (they would overflow
//! the stack and abort the process), unescaped output, phrases the catalogue lacks.

use std::collections::{BTreeMap, BTreeSet};

use handlebars::Template;
use handlebars::template::{DecoratorTemplate, HelperTemplate, Parameter, TemplateElement};
use handlebars::{Path, PathSeg};

use super::super::catalogue::Catalogue;
use super::Finding;

/// Helpers a template may call: those of handlebars that make sense in a letter, and `t`.
const HELPERS: [&str; 15] =
    ["if", "unless", "each", "with", "lookup", "eq", "ne", "gt", "gte", "lt", "lte", "and", "or", "not", "t"];

/// What stands for the body of a layout.
pub(super) const BLOCK: &str = "@partial-block";

/// The templates of one registry: path of the file and compiled text, by the name they are included by.
pub(super) type Compiled = BTreeMap<String, (String, Template)>;

/// Reads all templates of one registry; the keys of the phrases they ask for are added to `asked`.
pub(super) fn lint(
    compiled: &Compiled, fields: &BTreeSet<String>, catalogue: &Catalogue, asked: &mut BTreeSet<String>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut graph: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut given: BTreeSet<String> = BTreeSet::new();
    for (_, template) in compiled.values() {
        names_given(template, &mut given);
    }
    for (name, (path, template)) in compiled {
        let mut reader = Reader {
            path,
            fields,
            given: &given,
            catalogue,
            asked,
            partials: BTreeSet::new(),
            findings: &mut findings,
        };
        reader.template(template);
        let partials = std::mem::take(&mut reader.partials);
        for partial in &partials {
            if !compiled.contains_key(partial) {
                findings.push(Finding::new(path, format!("includes `{partial}`, which does not exist")));
            }
        }
        graph.insert(name, partials);
    }
    for name in graph.keys() {
        if reaches(&graph, name, name, &mut BTreeSet::new()) {
            let path = compiled.get(*name).map_or(*name, |(path, _)| path.as_str());
            findings.push(Finding::new(path, "includes itself, by way of other partials or directly"));
        }
    }
    findings
}

fn reaches<'a>(
    graph: &'a BTreeMap<&str, BTreeSet<String>>, from: &str, to: &str, seen: &mut BTreeSet<&'a str>,
) -> bool {
    graph
        .get(from)
        .is_some_and(|next| next.iter().any(|name| name == to || (seen.insert(name) && reaches(graph, name, to, seen))))
}

/// Names that some inclusion hands to a partial (`{{> row label=…}}`).
fn names_given(template: &Template, given: &mut BTreeSet<String>) {
    for element in &template.elements {
        match element {
            TemplateElement::PartialExpression(partial) | TemplateElement::PartialBlock(partial) => {
                given.extend(partial.hash.keys().cloned());
                partial.template.iter().for_each(|inner| names_given(inner, given));
            }
            TemplateElement::HelperBlock(helper) => {
                helper.template.iter().chain(&helper.inverse).for_each(|inner| names_given(inner, given));
            }
            _ => {}
        }
    }
}

struct Reader<'a> {
    path: &'a str,
    fields: &'a BTreeSet<String>,
    given: &'a BTreeSet<String>,
    catalogue: &'a Catalogue,
    asked: &'a mut BTreeSet<String>,
    partials: BTreeSet<String>,
    findings: &'a mut Vec<Finding>,
}

impl Reader<'_> {
    fn template(&mut self, template: &Template) {
        for element in &template.elements {
            match element {
                TemplateElement::RawString(_) | TemplateElement::Comment(_) => {}
                TemplateElement::HtmlExpression(helper) => {
                    self.find("writes unescaped output by `{{{`; use `{{`".to_owned());
                    self.helper(helper);
                }
                TemplateElement::Expression(helper) | TemplateElement::HelperBlock(helper) => self.helper(helper),
                TemplateElement::PartialExpression(partial) | TemplateElement::PartialBlock(partial) => {
                    self.partial(partial);
                }
                // Decorators (`{{*…}}`), inline partials among them, and what a later handlebars may add.
                _ => self.find("holds an element letters do not need; use values, blocks, `t` and partials".to_owned()),
            }
        }
    }

    fn helper(&mut self, helper: &HelperTemplate) {
        let called = helper.block || !helper.params.is_empty() || !helper.hash.is_empty();
        match name_of(&helper.name) {
            Some(name) if called => {
                if !HELPERS.contains(&name.as_str()) {
                    self.find(format!("calls `{name}`, which is no helper of letters"));
                }
                if name == "t" {
                    self.phrase(helper.params.first());
                }
            }
            _ => self.parameter(&helper.name),
        }
        helper.params.iter().chain(helper.hash.values()).for_each(|parameter| self.parameter(parameter));
        helper.template.iter().chain(&helper.inverse).for_each(|inner| self.template(inner));
    }

    fn partial(&mut self, partial: &DecoratorTemplate) {
        match name_of(&partial.name) {
            Some(name) if name == BLOCK => {}
            Some(name) => drop(self.partials.insert(name)),
            None => self.find("includes a partial whose name is computed; write the name".to_owned()),
        }
        partial.params.iter().chain(partial.hash.values()).for_each(|parameter| self.parameter(parameter));
        partial.template.iter().for_each(|inner| self.template(inner));
    }

    fn parameter(&mut self, parameter: &Parameter) {
        match parameter {
            Parameter::Name(name) => self.field(name),
            Parameter::Path(Path::Relative((segments, _))) => {
                for segment in segments {
                    if let PathSeg::Named(name) = segment {
                        self.field(name);
                    }
                }
            }
            Parameter::Path(Path::Local(_)) | Parameter::Literal(_) => {}
            Parameter::Subexpression(inner) => {
                if let TemplateElement::Expression(helper) = inner.as_element() {
                    self.helper(helper);
                }
            }
            _ => self.find("holds a parameter letters do not need".to_owned()),
        }
    }

    fn field(&mut self, name: &str) {
        if !self.fields.contains(name) && !self.given.contains(name) {
            self.find(format!("names `{name}`, which no letter has"));
        }
    }

    fn phrase(&mut self, key: Option<&Parameter>) {
        match key {
            None => self.find("calls `t` without a key".to_owned()),
            Some(Parameter::Literal(key)) => match key.as_str() {
                Some(key) if self.catalogue.has(key) => drop(self.asked.insert(key.to_owned())),
                _ => self.find(format!("asks for {key}, which the catalogue lacks")),
            },
            Some(_) => {}
        }
    }

    fn find(&mut self, message: String) {
        self.findings.push(Finding::new(self.path, message));
    }
}

/// The name of a helper or partial, if it is written out.
pub(super) fn name_of(parameter: &Parameter) -> Option<String> {
    match parameter {
        Parameter::Name(name) => Some(name.clone()),
        Parameter::Path(Path::Relative((_, raw)) | Path::Local((_, _, raw))) => Some(raw.clone()),
        Parameter::Literal(value) => value.as_str().map(str::to_owned),
        _ => None,
    }
}
