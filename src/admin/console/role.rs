//! The four roles of the console, each with what those before it may.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// What somebody may; ordered, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads, with names, addresses and payloads masked.
    Viewer,
    /// Reads all of it, and acts on notices.
    Support,
    /// Replays, discards and repairs.
    Operator,
    /// Erases, purges.
    Admin,
}

impl Role {
    /// All of them, the least first.
    pub const ALL: [Role; 4] = [Role::Viewer, Role::Support, Role::Operator, Role::Admin];

    /// Stable name, as in the configuration and in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Support => "support",
            Role::Operator => "operator",
            Role::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let role = Self::ALL.into_iter().find(|role| role.as_str() == text);
        role.ok_or_else(|| "one of viewer, support, operator and admin is expected".to_owned())
    }
}
