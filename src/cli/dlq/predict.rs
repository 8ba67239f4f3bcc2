//! What `plan` and `replay` ask for in common: effects, an edited payload, a forecast with a bar.

use std::path::Path;

use anyhow::{Context, bail};
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;

use crate::app::Parts;
use crate::cli::output;
use crate::store::{Prediction, ReplayEffects};
use crate::worker::desk::Forecast;

/// Longest edited payload: the largest message RabbitMQ 4 takes by default.
const PATCH_BYTES_MAX: u64 = 16 * 1024 * 1024;
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

/// Makes a forecast, with a bar while that takes.
pub(super) async fn make(forecast: &Forecast<'_>, parts: &Parts) -> anyhow::Result<Vec<Prediction>> {
    let bar = output::progress(forecast.frozen.len() as u64, "letters")?;
    let predictions = forecast.make(&parts.intake, &mut |letters| bar.inc(letters)).await?;
    bar.finish_and_clear();
    Ok(predictions)
}
