//! The last layer: headers on every answer, a page or JSON for every error, and an answer even where a handler panics.

use std::panic::AssertUnwindSafe;

use askama::Template;
use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use serde_json::json;
use uuid::Uuid;

use super::answer::{self, Format};
use super::shell::Shell;
use super::{Failure, Visitor};
use crate::admin::Peer;

/// What a page may load and where its forms may go. A handler that needs another one sets its own.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src \
                      'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// On every answer. `same-origin`, not `no-referrer`: that would make the `Origin` of our own forms `null`.
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
];

/// A year, as OWASP's ASVS 5.0, 3.4.1, asks.
const HSTS: &str = "max-age=31536000";

/// Most of a path that the log has.
const PATH_CHARS_MAX: usize = 200;

/// An answer with the status of an error that is to be shown as it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct AsItIs;

/// Headers, on whatever is answered.
pub(in crate::admin) async fn headers(request: Request, next: Next) -> Response {
    let encrypted = request.extensions().get::<Peer>().is_some_and(|peer| peer.encrypted);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if encrypted {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    response
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    words: String,
    login: bool,
    number: Uuid,
}

/// Makes what a person, or a program, can read of every error.
pub(in crate::admin) async fn errors(request: Request, next: Next) -> Response {
    let format = wanted(request.uri().path(), request.headers());
    let (method, path) = (request.method().clone(), shown(request.uri().path()));
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = answered.unwrap_or_else(|_| Failure::Internal("a handler panicked".to_owned()).into_response());
    let status = response.status();
    let error = status.is_client_error() || status.is_server_error();
    if !error || response.extensions().get::<AsItIs>().is_some() {
        return response;
    }
    let failure = response.extensions_mut().remove::<Failure>().unwrap_or_else(|| of_status(status));
    let visitor = response.extensions_mut().remove::<Visitor>();
    let number = Uuid::new_v4();
    let inside = failure.inside();
    if status.is_server_error() {
        tracing::error!(%number, %status, %method, path, error = inside, "a request to the console failed");
    } else {
        tracing::info!(%number, %status, %method, path, "a request to the console was refused");
    }
    let mut page = match format {
        Format::Json => {
            let body = json!({"error": failure.title(), "what": failure.words(), "number": number});
            (status, Json(body)).into_response()
        }
        Format::Html => page(&failure, visitor, number),
    };
    for name in [header::RETRY_AFTER, header::WWW_AUTHENTICATE, header::ALLOW] {
        if let Some(value) = response.headers_mut().remove(&name) {
            page.headers_mut().insert(name, value);
        }
    }
    page
}

fn page(failure: &Failure, visitor: Option<Visitor>, number: Uuid) -> Response {
    let login = matches!(failure, Failure::Unauthenticated);
    let shell = Shell::bare(visitor, failure.title());
    let page = ErrorPage { shell, words: failure.words(), login, number };
    let mut response = answer::html(&page).unwrap_or_else(|_| failure.title().into_response());
    *response.status_mut() = failure.status();
    response
}

/// A program asks below `/api`, or does not say that it takes HTML.
fn wanted(path: &str, headers: &HeaderMap) -> Format {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/html") { Format::of(path) } else { Format::Json }
}

/// A path as the log may have it: of some length, and no address.
fn shown(path: &str) -> String {
    let address = path.contains('@') || path.to_ascii_lowercase().contains("%40");
    if address { "not shown: it holds an @".to_owned() } else { path.chars().take(PATH_CHARS_MAX).collect() }
}

/// What axum itself refused.
fn of_status(status: StatusCode) -> Failure {
    match status {
        StatusCode::NOT_FOUND => Failure::NotFound,
        StatusCode::BAD_REQUEST => Failure::BadRequest("A part of the address cannot be read.".to_owned()),
        StatusCode::INTERNAL_SERVER_ERROR => Failure::Internal("a handler failed without saying why".to_owned()),
        status => Failure::Other(status),
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use axum::{Router, body::Body, middleware};
    use hyper::service::Service;
    use hyper_util::service::TowerToHyperService;

    use super::*;

    async fn broken() -> &'static str {
        panic!("a mistake of ours");
    }

    #[tokio::test]
    async fn a_handler_that_panics_is_an_error_like_any_other() {
        let routes = Router::new().route("/", get(broken)).layer(middleware::from_fn(errors));
        let request = Request::builder().uri("/").header("accept", "text/html").body(Body::empty()).expect("a request");
        let answer = TowerToHyperService::new(routes).call(request).await.expect("answered");
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = axum::body::to_bytes(answer.into_body(), 100_000).await.expect("a body");
        let text = String::from_utf8_lossy(&body);
        assert!(text.contains("Something went wrong here") && !text.contains("a mistake of ours"), "{text}");
    }
}
