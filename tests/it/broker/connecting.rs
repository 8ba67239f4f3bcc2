//! Who is let in, over what, and what is said to who is not.

use super::{Bench, options, upstream};
use crate::support::proxy::Proxy;
use makegood::broker::{BrokerError, BrokerOptions, attach};
use makegood::fault::{Classify, Fault};
use std::error::Error;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_permanent_and_name_no_password() {
    let bench = Bench::new().await;
    let (server, vhost) = (upstream(), bench.vhost.name());
    let cases = [
        (format!("amqp://guest:hunter2@{server}/{vhost}"), "refuses the login of `guest`"),
        (format!("amqp://nobody:hunter2@{server}/{vhost}"), "refuses the login of `nobody`"),
        (format!("amqp://guest:guest@{server}/no-such-vhost"), "into vhost `no-such-vhost`"),
        ("amqp://guest:hunter2@mq.example.com/v".to_owned(), "broker.allow_plaintext"),
    ];
    for (url, expected) in cases {
        let error = attach(&options(&url), "q").await.err().expect("refused");
        assert!(error.to_string().contains(expected), "{url}: {error}");
        assert_eq!(error.fault(), Fault::Permanent, "{url}");
        assert!(!told(&error).contains("hunter2"), "{}", told(&error));
    }
    let error = attach(&bench.options, &"q".repeat(256)).await.err().expect("refused");
    assert!(matches!(error, BrokerError::BadName { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_port_is_transient() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("amqp://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let error = attach(&options(&url), "q").await.err().expect("refused");
    assert!(matches!(error, BrokerError::Unreachable { .. }), "{error}");
    assert_eq!(error.fault(), Fault::Transient);
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_is_checked_against_the_authority() {
    let bench = Bench::new().await;
    let (proxy, pem) = Proxy::start_tls(&upstream()).await;
    let untrusting = bench.through("amqps", "localhost", proxy.port());
    let error = attach(&untrusting, &bench.topology.queue).await.err().expect("an unknown authority");
    assert!(matches!(error, BrokerError::Untrusted { .. }), "{}", told(&error));
    assert_eq!(error.fault(), Fault::Permanent);

    let folder = tempfile::tempdir().expect("a folder");
    let (ca_file, empty) = (folder.path().join("ca.pem"), folder.path().join("empty.pem"));
    std::fs::write(&ca_file, pem).expect("written");
    std::fs::write(&empty, "").expect("written");
    let trusting = BrokerOptions { ca_file: Some(ca_file), ..untrusting.clone() };
    attach(&trusting, &bench.topology.queue).await.expect("a known authority").close().await;

    let elsewhere = bench.through("amqps", "127.0.0.1", proxy.port());
    let elsewhere = BrokerOptions { ca_file: trusting.ca_file.clone(), ..elsewhere };
    let error = attach(&elsewhere, &bench.topology.queue).await.err().expect("another name");
    assert!(matches!(error, BrokerError::Untrusted { .. }), "{}", told(&error));

    for ca_file in [empty, folder.path().join("none.pem")] {
        let error = attach(&BrokerOptions { ca_file: Some(ca_file), ..untrusting.clone() }, "q").await.err();
        assert!(matches!(error, Some(BrokerError::CaFile { .. })), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_to_a_port_that_speaks_none_fails_in_time() {
    let bench = Bench::new().await;
    let port = upstream().rsplit_once(':').expect("a port").1.parse().expect("a number");
    let options =
        BrokerOptions { connect_timeout: Duration::from_secs(5), ..bench.through("amqps", "localhost", port) };
    let error = attach(&options, &bench.topology.queue).await.err().expect("no TLS there");
    assert!(!told(&error).contains("guest:guest"), "{}", told(&error));
}

/// Everything an error could tell.
fn told(error: &BrokerError) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(error) = source {
        text += &format!(" {error} {error:?}");
        source = error.source();
    }
    text
}
