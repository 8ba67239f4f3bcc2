//! `[mail]`, and what the chosen transport needs: one variant per transport, so that a mixture cannot be written.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use super::dkim::DkimConfig;
use super::limits::LimitsConfig;
use super::reader::Reader;
use super::sections::is_this_machine;
use super::senders::{MailClasses, SenderConfig};

const SECS: fn(u64) -> Duration = Duration::from_secs;
const DAY: u64 = 86_400;

/// `[mail]`
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// How mail leaves.
    pub transport: MailTransport,
    /// Name in From.
    pub from_name: String,
    /// Address in From.
    pub from_address: String,
    /// Reply-To.
    pub reply_to: Option<String>,
    /// Where bounces go.
    pub envelope_sender: String,
    /// Right side of Message-IDs.
    pub message_id_domain: String,
    /// Other senders for some notices.
    pub classes: MailClasses,
    /// The signature, if mails are signed.
    pub dkim: Option<DkimConfig>,
    /// How fast mail may leave.
    pub limits: LimitsConfig,
    /// Help page named in every mail.
    pub help_url: Option<String>,
    /// Language of readers whose own is unknown or has no catalogue.
    pub locale: String,
    /// Time zone of readers whose own is unknown.
    pub time_zone: String,
    /// Templates of the operator's own.
    pub templates_dir: Option<PathBuf>,
    /// Connections at once.
    pub connections: u16,
    /// Of them, those that send while the queue is long.
    pub connections_in_backlog: u16,
    /// How long a notice is kept by one dispatcher.
    pub lease: Duration,
    /// Notices taken at a time.
    pub batch: u32,
    /// How often to look for due notices.
    pub poll: Duration,
    /// Pause before the second attempt.
    pub retry_first: Duration,
    /// Longest pause.
    pub retry_longest: Duration,
    /// Age at which a deferred mail counts as failed.
    pub give_up_after: Duration,
    /// How long a mailbox that does not exist gets no mail.
    pub suppress_for: Duration,
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub enum MailTransport {
    /// Into a folder of `.eml` files.
    Folder {
        /// Which.
        path: PathBuf,
    },
    /// To a mail server.
    Smtp(Box<SmtpConfig>),
}

/// `[mail.smtp]`
#[derive(Debug, Clone)]
pub struct SmtpConfig {
    /// Its name.
    pub host: String,
    /// Its port, never 0.
    pub port: u16,
    /// How TLS is used.
    pub tls: SmtpTls,
    /// Authorities to trust besides the machine's own.
    pub ca_file: Option<PathBuf>,
    /// Login.
    pub login: Option<SmtpLogin>,
    /// Name in EHLO; `None`: the machine's.
    pub helo: Option<String>,
    /// Limit for connecting.
    pub connect_timeout: Duration,
    /// Limit for an answer to a command.
    pub command_timeout: Duration,
    /// Limit for the answer to the final dot.
    pub data_timeout: Duration,
    /// Limit for one mail.
    pub total_timeout: Duration,
    /// Mails over one connection.
    pub messages_per_connection_max: u32,
    /// How long an idle connection is kept.
    pub idle_longest: Duration,
}

/// How TLS is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// STARTTLS, or nothing is sent.
    Required,
    /// From the first byte.
    Implicit,
    /// Not at all.
    None,
}

/// Login at the mail server.
#[derive(Debug, Clone)]
pub struct SmtpLogin {
    /// User.
    pub user: String,
    /// Password.
    pub password: SecretString,
}

impl MailConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let from_address = address(reader, "mail.from_address").unwrap_or_default();
        let domain = from_address.rsplit_once('@').map_or("", |(_, domain)| domain).to_owned();
        let common = SenderConfig {
            from_name: reader.required("mail.from_name"),
            reply_to: address(reader, "mail.reply_to"),
            envelope_sender: address(reader, "mail.envelope_sender").unwrap_or_else(|| from_address.clone()),
            from_address,
        };
        let config = Self {
            transport: MailTransport::read(reader),
            classes: MailClasses::read(reader, &common),
            dkim: DkimConfig::read(reader),
            limits: LimitsConfig::read(reader),
            message_id_domain: host_name(reader, "mail.message_id_domain").unwrap_or(domain),
            help_url: reader.optional("mail.help_url"),
            locale: reader.required("mail.locale"),
            time_zone: reader.required("mail.time_zone"),
            templates_dir: reader.path("mail.templates_dir"),
            connections: reader.number("mail.connections", 1..=64),
            connections_in_backlog: reader.number("mail.connections_in_backlog", 1..=64),
            lease: reader.duration("mail.lease", SECS(10)..=SECS(DAY)),
            batch: reader.number("mail.batch", 1..=10_000),
            poll: reader.duration("mail.poll", Duration::from_millis(10)..=SECS(60)),
            retry_first: reader.duration("mail.retry_first", SECS(1)..=SECS(DAY)),
            retry_longest: reader.duration("mail.retry_longest", SECS(1)..=SECS(7 * DAY)),
            give_up_after: reader.duration("mail.give_up_after", SECS(60)..=SECS(30 * DAY)),
            suppress_for: reader.duration("mail.suppress_for", SECS(60)..=SECS(3_650 * DAY)),
            from_name: common.from_name,
            from_address: common.from_address,
            reply_to: common.reply_to,
            envelope_sender: common.envelope_sender,
        };
        config.check(reader);
        config
    }

    fn check(&self, reader: &mut Reader<'_>) {
        if self.from_address.is_empty() {
            reader.complain("mail.from_address", "must be set");
        }
        check_placeholder(reader, "mail.from_address", &self.from_address);
        if let Some(folder) = &self.templates_dir
            && !folder.is_dir()
        {
            reader.complain(
                "mail.templates_dir",
                format!("{} is not a folder that can be seen from here", folder.display()),
            );
        }
        if let Some(url) = &self.help_url
            && !(url.starts_with("https://") || url.starts_with("http://"))
        {
            reader.complain("mail.help_url", "a page that begins with https:// expected");
        }
        reader.ordered(&("mail.retry_first", self.retry_first), &("mail.retry_longest", self.retry_longest));
        reader.ordered(&("mail.retry_longest", self.retry_longest), &("mail.give_up_after", self.give_up_after));
        if let MailTransport::Smtp(smtp) = &self.transport
            && self.lease < smtp.total_timeout.saturating_mul(2)
        {
            let message = "is less than twice mail.smtp.total_timeout: a second dispatcher would send the same mail";
            reader.complain("mail.lease", message);
        }
    }
}

