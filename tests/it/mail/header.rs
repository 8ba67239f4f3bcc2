//! The header for machine readers, and the name under which a mail is recognised.

use makegood::event::EventType;
use makegood::mail::{Mail, Notice, compose};
use makegood::policy::{Ground, NoticeLine, Occasion, Reason, Verdict};
use sfv::{BareItem, Dictionary, ListEntry, Parser};

use super::{AT, HOSTILE, addressing, id, kept, occasion, plain_letter, returned};

/// The longest a header may become: every code there is, and the longest id of an event with every character escaped.
const VALUE_BYTES_MAX: usize = 1_400;

fn mail(about: &Occasion, lines: &[NoticeLine], resends: u32) -> Mail {
    let notice = Notice {
        id: id(1),
        name: Some("Ana Berg"),
        locale: None,
        time_zone: None,
        resends,
        address: "ana@example.com",
        created_at: AT,
        about,
        lines,
    };
    compose(&addressing(), &notice, &plain_letter()).expect("a mail")
}

/// The header's value, its lines unfolded.
fn value(mail: &Mail) -> String {
    let text = String::from_utf8(mail.bytes().to_vec()).expect("ASCII");
    let head = text.split("\r\n\r\n").next().expect("a head").replace("\r\n ", " ");
    let line = head.lines().find_map(|line| line.strip_prefix("Makegood-Notice: ")).expect("the header");
    line.to_owned()
}

fn dictionary(mail: &Mail) -> Dictionary {
    Parser::new(&value(mail)).parse().expect("a structured field")
}

/// A member of the dictionary, in words.
fn member(dictionary: &Dictionary, key: &str) -> Option<String> {
    let word = |item: &BareItem| match item {
        BareItem::String(text) => text.as_str().to_owned(),
        BareItem::Token(token) => token.as_str().to_owned(),
        BareItem::Integer(number) => number.to_string(),
        other => panic!("{key}: {other:?}"),
    };
    Some(match dictionary.get(key)? {
        ListEntry::Item(item) => word(&item.bare_item),
        ListEntry::InnerList(list) => {
            format!("({})", list.items.iter().map(|item| word(&item.bare_item)).collect::<Vec<_>>().join(" "))
        }
    })
}

#[test]
fn a_program_reads_what_the_letter_says() {
    let about = occasion(EventType::JobCanceled, "dropped");
    let lines = [
        returned(1, "Logo", Reason::ClientCanceled),
        returned(2, "Menu", Reason::ClientCanceled),
        kept(3, "Sign", Reason::FilledByOther, Ground::FilledByOther),
    ];
    let mail = mail(&about, &lines, 0);
    let expected = format!(
        "notice=\"{}\", event=\"event-1\", type=job-canceled, verdict=(credited none), \
         reason=(client_canceled filled_by_other), ground=(filled_by_other), returned=24, language=en",
        id(1)
    );
    assert_eq!(value(&mail), expected);
    let dictionary = dictionary(&mail);
    assert_eq!(member(&dictionary, "reason").as_deref(), Some("(client_canceled filled_by_other)"));
    assert_eq!(member(&dictionary, "returned").as_deref(), Some("24"));
}

#[test]
fn it_is_bounded_and_names_nobody() {
    let quotes = "\"".repeat(256);
    for event_id in HOSTILE.into_iter().chain([quotes.as_str(), &"x".repeat(257), "=?utf-8?q?x?="]) {
        let about = Occasion { event_id: event_id.to_owned(), ..occasion(EventType::ClientSuspended, event_id) };
        let line = |n, reason, ground| NoticeLine {
            ground,
            fee_returned: i64::MAX,
            boost_returned: 0,
            verdict: if ground.is_some() { Verdict::Held } else { Verdict::Credited },
            ..returned(n, "A canary of a title", reason)
        };
        let grounds = Ground::ALL.iter().copied().map(Some).chain([None]).cycle();
        let reasons = Reason::ALL.iter().copied().cycle();
        let lines: Vec<_> =
            (0..60).zip(reasons.zip(grounds)).map(|(n, (reason, ground))| line(n, reason, ground)).collect();
        let mail = mail(&about, &lines, 0);
        let value = value(&mail);
        assert!(value.len() <= VALUE_BYTES_MAX && value.bytes().all(|b| (0x20..0x7f).contains(&b)), "{value}");
        assert!(!value.contains("canary") && !value.contains("Ana") && !value.contains("ana@"), "{value}");
        let dictionary = dictionary(&mail);
        let told = (!event_id.is_empty() && event_id.len() <= 256 && !event_id.contains("=?"))
            .then_some(event_id)
            .filter(|id| id.bytes().all(|b| b.is_ascii_graphic()));
        assert_eq!(member(&dictionary, "event").as_deref(), told);
        assert_eq!(member(&dictionary, "returned").as_deref(), Some("999999999999999"));
        let reasons = member(&dictionary, "reason").expect("reasons");
        assert!(Reason::ALL.iter().all(|reason| reasons.contains(reason.as_str())), "{reasons}");
    }
}

/// The same attempt again keeps its name; what an operator has sent again is another mail.
#[test]
fn a_mail_sent_again_on_purpose_is_no_duplicate() {
    let about = occasion(EventType::JobCanceled, "dropped");
    let lines = [returned(1, "Logo", Reason::ClientCanceled)];
    for (resends, name) in [(0, id(1).to_string()), (1, format!("{}.r1", id(1))), (12, format!("{}.r12", id(1)))] {
        let mail = mail(&about, &lines, resends);
        assert_eq!(mail.name(), name);
        let text = String::from_utf8_lossy(mail.bytes());
        assert!(text.contains(&format!("\r\nMessage-ID: <{name}@example.com>\r\n")), "{text}");
    }
}
