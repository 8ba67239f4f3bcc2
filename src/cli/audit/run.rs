//! `makegood audit` itself, and `--repair`.

use anyhow::bail;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::app::{Access, Parts};
use crate::cli::dlq::OperatorArg;
use crate::cli::{Exit, dlq, output};
use crate::config::Config;
use crate::shutdown::Signals;
use crate::store::FindingFilter;
use crate::telemetry::facts::AUDIT_CODES;
use crate::worker::audit::repair::{self, PLAN_MAX, Plan, Repaired};
use crate::worker::audit::{Audit, Report};
use crate::worker::operator::line;

/// Findings told one by one.
const TOLD_MAX: usize = 20;

/// Options of a whole audit.
#[derive(Debug, clap::Args)]
pub(super) struct WholeArgs {
    /// Plans the repair of what is open; with --yes and --reason it is done.
    #[arg(long)]
    repair: bool,
    /// Does what the plan says.
    #[arg(long, requires = "repair", requires = "reason")]
    yes: bool,
    /// Only findings with this code.
    #[arg(long, value_name = "CODE", requires = "repair",
        value_parser = clap::builder::PossibleValuesParser::new(AUDIT_CODES))]
    code: Option<String>,
    /// Only these findings.
    #[arg(long, value_name = "NO", requires = "repair", value_delimiter = ',')]
    only: Vec<i64>,
    /// Findings at most, the newest.
    #[arg(long, value_name = "N", requires = "repair", default_value_t = PLAN_MAX,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(PLAN_MAX)))]
    limit: u32,
    /// Repairs a second at most.
    #[arg(long, value_name = "N", requires = "repair", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rate: Option<u32>,
    /// Why, for the operators' log.
    #[arg(long, value_name = "TEXT", requires = "repair", value_parser = line)]
    reason: Option<String>,
    #[command(flatten)]
    operator: OperatorArg,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Audits, or repairs.
pub(super) async fn run(options: &WholeArgs, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    let mut signals = Signals::listen()?;
    let parts = Parts::assemble(config, Access::Shared).await?;
    if config.store.migrate_at_start {
        parts.store.migrate().await?;
    }
    parts.store.ping().await?;
    let stop = CancellationToken::new();
    let work = async {
        let audit = super::audit(&parts, config);
        if options.repair {
            repair(options, &audit, &parts, operators, &stop).await
        } else {
            whole(options, &audit, &stop).await
        }
    };
    let exit = tokio::select! {
        exit = work => exit?,
        _ = signals.run(&stop, config.shutdown.grace) => {
            bail!("cut off; run it again: what was found and done is kept")
        },
    };
    parts.store.close().await;
    Ok(exit)
}

async fn whole(options: &WholeArgs, audit: &Audit, stop: &CancellationToken) -> anyhow::Result<Exit> {
    let bar = output::progress(0, "subjects")?;
    let report = audit
        .run(
            &mut |check, examined| {
                bar.set_position(examined);
                bar.set_message(check.as_str());
            },
            stop,
        )
        .await?;
    bar.finish_and_clear();
    if options.json {
        output::json(&report)?;
    } else {
        tell(&report)?;
    }
    Ok(if report.complete && report.open.is_empty() { Exit::Done } else { Exit::Partly })
}

fn tell(report: &Report) -> anyhow::Result<()> {
    let examined: Vec<String> = report.examined.iter().map(|(check, number)| format!("{number} {check}")).collect();
    output::say(format!("examined {}", examined.join(", ")))?;
    if report.open.is_empty() {
        return output::say(if report.complete { "everything agrees" } else { "stopped before the end" });
    }
    let mut table = output::table(&["code", "findings", "since"]);
    for open in &report.open {
        table.add_row([open.code.clone(), open.findings.to_string(), dlq::moment(open.oldest)]);
    }
    output::say(table.to_string())?;
    output::talk("each of them: makegood audit list; what can be repaired: makegood audit --repair");
    Ok(())
}

async fn repair(
    options: &WholeArgs, audit: &Audit, parts: &Parts, operators: &[String], stop: &CancellationToken,
) -> anyhow::Result<Exit> {
    let filter = FindingFilter { code: options.code.clone(), nos: options.only.clone(), ..FindingFilter::default() };
    let plan = repair::plan(audit, &filter, options.limit, stop).await?;
    let (true, Some(reason)) = (options.yes, &options.reason) else {
        return planned(options, &plan);
    };
    let act = options.operator.act(reason, operators)?;
    if plan.items.is_empty() {
        return finish(options, &plan, Repaired::default());
    }
    let bar = output::progress(plan.items.len() as u64, "findings")?;
    let done = repair::repair(audit, &parts.intake, &plan, (&act, options.rate), &mut |_| bar.inc(1), stop).await?;
    bar.finish_and_clear();
    finish(options, &plan, done)
}

fn planned(options: &WholeArgs, plan: &Plan) -> anyhow::Result<Exit> {
    if options.json {
        output::json(&json!({ "dry_run": true, "plan": plan }))?;
    } else {
        output::say(sums(plan))?;
        for item in plan.items.iter().take(TOLD_MAX) {
            output::say(format!("  {} {}", item.finding.no, item.finding.words))?;
        }
        if plan.items.len() > TOLD_MAX {
            output::say(format!("  and {} more", plan.items.len() - TOLD_MAX))?;
        }
        if !plan.items.is_empty() {
            output::talk("nothing was changed; to do it: makegood audit --repair --yes --reason TEXT");
        }
        by_hand(plan);
    }
    Ok(if plan.items.is_empty() && plan.by_hand == 0 { Exit::Done } else { Exit::Partly })
}

fn sums(plan: &Plan) -> String {
    let Plan { events, rows, proposals, connects, people, .. } = plan;
    format!(
        "{connects} Connects for {proposals} proposals and {people} people to tell, by {events} events; {rows} rows to set right"
    )
}

fn by_hand(plan: &Plan) {
    if plan.by_hand > 0 {
        output::talk(format!(
            "{} that somebody must decide: makegood audit list",
            dlq::count(plan.by_hand, "open finding")
        ));
    }
}

fn finish(options: &WholeArgs, plan: &Plan, done: Repaired) -> anyhow::Result<Exit> {
    if options.json {
        output::json(&json!({ "dry_run": false, "plan": plan, "done": done }))?;
    } else {
        let Repaired { applied, duplicates, under_way, dead, rows, credits, connects } = done;
        output::say(format!(
            "{connects} Connects returned for {credits} proposals; events: {applied} applied, {duplicates} known before, \
             {under_way} under way, {dead} dead letters; {rows} rows set right"
        ))?;
        by_hand(plan);
    }
    Ok(if done.dead > 0 || plan.by_hand > 0 { Exit::Partly } else { Exit::Done })
}
