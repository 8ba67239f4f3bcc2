//! The parts, built from the configuration: what every command that touches the database shares.

use std::sync::Arc;

use super::reload::examine;
use super::{mail, options};
use crate::admin::console::Door;
use crate::admin::{BouncesFace, Face};
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, ConfigError, Sources};
use crate::event::DecodeLimits;
use crate::mail::{LOCALE_KEY, Letters, Senders, TIME_ZONE_KEY};
use crate::policy::Policy;
use crate::store::{Store, open};
use crate::telemetry::facts::Dependency;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::samples::Samples;
use crate::worker::announce::Announcer;
use crate::worker::breaker::Breaker;
use crate::worker::dispatch::Dispatcher;
use crate::worker::health::Health;
use crate::worker::rulebook::Rulebook;
use crate::worker::{Intake, Wakeups};

/// Who else may use the database at the same time. Only SQLite cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nobody: the daemon, `process`, `demo`.
    Exclusive,
    /// Others too: short commands beside a running daemon.
    Shared,
}

/// The parts.
#[derive(Debug)]
pub struct Parts {
    /// The database.
    pub store: Arc<dyn Store>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// What works.
    pub health: Arc<Health>,
    /// From message to database.
    pub intake: Intake,
    /// What decides and what is written.
    pub rulebook: Arc<Rulebook>,
    /// Who writes, and who vouches for it.
    pub senders: Arc<Senders>,
    wakeups: Arc<Wakeups>,
}

impl Parts {
    /// Builds them; opens the database without migrating it.
    pub async fn assemble(config: &Config, access: Access) -> anyhow::Result<Self> {
        let store = open(options::store_options(config, access)).await?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let (health, wakeups) = (Arc::new(Health::default()), Arc::new(Wakeups::default()));
        let rulebook = Arc::new(Rulebook::new(examine(config)?));
        let intake = Intake {
            store: Arc::clone(&store),
            rulebook: Arc::clone(&rulebook),
            clock: Arc::clone(&clock),
            wait: options::wait_rule(config),
            limits: DecodeLimits { body_bytes_max: config.intake.body_bytes_max },
            patience: options::patience(config),
            database: Breaker::new(Dependency::Database, Arc::clone(&health), options::patience(config)),
            refusals: Arc::default(),
            wakeups: Arc::clone(&wakeups),
            health: Arc::clone(&health),
        };
        let senders = Arc::new(mail::senders(config)?);
        Ok(Self { store, clock, health, intake, rulebook, senders, wakeups })
    }

    /// What is shown of these parts over HTTP.
    pub(super) fn face(
        &self, config: &Config, (metrics, samples): (Metrics, Arc<Samples>), bounces: Option<BouncesFace>,
        door: Arc<Door>,
    ) -> Face {
        let (health, store) = (Arc::clone(&self.health), Arc::clone(&self.store));
        let (rulebook, clock) = (Arc::clone(&self.rulebook), Arc::clone(&self.clock));
        let (intake, senders) = (self.intake.clone(), Arc::clone(&self.senders));
        let audit = options::audit(self, config);
        Face { health, store, metrics, bounces, rulebook, clock, intake, audit, senders, samples, door }
    }

    /// The dispatcher over these parts.
    pub fn dispatcher(&self, config: &Config) -> Dispatcher {
        Dispatcher {
            store: Arc::clone(&self.store),
            rulebook: Arc::clone(&self.rulebook),
            senders: Arc::clone(&self.senders),
            clock: Arc::clone(&self.clock),
            options: options::dispatch_options(config),
            wakeups: Arc::clone(&self.wakeups),
            health: Arc::clone(&self.health),
            database: Arc::clone(&self.intake.database),
        }
    }

    /// The announcer over these parts; `None`: the marketplace is told nothing.
    pub fn announcer(&self, config: &Config) -> Option<Announcer> {
        Some(Announcer {
            store: Arc::clone(&self.store),
            rulebook: Arc::clone(&self.rulebook),
            senders: Arc::clone(&self.senders),
            clock: Arc::clone(&self.clock),
            options: options::announce_options(config)?,
            wakeups: Arc::clone(&self.wakeups),
            health: Arc::clone(&self.health),
            database: Arc::clone(&self.intake.database),
        })
    }
}

/// The database alone, for commands that decide nothing and send nothing.
pub async fn open_store(config: &Config, access: Access) -> anyhow::Result<Arc<dyn Store>> {
    Ok(open(options::store_options(config, access)).await?)
}

/// The policy in force: the configured file, or the one compiled in.
pub fn policy(config: &Config) -> Result<Policy, ConfigError> {
    let Some(file) = &config.policy.file else {
        return Ok(Policy::built_in());
    };
    let unfit = |why: String| {
        // The policy's own findings are one a line.
        let findings = why.lines().map(|line| config.finding("policy.file", format!("{}: {line}", file.display())));
        ConfigError { findings: findings.collect() }
    };
    let text = std::fs::read_to_string(file).map_err(|error| unfit(format!("cannot be read: {error}")))?;
    Policy::parse(&text).map_err(|error| unfit(error.to_string()))
}

/// The templates in force: the configured folder over the ones compiled in.
pub fn letters(config: &Config) -> Result<Letters, ConfigError> {
    Letters::load(&options::letters_options(config)).map_err(|error| {
        let finding = |finding: &crate::mail::Finding| match finding.place.as_str() {
            key @ (LOCALE_KEY | TIME_ZONE_KEY) => config.finding(key, finding.message.clone()),
            _ => config.finding("mail.templates_dir", finding.to_string().trim_end()),
        };
        ConfigError { findings: error.findings.iter().map(finding).collect() }
    })
}

/// Everything that can be checked without a network, all at once: values, options, policy, templates.
pub fn check(sources: &Sources) -> Result<(), ConfigError> {
    let (config, mut findings) = Config::examine(sources);
    let mut more = options::findings(&config);
    let unfit = [policy(&config).err(), letters(&config).err()].into_iter().flatten();
    more.extend(unfit.flat_map(|error| error.findings));
    // Of a key that is wrong already, nothing further is known.
    let wrong: Vec<String> = findings.iter().map(|finding| finding.key.clone()).collect();
    findings.extend(more.into_iter().filter(|finding| !wrong.contains(&finding.key)));
    if findings.is_empty() { Ok(()) } else { Err(ConfigError { findings }) }
}
