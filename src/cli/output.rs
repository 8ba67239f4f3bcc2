//! What people and machines read: tables and JSON on stdout, talk on stderr.

use std::io::{ErrorKind, IsTerminal, Write};
use std::time::Duration;

use anyhow::Context;
use comfy_table::{ContentArrangement, Table};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::telemetry::facts;

/// How often a progress bar is drawn anew.
const TICK: Duration = Duration::from_millis(120);

/// comfy-table's preset: borders, header, rows, corners, each a character; only the header has a line.
const HEADER_LINE_ONLY: &str = "     ──            ";
/// Columns of a table that goes into a file or a pipe.
const WIDTH: u16 = 120;

/// Prints one line of data. Nobody reads any more (`| head -1`): that is no error, and the command goes on to its end.
pub(super) fn say(line: impl AsRef<str>) -> anyhow::Result<()> {
    raw(format!("{}\n", line.as_ref()).as_bytes())
}

/// Prints text as it is.
pub(super) fn raw(text: &[u8]) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to stdout"),
    }
}

/// Prints a value as JSON for machines.
pub(super) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    say(serde_json::to_string_pretty(value)?)
}

/// A line to the person at the terminal.
pub(super) fn talk(line: impl AsRef<str>) {
    // Nobody listens on a closed stderr; that is no reason to fail.
    drop(writeln!(std::io::stderr().lock(), "{}", line.as_ref()));
}

/// Says what went wrong, with its causes.
pub(super) fn complain(error: &anyhow::Error) {
    let error: &(dyn std::error::Error + 'static) = error.as_ref();
    talk(format!("makegood: {}", facts::chain(error)));
}

/// A table with a line under its header and none between its rows, as wide as the terminal.
pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(HEADER_LINE_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    if !std::io::stdout().is_terminal() {
        table.set_width(WIDTH);
    }
    table.set_header(header.iter().copied());
    table
}

/// A bar on stderr when that is a terminal; hidden otherwise. `total` 0: no end is known.
pub(super) fn progress(total: u64, unit: &str) -> anyhow::Result<ProgressBar> {
    if !std::io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let bar = if total > 0 { ProgressBar::new(total) } else { ProgressBar::new_spinner() };
    let shape = match (unit, total) {
        (_, 0) => "{spinner} {pos} {msg}",
        ("bytes", _) => "{bar:30} {bytes}/{total_bytes} {msg} {eta}",
        _ => "{bar:30} {pos}/{len} {msg} {eta}",
    };
    bar.set_style(ProgressStyle::with_template(shape)?);
    bar.enable_steady_tick(TICK);
    Ok(bar)
}
