//! What a reader reads: every letter, and what no letter may say.

use makegood::event::EventType;
use makegood::mail::{LINES_SHOWN_MAX, Letter, LetterContext, Letters, Rendered, SUBJECT_CHARS_MAX};
use makegood::policy::{Ground, NoticeLine, Reason, Role};

use super::{HOSTILE, flat, id, kept, letters, occasion, returned};

fn context(event_type: EventType, cause: &str, lines: Vec<NoticeLine>) -> LetterContext {
    LetterContext {
        notice: id(1),
        name: Some("Ana Berg".to_owned()),
        locale: None,
        time_zone: None,
        sender: "Example Marketplace".to_owned(),
        help_url: Some("https://example.com/help".to_owned()),
        replies: false,
        about: occasion(event_type, cause),
        lines,
    }
}

fn read(context: &LetterContext) -> Rendered {
    letters().render(context).unwrap_or_else(|error| panic!("{error:?}"))
}

/// What a reader of the HTML part reads: tags gone, entities back.
fn spoken(html: &str) -> String {
    let body = html.split("<body").nth(1).expect("a body");
    let mut text = String::new();
    let mut inside = true;
    for c in body.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    for (entity, c) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#x60;", "`"),
        ("&#x3D;", "="),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, c);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every letter says so, after the verdict; nothing else changes, the subject least of all.
#[test]
fn a_late_letter_says_when_it_happened_and_that_it_is_late() {
    let letters = letters();
    let sentence = "This happened on 14 March 2026, 12:00 UTC. This notice comes late, and we are sorry for that.";
    for name in Letters::names() {
        let fresh = letters.sample(name).expect("a sample").clone();
        let mut late = fresh.clone();
        late.about.late = true;
        let (fresh, late) = (read(&fresh), read(&late));
        assert!(!fresh.text.contains("comes late") && !fresh.html.contains("comes late"), "{}", fresh.text);
        assert_eq!(late.subject, fresh.subject);
        assert_eq!(flat(&late.text).replace(&format!("{sentence} "), ""), flat(&fresh.text), "{name}");
        assert_eq!(spoken(&late.html).replace(&format!("{sentence} "), ""), spoken(&fresh.html), "{name}");
        if name == "client-suspended" {
            insta::assert_snapshot!("late_text", format!("Subject: {}\n\n{}", late.subject, late.text));
            insta::assert_snapshot!("late_html", late.html.split("<body").nth(1).expect("a body"));
        }
    }
}

#[test]
fn the_letter_is_chosen_by_event_and_by_what_came_back() {
    let back = || vec![returned(1, "a", Reason::ClientCanceled)];
    let none = || vec![kept(1, "a", Reason::Expired, Ground::Expired)];
    let mixed = || vec![none().remove(0), back().remove(0)];
    for (event_type, lines, letter) in [
        (EventType::JobCanceled, back(), Letter::JobCanceled),
        (EventType::JobCanceled, none(), Letter::JobCanceledNoReturn),
        (EventType::PostRemoved, back(), Letter::PostRemoved),
        (EventType::PostRemoved, none(), Letter::PostRemovedNoReturn),
        (EventType::ClientSuspended, mixed(), Letter::ClientSuspended),
        (EventType::ClientSuspended, none(), Letter::ClientSuspendedNoReturn),
    ] {
        assert_eq!(Letter::choose(&occasion(event_type, "x"), &lines), letter);
    }
}

/// Item 1: the verdict in the subject, and "declined" nowhere.
fn assert_verdict(subject: &str, verdict: &str, came_back: bool) {
    assert!(subject.starts_with(&format!("{verdict}Logo for a bakery - ")), "1: {subject}");
    assert_eq!(subject.ends_with(" - 12 Connects returned"), came_back, "1: {subject}");
    assert!(!subject.contains("eclined"), "1: {subject}");
}

