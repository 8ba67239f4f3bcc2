//! `makegood dlq plan`: freezes letters and predicts what a replay would do to each.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::json;
use sha2::{Digest, Sha256};
use time::format_description::well_known::Rfc3339;

use super::planfile::{PlanFile, PlannedLetter};
use super::select::WhichArgs;
use super::{predict, ready, words};
use crate::app::{Access, Parts};
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::store::{Prediction, ReplayEffects, Selection};
use crate::worker::desk::{Forecast, Tally, freeze, outcome_json, told};

/// Options of `makegood dlq plan`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each letter is predicted as if it were replayed alone, now. Without ids and conditions: every
open letter.

  makegood dlq plan --code job_unknown --out plan.json
  makegood dlq replay --plan plan.json --reason 'jobs are loaded' --ramp")]
pub(super) struct Options {
    #[command(flatten)]
    which: WhichArgs,
    /// credit: decisions and returns, the notices are kept back; mail: only notices that were kept back; both.
    #[arg(long, value_name = "EFFECTS", default_value = "both", value_parser = predict::effects_parser(),
        hide_possible_values = true)]
    effects: ReplayEffects,
    /// Predicts with this payload instead of the letter's; only with one ID.
    #[arg(long, value_name = "FILE")]
    patch: Option<PathBuf>,
    /// Letters at most, the lowest ids.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Writes the plan to this new file, for `makegood dlq replay --plan`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Prints the totals as JSON.
    #[arg(long)]
    json: bool,
}

/// Predicts, and writes the plan down where that was asked for.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let patch = predict::patch(options.patch.as_deref(), Some(options.which.ids.len()))?;
    let parts = Parts::assemble(config, Access::Shared).await?;
    ready(&*parts.store, config).await?;
    let now = parts.clock.now();
    let selection = options.which.selection(options.effects.states(), now)?;
    let frozen = freeze(&*parts.store, &selection, options.limit).await?;
    let forecast = Forecast { frozen: &frozen, effects: options.effects, patch: patch.as_deref() };
    let (letters, totals) = planned(&forecast, &parts).await?;
    parts.store.close().await;
    let sha256 = patch.as_deref().map(sha256);
    let plan = PlanFile::new(now.format(&Rfc3339)?, options.effects, told(&selection), sha256, letters, totals);
    if let Some(out) = &options.out {
        plan.write(out)?;
    }
    tell(options, &plan)
}

fn tell(options: &Options, plan: &PlanFile) -> anyhow::Result<Exit> {
    if options.json {
        words::json(&json!({ "totals": plan.totals, "effects": options.effects.as_str(), "filter": plan.filter }))?;
    } else {
        plan.totals.forecast().iter().try_for_each(output::say)?;
    }
    if let (Some(out), true) = (&options.out, plan.totals.letters > 0) {
        let patch = options.patch.as_ref().map(|file| format!(" --patch {}", file.display())).unwrap_or_default();
        output::talk(format!("next: makegood dlq replay --plan {}{patch} --reason '…'", out.display()));
    }
    Ok(Exit::Done)
}

/// The letters with what is predicted for each, and the totals.
pub(super) async fn planned(forecast: &Forecast<'_>, parts: &Parts) -> anyhow::Result<(Vec<PlannedLetter>, Tally)> {
    let predictions = predict::make(forecast, parts).await?;
    let totals = Forecast::totals(&predictions);
    let mut letters = Vec::with_capacity(predictions.len());
    let digests: BTreeMap<i64, [u8; 32]> = forecast.frozen.iter().copied().collect();
    for Prediction { id, outcome } in predictions {
        let digest = digests.get(&id).map(hex::encode).unwrap_or_default();
        letters.push(PlannedLetter { id, digest, predicted: outcome_json(&outcome) });
    }
    Ok((letters, totals))
}

/// SHA-256 in hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// What would become of a selection, told; exit code 3 if something would fail.
pub(super) async fn dry_run(
    parts: &Parts, selection: &Selection, limit: Option<u64>, effects: ReplayEffects, patch: Option<&[u8]>,
    as_json: bool,
) -> anyhow::Result<Exit> {
    let frozen = freeze(&*parts.store, selection, limit).await?;
    let (letters, totals) = planned(&Forecast { frozen: &frozen, effects, patch }, parts).await?;
    if as_json {
        words::json(&json!({ "dry_run": true, "totals": totals, "letters": letters }))?;
    } else {
        totals.forecast().iter().try_for_each(output::say)?;
        output::talk("nothing was changed");
    }
    Ok(if totals.failures() > 0 { Exit::Partly } else { Exit::Done })
}
