//! The operator console: pages for people, each with a JSON twin for programs, on the listener of the other routes.
//!
//! How a page is made, in a file of its own that [`table`] lists:
//!
//! ```text
//! pub(super) fn routes() -> Vec<Route> {
//!     let mut routes = Vec::new();
//!     routes.extend(Route::page("/letters/{id}", Role::Viewer, show));        // GET, and GET /api/letters/{id}
//!     routes.extend(Route::act("/letters/{id}/discard", Role::Operator, discard)); // POST, and its twin
//!     routes
//! }
//!
//! async fn show(State(console): State<Console>, format: Format, visitor: Visitor, Path(id): Path<i64>)
//!     -> Result<Response, Failure> {
//!     let page = Letter { shell: Shell::new(&visitor, "/letters", "Dead letter 7"), .. };
//!     respond(format, &page)                       // HTML of the template, or the struct as JSON
//! }
//!
//! async fn discard(State(console): State<Console>, format: Format, Path(id): Path<i64>,
//!     Acting { act, form, .. }: Acting<Form>) -> Result<Response, Failure> {
//!     ..                                           // act: store::Act, by the visitor, with the form's reason
//!     Ok(done(format, "/letters/7", &outcome))     // 303 to a page, or the outcome as JSON
//! }
//! ```
//!
//! A page is `#[derive(Template, Serialize)] #[template(path = "letter.html")]` with `#[serde(skip)] shell: Shell`;
//! its template extends `layout.html`, fills the block `main`, and begins each form with `{% import "parts.html" as
//! parts %} {% call parts::token(shell) %}{% endcall %}` (an act also with `parts::reason()`). What a viewer may not
//! see is masked where the struct is made, so that the twin has no more than the page: [`Visitor::sees_people`]. An
//! entry of the navigation goes into [`shell::NAVIGATION`].
//!
//! [`Posted`] is [`Acting`] without a reason. An error is a [`Failure`]; `?` makes one of every error that is
//! [`crate::fault::Classify`]. No script and no style in a page: the `Content-Security-Policy` refuses them.

mod accounts;
mod acting;
mod answer;
mod assets;
mod audit;
mod door;
mod explain;
mod failure;
mod letters;
mod log;
mod notices;
mod finish;
mod overview;
mod people;
mod replays;
mod role;
mod route;
mod shell;
mod show;
mod visitor;

pub use acting::{Acting, Posted};
pub use answer::{Format, done, respond};
pub use door::{Door, DoorOptions, ProxyOptions, SessionLimits, password, records, tokens, users};
pub use failure::Failure;
pub use role::Role;
pub use route::Route;
pub use shell::Shell;
pub use visitor::{How, Visitor};

pub(super) use finish::{errors, headers};

use std::sync::Arc;

use axum::http::Method;
use axum::{Router, middleware};

use crate::clock::Clock;
use crate::mail::Senders;
use crate::store::Store;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::samples::Samples;
use crate::worker::Intake;
use crate::worker::audit::Audit;
use crate::worker::health::Health;
use crate::worker::rulebook::Rulebook;

/// What the handlers work with.
#[derive(Debug, Clone)]
pub struct Console {
    /// The database.
    pub store: Arc<dyn Store>,
    /// What works.
    pub health: Arc<Health>,
    /// Policy and templates in force.
    pub rulebook: Arc<Rulebook>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// From message to database: what predicts.
    pub intake: Intake,
    /// Facts against ledger.
    pub audit: Audit,
    /// Who writes the letters.
    pub senders: Arc<Senders>,
    /// Metrics as they stand.
    pub metrics: Metrics,
    /// The last hour of them.
    pub samples: Arc<Samples>,
    /// Who may.
    pub door: Arc<Door>,
}

/// Every route of the console.
pub fn table() -> Vec<Route> {
    let mut table = Vec::new();
    table.extend(Route::open(Method::GET, "/assets/{name}", assets::file));
    table.extend(door::login::routes());
    table.extend(overview::routes());
    table.extend(letters::routes());
    table.extend(replays::routes());
    table.extend(notices::routes());
    table.extend(explain::routes());
    table.extend(accounts::routes());
    table.extend(audit::routes());
    table.extend(log::routes());
    table.extend(people::routes());
    table
}

/// The routes, behind the door.
pub(super) fn routes(console: Console) -> Router {
    let admit = middleware::from_fn_with_state(console.clone(), door::admit);
    route::router(table()).layer(admit).layer(middleware::from_fn(errors)).with_state(console)
}
