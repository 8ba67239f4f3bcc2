//! Predicts what replaying letters would do, page by page: the very transactions of a replay, rolled back.

use std::path::Path;

use anyhow::{Context, bail};
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;

use super::select::Frozen;
use crate::app::Parts;
use crate::cli::output;
use crate::store::{PAGE_MAX, Prediction, ReplayCall, ReplayEffects};

/// Longest edited payload: the largest message RabbitMQ 4 takes by default.
const PATCH_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Letters predicted in one transaction: a page of them would hold the writer of SQLite for long.
const PAGE: usize = 100;
const _: () = assert!(PAGE <= PAGE_MAX as usize, "a page of predictions must fit");

/// What is to be replayed, and how.
pub(super) struct Forecast<'a> {
    /// Which letters.
    pub(super) frozen: &'a [Frozen],
    /// With which effects.
    pub(super) effects: ReplayEffects,
    /// With this payload.
    pub(super) patch: Option<&'a [u8]>,
}

impl Forecast<'_> {
    /// A prediction for each letter, in their order.
    pub(super) async fn make(&self, parts: &Parts) -> anyhow::Result<Vec<Prediction>> {
        let intake = &parts.intake;
        let judge = intake.judge();
        let bar = output::progress(self.frozen.len() as u64, "letters")?;
        let mut predictions = Vec::with_capacity(self.frozen.len());
        for page in self.frozen.chunks(PAGE) {
            let ids: Vec<i64> = page.iter().map(|(id, _)| *id).collect();
            let now = parts.clock.now();
            let call = ReplayCall { judge: &judge, wait: &intake.wait, limits: intake.limits, now };
            predictions.extend(parts.store.predict(&ids, self.effects, self.patch, call).await?);
            bar.inc(ids.len() as u64);
        }
        bar.finish_and_clear();
        Ok(predictions)
    }
}

/// `--effects`.
pub(super) fn effects_parser() -> impl TypedValueParser<Value = ReplayEffects> {
    PossibleValuesParser::new(ReplayEffects::ALL.map(ReplayEffects::as_str))
        .try_map(|name| ReplayEffects::parse(&name).ok_or("credit, mail or both is expected"))
}

/// Reads an edited payload, which belongs to one letter.
pub(super) fn patch(file: Option<&Path>, letters: Option<usize>) -> anyhow::Result<Option<Vec<u8>>> {
    let Some(file) = file else { return Ok(None) };
    if letters != Some(1) {
        bail!("--patch is the payload of one letter: name one ID");
    }
    let name = file.display();
    let bytes = std::fs::metadata(file).with_context(|| format!("cannot open {name}"))?.len();
    if bytes > PATCH_BYTES_MAX {
        bail!("{name} is longer than {PATCH_BYTES_MAX} bytes");
    }
    Ok(Some(std::fs::read(file).with_context(|| format!("cannot read {name}"))?))
}
