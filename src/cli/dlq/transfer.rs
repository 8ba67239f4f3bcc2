//! `makegood dlq export` and `import`: letters out of one database and into another, one JSON object a line.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::json;

use super::act::ActArgs;
use super::planfile::new_file;
use super::select::{StateArg, WhichArgs};
use super::{open, words};
use crate::cli::lines::{Lines, is_stdin};
use crate::cli::{Exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::store::{Act, Letter, LetterFilter, Selection, Store, ndjson};
use crate::worker::desk::told;

/// Letters read at once; with their bodies they may be 100 times 256 KiB.
const EXPORT_PAGE: u32 = 100;
/// Letters in one transaction.
const IMPORT_BATCH: usize = 500;
/// Bytes of lines in one transaction.
const IMPORT_BATCH_BYTES: usize = 32 * 1024 * 1024;
/// Refused lines told one by one; the rest is counted.
const FINDINGS_TOLD: u64 = 50;

/// Options of `makegood dlq export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The lines hold payloads and headers, and so personal data; `makegood dlq log` says who took it.
The format is described in docs/dead-letters.md; `makegood dlq import` reads it.")]
pub(super) struct ExportOptions {
    #[command(flatten)]
    which: WhichArgs,
    #[command(flatten)]
    state: StateArg,
    /// Where to: a new file, or `-` for stdout.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    act: ActArgs,
}

/// Writes letters out. The act is written down first: what has left cannot leave unnoticed.
pub(super) async fn export(options: &ExportOptions, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    let act = options.act.act(operators)?;
    let now = SystemClock.now();
    let selection = options.which.selection(&options.state.states(), now)?;
    let store = open(config).await?;
    let mut sink = Sink::open(&options.out)?;
    let all = match &selection {
        Selection::Ids(ids) => ids.len() as u64,
        Selection::Filter(filter) => store.letters_count(filter).await?,
    };
    store.note("dlq.export", all, &told(&selection), &act, now).await?;
    let bar = output::progress(all, "letters")?;
    let mut missing = 0_u64;
    match &selection {
        Selection::Ids(ids) => {
            for id in ids {
                match store.letter(*id).await? {
                    Some(letter) => sink.write(&letter)?,
                    None => {
                        missing += 1;
                        output::talk(format!("there is no dead letter {id}"));
                    }
                }
                bar.inc(1);
            }
        }
        Selection::Filter(filter) => write_matching(&*store, filter, &mut sink, &bar).await?,
    }
    bar.finish_and_clear();
    store.close().await;
    let written = sink.end()?;
    output::talk(format!("{} written", words::count(written, "letter")));
    Ok(if missing > 0 { Exit::Partly } else { Exit::Done })
}

async fn write_matching(
    store: &dyn Store, filter: &LetterFilter, sink: &mut Sink, bar: &indicatif::ProgressBar,
) -> anyhow::Result<()> {
    let mut after = 0;
    loop {
        let page = store.letters_whole(filter, after, EXPORT_PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.summary.id;
        for letter in &page {
            sink.write(letter)?;
        }
        bar.inc(page.len() as u64);
    }
}

/// Where an export goes.
struct Sink {
    file: Option<BufWriter<std::fs::File>>,
    name: String,
    written: u64,
}

impl Sink {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let file = if is_stdin(path) { None } else { Some(BufWriter::new(new_file(path)?)) };
        Ok(Self { file, name: path.display().to_string(), written: 0 })
    }

    fn write(&mut self, letter: &Letter) -> anyhow::Result<()> {
        let line = ndjson::line(letter);
        match &mut self.file {
            Some(file) => writeln!(file, "{line}").with_context(|| format!("cannot write {}", self.name))?,
            None => output::say(line)?,
        }
        self.written += 1;
        Ok(())
    }

    /// What was written is on the disk, and how much it was.
    fn end(self) -> anyhow::Result<u64> {
        if let Some(mut file) = self.file {
            let synced = file.flush().and_then(|()| file.get_ref().sync_all());
            synced.with_context(|| format!("cannot write {}", self.name))?;
        }
        Ok(self.written)
    }
}

/// Options of `makegood dlq import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Up to 500 lines are one transaction. A line that is refused is named with its number and field
and left out; then the exit code is 3. Importing the same file again changes nothing.")]
pub(super) struct ImportOptions {
    /// What `makegood dlq export` wrote; `-` reads stdin.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    act: ActArgs,
    /// Only reads the file and says what is wrong with it; needs no database.
    #[arg(long)]
    dry_run: bool,
    /// Prints the counts as JSON.
    #[arg(long)]
    json: bool,
}

/// What became of the lines.
#[derive(Debug, Default)]
struct Counts {
    readable: u64,
    refused: u64,
    new: u64,
}

/// Takes letters in.
pub(super) async fn import(options: &ImportOptions, config: &Config, operators: &[String]) -> anyhow::Result<Exit> {
    let act = options.act.act(operators)?;
    let mut lines = Lines::open(&options.file).await?;
    let store = if options.dry_run { None } else { Some(open(config).await?) };
    let counts = take_in(&mut lines, store.as_deref(), &act).await?;
    if let Some(store) = &store {
        store.close().await;
    }
    let Counts { readable, refused, new } = counts;
    let known = if options.dry_run { 0 } else { readable.saturating_sub(new) };
    match (options.json, options.dry_run) {
        (true, true) => words::json(&json!({ "readable": readable, "refused": refused }))?,
        (true, false) => words::json(&json!({ "new": new, "known": known, "refused": refused }))?,
        (false, true) => {
            output::say(format!("{readable} lines are readable, {refused} are not; nothing was written"))?;
        }
        (false, false) => {
            output::say(format!("{} new, {known} known before, {refused} lines refused", words::count(new, "letter")))?
        }
    }
    if refused > FINDINGS_TOLD {
        output::talk(format!("the first {FINDINGS_TOLD} of {refused} refused lines were named"));
    }
    Ok(if refused > 0 { Exit::Partly } else { Exit::Done })
}

async fn take_in(lines: &mut Lines, store: Option<&dyn Store>, act: &Act) -> anyhow::Result<Counts> {
    let bar = output::progress(lines.bytes_total, "bytes")?;
    let mut counts = Counts::default();
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while let Some(line) = lines.next().await? {
        match ndjson::parse(&line) {
            Ok(letter) => {
                counts.readable += 1;
                bytes += line.len();
                batch.push(letter);
            }
            Err(error) => {
                counts.refused += 1;
                if counts.refused <= FINDINGS_TOLD {
                    output::talk(words::plain(&format!("{}: {error}", lines.here())));
                }
            }
        }
        if batch.len() >= IMPORT_BATCH || bytes >= IMPORT_BATCH_BYTES {
            counts.new += flush(&mut batch, store, act, &lines.here()).await?;
            bytes = 0;
        }
        bar.set_position(lines.bytes_read);
    }
    counts.new += flush(&mut batch, store, act, &lines.here()).await?;
    bar.finish_and_clear();
    Ok(counts)
}

/// Writes what was gathered up to `here`; answers how many letters were new.
async fn flush(batch: &mut Vec<Letter>, store: Option<&dyn Store>, act: &Act, here: &str) -> anyhow::Result<u64> {
    let letters = std::mem::take(batch);
    let Some(store) = store.filter(|_| !letters.is_empty()) else { return Ok(0) };
    let written = store.letters_import(&letters, act, SystemClock.now()).await;
    written.with_context(|| format!("the last {} letters up to {here} were not taken in", letters.len()))
}
