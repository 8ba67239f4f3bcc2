//! Style, script and icon: compiled in, each with an `ETag`.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::Failure;

/// Name, kind, content.
const FILES: [(&str, &str, &str); 3] = [
    ("console.css", "text/css; charset=utf-8", include_str!("assets/console.css")),
    ("console.js", "text/javascript; charset=utf-8", include_str!("assets/console.js")),
    ("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
];

/// Bytes of the digest that an `ETag` shows: two contents of one file will not meet by chance.
const ETAG_BYTES: usize = 8;

/// `GET /assets/{name}`
pub(super) async fn file(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Failure> {
    let (_, kind, content) = FILES.iter().find(|(known, ..)| *known == name).ok_or(Failure::NotFound)?;
    let digest: Vec<u8> = Sha256::digest(content).into_iter().take(ETAG_BYTES).collect();
    let etag = format!("\"{}\"", hex::encode(digest));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let known = known.is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == etag));
    let tag = HeaderValue::try_from(etag).map_err(|error| Failure::internal(&error))?;
    // Asked for again each time, answered with 304 while it is the same.
    let common = [(header::ETAG, tag), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    Ok((common, [(header::CONTENT_TYPE, *kind)], *content).into_response())
}
