//! How to reach the broker and how much to take from it.

use super::error::BrokerError;
use lapin::tcp::OwnedTLSConfig;
use lapin::uri::{AMQPScheme, AMQPUri};
use secrecy::{ExposeSecret, SecretString};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Longest frame in bytes, unless the URL says otherwise (`?frame_max=`, for a broker that permits longer ones): what
/// RabbitMQ permits by default. Not less: the headers of a message are one frame, and what others could publish must be
/// readable here. Said beforehand, because lapin's room for 64 frames a connection is then touched as it is used; grown
/// to what the broker says it is written with zeros, all 8 MiB of it.
const FRAME_BYTES_MAX: u32 = 128 * 1024;

/// How to reach the broker and how much to take from it. Keys of the configuration are `broker.<field>`.
#[derive(Debug, Clone)]
pub struct BrokerOptions {
    /// `amqps://user:password@host:port/vhost`, or `amqp://…` without TLS. The vhost is percent-encoded: `/` is `%2f`.
    pub url: SecretString,
    /// PEM file of authorities to trust besides the machine's own.
    pub ca_file: Option<PathBuf>,
    /// How often each side must be heard. A dead connection is noticed after two to three of them. 1 s to 3,600 s,
    /// whole seconds.
    pub heartbeat: Duration,
    /// Limit for connecting, and for each single answer while setting up.
    pub connect_timeout: Duration,
    /// Limit for a graceful close; after it the socket is cut.
    pub close_timeout: Duration,
    /// Unacknowledged deliveries the broker may have outstanding with us: what bounds memory. At least 1.
    pub prefetch: u16,
    /// Most deliveries in a batch. At least 1; more than `prefetch` is the same as `prefetch`.
    pub batch_max: usize,
    /// How long a batch that has begun waits for more. Zero: not at all, it takes what is there.
    pub batch_linger: Duration,
    /// Permits `amqp://` to a host that is not this machine.
    pub allow_plaintext: bool,
}

impl BrokerOptions {
    /// The options of the default configuration for this URL.
    pub fn new(url: SecretString) -> Self {
        Self {
            url,
            ca_file: None,
            heartbeat: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(10),
            close_timeout: Duration::from_secs(5),
            prefetch: 512,
            batch_max: 256,
            batch_linger: Duration::ZERO,
            allow_plaintext: false,
        }
    }

    /// Checks everything that can be checked without a network.
    ///
    /// # Errors
    /// The first finding, always permanent: URL, plaintext to another machine, a number out of range.
    pub fn check(&self) -> Result<Place, BrokerError> {
        self.target().map(|(_, place)| place)
    }

    pub(super) fn target(&self) -> Result<(AMQPUri, Place), BrokerError> {
        let mut uri = parse(self.url.expose_secret())?;
        let heartbeat = self.heartbeat.as_secs();
        if !(1..=3_600).contains(&heartbeat) || self.heartbeat.subsec_nanos() != 0 {
            return Err(BrokerError::BadOption {
                key: "broker.heartbeat",
                why: "must be whole seconds, from 1 s to 1 h",
            });
        }
        if self.prefetch == 0 {
            let why = "must be at least 1: 0 would mean the whole queue at once";
            return Err(BrokerError::BadOption { key: "broker.prefetch", why });
        }
        if self.batch_max == 0 {
            return Err(BrokerError::BadOption { key: "broker.batch_max", why: "must be at least 1" });
        }
        if uri.scheme == AMQPScheme::AMQP && !self.allow_plaintext && !is_this_machine(&uri.authority.host) {
            return Err(BrokerError::PlaintextRefused { host: uri.authority.host });
        }
        uri.query.heartbeat = u16::try_from(heartbeat).ok();
        uri.query.frame_max = uri.query.frame_max.or(Some(FRAME_BYTES_MAX));
        let place = Place {
            host: uri.authority.host.clone(),
            port: uri.authority.port,
            vhost: uri.vhost.clone(),
            user: uri.authority.userinfo.username.clone(),
        };
        Ok((uri, place))
    }

    pub(super) async fn tls(&self) -> Result<OwnedTLSConfig, BrokerError> {
        let Some(path) = &self.ca_file else { return Ok(OwnedTLSConfig::default()) };
        let unusable = |error| BrokerError::CaFile { path: path.clone(), source: Arc::new(error) };
        let pem = tokio::fs::read_to_string(path).await.map_err(unusable)?;
        if !pem.contains("-----BEGIN CERTIFICATE-----") {
            // lapin would go on without it, and the handshake would fail with another reason.
            return Err(unusable(std::io::Error::new(std::io::ErrorKind::InvalidData, "it holds no PEM certificate")));
        }
        Ok(OwnedTLSConfig { identity: None, cert_chain: Some(pem) })
    }
}

