//! What comes back, as several servers write it (`tests/bounces`), and as nobody does.

use makegood::mail::{BounceError, Delivery, LetterId, Meaning, Returned, Says, read_returned};

use crate::support::returned::sample;

const NOTICE: &str = "0b0e7c3a-6b52-8d3e-9a0c-1d2e3f405162";
const DOMAIN: &str = "marketplace.example";

fn read(name: &str) -> Returned {
    let letter = format!("{NOTICE}.r2@{DOMAIN}");
    read_returned(&sample(name, &letter, "Amara.Okafor@freelancers.example"), DOMAIN).expect(name)
}

fn deliveries(returned: &Returned) -> &[Delivery] {
    let Says::Delivery(deliveries) = &returned.says else { panic!("no delivery report: {returned:?}") };
    deliveries
}

#[test]
fn reports_of_many_servers_are_read() {
    for (name, meaning, words) in [
        (
            "postfix-no-such-user",
            Meaning::BadMailbox,
            "5.1.1: 550 5.1.1 [address] Recipient address rejected: User unknown in virtual mailbox table",
        ),
        ("exim-no-such-user", Meaning::BadMailbox, "5.1.1: 550 5.1.1 No such user here"),
        (
            "exchange-no-such-user",
            Meaning::BadMailbox,
            "5.1.10: 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient [address] not found by SMTP address lookup",
        ),
        ("ses-no-such-user", Meaning::BadMailbox, "5.1.1: 550 5.1.1 user unknown"),
        (
            "gmail-over-quota",
            Meaning::Refused,
            "5.2.2: 552 5.2.2 The recipient's inbox is out of storage space. Please direct the 552-5.2.2 recipient to \
             https://support.mailer.example/mail/?p=OverQuotaPerm 552 5.2.2 a1si2 - gsmtp",
        ),
        (
            "postfix-delayed",
            Meaning::Delayed,
            "4.4.1: connect to mail.freelancers.example[192.0.2.7]:25: Connection timed out",
        ),
        ("sendmail-relayed", Meaning::Fine, "2.1.9"),
    ] {
        let returned = read(name);
        let notice = NOTICE.parse().expect("a UUID");
        assert_eq!(returned.letter, Some(LetterId { notice, resends: 2 }), "{name}");
        let [delivery] = deliveries(&returned) else { panic!("{name}: one recipient") };
        assert_eq!((delivery.meaning(), &*delivery.words), (meaning, words), "{name}");
        assert_eq!(delivery.addresses, ["Amara.Okafor@freelancers.example"], "{name}");
        assert!(!format!("{returned:?}").contains("Okafor"), "{name}: an address in Debug");
    }
}

#[test]
fn complaints_and_automatic_replies_are_told_apart() {
    let complaint = read("complaint");
    let Says::Complaint(said) = &complaint.says else { panic!("{complaint:?}") };
    assert_eq!(said.addresses, ["Amara.Okafor@freelancers.example"]);
    assert!(complaint.letter.is_some() && !format!("{complaint:?}").contains("Okafor"));
    assert_eq!(read("vacation").says, Says::AutoReply);
    let text = String::from_utf8(sample("complaint", &format!("{NOTICE}@{DOMAIN}"), "a@b.example")).expect("text");
    let other = text.replace("Feedback-Type: abuse", "Feedback-Type: not-spam");
    assert_eq!(read_returned(other.as_bytes(), DOMAIN).expect("read").says, Says::OtherFeedback);
    // The recipient is often left out of the report; then the letter that comes with it says it.
    let redacted = text.replace("Original-Rcpt-To: <a@b.example>\n", "");
    let Says::Complaint(said) = read_returned(redacted.as_bytes(), DOMAIN).expect("read").says else { panic!("other") };
    assert_eq!(said.addresses, ["a@b.example"]);
}

#[test]
fn the_way_a_report_took_does_not_make_another_of_it() {
    let digest = |text: &str| deliveries(&read_returned(text.as_bytes(), DOMAIN).expect("read"))[0].digest;
    let of = |letter: &str| sample("postfix-no-such-user", letter, "ana@freelancers.example");
    let text = String::from_utf8(of(&format!("{NOTICE}@{DOMAIN}"))).expect("text");
    let forwarded = format!("From MAILER-DAEMON Thu Nov 26 09:00:02 2026\nReceived: by another\n{text}");
    assert_eq!(digest(&text), digest(&forwarded));
    assert_eq!(digest(&text), digest(&text.replace('\n', "\r\n")));
    assert_ne!(
        digest(&text),
        digest(&text.replace("User unknown", "User unknown for ever").replace("User\n", "Someone\n"))
    );
    let again = String::from_utf8(of(&format!("{NOTICE}.r1@{DOMAIN}"))).expect("text");
    assert_ne!(digest(&text), digest(&again), "another letter");
}

#[test]
fn encoded_and_wrapped_reports_are_read() {
    let letter = format!("{NOTICE}@{DOMAIN}");
    let text = String::from_utf8(sample("ses-no-such-user", &letter, "ana@b.example")).expect("text");
    let status = "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; ana@b.example\nAction: failed\nStatus: 5.1.1\n";
    let encoded = format!(
        "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\
         Content-Transfer-Encoding: base64\n\n{}\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{letter}>\n",
        base64(status.as_bytes())
    );
    let returned = read_returned(encoded.as_bytes(), DOMAIN).expect("read");
    assert_eq!((deliveries(&returned)[0].meaning(), returned.letter.is_some()), (Meaning::BadMailbox, true));
    let wrapped = format!("Content-Type: multipart/mixed; boundary=w\n\n--w\n{text}\n--w\n\nA footer.\n--w--\n");
    assert_eq!(deliveries(&read_returned(wrapped.as_bytes(), DOMAIN).expect("read")).len(), 1);
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn what_strangers_write_is_bounded() {
    let letter = format!("{NOTICE}@{DOMAIN}");
    let text = String::from_utf8(sample("postfix-no-such-user", &letter, "ana@b.example")).expect("text");
    let other = read_returned(text.as_bytes(), "elsewhere.example").expect("read");
    assert_eq!(other.letter, None, "a letter of somebody else");
    let nested = "Content-Type: message/rfc822\n\n".repeat(30_000);
    let within: String =
        (0..15_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")).collect();
    let digests = "Content-Type: multipart/digest; boundary=b\n\n--b\n".repeat(20_000);
    let many = format!("Content-Type: multipart/report; boundary=b\n\n{}", "--b\n\nx\n".repeat(100_000));
    for (text, error) in [
        ("x".repeat(1024 * 1024 + 1), BounceError::TooLarge),
        (nested, BounceError::NoReport),
        (within, BounceError::TooManyParts),
        (digests, BounceError::TooManyParts),
        (many, BounceError::TooManyParts),
        (String::new(), BounceError::NoReport),
        ("Subject: hello\n\nHow are you?".to_owned(), BounceError::NoReport),
        ("Content-Type: multipart/report\n\nnothing".to_owned(), BounceError::BrokenReport),
        (text.replace("Action: failed", "Action: vanished"), BounceError::BrokenReport),
        (text.replace("message/delivery-status", "text/plain"), BounceError::BrokenReport),
    ] {
        let begin = text.get(..60).unwrap_or(&text).to_owned();
        assert_eq!(read_returned(text.as_bytes(), DOMAIN), Err(error), "{begin}");
    }
}
