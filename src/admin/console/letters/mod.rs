//! Dead letters: found, read, planned, replayed, put away; the same acts as `makegood dlq`.

mod acts;
mod filter;
mod list;
mod one;
mod plan;

use super::{Role, Route};

/// Where the navigation leads.
const HOME: &str = "/letters/groups";

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    routes.extend(Route::page(HOME, Role::Viewer, list::groups));
    routes.extend(Route::page("/letters", Role::Viewer, list::list));
    routes.extend(Route::page("/letters/plan", Role::Operator, plan::show));
    routes.extend(Route::page("/letters/{id}", Role::Viewer, one::show));
    routes.extend(Route::file("/letters/{id}/payload", Role::Support, one::payload));
    routes.extend(Route::act("/letters/discard", Role::Operator, acts::discard));
    routes.extend(Route::act("/letters/restore", Role::Operator, acts::restore));
    routes.extend(Route::act("/replays", Role::Operator, acts::replay));
    routes
}
