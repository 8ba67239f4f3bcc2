//! `makegood dlq replay`: applies letters again, or orders it, or carries on what was interrupted.

use std::path::PathBuf;

use anyhow::bail;

use super::act::{OperatorArg, confirm, line};
use super::planfile::PlanFile;
use super::select::WhichArgs;
use super::{drive, plan, predict, ready, words};
use crate::app::{Access, Parts};
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::store::{REPLAY_ITEMS_MAX, ReplayEffects, ReplayOrder, Selection};
use crate::worker::desk::replay_json;

/// A bare `--ramp`.
const RAMP: &str = "1,2,5,20,50,100";
/// Steps of a ramp: a minute.
const RAMP_STEPS_MAX: usize = 60;

/// Options of `makegood dlq replay`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each letter is one transaction with everything it does; what was applied before changes nothing.
A letter that fails again stays the same letter, with this attempt in its history. Ctrl-C stops
after the letter under way; --resume N carries on, also after a crash.

Examples:
  makegood dlq replay 17 18 --reason 'job 4711 is loaded'
  makegood dlq replay --code job_unknown --ramp --stop-after-failures 5 --reason 'jobs are loaded'
  makegood dlq replay --plan plan.json --rate 200 --reason 'as planned'

Exit code 3: letters failed again, or it was stopped or canceled before its end.")]
pub(super) struct Options {
    #[command(flatten)]
    which: WhichArgs,
    /// The letters and effects of this plan; refused if they are not those of this database.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["ids", "FilterArgs", "limit"])]
    plan: Option<PathBuf>,
    /// Letters a second at most.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rate: Option<u32>,
    /// Letters in each of the first seconds, as in 1,2,5,20,100 [bare: 1,2,5,20,50,100]; then --rate, or as the last.
    #[arg(long, value_name = "N,N,…", num_args = 0..=1, default_missing_value = RAMP, value_parser = ramp)]
    ramp: Option<Ramp>,
    /// Letters at most, the lowest ids.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=REPLAY_ITEMS_MAX))]
    limit: Option<u64>,
    /// Stops when so many letters failed again.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    stop_after_failures: Option<u32>,
    /// credit: decisions and returns, the notices are kept back; mail: only notices that were kept back; both [default:
    /// both, or the plan's].
    #[arg(long, value_name = "EFFECTS", value_parser = predict::effects_parser(), hide_possible_values = true)]
    effects: Option<ReplayEffects>,
    /// Applies this payload instead of the letter's, which keeps its own; only with one ID.
    #[arg(long, value_name = "FILE")]
    patch: Option<PathBuf>,
    /// Why, for the operators' log.
    #[arg(long, value_name = "TEXT", value_parser = line, required_unless_present_any = ["resume", "dry_run"])]
    reason: Option<String>,
    #[command(flatten)]
    operator: OperatorArg,
    /// Predicts as `makegood dlq plan` does and changes nothing; exit code 3 if a letter would fail.
    #[arg(long, conflicts_with = "detach")]
    dry_run: bool,
    /// Only orders it: a running daemon carries it out.
    #[arg(long)]
    detach: bool,
    /// All open letters, without being asked.
    #[arg(long)]
    yes: bool,
    /// Carries on replay N, which was interrupted.
    #[arg(long, value_name = "N", conflicts_with_all = ["ids", "FilterArgs", "plan", "rate", "ramp", "limit",
        "stop_after_failures", "effects", "patch", "reason", "dry_run", "detach", "yes"])]
    resume: Option<i64>,
    /// Prints the replay as JSON.
    #[arg(long)]
    json: bool,
}

/// Letters a second, second by second.
#[derive(Debug, Clone)]
struct Ramp(Vec<u32>);

fn ramp(text: &str) -> Result<Ramp, String> {
    let steps: Option<Vec<u32>> =
        text.split(',').map(|step| step.trim().parse().ok().filter(|step| (1..=1_000_000).contains(step))).collect();
    match steps {
        Some(steps) if (2..=RAMP_STEPS_MAX).contains(&steps.len()) => Ok(Ramp(steps)),
        _ => Err(format!(
            "2 to {RAMP_STEPS_MAX} numbers are expected, as in 1,2,5,20 (ids of letters stand before a bare --ramp)"
        )),
    }
}

