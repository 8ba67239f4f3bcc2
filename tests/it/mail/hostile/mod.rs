//! 10,000 hostile texts in every foreign field: nothing of them becomes a header, a tag, a link or a command.
//!
//! What left is read by parsers that share nothing with makegood (mail-parser, html5ever, linkify) and held against
//! the same letter about a harmless notice.

mod fields;
mod strings;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Mutex;

use linkify::LinkFinder;
use mail_parser::MessageParser;
use makegood::mail::{
    LetterContext, Letters, Mail, Notice, Receipt, Rendered, SmtpOptions, SmtpTls, TransportOptions, compose,
};

use makegood::policy::Details;
use sfv::{Dictionary, Parser};

use super::{AT, addressing, letters};
use crate::support::html::{Element, Page};
use crate::support::smtp::Sink;
use fields::FIELDS;

/// Texts; each is in every field of some letter.
const TEXTS: usize = 10_000;

/// Of their letters, those that go through the real conversation with a server.
const SENT_EVERY: usize = 40;

/// What a letter may not change by, whatever is written into its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shape {
    /// Names of the headers in their order.
    headers: Vec<String>,
    /// Values of those that hold nothing foreign.
    values: BTreeMap<String, String>,
    /// Elements with all their attributes.
    elements: Vec<Element>,
    comments: usize,
    links: BTreeSet<String>,
}

/// A letter of the sample with two proposals, in this language.
fn context(letter: &str, language: &str) -> LetterContext {
    let mut context = letters().sample(letter).expect("a sample").clone();
    if let Some(first) = context.lines.first().cloned() {
        context.lines.resize(2, first);
    }
    context.locale = Some(language.to_owned());
    context
}

fn mail(context: &LetterContext) -> (Rendered, Mail) {
    let rendered = letters().render(context).expect("a letter");
    let notice = Notice {
        id: context.notice,
        name: context.name.as_deref(),
        locale: context.locale.as_deref(),
        time_zone: context.time_zone.as_deref(),
        resends: 0,
        address: "ana@example.com",
        created_at: AT,
        about: &context.about,
        lines: &context.lines,
    };
    let mail = compose(&addressing(), &notice, &rendered).expect("a mail");
    (rendered, mail)
}

/// What mail programs would make a link of: domains of any script between spaces, visible or not, and plain domains
/// among anything else.
fn links(text: &str) -> BTreeSet<String> {
    let mut finder = LinkFinder::new();
    finder.url_must_have_scheme(false).email_domain_must_have_dot(false);
    let spaced = text.replace('\u{200B}', " ");
    let mut found: BTreeSet<_> = finder.links(&spaced).map(|link| link.as_str().to_owned()).collect();
    finder.url_can_be_iri(false).email_domain_must_have_dot(true);
    found.extend(finder.links(text).map(|link| link.as_str().to_owned()));
    found
}

/// Reads what left; what is wrong whatever the letter is said at once.
fn read(mail: &Mail) -> Result<Shape, String> {
    let bytes = mail.bytes();
    let wire = std::str::from_utf8(bytes).map_err(|_| "it is no UTF-8")?;
    for line in wire.split("\r\n") {
        if line.contains(['\r', '\n', '\0']) || line.len() > 998 {
            return Err(format!("a line a server could misread: {line:?}"));
        }
    }
    let head = wire.split("\r\n\r\n").next().unwrap_or_default();
    let headers = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    let headers = headers.map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect();
    let message = MessageParser::default().parse(bytes).ok_or("it is no message")?;
    if message.parts.len() != 3 || message.attachment_count() != 0 {
        return Err(format!("{} parts, {} attachments", message.parts.len(), message.attachment_count()));
    }
    let foreign = ["To", "Subject"];
    let values = message.headers_raw().filter(|(name, _)| !foreign.contains(name));
    let values = values.map(|(name, value)| (name.to_owned(), own(name, value))).collect();
    let to: Vec<_> = message.to().into_iter().flat_map(|to| to.iter()).filter_map(|to| to.address()).collect();
    if to != ["ana@example.com"] {
        return Err(format!("it goes to {to:?}"));
    }
    let name = message.to().and_then(|to| to.first()).and_then(|to| to.name()).unwrap_or_default();
    let subject = message.subject().ok_or("it has no subject")?;
    let text = message.body_text(0).ok_or("it has no text")?;
    let page = Page::read(&message.body_html(0).ok_or("it has no HTML")?);
    for part in [subject, name, &text, &page.text] {
        order(part)?;
    }
    if let Some(c) = [subject, name].into_iter().flat_map(str::chars).find(|c| c.is_control()) {
        return Err(format!("{c:?} in the head"));
    }
    // No mail program makes links of a subject.
    let links = [&*text, &page.text].into_iter().flat_map(links).collect();
    Ok(Shape { headers, values, elements: page.elements, comments: page.comments, links })
}

/// What of a header's value is not foreign: all of it, but in the notice's own header the id of the event.
fn own(name: &str, value: &str) -> String {
    if name != "Makegood-Notice" {
        return value.to_owned();
    }
    let mut members: Dictionary = Parser::new(&value.trim().replace("\r\n", "")).parse().expect("a structured field");
    drop(members.shift_remove("event"));
    format!("{members:?}")
}

/// Nothing reorders what stands around it: no embedding, no override, and every isolate ends in its line.
fn order(text: &str) -> Result<(), String> {
    for line in text.lines() {
        let mut open = 0_usize;
        for c in line.chars() {
            match c {
                '\u{202A}'..='\u{202E}' => return Err(format!("{c:?} in {line:?}")),
                '\u{2066}'..='\u{2068}' => open += 1,
                '\u{2069}' => open = open.checked_sub(1).ok_or_else(|| format!("an isolate ends twice in {line:?}"))?,
                _ => {}
            }
        }
        if open > 0 {
            return Err(format!("an isolate stays open in {line:?}"));
        }
    }
    Ok(())
}

