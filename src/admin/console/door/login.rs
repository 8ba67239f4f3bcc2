//! Logging in and out.
//!
//! A guess costs an Argon2id, of which two run at once and a few wait; each place has so many tries, each name from
//! one place growing pauses, and each name from places where it never succeeded so many in all: nobody is locked out
//! of a place they have logged in from because others try their name.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use askama::Template;
use axum::Extension;
use axum::extract::{FromRequest, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use time::OffsetDateTime;
use tokio::sync::Semaphore;

use super::limits::{Buckets, Failures};
use super::users::User;
use super::{Origin, password, records, secret};
use crate::admin::console::acting::{Content, Posted};
use crate::admin::console::{Console, Failure, Route, Shell, Visitor, answer};
use crate::telemetry::facts;

/// `__Host-`: the browser takes it with `Secure` and for this very host alone, and no neighbour can plant one.
const COOKIE: &str = "__Host-makegood";
/// Passwords compared at once: 19 MiB each, and a core.
const AT_ONCE_MAX: usize = 2;
/// Those and the ones that wait; the next is told to come again.
const WAITING_MAX: usize = 10;
/// Tries from one place at once, and again one every ten seconds: a team behind one address, on a Monday.
const PLACE_AT_ONCE: u32 = 30;
/// See above.
const PLACE_PER_MINUTE: f64 = 6.0;
/// Tries at one name from places it never logged in from, and again one a minute: NIST SP 800-63B allows a hundred.
const NAME_AT_ONCE: u32 = 50;
/// See above.
const NAME_PER_MINUTE: f64 = 1.0;
/// Pairs of name and place kept that have logged in.
const KNOWN_MAX: usize = 1_000;
/// Longest login form in bytes: a name, a password of 128 characters, each escaped, and a path.
const FORM_BYTES_MAX: usize = 8 * 1024;
/// Longest path to go on to.
const NEXT_BYTES_MAX: usize = 2_000;

/// Who has tried, and who is known where.
#[derive(Debug)]
pub(super) struct Logins {
    places: Buckets,
    names: Buckets,
    pauses: Failures,
    known: Mutex<VecDeque<String>>,
    at_once: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Default for Logins {
    fn default() -> Self {
        Self {
            places: Buckets::new(PLACE_AT_ONCE, PLACE_PER_MINUTE),
            names: Buckets::new(NAME_AT_ONCE, NAME_PER_MINUTE),
            pauses: Failures::default(),
            known: Mutex::default(),
            at_once: Arc::new(Semaphore::new(AT_ONCE_MAX)),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
        }
    }
}

impl Logins {
    /// May this name be tried from this place now.
    fn attempt(&self, name: &str, place: &str, now: OffsetDateTime) -> Result<(), Duration> {
        let pair = format!("{name} {place}");
        self.places.take(place, now)?;
        self.pauses.attempt(&pair, now)?;
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).contains(&pair);
        if known { Ok(()) } else { self.names.take(name, now) }
    }

    fn succeeded(&self, name: &str, place: &str) {
        let pair = format!("{name} {place}");
        self.pauses.succeeded(&pair);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|one| *one != pair);
        known.push_back(pair);
        if known.len() > KNOWN_MAX {
            known.pop_front();
        }
    }

    /// Compares, off the threads that serve, and never many at once.
    async fn compare(&self, given: String, kept: String) -> Result<bool, Failure> {
        let busy = || Failure::TooMany { wait: Duration::from_secs(2) };
        let _waits = self.waiting.try_acquire().map_err(|_| busy())?;
        let place = Arc::clone(&self.at_once).acquire_owned().await.map_err(|error| Failure::internal(&error))?;
        // The place goes along: a visitor who hangs up leaves the comparison behind, not its place.
        let compared = tokio::task::spawn_blocking(move || {
            let same = password::verify(&given, &kept);
            drop(place);
            same
        });
        compared.await.map_err(|error| Failure::internal(&error))
    }
}

/// An address as it is counted: of IPv6 the first 64 bits, which one household has.
pub(super) fn place(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// The id of a session, as the browser sends it.
pub(super) fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, id)| id)
}

fn set_cookie(id: &str, age: Option<u32>) -> Result<HeaderValue, Failure> {
    let age = age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let text = format!("{COOKIE}={id}; Path=/; Secure; HttpOnly; SameSite=Strict{age}");
    HeaderValue::try_from(text).map_err(|error| Failure::internal(&error))
}

/// The login page that leads back to where somebody wanted to go.
pub(super) fn with_next(uri: &Uri) -> String {
    let wanted = uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
    match wanted {
        "/" => "/login".to_owned(),
        wanted => format!("/login?next={}", utf8_percent_encode(wanted, NON_ALPHANUMERIC)),
    }
}

/// A path of ours, or the front page.
fn own_path(next: Option<String>) -> String {
    let own = |next: &String| {
        let plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        next.starts_with('/') && !next.starts_with("//") && plain && next.len() <= NEXT_BYTES_MAX
    };
    next.filter(own).unwrap_or_else(|| "/".to_owned())
}

