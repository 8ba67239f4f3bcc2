//! `makegood run`: waits until database and broker are fit, then runs every loop until it is told to stop.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use futures_util::future::BoxFuture;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::parts::{Access, Parts};
use super::{console, options, reload, systemd};
use crate::admin::{self, Face, Tls};
use crate::broker::{BrokerError, Schedule, TopologyReport};
use crate::config::Config;
use crate::fault::Classify;
use crate::shutdown::{Insisted, Signals};
use crate::store::StoreError;
use crate::telemetry::facts::{self, Dependency};
use crate::telemetry::metrics::{Metrics, UPKEEP_EVERY};
use crate::telemetry::samples::Samples;
use crate::telemetry::traces::Traces;
use crate::worker::dispatch::Until;
use crate::worker::{audit, collect, consume, follow_up, replay};

/// How the daemon ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Everything it held was finished.
    Clean,
    /// The grace period, or a second signal, cut work off. Nothing is lost: it is done again.
    Cut,
}

/// Runs until a signal, or until a part fails for good.
pub async fn run(config: &Config) -> anyhow::Result<Ended> {
    let mut signals = Signals::listen().context("cannot listen for signals")?;
    // From here on: one that comes before the parts are built must not end the process either.
    let hangup = signal(SignalKind::hangup()).context("cannot listen for SIGHUP")?;
    let metrics = Metrics::install().context("cannot install the metrics recorder")?;
    let parts = Arc::new(Parts::assemble(config, Access::Exclusive).await?);
    let traces = traces(config)?;
    let (door, tls) = (console::door(config)?, console::tls(config)?);
    let listener = admin::bind(config.http.listen).await?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), http = %listener.local_addr()?, "started");

    let stop = CancellationToken::new();
    let mut tasks = JoinSet::new();
    let samples = Arc::new(Samples::default());
    let bounces = options::bounces_face(config, &parts.store);
    let face = parts.face(config, (metrics.clone(), Arc::clone(&samples)), bounces, door);
    tasks.spawn(serve(face, listener, tls, stop.clone()));
    tasks.spawn(measure(Arc::clone(&parts), (metrics, samples), stop.clone()));
    tasks.spawn(reload::on_hangup(Arc::clone(&parts), config.clone(), hangup, stop.clone()));
    tasks.spawn(work(Arc::clone(&parts), config.clone(), stop.clone()));
    tasks.spawn(systemd::keep_told(Arc::clone(&parts), stop.clone()));
    let ended = supervise(&mut tasks, &mut signals, &stop, config.shutdown.grace).await;
    if matches!(ended, Ok(Ended::Clean)) {
        parts.store.close().await;
    }
    if let Some(traces) = traces {
        drop(tokio::task::spawn_blocking(move || traces.end()).await);
    }
    ended
}

/// The export of spans, where there is one.
fn traces(config: &Config) -> anyhow::Result<Option<Traces>> {
    let share = f64::from(config.traces.sample_percent) / 100.0;
    config.traces.endpoint.as_deref().map(|endpoint| Ok(Traces::install(endpoint, share)?)).transpose()
}

/// Waits for the end of every task. One that ends unasked, or fails, stops the others.
async fn supervise(
    tasks: &mut JoinSet<anyhow::Result<()>>, signals: &mut Signals, stop: &CancellationToken, grace: Duration,
) -> anyhow::Result<Ended> {
    let insist = signals.run(stop, grace);
    tokio::pin!(insist);
    let mut failed = None;
    loop {
        tokio::select! {
            joined = tasks.join_next() => {
                let result = match joined {
                    None => return failed.map_or(Ok(Ended::Clean), Err),
                    Some(Ok(result)) => result,
                    Some(Err(panicked)) => Err(anyhow::Error::new(panicked).context("a part of the daemon panicked")),
                };
                let result = result.and_then(|()| match stop.is_cancelled() {
                    true => Ok(()),
                    false => bail!("a part of the daemon ended by itself"),
                });
                if let Err(error) = result {
                    failed.get_or_insert(error);
                }
                stop.cancel();
            }
            insisted = &mut insist => {
                tracing::warn!(why = ?insisted, "stopping now; what was cut off is done again at the next start");
                return match (failed, insisted) {
                    (Some(error), _) => Err(error),
                    (None, Insisted::Signal | Insisted::Grace) => Ok(Ended::Cut),
                };
            }
        }
    }
}

async fn serve(
    face: Face, listener: TcpListener, tls: Option<Arc<Tls>>, stop: CancellationToken,
) -> anyhow::Result<()> {
    admin::serve(listener, admin::routes(face), tls, &stop).await;
    Ok(())
}