/// The shapes a letter has about harmless notices: with a rule and without, with the client's words and without.
fn harmless(letter: &str, language: &str) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for (rule, words) in [(None, true), (Some("A rule"), true), (None, false), (Some("A rule"), false)] {
        let mut context = context(letter, language);
        context.about.rule = rule.map(str::to_owned);
        if let (false, Some(Details::ProposalDeclined { message })) = (words, &mut context.about.details) {
            *message = None;
        }
        shapes.push(read(&mail(&context).1).expect("a harmless letter"));
    }
    shapes
}

/// The letter that the text of this place goes into: every class comes to every letter, every letter to each language.
fn place(at: usize) -> (&'static str, String) {
    let names: Vec<_> = Letters::names().collect();
    let languages = super::languages();
    let round = at / strings::CLASSES.len();
    (names[round % names.len()], languages[round / names.len() % languages.len()].clone())
}

/// The text of this place in the first field, the next ones in the others: over all places, each is in every field.
fn attack(texts: &[String], at: usize) -> LetterContext {
    let (letter, language) = place(at);
    let mut context = context(letter, &language);
    for (field, (_, put)) in FIELDS.iter().enumerate() {
        put(&mut context, &texts[(at + field * 809) % texts.len()]);
    }
    // Every fifth reader's language is no language at all.
    if at.is_multiple_of(5) {
        context.locale = Some(texts[at].clone());
    }
    context
}

#[test]
fn ten_thousand_texts_stay_text_in_every_field() {
    let texts = strings::strings(TEXTS);
    let known: Mutex<HashMap<(String, String), Vec<Shape>>> = Mutex::default();
    let findings: Mutex<Vec<String>> = Mutex::default();
    let workers = std::thread::available_parallelism().map_or(2, usize::from).min(8);
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let (texts, known, findings) = (&texts, &known, &findings);
            scope.spawn(move || {
                for at in (worker..texts.len()).step_by(workers) {
                    let context = attack(texts, at);
                    let (rendered, mail) = mail(&context);
                    let key = (rendered.letter.name().to_owned(), rendered.language.clone());
                    let shapes = known.lock().expect("whole").get(&key).cloned();
                    let shapes = shapes.unwrap_or_else(|| {
                        let made = harmless(&key.0, &key.1);
                        known.lock().expect("whole").entry(key.clone()).or_insert(made).clone()
                    });
                    let told = match read(&mail) {
                        Ok(shape) if shapes.contains(&shape) => continue,
                        Ok(shape) => difference(&shape, &shapes[0]),
                        Err(why) => why,
                    };
                    findings.lock().expect("whole").push(format!("{at} {key:?}: {told}"));
                }
            });
        }
    });
    let findings = findings.into_inner().expect("whole");
    let first: Vec<_> = findings.iter().take(20).map(String::as_str).collect();
    assert!(findings.is_empty(), "{} of {TEXTS} escape:\n{}", findings.len(), first.join("\n"));
}

fn difference(found: &Shape, harmless: &Shape) -> String {
    if found.links != harmless.links {
        return format!("links {:?}", found.links.difference(&harmless.links).collect::<Vec<_>>());
    }
    if (&found.headers, &found.values) != (&harmless.headers, &harmless.values) {
        return format!("headers {:?} {:?}", found.headers, found.values);
    }
    let other = found.elements.iter().zip(&harmless.elements).find(|(found, harmless)| found != harmless);
    format!("{} elements instead of {}: {other:?}", found.elements.len(), harmless.elements.len())
}

/// Over the wire: each mail arrives once, as it was made, to whom it goes; nothing in it is a command.
#[tokio::test]
async fn a_server_takes_each_hostile_letter_as_one_mail() {
    let texts = strings::strings(TEXTS);
    let sink = Sink::start().await;
    let options = SmtpOptions { tls: SmtpTls::None, ..SmtpOptions::new("127.0.0.1", sink.addr.port()) };
    let mut transport = TransportOptions::Smtp(options).transport();
    let mut sent = Vec::new();
    for at in (0..TEXTS).step_by(SENT_EVERY) {
        let (_, mail) = mail(&attack(&texts, at));
        let receipt = transport.send(&mail).await;
        assert!(matches!(receipt, Receipt::Accepted { .. }), "{at}: {receipt:?}");
        sent.push(mail.bytes().to_vec());
    }
    transport.close().await;
    let taken = sink.messages();
    assert_eq!(taken.len(), sent.len());
    for (taken, sent) in taken.iter().zip(&sent) {
        assert_eq!((&*taken.from, taken.to.as_slice()), ("bounces@example.com", &["ana@example.com".to_owned()][..]));
        assert!(taken.bytes == *sent, "it arrived otherwise");
    }
}

/// The texts are what they are said to be.
#[test]
fn every_class_comes_to_every_letter_and_language() {
    let texts = strings::strings(TEXTS);
    assert_eq!(texts, strings::strings(TEXTS), "the same at every run");
    let met: BTreeSet<_> = (0..TEXTS).map(|at| (at % strings::CLASSES.len(), place(at).0)).collect();
    assert_eq!(met.len(), strings::CLASSES.len() * Letters::names().count());
    let spoken: BTreeSet<_> = (0..TEXTS).map(place).collect();
    assert_eq!(spoken.len(), super::languages().len() * Letters::names().count());
    assert!(texts.iter().collect::<BTreeSet<_>>().len() > TEXTS * 9 / 10);
}
