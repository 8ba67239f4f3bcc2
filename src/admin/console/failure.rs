//! Why a request was not answered: what the visitor reads of it, and what only the log does.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::fault::Classify;
use crate::telemetry::facts;

/// Why not. `finish.rs` makes a page, or JSON, of it.
#[derive(Debug, Clone)]
pub enum Failure {
    /// 400: what was given cannot be used; the text says what would be.
    BadRequest(String),
    /// 401: nobody is known.
    Unauthenticated,
    /// 403: somebody is known, or nobody may; the text says which.
    Forbidden(String),
    /// 404: there is nothing here.
    NotFound,
    /// 409: it has changed meanwhile; the text says what.
    Conflict(String),
    /// Another status of HTTP's own, as 405 or 413.
    Other(StatusCode),
    /// 429: too much at once.
    TooMany {
        /// When it may be tried again.
        wait: Duration,
    },
    /// 503: a dependency is away. The text is for the log alone.
    Unavailable(String),
    /// 500: a mistake of ours. The text is for the log alone.
    Internal(String),
}

impl Failure {
    /// A mistake of ours, from an error of any kind.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        Failure::Internal(facts::chain(error))
    }

    /// The status.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Failure::BadRequest(_) => StatusCode::BAD_REQUEST,
            Failure::Unauthenticated => StatusCode::UNAUTHORIZED,
            Failure::Forbidden(_) => StatusCode::FORBIDDEN,
            Failure::NotFound => StatusCode::NOT_FOUND,
            Failure::Conflict(_) => StatusCode::CONFLICT,
            Failure::Other(status) => *status,
            Failure::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Failure::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Failure::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A heading.
    pub(super) fn title(&self) -> &'static str {
        match self.status() {
            StatusCode::BAD_REQUEST => "That cannot be used",
            StatusCode::UNAUTHORIZED => "Please log in",
            StatusCode::FORBIDDEN => "Not allowed",
            StatusCode::NOT_FOUND => "Nothing here",
            StatusCode::METHOD_NOT_ALLOWED => "Not that way",
            StatusCode::CONFLICT => "It has changed meanwhile",
            StatusCode::PAYLOAD_TOO_LARGE => "Too long",
            StatusCode::TOO_MANY_REQUESTS => "Too much at once",
            StatusCode::SERVICE_UNAVAILABLE => "Not just now",
            status if status.is_client_error() => "That cannot be used",
            _ => "Something went wrong here",
        }
    }

    /// What the visitor reads. Nothing of what happened inside.
    pub(super) fn words(&self) -> String {
        match self {
            Failure::BadRequest(why) | Failure::Forbidden(why) | Failure::Conflict(why) => why.clone(),
            Failure::Unauthenticated => "This page is for those who are logged in.".to_owned(),
            Failure::NotFound => "There is no such page, or what it was about is gone.".to_owned(),
            Failure::Other(StatusCode::METHOD_NOT_ALLOWED) => "This address takes no such request.".to_owned(),
            Failure::Other(StatusCode::PAYLOAD_TOO_LARGE) => "That was more than this page takes.".to_owned(),
            Failure::Other(_) => "The request cannot be read.".to_owned(),
            Failure::TooMany { wait } => format!("Please try again in {} s.", wait.as_secs().max(1)),
            Failure::Unavailable(_) => "The database does not answer. Please try again in a moment.".to_owned(),
            Failure::Internal(_) => "This is our mistake. The log has more under the number below.".to_owned(),
        }
    }

    /// What only the log says.
    pub(super) fn inside(&self) -> Option<&str> {
        match self {
            Failure::Unavailable(error) | Failure::Internal(error) => Some(error),
            _ => None,
        }
    }
}

/// What a use case reports: away or busy is 503, all else our mistake. What is the visitor's mistake has to be told
/// apart before.
impl<E: std::error::Error + Classify> From<E> for Failure {
    fn from(error: E) -> Self {
        let words = facts::chain(&error);
        if error.is_transient() { Failure::Unavailable(words) } else { Failure::Internal(words) }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        match &self {
            Failure::TooMany { wait } => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
            }
            Failure::Unauthenticated => {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response.extensions_mut().insert(self);
        response
    }
}
