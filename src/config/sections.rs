//! The sections but for `[mail]`: typed, with their ranges and the reasons that are not in `config/default.toml`.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tracing_subscriber::filter::{LevelFilter, Targets};

use super::reader::Reader;

const MILLIS: fn(u64) -> Duration = Duration::from_millis;
/// Shortest token of `POST /bounces`: 16 random characters are beyond guessing over a network.
const TOKEN_BYTES_MIN: usize = 16;
const SECS: fn(u64) -> Duration = Duration::from_secs;

/// `[store]`
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: SecretString,
    /// Connections to PostgreSQL at most.
    pub connections_max: u32,
    /// Wait for a free connection at most.
    pub acquire_timeout: Duration,
    /// Server-side limit for a statement.
    pub statement_timeout: Duration,
    /// Server-side limit for waiting on a lock.
    pub lock_timeout: Duration,
    /// An event with more proposals is applied in chunks.
    pub inline_proposals_max: u32,
    /// Proposals in one transaction at most.
    pub batch_proposals_max: u32,
    /// Accounts in one chunk.
    pub chunk_accounts: u32,
    /// Migrate when the daemon starts; `auto` is resolved by the URL.
    pub migrate_at_start: bool,
}

impl StoreConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let url = reader.secret("store.url").unwrap_or_default();
        let sqlite = url.expose_secret().strip_prefix("sqlite:").is_some_and(|path| !path.is_empty());
        let postgres = ["postgres://", "postgresql://"].iter().any(|scheme| url.expose_secret().starts_with(scheme));
        if !sqlite && !postgres {
            reader.complain("store.url", "sqlite:PATH or postgres://user:password@host:port/database expected");
        }
        let auto = ("auto", sqlite);
        let config = Self {
            url,
            // Two: one for the intake and one for everything that must go on while it works.
            connections_max: reader.number("store.connections_max", 2..=500),
            acquire_timeout: reader.duration("store.acquire_timeout", MILLIS(100)..=SECS(300)),
            statement_timeout: reader.duration("store.statement_timeout", SECS(1)..=SECS(3_600)),
            lock_timeout: reader.duration("store.lock_timeout", MILLIS(100)..=SECS(3_600)),
            inline_proposals_max: reader.number("store.inline_proposals_max", 1..=100_000),
            batch_proposals_max: reader.number("store.batch_proposals_max", 1..=100_000),
            chunk_accounts: reader.number("store.chunk_accounts", 1..=100_000),
            migrate_at_start: reader.choice("store.migrate_at_start", auto, &[("yes", true), ("no", false)]),
        };
        reader.ordered(
            &("store.inline_proposals_max", config.inline_proposals_max),
            &("store.batch_proposals_max", config.batch_proposals_max),
        );
        reader.ordered(
            &("store.lock_timeout", config.lock_timeout),
            &("store.statement_timeout", config.statement_timeout),
        );
        config
    }
}

/// `[broker]`
#[derive(Debug, Clone)]
pub struct BrokerConfig {
    /// `amqp://…` or `amqps://…`.
    pub url: SecretString,
    /// The management API: `http://…` or `https://…`.
    pub management_url: Option<SecretString>,
    /// Authorities to trust besides the machine's own.
    pub ca_file: Option<PathBuf>,
    /// Allow `amqp://` to another machine.
    pub allow_plaintext: bool,
    /// Whole seconds.
    pub heartbeat: Duration,
    /// Limit for connecting.
    pub connect_timeout: Duration,
    /// Limit for closing.
    pub close_timeout: Duration,
    /// Deliveries not acked at most.
    pub prefetch: u16,
    /// Deliveries in a batch at most; not above `prefetch`.
    pub batch_max: u16,
    /// Wait for a batch to fill.
    pub batch_linger: Duration,
    /// Batches at once.
    pub batches_in_flight: u16,
    /// First pause between tries to connect.
    pub reconnect_first: Duration,
    /// Longest pause between tries to connect.
    pub reconnect_longest: Duration,
    /// Declare the topology at start, else check it.
    pub declare_topology: bool,
    /// Topic exchange of the events.
    pub exchange: String,
    /// Queue consumed.
    pub queue: String,
    /// Exchange of what the broker gives up on.
    pub dead_letter_exchange: String,
    /// Queue behind it.
    pub dead_queue: String,
    /// Deliveries of a message before the broker gives up on it.
    pub delivery_limit: u32,
    /// Most messages in the queue.
    pub max_length: Option<u64>,
}