/// Keeps the gauges fresh, for as long as anything works that they tell of.
async fn measure(
    parts: Arc<Parts>, (metrics, samples): (Metrics, Arc<Samples>), stop: CancellationToken,
) -> anyhow::Result<()> {
    let mut in_force = None;
    while !stop.is_cancelled() {
        super::gauges::show_policy(&parts.rulebook.policy(), parts.clock.now(), &mut in_force);
        parts.store.pools().into_iter().for_each(super::gauges::show_pool);
        if parts.health.works(Dependency::Database)
            && let Ok(stats) = parts.store.stats(parts.clock.now()).await
        {
            super::gauges::show(&stats);
        }
        metrics.upkeep();
        samples.take(&metrics.readings(), parts.clock.now());
        tokio::select! {
            () = tokio::time::sleep(UPKEEP_EVERY) => {}
            () = stop.cancelled() => {}
        }
    }
    Ok(())
}

/// Makes sure that database and queue are fit, then runs the loops.
async fn work(parts: Arc<Parts>, config: Config, stop: CancellationToken) -> anyhow::Result<()> {
    if !database_fit(&parts, config.store.migrate_at_start, &stop).await? {
        return Ok(());
    }
    if !topology_fit(&parts, &config, &stop).await? {
        return Ok(());
    }
    let consume_options = options::consume_options(&config);
    let collect_options = options::collect_options(&config);
    let (dispatcher, announcer) = (parts.dispatcher(&config), parts.announcer(&config));
    let announcing = async {
        if let Some(announcer) = &announcer {
            announcer.run(&stop).await;
        }
    };
    let replays = options::replay_options(&config);
    let (intake, poll) = (&parts.intake, config.intake.poll);
    let auditing = async {
        if let Some(watch) = &options::watch_options(&config) {
            audit::watch(&options::audit(&parts, &config), &parts.intake.database, watch, &stop).await;
        }
    };
    tokio::join!(
        consume::consume(intake, &consume_options, &stop),
        collect::collect(intake, &collect_options, &stop),
        follow_up::fan_out(intake, poll, &stop),
        follow_up::wait_over(intake, poll, &stop),
        replay::carry_on(intake, &replays, &stop),
        replay::trials(intake, &replays, &stop),
        dispatcher.run(Until::Stopped, &stop),
        announcing,
        auditing,
    );
    Ok(())
}

/// Migrates or checks the schema, waiting while the database is away. `false`: stopped.
async fn database_fit(parts: &Parts, migrate: bool, stop: &CancellationToken) -> anyhow::Result<bool> {
    let attempt = || -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            if migrate {
                parts.store.migrate().await?;
            }
            let status = parts.store.migration_status().await?;
            status.require_current()?;
            if status.is_ahead() {
                facts::schema_ahead(&status.unknown);
            }
            Ok(())
        })
    };
    patiently(parts, Dependency::Database, stop, attempt).await.map(|fit| fit.is_some())
}

/// Declares or checks the topology, waiting while the broker is away. `false`: stopped.
async fn topology_fit(parts: &Parts, config: &Config, stop: &CancellationToken) -> anyhow::Result<bool> {
    let (topology, broker) = (options::topology(config), options::broker_options(config));
    let attempt = || -> BoxFuture<'_, Result<TopologyReport, BrokerError>> {
        Box::pin(async {
            if config.broker.declare_topology {
                topology.declare(&broker).await?;
            }
            topology.check(&broker).await
        })
    };
    match patiently(parts, Dependency::Broker, stop, attempt).await? {
        Some(report) if !report.is_fit() => bail!("the topology is not fit\n{report}"),
        Some(_) => Ok(true),
        None => Ok(false),
    }
}

/// Tries until it works; gives up only on a permanent error. `None`: stopped before it worked.
async fn patiently<'a, T, E: Classify + std::error::Error + Send + Sync + 'static>(
    parts: &Parts, dependency: Dependency, stop: &CancellationToken, attempt: impl Fn() -> BoxFuture<'a, Result<T, E>>,
) -> anyhow::Result<Option<T>> {
    let mut schedule = Schedule::new(parts.intake.patience.0, parts.intake.patience.1);
    while !stop.is_cancelled() {
        let error = match attempt().await {
            Ok(answer) => {
                if dependency == Dependency::Database {
                    parts.health.found(dependency); // the broker is found when the consumer is attached
                }
                return Ok(Some(answer));
            }
            Err(error) if error.is_transient() => error,
            Err(error) => return Err(error.into()),
        };
        let pause = schedule.next_pause();
        parts.health.lost(dependency, &error, pause);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
    facts::stopped_waiting(dependency);
    Ok(None)
}
