//! Partials put in the place where they are included, once: handlebars copies all that a template sees each time it
//! includes one, and a letter includes some thirty.
//!
//! What could come out differently stays an inclusion. Runs after `lint`, which refuses partials that include each
//! other.

use std::collections::HashMap;

use handlebars::Template;
use handlebars::template::{DecoratorTemplate, HelperTemplate, Parameter, TemplateElement};

use super::lint::{BLOCK, Compiled, name_of};

/// The templates whose names begin so, with their partials in them; as they are where one looks for a name further out.
/// Partials that stay inclusions come along.
pub(super) fn inlined(compiled: &Compiled, prefix: &str) -> Compiled {
    // An inclusion is a step on the way out, and a partial may be included by any other.
    let as_it_is = compiled.values().any(|(_, template)| looks_out(template));
    let mut names: Vec<String> = compiled.keys().filter(|name| name.starts_with(prefix)).cloned().collect();
    let mut whole = Compiled::new();
    while let Some(name) = names.pop() {
        let Some((path, template)) = compiled.get(&name).filter(|_| !whole.contains_key(&name)) else { continue };
        let template = if as_it_is { template.clone() } else { template_of(compiled, template.clone(), None) };
        template.elements.iter().for_each(|element| inclusions(element, &mut names));
        whole.insert(name, (path.clone(), template));
    }
    whole
}

/// Adds the names of what an element includes.
fn inclusions(element: &TemplateElement, names: &mut Vec<String>) {
    let inner = match element {
        TemplateElement::HelperBlock(helper) => helper.template.iter().chain(&helper.inverse),
        TemplateElement::PartialExpression(partial) | TemplateElement::PartialBlock(partial) => {
            names.extend(name_of(&partial.name));
            partial.template.iter().chain(&None)
        }
        _ => return,
    };
    inner.flat_map(|template| &template.elements).for_each(|element| inclusions(element, names));
}

/// A template with its partials in it; `block` stands where it asks for its block.
fn template_of(compiled: &Compiled, mut template: Template, block: Option<&Template>) -> Template {
    let (elements, mapping) = (std::mem::take(&mut template.elements), std::mem::take(&mut template.mapping));
    let mut places = mapping.into_iter();
    for element in elements {
        let place = places.next();
        for element in element_of(compiled, element, block) {
            template.elements.push(element);
            // What is wrong in a partial is told as of where it is included.
            template.mapping.extend(place.clone());
        }
    }
    template
}

fn element_of(compiled: &Compiled, element: TemplateElement, block: Option<&Template>) -> Vec<TemplateElement> {
    match element {
        TemplateElement::HelperBlock(mut helper) => {
            let whole = |inner: Template| template_of(compiled, inner, None);
            helper.template = helper.template.take().map(whole);
            helper.inverse = helper.inverse.take().map(whole);
            vec![TemplateElement::HelperBlock(helper)]
        }
        TemplateElement::PartialExpression(ref partial) | TemplateElement::PartialBlock(ref partial) => {
            let elements = match block.filter(|_| is_block(partial)) {
                Some(block) => Some(block.elements.clone()),
                None => included(compiled, partial),
            };
            elements.unwrap_or_else(|| vec![element])
        }
        other => vec![other],
    }
}

/// What stands in the place of an inclusion; `None`: it stays one.
fn included(compiled: &Compiled, partial: &DecoratorTemplate) -> Option<Vec<TemplateElement>> {
    let (_, template) = compiled.get(&name_of(&partial.name)?)?;
    if !partial.params.is_empty() || partial.indent.is_some() {
        return None;
    }
    if !partial.hash.is_empty() {
        let plain = partial.template.is_none();
        return plain.then(|| template.elements.iter().map(|element| given(element, &partial.hash)).collect())?;
    }
    match &partial.template {
        None if asks_for_block(template) => None,
        None => Some(template_of(compiled, template.clone(), None).elements),
        Some(inner) => {
            // Below `{{#each}}` a block would see what it is about; where it is included it does not.
            let within = |element: &TemplateElement| match element {
                TemplateElement::HelperBlock(_) | TemplateElement::PartialBlock(_) => asks(element),
                _ => false,
            };
            if template.elements.iter().any(within) || asks_for_block(inner) {
                return None;
            }
            let block = template_of(compiled, inner.clone(), None);
            Some(template_of(compiled, template.clone(), Some(&block)).elements)
        }
    }
}

