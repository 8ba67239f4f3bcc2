//! The configuration: one commented default file compiled in, then a file, credentials, the environment, the command
//! line.
//!
//! [`Config::load`] reads the layers it is handed (it never looks at the environment itself), checks every value and
//! every combination, and reports all findings at once, each with its key and the layer the value came from. Nothing
//! here opens a connection. Components have options of their own and do not know this module; `app` converts.
//!
//! A secret is a [`secrecy::SecretString`] in the typed part and masked everywhere else: in [`Config::show`], in
//! `Debug` and in findings, which never repeat a value that may be one.

mod audit;
mod changes;
mod console;
mod dkim;
mod error;
mod in_app;
mod layers;
mod limits;
mod mail;
mod reader;
mod secrets;
mod sections;
mod senders;
mod show;
mod traces;
mod value;

pub use audit::AuditConfig;
pub use console::ConsoleConfig;
pub use dkim::DkimConfig;
pub use error::{ConfigError, Finding};
pub use in_app::InAppConfig;
pub use limits::LimitsConfig;
pub use mail::{MailConfig, MailTransport, SmtpConfig, SmtpLogin, SmtpTls};
pub use sections::{
    BrokerConfig, DlqConfig, HttpConfig, IntakeConfig, LogConfig, LogFormat, PolicyConfig, ShutdownConfig, StoreConfig,
};
pub use senders::{MailClasses, SenderConfig};
pub use traces::TracesConfig;

use std::ffi::OsString;
use std::path::PathBuf;

use reader::Reader;
use show::Shown;

/// `config/default.toml`: every key with its default, unit and reason.
pub const DEFAULT_TOML: &str = include_str!("../../config/default.toml");

/// Where the layers come from, lowest first. [`Default`] is none: the defaults alone.
#[derive(Clone, Default)]
pub struct Sources {
    /// The file, which must exist. `None`: the one that `MAKEGOOD_CONFIG` in `env` names, if it does.
    pub file: Option<PathBuf>,
    /// The environment, or the `MAKEGOOD_` part of it ([`Sources::environment`]).
    pub env: Vec<(String, String)>,
    /// Values from the command line: dotted key and text.
    pub flags: Vec<(String, String)>,
    /// systemd's `$CREDENTIALS_DIRECTORY`: a file in it that has the name of a secret's key is that secret.
    pub credentials_dir: Option<PathBuf>,
}

impl Sources {
    /// Picks `MAKEGOOD_…` out of an environment (`std::env::vars_os()`). Text that is no UTF-8 gets U+FFFD, which
    /// [`Config::load`] then reports.
    pub fn environment(vars: impl Iterator<Item = (OsString, OsString)>) -> Vec<(String, String)> {
        vars.map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
            .filter(|(name, _)| name.starts_with(layers::ENV_PREFIX))
            .collect()
    }
}

/// Every value, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// `[store]`
    pub store: StoreConfig,
    /// `[broker]`
    pub broker: BrokerConfig,
    /// `[intake]`
    pub intake: IntakeConfig,
    /// `[dlq]`
    pub dlq: DlqConfig,
    /// `[audit]`
    pub audit: AuditConfig,
    /// `[mail]`, with `[mail.folder]` or `[mail.smtp]`
    pub mail: MailConfig,
    /// `[in_app]`
    pub in_app: InAppConfig,
    /// `[http]`
    pub http: HttpConfig,
    /// `[console]`
    pub console: ConsoleConfig,
    /// `[policy]`
    pub policy: PolicyConfig,
    /// `[log]`
    pub log: LogConfig,
    /// `[traces]`
    pub traces: TracesConfig,
    /// `[shutdown]`
    pub shutdown: ShutdownConfig,
    shown: Vec<Shown>,
    notes: Vec<Finding>,
}

impl Config {
    /// Reads and checks the layers.
    ///
    /// Reads the file, and the files that `*_file` keys and credentials name; nothing else of the world outside.
    pub fn load(sources: &Sources) -> Result<Config, ConfigError> {
        let (config, findings) = Config::examine(sources);
        if findings.is_empty() { Ok(config) } else { Err(ConfigError { findings }) }
    }

    /// As [`Config::load`], with what could be read beside the findings: for looking at the rest too. A value with a
    /// finding is not what anybody set; only a configuration without findings may be used.
    pub fn examine(sources: &Sources) -> (Config, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut values = layers::merge(sources, &mut findings);
        secrets::resolve(&mut values, sources.credentials_dir.as_deref(), &mut findings);
        let mut reader = Reader::new(&values, findings);
        let broker = BrokerConfig::read(&mut reader);
        let config = Config {
            store: StoreConfig::read(&mut reader),
            in_app: InAppConfig::read(&mut reader, &broker),
            broker,
            intake: IntakeConfig::read(&mut reader),
            dlq: DlqConfig::read(&mut reader),
            audit: AuditConfig::read(&mut reader),
            mail: MailConfig::read(&mut reader),
            http: HttpConfig::read(&mut reader),
            console: ConsoleConfig::read(&mut reader),
            policy: PolicyConfig::read(&mut reader),
            log: LogConfig::read(&mut reader),
            traces: TracesConfig::read(&mut reader),
            shutdown: ShutdownConfig::read(&mut reader),
            shown: show::collect(&values),
            notes: changes::Changes::known().notes(&values),
        };
        (config, reader.into_findings())
    }

    /// Something wrong with a key that only a component could find, with the layer its value came from.
    pub fn finding(&self, key: &str, message: impl Into<String>) -> Finding {
        let layer = show::layer(&self.shown, key).unwrap_or("default").to_owned();
        Finding { key: key.to_owned(), layer, message: message.into() }
    }

    /// What is not wrong and worth knowing: values of an older file that were defaults once.
    pub fn notes(&self) -> &[Finding] {
        &self.notes
    }

    /// The key has a value from above the defaults.
    pub fn is_set(&self, key: &str) -> bool {
        show::layer(&self.shown, key).is_some_and(|layer| layer != "default")
    }

    /// What is in force, as TOML, each value with the layer it came from; secrets masked.
    pub fn show(&self) -> String {
        show::toml(&self.shown)
    }

    /// As [`Config::show`], as JSON: `{"store.url": {"value": …, "layer": "default"}, …}`.
    pub fn show_json(&self) -> serde_json::Value {
        show::json(&self.shown)
    }
}
