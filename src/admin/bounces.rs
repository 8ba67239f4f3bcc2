//! `POST /bounces`: what came back, from a mail service that calls instead of writing. Only with a token.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::fault::Classify;
use crate::mail::RETURNED_BYTES_MAX;
use crate::telemetry::facts;
use crate::worker::bounces::{Returns, Taken, Treatment};

/// Who may call, and what is done.
#[derive(Debug, Clone)]
pub struct BouncesFace {
    /// What the caller must know.
    pub token: SecretString,
    /// Where a message goes.
    pub returns: Arc<Returns>,
}

/// The route.
pub(super) fn routes(face: BouncesFace) -> Router {
    Router::new().route("/bounces", post(take)).layer(DefaultBodyLimit::max(RETURNED_BYTES_MAX)).with_state(face)
}

async fn take(State(face): State<BouncesFace>, headers: HeaderMap, body: Body) -> Response {
    if !knows_token(&headers, &face.token) {
        let mut refused = answer(StatusCode::UNAUTHORIZED, json!({"error": "a bearer token is expected"}));
        refused.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        return refused;
    }
    if !is_message(&headers) {
        return answer(StatusCode::UNSUPPORTED_MEDIA_TYPE, json!({"error": "message/rfc822 is expected"}));
    }
    let bytes = match body {
        Ok(bytes) => bytes,
        Err(refused) => return answer(refused.status(), json!({"error": "the message is too long, or broke off"})),
    };
    match face.returns.take(&bytes, false).await {
        Ok(taken) => {
            let refused = taken.iter().any(|one| one.treatment == Treatment::Refused);
            let status = if refused { StatusCode::BAD_REQUEST } else { StatusCode::ACCEPTED };
            answer(status, json!({"taken": taken.iter().map(taken_json).collect::<Vec<_>>()}))
        }
        Err(error) => {
            let transient = error.is_transient();
            let error = facts::chain(&error);
            tracing::warn!(error, "a message that came back was not taken in");
            let status = if transient { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR };
            answer(status, json!({"error": "the database did not take it; try again"}))
        }
    }
}

/// Read after the token was looked at; axum has taken no more of it than the limit.
type Body = Result<Bytes, axum::extract::rejection::BytesRejection>;

/// Compared as hashes, and in constant time: neither the place of the first difference nor the length shows.
fn knows_token(headers: &HeaderMap, token: &SecretString) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| {
        let (scheme, rest) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(rest.trim())
    });
    let hash = |text: &str| Sha256::digest(text.as_bytes());
    bool::from(hash(given.unwrap_or_default()).ct_eq(&hash(token.expose_secret()))) && given.is_some()
}

fn is_message(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("message/rfc822") || kind.eq_ignore_ascii_case("message/global")
}

fn answer(status: StatusCode, body: Value) -> Response {
    (status, Json(body)).into_response()
}

fn taken_json(taken: &Taken) -> Value {
    json!({
        "treatment": taken.treatment.as_str(),
        "code": taken.code,
        "notice": taken.notice,
        "failed": taken.failed,
        "suppressed": taken.suppressed,
        "words": taken.words,
    })
}
