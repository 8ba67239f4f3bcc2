//! Who is let in, and as whom.
//!
//! | how | where | as |
//! | --- | --- | --- |
//! | a bearer token | `console.tokens_file` | its name and role; cookies are not looked at |
//! | a proxy's header | from `console.proxy_from` alone | the name; the role of the groups |
//! | a session | `console.users_file`, after `POST /login` | the user, for as long as their record stays as it is |
//! | nothing | on the loopback, with no login configured | `console.loopback_role` |
//!
//! Off the loopback nothing goes over the network in the clear: the connection is TLS, or a trusted proxy's. What is
//! known of visitors is in the memory of this process and bounded; a restart ends every session.

mod limits;
pub(super) mod login;
mod origin;
pub mod password;
mod proxy;
pub mod records;
mod secret;
mod sessions;
pub mod tokens;
pub mod users;

pub use proxy::ProxyOptions;
pub use sessions::SessionLimits;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use ring::hmac;

use self::limits::Buckets;
use self::login::Logins;
use self::proxy::Proxies;
use self::records::Watched;
use self::sessions::Sessions;
use self::tokens::Token;
use self::users::User;
use super::visitor::How;
use super::{Console, Failure, Format, Role, Visitor};
use crate::admin::Peer;

/// As the operators' log names whoever is on this machine, where nobody logs in.
const LOOPBACK: &str = "console";

/// Who may come in.
#[derive(Debug, Clone)]
pub struct DoorOptions {
    /// The listener is on the loopback.
    pub loopback: bool,
    /// Role of whoever is on this machine while no login is configured; `None`: nobody is let in.
    pub loopback_role: Option<Role>,
    /// File of local users.
    pub users_file: Option<PathBuf>,
    /// File of tokens.
    pub tokens_file: Option<PathBuf>,
    /// What proxies in front tell.
    pub proxy: ProxyOptions,
    /// `https://host` as people see it, where a proxy changes `Host`.
    pub public_url: Option<String>,
    /// How long sessions live.
    pub sessions: SessionLimits,
    /// Requests of one visitor.
    pub requests_per_minute: u32,
    /// Acts of one visitor.
    pub acts_per_minute: u32,
}

impl Default for DoorOptions {
    /// On the loopback, without a login.
    fn default() -> Self {
        use std::time::Duration;
        Self {
            loopback: true,
            loopback_role: Some(Role::Viewer),
            users_file: None,
            tokens_file: None,
            proxy: ProxyOptions::default(),
            public_url: None,
            sessions: SessionLimits { idle: Duration::from_secs(1_800), longest: Duration::from_secs(43_200) },
            requests_per_minute: 600,
            acts_per_minute: 60,
        }
    }
}

/// The door: one in a process.
#[derive(Debug)]
pub struct Door {
    loopback: bool,
    loopback_role: Option<Role>,
    users: Option<Watched<User>>,
    tokens: Option<Watched<Token>>,
    proxies: Proxies,
    public_url: Option<String>,
    sessions: Sessions,
    logins: Logins,
    requests: Buckets,
    acts: Buckets,
    /// Makes the tokens of the forms of those who have no session.
    key: hmac::Key,
}

impl Door {
    /// Over these options.
    pub fn new(options: DoorOptions) -> Arc<Self> {
        let per_minute = |limit: u32| Buckets::new(limit, f64::from(limit));
        Arc::new(Self {
            loopback: options.loopback,
            loopback_role: options.loopback_role,
            users: options.users_file.map(Watched::new),
            tokens: options.tokens_file.map(Watched::new),
            proxies: Proxies::new(options.proxy),
            public_url: options.public_url,
            sessions: Sessions::new(options.sessions),
            logins: Logins::default(),
            requests: per_minute(options.requests_per_minute),
            acts: per_minute(options.acts_per_minute),
            key: hmac::Key::new(hmac::HMAC_SHA256, secret::new().as_bytes()),
        })
    }

    /// What is wrong with the files, if they are there.
    pub fn check(users: Option<&Path>, tokens: Option<&Path>) -> [Option<String>; 2] {
        let users = users.filter(|path| path.exists()).and_then(|path| records::read::<User>(path).err());
        let tokens = tokens.filter(|path| path.exists()).and_then(|path| records::read::<Token>(path).err());
        [users, tokens]
    }

    /// Who this is; `None`: nobody yet.
    fn recognise(&self, console: &Console, peer: Peer, headers: &HeaderMap) -> Result<Option<Visitor>, Failure> {
        let (address, now) = (peer.address.ip().to_canonical(), console.clock.now());
        self.transport(peer, headers)?;
        if let Some(given) = bearer(headers) {
            let tokens = self.tokens.as_ref().and_then(|tokens| tokens.now().ok());
            let owner = tokens.as_ref().and_then(|tokens| tokens::owner(tokens, given, now));
            let (name, role) = owner.ok_or(Failure::Unauthenticated)?;
            return Ok(Some(Visitor { name: name.to_owned(), role, csrf: String::new(), how: How::Token }));
        }
        if let Some((name, role)) = self.proxies.user(address, headers)? {
            return Ok(Some(Visitor { csrf: self.csrf_of(&name), name, role, how: How::Proxy }));
        }
        if let Some(users) = &self.users {
            let Some(session) = login::cookie(headers).and_then(|id| self.sessions.find(id, now)) else {
                return Ok(None);
            };
            let users = users.now().map_err(Failure::Internal)?;
            let user = users.get(&session.user).filter(|user| secret::kept(&user.fields()) == session.record);
            let known =
                |user: &User| Visitor { name: session.user, role: user.role, csrf: session.csrf, how: How::Session };
            return Ok(user.map(known));
        }
        if self.proxies.tell() {
            return Ok(None);
        }
        self.anonymous(address, headers)
    }

