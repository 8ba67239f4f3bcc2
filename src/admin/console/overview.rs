//! `GET /`: whether it is well.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::{Console, Failure, Format, Role, Route, Shell, Visitor, respond};
use crate::telemetry::facts::Dependency;

/// What is shown of a dependency.
#[derive(Serialize)]
struct Part {
    name: &'static str,
    works: bool,
}

#[derive(Template, Serialize)]
#[template(path = "overview.html")]
struct Overview {
    #[serde(skip)]
    shell: Shell,
    well: bool,
    parts: Vec<Part>,
    dead_letters: u64,
    events_waiting: u64,
    events_fanning_out: u64,
    policy: Option<String>,
}

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    Route::page("/", Role::Viewer, show).into()
}

async fn show(State(console): State<Console>, format: Format, visitor: Visitor) -> Result<Response, Failure> {
    let now = console.clock.now();
    let stats = console.store.stats(now).await?;
    let looked_at = [(Dependency::Broker, "RabbitMQ"), (Dependency::Database, "Database"), (Dependency::Mail, "Mail")];
    let parts: Vec<Part> =
        looked_at.into_iter().map(|(part, name)| Part { name, works: console.health.works(part) }).collect();
    let page = Overview {
        shell: Shell::new(&visitor, "/", "Overview").refreshing(10),
        well: parts.iter().all(|part| part.works),
        parts,
        dead_letters: stats.dead_letters,
        events_waiting: stats.events_waiting,
        events_fanning_out: stats.events_fanning_out,
        policy: console.rulebook.policy().at(now).map(|version| version.id().to_owned()),
    };
    respond(format, &page)
}
