//! Whether the catalogues say the same in every language: each sentence that code or a template asks for, with the
//! placeholders of the built-in English one, in every form by number the language has.

use std::collections::BTreeSet;

use fluent_bundle::FluentArgs;
use intl_pluralrules::{PluralCategory, PluralRuleType, PluralRules};
use unic_langid::LanguageIdentifier;

use super::Finding;
use super::source::{CATALOGUE, Sources, built_in, catalogue_path, catalogue_tag};
use crate::mail::catalogue::Catalogue;
use crate::mail::sentence::{PLURAL_CATEGORIES, Sentence};

/// Every catalogue there is, with what is wrong with each of them by itself.
pub(super) fn read(sources: &Sources, findings: &mut Vec<Finding>) -> Vec<Catalogue> {
    let mut catalogues = Vec::new();
    for (path, text) in sources {
        let Some(name) = catalogue_tag(path) else { continue };
        match Catalogue::parse(name, text) {
            Ok(catalogue) if catalogue.tag() == name => catalogues.push(catalogue),
            Ok(catalogue) => {
                let message = format!("must be called {}, as the language is written", catalogue_path(catalogue.tag()));
                findings.push(Finding::new(path, message));
            }
            Err(errors) => findings.extend(errors.into_iter().map(|error| Finding::new(path, error))),
        }
    }
    catalogues
}

/// What each of them lacks or has too much, measured by `asked`: the keys that code and templates ask for.
pub(super) fn compare(
    catalogues: &[Catalogue], asked: &BTreeSet<String>, own_templates: bool, findings: &mut Vec<Finding>,
) {
    let built_in = built_in();
    let english = built_in.get(CATALOGUE).and_then(|text| Catalogue::parse("en", text).ok());
    let contract = english.as_ref().map(Catalogue::sentences).unwrap_or_default();
    let own = catalogues.iter().find(|catalogue| catalogue.tag() == "en").map(Catalogue::sentences).unwrap_or_default();
    for catalogue in catalogues {
        let path = catalogue_path(catalogue.tag());
        let sentences = catalogue.sentences();
        let mut find = |message: String| findings.push(Finding::new(&path, message));
        asked.iter().filter(|key| !sentences.contains_key(key.as_str())).for_each(|key| find(format!("lacks `{key}`")));
        let forms = plural_forms(catalogue.language());
        for (key, sentence) in &sentences {
            // A template of the operator's own need not ask for all that the built-in ones ask for.
            let spare = own_templates && contract.contains_key(key);
            if !spare && !asked.contains(*key) {
                find(format!("has `{key}`, which nobody asks for"));
            }
            if let Some(original) = contract.get(key).or_else(|| own.get(key)) {
                placeholders(key, sentence, original, &mut find);
            }
            plurals(key, sentence, &forms, &mut find);
            fill(catalogue, key, sentence, &mut find);
        }
    }
}

/// Said for some number of every form; what it refers to must be there.
fn fill(catalogue: &Catalogue, key: &str, sentence: &Sentence, find: &mut impl FnMut(String)) {
    for n in [0, 1, 2, 3, 11, 100, 1_000_000] {
        let args: FluentArgs<'_> = sentence.placeholders.iter().map(|name| (name.as_str(), n)).collect();
        if let Err(error) = catalogue.phrase(key, &args) {
            return find(error.to_string());
        }
    }
}

fn placeholders(key: &str, sentence: &Sentence, original: &Sentence, find: &mut impl FnMut(String)) {
    for name in sentence.placeholders.difference(&original.placeholders) {
        find(format!("`{key}` asks for {{ ${name} }}, which is not given to it"));
    }
    for name in original.placeholders.difference(&sentence.placeholders) {
        find(format!("`{key}` does not say {{ ${name} }}"));
    }
}

fn plurals(key: &str, sentence: &Sentence, forms: &BTreeSet<&'static str>, find: &mut impl FnMut(String)) {
    for told in &sentence.plurals {
        for form in forms.iter().filter(|form| !told.contains(**form)) {
            find(format!("`{key}` lacks the form [{form}]"));
        }
        let strange =
            told.iter().filter(|form| PLURAL_CATEGORIES.contains(&form.as_str()) && !forms.contains(form.as_str()));
        strange.for_each(|form| find(format!("`{key}` has the form [{form}], which this language never uses")));
    }
}

/// The forms the language has for whole numbers: those of the first thousand, and of a million, for which some
/// languages have one of their own; and `other`, which Fluent asks for whatever the language.
fn plural_forms(language: &LanguageIdentifier) -> BTreeSet<&'static str> {
    let mut anywhere = language.clone();
    anywhere.region = None;
    let rules = |language| PluralRules::create(language, PluralRuleType::CARDINAL).ok();
    let Some(rules) = rules(language.clone()).or_else(|| rules(anywhere)) else { return ["other"].into() };
    let form = |n: u32| {
        Some(match rules.select(n).ok()? {
            PluralCategory::ZERO => "zero",
            PluralCategory::ONE => "one",
            PluralCategory::TWO => "two",
            PluralCategory::FEW => "few",
            PluralCategory::MANY => "many",
            PluralCategory::OTHER => "other",
        })
    };
    (0..=1_000).chain([1_000_000]).filter_map(form).chain(["other"]).collect()
}