/// An element of a partial with the values that its inclusion gives it; `None`: more than a value's place depends on
/// them.
fn given(element: &TemplateElement, values: &HashMap<String, Parameter>) -> Option<TemplateElement> {
    let TemplateElement::Expression(helper) = element else {
        let text = matches!(element, TemplateElement::RawString(_) | TemplateElement::Comment(_));
        return text.then(|| element.clone());
    };
    let is_given = |parameter: &Parameter| match parameter {
        Parameter::Path(_) | Parameter::Name(_) => {
            name_of(parameter).is_some_and(|name| name.split(['.', '/']).any(|part| values.contains_key(part)))
        }
        Parameter::Literal(_) => false,
        _ => true,
    };
    if !is_value(helper) {
        let none = !helper.params.iter().chain(helper.hash.values()).any(is_given);
        return none.then(|| element.clone());
    }
    match name_of(&helper.name).and_then(|name| values.get(&name)) {
        None => (!is_given(&helper.name)).then(|| element.clone()),
        Some(Parameter::Subexpression(inner)) => match inner.as_element() {
            TemplateElement::Expression(inner) if !is_value(inner) => Some(TemplateElement::Expression(inner.clone())),
            _ => None,
        },
        Some(path @ Parameter::Path(_)) => {
            let mut value = helper.clone();
            value.name = path.clone();
            Some(TemplateElement::Expression(value))
        }
        Some(_) => None,
    }
}

/// `{{name}}`, which calls nothing.
fn is_value(helper: &HelperTemplate) -> bool {
    helper.params.is_empty() && helper.hash.is_empty()
}

fn is_block(partial: &DecoratorTemplate) -> bool {
    name_of(&partial.name).is_some_and(|name| name == BLOCK)
}

/// Somewhere in it stands the place of a block.
fn asks_for_block(template: &Template) -> bool {
    template.elements.iter().any(asks)
}

fn asks(element: &TemplateElement) -> bool {
    match element {
        TemplateElement::HelperBlock(helper) => helper.template.iter().chain(&helper.inverse).any(asks_for_block),
        TemplateElement::PartialExpression(partial) | TemplateElement::PartialBlock(partial) => {
            is_block(partial) || partial.template.iter().any(asks_for_block)
        }
        _ => false,
    }
}

/// It counts steps out (`../name`), or names what a loop is about (`as |name|`).
fn looks_out(template: &Template) -> bool {
    template.elements.iter().any(|element| match element {
        TemplateElement::RawString(_) | TemplateElement::Comment(_) => false,
        TemplateElement::Expression(helper)
        | TemplateElement::HtmlExpression(helper)
        | TemplateElement::HelperBlock(helper) => helper_looks_out(helper),
        TemplateElement::PartialExpression(partial) | TemplateElement::PartialBlock(partial) => {
            partial.params.iter().chain(partial.hash.values()).any(parameter_looks_out)
                || partial.template.iter().any(looks_out)
        }
        _ => true,
    })
}

fn helper_looks_out(helper: &HelperTemplate) -> bool {
    helper.block_param.is_some()
        || parameter_looks_out(&helper.name)
        || helper.params.iter().chain(helper.hash.values()).any(parameter_looks_out)
        || helper.template.iter().chain(&helper.inverse).any(looks_out)
}

fn parameter_looks_out(parameter: &Parameter) -> bool {
    match parameter {
        Parameter::Subexpression(inner) => match inner.as_element() {
            TemplateElement::Expression(helper) => helper_looks_out(helper),
            _ => true,
        },
        named => name_of(named).is_some_and(|name| name.contains("../")),
    }
}

#[cfg(test)]
mod tests {
    use handlebars::Handlebars;
    use serde_json::{Value, json};

    use super::*;

