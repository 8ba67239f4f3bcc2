//! Who is there. The door fills it in; a handler that takes a [`Visitor`] cannot be reached without one.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;

use super::{Failure, Role};

/// How somebody was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Not at all: from this machine, where no login is configured.
    Loopback,
    /// By a session.
    Session,
    /// By the header of a proxy that is trusted.
    Proxy,
    /// By a bearer token: a program, which no other site can speak for.
    Token,
}

/// Who is there.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// As the operators' log names them.
    pub name: String,
    /// What they may.
    pub role: Role,
    /// What every form must give back (field `csrf`, or the header `x-csrf-token`).
    pub csrf: String,
    /// How they were recognised.
    pub how: How,
}

impl Visitor {
    /// Names, addresses and payloads are shown, not masked.
    pub fn sees_people(&self) -> bool {
        self.may(Role::Support)
    }

    /// Has this role, or one above it.
    pub fn may(&self, least: Role) -> bool {
        self.role >= least
    }

    /// There is a session that can be ended.
    pub fn can_log_out(&self) -> bool {
        self.how == How::Session
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get().cloned().ok_or(Failure::Unauthenticated)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Failure> {
        Ok(parts.extensions.get().cloned())
    }
}
