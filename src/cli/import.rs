//! `makegood import`: loads the marketplace's facts and ledger from NDJSON or CSV.
//!
//! Which table a row belongs to comes from `--table`, from the file's name (`jobs.csv`, `jobs.ndjson`), or, in NDJSON,
//! from a field `table` in each line. Rows are loaded in transactions of [`ROWS_PER_TRANSACTION`]; loading the same
//! file again changes nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use clap::ValueEnum;
use indicatif::ProgressBar;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::lines::{Lines, is_stdin};
use crate::app::{self, Access};
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::store::{ImportBatch, ImportCounts, Store};

/// Rows in one transaction: large enough to be quick, small enough not to hold locks for long.
const ROWS_PER_TRANSACTION: usize = 5_000;

/// Options of `makegood import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  makegood import clients.csv people.csv accounts.csv jobs.csv proposals.csv entries.csv
  makegood import market.ndjson      each line names its table: {\"table\": \"jobs\", \"job_id\": ...}

Loading the same rows again changes nothing. A wrong row ends it and is named with its file, line
and field; rows before it may be loaded already: correct the file and load it again.")]
pub(super) struct Options {
    /// Files ending in .csv, .ndjson, .jsonl or .json; `-` reads NDJSON from stdin. The order does not matter.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The table of every row, instead of what the file's name says: clients, people, accounts, jobs, proposals or
    /// entries.
    #[arg(long, value_enum, hide_possible_values = true)]
    table: Option<Table>,
    /// Only reads the files and says what is wrong with them; needs no database.
    #[arg(long)]
    dry_run: bool,
    /// Prints the counts as JSON.
    #[arg(long)]
    json: bool,
}

/// The tables that can be loaded, in the order they are: what an event names comes last. An event about a job waits
/// until the job is known; by then its proposals, and what they were charged, must be there, or a daemon at work beside
/// the import would decide that nothing had been spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Table {
    /// People and their addresses.
    People,
    /// Balances.
    Accounts,
    /// Ledger entries: grants, charges, refunds, expiries.
    Entries,
    /// Proposals.
    Proposals,
    /// Job posts.
    Jobs,
    /// Clients who post jobs.
    Clients,
}

impl Table {
    fn of_name(name: &str) -> Option<Self> {
        <Self as ValueEnum>::from_str(name, true).ok()
    }

    fn of_file(path: &Path) -> Option<Self> {
        Self::of_name(path.file_stem()?.to_str()?)
    }

    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Adds one row; the error names the table and the field.
    fn add(self, row: Value, batch: &mut ImportBatch) -> anyhow::Result<()> {
        match self {
            Table::Clients => self.typed(row, &mut batch.clients),
            Table::People => self.typed(row, &mut batch.people),
            Table::Accounts => self.typed(row, &mut batch.accounts),
            Table::Jobs => self.typed(row, &mut batch.jobs),
            Table::Proposals => self.typed(row, &mut batch.proposals),
            Table::Entries => self.typed(row, &mut batch.entries),
        }
    }

    fn typed<T: DeserializeOwned>(self, row: Value, rows: &mut Vec<T>) -> anyhow::Result<()> {
        let row = serde_path_to_error::deserialize(row).map_err(|error| match error.path().to_string().as_str() {
            "." => anyhow!("{}: {}", self.name(), error.inner()),
            field => anyhow!("{}.{field}: {}", self.name(), error.inner()),
        })?;
        rows.push(row);
        Ok(())
    }
}

/// Loads the files; the first row that is wrong ends it, and its transaction is not written.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let mut sources = Vec::new();
    for file in in_order(options) {
        let table = options.table.or_else(|| Table::of_file(&file));
        sources.push(Source::open(&file, table).await?);
    }
    let store = if options.dry_run { None } else { Some(ready(config).await?) };
    let mut loader = Loader {
        store: store.as_deref(),
        batch: ImportBatch::default(),
        rows: 0,
        total: 0,
        counts: ImportCounts::default(),
    };
    for source in sources {
        source.load(&mut loader).await?;
    }
    if let Some(store) = &store {
        store.close().await;
    }
    report(options, &loader)
}

