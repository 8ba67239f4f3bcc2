//! Signatures, as a receiver verifies them: mail-auth, behind a mail server.

use std::time::Duration;

use makegood::event::EventType;
use makegood::mail::{DkimOptions, DkimSigner, KeyError, Mail, Notice, Receipt, Rendered, Senders};
use makegood::mail::{SmtpOptions, SmtpTls, TransportOptions};
use makegood::policy::Reason;

use super::{AT, addressing, id, occasion, plain_letter, returned};
use crate::support::dkim::verify;
use crate::support::smtp::{Setup, Sink};

/// Made for these tests with openssl, as docs/operations.md says it; they open nothing.
const RSA: &str = include_str!("keys/rsa.pem");
const RSA_PKCS1: &str = include_str!("keys/rsa-pkcs1.pem");
const ED25519: &str = include_str!("keys/ed25519.pem");
/// What stands in the DNS for them.
const RSA_RECORD: &str = include_str!("keys/rsa.txt");
const ED25519_RECORD: &str = include_str!("keys/ed25519.txt");

const NAME: &str = "connects._domainkey.example.com";

fn signer(key: &str) -> Result<DkimSigner, KeyError> {
    let (domain, selector) = ("example.com".to_owned(), "connects".to_owned());
    DkimSigner::new(&DkimOptions { domain, selector, key: key.into() })
}

/// A signed mail whose letter has all that a transport or a relay may touch: dots at the start of lines, long lines,
/// spaces at their ends, empty lines at the end, and letters beyond ASCII.
fn signed(key: &str, address: &str, resends: u32) -> Mail {
    let about = occasion(EventType::JobCanceled, "dropped");
    let lines = [returned(1, "Logo", Reason::ClientCanceled)];
    let text = format!(".\n..\n.hidden \t \nčeská  řeč = {}\n\n \n.\n\n\n", "long ".repeat(60));
    let rendered =
        Rendered {
            subject: "Ваш заказ: «лого» ".repeat(4), text: text.clone(), html: text, ..plain_letter()
        };
    let notice = Notice {
        id: id(1),
        name: Some("Žofie \"Ž\" Nová"),
        locale: None,
        time_zone: None,
        resends,
        address,
        created_at: AT,
        about: &about,
        lines: &lines,
    };
    let senders = Senders::new(|_| addressing(), Some(signer(key).expect("a key")));
    senders.compose(&notice, &rendered).expect("a mail")
}

/// What the mail server took.
async fn taken(mail: &Mail) -> Vec<u8> {
    let sink = Sink::with(Setup { utf8: true, ..Setup::default() }).await;
    let options = SmtpOptions { tls: SmtpTls::None, ..SmtpOptions::new("127.0.0.1", sink.addr.port()) };
    let mut transport = TransportOptions::Smtp(options).transport();
    assert!(matches!(transport.send(mail).await, Receipt::Accepted { .. }));
    transport.close().await;
    sink.wait_for(1, Duration::from_secs(10)).await[0].bytes.clone()
}

#[tokio::test]
async fn a_receiver_verifies_what_the_server_took() {
    for (key, record, found) in [
        (RSA, RSA_RECORD, "pass RsaSha256"),
        (RSA_PKCS1, RSA_RECORD, "pass RsaSha256"),
        (ED25519, ED25519_RECORD, "pass Ed25519Sha256"),
    ] {
        for address in ["ana@example.net", "jörg@bücher.example"] {
            let bytes = taken(&signed(key, address, 0)).await;
            assert_eq!(verify(&bytes, NAME, record).await, [found], "{}", String::from_utf8_lossy(&bytes));
        }
    }
}

/// What a relay may do: other folds, other white space, another case of header names, a header of its own.
#[tokio::test]
async fn it_survives_what_relays_do() {
    let text = String::from_utf8(taken(&signed(RSA, "ana@example.net", 0)).await).expect("ASCII");
    let (head, body) = text.split_once("\r\n\r\n").expect("a body");
    let head = head.replace("\r\n\t ", "\r\n  ").replace("Auto-Submitted: auto", "AUTO-SUBMITTED:\r\n\t auto");
    let relayed = format!("Received: from a\r\n by b\r\n{head}\r\nX-Scanned: yes\r\n\r\n{body}\r\n\r\n");
    assert_eq!(verify(relayed.as_bytes(), NAME, RSA_RECORD).await, ["pass RsaSha256"], "{relayed}");
}

