//! Where the management API is and as whom it is asked.

use super::error::ManagementError;
use crate::broker::options::{BrokerOptions, is_this_machine};
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;
use std::time::Duration;
use url::{Host, Url};

/// Where the management API is and as whom it is asked.
#[derive(Debug, Clone)]
pub struct ManagementOptions {
    url: SecretString,
    login: Option<Login>,
    ca_file: Option<PathBuf>,
    allow_plaintext: bool,
    timeout: Duration,
}

/// A user and the password.
#[derive(Debug, Clone)]
pub(super) struct Login {
    pub(super) user: String,
    pub(super) password: SecretString,
}

/// What is asked, taken apart.
#[derive(Debug)]
pub(super) struct Target {
    /// Without the login.
    pub(super) base: Url,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) login: Login,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) timeout: Duration,
}

impl ManagementOptions {
    /// `url` with the trust, the limit and, where it holds no login of its own, the login of `broker`.
    pub fn new(url: SecretString, broker: &BrokerOptions) -> Self {
        let login = broker.target().ok().map(|(uri, place)| Login {
            user: place.user,
            password: SecretString::from(uri.authority.userinfo.password),
        });
        let (ca_file, allow_plaintext) = (broker.ca_file.clone(), broker.allow_plaintext);
        Self { url, login, ca_file, allow_plaintext, timeout: broker.connect_timeout }
    }

    /// Checks everything that can be checked without a network.
    ///
    /// # Errors
    /// No such URL, or plaintext to another machine.
    pub fn check(&self) -> Result<(), ManagementError> {
        self.target().map(drop)
    }

    pub(super) fn target(&self) -> Result<Target, ManagementError> {
        let bad = |why| ManagementError::BadUrl { why };
        // The parser's own errors may quote the URL.
        let mut base = Url::parse(self.url.expose_secret()).map_err(|_| bad("it cannot be read"))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(bad("it must begin with http:// or https://"));
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(bad("it must end with the path: no ? and no #"));
        }
        let host = match base.host().ok_or_else(|| bad("it names no host"))? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        let port = base.port_or_known_default().ok_or_else(|| bad("it names no port"))?;
        if base.scheme() == "http" && !self.allow_plaintext && !is_this_machine(&host) {
            return Err(ManagementError::PlaintextRefused { host });
        }
        let login = if base.username().is_empty() {
            self.login.clone().ok_or_else(|| bad("it names no user, and broker.url is no help"))?
        } else {
            let decoded = |text| percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned);
            let user = decoded(base.username()).map_err(|_| bad("the user is not UTF-8"))?;
            let password =
                decoded(base.password().unwrap_or_default()).map_err(|_| bad("the password is not UTF-8"))?;
            Login { user, password: SecretString::from(password) }
        };
        let cleared = base.set_username("").and_then(|()| base.set_password(None));
        cleared.map_err(|()| bad("it names no host"))?;
        Ok(Target { base, host, port, login, ca_file: self.ca_file.clone(), timeout: self.timeout })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(url: &str) -> ManagementOptions {
        let broker = BrokerOptions::new(SecretString::from("amqp://ann:hunter2@127.0.0.1:5672/v"));
        ManagementOptions::new(SecretString::from(url), &broker)
    }

    #[test]
    fn the_login_is_that_of_the_broker_unless_the_url_has_one() {
        let target = options("http://127.0.0.1:15672").target().expect("a good URL");
        assert_eq!((target.login.user.as_str(), target.login.password.expose_secret()), ("ann", "hunter2"));
        let target = options("https://eve:s%40cret@mq.example.com/rabbit").target().expect("a good URL");
        assert_eq!((target.login.user.as_str(), target.login.password.expose_secret()), ("eve", "s@cret"));
        assert_eq!((target.host.as_str(), target.port), ("mq.example.com", 443));
        assert_eq!(target.base.as_str(), "https://mq.example.com/rabbit");
    }

    #[test]
    fn a_bad_url_is_refused_without_quoting_it() {
        for url in [
            "",
            "127.0.0.1:15672",
            "amqp://eve:pa55word@127.0.0.1",
            "http://eve:pa55word@",
            "http://eve:pa55word@host:port",
            "http://eve:pa55word@[::g]/",
            "http://127.0.0.1:15672/?password=pa55word",
            "http://eve:pa55word%ff@127.0.0.1",
            "http://eve:pa55word@mq.example.com:15672",
        ] {
            let error = options(url).check().expect_err(url);
            assert!(!format!("{error} {error:?}").contains("pa55word"), "{error:?}");
        }
        assert!(!format!("{:?}", options("http://eve:pa55word@127.0.0.1")).contains("pa55word"));
    }

    #[test]
    fn plaintext_leaves_this_machine_only_when_allowed() {
        for url in ["http://localhost:15672", "http://[::1]:15672/", "http://127.0.0.1", "https://mq.example.com"] {
            assert!(options(url).check().is_ok(), "{url}");
        }
        let error = options("http://mq.example.com:15672").check().expect_err("plaintext");
        assert!(matches!(error, ManagementError::PlaintextRefused { .. }), "{error}");
        let allowed = ManagementOptions { allow_plaintext: true, ..options("http://mq.example.com:15672") };
        assert!(allowed.check().is_ok());
    }
}
