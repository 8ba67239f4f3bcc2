//! Serves the gallery of letters to whoever writes templates: the pages, and a line when there is something new to
//! see.
//!
//! | route | answers |
//! | --- | --- |
//! | `GET /`, `GET /PAGE` | a page of the gallery |
//! | `GET /changes` | Server-Sent Events: the version that is shown, at once and whenever it changes |
//! | `GET /reload.js` | the script that loads a page again when its version is no longer shown |

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream::{Stream, unfold};
use tokio::sync::watch;

use crate::mail::{FIRST_PAGE, Gallery};

const RELOAD: &str = include_str!("reload.js");

/// What a letter opened alone may do: nothing, as in its frame.
const ALONE: (HeaderName, &str) = (header::CONTENT_SECURITY_POLICY, "sandbox");

/// What is shown now.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Another one for every other gallery.
    pub version: String,
    /// The pages, which name the same version.
    pub gallery: Arc<Gallery>,
}

type Source = State<watch::Receiver<Shown>>;

/// The routes over what `shown` holds at the moment.
pub fn gallery_routes(shown: watch::Receiver<Shown>) -> Router {
    Router::new()
        .route("/changes", get(changes))
        .route("/reload.js", get(async || ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], RELOAD)))
        .fallback(get(page))
        .with_state(shown)
        .layer(axum::middleware::map_response(async |mut response: Response| {
            let headers = response.headers_mut();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            response
        }))
}

async fn page(State(shown): Source, uri: Uri) -> Response {
    let path = match uri.path().trim_start_matches('/') {
        "" => FIRST_PAGE,
        path => path,
    };
    let gallery = Arc::clone(&shown.borrow().gallery);
    let html = (header::CONTENT_TYPE, "text/html; charset=utf-8");
    match gallery.file(path) {
        Some(text) if path.contains('/') => ([html, ALONE], text.to_owned()).into_response(),
        Some(text) => ([html], text.to_owned()).into_response(),
        None => (StatusCode::NOT_FOUND, "no such page").into_response(),
    }
}

async fn changes(State(mut shown): Source) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    shown.mark_changed();
    // Ends with the gallery, or with the connection; a browser comes back by itself.
    Sse::new(unfold(shown, async |mut shown| {
        shown.changed().await.ok()?;
        let version = shown.borrow_and_update().version.clone();
        Some((Ok(Event::default().data(version)), shown))
    }))
}