#[tokio::test]
async fn whatever_a_reader_sees_is_signed() {
    let text = String::from_utf8(taken(&signed(RSA, "ana@example.net", 0)).await).expect("ASCII");
    let rest = text.find("\r\nDate: ").expect("our headers") + 2;
    let (signature, message) = text.split_at(rest);
    let changed = |from: &str, to: &str| {
        assert!(message.contains(from), "{from} is not in it");
        format!("{signature}{}", message.replacen(from, to, 1))
    };
    let mut forgeries = vec![
        changed("Date: Sat", "Date: Sun"),
        changed("Message-ID: <", "Message-ID: <x"),
        changed("connects@example.com", "connects@evil.example"),
        changed("ana@example.net", "bob@example.net"),
        changed("auto-generated", "no"),
        changed("Content-Language: en", "Content-Language: de"),
        changed("returned=12", "returned=99"),
        changed("MIME-Version: 1.0", "MIME-Version: 1.1"),
        changed("multipart/alternative", "multipart/mixed"),
        changed("hidden", "shown"),
        changed("Subject: ", "Subject: x "),
        format!("{signature}{message}more\r\n"),
    ];
    for second in ["From: a@evil.example", "Subject: x", "To: x@evil.example", "Content-Type: text/plain"] {
        forgeries.push(format!("{second}\r\n{text}"));
    }
    // There was none: answers would go elsewhere.
    forgeries.push(format!("Reply-To: a@evil.example\r\n{text}"));
    for forgery in forgeries {
        let found = verify(forgery.as_bytes(), NAME, RSA_RECORD).await;
        assert!(found.len() == 1 && !found[0].starts_with("pass"), "{found:?} of\n{forgery}");
    }
    assert_eq!(verify(text.as_bytes(), NAME, RSA_RECORD).await, ["pass RsaSha256"]);
}

#[test]
fn two_attempts_are_signed_the_same() {
    for key in [RSA, ED25519] {
        let mail = signed(key, "ana@example.net", 0);
        assert_eq!(mail.bytes(), signed(key, "ana@example.net", 0).bytes());
        assert_ne!(mail.bytes(), signed(key, "ana@example.net", 1).bytes());
        let text = String::from_utf8_lossy(mail.bytes());
        assert!(text.contains(&format!("; t={};", AT.unix_timestamp())), "the time is the notice's: {text}");
        assert!(text.split("\r\n").all(|line| line.len() <= 78), "{text}");
    }
}

#[test]
fn a_key_that_cannot_sign_is_told_by_what_is_wrong() {
    for (key, wrong) in [
        ("", KeyError::NoKey),
        ("MIIEvQ", KeyError::NoKey),
        (RSA_RECORD, KeyError::NoKey),
        (include_str!("keys/ec.pem"), KeyError::Kind),
        (include_str!("keys/rsa1024.pem"), KeyError::Rsa),
        (include_str!("keys/encrypted.pem"), KeyError::Encrypted),
    ] {
        let error = signer(key).expect_err("no key");
        assert_eq!(error, wrong);
        assert!(key.lines().filter(|line| line.len() > 8).all(|line| !error.to_string().contains(line)));
    }
    assert_eq!(format!("{:?}", signer(ED25519).expect("a key")).matches("MC4C").count(), 0);
}

#[test]
fn alignment_is_that_of_dmarc() {
    for (domain, from, aligned) in [
        ("example.com", "a@example.com", true),
        ("example.com", "a@mail.Example.com", true),
        ("mail.example.com", "a@example.com", true),
        ("example.com", "a@badexample.com", false),
        ("example.com", "a@example.org", false),
    ] {
        assert_eq!(DkimSigner::is_aligned(domain, from), aligned, "{domain} {from}");
    }
}