impl BrokerConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let config = Self {
            url: reader.secret("broker.url").unwrap_or_default(),
            management_url: reader.secret("broker.management_url"),
            ca_file: reader.existing_file("broker.ca_file"),
            allow_plaintext: reader.flag("broker.allow_plaintext"),
            heartbeat: reader.duration("broker.heartbeat", SECS(1)..=SECS(60)),
            connect_timeout: reader.duration("broker.connect_timeout", MILLIS(100)..=SECS(300)),
            close_timeout: reader.duration("broker.close_timeout", MILLIS(100)..=SECS(60)),
            // 0 would mean: the whole queue at once.
            prefetch: reader.number("broker.prefetch", 1..=u16::MAX),
            batch_max: reader.number("broker.batch_max", 1..=10_000),
            batch_linger: reader.duration("broker.batch_linger", Duration::ZERO..=SECS(60)),
            batches_in_flight: reader.number("broker.batches_in_flight", 2..=16),
            reconnect_first: reader.duration("broker.reconnect_first", MILLIS(10)..=SECS(60)),
            reconnect_longest: reader.duration("broker.reconnect_longest", MILLIS(10)..=SECS(3_600)),
            declare_topology: reader.flag("broker.declare_topology"),
            exchange: amqp_name(reader, "broker.exchange"),
            queue: amqp_name(reader, "broker.queue"),
            dead_letter_exchange: amqp_name(reader, "broker.dead_letter_exchange"),
            dead_queue: amqp_name(reader, "broker.dead_queue"),
            delivery_limit: reader.number("broker.delivery_limit", 1..=10_000),
            max_length: Some(reader.number("broker.max_length", 0..=1_000_000_000)).filter(|length| *length > 0),
        };
        config.check(reader);
        config
    }

    fn check(&self, reader: &mut Reader<'_>) {
        if self.heartbeat.subsec_nanos() != 0 {
            reader.complain("broker.heartbeat", "whole seconds expected: AMQP has no finer ones");
        }
        if self.batch_max > self.prefetch {
            let message = format!("{} is more than broker.prefetch ({}): never full", self.batch_max, self.prefetch);
            reader.complain("broker.batch_max", message);
        }
        reader.ordered(
            &("broker.reconnect_first", self.reconnect_first),
            &("broker.reconnect_longest", self.reconnect_longest),
        );
        for (one, other, key) in [
            (&self.exchange, &self.dead_letter_exchange, "broker.dead_letter_exchange"),
            (&self.queue, &self.dead_queue, "broker.dead_queue"),
        ] {
            if one == other && !one.is_empty() {
                reader.complain(key, "is the same as that of the events: dead letters would go round in circles");
            }
        }
        let url = self.url.expose_secret();
        match url.split_once("://") {
            Some(("amqps", _)) => {}
            Some(("amqp", _)) if self.allow_plaintext || is_this_machine(host_of(url)) => {}
            Some(("amqp", _)) => {
                let message = "amqp:// to another machine: use amqps://, or broker.allow_plaintext = true";
                reader.complain("broker.url", message);
            }
            _ => reader.complain("broker.url", "amqp:// or amqps:// with user, password, host and vhost expected"),
        }
        let Some(url) = self.management_url.as_ref().map(ExposeSecret::expose_secret) else { return };
        match url.split_once("://") {
            Some(("https", _)) => {}
            Some(("http", _)) if self.allow_plaintext || is_this_machine(host_of(url)) => {}
            Some(("http", _)) => {
                let message = "http:// to another machine: use https://, or broker.allow_plaintext = true";
                reader.complain("broker.management_url", message);
            }
            _ => reader.complain("broker.management_url", "http://host:port or https://host:port expected"),
        }
    }
}

/// AMQP 0-9-1 short string: at most 255 bytes; `amq.` belongs to the broker.
pub(super) fn amqp_name(reader: &mut Reader<'_>, key: &str) -> String {
    let name = reader.required(key);
    if name.len() > 255 {
        reader.complain(key, "is longer than 255 bytes");
    }
    if name.starts_with("amq.") {
        reader.complain(key, "begins with \"amq.\", which the broker keeps for itself");
    }
    name
}

/// The host of a URL, without brackets.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    match place.strip_prefix('[').and_then(|place| place.split_once(']')) {
        Some((host, _)) => host,
        None => place.split_once(':').map_or(place, |(host, _)| host),
    }
}

/// A loopback address, or the name that always is one (RFC 6761, 6.3).
pub(super) fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `[intake]`
#[derive(Debug, Clone)]
pub struct IntakeConfig {
    /// Longest event in bytes.
    pub body_bytes_max: usize,
    /// Pause before the second attempt.
    pub wait_first: Duration,
    /// Longest pause.
    pub wait_longest: Duration,
    /// Attempts in all.
    pub wait_attempts_max: u32,
    /// How often to look for what is due.
    pub poll: Duration,
}

