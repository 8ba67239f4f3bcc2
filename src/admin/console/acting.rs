//! A form that was posted: by whom, whether they meant it, and why.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;
use tokio::time::timeout;

use super::visitor::How;
use super::{Console, Failure, Visitor};
use crate::store::Act;
use crate::worker::operator;

/// Longest form in bytes: some thousand chosen letters by their numbers, or a reason and a payload put right.
const FORM_BYTES_MAX: usize = 64 * 1024;
/// Longest time that a form may take to arrive: it is short, and a connection is one of a few.
const BODY_MAX: Duration = Duration::from_secs(10);
/// Most fields of a form.
const FIELDS_MAX: usize = 2_000;
/// Where a script gives the token that a form has in its field `csrf`.
const CSRF_HEADER: &str = "x-csrf-token";

/// A form that its visitor meant to post. For what is no act on record: `/logout`, a plan.
#[derive(Debug, Clone)]
pub struct Posted<T> {
    /// Who.
    pub visitor: Visitor,
    /// What the form says.
    pub form: T,
}

/// As [`Posted`], with a reason: the act as the operators' log takes it.
#[derive(Debug, Clone)]
pub struct Acting<T> {
    /// Who.
    pub visitor: Visitor,
    /// Who and why.
    pub act: Act,
    /// What the form says.
    pub form: T,
}

#[derive(Deserialize)]
struct Token {
    csrf: Option<String>,
}

#[derive(Deserialize)]
struct Reason {
    reason: Option<String>,
}

impl<T: DeserializeOwned> FromRequest<Console> for Posted<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, console: &Console) -> Result<Self, Failure> {
        let (visitor, body) = taken(request, console).await?;
        Ok(Self { visitor, form: body.read()? })
    }
}

impl<T: DeserializeOwned> FromRequest<Console> for Acting<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, console: &Console) -> Result<Self, Failure> {
        let (visitor, body) = taken(request, console).await?;
        let given = body.read::<Reason>()?.reason.unwrap_or_default();
        let reason = operator::line(&given).map_err(|why| Failure::BadRequest(format!("The reason: {why}.")))?;
        let act = Act { operator: visitor.name.clone(), reason };
        Ok(Self { visitor, act, form: body.read()? })
    }
}

/// The body of a request that may change something.
async fn taken(request: Request, console: &Console) -> Result<(Visitor, Content), Failure> {
    let (parts, body) = request.into_parts();
    let visitor: Visitor = parts.extensions.get().cloned().ok_or(Failure::Unauthenticated)?;
    console.door.may_act(console, &visitor)?;
    let content = Content::take(&parts.headers, body, FORM_BYTES_MAX).await?;
    if visitor.how != How::Token {
        console.door.same_origin(&parts.headers, &parts.extensions)?;
        let given = match parts.headers.get(CSRF_HEADER) {
            Some(header) => header.to_str().unwrap_or_default().to_owned(),
            None => content.read::<Token>()?.csrf.unwrap_or_default(),
        };
        if given.is_empty() || !bool::from(given.as_bytes().ct_eq(visitor.csrf.as_bytes())) {
            let why = "This form is not, or no longer, yours. Go back, load the page again and repeat it.";
            return Err(Failure::Forbidden(why.to_owned()));
        }
    }
    Ok((visitor, content))
}

/// A form, or JSON, not read yet.
pub(super) enum Content {
    Form(Vec<u8>),
    Json(Vec<u8>),
}

impl Content {
    /// Takes it in, up to `bytes_max`.
    pub(super) async fn take(headers: &HeaderMap, body: Body, bytes_max: usize) -> Result<Self, Failure> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let bytes = timeout(BODY_MAX, to_bytes(body, bytes_max)).await;
        let bytes = bytes.map_err(|_| Failure::Other(StatusCode::REQUEST_TIMEOUT))?;
        let bytes = bytes.map_err(|_| Failure::Other(StatusCode::PAYLOAD_TOO_LARGE))?.to_vec();
        match kind.as_str() {
            "application/json" => Ok(Self::Json(bytes)),
            "application/x-www-form-urlencoded" => {
                let fields = bytes.split(|byte| *byte == b'&').count();
                if fields > FIELDS_MAX {
                    return Err(Failure::Other(StatusCode::PAYLOAD_TOO_LARGE));
                }
                Ok(Self::Form(bytes))
            }
            _ => Err(Failure::Other(StatusCode::UNSUPPORTED_MEDIA_TYPE)),
        }
    }

    /// Reads fields out of it.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let wrong = |why: String| Failure::BadRequest(format!("A field of the form: {why}."));
        match self {
            Self::Form(bytes) => serde_html_form::from_bytes(bytes).map_err(|error| wrong(error.to_string())),
            Self::Json(bytes) => serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string())),
        }
    }
}
