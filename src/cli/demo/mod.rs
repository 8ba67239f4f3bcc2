//! `makegood demo`: a small marketplace, its events through the real pipeline, and what came of it, told to a newcomer.

mod feed;
mod tell;

use std::path::{Path, PathBuf};

use anyhow::Context;
use tokio_util::sync::CancellationToken;

use crate::app::{Access, Parts};
use crate::cli::process::{Summary, drain_fan_outs};
use crate::cli::{Exit, output};
use crate::config::{Config, Sources};
use crate::store::ImportBatch;
use crate::telemetry::logs::{self, LogFormat};
use crate::worker::dispatch::Until;

const MARKET: &str = include_str!("market.ndjson");
const EVENTS: &str = include_str!("events.ndjson");

/// Options of `makegood demo`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// A RabbitMQ to send the events through. Without one they go through the same pipeline as `makegood process` feeds it.
    #[arg(long, env = "MAKEGOOD_DEMO_AMQP", value_name = "URL", hide_env_values = true)]
    amqp: Option<String>,
    /// Where the database and the mail folder go; what an earlier demo left there is replaced.
    #[arg(long, default_value = "var/demo", value_name = "FOLDER")]
    dir: PathBuf,
}

/// Plays it; exit code 0 only if every balance agrees with the ledger afterwards.
pub(super) async fn run(options: &Options, sources: Sources) -> anyhow::Result<Exit> {
    let config = configure(options, sources)?;
    logs::init(LogFormat::Auto, "error")?;
    clear(&options.dir)?;
    let parts = Parts::assemble(&config, Access::Exclusive).await?;
    parts.store.migrate().await?;
    let market = market()?;
    parts.store.import(&market).await?;
    tell::scene(&market)?;

    let stop = CancellationToken::new();
    let lines: Vec<&str> = EVENTS.lines().collect();
    let mut summary = Summary::default();
    match &options.amqp {
        Some(_) => {
            output::say("\nThe events go through RabbitMQ.")?;
            feed::through_broker(&config, &parts.intake, &lines, &mut summary, &stop).await?;
        }
        None => {
            output::say(
                "\nNo RabbitMQ was given (--amqp): the events are fed in directly, as `makegood process` does.",
            )?;
            feed::directly(&parts.intake, &lines, &mut summary, &stop).await?;
        }
    }
    drain_fan_outs(&parts.intake, &mut summary, &stop).await?;
    parts.dispatcher(&config).run(Until::Drained, &stop).await;

    let agreement = parts.store.agreement().await?;
    let rows = parts.store.report(1_000).await?;
    parts.store.close().await;
    tell::outcome(&summary, &rows)?;
    tell::letter(&options.dir.join("mail"))?;
    tell::check(&agreement, &options.dir)?;
    Ok(if agreement.holds() { Exit::Done } else { Exit::No })
}

/// The embedded default, in the demo's own folder, on queues of its own.
fn configure(options: &Options, mut sources: Sources) -> anyhow::Result<Config> {
    let dir = options.dir.display();
    let mut set = vec![
        ("store.url".to_owned(), format!("sqlite:{dir}/makegood.db")),
        ("mail.transport".to_owned(), "folder".to_owned()),
        ("mail.folder.path".to_owned(), format!("{dir}/mail")),
        ("broker.exchange".to_owned(), "makegood-demo.marketplace".to_owned()),
        ("broker.queue".to_owned(), "makegood-demo.events".to_owned()),
        ("broker.dead_letter_exchange".to_owned(), "makegood-demo.dlx".to_owned()),
        ("broker.dead_queue".to_owned(), "makegood-demo.dead".to_owned()),
    ];
    if let Some(url) = &options.amqp {
        set.push(("broker.url".to_owned(), url.clone()));
    }
    sources.flags.extend(set);
    Ok(Config::load(&sources)?)
}

/// Removes what an earlier demo left, and nothing else.
fn clear(dir: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
    for name in ["makegood.db", "makegood.db-wal", "makegood.db-shm", "makegood.db.lock"] {
        ignore_absent(std::fs::remove_file(dir.join(name))).with_context(|| format!("cannot remove {name}"))?;
    }
    ignore_absent(std::fs::remove_dir_all(dir.join("mail"))).context("cannot remove the mail folder")
}

fn ignore_absent(result: std::io::Result<()>) -> std::io::Result<()> {
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn market() -> anyhow::Result<ImportBatch> {
    super::import::read_ndjson(MARKET)
}
