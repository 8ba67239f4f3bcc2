//! SIGHUP: the policy and the templates are read again, checked as a whole, and put in force as one; or all that is
//! wrong is said, and those in force stay.

use std::sync::Arc;

use tokio::signal::unix::Signal;
use tokio_util::sync::CancellationToken;

use super::parts::{Parts, letters, policy};
use crate::config::{Config, ConfigError, Finding};
use crate::telemetry::facts;
use crate::worker::rulebook::Rules;

/// Reloads at each signal, until `stop`.
pub(super) async fn on_hangup(
    parts: Arc<Parts>, config: Config, mut hangup: Signal, stop: CancellationToken,
) -> anyhow::Result<()> {
    loop {
        tokio::select! {
            Some(()) = hangup.recv() => reload(&parts, &config).await,
            () = stop.cancelled() => return Ok(()),
        }
    }
}

async fn reload(parts: &Parts, config: &Config) {
    let own = config.clone();
    let read = tokio::task::spawn_blocking(move || examine(&own)).await;
    let findings = match read {
        Ok(Ok(rules)) => {
            let early = rules.policy.succeeds(&parts.rulebook.policy(), parts.clock.now());
            let findings: Vec<String> =
                early.iter().map(|finding| config.finding("policy.file", finding.to_string()).to_string()).collect();
            if findings.is_empty() {
                parts.rulebook.replace(rules);
                return facts::reloaded();
            }
            findings
        }
        Ok(Err(error)) => error.findings.iter().map(Finding::to_string).collect(),
        Err(panicked) => vec![format!("reading the policy and the templates failed: {panicked}")],
    };
    facts::reload_refused(&findings);
    parts.rulebook.keep(findings);
}

/// The policy and the templates as they stand in their files now, as a start would take them; or everything that is
/// wrong with them.
pub fn examine(config: &Config) -> Result<Rules, ConfigError> {
    match (policy(config), letters(config)) {
        (Ok(policy), Ok(letters)) => Ok(Rules { policy: policy.into(), letters: letters.into() }),
        (policy, letters) => {
            let wrong = [policy.err(), letters.err()].into_iter().flatten().flat_map(|error| error.findings);
            Err(ConfigError { findings: wrong.collect() })
        }
    }
}
