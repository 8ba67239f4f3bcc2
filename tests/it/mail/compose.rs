//! The message as it leaves, read back as a mail program reads it.

use mail_parser::{Message as Parsed, MessageParser, MimeHeaders};
use makegood::event::EventType;
use makegood::mail::{
    Addressing, ComposeError, Direction, Letter, LetterContext, Letters, Mail, Notice, Rendered, compose,
};
use makegood::policy::Reason;
use proptest::prelude::*;
use time::OffsetDateTime;

use super::{AT, HOSTILE, addressing, id, letters, mail_to, occasion, plain_letter, returned};

fn parsed(mail: &Mail) -> Parsed<'_> {
    MessageParser::default().parse(mail.bytes()).expect("a message")
}

/// Nothing a server or a relay could read as the end of a line, a header or the text.
fn assert_safe(mail: &Mail) {
    let text = String::from_utf8_lossy(mail.bytes());
    for line in text.split("\r\n") {
        assert!(!line.contains(['\r', '\n', '\0']), "{line:?}");
        assert!(line.len() <= 998);
    }
    let head = text.split("\r\n\r\n").next().expect("a head");
    let names: Vec<&str> = head
        .lines()
        .filter(|line| !line.starts_with([' ', '\t']))
        .filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        names,
        [
            "Date",
            "Message-ID",
            "From",
            "To",
            "Subject",
            "Auto-Submitted",
            "Content-Language",
            "Makegood-Notice",
            "MIME-Version",
            "Content-Type"
        ],
        "{head}"
    );
}