/// What to replay, settled: from ids, conditions or a plan.
struct Settled {
    selection: Selection,
    effects: ReplayEffects,
    patch: Option<Vec<u8>>,
}

/// Replays.
pub(super) async fn run(options: &Options, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    let plan = options.plan.as_deref().map(PlanFile::read).transpose()?;
    let parts = Parts::assemble(config, Access::Shared).await?;
    ready(&*parts.store, config).await?;
    let exit = match options.resume {
        Some(number) => drive::carry_on(&parts, config, number, options.json).await?,
        None => replay(options, config, &parts, plan.as_ref(), operators).await?,
    };
    parts.store.close().await;
    Ok(exit)
}

async fn replay(
    options: &Options, config: &Config, parts: &Parts, plan: Option<&PlanFile>, operators: &[String],
) -> anyhow::Result<Exit> {
    let settled = settle(options, parts, plan).await?;
    let reason = match &options.reason {
        Some(reason) if !options.dry_run => reason,
        _ => {
            let Settled { selection, effects, patch } = &settled;
            return plan::dry_run(parts, selection, options.limit, *effects, patch.as_deref(), options.json).await;
        }
    };
    let act = options.operator.act(reason, operators)?;
    if let Selection::Filter(filter) = &settled.selection {
        let all = parts.store.letters_count(filter).await?;
        if all == 0 {
            output::talk("no open dead letter matches: nothing to replay");
            return Ok(Exit::Done);
        }
        if options.which.is_everything() {
            confirm(options.yes, &format!("replay every open letter ({})?", words::count(all, "letter")))?;
        }
    }
    let steps = options.ramp.as_ref().map(|ramp| ramp.0.clone()).unwrap_or_default();
    let order = ReplayOrder {
        selection: settled.selection,
        limit: options.limit,
        effects: settled.effects,
        rate: options.rate.or_else(|| steps.last().copied()),
        ramp: steps,
        stop_after_failures: options.stop_after_failures,
        patch: settled.patch,
    };
    let replay = parts.store.replay_create(&order, &act, parts.clock.now()).await?;
    let (number, letters) = (replay.no, words::count(replay.items, "letter"));
    if !options.detach {
        output::talk(format!("replay {number}: {letters}"));
        return drive::carry_on(parts, config, number, options.json).await;
    }
    if options.json {
        words::json(&replay_json(&replay))?;
    } else {
        output::say(format!("replay {number} is ordered: {letters}"))?;
    }
    output::talk(format!(
        "a running daemon carries it out; watch it: makegood dlq status {number}\n\
         no daemon: makegood dlq replay --resume {number}"
    ));
    Ok(Exit::Done)
}

async fn settle(options: &Options, parts: &Parts, plan: Option<&PlanFile>) -> anyhow::Result<Settled> {
    let Some(plan) = plan else {
        let effects = options.effects.unwrap_or(ReplayEffects::Both);
        let patch = predict::patch(options.patch.as_deref(), Some(options.which.ids.len()))?;
        let selection = options.which.selection(effects.states(), parts.clock.now())?;
        return Ok(Settled { selection, effects, patch });
    };
    let effects = plan.effects()?;
    if options.effects.is_some_and(|asked| asked != effects) {
        bail!("the plan is for effects {}: leave --effects out, or plan again", effects.as_str());
    }
    let patch = predict::patch(options.patch.as_deref(), Some(plan.letters.len()))?;
    match (patch.as_deref().map(plan::sha256), &plan.patch_sha256) {
        (found, planned) if found == *planned => {}
        (None, Some(_)) => bail!("the plan was made with --patch: give the same file"),
        _ => bail!("the plan was made with another --patch, or with none: plan again"),
    }
    Ok(Settled { selection: Selection::Ids(plan.ids(&*parts.store).await?), effects, patch })
}
