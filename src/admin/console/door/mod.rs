//! Who is let in, and as whom.
//!
//! Without a login configured, whoever is on this machine is let in with `console.loopback_role`, under a `Host` that
//! names the loopback: a page of another site that has its name resolved to 127.0.0.1 (DNS rebinding) has another
//! one.

mod origin;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::visitor::How;
use super::{Console, Failure, Role, Visitor};
use crate::admin::Peer;

/// As the operators' log names whoever is on this machine, where nobody logs in.
const LOOPBACK: &str = "console";

/// Who may come in.
#[derive(Debug, Clone)]
pub struct DoorOptions {
    /// Role of whoever is on this machine while no login is configured; `None`: nobody is let in.
    pub loopback_role: Option<Role>,
}

impl Default for DoorOptions {
    fn default() -> Self {
        Self { loopback_role: Some(Role::Viewer) }
    }
}

/// The door: one in a process. What it knows of visitors is in memory, bounded, and gone with the process.
#[derive(Debug)]
pub struct Door {
    options: DoorOptions,
    /// Token of the forms of those who have no session. Another page cannot read it: see `origin.rs`.
    loopback_csrf: String,
}

impl Door {
    /// Over these options.
    pub fn new(options: DoorOptions) -> Arc<Self> {
        Arc::new(Self { options, loopback_csrf: Uuid::new_v4().simple().to_string() })
    }

    /// Who this is; `None`: nobody yet.
    fn recognise(&self, headers: &HeaderMap, extensions: &Extensions) -> Result<Option<Visitor>, Failure> {
        let peer = extensions.get::<Peer>().copied();
        if !peer.is_some_and(|peer| peer.address.ip().is_loopback()) {
            let why = "The console is shown on this machine alone, unless a login is configured: [console] in \
                       config/default.toml has the keys.";
            return Err(Failure::Forbidden(why.to_owned()));
        }
        origin::loopback(headers)?;
        let csrf = self.loopback_csrf.clone();
        Ok(self.options.loopback_role.map(|role| Visitor { name: LOOPBACK.to_owned(), role, csrf, how: How::Loopback }))
    }

    /// Refuses a request that another site had a browser send.
    pub(super) fn same_origin(&self, headers: &HeaderMap, extensions: &Extensions) -> Result<(), Failure> {
        origin::same(headers, extensions.get::<Peer>().is_some_and(|peer| peer.encrypted))
    }

    /// Refuses the acts of a visitor who acts faster than a person.
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "limits follow")]
    pub(super) fn may_act(&self, _visitor: &Visitor) -> Result<(), Failure> {
        Ok(())
    }
}

/// Recognises the visitor, before any handler.
pub(super) async fn admit(State(console): State<Console>, mut request: Request, next: Next) -> Response {
    let visitor = match console.door.recognise(request.headers(), request.extensions()) {
        Ok(visitor) => visitor,
        Err(refused) => return refused.into_response(),
    };
    if let Some(visitor) = &visitor {
        request.extensions_mut().insert(visitor.clone());
    }
    let mut response = next.run(request).await;
    if let Some(visitor) = visitor {
        // For the frame around a page of an error.
        response.extensions_mut().insert(visitor);
    }
    response
}
