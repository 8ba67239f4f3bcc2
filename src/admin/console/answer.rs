//! A page for a person, or the same as JSON for a program.

use std::convert::Infallible;

use askama::Template;
use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;

use super::Failure;
use super::finish::AsItIs;

/// What the JSON twin of a page begins with.
pub(super) const API: &str = "/api";

/// Whom the answer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A person.
    Html,
    /// A program: the path begins with `/api`.
    Json,
}

impl Format {
    /// Of a path.
    pub(super) fn of(path: &str) -> Self {
        let twin = path.strip_prefix(API).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if twin { Format::Json } else { Format::Html }
    }
}

impl<S: Sync> FromRequestParts<S> for Format {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts.uri.path()))
    }
}

/// The page, or its data: everything of `page` that is not `#[serde(skip)]`.
pub fn respond<P: Template + Serialize>(format: Format, page: &P) -> Result<Response, Failure> {
    match format {
        Format::Json => Ok(Json(page).into_response()),
        Format::Html => html(page),
    }
}

/// After an act: a person goes on to the page at `next` (303), a program gets what was done.
pub fn done<T: Serialize>(format: Format, next: &str, outcome: &T) -> Response {
    match format {
        Format::Json => Json(outcome).into_response(),
        Format::Html => Redirect::to(next).into_response(),
    }
}

/// An answer with the status of an error that is shown as it is.
pub(super) fn as_it_is(mut response: Response) -> Response {
    response.extensions_mut().insert(AsItIs);
    response
}

/// The page.
pub(super) fn html(page: &impl Template) -> Result<Response, Failure> {
    let text = page.render().map_err(|error| Failure::internal(&error))?;
    Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response())
}
