//! `[traces]`: where spans go.

use std::net::IpAddr;

use super::reader::Reader;

/// `[traces]`
#[derive(Debug, Clone)]
pub struct TracesConfig {
    /// `http://host:port/v1/traces` of a collector; `None`: no traces.
    pub endpoint: Option<String>,
    /// Share of the traces that are kept where the publisher did not decide, in percent.
    pub sample_percent: u8,
}

impl TracesConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let config = Self {
            endpoint: reader.optional("traces.endpoint"),
            sample_percent: reader.number("traces.sample_percent", 0..=100),
        };
        let plaintext = reader.flag("traces.allow_plaintext");
        if let Some(endpoint) = &config.endpoint {
            match host(endpoint) {
                None => reader.complain("traces.endpoint", "http://host:port/v1/traces expected"),
                Some(host) if !plaintext && !is_loopback(host) => reader.complain(
                    "traces.endpoint",
                    "leads to another machine without TLS: run a collector beside the daemon, or set traces.allow_plaintext",
                ),
                Some(_) => {}
            }
        }
        config
    }
}

/// The host of an `http://` address without a login.
fn host(endpoint: &str) -> Option<&str> {
    let rest = endpoint.strip_prefix("http://")?;
    let place = rest.split('/').next()?;
    let (host, port) = place.rsplit_once(':').unwrap_or((place, "80"));
    (!host.is_empty() && !host.contains('@') && port.parse::<u16>().is_ok()).then_some(host)
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{host, is_loopback};

    #[test]
    fn an_endpoint_is_http_with_a_host() {
        assert_eq!(host("http://127.0.0.1:4318/v1/traces"), Some("127.0.0.1"));
        assert_eq!(host("http://[::1]:4318/v1/traces"), Some("[::1]"));
        for not in
            ["https://collector/v1/traces", "http://", "http://user@host/", "http://host:port/", "collector:4318"]
        {
            assert_eq!(host(not), None, "{not}");
        }
        assert!(
            is_loopback("[::1]") && is_loopback("localhost") && !is_loopback("collector") && !is_loopback("10.0.0.1")
        );
    }
}
