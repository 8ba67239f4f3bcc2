//! `makegood import`: loads the marketplace's facts and ledger from NDJSON or CSV.
//!
//! Which table a row belongs to comes from `--table`, from the file's name (`jobs.csv`, `jobs.ndjson`), or, in NDJSON, from a
//! field `table` in each line. Rows are loaded in transactions of [`ROWS_PER_TRANSACTION`]; loading the same file again
//! changes nothing.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use indicatif::ProgressBar;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::lines::Lines;
use crate::app::{Access, Parts};
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::store::{ImportBatch, ImportCounts, Store};

/// Rows in one transaction: large enough to be quick, small enough not to hold locks for long.
const ROWS_PER_TRANSACTION: usize = 5_000;

/// Options of `makegood import`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Files ending in .csv or .ndjson (.jsonl, .json). They are loaded in an order in which every row finds what it names:
    /// clients, people, accounts, jobs, proposals, entries, then files with mixed rows.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The table of every row, instead of what the file's name says.
    #[arg(long, value_enum)]
    table: Option<Table>,
    /// Only reads the files and says what is wrong with them.
    #[arg(long)]
    dry_run: bool,
    /// The counts as JSON.
    #[arg(long)]
    json: bool,
}

/// The tables that can be loaded, in the order they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
enum Table {
    /// Clients who post jobs.
    Clients,
    /// People and their addresses.
    People,
    /// Balances.
    Accounts,
    /// Job posts.
    Jobs,
    /// Proposals.
    Proposals,
    /// Ledger entries: grants, charges, refunds, expiries.
    Entries,
}

impl Table {
    fn of_name(name: &str) -> Option<Self> {
        <Self as clap::ValueEnum>::from_str(name, true).ok()
    }

    fn of_file(path: &Path) -> Option<Self> {
        Self::of_name(path.file_stem()?.to_str()?)
    }

    /// Adds one row; the error names the field.
    fn add(self, row: Value, batch: &mut ImportBatch) -> Result<(), serde_json::Error> {
        fn typed<T: DeserializeOwned>(row: Value, rows: &mut Vec<T>) -> Result<(), serde_json::Error> {
            rows.push(serde_json::from_value(row)?);
            Ok(())
        }
        match self {
            Table::Clients => typed(row, &mut batch.clients),
            Table::People => typed(row, &mut batch.people),
            Table::Accounts => typed(row, &mut batch.accounts),
            Table::Jobs => typed(row, &mut batch.jobs),
            Table::Proposals => typed(row, &mut batch.proposals),
            Table::Entries => typed(row, &mut batch.entries),
        }
    }
}

/// Loads the files; the first row that is wrong ends it, and its transaction is not written.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let store = match options.dry_run {
        true => None,
        false => Some(Parts::assemble(config, Access::Shared).await?.store),
    };
    if let Some(store) = &store {
        if config.store.migrate_at_start {
            store.migrate().await?;
        }
        store.ping().await?;
    }
    let mut files = options.files.clone();
    files.sort_by_key(|file| Table::of_file(file).map_or(u8::MAX, |table| table as u8));
    let mut loader = Loader {
        store: store.as_deref(),
        batch: ImportBatch::default(),
        rows: 0,
        total: 0,
        counts: ImportCounts::default(),
    };
    for file in &files {
        load(&mut loader, file, options.table.or_else(|| Table::of_file(file))).await?;
        loader.flush().await.with_context(|| format!("at the end of {}", file.display()))?;
    }
    if let Some(store) = &store {
        store.close().await;
    }
    report(options, &loader)
}

fn report(options: &Options, loader: &Loader<'_>) -> anyhow::Result<Exit> {
    let counts = loader.counts;
    if options.dry_run {
        output::say(format!("{} rows are readable; nothing was written", loader.total))?;
    } else if options.json {
        output::json(&counts)?;
    } else {
        output::say(format!(
            "{} clients, {} people, {} accounts, {} jobs, {} proposals, {} entries written; {} rows were there already",
            counts.clients,
            counts.people,
            counts.accounts,
            counts.jobs,
            counts.proposals,
            counts.entries,
            counts.unchanged,
        ))?;
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
        table.add(row, &mut self.batch).map_err(|error| anyhow!("{here}: {error}"))?;
        self.rows += 1;
        self.total += 1;
        if self.rows >= ROWS_PER_TRANSACTION {
            self.flush().await.with_context(|| format!("up to {here}"))
        } else {
            Ok(())
        }
    }

    async fn flush(&mut self) -> anyhow::Result<()> {
        let batch = std::mem::take(&mut self.batch);
        self.rows = 0;
        let Some(store) = self.store else { return Ok(()) };
        let counts = store.import(&batch).await?;
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

async fn load(loader: &mut Loader<'_>, file: &Path, table: Option<Table>) -> anyhow::Result<()> {
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => {
            let table = table.with_context(|| {
                format!("{}: which table? Name the file after it (jobs.csv) or say --table", file.display())
            })?;
            load_csv(loader, file, table).await
        }
        Some("ndjson" | "jsonl" | "json") => load_ndjson(loader, file, table).await,
        _ => bail!("{}: the name must end in .csv or .ndjson", file.display()),
    }
}

async fn load_ndjson(loader: &mut Loader<'_>, file: &Path, table: Option<Table>) -> anyhow::Result<()> {
    let mut lines = Lines::open(file).await?;
    let bar = output::progress(lines.bytes_total, "bytes")?;
    while let Some(line) = lines.next().await? {
        let mut row: Value = serde_json::from_slice(&line).map_err(|error| anyhow!("{}: {error}", lines.here()))?;
        let named = take_table(&mut row);
        let table = table.or(named).with_context(|| {
            format!(
                "{}: which table? Name the file after it, say --table, or give each line a field `table`",
                lines.here()
            )
        })?;
        loader.row(table, row, &lines.here()).await?;
        bar.set_position(lines.bytes_read);
    }
    bar.finish_and_clear();
    Ok(())
}

async fn load_csv(loader: &mut Loader<'_>, file: &Path, table: Table) -> anyhow::Result<()> {
    let bytes = file.metadata().with_context(|| format!("cannot open {}", file.display()))?.len();
    let bar: ProgressBar = output::progress(bytes, "bytes")?;
    let mut reader = csv::Reader::from_path(file).with_context(|| format!("cannot open {}", file.display()))?;
    let header = reader.headers().with_context(|| format!("{}: no header line", file.display()))?.clone();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).with_context(|| format!("cannot read {}", file.display()))? {
        let here = format!("{} line {}", file.display(), record.position().map_or(0, csv::Position::line));
        let row = header.iter().zip(&record).filter(|(_, text)| !text.is_empty());
        let row = row.map(|(name, text)| (name.trim().to_owned(), cell(name.trim(), text))).collect();
        loader.row(table, Value::Object(row), &here).await?;
        bar.set_position(reader.position().byte());
    }
    bar.finish_and_clear();
    Ok(())
}

/// Reads rows that each name their table, as they come in the demo.
pub(super) fn read_ndjson(text: &str) -> anyhow::Result<ImportBatch> {
    let mut batch = ImportBatch::default();
    for (number, line) in text.lines().enumerate() {
        let mut row: Value = serde_json::from_str(line)?;
        let table = take_table(&mut row).with_context(|| format!("line {}: which table?", number + 1))?;
        table.add(row, &mut batch)?;
    }
    Ok(batch)
}

fn take_table(row: &mut Value) -> Option<Table> {
    row.as_object_mut()?.remove("table")?.as_str().and_then(Table::of_name)
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
