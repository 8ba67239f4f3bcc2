//! `makegood audit list` and `show`.

use crate::cli::{Exit, dlq, output};
use crate::config::Config;
use crate::store::{AuditFinding, FindingFilter, FindingState, PAGE_MAX};
use crate::telemetry::facts::AUDIT_CODES;
use crate::worker::audit::{self, Finding};

/// Options of `makegood audit list`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// In this state: open, repaired, accepted, gone; all: any.
    #[arg(long, value_name = "STATE", default_value = "open", hide_possible_values = true,
        value_parser = ["open", "repaired", "accepted", "gone", "all"])]
    state: String,
    /// With this code.
    #[arg(long, value_name = "CODE", value_parser = clap::builder::PossibleValuesParser::new(AUDIT_CODES))]
    code: Option<String>,
    /// About this job, client, account, entry or other subject.
    #[arg(long, value_name = "ID")]
    subject: Option<String>,
    /// With a number below this one: the next page.
    #[arg(long, value_name = "NO")]
    before: Option<i64>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 50,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(PAGE_MAX)))]
    limit: u32,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Options of `makegood audit show`.
#[derive(Debug, clap::Args)]
pub(super) struct ShowOptions {
    /// Its number.
    #[arg(value_name = "NO")]
    no: i64,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Lists them.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let store = dlq::open(config).await?;
    let filter = FindingFilter {
        state: FindingState::parse(&options.state),
        code: options.code.clone(),
        subject: options.subject.clone(),
        ..FindingFilter::default()
    };
    let findings = audit::list(&*store, &filter, options.before, options.limit).await?;
    store.close().await;
    if options.json {
        output::json(&findings)?;
        return Ok(Exit::Done);
    }
    let mut table = output::table(&["no", "state", "code", "first seen", "what"]);
    for finding in &findings {
        let words = finding.words.clone();
        let state = finding.state.as_str().to_owned();
        table.add_row([finding.no.to_string(), state, finding.code.clone(), dlq::moment(finding.first_seen), words]);
    }
    output::say(table.to_string())?;
    if let Some(last) = findings.last().filter(|_| findings.len() >= options.limit as usize) {
        output::talk(format!("more: --before {}", last.no));
    }
    Ok(Exit::Done)
}

/// Shows one.
pub(super) async fn show(options: &ShowOptions, config: &Config) -> anyhow::Result<Exit> {
    let store = dlq::open(config).await?;
    let filter = FindingFilter { nos: vec![options.no], ..FindingFilter::default() };
    let found = store.findings(&filter, None, 1).await?.pop();
    store.close().await;
    let Some(finding) = found.map(|finding: AuditFinding| Finding::from(finding)) else {
        output::talk(format!("there is no finding {}: makegood audit list", options.no));
        return Ok(Exit::No);
    };
    if options.json {
        output::json(&finding)?;
        return Ok(Exit::Done);
    }
    output::say(format!("finding {}: {} ({})", finding.no, finding.code, finding.state.as_str()))?;
    output::say(format!("  {}", finding.words))?;
    output::say(format!("  repair: {}", finding.repair.words))?;
    output::say(format!(
        "  first seen {}, last seen {}",
        dlq::moment(finding.first_seen),
        dlq::moment(finding.last_seen)
    ))?;
    if let (Some(operator), Some(reason)) = (&finding.operator, &finding.reason) {
        output::say(format!("  {operator}: {reason}"))?;
    }
    output::say(format!("  {}", finding.details))?;
    Ok(Exit::Done)
}
