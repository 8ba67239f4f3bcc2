//! Encryption and login.

use std::path::PathBuf;
use std::time::Duration;

use makegood::mail::{Receipt, SmtpLogin, SmtpOptions, SmtpTls, TransportOptions};
use secrecy::SecretString;
use tempfile::TempDir;

use super::mail_to;
use crate::support::smtp::{Act, Fault, Setup, Sink, Stage};

async fn send(options: SmtpOptions) -> Receipt {
    let mut transport = TransportOptions::Smtp(options).transport();
    let receipt = transport.send(&mail_to("ana@example.com", 1)).await;
    transport.close().await;
    receipt
}

/// Options that trust the server's certificate; the directory holds the file.
fn trusting(sink: &Sink, tls: SmtpTls) -> (SmtpOptions, TempDir) {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("ca.pem");
    std::fs::write(&file, sink.certificate_pem()).expect("written");
    (SmtpOptions { tls, ca_file: Some(file), ..SmtpOptions::new("localhost", sink.addr.port()) }, dir)
}

fn away(why: &'static str, permanent_setup: bool) -> Receipt {
    Receipt::Away { why, permanent_setup }
}

#[tokio::test]
async fn mail_goes_encrypted() {
    for (tls, setup) in [
        (SmtpTls::Required, Setup { starttls: true, ..Setup::default() }),
        (SmtpTls::Implicit, Setup { implicit_tls: true, ..Setup::default() }),
    ] {
        let sink = Sink::with(setup).await;
        let (options, _dir) = trusting(&sink, tls);
        assert!(matches!(send(options).await, Receipt::Accepted { .. }), "{tls:?}");
        assert!(sink.wait_for(1, Duration::from_secs(10)).await[0].encrypted);
    }
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_is_not_spoken_to() {
    for (tls, setup) in [
        (SmtpTls::Required, Setup { starttls: true, ..Setup::default() }),
        (SmtpTls::Implicit, Setup { implicit_tls: true, ..Setup::default() }),
    ] {
        let sink = Sink::with(setup).await;
        let other = Sink::start().await;
        let (trusts_another, _dir) = trusting(&other, tls);
        let options = SmtpOptions { port: sink.addr.port(), ..trusts_another };
        assert_eq!(send(options).await, away("tls", false), "{tls:?}");
        assert_eq!(sink.messages().len(), 0);
    }
}

#[tokio::test]
async fn without_starttls_nothing_is_sent() {
    let sink = Sink::start().await;
    let (options, _dir) = trusting(&sink, SmtpTls::Required);
    assert_eq!(send(options.clone()).await, away("starttls", false));
    sink.set_faults([Fault::at(Stage::StartTls, Act::Reply("454 not today"))]);
    assert_eq!(send(options).await, away("starttls", false));
    assert_eq!(sink.messages().len(), 0);
}

/// Somebody in the middle slips an answer in before the encryption begins; it must not count after.
#[tokio::test]
async fn an_answer_injected_before_the_encryption_is_noticed() {
    let injected = Fault::at(Stage::StartTls, Act::Reply("220 go on\r\n250-sink\r\n250 AUTH PLAIN"));
    let sink = Sink::with(Setup { starttls: true, faults: vec![injected], ..Setup::default() }).await;
    let (options, _dir) = trusting(&sink, SmtpTls::Required);
    assert_eq!(send(options).await, away("starttls", false));
}

#[tokio::test]
async fn plaintext_needs_permission() {
    let remote = SmtpOptions { tls: SmtpTls::None, ..SmtpOptions::new("192.0.2.1", 25) };
    assert_eq!(remote.check().first().map(|(key, _)| *key), Some("tls"));
    assert_eq!(send(remote).await, away("plaintext", true));
    assert_eq!(SmtpOptions { tls: SmtpTls::None, ..SmtpOptions::new("::1", 25) }.check(), []);
}

#[tokio::test]
async fn a_missing_ca_file_is_a_setting() {
    let options = SmtpOptions { ca_file: Some(PathBuf::from("/no/such/file.pem")), ..SmtpOptions::new("localhost", 1) };
    assert_eq!(send(options).await, away("ca_file", true));
}

#[tokio::test]
async fn a_login_is_given_and_a_wrong_one_stops_everything() {
    let login = |password: &str| {
        Some(SmtpLogin { user: "worker@example.com".to_owned(), password: SecretString::from(password.to_owned()) })
    };
    let setup = Setup { starttls: true, login: Some(("worker@example.com", "s3cret")), ..Setup::default() };
    let sink = Sink::with(setup).await;
    let (options, _dir) = trusting(&sink, SmtpTls::Required);
    let right = SmtpOptions { login: login("s3cret"), ..options.clone() };
    let shown = format!("{right:?}");
    assert!(!shown.contains("s3cret") && !shown.contains("worker"), "{shown}");
    assert!(matches!(send(right).await, Receipt::Accepted { .. }));
    assert_eq!(sink.wait_for(1, Duration::from_secs(10)).await[0].user.as_deref(), Some("worker@example.com"));

    assert_eq!(send(SmtpOptions { login: login("wrong"), ..options.clone() }).await, away("auth", true));
    sink.set_faults([Fault::at(Stage::Auth, Act::Reply("454 4.7.0 later"))]);
    assert_eq!(send(SmtpOptions { login: login("s3cret"), ..options.clone() }).await, away("auth", false));
    sink.set_faults([Fault::at(Stage::Mail, Act::Reply("530 5.7.0 log in first"))]);
    assert_eq!(send(options).await, away("auth", true));

    let plain = Sink::start().await;
    let no_auth =
        SmtpOptions { tls: SmtpTls::None, login: login("x"), ..SmtpOptions::new("127.0.0.1", plain.addr.port()) };
    assert_eq!(send(no_auth).await, away("auth", true), "the server offers no way to log in");
}
