//! The words that commands share with the console, and JSON on stdout.

use serde::Serialize;

use crate::cli::output;
pub(in crate::cli) use crate::worker::words::{count, cut, known, moment, plain};
pub(super) use crate::worker::words::{plain_lines, without_address};

/// Prints JSON in which nothing is left that a terminal might obey.
pub(in crate::cli) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    output::say(crate::worker::words::json(value)?)
}
