//! `makegood bounces ingest`: takes in what came back, from a Maildir, files or stdin.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::{dlq, lines};
use crate::app;
use crate::cli::{Exit, output};
use crate::config::Config;
use crate::fault::Classify;
use crate::mail::RETURNED_BYTES_MAX;
use crate::store::StoreError;
use crate::worker::bounces::{Taken, Treatment};

/// Messages told one by one, and moved in one run: a list of them stays in memory.
const MESSAGES_MAX: usize = 10_000;

/// What Maildir calls a message that was seen.
const SEEN: &str = ":2,S";

/// Options of `makegood bounces`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Takes in delivery reports (RFC 3464) and complaints (RFC 5965).
    Ingest(IngestOptions),
}

/// Options of `makegood bounces ingest`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A Maildir's messages move from new/ to cur/ when they are done; one that is refused stays. Taken in twice, a message
has one effect. docs/mail.md says how a mail server is wired to it, and what each code means.

Exit code 3: a message was refused. Exit code 75: the database is away, nothing is lost, try again.")]
struct IngestOptions {
    /// A Maildir (a folder with new/ and cur/), files with one message each, or `-`: one message on stdin.
    #[arg(value_name = "FROM", required = true)]
    from: Vec<PathBuf>,
    /// Only says what would become of them.
    #[arg(long)]
    dry_run: bool,
    /// Prints JSON: what became of each message, and counts.
    #[arg(long)]
    json: bool,
}

/// One message and where it lies.
struct Source {
    /// For people.
    name: String,
    path: PathBuf,
    /// Where it goes when it is done.
    done: Option<PathBuf>,
}

/// What became of all of them.
#[derive(Default)]
struct Tally {
    told: Vec<Value>,
    messages: u64,
    refused: u64,
    failed: u64,
    suppressed: u64,
}

/// Runs it.
pub(super) async fn run(options: &Options, config: &Config) -> anyhow::Result<Exit> {
    let Verb::Ingest(options) = &options.verb;
    match ingest(options, config).await {
        // What a mail server that pipes a message in takes for: keep it, try again later.
        Err(error) if error.downcast_ref::<StoreError>().is_some_and(Classify::is_transient) => {
            output::complain(&error);
            Ok(Exit::Later)
        }
        ended => ended,
    }
}

async fn ingest(options: &IngestOptions, config: &Config) -> anyhow::Result<Exit> {
    let mut sources = Vec::new();
    for from in &options.from {
        gather(from, &mut sources)?;
    }
    let store = dlq::open(config).await?;
    let returns = app::returns(config, std::sync::Arc::clone(&store));
    let mut tally = Tally::default();
    for source in sources {
        let taken = returns.take(&read(&source.path)?, options.dry_run).await?;
        let refused = taken.iter().any(|one| one.treatment == Treatment::Refused);
        if let Some(done) = source.done.filter(|_| !refused && !options.dry_run) {
            let moved = std::fs::rename(&source.path, &done);
            moved.with_context(|| format!("cannot move {} to {}", source.path.display(), done.display()))?;
        }
        tally.add(&source.name, &taken, options)?;
    }
    store.close().await;
    tally.tell(options)?;
    Ok(if tally.refused > 0 { Exit::Partly } else { Exit::Done })
}

impl Tally {
    fn add(&mut self, name: &str, taken: &[Taken], options: &IngestOptions) -> anyhow::Result<()> {
        self.messages += 1;
        self.refused += u64::from(taken.iter().any(|one| one.treatment == Treatment::Refused));
        for one in taken {
            self.failed += u64::from(one.failed);
            self.suppressed += u64::from(one.suppressed);
            if options.json {
                self.told.push(taken_json(name, one));
            } else {
                output::say(line(name, one))?;
            }
        }
        Ok(())
    }

    fn tell(&self, options: &IngestOptions) -> anyhow::Result<()> {
        if options.json {
            return dlq::json(&json!({
                "messages": self.told,
                "taken_in": self.messages,
                "refused": self.refused,
                "notices_failed": self.failed,
                "addresses_suppressed": self.suppressed,
                "dry_run": options.dry_run,
            }));
        }
        output::talk(format!(
            "{}, {} refused; {} failed, {} suppressed{}",
            dlq::count(self.messages, "message"),
            self.refused,
            dlq::count(self.failed, "notice"),
            if self.suppressed == 1 { "1 address".to_owned() } else { format!("{} addresses", self.suppressed) },
            if options.dry_run { "; nothing was changed" } else { "" },
        ));
        Ok(())
    }
}

fn line(name: &str, taken: &Taken) -> String {
    let mut line = format!("{}: {} ({})", dlq::plain(name), taken.treatment.as_str(), taken.code);
    if let Some(notice) = taken.notice {
        line.push_str(&format!(", notice {notice}"));
    }
    for (holds, word) in [(taken.failed, ", failed"), (taken.suppressed, ", address suppressed")] {
        if holds {
            line.push_str(word);
        }
    }
    if let Some(words) = &taken.words {
        line.push_str(&format!(": {}", dlq::plain(words)));
    }
    line
}

fn taken_json(name: &str, taken: &Taken) -> Value {
    json!({
        "message": name,
        "treatment": taken.treatment.as_str(),
        "code": taken.code,
        "notice": taken.notice,
        "failed": taken.failed,
        "suppressed": taken.suppressed,
        "words": taken.words,
    })
}

/// The messages of one argument, in the order of their names.
fn gather(from: &Path, sources: &mut Vec<Source>) -> anyhow::Result<()> {
    if !from.is_dir() {
        sources.push(Source { name: from.display().to_string(), path: from.to_owned(), done: None });
        return Ok(());
    }
    let (new, cur) = (from.join("new"), from.join("cur"));
    if !(new.is_dir() && cur.is_dir()) {
        bail!("{} is a folder and no Maildir: it has no new/ and cur/", from.display());
    }
    let cannot = || format!("cannot read {}", new.display());
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&new).with_context(cannot)? {
        let entry = entry.with_context(cannot)?;
        if entry.file_type().with_context(cannot)?.is_file() {
            names.push(entry.file_name());
        }
    }
    names.sort();
    let room = MESSAGES_MAX.saturating_sub(sources.len());
    if names.len() > room {
        output::talk(format!("{} messages; the first {room} now, the rest in the next run", names.len()));
    }
    for name in names.into_iter().take(room) {
        let mut seen = name.clone();
        seen.push(SEEN);
        let shown = name.to_string_lossy().into_owned();
        sources.push(Source { name: shown, path: new.join(&name), done: Some(cur.join(seen)) });
    }
    Ok(())
}

/// The bytes of a message, and one more than is read if it is too long.
fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let limit = RETURNED_BYTES_MAX as u64 + 1;
    let mut bytes = Vec::new();
    if lines::is_stdin(path) {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes).context("cannot read stdin")?;
    } else {
        let cannot = || format!("cannot read {}", path.display());
        let file = std::fs::File::open(path).with_context(cannot)?;
        file.take(limit).read_to_end(&mut bytes).with_context(cannot)?;
    }
    Ok(bytes)
}
