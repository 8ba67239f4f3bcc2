//! What the SMTP transport can be told.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

/// The server and how to talk to it.
#[derive(Debug, Clone)]
pub struct SmtpOptions {
    /// Host name or IP address; also the name its certificate must bear.
    pub host: String,
    /// Port: 587 for submission with STARTTLS, 465 for implicit TLS, 25 for a relay.
    pub port: u16,
    /// Encryption.
    pub tls: SmtpTls,
    /// [`SmtpTls::None`] may be used with a host that is not this machine.
    pub allow_plaintext: bool,
    /// PEM file of certificates to trust besides the system's: a private CA.
    pub ca_file: Option<PathBuf>,
    /// Who logs in, if the server wants it.
    pub login: Option<SmtpLogin>,
    /// Name to greet the server with; the machine's host name if not set.
    pub hello_name: Option<String>,
    /// Mails over one connection before it is closed; spreads load over the servers behind one name.
    pub messages_per_connection: u32,
    /// A connection that was idle for longer is closed instead of used: servers hang up on their own.
    pub idle_max: Duration,
    /// Time limits.
    pub timeouts: SmtpTimeouts,
}

/// Encryption of the connection. Certificates are always verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SmtpTls {
    /// STARTTLS, or nothing is sent. The default.
    Required,
    /// TLS from the first byte.
    Implicit,
    /// No encryption; only to this machine, unless `allow_plaintext`.
    None,
}

/// A user name and a password. `Debug` shows neither: user names are often addresses.
#[derive(Clone)]
pub struct SmtpLogin {
    /// User name.
    pub user: String,
    /// Password.
    pub password: SecretString,
}

impl std::fmt::Debug for SmtpLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SmtpLogin(..)")
    }
}

/// Time limits, one a stage. The defaults are the least that RFC 5321 §4.5.3.2 asks a client to wait, save `connect`
/// (Postfix: 30 s) and those it does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmtpTimeouts {
    /// Name lookup and TCP connection.
    pub connect: Duration,
    /// The server's greeting, and each answer before the first mail (EHLO, STARTTLS).
    pub greeting: Duration,
    /// The TLS handshake.
    pub tls: Duration,
    /// All of AUTH.
    pub auth: Duration,
    /// Answer to MAIL.
    pub mail: Duration,
    /// Answer to RCPT.
    pub rcpt: Duration,
    /// Answer to DATA.
    pub data: Duration,
    /// Sending the text, up to its end.
    pub text: Duration,
    /// Answer to the end of the text. Too short a wait here makes doubles (RFC 1047).
    pub dot: Duration,
    /// Answer to QUIT and RSET.
    pub quit: Duration,
    /// All of one `send`. A lease on the notice must last longer.
    pub total: Duration,
}

impl Default for SmtpTimeouts {
    fn default() -> Self {
        let minutes = |n: u64| Duration::from_secs(60 * n);
        Self {
            connect: Duration::from_secs(30),
            greeting: minutes(5),
            tls: Duration::from_secs(30),
            auth: minutes(1),
            mail: minutes(5),
            rcpt: minutes(5),
            data: minutes(2),
            text: minutes(3),
            dot: minutes(10),
            quit: Duration::from_secs(5),
            total: minutes(20),
        }
    }
}

impl SmtpOptions {
    /// Options with every default: STARTTLS, no login, 100 mails a connection, 30 s idle.
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self {
            host: host.into(),
            port,
            tls: SmtpTls::Required,
            allow_plaintext: false,
            ca_file: None,
            login: None,
            hello_name: None,
            messages_per_connection: 100,
            idle_max: Duration::from_secs(30),
            timeouts: SmtpTimeouts::default(),
        }
    }

    /// What is wrong with them: key and reason, all at once.
    pub fn check(&self) -> Vec<(&'static str, String)> {
        let mut findings = Vec::new();
        if self.host.is_empty() || self.host.chars().any(|c| c.is_control() || c.is_whitespace()) {
            findings.push(("host", "must name the mail server".to_owned()));
        }
        if !self.may_speak() {
            let text = "is none, which is for a server on this machine; for any other set `required` or `implicit`";
            findings.push(("tls", format!("{text}, or allow plaintext")));
        }
        if self.tls == SmtpTls::None && self.login.is_some() && !self.is_loopback() {
            findings.push(("login", "would cross the network unencrypted; set tls".to_owned()));
        }
        let plain_name =
            |name: &String| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c));
        if self.hello_name.as_ref().is_some_and(|name| !plain_name(name)) {
            findings.push(("hello_name", "must be a host name".to_owned()));
        }
        if self.messages_per_connection == 0 {
            findings.push(("messages_per_connection", "must be at least 1".to_owned()));
        }
        findings
    }

    /// Encrypted, or allowed not to be.
    pub(super) fn may_speak(&self) -> bool {
        self.tls != SmtpTls::None || self.allow_plaintext || self.is_loopback()
    }

    fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}