/// Where a broker is and as whom we speak to it; what error messages name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Virtual host.
    pub vhost: String,
    /// User name.
    pub user: String,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.host.contains(':') {
            write!(f, "RabbitMQ at [{}]:{}", self.host, self.port)
        } else {
            write!(f, "RabbitMQ at {}:{}", self.host, self.port)
        }
    }
}

/// The library's parse errors quote the URL, password and all: none of their text leaves this function.
fn parse(url: &str) -> Result<AMQPUri, BrokerError> {
    let bad = |why| BrokerError::BadUrl { why };
    let Some(rest) = url.strip_prefix("amqp://").or_else(|| url.strip_prefix("amqps://")) else {
        return Err(bad("it must begin with amqp:// or amqps://"));
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if host.is_empty() || host.starts_with(':') {
        return Err(bad("it names no host"));
    }
    let why = "user, password, port and vhost must be percent-encoded, numbers in the query must be numbers";
    let mut uri: AMQPUri = url.parse().map_err(|_: String| bad(why))?;
    if let Some((address, _)) = host.strip_prefix('[').and_then(|host| host.split_once(']')) {
        // amq-protocol-uri 10.6.3 takes an IPv6 literal for no host at all and would connect to localhost.
        let address: IpAddr = address.parse().map_err(|_| bad("what stands in [] is no IPv6 address"))?;
        uri.authority.host = address.to_string();
    }
    Ok(uri)
}

pub(super) fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::{Classify, Fault};

    fn options(url: &str) -> BrokerOptions {
        BrokerOptions::new(SecretString::from(url))
    }

    #[test]
    fn plaintext_leaves_this_machine_only_when_allowed() {
        for url in ["amqp://localhost", "amqp://127.0.0.1:1/v", "amqp://u:p@[::1]:5672/v", "amqps://mq.example.com/v"] {
            assert!(options(url).check().is_ok(), "{url}");
        }
        for url in [
            "amqp://mq.example.com/v",
            "amqp://u:p@192.0.2.7/v",
            "amqp://[2001:db8::1]/v",
            "amqp://localhost.example.com",
        ] {
            let error = options(url).check().expect_err(url);
            assert!(matches!(error, BrokerError::PlaintextRefused { .. }), "{url}: {error}");
            assert!(error.to_string().contains("broker.allow_plaintext"));
            assert_eq!(error.fault(), Fault::Permanent);
            assert!(BrokerOptions { allow_plaintext: true, ..options(url) }.check().is_ok(), "{url}");
        }
    }

    #[test]
    fn a_bad_url_is_refused_without_quoting_it() {
        for url in [
            "amqp:user:hunter2@host",
            "http://user:hunter2@host/",
            "amqp://user:hunter2@",
            "amqp://user:hunter2@:5672/v",
            "amqp://user:hunter2@host:port/v",
            "amqp://user:hunter2%ff@host/v",
            "amqp://user:hunter2@[::g]/v",
            "amqp://user:hunter2@host/v?heartbeat=x",
            "",
        ] {
            let error = BrokerOptions { allow_plaintext: true, ..options(url) }.check().expect_err(url);
            assert!(matches!(error, BrokerError::BadUrl { .. }), "{url}: {error}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
        assert!(!format!("{:?}", options("amqp://user:hunter2@host")).contains("hunter2"));
    }

    #[test]
    fn an_ipv6_literal_is_that_host_and_not_localhost() {
        let place = options("amqps://[2001:db8::1]:5671/v").check().expect("a good URL");
        assert_eq!((place.host.as_str(), place.port), ("2001:db8::1", 5671));
        assert_eq!(place.to_string(), "RabbitMQ at [2001:db8::1]:5671");
    }

    #[test]
    fn numbers_out_of_range_name_their_key() {
        let good = options("amqp://localhost");
        let cases = [
            (BrokerOptions { prefetch: 0, ..good.clone() }, "broker.prefetch"),
            (BrokerOptions { batch_max: 0, ..good.clone() }, "broker.batch_max"),
            (BrokerOptions { heartbeat: Duration::ZERO, ..good.clone() }, "broker.heartbeat"),
            (BrokerOptions { heartbeat: Duration::from_millis(1_500), ..good }, "broker.heartbeat"),
        ];
        for (options, key) in cases {
            assert!(options.check().expect_err(key).to_string().starts_with(key));
        }
    }
}