/// The tables one by one in their order, then files with mixed rows.
fn in_order(options: &Options) -> Vec<PathBuf> {
    let mut files = options.files.clone();
    files.sort_by_key(|file| Table::of_file(file).map_or(u8::MAX, |table| table as u8));
    files
}

async fn ready(config: &Config) -> anyhow::Result<Arc<dyn Store>> {
    let store = app::open_store(config, Access::Shared).await?;
    if config.store.migrate_at_start {
        store.migrate().await?;
    }
    store.ping().await?;
    Ok(store)
}

fn report(options: &Options, loader: &Loader<'_>) -> anyhow::Result<Exit> {
    let counts = loader.counts;
    match (options.dry_run, options.json) {
        (true, true) => output::json(&json!({ "rows": loader.total }))?,
        (true, false) => output::say(format!("{} rows are readable; nothing was written", loader.total))?,
        (false, true) => output::json(&counts)?,
        (false, false) => output::say(format!(
            "{} clients, {} people, {} accounts, {} jobs, {} proposals, {} entries written; {} rows were there already",
            counts.clients,
            counts.people,
            counts.accounts,
            counts.jobs,
            counts.proposals,
            counts.entries,
            counts.unchanged,
        ))?,
    }
    Ok(Exit::Done)
}

struct Loader<'a> {
    store: Option<&'a dyn Store>,
    batch: ImportBatch,
    rows: usize,
    total: u64,
    counts: ImportCounts,
}

impl Loader<'_> {
    async fn row(&mut self, table: Table, row: Value, here: &str) -> anyhow::Result<()> {
        table.add(row, &mut self.batch).with_context(|| here.to_owned())?;
        self.rows += 1;
        self.total += 1;
        if self.rows >= ROWS_PER_TRANSACTION { self.flush(here).await } else { Ok(()) }
    }

    /// Writes what was gathered up to `here`.
    async fn flush(&mut self, here: &str) -> anyhow::Result<()> {
        let batch = std::mem::take(&mut self.batch);
        let rows = std::mem::take(&mut self.rows);
        let Some(store) = self.store else { return Ok(()) };
        let written = store.import(&batch).await;
        let counts = written.with_context(|| format!("the last {rows} rows up to {here} were not loaded"))?;
        self.counts.clients += counts.clients;
        self.counts.people += counts.people;
        self.counts.accounts += counts.accounts;
        self.counts.jobs += counts.jobs;
        self.counts.proposals += counts.proposals;
        self.counts.entries += counts.entries;
        self.counts.unchanged += counts.unchanged;
        Ok(())
    }
}

/// A file that could be opened, and what its rows are.
enum Source {
    Ndjson { lines: Lines, table: Option<Table> },
    Csv { reader: csv::Reader<std::fs::File>, name: String, bytes: u64, table: Table },
}

impl Source {
    async fn open(path: &Path, table: Option<Table>) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        if is_stdin(path) {
            return Ok(Source::Ndjson { lines: Lines::open(path).await?, table });
        }
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => {
                let table = table.with_context(|| {
                    format!("{name}: which table? Name the file after it (jobs.csv) or say --table")
                })?;
                let file = std::fs::File::open(path).with_context(|| format!("cannot open {name}"))?;
                let bytes = file.metadata().with_context(|| format!("cannot read {name}"))?.len();
                Ok(Source::Csv { reader: csv::Reader::from_reader(file), name, bytes, table })
            }
            Some("ndjson" | "jsonl" | "json") => Ok(Source::Ndjson { lines: Lines::open(path).await?, table }),
            _ => bail!("{name}: the name must end in .csv, .ndjson, .jsonl or .json"),
        }
    }

    async fn load(self, loader: &mut Loader<'_>) -> anyhow::Result<()> {
        match self {
            Source::Ndjson { lines, table } => load_ndjson(loader, lines, table).await,
            Source::Csv { reader, name, bytes, table } => {
                load_csv(loader, reader, &name, output::progress(bytes, "bytes")?, table).await
            }
        }
    }
}