#[test]
fn every_letter_is_read_back() {
    let letters = letters();
    for name in Letters::names() {
        let sample: &LetterContext = letters.sample(name).expect("a sample");
        let rendered = letters.render(sample).expect("a letter");
        let notice = Notice {
            id: sample.notice,
            name: sample.name.as_deref(),
            locale: None,
            time_zone: None,
            resends: 0,
            address: "ana@bücher.example",
            created_at: AT,
            about: &sample.about,
            lines: &sample.lines,
        };
        let mail = compose(&addressing(), &notice, &rendered).expect("a mail");
        assert_safe(&mail);
        let message = parsed(&mail);
        assert_eq!(message.subject(), Some(&*rendered.subject));
        assert_eq!(message.message_id(), Some(&*format!("{}@example.com", sample.notice)));
        assert_eq!(message.date().expect("a date").to_timestamp(), AT.unix_timestamp());
        let from = message.from().and_then(|from| from.first()).expect("a sender");
        assert_eq!((from.name(), from.address()), (Some("Example Marketplace"), Some("connects@example.com")));
        let to = message.to().and_then(|to| to.first()).expect("a recipient");
        assert_eq!((to.name(), to.address()), (Some("Ana Berg"), Some("ana@xn--bcher-kva.example")));
        assert_eq!(message.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
        assert_eq!(message.header_raw("Content-Language").map(str::trim), Some("en"));
        assert_eq!(message.text_body_count(), 1);
        assert_eq!(message.html_body_count(), 1);
        assert_eq!(message.body_text(0).expect("text").replace("\r\n", "\n").trim_end(), rendered.text.trim_end());
        assert_eq!(message.body_html(0).expect("html").replace("\r\n", "\n").trim_end(), rendered.html.trim_end());
        for part in [1, 2] {
            assert_eq!(message.part(part).and_then(|part| part.content_transfer_encoding()), Some("quoted-printable"));
        }
    }
}

#[test]
fn two_attempts_are_the_same_bytes() {
    assert_eq!(mail_to("ana@example.com", 1).bytes(), mail_to("ana@example.com", 1).bytes());
    assert_ne!(mail_to("ana@example.com", 1).bytes(), mail_to("ana@example.com", 2).bytes());
}

#[test]
fn answers_go_where_they_are_read() {
    let (about, lines) = (occasion(EventType::JobCanceled, "dropped"), [returned(1, "T", Reason::ClientCanceled)]);
    let addressing = Addressing { reply_to: Some("help@example.com".to_owned()), help_url: None, ..addressing() };
    let notice = Notice {
        id: id(1),
        name: None,
        locale: None,
        time_zone: None,
        resends: 0,
        address: "ana@example.com",
        created_at: AT,
        about: &about,
        lines: &lines,
    };
    let rendered = letters().render(&LetterContext::new(&addressing, &notice)).expect("a letter");
    assert!(rendered.text.contains("You can answer this mail."));
    assert!(!rendered.text.contains("Where to ask") && !rendered.html.contains("href"));
    assert!(rendered.text.starts_with("Hello,\n"));
    let mail = compose(&addressing, &notice, &rendered).expect("a mail");
    let message = parsed(&mail);
    assert_eq!(message.reply_to().and_then(|to| to.first()).and_then(|to| to.address()), Some("help@example.com"));
    assert_eq!(message.to().and_then(|to| to.first()).and_then(|to| to.name()), None);
}

#[test]
fn no_text_smuggles_anything() {
    let letters = letters();
    for text in HOSTILE {
        let (about, lines) = (occasion(EventType::JobCanceled, text), [returned(1, text, Reason::ClientCanceled)]);
        let notice = Notice {
            id: id(1),
            name: Some(text),
            locale: None,
            time_zone: None,
            resends: 0,
            address: "ana@example.com",
            created_at: AT,
            about: &about,
            lines: &lines,
        };
        let rendered = letters.render(&LetterContext::new(&addressing(), &notice)).expect("a letter");
        let mail = compose(&addressing(), &notice, &rendered).expect("a mail");
        assert_safe(&mail);
        let message = parsed(&mail);
        assert_eq!(message.to().expect("a To").iter().count(), 1);
        assert!(message.bcc().is_none() && message.cc().is_none());
        assert_eq!(message.attachment_count(), 0);
        assert!(!message.subject().expect("a subject").contains(['\r', '\n']));
    }
}

/// Even a letter no template of ours would make: raw attacks in every part.
#[test]
fn no_body_smuggles_a_command() {
    let (about, lines) = (occasion(EventType::JobCanceled, "dropped"), [returned(1, "T", Reason::ClientCanceled)]);
    for attack in [
        "\r\n.\r\nMAIL FROM:<x@evil.example>\r\n",
        "\n.\nRSET\n",
        "\r.\rQUIT\r",
        "\r\n.\nDATA",
        "a\r\r\n.\r\n\0",
        "\n--=_makegood_018e3c5a--\n",
        &"x ".repeat(2500),
    ] {
        let rendered = Rendered {
            letter: Letter::JobCanceled,
            language: attack.to_owned(),
            direction: Direction::Ltr,
            subject: attack.to_owned(),
            text: attack.to_owned(),
            html: attack.to_owned(),
        };
        let notice = Notice {
            id: id(1),
            name: Some(attack),
            locale: None,
            time_zone: None,
            resends: 0,
            address: "ana@example.com",
            created_at: AT,
            about: &about,
            lines: &lines,
        };
        let mail = compose(&addressing(), &notice, &rendered).expect("a mail");
        assert_safe(&mail);
        assert_eq!(parsed(&mail).parts.len(), 3, "{attack:?}");
    }
}

#[test]
fn what_cannot_be_sent_is_said_without_the_address() {
    let (about, lines) = (occasion(EventType::JobCanceled, "dropped"), [returned(1, "T", Reason::ClientCanceled)]);
    let notice = |address, created_at| Notice {
        id: id(1),
        name: None,
        locale: None,
        time_zone: None,
        resends: 0,
        address,
        created_at,
        about: &about,
        lines: &lines,
    };
    let error = compose(&addressing(), &notice("secret person@example.com", AT), &plain_letter()).expect_err("refused");
    assert!(matches!(error, ComposeError::Recipient(_)));
    assert!(!format!("{error} {error:?}").contains("secret"));
    let error = compose(
        &addressing(),
        &notice("a@example.com", OffsetDateTime::UNIX_EPOCH - time::Duration::SECOND),
        &plain_letter(),
    );
    assert_eq!(error, Err(ComposeError::Date));
    let addressing = Addressing { envelope_sender: "secret".to_owned(), ..addressing() };
    let error = compose(&addressing, &notice("a@example.com", AT), &plain_letter()).expect_err("refused");
    assert!(matches!(error, ComposeError::Setting { setting: "envelope_sender", .. }));
    assert!(
        !format!("{:?} {:?} {:?}", addressing, notice("ana@example.com", AT), mail_to("ana@example.com", 1))
            .contains("ana@")
    );
}

#[test]
fn wrong_settings_are_found_together() {
    assert_eq!(addressing().check(), []);
    let wrong = Addressing {
        from_name: "\0".to_owned(),
        from: "x".to_owned(),
        reply_to: Some("y@".to_owned()),
        envelope_sender: String::new(),
        message_id_domain: "a b".to_owned(),
        help_url: Some("javascript:alert(1)".to_owned()),
    };
    let keys: Vec<&str> = wrong.check().into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["from", "reply_to", "envelope_sender", "message_id_domain", "from_name", "help_url"]);
}

#[test]
fn a_local_part_beyond_ascii_needs_utf8() {
    assert!(mail_to("jörg@example.com", 1).needs_utf8());
    assert!(!mail_to("joerg@bücher.example", 1).needs_utf8());
    assert!(mail_to("joerg@bücher.example", 1).bytes().is_ascii());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_name_and_body_make_a_safe_mail(name: String, subject: String, body: String) {
        let about = occasion(EventType::JobCanceled, "dropped");
        let lines = [returned(1, "T", Reason::ClientCanceled)];
        let address = "ana@example.com";
        let (created_at, about, lines) = (AT, &about, &lines);
        let who = Some(&*name);
        let notice = Notice {
            id: id(1), name: who, locale: None, time_zone: None, resends: 0, address, created_at, about, lines,
        };
        let (letter, language, direction) = (Letter::JobCanceled, "en".to_owned(), Direction::Ltr);
        let rendered = Rendered { letter, language, direction, subject, text: body.clone(), html: body };
        let mail = compose(&addressing(), &notice, &rendered).expect("a mail");
        assert_safe(&mail);
    }
}
