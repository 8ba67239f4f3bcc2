//! `makegood demo`: a small marketplace, its events through the real pipeline, and what came of it, told to a newcomer.

mod feed;
mod stage;
mod tell;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::bail;
use tokio_util::sync::CancellationToken;

use crate::app::{self, Access, Parts};
use crate::broker::{BrokerOptions, Topology};
use crate::cli::process::{Summary, drain_fan_outs};
use crate::cli::{Exit, output};
use crate::config::{Config, Sources};
use crate::shutdown::Signals;
use crate::telemetry::facts;
use crate::telemetry::logs::{self, LogFormat};
use crate::worker::dispatch::Until;

const MARKET: &str = include_str!("market.ndjson");
const EVENTS: &str = include_str!("events.ndjson");

/// How long an interrupted demo may take to clean up at the broker.
const GRACE: Duration = Duration::from_secs(10);
/// Decisions read for the story; it has far fewer.
const ROWS_MAX: u32 = 1_000;

/// Options of `makegood demo`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
At the broker it uses queues and exchanges of its own (makegood-demo.*) and removes them at the end.
Exit code 0 only if every balance agrees with the ledger afterwards.")]
pub(super) struct Options {
    /// A RabbitMQ to send the events through; without one they are fed in directly, as `makegood process` does.
    #[arg(long, env = "MAKEGOOD_DEMO_AMQP", value_name = "URL", hide_env_values = true)]
    amqp: Option<String>,
    /// Where database and letters go; those of an earlier demo there are replaced, nothing else is touched.
    #[arg(long, default_value = "var/demo", value_name = "FOLDER")]
    dir: PathBuf,
}

/// Plays it; exit code 0 only if every balance agrees with the ledger afterwards.
pub(super) async fn run(options: &Options, sources: Sources) -> anyhow::Result<Exit> {
    let level =
        sources.flags.iter().rfind(|(key, _)| key == "log.level").map_or("error", |(_, level)| level).to_owned();
    let config = configure(options, sources)?;
    logs::init(LogFormat::Auto, &level)?;
    let mut signals = Signals::listen()?;
    let _alone = stage::set(&options.dir)?;
    let stop = CancellationToken::new();
    tokio::select! {
        exit = play(options, &config, &stop) => exit,
        _ = signals.run(&stop, GRACE) => bail!("cut off; the next demo begins anew"),
    }
}

async fn play(options: &Options, config: &Config, stop: &CancellationToken) -> anyhow::Result<Exit> {
    let parts = Parts::assemble(config, Access::Exclusive).await?;
    parts.store.migrate().await?;
    let market = crate::cli::import::read_ndjson(MARKET)?;
    parts.store.import(&market).await?;
    let lines: Vec<&str> = EVENTS.lines().collect();
    tell::scene(&market, &lines)?;

    let mut summary = Summary::default();
    let (topology, broker) = (app::topology(config), app::broker_options(config));
    if let Some(route) = route(options, &topology, &broker).await? {
        feed::through_broker(route, config, &parts.intake, &lines, &mut summary, stop).await?;
    } else {
        feed::directly(&parts.intake, &lines, &mut summary, stop).await?;
    }
    drain_fan_outs(&parts.intake, &mut summary, stop).await?;
    parts.dispatcher(config).run(Until::Drained, stop).await;
    if stop.is_cancelled() {
        bail!("stopped before the end; the next demo begins anew");
    }

    let agreement = parts.store.agreement().await?;
    let rows = parts.store.report(ROWS_MAX).await?;
    parts.store.close().await;
    tell::outcome(&summary, &rows)?;
    tell::letter(&options.dir.join(stage::MAIL).join("new"), &rows)?;
    tell::check(&agreement, &options.dir)?;
    Ok(if agreement.holds() { Exit::Done } else { Exit::No })
}

/// Prepares the way through the broker; `None`, and a word about it, where there is none.
async fn route<'a>(
    options: &Options, topology: &'a Topology, broker: &'a BrokerOptions,
) -> anyhow::Result<Option<feed::Route<'a>>> {
    if options.amqp.is_none() {
        output::say("\nNo RabbitMQ was given (--amqp): they are fed in directly, as `makegood process` does.")?;
        return Ok(None);
    }
    match feed::Route::lay(topology, broker).await {
        Ok(route) => {
            output::say("\nThey go through RabbitMQ: published with confirms, consumed, acked after the commit.")?;
            Ok(Some(route))
        }
        Err(error) => {
            output::say(format!("\nRabbitMQ cannot be used: {}.", facts::chain(&error)))?;
            output::say("So they are fed in directly, as `makegood process` does.")?;
            Ok(None)
        }
    }
}

/// The embedded default, in the demo's own folder, on queues of its own.
fn configure(options: &Options, mut sources: Sources) -> anyhow::Result<Config> {
    let Some(dir) = options.dir.to_str() else { bail!("--dir: {} is no UTF-8", options.dir.display()) };
    // In the database's URL, what follows a question mark would be options.
    let path = dir.replace('%', "%25").replace('?', "%3F");
    let mut set = vec![
        ("store.url".to_owned(), format!("sqlite:{path}/{}", stage::DATABASE)),
        ("mail.transport".to_owned(), "folder".to_owned()),
        ("mail.folder.path".to_owned(), format!("{dir}/{}", stage::MAIL)),
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