impl IntakeConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let config = Self {
            // 16 MiB: the longest message RabbitMQ 4 takes by default.
            body_bytes_max: reader.number::<u32>("intake.body_bytes_max", 1_024..=16 * 1_024 * 1_024) as usize,
            wait_first: reader.duration("intake.wait_first", MILLIS(10)..=SECS(86_400)),
            wait_longest: reader.duration("intake.wait_longest", MILLIS(10)..=SECS(7 * 86_400)),
            wait_attempts_max: reader.number("intake.wait_attempts_max", 1..=1_000),
            poll: reader.duration("intake.poll", MILLIS(10)..=SECS(60)),
        };
        reader.ordered(&("intake.wait_first", config.wait_first), &("intake.wait_longest", config.wait_longest));
        config
    }
}

/// `[dlq]`
#[derive(Debug, Clone)]
pub struct DlqConfig {
    /// How often to look for work.
    pub poll: Duration,
    /// How long a process keeps a replay without a sign of life.
    pub replay_lease: Duration,
    /// How long a letter is held while it is tried.
    pub trial_lease: Duration,
    /// Trials without an end after which a letter counts as a killer.
    pub trials_max: u32,
}

impl DlqConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            poll: reader.duration("dlq.poll", MILLIS(10)..=SECS(60)),
            replay_lease: reader.duration("dlq.replay_lease", SECS(1)..=SECS(3_600)),
            trial_lease: reader.duration("dlq.trial_lease", SECS(1)..=SECS(3_600)),
            trials_max: reader.number("dlq.trials_max", 1..=10),
        }
    }
}

/// `[http]`
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Where health, metrics and console listen.
    pub listen: SocketAddr,
    /// What whoever posts bounces must know; `None`: nobody may.
    pub bounces_token: Option<SecretString>,
    /// Files of the certificate and its key.
    pub tls: Option<(PathBuf, PathBuf)>,
}

impl HttpConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let text = reader.text("http.listen");
        let public = reader.flag("http.allow_public");
        let listen = text.parse().unwrap_or_else(|_| {
            reader.complain("http.listen", "an address and a port expected, as \"127.0.0.1:9464\"");
            SocketAddr::from(([127, 0, 0, 1], 0))
        });
        if !listen.ip().is_loopback() && !public {
            let message = "is not the loopback: everybody who reaches it could read health and metrics; http.allow_public = true \
                 allows it";
            reader.complain("http.listen", message);
        }
        let bounces_token = reader.secret("http.bounces_token");
        if bounces_token.as_ref().is_some_and(|token| token.expose_secret().len() < TOKEN_BYTES_MIN) {
            let message = format!("has fewer than {TOKEN_BYTES_MIN} characters: it could be guessed");
            reader.complain("http.bounces_token", message);
        }
        Self { listen, bounces_token, tls: tls(reader) }
    }
}

fn tls(reader: &mut Reader<'_>) -> Option<(PathBuf, PathBuf)> {
    match (reader.existing_file("http.tls_cert_file"), reader.existing_file("http.tls_key_file")) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        (certificate, _) => {
            let missing = if certificate.is_some() { "http.tls_key_file" } else { "http.tls_cert_file" };
            reader.complain(missing, "certificate and key are set together, or neither");
            None
        }
    }
}

/// `[policy]`
#[derive(Debug, Clone)]
pub struct PolicyConfig {
    /// A table of the operator's own.
    pub file: Option<PathBuf>,
}

impl PolicyConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self { file: reader.existing_file("policy.file") }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    Auto,
    /// Text.
    Text,
    /// One JSON object a line.
    Json,
}

/// `[log]`
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// Level or directives.
    pub level: String,
    /// How lines look.
    pub format: LogFormat,
}

impl LogConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let auto = ("auto", LogFormat::Auto);
        let config = Self {
            level: reader.required("log.level"),
            format: reader.choice("log.format", auto, &[("text", LogFormat::Text), ("json", LogFormat::Json)]),
        };
        // A bare word that is no level would pass as the name of a target, and log nothing else.
        let bare = |part: &str| !part.contains('=') && part.trim().parse::<LevelFilter>().is_err();
        if config.level.parse::<Targets>().is_err() || config.level.split(',').any(bare) {
            reader.complain(
                "log.level",
                "is neither a level (error, warn, info, debug, trace) nor a list of target=level",
            );
        }
        config
    }
}

/// `[shutdown]`
#[derive(Debug, Clone)]
pub struct ShutdownConfig {
    /// How long a stop may take.
    pub grace: Duration,
}

impl ShutdownConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self { grace: reader.duration("shutdown.grace", SECS(1)..=SECS(3_600)) }
    }
}
