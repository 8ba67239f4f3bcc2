//! TLS, by a client that verifies it; and what is refused without it.

use super::{PASSWORD, Stand};
use crate::support::http::Answer;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// A certificate for `localhost`, in files of this folder.
fn certificate(folder: &Path) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).expect("made");
    std::fs::write(folder.join("cert.pem"), cert.pem()).expect("written");
    std::fs::write(folder.join("key.pem"), signing_key.serialize_pem()).expect("written");
    super::chmod(&folder.join("key.pem"), 0o600);
    cert.der().clone()
}

async fn stand() -> (Stand, CertificateDer<'static>) {
    let mut made = None;
    let stand = Stand::with_users(|settings, folder| {
        made = Some(certificate(folder));
        let file = |name: &str| folder.join(name).display().to_string();
        settings.set("http.tls_cert_file", file("cert.pem")).set("http.tls_key_file", file("key.pem"))
    })
    .await;
    (stand, made.expect("made"))
}

/// One request over TLS, trusting this certificate alone.
async fn ask(stand: &Stand, trusted: &CertificateDer<'static>, head: &str, body: &str) -> std::io::Result<Answer> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a root");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(&stand.address).await?;
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    let port = stand.address.rsplit(':').next().expect("a port");
    let length = body.len();
    let request =
        format!("{head}\r\nhost: localhost:{port}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await?;
    let mut raw = Vec::new();
    // Without a close_notify the end is an error, and the answer was whole all the same.
    drop(stream.read_to_end(&mut raw).await);
    Ok(Answer::parse(&raw))
}

#[tokio::test]
async fn it_is_served_over_tls_and_tells_browsers_to_stay_there() {
    let (stand, trusted) = stand().await;
    let page = ask(&stand, &trusted, "GET /login HTTP/1.1\r\naccept: text/html", "").await.expect("answered");
    assert_eq!((page.status, page.header("strict-transport-security")), (200, Some("max-age=31536000")));
    let port = stand.address.rsplit(':').next().expect("a port");
    let head = format!(
        "POST /login HTTP/1.1\r\norigin: https://localhost:{port}\r\ncontent-type: application/x-www-form-urlencoded"
    );
    let form = format!("name=viewer&password={PASSWORD}");
    assert_eq!(ask(&stand, &trusted, &head, &form).await.expect("answered").status, 303);
    let plain = head.replace("https://", "http://");
    assert_eq!(ask(&stand, &trusted, &plain, &form).await.expect("answered").status, 403, "another origin");
    // Probes that speak no TLS go on as before.
    assert_eq!(stand.page("/live").status, 200);
}

#[tokio::test]
async fn a_renewed_certificate_needs_no_restart_and_a_broken_one_stops_nothing() {
    let (stand, old) = stand().await;
    let live = "GET /live HTTP/1.1";
    assert_eq!(ask(&stand, &old, live, "").await.expect("answered").status, 200);
    let new = certificate(stand.folder());
    assert_eq!(ask(&stand, &new, live, "").await.expect("answered").status, 200);
    assert!(ask(&stand, &old, live, "").await.is_err(), "the old one is gone");
    std::fs::write(stand.folder().join("cert.pem"), "none").expect("written");
    assert_eq!(ask(&stand, &new, live, "").await.expect("answered").status, 200, "the last good one stays");
}

/// On an address that others reach, the console needs a login and TLS; health does not.
#[tokio::test]
async fn off_the_loopback_nothing_goes_in_the_clear() {
    let Some(address) = own_address() else { panic!("this machine has no address but the loopback") };
    let public = |settings: crate::support::daemon::Settings| {
        settings.set("http.listen", format!("{address}:0")).set("http.allow_public", true)
    };
    let plain = Stand::with(|settings, _| public(settings)).await;
    let answer = plain.page("/");
    assert!(answer.status == 403 && answer.body.contains("http.tls_cert_file"), "{answer:?}");
    assert_eq!((plain.page("/live").status, plain.page("/metrics").status), (200, 200));
    let users = Stand::with_users(|settings, _| public(settings)).await;
    assert_eq!(users.log_in("admin", PASSWORD).status, 403, "no password in the clear");
    let mut trusted = None;
    let open = Stand::with(|settings, folder| {
        trusted = Some(certificate(folder));
        let file = |name: &str| folder.join(name).display().to_string();
        public(settings).set("http.tls_cert_file", file("cert.pem")).set("http.tls_key_file", file("key.pem"))
    })
    .await;
    let answer = ask(&open, &trusted.expect("made"), "GET / HTTP/1.1", "").await.expect("answered");
    assert!(answer.status == 403 && answer.body.contains("console.users_file"), "no login, no console: {answer:?}");
}

/// The address this machine would be reached at: that of a socket which points outside, without a packet sent.
fn own_address() -> Option<std::net::IpAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|address| !address.is_loopback() && !address.is_unspecified())
}