impl MailTransport {
    fn read(reader: &mut Reader<'_>) -> Self {
        if !is_smtp(reader) {
            return Self::Folder { path: reader.required("mail.folder.path").into() };
        }
        Self::Smtp(Box::new(SmtpConfig::read(reader)))
    }
}

impl SmtpConfig {
    fn read(reader: &mut Reader<'_>) -> Self {
        let implicit = [("implicit", SmtpTls::Implicit), ("none", SmtpTls::None)];
        let tls = reader.choice("mail.smtp.tls", ("required", SmtpTls::Required), &implicit);
        let usual = match tls {
            SmtpTls::Required => 587,
            SmtpTls::Implicit => 465,
            SmtpTls::None => 25,
        };
        let config = Self {
            host: host_name(reader, "mail.smtp.host").unwrap_or_default(),
            port: Some(reader.number("mail.smtp.port", 0..=u16::MAX)).filter(|port| *port != 0).unwrap_or(usual),
            tls,
            ca_file: reader.existing_file("mail.smtp.ca_file"),
            login: SmtpLogin::read(reader),
            helo: host_name(reader, "mail.smtp.helo"),
            connect_timeout: reader.duration("mail.smtp.connect_timeout", SECS(1)..=SECS(600)),
            command_timeout: reader.duration("mail.smtp.command_timeout", SECS(1)..=SECS(600)),
            data_timeout: reader.duration("mail.smtp.data_timeout", SECS(1)..=SECS(1_200)),
            total_timeout: reader.duration("mail.smtp.total_timeout", SECS(1)..=SECS(3_600)),
            messages_per_connection_max: reader.number("mail.smtp.messages_per_connection_max", 1..=100_000),
            idle_longest: reader.duration("mail.smtp.idle_longest", SECS(1)..=SECS(3_600)),
        };
        if config.host.is_empty() {
            reader.complain("mail.smtp.host", "must be set, because mail.transport is \"smtp\"");
        }
        let plaintext = reader.flag("mail.smtp.allow_plaintext");
        if tls == SmtpTls::None && !plaintext && !is_this_machine(&config.host) {
            let message = "\"none\" to another machine: use \"required\", or mail.smtp.allow_plaintext = true";
            reader.complain("mail.smtp.tls", message);
        }
        for (key, shorter) in
            [("mail.smtp.command_timeout", config.command_timeout), ("mail.smtp.data_timeout", config.data_timeout)]
        {
            reader.ordered(&(key, shorter), &("mail.smtp.total_timeout", config.total_timeout));
        }
        config
    }
}

impl SmtpLogin {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        match (reader.optional("mail.smtp.user"), reader.secret("mail.smtp.password")) {
            (Some(user), Some(password)) => Some(Self { user, password }),
            (Some(_), None) => {
                reader.complain("mail.smtp.password", "must be set, because mail.smtp.user is");
                None
            }
            (None, Some(_)) => {
                reader.complain("mail.smtp.user", "must be set, because mail.smtp.password is");
                None
            }
            (None, None) => None,
        }
    }
}

fn is_smtp(reader: &mut Reader<'_>) -> bool {
    reader.choice("mail.transport", ("folder", false), &[("smtp", true)])
}

/// RFC 2606: nobody owns it, so every receiver would refuse it.
pub(super) fn check_placeholder(reader: &mut Reader<'_>, key: &str, address: &str) {
    if address.ends_with(".example") && is_smtp(reader) {
        reader.complain(key, "is a placeholder: set the address your mails come from");
    }
}

/// An address that can stand in an envelope as it is: ASCII, one `@`, a domain; empty is `None`.
pub(super) fn address(reader: &mut Reader<'_>, key: &str) -> Option<String> {
    let text = reader.optional(key)?;
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"<>()[]\\,;:\"@".contains(&byte);
    let good = text.split_once('@').is_some_and(|(local, domain)| {
        (1..=64).contains(&local.len()) && local.bytes().all(plain) && is_host_name(domain)
    });
    if !good {
        reader.complain(key, "an address expected, as \"connects@marketplace.example\"");
    }
    Some(text)
}

/// A host's name or address; empty is `None`.
pub(super) fn host_name(reader: &mut Reader<'_>, key: &str) -> Option<String> {
    let text = reader.optional(key)?;
    if !is_host_name(&text) && text.parse::<std::net::IpAddr>().is_err() {
        reader.complain(key, "a host's name in ASCII expected, as \"mail.marketplace.example\"");
    }
    Some(text)
}

/// RFC 1123, 2.1: labels of letters, digits and hyphens.
fn is_host_name(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(label)
}
