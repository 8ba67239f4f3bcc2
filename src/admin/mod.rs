//! The face over HTTP: `/live`, `/ready`, `/metrics`. Binds the loopback unless told otherwise. The gallery of letters
//! (`gallery.rs`) is no part of it: a command serves that.
//!
//! | route | answers |
//! | --- | --- |
//! | `GET /live` | 200 while the process runs its loops |
//! | `GET /ready` | 200 when the consumer is attached and the database just answered, else 503 with what is not |
//! | `GET /metrics` | the Prometheus text form |
//! | `POST /bounces` | 202 when a message that came back was taken in; 404 unless `http.bounces_token` is set |
//! | `GET /rules` | the process, the version of the policy in force, and what came of the reloads |
//! | all else | the operator console: see `console` |
//!
//! Slow or many clients cannot hurt the worker: connections, header time and answer time are bounded.

mod bounces;
pub mod console;
mod gallery;
mod server;
mod tls;

pub use bounces::BouncesFace;
pub use gallery::{Shown, gallery_routes};
pub use server::{AdminError, Peer, bind, serve};
pub use tls::Tls;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{any, get};
use axum::{Json, Router, middleware};
use serde_json::{Value, json};

use console::{Console, Door, Failure};

use crate::clock::Clock;
use crate::mail::Senders;
use crate::store::Store;
use crate::telemetry::facts::Dependency;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::samples::Samples;
use crate::worker::Intake;
use crate::worker::audit::Audit;
use crate::worker::health::Health;
use crate::worker::rulebook::Rulebook;

/// How long `/ready` waits for the database.
const PING_MAX: Duration = Duration::from_secs(2);

/// What the pages look at.
#[derive(Debug, Clone)]
pub struct Face {
    /// What works.
    pub health: Arc<Health>,
    /// Asked by `/ready`.
    pub store: Arc<dyn Store>,
    /// Shown by `/metrics`.
    pub metrics: Metrics,
    /// Takes in what came back; `None`: nobody may call.
    pub bounces: Option<BouncesFace>,
    /// Shown by `/rules`.
    pub rulebook: Arc<Rulebook>,
    /// Which version of the policy is in force.
    pub clock: Arc<dyn Clock>,
    /// Predicts for the console.
    pub intake: Intake,
    /// Shown and repaired by the console.
    pub audit: Audit,
    /// Who writes the letters that the console shows.
    pub senders: Arc<Senders>,
    /// Drawn by the console.
    pub samples: Arc<Samples>,
    /// Who may into the console.
    pub door: Arc<Door>,
}

impl Face {
    fn console(&self) -> Console {
        let (store, health) = (Arc::clone(&self.store), Arc::clone(&self.health));
        let (rulebook, clock, door) = (Arc::clone(&self.rulebook), Arc::clone(&self.clock), Arc::clone(&self.door));
        let (intake, audit, senders) = (self.intake.clone(), self.audit.clone(), Arc::clone(&self.senders));
        let (metrics, samples) = (self.metrics.clone(), Arc::clone(&self.samples));
        Console { store, health, rulebook, clock, intake, audit, senders, metrics, samples, door }
    }
}

/// The routes.
pub fn routes(face: Face) -> Router {
    let bounces = face.bounces.clone().map(bounces::routes).unwrap_or_default();
    let console = console::routes(face.console());
    let nothing = any(async || Failure::NotFound).layer(middleware::from_fn(console::errors));
    Router::new()
        .route("/live", get(async || Json(json!({"live": true}))))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .route("/rules", get(rules))
        .with_state(face)
        .merge(bounces)
        .merge(console)
        .fallback_service(nothing)
        .layer(middleware::from_fn(console::headers))
}

async fn ready(State(face): State<Face>) -> (StatusCode, Json<Value>) {
    // The ping is a read of its own and no transaction: giving up on it leaves nothing open.
    let answers = matches!(tokio::time::timeout(PING_MAX, face.store.ping()).await, Ok(Ok(())));
    // A database that answers but refuses to write (read-only after a failover, locked, full) is known by the loops.
    let database = answers && face.health.works(Dependency::Database);
    let broker = face.health.works(Dependency::Broker);
    let status = if database && broker { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mail = face.health.works(Dependency::Mail);
    let ready = status == StatusCode::OK;
    let mut answer = json!({"ready": ready, "broker": broker, "database": database, "mail": mail});
    if let (Some(answer), Some(in_app)) = (answer.as_object_mut(), face.health.reported(Dependency::InApp)) {
        answer.insert("in_app".to_owned(), in_app.into());
    }
    (status, Json(answer))
}

async fn rules(State(face): State<Face>) -> Json<Value> {
    let policy = face.rulebook.policy();
    let version = policy.at(face.clock.now()).map(crate::policy::PolicyVersion::id);
    let reloads = face.rulebook.reloads();
    Json(json!({
        "pid": std::process::id(),
        "policy": version,
        "loaded": reloads.loaded,
        "refused": reloads.refused,
        "findings": reloads.findings,
    }))
}

async fn metrics(State(face): State<Face>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], face.metrics.render())
}
