//! The one table of the console's routes: method, path, least role, handler. What is not in it cannot be reached, and
//! nothing is in it without saying who may.

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};

use super::answer::API;
use super::{Console, Failure, Role, Visitor};

/// One route.
pub struct Route {
    /// `GET` or `POST`.
    pub method: Method,
    /// As axum writes it: `/letters/{id}`.
    pub path: String,
    /// Who may at least; `None`: everybody, to log in by.
    pub least: Option<Role>,
    handler: MethodRouter<Console>,
}

impl Route {
    /// `GET` of a page, and of its JSON twin below `/api`.
    pub(super) fn page<T: 'static>(path: &str, least: Role, handler: impl Handler<T, Console>) -> [Route; 2] {
        Self::with_twin(&Method::GET, path, least, &get(handler))
    }

    /// `POST` of a form, and of its JSON twin.
    pub(super) fn act<T: 'static>(path: &str, least: Role, handler: impl Handler<T, Console>) -> [Route; 2] {
        Self::with_twin(&Method::POST, path, least, &post(handler))
    }

    /// `GET` of what is no page: a file, a letter as it was sent. Without a twin.
    pub(super) fn file<T: 'static>(path: &str, least: Role, handler: impl Handler<T, Console>) -> [Route; 1] {
        [Route { method: Method::GET, path: path.to_owned(), least: Some(least), handler: get(handler) }]
    }

    /// For those whom nobody knows yet.
    pub(super) fn open<T: 'static>(method: Method, path: &str, handler: impl Handler<T, Console>) -> [Route; 1] {
        let handler = if method == Method::POST { post(handler) } else { get(handler) };
        [Route { method, path: path.to_owned(), least: None, handler }]
    }

    fn with_twin(method: &Method, path: &str, least: Role, handler: &MethodRouter<Console>) -> [Route; 2] {
        let twin = format!("{API}{}", path.trim_end_matches('/'));
        [path.to_owned(), twin].map(|path| Route {
            method: method.clone(),
            path,
            least: Some(least),
            handler: handler.clone(),
        })
    }
}

/// The routes, each behind its guard.
pub(super) fn router(table: Vec<Route>) -> Router<Console> {
    table.into_iter().fold(Router::new(), |router, Route { path, least, handler, .. }| {
        let guard = middleware::from_fn(move |request: Request, next: Next| guard(least, request, next));
        router.route(&path, handler.route_layer(guard))
    })
}

/// Lets through who has the role.
async fn guard(least: Option<Role>, request: Request, next: Next) -> Response {
    let Some(least) = least else { return next.run(request).await };
    match request.extensions().get::<Visitor>() {
        None => Failure::Unauthenticated.into_response(),
        Some(visitor) if visitor.may(least) => next.run(request).await,
        Some(visitor) => {
            let why = format!("This needs the role {least}; {} has the role {}.", visitor.name, visitor.role);
            Failure::Forbidden(why).into_response()
        }
    }
}