/// domain.md §5.3, item by item, on the text part and on the HTML part of a letter of each kind.
#[test]
fn a_letter_holds_the_thirteen_things() {
    let cases = [
        (
            EventType::JobCanceled,
            "dropped",
            Reason::ClientCanceled,
            Ground::NothingSpent,
            "Canceled by the client: ",
            "the client",
        ),
        (
            EventType::PostRemoved,
            "terms-of-service",
            Reason::PostRemovedPolicy,
            Ground::Withdrawn,
            "Removed for policy reasons: ",
            "the marketplace",
        ),
        (
            EventType::PostRemoved,
            "fraud",
            Reason::PostRemovedFraud,
            Ground::Withdrawn,
            "Removed as fraud: ",
            "the marketplace",
        ),
        (
            EventType::ClientSuspended,
            "fraud",
            Reason::ClientSuspended,
            Ground::AlreadyReturned,
            "Client suspended: ",
            "the marketplace",
        ),
    ];
    for (event_type, cause, reason, ground, verdict, actor) in cases {
        let back = read(&context(event_type, cause, vec![returned(7, "Logo for a bakery", reason)]));
        let none = read(&context(event_type, cause, vec![kept(7, "Logo for a bakery", reason, ground)]));
        for (letter, came_back) in [(&back, true), (&none, false)] {
            assert_verdict(&letter.subject, verdict, came_back);
            for part in [letter.text.split_whitespace().collect::<Vec<_>>().join(" "), spoken(&letter.html)] {
                let has = |item: u8, words: &str| assert!(part.contains(words), "{item}: {words:?} in {part}");
                has(2, "Logo for a bakery");
                has(2, "proposal-7, sent on 2 March 2026");
                has(3, actor);
                has(4, &format!("code: {}, cause: {cause}", reason.as_str()));
                if came_back {
                    has(5, "12 (proposal 8, boost 4)");
                    has(6, "your own, now 57 Connects (account account-ana)");
                    has(6, "return-fee-7");
                    has(6, "return-boost-7");
                    has(7, "20 January 2027, 00:00 UTC");
                } else {
                    has(5, "none, because ");
                    has(5, &format!("(code: {})", ground.as_str()));
                    has(6, "your own, unchanged at 57 Connects (account account-ana)");
                }
                has(6, "14 March 2026, 12:00 UTC");
                has(8, "This says nothing about your qualification");
                has(9, "No contract exists on this proposal. Please do not start work");
                assert_eq!(part.contains("Do not pay anything"), cause == "fraud", "10");
                assert_eq!(part.contains("off-site"), cause == "fraud", "10");
                has(11, &format!("Quote proposal proposal-7 and notice {}", id(1)));
                for never in ["buy", "offer", "will follow", "unsubscribe", "eclined"] {
                    assert!(!part.to_lowercase().contains(never), "12: {never} in {part}");
                }
            }
        }
    }
}

#[test]
fn no_connects_come_back_because() {
    for (cause, reason, ground, invited, subject, because) in [
        (
            "filled",
            Reason::FilledByOther,
            Ground::FilledByOther,
            false,
            "Job filled: T - no Connects returned",
            "the job ended with a hire",
        ),
        (
            "expired",
            Reason::Expired,
            Ground::Expired,
            false,
            "Job expired: T - no Connects returned",
            "a post that runs out of time",
        ),
        (
            "dropped",
            Reason::ClientCanceled,
            Ground::NothingSpent,
            true,
            "Canceled by the client: T - no Connects were spent",
            "answering an invitation costs no Connects",
        ),
        (
            "dropped",
            Reason::ClientCanceled,
            Ground::NothingSpent,
            false,
            "Canceled by the client: T - no Connects were spent",
            "no Connects were spent on this",
        ),
        (
            "dropped",
            Reason::ClientDeclined,
            Ground::DeclinedByClient,
            false,
            "Declined by the client: T - no Connects returned",
            "the client declined the proposal, and a declined proposal does not return Connects",
        ),
        (
            "dropped",
            Reason::ClientCanceled,
            Ground::AlreadyReturned,
            false,
            "Canceled by the client: T - no Connects returned",
            "everything spent on this proposal had come back before",
        ),
    ] {
        let line = NoticeLine { invited, ..kept(1, "T", reason, ground) };
        let letter = read(&context(EventType::JobCanceled, cause, vec![line]));
        assert_eq!(letter.subject, subject);
        assert!(flat(&letter.text).contains(&format!("Connects returned: none, because {because}")), "{}", letter.text);
        assert!(!letter.text.contains("Returned Connects expire"));
    }
}

#[test]
fn one_letter_tells_of_many_proposals() {
    let manager = |line: NoticeLine| NoticeLine { role: Role::Manager, agency: true, ..line };
    let reason = Reason::ClientSuspended;
    let lines = vec![
        returned(1, "Menu", reason),
        kept(2, "Cakes", reason, Ground::Withdrawn),
        manager(returned(3, "Sign", reason)),
    ];
    let letter = read(&context(EventType::ClientSuspended, "terms-of-service", lines));
    assert_eq!(letter.subject, "Client suspended: Menu and 2 more - 24 Connects returned");
    assert!(flat(&letter.text).contains("24 Connects came back."));
    assert!(flat(&letter.text).contains("3 of your proposals"));
    assert_eq!(letter.text.matches("Your proposal\n").count(), 2);
    assert_eq!(letter.text.matches("Your agency's proposal\n").count(), 1);
    assert!(flat(&letter.text).contains("the agency's, now 57 Connects"));
    assert!(flat(&letter.text).contains("none, because the proposal had been withdrawn"));

    let all = (1..=60).map(|n| manager(returned(n, "Sign", reason))).collect();
    let letter = read(&context(EventType::ClientSuspended, "terms-of-service", all));
    assert_eq!(letter.subject, "Client suspended: Sign and 59 more - 720 Connects returned");
    assert_eq!(letter.text.matches("Your agency's proposal\n").count(), LINES_SHOWN_MAX);
    assert!(flat(&letter.text).contains("10 more proposals are part of this notice"));
    assert!(flat(&letter.text).contains("the qualification of whoever sent the proposal"));
    assert!(!letter.text.contains("your qualification"));
}