/// The routes.
pub(in crate::admin::console) fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    routes.extend(Route::open(Method::GET, "/login", show));
    routes.extend(Route::open(Method::POST, "/login", log_in));
    routes.extend(Route::open(Method::POST, "/logout", log_out));
    routes
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    shell: Shell,
    next: String,
    wrong: Option<String>,
}

#[derive(Deserialize)]
struct Wanted {
    next: Option<String>,
}

#[derive(Deserialize)]
struct Given {
    name: String,
    password: String,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Nothing {}

async fn show(
    State(console): State<Console>, visitor: Option<Visitor>, Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let next = own_path(wanted.next);
    match (console.door.has_login(), visitor) {
        (false, _) => Err(Failure::NotFound),
        (true, Some(_)) => Ok(Redirect::to(&next).into_response()),
        (true, None) => answer::html(&LoginPage { shell: Shell::bare(None, "Log in"), next, wrong: None }),
    }
}

async fn log_in(
    State(console): State<Console>, Extension(Origin(origin)): Extension<Origin>, request: Request,
) -> Result<Response, Failure> {
    let door = &console.door;
    let users = door.users.as_ref().ok_or(Failure::NotFound)?;
    let (parts, body) = request.into_parts();
    door.same_origin(&parts.headers, &parts.extensions)?;
    let given: Given = Content::take(&parts.headers, body, FORM_BYTES_MAX).await?.read()?;
    let (now, place, next) = (console.clock.now(), place(origin), own_path(given.next));
    // A name that cannot be one is tried as nobody's: what is typed there may be a password, and is kept nowhere.
    let name = if records::check_name(&given.name).is_ok() { given.name } else { "?".to_owned() };
    if let Err(wait) = door.logins.attempt(&name, &place, now) {
        facts::login("limited", None, &place);
        return Err(Failure::TooMany { wait });
    }
    let user: Option<User> = users.now().map_err(Failure::Internal)?.get(&name).cloned();
    let kept = user.as_ref().map_or(password::NOBODY, |user| &user.hash).to_owned();
    let same = door.logins.compare(given.password, kept).await?;
    let Some(user) = user.filter(|_| same) else {
        facts::login("refused", None, &place);
        let wrong = Some("Name or password is wrong.".to_owned());
        let page = LoginPage { shell: Shell::bare(None, "Log in"), next, wrong };
        return Ok((StatusCode::UNAUTHORIZED, answer::as_it_is(answer::html(&page)?)).into_response());
    };
    door.logins.succeeded(&name, &place);
    if let Some(old) = cookie(&parts.headers) {
        door.sessions.end(old);
    }
    let id = door.sessions.begin(&name, secret::kept(&user.fields()), now);
    facts::login("accepted", Some(&name), &place);
    Ok(([(header::SET_COOKIE, set_cookie(&id, None)?)], Redirect::to(&next)).into_response())
}

async fn log_out(State(console): State<Console>, request: Request) -> Result<Response, Failure> {
    let id = cookie(request.headers()).map(str::to_owned);
    let Posted { visitor, form: Nothing {} } = Posted::from_request(request, &console).await?;
    if let Some(id) = id {
        console.door.sessions.end(&id);
    }
    facts::logout(&visitor.name);
    let gone = set_cookie("", Some(0))?;
    // What the browser keeps of these pages goes with the session.
    let clear = HeaderValue::from_static("\"cache\"");
    let headers = [(header::SET_COOKIE, gone), (axum::http::HeaderName::from_static("clear-site-data"), clear)];
    Ok((headers, Redirect::to("/login")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn it_leads_on_to_our_own_pages_alone() {
        for own in ["/", "/letters?code=a%20b", "/explain?q=//x"] {
            assert_eq!(own_path(Some(own.to_owned())), own);
        }
        let long = format!("/{}", "x".repeat(NEXT_BYTES_MAX));
        for other in
            ["//evil.example", "/\\evil.example", "https://evil.example", "", "letters", "/a\r\nb", "/a b", &long]
        {
            assert_eq!(own_path(Some(other.to_owned())), "/", "{other:?}");
        }
    }

    #[test]
    fn a_name_tried_by_others_is_not_locked_where_it_is_known() {
        let logins = Logins::default();
        let now = datetime!(2026-11-26 8:00 UTC);
        logins.succeeded("ana", "10.0.0.1");
        let tried =
            (0..500).filter(|n| logins.attempt("ana", &format!("6.6.{}.{}", n / 200, n % 200), now).is_ok()).count();
        assert_eq!(tried, NAME_AT_ONCE as usize, "from everywhere else, so many in all");
        assert_eq!(logins.attempt("ana", "10.0.0.1", now), Ok(()), "from where she is known");
    }

    #[test]
    fn a_household_is_one_place() {
        assert_eq!(place("2001:db8:1:2:3:4:5:6".parse().expect("an address")), "2001:db8:1:2::/64");
        assert_eq!(place("::ffff:10.0.0.1".parse().expect("an address")), "10.0.0.1");
    }
}
