//! Names and titles as people and attackers write them, in every letter: a byte for the letter and how many lines, then
//! fields between 0xFF: name, address, sender, cause, rule, event id, help link, a title a line.

use std::sync::LazyLock;

use mail_parser::MessageParser;
use makegood::mail::{Addressing, ComposeError, LetterContext, Letters, LettersOptions, Mail, Notice, compose};
use makegood::policy::Details;

use super::text::{fields, next};

/// Longest line of a message without its end (RFC 5322).
const LINE_BYTES_MAX: usize = 998;

/// Every header there is, each once, in this order.
const HEADERS: [&str; 10] = [
    "Date",
    "Message-ID",
    "From",
    "To",
    "Subject",
    "Auto-Submitted",
    "Content-Language",
    "Makegood-Notice",
    "MIME-Version",
    "Content-Type",
];

static LETTERS: LazyLock<Letters> =
    LazyLock::new(|| Letters::load(&LettersOptions::default()).expect("the built-in letters"));

/// Writes a letter of it and reads that back.
pub fn run(data: &[u8]) {
    let Some((choice, rest)) = data.split_first() else { return };
    let mut fields = fields(rest);
    let names: Vec<&str> = Letters::names().collect();
    let name = names[usize::from(choice & 0x7f) % names.len()];
    let mut context = LETTERS.sample(name).expect("a sample").clone();
    let (reader, address) = (next(&mut fields), next(&mut fields));
    context.name = (choice & 0x80 == 0).then_some(reader);
    context.sender = next(&mut fields);
    context.about.cause = next(&mut fields);
    context.about.rule = Some(next(&mut fields));
    context.about.event_id = next(&mut fields);
    let help_url = next(&mut fields);
    let texts: Vec<String> = fields.take(4).map(|text| String::from_utf8_lossy(text).into_owned()).collect();
    if let (Some(words), Some(told)) = (context.about.details.as_mut().and_then(foreign), texts.first()) {
        words.clone_from(told);
    }
    if let Some(first) = context.lines.first().cloned() {
        context.lines = vec![first; texts.len().max(1)];
        context.lines.iter_mut().zip(texts).for_each(|(line, title)| line.job_title = title);
    }
    let addressing = Addressing {
        from_name: context.sender.clone(),
        from: "connects@example.com".to_owned(),
        reply_to: None,
        envelope_sender: "bounces@example.com".to_owned(),
        message_id_domain: "example.com".to_owned(),
        help_url: Some(help_url).filter(|url| !url.is_empty()),
    };
    // A link that the configuration refuses never gets here.
    if addressing.check().iter().all(|(key, _)| *key != "help_url") {
        context.help_url.clone_from(&addressing.help_url);
    }
    write_letter(&context, &addressing, &address);
}

/// What a stranger wrote in the details of a letter.
fn foreign(details: &mut Details) -> Option<&mut String> {
    match details {
        Details::ProposalDeclined { message } => message.as_mut(),
        Details::InvitationWithdrawn { job_title, .. } => Some(job_title),
        Details::ApplicationDeclined { .. } | Details::ApplicationReceived { .. } => None,
    }
}

fn write_letter(context: &LetterContext, addressing: &Addressing, address: &str) {
    let rendered = LETTERS.render(context).unwrap_or_else(|error| panic!("{error:?}"));
    assert!(!rendered.subject.chars().any(char::is_control), "{:?}", rendered.subject);
    let twin = harmless(context);
    if twin != *context {
        let twin = LETTERS.render(&twin).expect("a letter of plain words");
        for sign in ['<', '>', '"'] {
            let count = |html: &str| html.matches(sign).count();
            assert_eq!(count(&rendered.html), count(&twin.html), "{sign} of a text is markup in {}", rendered.html);
        }
    }
    for address in [address, "ana@example.com"] {
        let notice = Notice {
            id: context.notice,
            name: context.name.as_deref(),
            locale: None,
            time_zone: None,
            resends: 0,
            address,
            created_at: context.about.time,
            about: &context.about,
            lines: &context.lines,
        };
        match compose(addressing, &notice, &rendered) {
            Ok(mail) => assert_read_back(&mail, &rendered.subject),
            Err(ComposeError::Recipient(_)) => assert_ne!(address, "ana@example.com"),
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// The same letter with a `q` for every sign that could be markup.
fn harmless(context: &LetterContext) -> LetterContext {
    let mut twin = context.clone();
    let texts = [&mut twin.sender, &mut twin.about.cause, &mut twin.about.event_id];
    let texts = texts.into_iter().chain(twin.name.as_mut()).chain(twin.about.rule.as_mut());
    let texts = texts.chain(twin.about.details.as_mut().and_then(foreign));
    for text in texts.chain(twin.lines.iter_mut().map(|line| &mut line.job_title)) {
        *text = text.replace(['<', '>', '&', '"', '\''], "q");
    }
    twin
}

fn assert_read_back(mail: &Mail, subject: &str) {
    let bytes = mail.bytes();
    let text = String::from_utf8_lossy(bytes);
    for line in text.split("\r\n") {
        assert!(!line.contains(['\r', '\n', '\0']), "{line:?}");
    }
    assert!(bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= LINE_BYTES_MAX + 1));
    let head = text.split("\r\n\r\n").next().expect("a head");
    let names = head.lines().filter(|line| !line.starts_with([' ', '\t']));
    let names: Vec<&str> = names.filter_map(|line| line.split_once(':')).map(|(name, _)| name).collect();
    assert_eq!(names, HEADERS, "{head}");

    let message = MessageParser::default().parse(bytes).expect("a message");
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(message.subject().unwrap_or_default()), words(&subject.replace("=?", "= ?")));
    assert_eq!(message.to().expect("a To").iter().count(), 1);
    assert_eq!(message.from().expect("a From").iter().count(), 1);
    assert!(message.cc().is_none() && message.bcc().is_none());
    assert_eq!((message.text_body_count(), message.html_body_count(), message.attachment_count()), (1, 1, 0));
}