    fn compiled(sources: &[(&str, &str)]) -> Compiled {
        let one = |(name, text): &(&str, &str)| {
            let template = Template::compile_with_name(text, (*name).to_owned()).expect("a template");
            ((*name).to_owned(), (format!("{name}.hbs"), template))
        };
        sources.iter().map(one).collect()
    }

    fn rendered(compiled: Compiled, view: &Value) -> String {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        for (name, (_, template)) in compiled {
            registry.register_template(&name, template);
        }
        registry.render("letter", view).expect("rendered")
    }

    fn left_in(template: &Template) -> usize {
        let of = |element: &TemplateElement| match element {
            TemplateElement::HelperBlock(helper) => helper.template.iter().chain(&helper.inverse).map(left_in).sum(),
            TemplateElement::PartialExpression(_) | TemplateElement::PartialBlock(_) => 1,
            _ => 0,
        };
        template.elements.iter().map(of).sum()
    }

    #[test]
    fn what_comes_out_is_the_same_and_what_could_differ_is_left_alone() {
        let view = json!({"a": "<A>", "list": [{"a": "one"}, {"a": "two"}], "x": {"y": "deep"}});
        for (left, sources) in [
            (0, vec![("letter", "1\n{{> p}}\n2\n"), ("p", "{{a}}\n{{#if a}}{{> q}}{{/if}}\n"), ("q", "q{{x.y}}")]),
            (0, vec![("letter", "{{#> p}}\nin {{a}}\n{{/p}}\n"), ("p", "<\n{{> @partial-block}}\n>\n")]),
            (
                1,
                vec![
                    ("letter", "{{#> o}}x{{a}}{{/o}}"),
                    ("o", "({{#> p}}[{{> @partial-block}}]{{/p}})"),
                    ("p", "p{{> @partial-block}}"),
                ],
            ),
            (
                0,
                vec![
                    ("letter", "{{#each list}}{{> p}}{{/each}}"),
                    ("p", "{{#unless @first}}, {{/unless}}{{a}} of {{@root.a}}"),
                ],
            ),
            (0, vec![("letter", "{{> p b=a c=(lookup x \"y\")}}"), ("p", "{{b}}|{{c}}|{{a}}")]),
            (0, vec![("letter", "{{#each list}}{{> p b=a}}{{/each}}"), ("p", "{{b}}{{@index}}")]),
            // These stay: a block in a loop, a value used in a block, a value's field, a literal, another context.
            (1, vec![("letter", "{{#> p}}{{a}}{{/p}}"), ("p", "{{#each list}}{{> @partial-block}}{{/each}}")]),
            (1, vec![("letter", "{{> p b=a}}"), ("p", "{{#each list}}{{b}}{{/each}}")]),
            (1, vec![("letter", "{{> p b=x}}"), ("p", "{{b.y}}")]),
            (1, vec![("letter", "{{> p b=\"<lit>\"}}"), ("p", "{{b}}")]),
            (1, vec![("letter", "{{> p x}}"), ("p", "{{y}}")]),
            // So does everything where a name is looked for further out: an inclusion is a step on that way.
            (1, vec![("letter", "{{#each list}}{{> p}}{{/each}}"), ("p", "{{../a}}{{../../x.y}}")]),
            (
                1,
                vec![
                    ("letter", "{{#each list}}{{> p}}{{/each}}"),
                    ("p", "{{#if a}}{{> q b=../a}}{{/if}}"),
                    ("q", "{{b}}"),
                ],
            ),
            (1, vec![("letter", "{{#each list}}{{#> p}}{{../a}}{{/p}}{{/each}}"), ("p", "{{> @partial-block}}")]),
            (1, vec![("letter", "{{#each list as |a|}}{{> p}}{{/each}}"), ("p", "{{a}}")]),
            (1, vec![("letter", "a\n  {{> p}}\n"), ("p", "1\n2\n")]),
        ] {
            let compiled = compiled(&sources);
            let whole = inlined(&compiled, "letter");
            assert_eq!(whole.get("letter").map(|(_, letter)| left_in(letter)), Some(left), "{sources:?}");
            assert_eq!(rendered(whole, &view), rendered(compiled, &view), "{sources:?}");
        }
    }
}