    /// Nothing that a visitor says or reads goes over a network in the clear.
    fn transport(&self, peer: Peer, headers: &HeaderMap) -> Result<(), Failure> {
        let address = peer.address.ip().to_canonical();
        if peer.encrypted || self.proxies.trusts(address) || (address.is_loopback() && !Proxies::passed(headers)) {
            return Ok(());
        }
        let why = "The console is shown over TLS alone: use https:// (http.tls_cert_file, http.tls_key_file), or name the \
                   proxy in front of it in console.proxy_from.";
        Err(Failure::Forbidden(why.to_owned()))
    }

    /// Whoever is on this machine, under a name of it (see `origin.rs`).
    fn anonymous(&self, address: IpAddr, headers: &HeaderMap) -> Result<Option<Visitor>, Failure> {
        if !self.loopback || !address.is_loopback() || Proxies::passed(headers) {
            if self.tokens.is_some() {
                return Ok(None);
            }
            let why = "Without a login the console is shown on its own machine alone: set console.users_file, or \
                       console.proxy_from and console.proxy_header.";
            return Err(Failure::Forbidden(why.to_owned()));
        }
        origin::loopback(headers)?;
        let role = self.loopback_role.ok_or_else(|| {
            Failure::Forbidden("The console is shown to nobody: console.loopback_role is \"none\".".to_owned())
        })?;
        Ok(Some(Visitor { name: LOOPBACK.to_owned(), role, csrf: self.csrf_of(LOOPBACK), how: How::Loopback }))
    }

    fn csrf_of(&self, name: &str) -> String {
        hex::encode(hmac::sign(&self.key, name.as_bytes()))
    }

    /// Refuses a request that another site had a browser send.
    pub(super) fn same_origin(&self, headers: &HeaderMap, extensions: &Extensions) -> Result<(), Failure> {
        let peer = extensions.get::<Peer>();
        let schemes: &[&str] = match peer {
            Some(peer) if peer.encrypted => &["https"],
            // TLS may end at the proxy.
            Some(peer) if self.proxies.trusts(peer.address.ip()) => &["https", "http"],
            _ => &["http"],
        };
        origin::same(headers, schemes, self.public_url.as_deref())
    }

    /// Refuses the acts of a visitor who acts faster than a person, or a well-made program.
    pub(super) fn may_act(&self, console: &Console, visitor: &Visitor) -> Result<(), Failure> {
        self.acts.take(&visitor.name, console.clock.now()).map_err(|wait| Failure::TooMany { wait })
    }

    /// There is a page to log in by.
    pub(super) fn has_login(&self) -> bool {
        self.users.is_some()
    }
}

/// The token of `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Recognises the visitor, before any handler.
pub(super) async fn admit(State(console): State<Console>, mut request: Request, next: Next) -> Response {
    let Some(peer) = request.extensions().get::<Peer>().copied() else {
        return Failure::Internal("a request without its connection".to_owned()).into_response();
    };
    let door = &console.door;
    let origin = door.proxies.origin(peer.address.ip(), request.headers());
    let recognised = door.recognise(&console, peer, request.headers());
    // Whoever is not known is counted by where they are, also while they guess tokens.
    let who = recognised.as_ref().ok().and_then(Option::as_ref).map(|visitor| visitor.name.clone());
    let who = who.unwrap_or_else(|| login::place(origin));
    if let Err(wait) = door.requests.take(&who, console.clock.now()) {
        return Failure::TooMany { wait }.into_response();
    }
    let visitor = match recognised {
        Ok(visitor) => visitor,
        Err(refused) => return refused.into_response(),
    };
    request.extensions_mut().insert(Origin(origin));
    if let Some(visitor) = &visitor {
        request.extensions_mut().insert(visitor.clone());
    }
    let asked = (request.method() == axum::http::Method::GET).then(|| request.uri().clone());
    let mut response = next.run(request).await;
    if let Some(visitor) = visitor {
        // For the frame around a page of an error.
        response.extensions_mut().insert(visitor);
    } else if let Some(uri) = asked
        && door.has_login()
        && Format::of(uri.path()) == Format::Html
        && matches!(response.extensions().get(), Some(Failure::Unauthenticated))
    {
        return Redirect::to(&login::with_next(&uri)).into_response();
    }
    response
}

/// Where a request began.
#[derive(Debug, Clone, Copy)]
struct Origin(IpAddr);
