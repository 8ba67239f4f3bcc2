//! The parts, built from the configuration: what every command that touches the database shares.

use std::sync::Arc;

use anyhow::Context;

use super::options;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::event::DecodeLimits;
use crate::mail::{Addressing, Letters};
use crate::policy::Policy;
use crate::store::{Store, open};
use crate::worker::dispatch::Dispatcher;
use crate::worker::health::Health;
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
    letters: Arc<Letters>,
    addressing: Arc<Addressing>,
    wakeups: Arc<Wakeups>,
}

impl Parts {
    /// Builds them; opens the database without migrating it.
    pub async fn assemble(config: &Config, access: Access) -> anyhow::Result<Self> {
        let store = open(options::store_options(config, access)).await?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let (health, wakeups) = (Arc::new(Health::default()), Arc::new(Wakeups::default()));
        let intake = Intake {
            store: Arc::clone(&store),
            policy: Arc::new(policy(config)?),
            clock: Arc::clone(&clock),
            wait: options::wait_rule(config),
            limits: DecodeLimits { body_bytes_max: config.intake.body_bytes_max },
            patience: options::patience(config),
            wakeups: Arc::clone(&wakeups),
            health: Arc::clone(&health),
        };
        let letters = Arc::new(letters(config)?);
        let addressing = Arc::new(options::addressing(config));
        Ok(Self { store, clock, health, intake, letters, addressing, wakeups })
    }

    /// The dispatcher over these parts.
    pub fn dispatcher(&self, config: &Config) -> Dispatcher {
        Dispatcher {
            store: Arc::clone(&self.store),
            letters: Arc::clone(&self.letters),
            addressing: Arc::clone(&self.addressing),
            clock: Arc::clone(&self.clock),
            options: options::dispatch_options(config),
            wakeups: Arc::clone(&self.wakeups),
            health: Arc::clone(&self.health),
        }
    }
}

/// The policy in force: the configured file, or the one compiled in.
pub fn policy(config: &Config) -> anyhow::Result<Policy> {
    let Some(file) = &config.policy.file else {
        return Ok(Policy::built_in());
    };
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {} (policy.file)", file.display()))?;
    Policy::parse(&text).with_context(|| format!("in {} (policy.file)", file.display()))
}

/// The templates in force: the configured folder over the ones compiled in.
pub fn letters(config: &Config) -> anyhow::Result<Letters> {
    Letters::load(config.mail.templates_dir.as_deref()).context("the templates are not fit (makegood templates check)")
}

/// Everything that can be checked without a network, all at once: options, policy, templates.
pub fn check(config: &Config) -> anyhow::Result<()> {
    let mut findings = options::findings(config);
    findings
        .extend([policy(config).err(), letters(config).err()].into_iter().flatten().map(|error| format!("{error:#}")));
    if findings.is_empty() { Ok(()) } else { anyhow::bail!("{}", findings.join("\n")) }
}