async fn load_ndjson(loader: &mut Loader<'_>, mut lines: Lines, table: Option<Table>) -> anyhow::Result<()> {
    let bar = output::progress(lines.bytes_total, "bytes")?;
    while let Some(line) = lines.next().await? {
        let here = lines.here();
        let mut row: Value = serde_json::from_slice(&line).with_context(|| format!("{here}: no JSON"))?;
        let table = table_of(&mut row, table).with_context(|| here.clone())?;
        loader.row(table, row, &here).await?;
        bar.set_position(lines.bytes_read);
    }
    bar.finish_and_clear();
    loader.flush(&lines.here()).await
}

async fn load_csv(
    loader: &mut Loader<'_>, mut reader: csv::Reader<std::fs::File>, name: &str, bar: ProgressBar, table: Table,
) -> anyhow::Result<()> {
    let header = reader.headers().with_context(|| format!("{name}: no header line"))?.clone();
    let mut record = csv::StringRecord::new();
    let mut here = name.to_owned();
    while reader.read_record(&mut record).with_context(|| format!("cannot read {name}"))? {
        here = format!("{name}:{}", record.position().map_or(0, csv::Position::line));
        let row = header.iter().zip(&record).filter(|(_, text)| !text.is_empty());
        let row = row.map(|(column, text)| (column.trim().to_owned(), cell(column.trim(), text))).collect();
        loader.row(table, Value::Object(row), &here).await?;
        bar.set_position(reader.position().byte());
    }
    bar.finish_and_clear();
    loader.flush(&here).await
}

/// Reads rows that each name their table, as they come in the demo.
pub(super) fn read_ndjson(text: &str) -> anyhow::Result<ImportBatch> {
    let mut batch = ImportBatch::default();
    for (number, line) in text.lines().enumerate() {
        let here = || format!("line {}", number + 1);
        let mut row: Value = serde_json::from_str(line).with_context(here)?;
        table_of(&mut row, None).and_then(|table| table.add(row, &mut batch)).with_context(here)?;
    }
    Ok(batch)
}

/// The row's own word, which must agree with what the file or the command line says.
fn table_of(row: &mut Value, told: Option<Table>) -> anyhow::Result<Table> {
    let Some(row) = row.as_object_mut() else { bail!("a row is a JSON object") };
    let named = match row.remove("table") {
        None => None,
        Some(name) => Some(name.as_str().and_then(Table::of_name).with_context(|| {
            format!("{name} is no table: clients, people, accounts, jobs, proposals or entries expected")
        })?),
    };
    match (named, told) {
        (Some(named), Some(told)) if named != told => {
            bail!("the row says {}, the file's name or --table says {}", named.name(), told.name())
        }
        (Some(table), _) | (None, Some(table)) => Ok(table),
        (None, None) => bail!("which table? Give each line a field `table`, name the file after it, or say --table"),
    }
}

/// A cell as JSON: the few columns that are no text are read as what they are. An empty cell is an absent field.
fn cell(column: &str, text: &str) -> Value {
    let typed = match column {
        "amount" => text.parse::<i64>().ok().map(Value::from),
        "suspended" | "invited" | "tell_manager" => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    typed.unwrap_or_else(|| Value::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_event_names_is_loaded_last() {
        let names =
            ["mixed.ndjson", "clients.csv", "jobs.csv", "proposals.csv", "entries.csv", "accounts.csv", "people.csv"];
        let files = names.map(PathBuf::from).to_vec();
        let sorted = in_order(&Options { files, table: None, dry_run: false, json: false });
        let expected =
            ["people.csv", "accounts.csv", "entries.csv", "proposals.csv", "jobs.csv", "clients.csv", "mixed.ndjson"];
        assert_eq!(sorted, expected.map(PathBuf::from));
    }
}