#[test]
fn what_had_come_back_before_is_told() {
    let whole = returned(1, "T", Reason::ClientCanceled);
    let text = |line| read(&context(EventType::JobCanceled, "client-canceled", vec![line])).text;
    assert!(!text(whole.clone()).contains("Given back before"));
    let rest = text(NoticeLine { boost_returned: 1, ..whole });
    assert!(rest.contains("Connects spent: 12 (proposal 8, boost 4)\nGiven back before: 3\n"), "{rest}");
    assert!(rest.contains("Connects returned: 9 (proposal 8, boost 1)"), "{rest}");
}

#[test]
fn one_connect_is_one() {
    let line = NoticeLine {
        fee_returned: 1,
        boost_returned: 0,
        boost_spent: 0,
        fee_spent: 1,
        balance_after: 1,
        ..returned(1, "T", Reason::Expired)
    };
    let letter = read(&context(EventType::JobCanceled, "dropped", vec![line]));
    assert!(letter.subject.ends_with(" - 1 Connect returned"), "{}", letter.subject);
    assert!(flat(&letter.text).contains("1 Connect came back."));
    assert!(flat(&letter.text).contains("now 1 Connect ("));
}

#[test]
fn a_contract_is_not_denied_where_there_is_one() {
    let letter =
        read(&context(EventType::PostRemoved, "fraud", vec![kept(1, "T", Reason::PostRemovedFraud, Ground::Hired)]));
    assert!(!letter.text.contains("No contract"), "{}", letter.text);
}

#[test]
fn an_empty_notice_is_no_letter() {
    assert!(letters().render(&context(EventType::JobCanceled, "dropped", Vec::new())).is_err());
}

#[test]
fn hostile_text_stays_text() {
    let letters = letters();
    for text in HOSTILE {
        for (event_type, reason) in
            [(EventType::JobCanceled, Reason::ClientCanceled), (EventType::PostRemoved, Reason::PostRemovedFraud)]
        {
            let mut context =
                context(event_type, text, vec![returned(1, text, reason), kept(2, text, reason, Ground::Withdrawn)]);
            context.name = Some(text.to_owned());
            context.sender = text.to_owned();
            context.about.rule = Some(text.to_owned());
            context.about.event_id = text.to_owned();
            let letter = letters.render(&context).expect("a letter");
            for part in [&letter.subject, &letter.text, &letter.html] {
                assert!(part.chars().all(|c| !c.is_control() || c == '\n'), "{part:?}");
                assert!(!part.contains(['\u{202E}', '\u{202C}', '\u{2066}', '\u{FEFF}', '\u{2028}']), "{part:?}");
            }
            assert!(!letter.subject.contains('\n') && letter.subject.chars().count() <= SUBJECT_CHARS_MAX);
            let tags: Vec<&str> = letter
                .html
                .matches("<a ")
                .chain(letter.html.matches("<img"))
                .chain(letter.html.matches("<script"))
                .collect();
            assert_eq!(tags, ["<a "], "the help link alone");
            for address in ["://evil", "www.evil", "evil.example", "bob@evil"] {
                assert!(
                    !letter.html.contains(address) && !letter.text.contains(address),
                    "{address} in {}",
                    letter.text
                );
            }
            assert_eq!(letter.html.matches("://").count(), 1, "no remote content, one link");
        }
    }
}

#[test]
fn a_hostile_letter_as_it_is_read() {
    let title = HOSTILE[..9].join(" | ");
    let mut context = context(EventType::PostRemoved, "fraud", vec![returned(1, &title, Reason::PostRemovedFraud)]);
    context.name = Some("Eve <eve@evil.example>\r\nX: \u{202E}y".to_owned());
    let letter = read(&context);
    insta::assert_snapshot!("hostile_text", format!("Subject: {}\n\n{}", letter.subject, letter.text));
    let body = letter.html.split("<body").nth(1).expect("a body");
    insta::assert_snapshot!("hostile_html", body);
}
